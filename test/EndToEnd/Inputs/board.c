/* The platform of a bare Cortex-M under QEMU: start-up, semihosting, watched borders, a painted stack. No libc. */
#include "rig.h"

enum { MOST_BUFFERS = 64, BORDER_SIZE = 32, BORDER = 0xC3, PAINT = 0xB7 };
static struct {
  unsigned char *memory;
  size_t size;
} buffers[MOST_BUFFERS];
static unsigned count;

int main(void);
void reset(void);
extern unsigned char bss_start[], bss_end[], heap_start[], stack_limit[], stack_top[];
static unsigned char *heap;

static int semihosting(int operation, const void *argument) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

/* The compiler may call these for copies of our own code. */
void *memset(void *to, int value, size_t size) {
  for (volatile unsigned char *at = to; size--; ++at)
    *at = (unsigned char)value;
  return to;
}
void *memcpy(void *restrict to, const void *restrict from, size_t size) {
  const unsigned char *source = from;
  for (volatile unsigned char *at = to; size--; ++at)
    *at = *source++;
  return to;
}

void platform_exit(int status) {
  const unsigned block[2] = {0x20026u /* ADP_Stopped_ApplicationExit */, (unsigned)status};
  semihosting(0x20 /* SYS_EXIT_EXTENDED */, block);
  for (;;) {
  }
}

static void fault(void) { platform_exit(99); }

void *platform_allocate(size_t size, size_t align) {
  uintptr_t at = ((uintptr_t)heap + BORDER_SIZE + align - 1) / align * align;
  if (at % (2 * align) == 0)
    at += align;
  unsigned char *memory = (unsigned char *)at;
  heap = memory + size + BORDER_SIZE;
  if (heap > stack_limit || count == MOST_BUFFERS)
    platform_exit(30);
  buffers[count].memory = memory;
  buffers[count++].size = size;
  memset(memory - BORDER_SIZE, BORDER, BORDER_SIZE);
  memset(memory + size, BORDER, BORDER_SIZE);
  return memory;
}

void platform_protect(void *memory, protection wanted) { (void)memory, (void)wanted; }

void platform_check_borders(void) {
  for (unsigned i = 0; i < count; ++i)
    for (unsigned j = 0; j < BORDER_SIZE; ++j)
      if (buffers[i].memory[(int)j - BORDER_SIZE] != BORDER || buffers[i].memory[buffers[i].size + j] != BORDER)
        platform_exit(33);
}

static int open_file(const char *name, unsigned size, unsigned mode) {
  const unsigned block[3] = {(unsigned)name, mode, size};
  return semihosting(0x01 /* SYS_OPEN */, block);
}

size_t platform_read(void *memory, size_t size) {
  static int file;
  if (!file)
    file = open_file("in.bin", 6, 1 /* rb */);
  const unsigned block[3] = {(unsigned)file, (unsigned)memory, size};
  return file < 0 ? 0 : size - (unsigned)semihosting(0x06 /* SYS_READ */, block);
}

void platform_write(const void *memory, size_t size) {
  static int file;
  if (!file)
    file = open_file("out.bin", 7, 5 /* wb */);
  const unsigned block[3] = {(unsigned)file, (unsigned)memory, size};
  if (file < 0 || semihosting(0x05 /* SYS_WRITE */, block))
    platform_exit(34);
}

void platform_print(const char *text) { semihosting(0x04 /* SYS_WRITE0 */, text); }

/* Paints the free stack, calls, and looks for the deepest byte that changed. */
__attribute__((noinline)) size_t platform_measure_stack(void (*call)(void *), void *context) {
  volatile unsigned char *here, *at;
  __asm__ volatile("mov %0, sp" : "=r"(here));
  for (at = stack_limit; at != here; ++at)
    *at = PAINT;
  call(context);
  for (at = stack_limit; at != here && *at == PAINT;)
    ++at;
  return (size_t)(here - at);
}

void reset(void) {
  *(volatile unsigned *)0xE000ED88u |= 0xFu << 20; /* CPACR: floating point and vectors on, where they exist */
  __asm__ volatile("dsb\n isb");
  for (volatile unsigned char *byte = bss_start; byte != bss_end; ++byte)
    *byte = 0;
  heap = heap_start;
  main();
}

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))stack_top, reset, fault, fault, fault, fault, fault, fault,
    fault,                     fault, fault, fault, fault, fault, fault, fault};
