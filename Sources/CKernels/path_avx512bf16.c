// The bfloat16 product of the AVX-512 path, for processors that have the instruction.
#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma,f16c"))), apply_to = function)
#pragma clang fp contract(fast)
#define CK_LANES 16
#define CK_SUFFIX avx512bf16
#define CK_MR 12
#define CK_NV 2
#define CK_NATIVE_BF16 1
#include "simd.h"
void K(gemm_bf16)(bool ta, int m, int n, int k, const float *a, int lda, const float *packed, const float *bias,
                  int activation, const float *residual, int ldr, float *c, int ldc, bool accumulate);
#include "gemm_bf16.inc"
#pragma clang attribute pop
#endif
