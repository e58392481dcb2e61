// Plain C, one value at a time: the path of processors that nobody thought of, and an oracle for the others.
#pragma clang fp contract(off)
#define CK_LANES 1
#define CK_SUFFIX scalar
#define CK_MR 4
#define CK_NV 4
#include "kernels.inc"
