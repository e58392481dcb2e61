// Shared inside the kernel target only.
#ifndef CK_INTERNAL_H
#define CK_INTERNAL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/// Memory of this thread that grows and is reused; `slot` keeps nested users apart. 64-byte aligned.
float *ck_scratch(int slot, size_t floats);
enum { SLOT_PACK_A, SLOT_PACK_B, SLOT_WINO_V, SLOT_WINO_M, SLOT_COLUMNS, SLOT_WEIGHT, SLOT_PROBS, SLOT_WINO_U, SLOT_PAIRS, SLOT_COUNT };
/// Largest tile of any path; packed sizes are rounded up to it so that a size fits every path.
enum { CK_MAX_NR = 32 };
/// Words of 32 bits in a block of the inner dimension: one float, two bfloat16 or four int8 each. A constant, so that
/// the order of sums never changes.
enum { CK_KC = 512, CK_KC_INT8 = 64 };

/// What happens to a tile of a product before it is stored. Pointers start at the tile's first row or column.
struct ck_ending {
  bool load;  // add what C holds
  int activation;
  const float *bias, *residual;
  int ldr;
  // int8: factors of the rows of A and the columns of B, and where the integer sums start.
  const float *row_scale, *column_scale;
  const int32_t *start;
};
#endif
