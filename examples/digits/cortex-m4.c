/* Start-up of a bare Cortex-M4 on QEMU's mps2-an386 board; output and exit by semihosting. No C library. */
#include "board.h"

int main(void);
void reset(void);
extern unsigned char stack_top[], bss_start[], bss_end[];

static int semihosting(int operation, const void *argument) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

void board_print(const char *text) { semihosting(0x04 /* SYS_WRITE0 */, text); }

static void leave(int status) {
  const unsigned block[2] = {0x20026u /* ADP_Stopped_ApplicationExit */, (unsigned)status};
  semihosting(0x20 /* SYS_EXIT_EXTENDED */, block);
  for (;;) {
  }
}

/* QEMU with -icount shift=6 takes 64 ns for each instruction; SysTick counts 25 MHz downwards: 1.6 ticks each. */
const char board_clock_unit[] = " SysTick ticks (1.6 per instruction)";

unsigned board_clock(void) { return 0xFFFFFFu - *(volatile unsigned *)0xE000E018u; }

void reset(void) {
  *(volatile unsigned *)0xE000ED88u |= 0xFu << 20; /* CPACR: the FPU on */
  __asm__ volatile("dsb\n isb");
  *(volatile unsigned *)0xE000E014u = 0xFFFFFFu; /* SysTick: the longest period, */
  *(volatile unsigned *)0xE000E018u = 0;
  *(volatile unsigned *)0xE000E010u = 5; /* the core's clock, no interrupt */
  for (volatile unsigned char *byte = bss_start; byte != bss_end; ++byte)
    *byte = 0;
  leave(main());
}

static void fault(void) { leave(99); }

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))stack_top, reset, fault, fault, fault, fault, fault, fault,
    fault,                     fault, fault, fault, fault, fault, fault, fault};
