// The one vocabulary in which every kernel is written. A path (AVX-512, AVX2, NEON, scalar) defines
// CK_LANES and CK_SUFFIX, switches its target on, and includes kernels.inc: same source, other width.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "CKernels.h"
#include "internal.h"

#define CK_JOIN2(a, b) a##_##b
#define CK_JOIN(a, b) CK_JOIN2(a, b)
/// The name of a kernel in this path, and of one of a kind of product.
#define K(name) CK_JOIN(name, CK_SUFFIX)
#define P(name) K(CK_JOIN(name, CK_PRODUCT))
#define INLINE static inline __attribute__((always_inline))
/// For inner loops that fill the register file: inlined, they spill what their surroundings keep.
#define NOINLINE __attribute__((noinline))

/// Four floats, for turning small blocks: every path has them, the scalar one through the compiler.
typedef float quad __attribute__((ext_vector_type(4)));
typedef float quad_unaligned __attribute__((ext_vector_type(4), aligned(4)));
INLINE quad quad_load(const float *p) { return *(const quad_unaligned *)p; }
INLINE void quad_store(float *p, quad v) { *(quad_unaligned *)p = v; }

#if CK_LANES == 1
typedef float vf;
typedef int32_t vi;
INLINE vf vload(const float *p) { return *p; }
INLINE void vstore(float *p, vf v) { *p = v; }
INLINE vf vset(float x) { return x; }
INLINE vf vmax(vf a, vf b) { return a > b ? a : b; }
INLINE vf vmin(vf a, vf b) { return a < b ? a : b; }
INLINE float vsum(vf a) { return a; }
INLINE float vpeak(vf a) { return a; }
INLINE vf vround(vf a) { return rintf(a); }
INLINE vf vabs(vf a) { return fabsf(a); }
INLINE vf vsqrt(vf a) { return sqrtf(a); }
INLINE vf vpow2(vf n) {
  int32_t i = ((int32_t)n + 127) << 23;
  float f;
  memcpy(&f, &i, 4);
  return f;
}
/// b where a < 0, else c.
INLINE vf vif_negative(vf a, vf b, vf c) { return a < 0 ? b : c; }
typedef uint32_t vu;
INLINE vu vbits(vf a) {
  vu u;
  memcpy(&u, &a, 4);
  return u;
}
INLINE vf vfloat(vu a) {
  vf f;
  memcpy(&f, &a, 4);
  return f;
}
INLINE vi vload_i(const int32_t *p) { return *p; }
INLINE vi vset_i(int32_t x) { return x; }
/// Integers as floats, and floats rounded to the nearest integer.
INLINE vf vfrom_i(vi a) { return (float)a; }
INLINE vi vto_i(vf a) { return (int32_t)rintf(a); }
INLINE vu vuset(uint32_t x) { return x; }
INLINE vu vuif(bool c, vu a, vu b) { return c ? a : b; }
#else
typedef float vf __attribute__((ext_vector_type(CK_LANES)));
typedef int32_t vi __attribute__((ext_vector_type(CK_LANES)));
typedef float vf_unaligned __attribute__((ext_vector_type(CK_LANES), aligned(4)));
typedef uint32_t vu __attribute__((ext_vector_type(CK_LANES)));
typedef int32_t vi_unaligned __attribute__((ext_vector_type(CK_LANES), aligned(4)));
INLINE vi vload_i(const int32_t *p) { return *(const vi_unaligned *)p; }
INLINE vi vset_i(int32_t x) { return (vi)x; }
INLINE vf vfrom_i(vi a) { return __builtin_convertvector(a, vf); }
INLINE vi vto_i(vf a) { return __builtin_convertvector(__builtin_elementwise_rint(a), vi); }
INLINE vu vbits(vf a) { return (vu)a; }
INLINE vf vfloat(vu a) { return (vf)a; }
INLINE vu vuset(uint32_t x) { return (vu)x; }
INLINE vu vuif(vi c, vu a, vu b) { return (a & (vu)c) | (b & ~(vu)c); }
INLINE vf vload(const float *p) { return *(const vf_unaligned *)p; }
INLINE void vstore(float *p, vf v) { *(vf_unaligned *)p = v; }
INLINE vf vset(float x) { return (vf)x; }
INLINE vf vmax(vf a, vf b) { return __builtin_elementwise_max(a, b); }
INLINE vf vmin(vf a, vf b) { return __builtin_elementwise_min(a, b); }
INLINE float vsum(vf a) {
  // Halves are added to halves, so that every path of one width sums in one order.
  float x[CK_LANES];
  memcpy(x, &a, sizeof x);
  for (int n = CK_LANES / 2; n > 0; n /= 2)
    for (int i = 0; i < n; i++) x[i] += x[i + n];
  return x[0];
}
INLINE float vpeak(vf a) { return __builtin_reduce_max(a); }
INLINE vf vround(vf a) { return __builtin_elementwise_rint(a); }
INLINE vf vabs(vf a) { return __builtin_elementwise_abs(a); }
INLINE vf vsqrt(vf a) { return __builtin_elementwise_sqrt(a); }
INLINE vf vpow2(vf n) {
  vi i = (__builtin_convertvector(n, vi) + 127) << 23;
  return (vf)i;
}
INLINE vf vif_negative(vf a, vf b, vf c) {
  vi m = a < (vf)0.0f;
  return (vf)(((vi)b & m) | ((vi)c & ~m));
}
#endif
#define VL CK_LANES
/// Columns and rows of the tile of a matrix product that stays in registers.
#define NR (CK_NV * VL)
#define MR CK_MR
/// Rows of A whose block stays in the second-level cache.
#define CK_MC (MR * 16)

/// e^x. Error: at most 2 units in the last place for -87 < x < 88; clamped outside.
/// Source: range reduction by ln 2 in two parts and a degree-6 polynomial fitted to e^r, |r| <= ln2/2
/// (Cody & Waite 1980).
INLINE vf vexp(vf x) {
  x = vmin(vmax(x, vset(-87.3f)), vset(88.0f));
  vf n = vround(x * vset(1.44269504088896341f));
  vf r = x - n * vset(0.693359375f);
  r = r - n * vset(-2.12194440e-4f);
  vf p = vset(1.9875691500e-4f);
  p = p * r + vset(1.3981999507e-3f);
  p = p * r + vset(8.3334519073e-3f);
  p = p * r + vset(4.1665795894e-2f);
  p = p * r + vset(1.6666665459e-1f);
  p = p * r + vset(5.0000001201e-1f);
  p = p * r * r + r + vset(1.0f);
  return p * vpow2(n);
}

/// 1 / (1 + e^-x)
INLINE vf vsigmoid(vf x) { return vset(1.0f) / (vset(1.0f) + vexp(-x)); }

/// erf(x). Error: at most 2e-7 absolute. Source: Abramowitz & Stegun 1964, formula 7.1.26 (1.5e-7).
INLINE vf verf(vf x) {
  vf a = vabs(x);
  vf t = vset(1.0f) / (vset(1.0f) + vset(0.3275911f) * a);
  vf p = vset(1.061405429f);
  p = p * t + vset(-1.453152027f);
  p = p * t + vset(1.421413741f);
  p = p * t + vset(-0.284496736f);
  p = p * t + vset(0.254829592f);
  vf y = vset(1.0f) - p * t * vexp(-a * a);
  return vif_negative(x, -y, y);
}

/// x Φ(x), Φ the normal distribution (Hendrycks & Gimpel 2016, exact form).
INLINE vf vgelu(vf x) { return vset(0.5f) * x * (vset(1.0f) + verf(x * vset(0.70710678118654752f))); }
INLINE vf vgelu_slope(vf x) {
  vf cdf = vset(0.5f) * (vset(1.0f) + verf(x * vset(0.70710678118654752f)));
  return cdf + x * vset(0.3989422804014327f) * vexp(vset(-0.5f) * x * x);
}
INLINE vf vactivate(int kind, vf x) {
  switch (kind) {
    case CK_GELU: return vgelu(x);
    case CK_QUICK_GELU: return x * vsigmoid(vset(1.702f) * x);
    case CK_SILU: return x * vsigmoid(x);
    case CK_RELU: return vmax(x, vset(0.0f));
    default: return x;
  }
}
INLINE vf vactivate_slope(int kind, vf x) {
  switch (kind) {
    case CK_GELU: return vgelu_slope(x);
    case CK_QUICK_GELU: {
      vf s = vsigmoid(vset(1.702f) * x);
      return s * (vset(1.0f) + vset(1.702f) * x * (vset(1.0f) - s));
    }
    case CK_SILU: {
      vf s = vsigmoid(x);
      return s * (vset(1.0f) + x * (vset(1.0f) - s));
    }
    case CK_RELU: return vif_negative(-x, vset(1.0f), vset(0.0f));
    default: return vset(1.0f);
  }
}

/// Runs `expr(v)` over n floats in steps of VL; the tail goes through a padded vector.
INLINE vf vload_tail(const float *p, size_t n) {
  float x[VL];
  for (int i = 0; i < VL; i++) x[i] = (size_t)i < n ? p[i] : 0.0f;
  return vload(x);
}
INLINE void vstore_tail(float *p, vf v, size_t n) {
  float x[VL];
  vstore(x, v);
  for (size_t i = 0; i < n && i < VL; i++) p[i] = x[i];
}
INLINE vf vload_n(const float *p, size_t n) { return n >= VL ? vload(p) : vload_tail(p, n); }
INLINE void vstore_n(float *p, vf v, size_t n) {
  if (n >= VL) vstore(p, v);
  else vstore_tail(p, v, n);
}

/// Turns `rows` rows of k floats into columns: out[j * stride + r] = a[r * lda + j]. Four rows at a time
/// go through registers, since storing single floats costs more than the product they are packed for.
INLINE void turn_rows(int rows, int k, const float *a, int lda, float *out, int stride) {
  int r = 0;
  for (; r + 4 <= rows; r += 4) {
    const float *p0 = a + (size_t)r * lda, *p1 = p0 + lda, *p2 = p1 + lda, *p3 = p2 + lda;
    float *to = out + r;
    int j = 0;
    for (; j + 4 <= k; j += 4) {
      quad a0 = quad_load(p0 + j), a1 = quad_load(p1 + j), a2 = quad_load(p2 + j), a3 = quad_load(p3 + j);
      quad b0 = __builtin_shufflevector(a0, a1, 0, 4, 1, 5), b1 = __builtin_shufflevector(a0, a1, 2, 6, 3, 7);
      quad b2 = __builtin_shufflevector(a2, a3, 0, 4, 1, 5), b3 = __builtin_shufflevector(a2, a3, 2, 6, 3, 7);
      quad_store(to, __builtin_shufflevector(b0, b2, 0, 1, 4, 5));
      quad_store(to + stride, __builtin_shufflevector(b0, b2, 2, 3, 6, 7));
      quad_store(to + 2 * stride, __builtin_shufflevector(b1, b3, 0, 1, 4, 5));
      quad_store(to + 3 * stride, __builtin_shufflevector(b1, b3, 2, 3, 6, 7));
      to += 4 * (size_t)stride;
    }
    for (; j < k; j++, to += stride) {
      to[0] = p0[j];
      to[1] = p1[j];
      to[2] = p2[j];
      to[3] = p3[j];
    }
  }
  for (; r < rows; r++) {
    const float *p = a + (size_t)r * lda;
    float *to = out + r;
#pragma clang loop vectorize(disable)
    for (int j = 0; j < k; j++, to += stride) *to = p[j];
  }
}
