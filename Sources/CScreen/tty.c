#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "CScreen.h"

bool cs_window_size(int fd, cs_window *out) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0) return false;
  out->rows = size.ws_row;
  out->columns = size.ws_col;
  out->width = size.ws_xpixel;
  out->height = size.ws_ypixel;
  return true;
}

bool cs_set_window_size(int fd, cs_window window) {
  struct winsize size = {
      .ws_row = (unsigned short)window.rows,
      .ws_col = (unsigned short)window.columns,
      .ws_xpixel = (unsigned short)window.width,
      .ws_ypixel = (unsigned short)window.height,
  };
  return ioctl(fd, TIOCSWINSZ, &size) == 0;
}

bool cs_make_raw(int fd, struct termios *before) {
  if (tcgetattr(fd, before) != 0) return false;
  struct termios raw = *before;
  cfmakeraw(&raw);
  // Output processing stays as it was: curses and the shell's last line count on it.
  raw.c_oflag = before->c_oflag;
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  return tcsetattr(fd, TCSANOW, &raw) == 0;
}

bool cs_restore_mode(int fd, const struct termios *before) {
  return tcsetattr(fd, TCSANOW, before) == 0;
}

int cs_erase_byte(int fd) {
  struct termios mode;
  return tcgetattr(fd, &mode) == 0 ? mode.c_cc[VERASE] : 0x7F;
}

bool cs_write_all(int fd, const void *bytes, size_t count) {
  const char *next = bytes;
  while (count > 0) {
    ssize_t sent = write(fd, next, count);
    if (sent > 0) {
      next += sent;
      count -= (size_t)sent;
    } else if (sent < 0 && errno == EAGAIN) {
      struct pollfd wait = {.fd = fd, .events = POLLOUT};
      poll(&wait, 1, 1000);
      if (wait.revents & (POLLHUP | POLLERR | POLLNVAL)) return false;
    } else if (sent < 0 && errno != EINTR) {
      return false;
    }
  }
  return true;
}

int cs_event_fd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

bool cs_pipe(int fds[2]) { return pipe2(fds, O_CLOEXEC | O_NONBLOCK) == 0; }

static _Thread_local const void *thread_mark;
void cs_mark_thread(const void *mark) { thread_mark = mark; }
const void *cs_thread_mark(void) { return thread_mark; }
