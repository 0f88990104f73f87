/* Start-up for QEMU's MPS2 boards without a C library: vectors, FPU on, main, exit by semihosting. */
extern int main(void);
extern unsigned char __stack_top[], __bss_begin[], __bss_end[];

static void leave(unsigned status) {
  unsigned block[2] = {0x20026u, status};
  register unsigned operation __asm("r0") = 0x20u;
  register unsigned *argument __asm("r1") = block;
  __asm volatile("bkpt 0xab" : : "r"(operation), "r"(argument) : "memory");
  for (;;) {
  }
}

static void fault(void) { leave(99); }

static void reset(void) {
  *(volatile unsigned *)0xE000ED88u |= 0xFu << 20;
  __asm volatile("dsb\n isb" : : : "memory");
  for (volatile unsigned char *byte = __bss_begin; byte != __bss_end; ++byte)
    *byte = 0;
  leave((unsigned)main());
}

__attribute__((section(".vectors"), used)) static void *const vectors[16] = {
    __stack_top, (void *)reset, (void *)fault, (void *)fault, (void *)fault, (void *)fault, (void *)fault, (void *)fault,
    (void *)fault, (void *)fault, (void *)fault, (void *)fault, (void *)fault, (void *)fault, (void *)fault, (void *)fault};
