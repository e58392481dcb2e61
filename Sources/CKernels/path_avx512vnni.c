// The int8 product of the AVX-512 path, for processors that have the instruction.
#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,fma,f16c"))), apply_to = function)
#pragma clang fp contract(fast)
#define CK_LANES 16
#define CK_SUFFIX avx512vnni
#define CK_MR 12
#define CK_NV 2
#define CK_NATIVE_VNNI 1
#include "simd.h"
#include "table.h"
#include "finish.inc"
#include "gemm_int8.inc"
void ck_use_native_int8(struct ck_kernels *kernels) {
  kernels->pack_a_int8 = K(pack_a_int8);
  kernels->gemm_int8_columns = K(gemm_int8_columns);
}
#pragma clang attribute pop
#endif
