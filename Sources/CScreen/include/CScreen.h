// The few plain functions through which Swift reaches curses, the pseudo-terminal and signals.
#ifndef EASEL_CSCREEN_H
#define EASEL_CSCREEN_H
#endif
