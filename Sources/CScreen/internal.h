#ifndef EASEL_CSCREEN_INTERNAL_H
#define EASEL_CSCREEN_INTERNAL_H

#include <stdatomic.h>

#include "CScreen.h"

// How to give the terminal back. It lies in memory shared with the guard parent, which is how the
// guard knows, after the studio was killed, whether and how to restore.
typedef struct {
  atomic_int armed;
  int fd;
  struct termios cooked;
  size_t length;
  char undo[512];
} cs_recovery;

cs_recovery *cs_shared(void);
// Writes the bytes and sets the mode, without waiting for a terminal that does not read.
void cs_recover(cs_recovery *recovery);

// A terminal type of our own, for TERMINFO.
extern const char cs_direct_entry[];

#endif
