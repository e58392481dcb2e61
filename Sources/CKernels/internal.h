// Shared inside the kernel target only.
#ifndef CK_INTERNAL_H
#define CK_INTERNAL_H
#include <stddef.h>
/// Memory of this thread that grows and is reused; `slot` keeps nested users apart. 64-byte aligned.
float *ck_scratch(int slot, size_t floats);
enum { SLOT_PACK_A, SLOT_PACK_B, SLOT_WINO_V, SLOT_WINO_M, SLOT_COLUMNS, SLOT_WEIGHT, SLOT_PROBS, SLOT_WINO_U, SLOT_PAIRS, SLOT_COUNT };
/// Largest tile of any path; packed sizes are rounded up to it so that a size fits every path.
enum { CK_MAX_NR = 32 };
/// Depth of a block of the inner dimension. A constant, so that the order of sums never changes.
enum { CK_KC = 256 };
#endif
