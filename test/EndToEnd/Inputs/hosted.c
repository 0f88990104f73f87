/* The platform of a hosted system: guard pages round every buffer, inputs that cannot be written. */
#define _GNU_SOURCE
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_BUFFERS = 256, BORDER = 0xC3 };
static struct {
  unsigned char *begin, *memory, *end; /* pages between the guards; the buffer in them */
  size_t size;
} buffers[MOST_BUFFERS];
static unsigned count;
static FILE *in, *out;

/* The buffer ends where the next page, which nobody may touch, begins, up to its alignment. */
void *platform_allocate(size_t size, size_t align) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (size + align + page - 1) / page * page;
  unsigned char *memory = mmap(NULL, room + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || count == MOST_BUFFERS)
    platform_exit(30);
  if (mprotect(memory, page, PROT_NONE) || mprotect(memory + page + room, page, PROT_NONE))
    platform_exit(31);
  unsigned char *begin = memory + page, *end = begin + room;
  unsigned char *at = (unsigned char *)(((uintptr_t)end - size) / align * align);
  buffers[count].begin = begin;
  buffers[count].end = end;
  buffers[count].memory = at;
  buffers[count++].size = size;
  for (unsigned char *byte = begin; byte != end; ++byte)
    *byte = BORDER;
  return at;
}

void platform_protect(void *memory, protection wanted) {
  for (unsigned i = 0; i < count; ++i)
    if (buffers[i].memory == memory &&
        mprotect(buffers[i].begin, (size_t)(buffers[i].end - buffers[i].begin),
                 wanted == READ_ONLY ? PROT_READ : PROT_READ | PROT_WRITE))
      platform_exit(32);
}

void platform_check_borders(void) {
  for (unsigned i = 0; i < count; ++i)
    for (unsigned char *byte = buffers[i].begin; byte != buffers[i].end; ++byte)
      if ((byte < buffers[i].memory || byte >= buffers[i].memory + buffers[i].size) && *byte != BORDER) {
        fprintf(stderr, "buffer %u: a byte outside was written\n", i);
        platform_exit(33);
      }
}

size_t platform_read(void *memory, size_t size) {
  if (!in)
    in = fopen("in.bin", "rb");
  return in ? fread(memory, 1, size, in) : 0;
}

void platform_write(const void *memory, size_t size) {
  if (!out)
    out = fopen("out.bin", "wb");
  if (!out || fwrite(memory, 1, size, out) != size)
    platform_exit(34);
}

void platform_print(const char *text) { fputs(text, stderr); }

void platform_exit(int status) {
  if (out && fclose(out))
    status = 35;
  exit(status);
}

size_t platform_measure_stack(void (*call)(void *), void *context) {
  call(context);
  return 0;
}
