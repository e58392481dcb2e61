#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

extern char **environ;

static cs_recovery *shared;
static pid_t owner;

cs_recovery *cs_shared(void) {
  if (!shared) {
    void *page = mmap(NULL, sizeof(cs_recovery), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return NULL;
    shared = page;
  }
  return shared;
}

void cs_recover(cs_recovery *recovery) {
  // A terminal that has stopped reading must not keep us: wait a second, then go on without.
  struct pollfd ready = {.fd = recovery->fd, .events = POLLOUT};
  size_t sent = 0;
  while (sent < recovery->length && poll(&ready, 1, 1000) > 0 && (ready.revents & POLLOUT)) {
    ssize_t n = write(recovery->fd, recovery->undo + sent, recovery->length - sent);
    if (n < 0 && errno != EINTR && errno != EAGAIN) break;
    if (n > 0) sent += (size_t)n;
  }
  // Reports and keys meant for the studio are not for the shell.
  tcflush(recovery->fd, TCIFLUSH);
  tcsetattr(recovery->fd, TCSANOW, &recovery->cooked);
}

void cs_restore_now(void) {
  // A forked child that has not yet become another program must not touch the terminal.
  if (!shared || owner != getpid()) return;
  if (atomic_exchange(&shared->armed, 0)) cs_recover(shared);
}

void cs_arm(int fd, const struct termios *cooked, const char *undo) {
  static bool registered;
  cs_recovery *recovery = cs_shared();
  if (!recovery) return;
  owner = getpid();
  atomic_store(&recovery->armed, 0);
  recovery->fd = fd;
  recovery->cooked = *cooked;
  recovery->length = strnlen(undo, sizeof recovery->undo);
  memcpy(recovery->undo, undo, recovery->length);
  atomic_store(&recovery->armed, 1);
  if (!registered) {
    registered = true;
    atexit(cs_restore_now);
  }
}

void cs_disarm(void) {
  if (shared) atomic_store(&shared->armed, 0);
}

bool cs_is_armed(void) { return shared && atomic_load(&shared->armed); }

// --- signals -------------------------------------------------------------------------------------

static const int told[] = {SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT, SIGWINCH};
static const int fatal[] = {SIGSEGV, SIGBUS,  SIGILL, SIGFPE,  SIGABRT,
                            SIGTRAP, SIGSYS, SIGQUIT, SIGALRM};
static struct sigaction before[65];
static volatile sig_atomic_t told_fd = -1, endings;

static bool is_ending(int number) {
  return number == SIGTERM || number == SIGHUP || number == SIGINT;
}

static void on_told(int number) {
  int kept = errno;
  if (is_ending(number)) {
    if (endings++ > 0 && number != SIGINT) {
      cs_restore_now();
      _exit(128 + number);
    }
    // Whoever blocks the terminal thread, or a studio that cannot finish, must not keep us alive.
    if (number != SIGINT) alarm(5);
  }
  unsigned char byte = (unsigned char)number;
  if (told_fd >= 0 && write(told_fd, &byte, 1) < 0) {
    // The pipe is full: the loop has not read 64 K of signals and will find these too.
  }
  errno = kept;
}

static void on_fatal(int number, siginfo_t *info, void *context) {
  cs_restore_now();
  struct sigaction *old = &before[number];
  if (old->sa_flags & SA_SIGINFO && old->sa_sigaction) {
    old->sa_sigaction(number, info, context);
  } else if (!(old->sa_flags & SA_SIGINFO) && old->sa_handler != SIG_DFL &&
             old->sa_handler != SIG_IGN) {
    old->sa_handler(number);
  } else {
    signal(number, SIG_DFL);
    raise(number);
  }
}

void cs_catch_signals(int fd) {
  told_fd = fd;
  endings = 0;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigfillset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  action.sa_handler = on_told;
  for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
    sigaction(told[i], &action, &before[told[i]]);
  }
  memset(&action, 0, sizeof action);
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  action.sa_sigaction = on_fatal;
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
    sigaction(fatal[i], &action, &before[fatal[i]]);
  }
  action.sa_flags = 0;
  action.sa_handler = SIG_IGN;
  // A closed pipe is an error of one write; giving the terminal back from the background (after
  // the guard was killed) must not stop us.
  sigaction(SIGPIPE, &action, &before[SIGPIPE]);
  sigaction(SIGTTOU, &action, &before[SIGTTOU]);
}

void cs_release_signals(void) {
  if (told_fd < 0) return;
  alarm(0);
  for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
    sigaction(told[i], &before[told[i]], NULL);
  }
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
    sigaction(fatal[i], &before[fatal[i]], NULL);
  }
  sigaction(SIGPIPE, &before[SIGPIPE], NULL);
  sigaction(SIGTTOU, &before[SIGTTOU], NULL);
  told_fd = -1;
}

// raise, not kill: in a process with threads kill(getpid()) returns before the stop happens.
void cs_stop_self(void) { raise(SIGSTOP); }

// --- other programs on our terminal --------------------------------------------------------------

static void default_signals(posix_spawnattr_t *attributes, short flags) {
  sigset_t all, none;
  sigfillset(&all);
  sigdelset(&all, SIGKILL);
  sigdelset(&all, SIGSTOP);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(attributes, &all);
  posix_spawnattr_setsigmask(attributes, &none);
  posix_spawnattr_setflags(attributes,
                           (short)(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | flags));
}

pid_t cs_spawn(const char *file, char *const arguments[]) {
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  default_signals(&attributes, 0);
  pid_t child = -1;
  int error = posix_spawnp(&child, file, NULL, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  if (error) {
    errno = error;
    return -1;
  }
  return child;
}

pid_t cs_spawn_detached(const char *file, char *const arguments[], const char *output) {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t files;
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_init(&files);
  default_signals(&attributes, POSIX_SPAWN_SETSID);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, output,
                                   O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  // A pipe of ours that it held open would keep others waiting for our end.
  posix_spawn_file_actions_addclosefrom_np(&files, 3);
  pid_t child = -1;
  int error = posix_spawn(&child, file, &files, &attributes, arguments, environ);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (error) {
    errno = error;
    return -1;
  }
  return child;
}

int cs_ended(pid_t child) {
  int status;
  pid_t got = waitpid(child, &status, WNOHANG);
  if (got == 0 || (got < 0 && errno == EINTR)) return -1;
  if (got < 0) return 255;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int cs_wait(pid_t child) {
  int status;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
