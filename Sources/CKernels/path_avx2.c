// 256-bit vectors with fused multiply-add (2013 and later x86-64).
#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#pragma clang fp contract(fast)
#define CK_LANES 8
#define CK_SUFFIX avx2
#define CK_MR 6
#define CK_NV 2
#include "kernels.inc"
#pragma clang attribute pop
#endif
