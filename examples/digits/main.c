/* Classifies the held-out digits with the network that qcc compiled, on a host or on a bare Cortex-M4.
 *
 * The caller owns all memory: an input, an output and the arena. Nothing is allocated and nothing initialised. */
#include "board.h"
#include "digits.h"

/* The .npy files as they are: their headers take 128 bytes each. */
extern const unsigned char test_images[], test_labels[], test_labels_end[];
__asm__(".section .rodata\n"
        ".global test_images, test_labels, test_labels_end\n"
        "test_images: .incbin \"test_images.npy\", 128\n"
        "test_labels: .incbin \"test_labels.npy\", 128\n"
        "test_labels_end:\n"
        ".text\n");

#define PIXELS 64
#define CLASSES 10

/* C11 also in C99 compilers of today: the arena's alignment is a macro of the header. */
static _Alignas(DIGITS_ARENA_ALIGN) unsigned char arena[DIGITS_ARENA_SIZE ? DIGITS_ARENA_SIZE : 1];
static DIGITS_IN0_TYPE image[PIXELS];
static DIGITS_OUT0_TYPE scores[CLASSES];

/* Pixels are 0 to 16; the network was trained on pixel / 16. With -io=quantized it takes the codes themselves. */
static DIGITS_IN0_TYPE to_input(unsigned char pixel) {
#ifdef DIGITS_IN0_SCALE
  int code = (int)((float)pixel / 16.0f / (float)DIGITS_IN0_SCALE + 0.5f) + DIGITS_IN0_ZERO_POINT;
  return (DIGITS_IN0_TYPE)(code > 127 ? 127 : code);
#else
  return (DIGITS_IN0_TYPE)pixel / 16;
#endif
}

static void print_number(const char *before, unsigned value, const char *after) {
  char text[11];
  char *at = text + sizeof text - 1;
  *at = 0;
  do {
    *--at = (char)('0' + value % 10);
  } while (value /= 10);
  board_print(before);
  board_print(at);
  board_print(after);
}

static unsigned crc32(unsigned crc, const void *data, unsigned size) {
  const unsigned char *bytes = data;
  crc = ~crc;
  for (unsigned i = 0; i < size; ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit)
      crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
  }
  return ~crc;
}

int main(void) {
  unsigned crc = 0, fastest = 0xFFFFFFu;
  unsigned correct = 0, total = (unsigned)(test_labels_end - test_labels);
  for (unsigned sample = 0; sample < total; ++sample) {
    for (unsigned i = 0; i < PIXELS; ++i)
      image[i] = to_input(test_images[sample * PIXELS + i]);
    unsigned begin = board_clock();
    if (digits_run(image, scores, arena) != DIGITS_OK) {
      board_print("digits_run failed\n");
      return 1;
    }
    unsigned time = (board_clock() - begin) & 0xFFFFFFu;
    fastest = time < fastest ? time : fastest;
    crc = crc32(crc, scores, sizeof scores);
    unsigned best = 0;
    for (unsigned i = 1; i < CLASSES; ++i)
      if (scores[i] > scores[best])
        best = i;
    correct += best == test_labels[sample];
    if (sample < 20)
      print_number(sample ? " " : "  first predictions: ", best, "");
  }
  print_number("\n  ", correct, " of ");
  print_number("", total, " digits right; arena ");
  print_number("", DIGITS_ARENA_SIZE, " bytes, weights ");
  print_number("", DIGITS_WEIGHTS_SIZE, " bytes, stack at most ");
  print_number("", DIGITS_STACK_MAX, " bytes\n");
  print_number("  fastest run ", fastest, board_clock_unit);
  print_number("; crc32 of all outputs ", crc, "\n");
  return correct * 100 < total * 95;
}
