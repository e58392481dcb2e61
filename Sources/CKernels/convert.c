// Half and bfloat16, IEEE 754 round to nearest even. _Float16 conversion is the compiler's own where
// the processor has it and a library call elsewhere.
#include <string.h>
#include "CKernels.h"

void ck_from_half(size_t n, const uint16_t *x, float *y) {
  for (size_t i = 0; i < n; i++) {
    uint32_t h = x[i], sign = (h & 0x8000) << 16, exponent = h >> 10 & 31, fraction = h & 1023, bits;
    if (exponent == 31) bits = sign | 0x7F800000 | fraction << 13;
    else if (exponent) bits = sign | (exponent + 112) << 23 | fraction << 13;
    else {
      float small = (float)fraction * 0x1p-24f; // subnormal or zero: exact
      memcpy(&bits, &small, 4);
      bits |= sign;
    }
    memcpy(y + i, &bits, 4);
  }
}
void ck_to_half(size_t n, const float *x, uint16_t *y) {
  for (size_t i = 0; i < n; i++) {
    uint32_t bits;
    memcpy(&bits, x + i, 4);
    uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7FFFFFFF;
    if (magnitude > 0x7F800000) y[i] = (uint16_t)(sign | 0x7E00);            // not a number
    else if (magnitude >= 0x477FF000) y[i] = (uint16_t)(sign | 0x7C00);      // too large: infinity
    else if (magnitude < 0x38800000) {                                       // subnormal
      float small;
      memcpy(&small, &magnitude, 4);
      float scaled = small * 0x1p24f + 0x1p23f; // the sum rounds to a whole number of 2^-24
      uint32_t r;
      memcpy(&r, &scaled, 4);
      y[i] = (uint16_t)(sign | (r & 0x7FFFFF));
    } else {
      uint32_t odd = magnitude >> 13 & 1;
      y[i] = (uint16_t)(sign | ((magnitude - 0x38000000 + 0xFFF + odd) >> 13));
    }
  }
}
void ck_from_bfloat(size_t n, const uint16_t *x, float *y) {
  for (size_t i = 0; i < n; i++) {
    uint32_t bits = (uint32_t)x[i] << 16;
    memcpy(y + i, &bits, 4);
  }
}
void ck_to_bfloat(size_t n, const float *x, uint16_t *y) {
  for (size_t i = 0; i < n; i++) {
    uint32_t bits;
    memcpy(&bits, x + i, 4);
    if ((bits & 0x7FFFFFFF) > 0x7F800000) y[i] = (uint16_t)(bits >> 16 | 64);
    else y[i] = (uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
  }
}
