/* What every machine without a system shares: memory with watched borders, a painted stack. No libc. */
#include "bare.h"

enum { MOST_BUFFERS = 64, BORDER_SIZE = 32, BORDER = 0xC3, PAINT = 0xB7 };
static struct {
  unsigned char *memory;
  size_t size;
} buffers[MOST_BUFFERS];
static unsigned count;

extern unsigned char bss_start[], bss_end[], heap_start[], stack_limit[];
static unsigned char *heap;

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

/* Paints the free stack, calls, and looks for the deepest byte that changed. */
__attribute__((noinline)) size_t platform_measure_stack(void (*call)(void *), void *context) {
  volatile unsigned char *here, *at;
#ifdef __x86_64__
  __asm__ volatile("mov %%rsp, %0" : "=r"(here));
#else
  __asm__ volatile("mov %0, sp" : "=r"(here));
#endif
  for (at = stack_limit; at != here; ++at)
    *at = PAINT;
  call(context);
  for (at = stack_limit; at != here && *at == PAINT;)
    ++at;
  return (size_t)(here - at);
}

void bare_start(void) {
  for (volatile unsigned char *byte = bss_start; byte != bss_end; ++byte)
    *byte = 0;
  heap = heap_start;
  main();
}
