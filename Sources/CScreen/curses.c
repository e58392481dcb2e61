#define _XOPEN_SOURCE_EXTENDED 1
#define _GNU_SOURCE 1
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

// One terminal at a time: curses keeps its own state global.
static SCREEN *screen;
static FILE *input, *output;
static bool cursor_shown = true;

bool cs_locale(void) {
  bool set = setlocale(LC_ALL, "") != NULL;
  if (set && strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return true;
  setlocale(LC_CTYPE, "C.UTF-8");
  return false;
}

int cs_width(wchar_t character) { return wcwidth(character); }

static FILE *open_copy(int fd, const char *mode) {
  int copy = dup(fd);
  if (copy < 0) return NULL;
  FILE *file = fdopen(copy, mode);
  if (!file) close(copy);
  return file;
}

static void configure(void) {
  raw();
  noecho();
  nonl();
  // Shifting cells would shift the pixels of pictures, and so would scrolling.
  idcok(stdscr, FALSE);
  idlok(stdscr, FALSE);
  scrollok(stdscr, FALSE);
  leaveok(stdscr, FALSE);
  if (has_colors()) {
    start_color();
    use_default_colors();
  }
  curs_set(1);
  cursor_shown = true;
  // Saved once: later the mode may be anybody's, such as the guard's.
  def_prog_mode();
}

// newterm with another TERMINFO, which children must not see.
static SCREEN *open_direct(void) {
  const char *before = getenv("TERMINFO");
  char *kept = before ? strdup(before) : NULL;
  setenv("TERMINFO", cs_direct_entry, 1);
  SCREEN *opened = newterm("easel-direct", output, input);
  if (kept) {
    setenv("TERMINFO", kept, 1);
    free(kept);
  } else {
    unsetenv("TERMINFO");
  }
  return opened;
}

bool cs_open(const char *term, int in, int out) {
  if (screen) return false;
  bool direct = strcmp(term, "easel-direct") == 0;
  output = open_copy(out, "w");
  input = open_copy(in, "r");
  if (output && input) screen = direct ? open_direct() : newterm(term, output, input);
  if (!screen) {
    if (output) fclose(output);
    if (input) fclose(input);
    output = input = NULL;
    return false;
  }
  set_term(screen);
  configure();
  return true;
}

bool cs_is_open(void) { return screen != NULL; }

void cs_close(void) {
  if (!screen) return;
  if (!isendwin()) {
    curs_set(1);
    endwin();
  }
  delscreen(screen);
  screen = NULL;
  fclose(output);
  fclose(input);
  output = input = NULL;
}

void cs_leave(void) {
  curs_set(1);
  cursor_shown = true;
  endwin();
}

void cs_return(void) {
  reset_prog_mode();
  // The next flush enters the screen again.
  clearok(curscr, TRUE);
}

void cs_resize(int rows, int columns) {
  resizeterm(rows, columns);
  clearok(curscr, TRUE);
}

void cs_clear(void) { clearok(curscr, TRUE); }

bool cs_can_move(void) {
  const char *cup = tigetstr("cup");
  return cup && cup != (char *)-1;
}

int cs_colors(void) { return has_colors() ? COLORS : 0; }
int cs_pairs(void) { return has_colors() ? COLOR_PAIRS : 0; }

bool cs_set_pair(int pair, int foreground, int background) {
  return init_extended_pair(pair, foreground, background) == OK;
}

bool cs_put(int row, int column, const wchar_t *text, int attributes, int pair) {
  attr_t attr = A_NORMAL;
  if (attributes & CS_BOLD) attr |= A_BOLD;
  if (attributes & CS_UNDERLINE) attr |= A_UNDERLINE;
  if (attributes & CS_REVERSE) attr |= A_REVERSE;
  if (attributes & CS_ITALIC) attr |= A_ITALIC;
  cchar_t cell;
  // The last argument carries pair numbers that do not fit a short.
  if (setcchar(&cell, text, attr, 0, &pair) == ERR) return false;
  if (wmove(stdscr, row, column) == ERR) return false;
  // The cell at the lower right reports an error although it is set: there is no next cell.
  wadd_wch(stdscr, &cell);
  return true;
}

static int cursor_row, cursor_column;

void cs_cursor(int row, int column) {
  bool show = row >= 0;
  cursor_row = show ? row : 0;
  cursor_column = show ? column : 0;
  if (show != cursor_shown) {
    curs_set(show ? 1 : 0);
    cursor_shown = show;
  }
}

void cs_flush_row(void) {
  wnoutrefresh(stdscr);
  doupdate();
}

void cs_flush(void) {
  wmove(stdscr, cursor_row, cursor_column);
  wnoutrefresh(stdscr);
  doupdate();
}
