// The few plain functions through which Swift reaches curses, the terminal device, signals and
// pseudo-terminals. Swift cannot import curses itself: its global windows are shared mutable state,
// its attributes are macros, and `fork`, `ioctl` and friends are hidden from it.
#ifndef EASEL_CSCREEN_H
#define EASEL_CSCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>
#include <wchar.h>

// --- curses (curses.c) ---------------------------------------------------------------------------

enum { CS_BOLD = 1, CS_UNDERLINE = 2, CS_REVERSE = 4, CS_ITALIC = 8 };

/// Takes LC_ALL from the environment; false when the result is not UTF-8, in which case the
/// character type falls back to C.UTF-8 so that curses keeps what it is given.
bool cs_locale(void);
/// Columns of one character as curses counts them: 0, 1, 2, or -1 for what cannot be printed.
int cs_width(wchar_t character);

/// Opens curses for terminal type `term` on two descriptors: raw, no echo, no scrolling, no
/// insertion or deletion of cells (they would carry pixels along). False: unknown type.
/// "easel-direct" is a type of our own for terminals with direct colour: 0xRRGGBB.
bool cs_open(const char *term, int in, int out);
/// Whether curses is open; it can be once at a time.
bool cs_is_open(void);
/// Leaves the screen and frees it.
void cs_close(void);
/// Leaves the screen for a while, and takes it back with everything to be drawn again.
void cs_leave(void);
void cs_return(void);
void cs_resize(int rows, int columns);
/// Makes the next `cs_flush` clear the terminal and draw every cell.
void cs_clear(void);
/// Whether cursor addressing exists; without it no screen can be drawn.
bool cs_can_move(void);
int cs_colors(void);
int cs_pairs(void);
/// Gives pair `pair` two colours; -1 is the terminal's own.
bool cs_set_pair(int pair, int foreground, int background);
/// Puts one character (base and marks, ended by 0) at a cell; false when curses refused it.
bool cs_put(int row, int column, const wchar_t *text, int attributes, int pair);
/// Where the cursor rests after a flush; hidden when `row` is negative.
void cs_cursor(int row, int column);
/// Sends the difference to what the terminal shows, and rests the cursor.
void cs_flush(void);
/// Sends what differs so far, which must be in one row; the cursor stays anywhere.
///
/// Curses looks for rows that moved and scrolls them, also when idlok is off, and with them the
/// pixels of pictures whose cells all look alike to it. With one changed row at a time there is
/// nothing to scroll: a row that appears is either new or on the screen twice.
void cs_flush_row(void);

// --- the terminal device (tty.c) -----------------------------------------------------------------

typedef struct {
  int rows, columns, width, height;
} cs_window;

bool cs_window_size(int fd, cs_window *out);
bool cs_set_window_size(int fd, cs_window window);
/// No echo, no line editing, no signals from keys; `before` receives what was set.
bool cs_make_raw(int fd, struct termios *before);
bool cs_restore_mode(int fd, const struct termios *before);
/// The byte that the terminal's erase key sends.
int cs_erase_byte(int fd);
/// Writes all of it, waiting where the terminal is slow; false when it is gone.
bool cs_write_all(int fd, const void *bytes, size_t count);
int cs_event_fd(void);
bool cs_pipe(int fds[2]);
/// A mark of the calling thread, for asking "am I on my own thread?".
void cs_mark_thread(const void *mark);
const void *cs_thread_mark(void);

// --- ending well (signals.c, guard.c) ------------------------------------------------------------

/// Remembers how to give the terminal back: `cooked` and the bytes `undo`. From now on a crash, a
/// stray exit or the guard parent restores it.
void cs_arm(int fd, const struct termios *cooked, const char *undo);
/// Forgets it again: the terminal is as it was.
void cs_disarm(void);
bool cs_is_armed(void);
/// Restores the terminal if armed. Safe in signal handlers.
void cs_restore_now(void);
/// SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT and SIGWINCH are written to `fd`, one byte each;
/// fatal signals restore the terminal and go on to whoever handled them before. A second ending
/// signal, or five seconds after the first, ends the process.
void cs_catch_signals(int fd);
void cs_release_signals(void);
/// Stops the calling process until it is continued.
void cs_stop_self(void);
/// Starts `file` (found on PATH) with default signals on the same terminal; -1 with errno.
pid_t cs_spawn(const char *file, char *const arguments[]);
/// Waits for a child: 0...255 exit status, 128 + n for signal n, -1 when there is no such child.
int cs_wait(pid_t child);
/// The same for a program that outlives us: in a session of its own, so that neither the terminal's end
/// nor its keys reach it, with no input, `output` (appended to) for both outputs, and nothing else of
/// ours open. `file` is a path. -1 and errno when it cannot be started.
pid_t cs_spawn_detached(const char *file, char *const arguments[], const char *output);
/// Its status as a shell tells it when it has ended (255 where nobody knows), -1 while it lives. Does not
/// wait; tells it once.
int cs_ended(pid_t child);

typedef enum {
  CS_GUARD_STUDIO = 0,       // returned in the child: the studio, watched over
  CS_GUARD_NO_TERMINAL = 1,  // not started: there is no terminal to guard
  CS_GUARD_THREADS = 2,      // not started: the process already has threads
  CS_GUARD_FAILED = 3,       // not started: no memory or no process
} cs_guard_result;

/// Splits the process: the parent becomes the guard, which restores the terminal whatever happens
/// to the child, and exits as the child does (it never returns from here).
cs_guard_result cs_guard_enter(void);

// --- pseudo-terminals, for tests (pty.c) ---------------------------------------------------------

/// Opens a pseudo-terminal; `name` (at least 128 bytes) receives the path of the slave.
int cs_pty_open(cs_window window, char *name, size_t size);
/// Starts a program as the leader of a session on the pseudo-terminal `slave`; -1 with errno.
pid_t cs_pty_spawn(const char *slave, const char *file, char *const arguments[],
                   char *const environment[]);
/// Waits at most `milliseconds` for bytes: >0 count, 0 nothing yet, -1 the other side is gone.
ssize_t cs_pty_read(int fd, void *bytes, size_t count, int milliseconds);

/// How a child ended; negative status: it still runs.
typedef struct {
  int status, signal;
} cs_end;
cs_end cs_pty_wait(pid_t child, bool block);
/// Whether the child is stopped now (asks without waiting).
bool cs_is_stopped(pid_t child);

#endif
