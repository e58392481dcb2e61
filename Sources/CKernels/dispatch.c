#include "CKernels.h"
// Paths: one source (gemm.inc and its neighbours to come: conv.inc, norm.inc, attention.inc, elementwise.inc), compiled per target
// from path_scalar.c, path_avx2.c, path_avx512.c, path_neon.c: define CK_LANES (1, 8, 16, 4), CK_SUFFIX, CK_MR, CK_NV (AVX-512 12x2,
// AVX2 6x2, NEON 8x3, scalar 4x4), switch the target on with pragma clang attribute push, fp contract(fast), include simd.h and the .inc files.
