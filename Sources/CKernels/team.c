// A team of threads for loops that are a few hundredths of a millisecond to some milliseconds long, of which a picture
// has tens of thousands: waking a sleeping thread takes longer than many of them, so that a worker watches for the next
// loop for a moment before it goes to sleep.
//
// One word holds what the threads compete for: the number of the loop (high half) and how many of its parts are not taken
// yet (low half). Whoever lowers the count owns that part. A thread that comes late finds the count at zero, or another
// number, and does nothing; so nobody waits for a thread that has not begun.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>
#include "CKernels.h"

enum { MOST_WORKERS = 63, WATCHING_NS = 100000 };

static struct {
  pthread_mutex_t one_caller;  // held while a loop runs
  pthread_mutex_t sleeping;
  pthread_cond_t wake;
  atomic_int sleepers;
  int workers;  // started so far; changed by who holds one_caller
  _Alignas(64) atomic_ullong ticket;
  _Alignas(64) atomic_int done;
  // Of the loop in the ticket; written before its number is.
  _Atomic(void (*)(void *, int)) body;
  _Atomic(void *) context;
  atomic_int threads;
} team = {.one_caller = PTHREAD_MUTEX_INITIALIZER, .sleeping = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
static long long nanoseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/// Takes parts until none is left. `index` is 0 for the caller.
static void work(int index) {
  unsigned long long ticket = atomic_load_explicit(&team.ticket, memory_order_acquire);
  while ((unsigned)ticket > 0) {
    // Read before the part is taken: once it is, the loop cannot end, and these cannot change, before it is done.
    void (*body)(void *, int) = atomic_load_explicit(&team.body, memory_order_relaxed);
    void *context = atomic_load_explicit(&team.context, memory_order_relaxed);
    if (index >= atomic_load_explicit(&team.threads, memory_order_relaxed)) return;
    if (atomic_compare_exchange_weak_explicit(&team.ticket, &ticket, ticket - 1, memory_order_acq_rel,
                                              memory_order_acquire)) {
      body(context, (int)(unsigned)ticket - 1);
      atomic_fetch_add_explicit(&team.done, 1, memory_order_release);
      ticket = atomic_load_explicit(&team.ticket, memory_order_acquire);
    }
  }
}

static void *worker(void *argument) {
  const int index = (int)(long)argument;
  unsigned seen = 0;
  for (;;) {
    const long long start = nanoseconds();
    bool found = false;
    while (!found && nanoseconds() - start < WATCHING_NS)
      for (int i = 0; i < 50 && !found; i++) {
        relax();
        found = (unsigned)(atomic_load_explicit(&team.ticket, memory_order_relaxed) >> 32) != seen;
      }
    if (!found) {
      pthread_mutex_lock(&team.sleeping);
      atomic_fetch_add(&team.sleepers, 1);
      while ((unsigned)(atomic_load(&team.ticket) >> 32) == seen) pthread_cond_wait(&team.wake, &team.sleeping);
      atomic_fetch_sub(&team.sleepers, 1);
      pthread_mutex_unlock(&team.sleeping);
    }
    seen = (unsigned)(atomic_load(&team.ticket) >> 32);
    work(index);
  }
  return NULL;
}

static void start_workers(int wanted) {
  while (team.workers < wanted && team.workers < MOST_WORKERS) {
    pthread_t thread;
    pthread_attr_t detached;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    const int status = pthread_create(&thread, &detached, worker, (void *)(long)(team.workers + 1));
    pthread_attr_destroy(&detached);
    // Fewer threads than wanted do the same work.
    if (status != 0) return;
    team.workers++;
  }
}

void ck_team_run(int parts, int threads, void *context, void (*body)(void *context, int part)) {
  // A loop inside a loop, or beside another thread's, is run by its caller.
  if (threads <= 1 || parts <= 1 || pthread_mutex_trylock(&team.one_caller) != 0) {
    for (int i = 0; i < parts; i++) body(context, i);
    return;
  }
  start_workers(threads - 1);
  atomic_store_explicit(&team.body, body, memory_order_relaxed);
  atomic_store_explicit(&team.context, context, memory_order_relaxed);
  atomic_store_explicit(&team.threads, threads, memory_order_relaxed);
  atomic_store_explicit(&team.done, 0, memory_order_relaxed);
  const unsigned long long number = (atomic_load_explicit(&team.ticket, memory_order_relaxed) >> 32) + 1;
  // In one order with the sleepers' count: a worker either sees the number or is counted.
  atomic_store(&team.ticket, number << 32 | (unsigned)parts);
  if (atomic_load(&team.sleepers) > 0) {
    pthread_mutex_lock(&team.sleeping);
    pthread_cond_broadcast(&team.wake);
    pthread_mutex_unlock(&team.sleeping);
  }
  work(0);
  for (int spins = 0; atomic_load_explicit(&team.done, memory_order_acquire) < parts; spins++) {
    relax();
    // Whoever has the last part may want this very core.
    if (spins > 2000) sched_yield();
  }
  pthread_mutex_unlock(&team.one_caller);
}
