#define _GNU_SOURCE 1
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

static volatile pid_t studio;

// What the terminal sends reaches the whole group, the studio included; what a person or a program
// sends to the guard alone is passed on.
static void pass_on(int number, siginfo_t *info, void *context) {
  (void)context;
  if (info->si_code != SI_KERNEL && studio > 0) kill(studio, number);
}

static int threads(void) {
  DIR *folder = opendir("/proc/self/task");
  if (!folder) return 1;
  int count = 0;
  for (struct dirent *entry; (entry = readdir(folder));) {
    if (entry->d_name[0] != '.') count++;
  }
  closedir(folder);
  return count;
}

static void take_signals(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  action.sa_sigaction = pass_on;
  const int passed[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGTSTP};
  for (size_t i = 0; i < sizeof passed / sizeof *passed; i++) sigaction(passed[i], &action, NULL);
  memset(&action, 0, sizeof action);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, NULL);
  sigaction(SIGTTOU, &action, NULL);
}

static _Noreturn void watch(cs_recovery *recovery) {
  take_signals();
  for (;;) {
    int status;
    pid_t got = waitpid(studio, &status, WUNTRACED);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) _exit(1);
    if (WIFSTOPPED(status)) {
      // The shell watches the guard: it must see us stop, with a usable terminal. A studio that
      // was stopped without warning draws everything again when it is continued.
      if (atomic_load(&recovery->armed)) cs_recover(recovery);
      raise(SIGSTOP);
      kill(studio, SIGCONT);
      continue;
    }
    if (atomic_exchange(&recovery->armed, 0)) cs_recover(recovery);
    if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
    // End as the studio did, so that the shell can say so; its core file is enough.
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
    _exit(128 + WTERMSIG(status));
  }
}

cs_guard_result cs_guard_enter(void) {
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) return CS_GUARD_NO_TERMINAL;
  // After a fork only the calling thread lives on; locks of the others would stay locked.
  if (threads() > 1) return CS_GUARD_THREADS;
  cs_recovery *recovery = cs_shared();
  if (!recovery) return CS_GUARD_FAILED;
  pid_t guard = getpid();
  studio = fork();
  if (studio < 0) return CS_GUARD_FAILED;
  if (studio > 0) watch(recovery);
  // If somebody kills the guard, end in order and give the terminal back ourselves.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != guard) raise(SIGTERM);
  return CS_GUARD_STUDIO;
}
