#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "CScreen.h"

int cs_pty_open(cs_window window, char *name, size_t size) {
  int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0) return -1;
  if (grantpt(master) != 0 || unlockpt(master) != 0 || ptsname_r(master, name, size) != 0 ||
      !cs_set_window_size(master, window)) {
    close(master);
    return -1;
  }
  return master;
}

pid_t cs_pty_spawn(const char *slave, const char *file, char *const arguments[],
                   char *const environment[]) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t all, none;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  // The leader of a new session that opens a terminal owns it.
  posix_spawn_file_actions_addopen(&actions, 0, slave, O_RDWR, 0);
  posix_spawn_file_actions_adddup2(&actions, 0, 1);
  posix_spawn_file_actions_adddup2(&actions, 0, 2);
  sigfillset(&all);
  sigdelset(&all, SIGKILL);
  sigdelset(&all, SIGSTOP);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  pid_t child = -1;
  int error = posix_spawnp(&child, file, &actions, &attributes, arguments, environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error) {
    errno = error;
    return -1;
  }
  return child;
}

ssize_t cs_pty_read(int fd, void *bytes, size_t count, int milliseconds) {
  struct pollfd ready = {.fd = fd, .events = POLLIN};
  int n = poll(&ready, 1, milliseconds);
  if (n == 0 || (n < 0 && errno == EINTR)) return 0;
  if (n < 0) return -1;
  ssize_t got = read(fd, bytes, count);
  if (got > 0) return got;
  // A master whose slave is closed reports an input error.
  return got < 0 && (errno == EINTR || errno == EAGAIN) ? 0 : -1;
}

cs_end cs_pty_wait(pid_t child, bool block) {
  cs_end end = {-1, 0};
  int status;
  pid_t got;
  do {
    got = waitpid(child, &status, block ? 0 : WNOHANG);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return end;
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  end.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + end.signal;
  return end;
}

bool cs_is_stopped(pid_t child) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  // WNOWAIT leaves the news in place for the next question.
  if (waitid(P_PID, (id_t)child, &info, WSTOPPED | WNOHANG | WNOWAIT) != 0) return false;
  return info.si_pid == child && info.si_code == CLD_STOPPED;
}
