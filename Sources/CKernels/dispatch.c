#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>
// Chooses a path once, from what the processor says, and carries every public call there.
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "CKernels.h"
#include "internal.h"
#include "table.h"

extern const struct ck_kernels ck_kernels_scalar, ck_kernels_avx2, ck_kernels_avx512, ck_kernels_neon;

static bool available(int path) {
  switch (path) {
    case CK_SCALAR: return true;
#if defined(__x86_64__)
    case CK_AVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case CK_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
#elif defined(__aarch64__)
    case CK_NEON: return true;
#endif
    default: return false;
  }
}
static int best(void) {
  if (available(CK_AVX512)) return CK_AVX512;
  if (available(CK_NEON)) return CK_NEON;
  if (available(CK_AVX2)) return CK_AVX2;
  return CK_SCALAR;
}
static _Atomic int current = -1;

int ck_path(void) {
  int path = atomic_load_explicit(&current, memory_order_relaxed);
  if (path < 0) {
    path = best();
    atomic_store_explicit(&current, path, memory_order_relaxed);
  }
  return path;
}
bool ck_set_path(int path) {
  if (path < 0) path = best();
  if (!available(path)) return false;
  atomic_store(&current, path);
  return true;
}
const char *ck_path_name(int path) {
  static const char *names[] = {"scalar", "avx2", "avx512", "neon"};
  return path >= 0 && path < 4 ? names[path] : "unknown";
}

// The AVX-512 path with what some of its processors add.
static struct ck_kernels extended;
static atomic_bool extensions_wanted = true;
static pthread_once_t extending = PTHREAD_ONCE_INIT;
#if defined(__x86_64__)
void ck_use_native_bf16(struct ck_kernels *kernels);
void ck_use_native_int8(struct ck_kernels *kernels);
static bool has_bf16(void) { return __builtin_cpu_supports("avx512bf16"); }
static bool has_int8(void) { return __builtin_cpu_supports("avx512vnni"); }
static void extend(void) {
  extended = ck_kernels_avx512;
  if (has_bf16()) ck_use_native_bf16(&extended);
  if (has_int8()) ck_use_native_int8(&extended);
}
#endif

static const struct ck_kernels *kernels(void) {
  switch (ck_path()) {
#if defined(__x86_64__)
    case CK_AVX2: return &ck_kernels_avx2;
    case CK_AVX512:
      if (!atomic_load_explicit(&extensions_wanted, memory_order_relaxed)) return &ck_kernels_avx512;
      pthread_once(&extending, extend);
      return &extended;
#elif defined(__aarch64__)
    case CK_NEON: return &ck_kernels_neon;
#endif
    default: return &ck_kernels_scalar;
  }
}
void ck_use_extensions(bool wanted) { atomic_store(&extensions_wanted, wanted); }
#if defined(__x86_64__)
static bool is_native(bool (*has)(void)) {
  return ck_path() == CK_AVX512 && atomic_load(&extensions_wanted) && has();
}
#endif

#define CK_PUBLIC(result, name, parameters, arguments) \
  result ck_##name parameters { return kernels()->name arguments; }
CK_TABLE(CK_PUBLIC)

void ck_sgemm_packed(int m, int n, int k, const float *a, int lda, const float *packed, const float *bias,
                     int activation, const float *residual, int ldr, float *c, int ldc, bool accumulate) {
  kernels()->gemm_packed(false, m, n, k, a, lda, packed, bias, activation, residual, ldr, c, ldc, accumulate);
}

#if defined(__x86_64__)
bool ck_bf16_is_native(void) { return is_native(has_bf16); }
bool ck_int8_is_native(void) { return is_native(has_int8); }
#else
bool ck_bf16_is_native(void) { return false; }
bool ck_int8_is_native(void) { return false; }
#endif
int ck_panel_rows(void) { return kernels()->rows; }
int ck_panel_columns(void) { return kernels()->columns; }
static size_t padded(int n, int to) { return (size_t)(n + to - 1) / to * to; }
size_t ck_packed_a_size(int m, int k, int per_word) {
  const size_t words = ((size_t)k + per_word - 1) / per_word;
  // A row of factors in front of every block, which int8 has.
  return padded(m, kernels()->rows) * (words + (words + CK_KC_INT8 - 1) / CK_KC_INT8);
}
size_t ck_packed_int8_size(int k, int n) {
  const size_t words = ((size_t)k + 3) / 4;
  return padded(n, CK_MAX_NR) * (words + 2 * ((words + CK_KC_INT8 - 1) / CK_KC_INT8));
}
size_t ck_packed_bf16_size(int k, int n) { return ck_packed_size((k + 1) / 2, n); }
size_t ck_packed_size(int k, int n) {
  return (size_t)k * (size_t)((n + CK_MAX_NR - 1) / CK_MAX_NR * CK_MAX_NR);
}
size_t ck_conv3x3_packed_size(int cin, int cout) {
  size_t a = ck_packed_size(cin, cout), b = ck_packed_size(cout, cin);
  return 36 * (a > b ? a : b);
}

void *ck_allocate(size_t bytes) {
  enum { LARGE_PAGE = 2 << 20 };
  void *memory = NULL;
  const bool is_large = bytes >= 2 * (size_t)LARGE_PAGE;
  if (posix_memalign(&memory, is_large ? LARGE_PAGE : 64, bytes) != 0) return NULL;
#ifdef MADV_HUGEPAGE
  // Whole pages only, so that no more memory is taken than was asked for. Advice: nothing depends on it.
  if (is_large) (void)madvise(memory, bytes / LARGE_PAGE * LARGE_PAGE, MADV_HUGEPAGE);
#endif
  return memory;
}

struct scratch {
  float *memory;
  size_t floats;
};
static _Thread_local struct scratch scratches[SLOT_COUNT];

float *ck_scratch(int slot, size_t floats) {
  struct scratch *s = &scratches[slot];
  if (s->floats < floats) {
    free(s->memory);
    size_t bytes = (floats * sizeof(float) + 4095) / 4096 * 4096;
    s->memory = ck_allocate(bytes);
    // A kernel cannot report an error in the middle of a product; running out here ends the process.
    if (!s->memory) abort();
    s->floats = bytes / sizeof(float);
  }
  return s->memory;
}

int ck_cores(void) {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  long n = sysconf(_SC_NPROCESSORS_ONLN);
  return n > 0 ? (int)n : 1;
}

void ck_trim_memory(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

int ck_lanes(void) {
  switch (ck_path()) {
    case CK_AVX512: return 16;
    case CK_AVX2: return 8;
    case CK_NEON: return 4;
    default: return 1;
  }
}
