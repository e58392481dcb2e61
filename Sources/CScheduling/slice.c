// sched_setattr(2), for which glibc has had a function and a type since 2.41 only.
#define _GNU_SOURCE
#include "CScheduling.h"
#include <sys/syscall.h>
#include <unistd.h>

// The first version of the system's struct, which every later one begins with.
struct attributes {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
};

static bool read_attributes(struct attributes *a) {
#if defined(__linux__) && defined(SYS_sched_getattr)
  *a = (struct attributes){.size = sizeof *a};
  return syscall(SYS_sched_getattr, 0, a, sizeof *a, 0) == 0;
#else
  (void)a;
  return false;
#endif
}

bool scheduling_ask_slice(uint64_t nanoseconds) {
  struct attributes a;
  if (!read_attributes(&a)) return false;
#if defined(__linux__) && defined(SYS_sched_setattr)
  a.size = sizeof a;
  a.runtime = nanoseconds;
  return syscall(SYS_sched_setattr, 0, &a, 0) == 0;
#else
  return false;
#endif
}

uint64_t scheduling_slice(void) {
  struct attributes a;
  return read_attributes(&a) ? a.runtime : 0;
}
