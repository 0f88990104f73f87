/* What the program of the end-to-end tests, its generated table of networks, and its platform
 * share. */
#ifndef RIG_H
#define RIG_H

#include <stddef.h>
#include <stdint.h>

typedef enum { READ_ONLY, WRITABLE } protection;

struct network {
  const char *name;
  unsigned inputs, outputs; /* the sizes of the inputs come first */
  const size_t *sizes;      /* bytes */
  const size_t *aligns;     /* of the element types */
  size_t arena_size, arena_align, state_size, state_align, selftest_size, stack_max;
  int (*run)(void *const *tensors, void *state, void *arena);
  int (*call_nothing)(void *const *tensors, void *state,
                      void *arena); /* the same call of an empty function */
  int (*reset)(void *state);
  int (*selftest)(void *work);
  size_t dumped; /* bytes of the arena that are output after each sample */
};
extern const struct network networks[];
extern const unsigned network_count;

/* Memory with a protected or watched border on both sides. */
void *platform_allocate(size_t size, size_t align);
/* No effect on a board. */
void platform_protect(void *memory, protection wanted);
/* Ends the program when a watched border has changed. */
void platform_check_borders(void);
size_t platform_read(void *memory, size_t size);
void platform_write(const void *memory, size_t size);
void platform_print(const char *text);
_Noreturn void platform_exit(int status);
/* The stack that call(context) used, its callees included; 0 where the platform cannot tell. */
size_t platform_measure_stack(void (*call)(void *), void *context);

#endif
