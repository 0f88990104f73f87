/* A bare Cortex-M under QEMU: start-up and semihosting. */
#include "bare.h"

void reset(void);
extern unsigned char stack_top[];

static int semihosting(int operation, const void *argument) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

void platform_exit(int status) {
  const unsigned block[2] = {0x20026u /* ADP_Stopped_ApplicationExit */, (unsigned)status};
  semihosting(0x20 /* SYS_EXIT_EXTENDED */, block);
  for (;;) {
  }
}

static void fault(void) { platform_exit(99); }

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

void reset(void) {
  *(volatile unsigned *)0xE000ED88u |= 0xFu << 20; /* CPACR: floating point and vectors on, where they exist */
  __asm__ volatile("dsb\n isb");
  bare_start();
}

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))stack_top, reset, fault, fault, fault, fault, fault, fault,
    fault,                     fault, fault, fault, fault, fault, fault, fault};
