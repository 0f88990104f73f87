/* A bare PC under Bochs: input lies on the disk behind the program, output leaves as text through the port of the emulator's console: a line
 * that starts with '=' is binary output in hexadecimal, one that starts with '!' the exit status, others are messages. */
#include "bare.h"

extern const unsigned char program_sectors[]; /* its address is the number */

static void write_port(unsigned short port, unsigned char value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }

void platform_print(const char *text) {
  while (*text)
    write_port(0xE9, (unsigned char)*text++);
}

void platform_exit(int status) {
  char line[] = "!00\n";
  line[1] = (char)('0' + status / 10 % 10);
  line[2] = (char)('0' + status % 10);
  platform_print(line);
  for (const char *word = "Shutdown"; *word; ++word)
    write_port(0x8900, (unsigned char)*word);
  for (;;) {
  }
}

static unsigned char read_port(unsigned short port) {
  unsigned char value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

static void read_sector(unsigned number, unsigned char *to) {
  unsigned long words = 128;
  write_port(0x1F2, 1);
  for (unsigned i = 0; i < 4; ++i)
    write_port((unsigned short)(0x1F3 + i), (unsigned char)((number | 0xE0000000u) >> 8 * i));
  write_port(0x1F7, 0x20);
  while ((read_port(0x1F7) & 0x88) != 0x08) {
  }
  __asm__ volatile("rep insl" : "+D"(to), "+c"(words) : "d"((unsigned short)0x1F0) : "memory");
}

size_t platform_read(void *memory, size_t size) {
  static unsigned char sector[512];
  static unsigned next, left;
  unsigned char *to = memory;
  for (size_t i = 0; i < size; ++i) {
    if (left == 0) {
      read_sector((unsigned)(uintptr_t)program_sectors + 1 + next++, sector);
      left = sizeof sector;
    }
    to[i] = sector[sizeof sector - left--];
  }
  return size;
}

void platform_write(const void *memory, size_t size) {
  const unsigned char *bytes = memory;
  write_port(0xE9, '=');
  for (size_t i = 0; i < size; ++i) {
    write_port(0xE9, (unsigned char)"0123456789ABCDEF"[bytes[i] >> 4]);
    write_port(0xE9, (unsigned char)"0123456789ABCDEF"[bytes[i] & 15]);
  }
  write_port(0xE9, '\n');
}
