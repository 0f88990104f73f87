/* Streams samples through every network of the table and checks what a caller may rely on.
 *
 * Input: for each sample, the inputs of every network. Output: the outputs, in the same order, each network's followed
 * by the part of its arena that the table asks for. The number of samples comes first, then after how many of them the
 * states are reset (0: never). Messages: one line for each fault and each figure, "name key value".
 * Exit status: 0 or the number of the fault. */
#include "rig.h"

enum { FILLS = 3, MOST_TENSORS = 48 };
static const unsigned char fills[FILLS] = {0x00, 0xFF, 0xA5};

struct buffers {
  void *tensors[MOST_TENSORS], *states[FILLS], *arena;
};

struct call {
  const struct network *network;
  struct buffers *buffers;
  int (*function)(void *const *tensors, void *state, void *arena);
  int status;
};

static void fill(void *memory, unsigned char value, size_t size) {
  volatile unsigned char *bytes = memory;
  for (size_t i = 0; i < size; ++i)
    bytes[i] = value;
}

static uint32_t checksum(uint32_t hash, const void *memory, size_t size) {
  const unsigned char *bytes = memory;
  for (size_t i = 0; i < size; ++i)
    hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

static void print_number(size_t value) {
  char text[21], *at = text + sizeof text - 1;
  *at = 0;
  do {
    *--at = (char)('0' + value % 10);
  } while (value /= 10);
  platform_print(at);
}

static void report(const struct network *network, const char *key, size_t value) {
  platform_print(network->name);
  platform_print(key);
  print_number(value);
  platform_print("\n");
}

static void fail(const struct network *network, const char *what, int status) {
  platform_print(network->name);
  platform_print(" fault: ");
  platform_print(what);
  platform_print("\n");
  platform_exit(status);
}

static void invoke(void *context) {
  struct call *call = context;
  call->status = call->function(call->buffers->tensors, call->buffers->states[0], call->buffers->arena);
}

/* reset and selftest: a function of one piece of memory. */
struct memory_call {
  int (*function)(void *memory);
  void *memory;
  int status;
};

static __attribute__((noipa)) int do_nothing(void *memory) {
  (void)memory;
  return 0;
}

/* As in the table, between the program and the network. */
static int call_nothing(void *memory) { return do_nothing(memory); }

static void invoke_on_memory(void *context) {
  struct memory_call *call = context;
  call->status = call->function(call->memory);
}

static void check_stack(const struct network *network, const char *key, size_t used, size_t around) {
  used = used > around ? used - around : 0;
  report(network, key, used);
  if (used > network->stack_max)
    fail(network, "more stack than STACK_MAX", 14);
}

static void measure(const struct network *network, struct buffers *buffers) {
  struct call nothing = {network, buffers, network->call_nothing, 0};
  struct call run = {network, buffers, network->run, 0};
  size_t around = platform_measure_stack(invoke, &nothing);
  size_t used = platform_measure_stack(invoke, &run);
  if (run.status)
    fail(network, "run returned an error", 10);
  check_stack(network, " stack ", used, around);
}

static int call_measured(const struct network *network, const char *key, int (*function)(void *), void *memory) {
  struct memory_call nothing = {call_nothing, memory, 0}, call = {function, memory, 0};
  size_t around = platform_measure_stack(invoke_on_memory, &nothing);
  check_stack(network, key, platform_measure_stack(invoke_on_memory, &call), around);
  return call.status;
}

static uint32_t hash_tensors(const struct network *network, const struct buffers *buffers, unsigned first, unsigned last) {
  uint32_t hash = 2166136261u;
  for (unsigned i = first; i < last; ++i)
    hash = checksum(hash, buffers->tensors[i], network->sizes[i]);
  return hash;
}

static void run_sample(const struct network *network, struct buffers *buffers) {
  unsigned inputs = network->inputs, tensors = inputs + network->outputs;
  uint32_t before = hash_tensors(network, buffers, 0, inputs), first = 0;
  /* Each pass has a state of its own: the states know nothing of each other, and take the same steps. */
  for (unsigned pass = 0; pass < FILLS; ++pass) {
    fill(buffers->arena, fills[pass], network->arena_size);
    for (unsigned i = inputs; i < tensors; ++i)
      fill(buffers->tensors[i], (unsigned char)~fills[pass], network->sizes[i]);
    if (network->run(buffers->tensors, buffers->states[pass], buffers->arena))
      fail(network, "run returned an error", 10);
    uint32_t hash = hash_tensors(network, buffers, inputs, tensors);
    if (pass && hash != first)
      fail(network, "outputs depend on what was in the arena or in the outputs", 11);
    first = hash;
    for (size_t i = 0; i < network->state_size; ++i)
      if (((unsigned char *)buffers->states[0])[i] != ((unsigned char *)buffers->states[pass])[i])
        fail(network, "states of the same steps differ", 15);
  }
  if (hash_tensors(network, buffers, 0, inputs) != before)
    fail(network, "an input was written", 12);
}

static void allocate(const struct network *network, struct buffers *buffers) {
  if (network->inputs + network->outputs > MOST_TENSORS)
    fail(network, "more tensors than the rig has room for", 22);
  for (unsigned i = 0; i < network->inputs + network->outputs; ++i)
    buffers->tensors[i] = platform_allocate(network->sizes[i], network->aligns[i]);
  buffers->arena = platform_allocate(network->arena_size, network->arena_align);
  for (unsigned pass = 0; pass < FILLS; ++pass) {
    buffers->states[pass] = network->state_size ? platform_allocate(network->state_size, network->state_align) : NULL;
    fill(buffers->states[pass], fills[pass], network->state_size);
  }
}

static void reset(const struct network *network, struct buffers *buffers) {
  for (unsigned pass = 0; network->state_size && pass < FILLS; ++pass)
    if (call_measured(network, " reset_stack ", network->reset, buffers->states[pass]))
      fail(network, "reset returned an error", 13);
}

static void run_selftest(const struct network *network) {
  void *work = platform_allocate(network->selftest_size, network->arena_align);
  fill(work, 0x5A, network->selftest_size);
  int status = call_measured(network, " selftest_stack ", network->selftest, work);
  platform_check_borders();
  report(network, " selftest ", (size_t)status);
}

static struct buffers all[4];

int main(void) {
  if (network_count > sizeof all / sizeof *all)
    platform_exit(23);
  for (unsigned n = 0; n < network_count; ++n)
    allocate(&networks[n], &all[n]);
  uint32_t samples, period;
  if (platform_read(&samples, sizeof samples) != sizeof samples || platform_read(&period, sizeof period) != sizeof period)
    platform_exit(20);
  for (uint32_t sample = 0; sample < samples; ++sample)
    for (unsigned n = 0; n < network_count; ++n) {
      const struct network *network = &networks[n];
      for (unsigned i = 0; i < network->inputs; ++i) {
        platform_protect(all[n].tensors[i], WRITABLE);
        if (platform_read(all[n].tensors[i], network->sizes[i]) != network->sizes[i])
          platform_exit(21);
        platform_protect(all[n].tensors[i], READ_ONLY);
      }
      if (sample == 0) {
        reset(network, &all[n]);
        measure(network, &all[n]);
      }
      if (sample == 0 || (period && sample % period == 0))
        reset(network, &all[n]);
      run_sample(network, &all[n]);
      platform_check_borders();
      for (unsigned i = 0; i < network->outputs; ++i)
        platform_write(all[n].tensors[network->inputs + i], network->sizes[network->inputs + i]);
      if (network->dumped)
        platform_write(all[n].arena, network->dumped);
    }
  for (unsigned n = 0; n < network_count; ++n)
    if (networks[n].selftest)
      run_selftest(&networks[n]);
  platform_exit(0);
}
