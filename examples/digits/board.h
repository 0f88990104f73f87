/* What the example needs of the machine that it runs on. */
#ifndef BOARD_H
#define BOARD_H

void board_print(const char *text);

/* A clock of 24 bits that counts upwards, and what it counts, in units of the text. */
unsigned board_clock(void);
extern const char board_clock_unit[];

#endif
