/* Between the start-up code of a machine without a system and what all of them share. */
#ifndef BARE_H
#define BARE_H

#include "rig.h"

int main(void);
/* Runs main with cleared static memory; the linker script gives the places. Never returns. */
void bare_start(void);

#endif
