// Compute kernels of Easel: fp32, one thread each; the caller splits rows over threads.
//
// Conventions. Row-major. Pictures are NHWC. Letters: N batch, T tokens, C channels, H W pixels,
// V vocabulary, D head size. `rows` counts independent rows of length `c`. Pointers need no
// alignment (64 bytes is fastest). `accumulate` != 0 adds to the output instead of overwriting it.
// Every fast path (AVX-512, AVX2, NEON) is chosen at run time; `ck_set_path` forces one for tests;
// the scalar path is the plain reference.
#ifndef EASEL_CKERNELS_H
#define EASEL_CKERNELS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ck_path { CK_SCALAR = 0, CK_AVX2 = 1, CK_AVX512 = 2, CK_NEON = 3 };
/// The path in use: the best that this processor has, unless `ck_set_path` lowered it.
int ck_path(void);
/// Forces a path (a `enum ck_path`); returns false and changes nothing if the processor lacks it. -1 restores the best.
bool ck_set_path(int path);
const char *ck_path_name(int path);
/// False leaves out instructions that only some processors of a path have; for tests.
void ck_use_extensions(bool wanted);
/// Memory at a multiple of 64 bytes, to be given to free(); NULL where there is none. Large pieces lie in large pages where
/// the system has them: filling small ones with zeros on first touch costs more than much of what is computed in them.
void *ck_allocate(size_t bytes);
/// Gives memory that was freed back to the system, where the C library keeps it otherwise.
void ck_trim_memory(void);
/// Processors this process may run on.
int ck_cores(void);

/// Runs body(context, part) for every part in 0..<parts on up to `threads` threads, the caller's one of them, and returns
/// when all are done. Parts are taken as threads become free. A call from inside a part, or while another thread's runs,
/// is carried out by its caller alone.
void ck_team_run(int parts, int threads, void *context, void (*body)(void *context, int part));

enum ck_activation { CK_NONE = 0, CK_GELU = 1, CK_QUICK_GELU = 2, CK_SILU = 3, CK_RELU = 4 };

// ---- Matrix products -------------------------------------------------------------------------
/// C[M,N] = op(A)[M,K] op(B)[K,N] (+ C when accumulate). `ta`: A is stored [K,M] with row stride lda;
/// `tb`: B is stored [N,K] with row stride ldb. Packs blocks of A and B internally (thread-local scratch).
void ck_sgemm(bool ta, bool tb, int m, int n, int k, const float *a, int lda, const float *b, int ldb,
              float *c, int ldc, bool accumulate);
/// Floats needed for a packed B of K x N.
size_t ck_packed_size(int k, int n);
/// Packs B (stored [N,K] when `tb`, else [K,N]) once for many products.
void ck_pack_b(bool tb, int k, int n, const float *b, int ldb, float *packed);
/// C[M,N] = act(op(A)[M,K] packedB + bias[N] (+ C when accumulate)) + residual[M,N]; bias and residual may be NULL.
void ck_gemm_packed(bool ta, int m, int n, int k, const float *a, int lda, const float *packed, const float *bias,
                    int activation, const float *residual, int ldr, float *c, int ldc, bool accumulate);
/// The same for A as it lies.
void ck_sgemm_packed(int m, int n, int k, const float *a, int lda, const float *packed, const float *bias,
                     int activation, const float *residual, int ldr, float *c, int ldc, bool accumulate);

// The same with both operands rounded to bfloat16 (to nearest, ties to even) and sums in fp32. Packed words hold two
// neighbours along K. Error: that of the rounding, 2^-9 of each factor.
/// True where the processor multiplies bfloat16 itself; elsewhere it is widened, which is no faster than fp32.
bool ck_bf16_is_native(void);
/// Floats (32-bit words) needed for a packed B of K x N.
size_t ck_packed_bf16_size(int k, int n);
void ck_pack_b_bf16(bool tb, int k, int n, const float *b, int ldb, float *packed);
/// As ck_gemm_packed.
void ck_gemm_bf16(bool ta, int m, int n, int k, const float *a, int lda, const float *packed, const float *bias,
                  int activation, const float *residual, int ldr, float *c, int ldc, bool accumulate);

// The same with 8-bit integers: a factor for each column of B and, found while packing, for each row of A; sums are
// exact. Error: half a 127th of the largest magnitude of the row and the column, for each factor.
/// True where the processor multiplies bytes itself.
bool ck_int8_is_native(void);
size_t ck_packed_int8_size(int k, int n);
void ck_pack_b_int8(bool tb, int k, int n, const float *b, int ldb, float *packed);

// Products with A packed once for all threads, each of which computes some columns; for weights that are much larger
// than A. `r0` is a multiple of ck_panel_rows(), `c0` of ck_panel_columns().
int ck_panel_rows(void);
int ck_panel_columns(void);
/// Floats (32-bit words) needed for a packed A of M x K; per_word: 1 for fp32, 2 for bfloat16, 4 for int8.
size_t ck_packed_a_size(int m, int k, int per_word);
/// Packs rows r0..<r1 of A[M,K] into their places.
void ck_pack_a_fp32(int m, int k, const float *a, int lda, float *packed, int r0, int r1);
void ck_pack_a_bf16(int m, int k, const float *a, int lda, float *packed, int r0, int r1);
void ck_pack_a_int8(int m, int k, const float *a, int lda, float *packed, int r0, int r1);
/// Columns c0..<c1 of C[M,N] = act(A B + bias (+ C when accumulate)) + residual, bias and residual as ck_gemm_packed.
void ck_gemm_fp32_columns(int m, int n, int k, const float *packed_a, const float *packed_b, const float *bias,
                          int activation, const float *residual, int ldr, float *c, int ldc, bool accumulate, int c0,
                          int c1);
void ck_gemm_bf16_columns(int m, int n, int k, const float *packed_a, const float *packed_b, const float *bias,
                          int activation, const float *residual, int ldr, float *c, int ldc, bool accumulate, int c0,
                          int c1);
void ck_gemm_int8_columns(int m, int n, int k, const float *packed_a, const float *packed_b, const float *bias,
                          int activation, const float *residual, int ldr, float *c, int ldc, bool accumulate, int c0,
                          int c1);

// ---- Convolution 3x3, stride 1, zero padding 1, NHWC ------------------------------------------
// Weights OIHW as in PyTorch: w[cout][cin][3][3]. Any sizes; Winograd F(4x4,3x3) where it pays, else direct.
// Scratch comes from thread-local memory. Each call handles whole images: split over n (or see *_rows) to thread.
/// Floats needed for transformed weights of ck_conv3x3 (forward or backward-data alike).
size_t ck_conv3x3_packed_size(int cin, int cout);
/// Transforms weights. `flip` false: forward. `flip` true: for the gradient of the input (then call
/// ck_conv3x3 with cin and cout exchanged and the gradient of the output as x).
/// Columns c0..<c1 of the outputs (of the inputs when `flip`), c0 a multiple of ck_panel_columns(), so that threads can
/// share the work.
void ck_conv3x3_pack(int cin, int cout, const float *w, bool flip, float *packed, int c0, int c1);
/// y[n,h,w,cout] = conv(x[n,h,w,cin]) + bias, output rows y0..<y1 of every image only (y1 = h for all).
/// y0 must be a multiple of 4, so that every split makes the same tiles.
void ck_conv3x3(int n, int h, int w, int cin, int cout, const float *x, const float *packed,
                const float *bias, float *y, int y0, int y1);
/// gw[cout][cin][3][3] += gradient from x[n,h,w,cin] and gy[n,h,w,cout] (always accumulates).
void ck_conv3x3_weight_grad(int n, int h, int w, int cin, int cout, const float *x, const float *gy, float *gw);

// ---- General convolution (stride, kernel, padding), NHWC, direct: for stride 2 and odd sizes ----
// Output size ho = (h + pad_top + pad_bottom - kh)/stride + 1, given by the caller. Weights OIHW.
void ck_conv2d(int n, int h, int w, int cin, int cout, int kh, int kw, int stride, int pad_top, int pad_left,
               int ho, int wo, const float *x, const float *weight, const float *bias, float *y);
void ck_conv2d_input_grad(int n, int h, int w, int cin, int cout, int kh, int kw, int stride, int pad_top,
                          int pad_left, int ho, int wo, const float *gy, const float *weight, float *gx);
void ck_conv2d_weight_grad(int n, int h, int w, int cin, int cout, int kh, int kw, int stride, int pad_top,
                           int pad_left, int ho, int wo, const float *x, const float *gy, float *gw);
/// Depthwise 3x3, padding 1, NHWC; weight [c][1][3][3] as in PyTorch.
void ck_depthwise3x3(int n, int h, int w, int c, const float *x, const float *weight, float *y);
void ck_depthwise3x3_input_grad(int n, int h, int w, int c, const float *gy, const float *weight, float *gx);
void ck_depthwise3x3_weight_grad(int n, int h, int w, int c, const float *x, const float *gy, float *gw);

// ---- Normalisation ---------------------------------------------------------------------------
// `stats` receives two floats a row (or group): mean and 1/std (RMSNorm: 0 and 1/rms); the backward pass reads them.
void ck_layer_norm(int rows, int c, const float *x, const float *gain, const float *bias, float eps, float *y, float *stats);
void ck_layer_norm_grad(int rows, int c, const float *x, const float *gain, const float *stats, const float *gy,
                        float *gx, float *ggain, float *gbias); // ggain, gbias accumulate; may be NULL
void ck_rms_norm(int rows, int c, const float *x, const float *gain, float eps, float *y, float *stats);
void ck_rms_norm_grad(int rows, int c, const float *x, const float *gain, const float *stats, const float *gy,
                      float *gx, float *ggain);
/// GroupNorm over NHWC with `hw` pixels an image, then SiLU when `silu`. stats: n*groups*2 floats. `ld`: floats from
/// one pixel to the next, so that some groups of many can be done alone.
void ck_group_norm(int n, int hw, int c, int ld, int groups, const float *x, const float *gain, const float *bias, float eps,
                   bool silu, float *y, float *stats);
void ck_group_norm_grad(int n, int hw, int c, int groups, const float *x, const float *gain, const float *bias,
                        bool silu, const float *stats, const float *gy, float *gx, float *ggain, float *gbias);

// ---- Attention, softmax, losses --------------------------------------------------------------
/// Softmax of `scale * x` over each row.
void ck_softmax(int rows, int c, float scale, const float *x, float *y);
/// One (batch, head): o[tq,d] = softmax(scale q k^T) v. q,k,v,o have row strides ldq.. (floats). `keys` <= tk
/// valid keys; `causal` masks key > query. `probs` [tq,tk] receives the probabilities when not NULL (needed by the gradient).
void ck_attention(int tq, int tk, int d, float scale, const float *q, int ldq, const float *k, int ldk,
                  const float *v, int ldv, int keys, bool causal, float *o, int ldo, float *probs);
/// Gradients (accumulate into gq, gk, gv).
void ck_attention_grad(int tq, int tk, int d, float scale, const float *q, int ldq, const float *k, int ldk,
                       const float *v, int ldv, const float *probs, const float *go, int ldo,
                       float *gq, int ldgq, float *gk, int ldgk, float *gv, int ldgv);
/// Cross entropy with label smoothing; target < 0 is skipped. loss[r] receives each row's loss (0 when skipped);
/// gx (may be NULL) receives weight * dloss/dx.
void ck_cross_entropy(int rows, int v, const float *x, const int32_t *target, float smoothing, float weight,
                      float *loss, float *gx);

// ---- Elementwise (n floats) ------------------------------------------------------------------
void ck_activation(int kind, size_t n, const float *x, float *y);
/// gx = gy * act'(x) (accumulate adds).
void ck_activation_grad(int kind, size_t n, const float *x, const float *gy, float *gx, bool accumulate);
/// GEGLU: y[r, j] = x[r, j] * gelu(x[r, c + j]), x has 2c columns.
void ck_geglu(int rows, int c, const float *x, float *y);
void ck_geglu_grad(int rows, int c, const float *x, const float *gy, float *gx);
void ck_exp(size_t n, const float *x, float *y);
void ck_add(size_t n, const float *a, const float *b, float *y);
void ck_mul(size_t n, const float *a, const float *b, float *y);
/// y += alpha * x
void ck_axpy(size_t n, float alpha, const float *x, float *y);
void ck_scale(size_t n, float alpha, const float *x, float *y);
float ck_dot(size_t n, const float *a, const float *b);
float ck_sum(size_t n, const float *x);
/// sum over rows: y[c] += sum_r x[r,c]
void ck_column_sums(int rows, int c, const float *x, float *y);
/// y[r,:] = x[r,:] + b
void ck_add_row(int rows, int c, const float *x, const float *b, float *y);
/// AdamW (Loshchilov & Hutter 2019): one step over n parameters; bias corrections are given as factors.
void ck_adamw(size_t n, float *p, const float *g, float *m, float *v, float lr, float beta1, float beta2,
              float eps, float decay, float correction1, float correction2);
/// ema = decay * ema + (1 - decay) * p
void ck_ema(size_t n, float decay, const float *p, float *ema);
/// Nearest codebook entry by squared distance: index[r] of x[r,c] among codes[k,c].
void ck_nearest_code(int rows, int c, int k, const float *x, const float *codes, int32_t *index);

/// rounds x 12 multiply-adds of whole vectors on registers, for the processor's peak; ck_lanes floats a vector.
float ck_peak(long rounds);
int ck_lanes(void);

// ---- Conversion ------------------------------------------------------------------------------
void ck_from_half(size_t n, const uint16_t *x, float *y);
void ck_to_half(size_t n, const float *x, uint16_t *y);
void ck_from_bfloat(size_t n, const uint16_t *x, float *y);
void ck_to_bfloat(size_t n, const float *x, uint16_t *y);
#endif
