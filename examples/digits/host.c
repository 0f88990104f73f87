#define _POSIX_C_SOURCE 199309L
#include "board.h"
#include <stdio.h>
#include <time.h>

const char board_clock_unit[] = " ns";

void board_print(const char *text) { fputs(text, stdout); }

unsigned board_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return ((unsigned)now.tv_sec * 1000000000u + (unsigned)now.tv_nsec) & 0xFFFFFFu;
}
