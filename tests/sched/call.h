/* call.h - call any kernel of kernels.def by its name. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_TESTS_SCHED_CALL_H
#define MOTE_TESTS_SCHED_CALL_H
#include "check.h"
#include "ir/kernels.h"
#include "sched/sched.h"

/* Calls of kernels as an emitted program makes them: activations, constants, output, scratch. */
struct call {
    const union kernel_args *args;
    const void *const *in;
    const struct packed *packed;
    void *out, *scratch;
};
#define CALL_weights(f, op, c)                                                                     \
    f(op, (c)->in[0], (c)->packed[0].data, (c)->packed[1].data, (c)->out, (c)->scratch)
#define CALL_unary(f, op, c)        f(op, (c)->in[0], (c)->out, (c)->scratch)
#define CALL_conv2d(f, c)           CALL_weights(f, &(c)->args->conv2d, c)
#define CALL_transpose_conv2d(f, c) CALL_weights(f, &(c)->args->transpose_conv2d, c)
#define CALL_depthwise_conv2d(f, c) CALL_weights(f, &(c)->args->depthwise_conv2d, c)
#define CALL_fully_connected(f, c)  CALL_weights(f, &(c)->args->fully_connected, c)
#define CALL_binary(f, op, c)       f(op, (c)->in[0], (c)->in[1], (c)->out, (c)->scratch)
#define CALL_add(f, c)              CALL_binary(f, &(c)->args->add, c)
#define CALL_pool2d(f, c)           CALL_unary(f, &(c)->args->pool2d, c)
#define CALL_softmax(f, c)          CALL_unary(f, &(c)->args->softmax, c)
#define CALL_pad(f, c)              CALL_unary(f, &(c)->args->pad, c)
#define CALL_add_n(f, c)            f(&(c)->args->add_n, (c)->in, (c)->out, (c)->scratch)
#define CALL_concat(f, c)           f(&(c)->args->concat, (c)->in, (c)->out, (c)->scratch)
#define CALL_requantize(f, c)       CALL_unary(f, &(c)->args->requantize, c)
#define CALL_requantize_wide(f, c)  CALL_unary(f, &(c)->args->requantize_wide, c)
#define CALL_leaky_relu_s16(f, c)   CALL_unary(f, &(c)->args->leaky_relu_s16, c)
#define CALL_sigmoid_s16(f, c)      CALL_unary(f, &(c)->args->sigmoid_s16, c)
#define CALL_softmax_s16(f, c)      CALL_unary(f, &(c)->args->softmax_s16, c)
#define CALL_lut(f, c)              CALL_unary(f, &(c)->args->lut, c)
#define CALL_lut_s16(f, c)          CALL_unary(f, &(c)->args->lut_s16, c)
#define CALL_abs_s16(f, c)          CALL_unary(f, &(c)->args->abs_s16, c)
#define CALL_rsqrt_s16(f, c)        CALL_unary(f, &(c)->args->rsqrt_s16, c)
#define CALL_sum(f, c)              CALL_binary(f, &(c)->args->sum, c)
#define CALL_mul(f, c)              CALL_binary(f, &(c)->args->mul, c)
#define CALL_extremum(f, c)         CALL_binary(f, &(c)->args->extremum, c)
#define CALL_view(f, c)             CALL_unary(f, &(c)->args->view, c)
#define CALL_resize_nearest(f, c)   CALL_unary(f, &(c)->args->resize_nearest, c)
#define CALL_reduce(f, c)           CALL_unary(f, &(c)->args->reduce, c)
#define CALL_quantize(f, c)         CALL_unary(f, &(c)->args->quantize, c)
/* Random programs have no states: tests/import runs such kernels as emitted C. */
#define CALL_weighted_f32(f, c)        CALL_weights(f, &(c)->args->weighted_f32, c)
#define CALL_transpose_f32(f, c)       CALL_weights(f, &(c)->args->transpose_f32, c)
#define CALL_fully_connected_f32(f, c) CALL_weights(f, &(c)->args->fully_connected_f32, c)
#define CALL_window_f32(f, c)          CALL_unary(f, &(c)->args->window_f32, c)
#define CALL_binary_f32(f, c)          CALL_binary(f, &(c)->args->binary_f32, c)
#define CALL_binary_s32(f, c)          CALL_binary(f, &(c)->args->binary_s32, c)
#define CALL_compare(f, c)             CALL_binary(f, &(c)->args->compare, c)
#define CALL_select(f, c)                                                                          \
    f(&(c)->args->select, (c)->in[0], (c)->in[1], (c)->in[2], (c)->out, (c)->scratch)
#define CALL_arg_extremum(f, c)     CALL_unary(f, &(c)->args->arg_extremum, c)
#define CALL_cumsum(f, c)           CALL_unary(f, &(c)->args->cumsum, c)
#define CALL_cumsum_s8(f, c)        CALL_unary(f, &(c)->args->cumsum_s8, c)
#define CALL_l2_normalization(f, c) CALL_unary(f, &(c)->args->l2_normalization, c)
#define CALL_log_softmax(f, c)      CALL_unary(f, &(c)->args->log_softmax, c)
#define CALL_topk(f, c)                                                                            \
    ((void)(f), (void)(c), test_fail(__FILE__, __LINE__, "a kernel of several outputs"))
#define CALL_detect(f, c)      CALL_topk(f, c)
#define CALL_nms(f, c)         CALL_topk(f, c)
#define CALL_cast(f, c)        CALL_unary(f, &(c)->args->cast, c)
#define CALL_unary_f32(f, c)   CALL_unary(f, &(c)->args->unary_f32, c)
#define CALL_softmax_f32(f, c) CALL_unary(f, &(c)->args->softmax_f32, c)
#define CALL_reduce_f32(f, c)  CALL_unary(f, &(c)->args->reduce_f32, c)
#define CALL_stateful(f, c)                                                                        \
    ((void)(f), (void)(c), test_fail(__FILE__, __LINE__, "a kernel with states"))
#define CALL_svdf(f, c)                CALL_stateful(f, c)
#define CALL_lstm(f, c)                CALL_stateful(f, c)
#define CALL_resize_bilinear(f, c)     CALL_unary(f, &(c)->args->resize_bilinear, c)
#define CALL_gather(f, c)              CALL_binary(f, &(c)->args->gather, c)
#define CALL_batch_matmul(f, c)        CALL_binary(f, &(c)->args->batch_matmul, c)
#define CALL_resize_bilinear_f32(f, c) CALL_unary(f, &(c)->args->resize_bilinear_f32, c)
#define CALL_matmul_f32(f, c)          CALL_binary(f, &(c)->args->matmul_f32, c)
#define CALL_svdf_f32(f, c)            CALL_stateful(f, c)
#define CALL_lstm_f32(f, c)            CALL_stateful(f, c)
#define CALL_prelu(f, c)               CALL_binary(f, &(c)->args->prelu, c)
#define CALL_signal_window(f, c)       CALL_binary(f, &(c)->args->signal_window, c)
#define CALL_fft_auto_scale(f, c)      CALL_stateful(f, c)
#define CALL_rfft(f, c)                CALL_unary(f, &(c)->args->rfft, c)
#define CALL_spectrum_energy(f, c)     CALL_unary(f, &(c)->args->spectrum_energy, c)
#define CALL_filter_bank(f, c)                                                                     \
    f(&(c)->args->filter_bank, (c)->in[0], (c)->in[1], (c)->in[2], (c)->in[3], (c)->in[4],         \
      (c)->in[5], (c)->out, (c)->scratch)
#define CALL_filter_bank_square_root(f, c) CALL_binary(f, &(c)->args->filter_bank_square_root, c)
#define CALL_spectral_subtraction(f, c)    CALL_stateful(f, c)
#define CALL_pcan(f, c)                                                                            \
    f(&(c)->args->pcan, (c)->in[0], (c)->in[1], (c)->in[2], (c)->out, (c)->scratch)
#define CALL_filter_bank_log(f, c) CALL_unary(f, &(c)->args->filter_bank_log, c)

#define KERNEL(op, dtype, variant, isa, args, constants, placement)                                \
    MOTE_IF_##isa(static void run_##op##_##dtype##_##variant(const struct call *c) {               \
        CALL_##args(mote_##op##_##dtype##_##variant, c);                                           \
    })
#include "kernels/kernels.def"
#undef KERNEL

static inline void run_kernel(const char *name, const struct call *c)
{
    static const struct {
        const char *name;
        void (*run)(const struct call *c);
    } table[] = {
#define KERNEL(op, dtype, variant, isa, args, constants, placement)                                \
    MOTE_IF_##isa({"mote_" #op "_" #dtype "_" #variant, run_##op##_##dtype##_##variant}, )
#include "kernels/kernels.def"
#undef KERNEL
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].name, name) == 0) {
            table[i].run(c);
            return;
        }
    test_fail(__FILE__, __LINE__, "no kernel %s", name);
}
#endif
