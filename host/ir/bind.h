/* bind.h - from a node to the constants that its kernel sees.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fills the kernel's const struct (mote/<op>.h) from shapes, attributes and quantisation:
 * multipliers, shifts, clamps. The interpreter binds for the `ref` kernels, the scheduler for
 * every variant; nobody else computes a multiplier. */
#ifndef MOTE_HOST_BIND_H
#define MOTE_HOST_BIND_H
#include "ir/graph.h"
#include "mote/mote.h"

union kernel_args {
    struct mote_conv2d_s8 conv2d;
    struct mote_conv2d_s8 transpose_conv2d; /* the same members: not a kind of window */
    struct mote_depthwise_conv2d_s8 depthwise_conv2d;
    struct mote_fully_connected_s8 fully_connected;
    struct mote_add_s8 add;
    struct mote_pool2d_s8 pool2d; /* average_pool2d, max_pool2d */
    struct mote_softmax_s8 softmax;
    struct mote_pad_any pad;
    struct mote_add_n_s8 add_n;
    struct mote_concat_any concat;
    struct mote_requantize_s8 requantize;       /* quantize s8 -> s8, relu, relu6 */
    struct mote_requantize_s32 requantize_wide; /* the same between other integers */
    struct mote_sum_s8 sum;                     /* add_broadcast, sub, squared_difference */
    struct mote_mul_s8 mul;                     /* mul, div                          */
    struct mote_prelu_s8 prelu;
    struct mote_extremum_s8 extremum; /* minimum, maximum                  */
    struct mote_view_any view;        /* transpose, slice, tile, depth_to_space, space_to_depth */
    struct mote_reduce_s8 reduce;     /* mean, reduce_...                  */
    struct mote_resize_nearest_any resize_nearest;
    struct mote_svdf svdf;
    struct mote_lstm_s8 lstm;
    struct mote_resize_bilinear_s8 resize_bilinear;
    struct mote_gather_any gather;
    struct mote_batch_matmul_s8 batch_matmul;
    struct mote_leaky_relu_s16 leaky_relu_s16;
    struct mote_sigmoid_s16 sigmoid_s16; /* logistic, tanh                    */
    struct mote_softmax_s16 softmax_s16;
    struct mote_window_f32 window_f32;   /* average_pool2d, max_pool2d */
    struct mote_window_f32 weighted_f32; /* conv2d, depthwise_conv2d   */
    struct mote_window_f32 transpose_f32;
    struct mote_fully_connected_f32 fully_connected_f32;
    struct mote_binary_f32 binary_f32; /* add and the operators of binary.def */
    struct mote_binary_s32 binary_s32; /* the same of plain s32 */
    struct mote_cast cast;
    struct mote_compare compare; /* the operators of compare.def */
    struct mote_select_any select;
    struct mote_arg_extremum arg_extremum; /* arg_max, arg_min */
    struct mote_cumsum cumsum;
    struct mote_cumsum_s8 cumsum_s8;
    struct mote_l2_normalization l2_normalization;
    struct mote_log_softmax_s8 log_softmax;
    struct mote_topk topk;
    struct mote_nms_f32 nms;
    struct mote_detect_f32 detect;
    struct mote_unary_f32 unary_f32; /* relu, relu6, the operators of unary.def     */
    struct mote_softmax_f32 softmax_f32;
    struct mote_reduce_f32 reduce_f32; /* mean, reduce_... */
    struct mote_resize_bilinear_f32 resize_bilinear_f32;
    struct mote_matmul matmul_f32; /* batch_matmul */
    struct mote_svdf_f32 svdf_f32;
    struct mote_lstm_f32 lstm_f32;
    struct mote_lut_s8 lut;      /* the operators of unary.def        */
    struct mote_lut_s16 lut_s16; /* exp, log             */
    struct mote_abs_s16 abs_s16;
    struct mote_rsqrt_s16 rsqrt_s16;
    /* from here to filter_bank_log: the audio front end */
    struct mote_signal_window_s16 signal_window;
    struct mote_fft_auto_scale_s16 fft_auto_scale;
    struct mote_rfft_s16 rfft;
    struct mote_spectrum_energy_s16 spectrum_energy;
    struct mote_filter_bank_u32 filter_bank;
    struct mote_filter_bank_square_root_u64 filter_bank_square_root;
    struct mote_spectral_subtraction_u32 spectral_subtraction;
    struct mote_pcan_u32 pcan;
    struct mote_filter_bank_log_u32 filter_bank_log;
    struct mote_quantize_f32 quantize; /* quantize from f32, dequantize */
};

/* Arrays (multipliers, shifts) go into `a`. The graph is verified. False with `d` set when the
 * node has no kernel. */
bool bind_node(struct arena *a, const struct graph *g, const struct node *n, union kernel_args *out,
               struct diag *d);

/* Does a node with weights sum in 64 bits? In s16 the bias tells; without one it is the operator. */
bool node_sums_wide(const struct graph *g, const struct node *n);

/* Effective multiplier of docs/spec/numerics.md: real m > 0 -> Q31 mult and shift, positive to
 * the left. Too small a multiplier gives 0, 0. */
void quantize_multiplier(double m, int32_t *mult, int32_t *shift);
#endif
