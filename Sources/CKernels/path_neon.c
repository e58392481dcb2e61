// 128-bit vectors of 64-bit Arm, always present there.
#if defined(__aarch64__)
#pragma clang fp contract(fast)
#define CK_LANES 4
#define CK_SUFFIX neon
#define CK_MR 8
#define CK_NV 2
#include "kernels.inc"
#endif
