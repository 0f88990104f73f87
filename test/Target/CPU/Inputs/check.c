/* Runs the selftest of a network with prefix net, its argument checks, and measures the stack of one run.
   Exit status: 0, or the number of the check that failed. */
#include "net.h"

static _Alignas(64) unsigned char work[NET_SELFTEST_SIZE + 1];
static _Alignas(64) unsigned char arena[NET_ARENA_SIZE];
static _Alignas(16) int8_t input[NET_IN0_SIZE], output[NET_OUT0_SIZE];

enum { painted = 4096, slack = 128 };

__attribute__((noinline)) static void paint(void) {
  volatile unsigned char stack[painted];
  for (int i = 0; i < painted; ++i)
    stack[i] = 0xA5;
  __asm volatile("" : : "r"(stack) : "memory");
}

/* Same frame as paint: the bytes are those that the calls between have left. */
__attribute__((noinline)) static int measure(void) {
  volatile unsigned char stack[painted];
  __asm volatile("" : : "r"(stack) : "memory");
  int untouched = 0;
  while (untouched < painted && stack[untouched] == 0xA5)
    ++untouched;
  return painted - untouched;
}

int main(void) {
  if (net_selftest(work) != NET_OK)
    return 1;
  if (net_selftest(0) != NET_NULL_POINTER || net_selftest(work + 1) != NET_MISALIGNED)
    return 2;
  if (net_run(0, output, arena) != NET_NULL_POINTER || net_run(input, output, arena + 1) != NET_MISALIGNED)
    return 3;
  paint();
  if (net_run(input, output, arena) != NET_OK)
    return 4;
  if (measure() > NET_STACK_MAX + slack)
    return 5;
  return 0;
}
