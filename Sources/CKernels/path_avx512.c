// 512-bit vectors.
#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma,f16c"))), apply_to = function)
#pragma clang fp contract(fast)
#define CK_LANES 16
#define CK_SUFFIX avx512
#define CK_MR 12
#define CK_NV 2
#include "kernels.inc"
#pragma clang attribute pop
#endif
