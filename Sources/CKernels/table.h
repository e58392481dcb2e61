// One row a kernel: return type, name, parameters, arguments. The dispatch table, the public functions
// and every path are made from it.
#define CK_TABLE(X) \
  X(void, pack_b, (bool tb, int k, int n, const float *b, int ldb, float *packed), (tb, k, n, b, ldb, packed)) \
  X(void, gemm_packed, (bool ta, int m, int n, int k, const float *a, int lda, const float *packed, const float *bias, int activation, const float *residual, int ldr, float *c, int ldc, bool accumulate), (ta, m, n, k, a, lda, packed, bias, activation, residual, ldr, c, ldc, accumulate)) \
  X(void, pack_b_bf16, (bool tb, int k, int n, const float *b, int ldb, float *packed), (tb, k, n, b, ldb, packed)) \
  X(void, gemm_bf16, (bool ta, int m, int n, int k, const float *a, int lda, const float *packed, const float *bias, int activation, const float *residual, int ldr, float *c, int ldc, bool accumulate), (ta, m, n, k, a, lda, packed, bias, activation, residual, ldr, c, ldc, accumulate)) \
  X(void, pack_b_int8, (bool tb, int k, int n, const float *b, int ldb, float *packed), (tb, k, n, b, ldb, packed)) \
  X(void, pack_a_fp32, (int m, int k, const float *a, int lda, float *packed, int r0, int r1), (m, k, a, lda, packed, r0, r1)) \
  X(void, gemm_fp32_columns, (int m, int n, int k, const float *packed_a, const float *packed_b, const float *bias, int activation, const float *residual, int ldr, float *c, int ldc, bool accumulate, int c0, int c1), (m, n, k, packed_a, packed_b, bias, activation, residual, ldr, c, ldc, accumulate, c0, c1)) \
  X(void, pack_a_bf16, (int m, int k, const float *a, int lda, float *packed, int r0, int r1), (m, k, a, lda, packed, r0, r1)) \
  X(void, gemm_bf16_columns, (int m, int n, int k, const float *packed_a, const float *packed_b, const float *bias, int activation, const float *residual, int ldr, float *c, int ldc, bool accumulate, int c0, int c1), (m, n, k, packed_a, packed_b, bias, activation, residual, ldr, c, ldc, accumulate, c0, c1)) \
  X(void, pack_a_int8, (int m, int k, const float *a, int lda, float *packed, int r0, int r1), (m, k, a, lda, packed, r0, r1)) \
  X(void, gemm_int8_columns, (int m, int n, int k, const float *packed_a, const float *packed_b, const float *bias, int activation, const float *residual, int ldr, float *c, int ldc, bool accumulate, int c0, int c1), (m, n, k, packed_a, packed_b, bias, activation, residual, ldr, c, ldc, accumulate, c0, c1)) \
  X(void, sgemm, (bool ta, bool tb, int m, int n, int k, const float *a, int lda, const float *b, int ldb, float *c, int ldc, bool accumulate), (ta, tb, m, n, k, a, lda, b, ldb, c, ldc, accumulate)) \
  X(void, conv3x3_pack, (int cin, int cout, const float *w, bool flip, float *packed, int c0, int c1), (cin, cout, w, flip, packed, c0, c1)) \
  X(void, conv3x3, (int n, int h, int w, int cin, int cout, const float *x, const float *packed, const float *bias, float *y, int y0, int y1), (n, h, w, cin, cout, x, packed, bias, y, y0, y1)) \
  X(void, conv3x3_weight_grad, (int n, int h, int w, int cin, int cout, const float *x, const float *gy, float *gw), (n, h, w, cin, cout, x, gy, gw)) \
  X(void, conv2d, (int n, int h, int w, int cin, int cout, int kh, int kw, int stride, int pad_top, int pad_left, int ho, int wo, const float *x, const float *weight, const float *bias, float *y), (n, h, w, cin, cout, kh, kw, stride, pad_top, pad_left, ho, wo, x, weight, bias, y)) \
  X(void, conv2d_input_grad, (int n, int h, int w, int cin, int cout, int kh, int kw, int stride, int pad_top, int pad_left, int ho, int wo, const float *gy, const float *weight, float *gx), (n, h, w, cin, cout, kh, kw, stride, pad_top, pad_left, ho, wo, gy, weight, gx)) \
  X(void, conv2d_weight_grad, (int n, int h, int w, int cin, int cout, int kh, int kw, int stride, int pad_top, int pad_left, int ho, int wo, const float *x, const float *gy, float *gw), (n, h, w, cin, cout, kh, kw, stride, pad_top, pad_left, ho, wo, x, gy, gw)) \
  X(void, depthwise3x3, (int n, int h, int w, int c, const float *x, const float *weight, float *y), (n, h, w, c, x, weight, y)) \
  X(void, depthwise3x3_input_grad, (int n, int h, int w, int c, const float *gy, const float *weight, float *gx), (n, h, w, c, gy, weight, gx)) \
  X(void, depthwise3x3_weight_grad, (int n, int h, int w, int c, const float *x, const float *gy, float *gw), (n, h, w, c, x, gy, gw)) \
  X(void, layer_norm, (int rows, int c, const float *x, const float *gain, const float *bias, float eps, float *y, float *stats), (rows, c, x, gain, bias, eps, y, stats)) \
  X(void, layer_norm_grad, (int rows, int c, const float *x, const float *gain, const float *stats, const float *gy, float *gx, float *ggain, float *gbias), (rows, c, x, gain, stats, gy, gx, ggain, gbias)) \
  X(void, rms_norm, (int rows, int c, const float *x, const float *gain, float eps, float *y, float *stats), (rows, c, x, gain, eps, y, stats)) \
  X(void, rms_norm_grad, (int rows, int c, const float *x, const float *gain, const float *stats, const float *gy, float *gx, float *ggain), (rows, c, x, gain, stats, gy, gx, ggain)) \
  X(void, group_norm, (int n, int hw, int c, int ld, int groups, const float *x, const float *gain, const float *bias, float eps, bool silu, float *y, float *stats), (n, hw, c, ld, groups, x, gain, bias, eps, silu, y, stats)) \
  X(void, group_norm_grad, (int n, int hw, int c, int groups, const float *x, const float *gain, const float *bias, bool silu, const float *stats, const float *gy, float *gx, float *ggain, float *gbias), (n, hw, c, groups, x, gain, bias, silu, stats, gy, gx, ggain, gbias)) \
  X(void, softmax, (int rows, int c, float scale, const float *x, float *y), (rows, c, scale, x, y)) \
  X(void, attention, (int tq, int tk, int d, float scale, const float *q, int ldq, const float *k, int ldk, const float *v, int ldv, int keys, bool causal, float *o, int ldo, float *probs), (tq, tk, d, scale, q, ldq, k, ldk, v, ldv, keys, causal, o, ldo, probs)) \
  X(void, attention_grad, (int tq, int tk, int d, float scale, const float *q, int ldq, const float *k, int ldk, const float *v, int ldv, const float *probs, const float *go, int ldo, float *gq, int ldgq, float *gk, int ldgk, float *gv, int ldgv), (tq, tk, d, scale, q, ldq, k, ldk, v, ldv, probs, go, ldo, gq, ldgq, gk, ldgk, gv, ldgv)) \
  X(void, cross_entropy, (int rows, int v, const float *x, const int32_t *target, float smoothing, float weight, float *loss, float *gx), (rows, v, x, target, smoothing, weight, loss, gx)) \
  X(void, activation, (int kind, size_t n, const float *x, float *y), (kind, n, x, y)) \
  X(void, activation_grad, (int kind, size_t n, const float *x, const float *gy, float *gx, bool accumulate), (kind, n, x, gy, gx, accumulate)) \
  X(void, geglu, (int rows, int c, const float *x, float *y), (rows, c, x, y)) \
  X(void, geglu_grad, (int rows, int c, const float *x, const float *gy, float *gx), (rows, c, x, gy, gx)) \
  X(void, exp, (size_t n, const float *x, float *y), (n, x, y)) \
  X(void, add, (size_t n, const float *a, const float *b, float *y), (n, a, b, y)) \
  X(void, mul, (size_t n, const float *a, const float *b, float *y), (n, a, b, y)) \
  X(void, axpy, (size_t n, float alpha, const float *x, float *y), (n, alpha, x, y)) \
  X(void, scale, (size_t n, float alpha, const float *x, float *y), (n, alpha, x, y)) \
  X(float, dot, (size_t n, const float *a, const float *b), (n, a, b)) \
  X(float, peak, (long rounds), (rounds)) \
  X(float, sum, (size_t n, const float *x), (n, x)) \
  X(void, column_sums, (int rows, int c, const float *x, float *y), (rows, c, x, y)) \
  X(void, add_row, (int rows, int c, const float *x, const float *b, float *y), (rows, c, x, b, y)) \
  X(void, adamw, (size_t n, float *p, const float *g, float *m, float *v, float lr, float beta1, float beta2, float eps, float decay, float correction1, float correction2), (n, p, g, m, v, lr, beta1, beta2, eps, decay, correction1, correction2)) \
  X(void, ema, (size_t n, float decay, const float *p, float *ema), (n, decay, p, ema)) \
  X(void, nearest_code, (int rows, int c, int k, const float *x, const float *codes, int32_t *index), (rows, c, k, x, codes, index))

#define CK_MEMBER(result, name, parameters, arguments) result(*name) parameters;
struct ck_kernels {
  int rows, columns;  // of a panel
  CK_TABLE(CK_MEMBER)
};
