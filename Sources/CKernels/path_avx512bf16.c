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
#include "table.h"
#include "finish.inc"
#include "gemm_bf16.inc"
void ck_use_native_bf16(struct ck_kernels *kernels) {
  kernels->gemm_bf16 = K(gemm_bf16);
  kernels->pack_a_bf16 = K(pack_a_bf16);
  kernels->gemm_bf16_columns = K(gemm_bf16_columns);
}
#pragma clang attribute pop
#endif
