/* test_kernels.c - every variant in kernels.def against the reference of its operator, byte for
 * byte, on random and border shapes; canaries round every buffer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "buffers.h"
#include "check.h"
#include "kernels/common/requant.h"
#include "mote/mote.h"
#include "pack/pack.h"
#include "pack/sum.h"

union any_args {
    struct mote_conv2d_s8 conv2d, transpose_conv2d;
    struct mote_depthwise_conv2d_s8 depthwise_conv2d;
    struct mote_fully_connected_s8 fully_connected;
    struct mote_add_s8 add;
    struct mote_pool2d_s8 pool2d;
    struct mote_softmax_s8 softmax;
    struct mote_pad_any pad;
    struct mote_concat_any concat;
    struct mote_requantize_s8 requantize;
    struct mote_requantize_s32 requantize_wide;
    struct mote_lut_s8 lut;
    struct mote_lut_s16 lut_s16;
    struct mote_abs_s16 abs_s16;
    struct mote_leaky_relu_s16 leaky_relu_s16;
    struct mote_sigmoid_s16 sigmoid_s16;
    struct mote_softmax_s16 softmax_s16;
    struct mote_sum_s8 sum;
    struct mote_mul_s8 mul;
    struct mote_extremum_s8 extremum;
    struct mote_view_any view;
    struct mote_resize_nearest_any resize_nearest;
    struct mote_resize_bilinear_s8 resize_bilinear;
    struct mote_gather_any gather;
    struct mote_batch_matmul_s8 batch_matmul;
    struct mote_prelu_s8 prelu;
    struct mote_reduce_s8 reduce;
    struct mote_svdf svdf;
    struct mote_lstm_s8 lstm;
    struct mote_signal_window_s16 signal_window;
    struct mote_fft_auto_scale_s16 fft_auto_scale;
    struct mote_rfft_s16 rfft;
    struct mote_spectrum_energy_s16 spectrum_energy;
    struct mote_filter_bank_u32 filter_bank;
    struct mote_filter_bank_square_root_u64 filter_bank_square_root;
    struct mote_spectral_subtraction_u32 spectral_subtraction;
    struct mote_pcan_u32 pcan;
    struct mote_filter_bank_log_u32 filter_bank_log;
    struct mote_quantize_f32 quantize;
    struct mote_window_f32 weighted_f32, window_f32, transpose_f32;
    struct mote_fully_connected_f32 fully_connected_f32;
    struct mote_binary_f32 binary_f32;
    struct mote_binary_s32 binary_s32;
    struct mote_cast cast;
    struct mote_compare compare;
    struct mote_select_any select;
    struct mote_arg_extremum arg_extremum;
    struct mote_cumsum cumsum;
    struct mote_cumsum_s8 cumsum_s8;
    struct mote_l2_normalization l2_normalization;
    struct mote_log_softmax_s8 log_softmax;
    struct mote_topk topk;
    struct mote_detect_f32 detect;
    struct mote_nms_f32 nms;
    struct mote_add_n_s8 add_n;
    struct mote_rsqrt_s16 rsqrt_s16;
    struct mote_unary_f32 unary_f32;
    struct mote_softmax_f32 softmax_f32;
    struct mote_reduce_f32 reduce_f32;
    struct mote_resize_bilinear_f32 resize_bilinear_f32;
    struct mote_matmul matmul_f32;
    struct mote_svdf_f32 svdf_f32;
    struct mote_lstm_f32 lstm_f32;
};

/* Everything a kernel can be given. `in` is also the first of two inputs, `in2` the second. */
struct buffers {
    const void *in, *in2, *w, *bias;
    void *out, *scratch;
};

/* How each kind of arguments is called; float and recurrent kernels have tests of their own. */
#define CALL_weights(f, op, b)         f(op, (b)->in, (b)->w, (b)->bias, (b)->out, (b)->scratch)
#define CALL_unary(f, op, b)           f(op, (b)->in, (b)->out, (b)->scratch)
#define CALL_conv2d(f, a, b)           CALL_weights(f, &(a)->conv2d, b)
#define CALL_transpose_conv2d(f, a, b) CALL_weights(f, &(a)->transpose_conv2d, b)
#define CALL_depthwise_conv2d(f, a, b) CALL_weights(f, &(a)->depthwise_conv2d, b)
#define CALL_fully_connected(f, a, b)  CALL_weights(f, &(a)->fully_connected, b)
#define CALL_add(f, a, b)              CALL_binary(f, &(a)->add, b)
#define CALL_pool2d(f, a, b)           CALL_unary(f, &(a)->pool2d, b)
#define CALL_softmax(f, a, b)          CALL_unary(f, &(a)->softmax, b)
#define CALL_pad(f, a, b)              CALL_unary(f, &(a)->pad, b)
#define CALL_concat(f, a, b)                                                                       \
    f(&(a)->concat, (const void *const[]){(b)->in, (b)->in2, (b)->in}, (b)->out, (b)->scratch)
#define CALL_add_n(f, a, b)                                                                        \
    f(&(a)->add_n, (const void *const[]){(b)->in, (b)->in2, (b)->in}, (b)->out, (b)->scratch)
#define CALL_requantize(f, a, b)          CALL_unary(f, &(a)->requantize, b)
#define CALL_requantize_wide(f, a, b)     CALL_unary(f, &(a)->requantize_wide, b)
#define CALL_leaky_relu_s16(f, a, b)      CALL_unary(f, &(a)->leaky_relu_s16, b)
#define CALL_sigmoid_s16(f, a, b)         CALL_unary(f, &(a)->sigmoid_s16, b)
#define CALL_softmax_s16(f, a, b)         CALL_unary(f, &(a)->softmax_s16, b)
#define CALL_lut(f, a, b)                 CALL_unary(f, &(a)->lut, b)
#define CALL_lut_s16(f, a, b)             CALL_unary(f, &(a)->lut_s16, b)
#define CALL_abs_s16(f, a, b)             CALL_unary(f, &(a)->abs_s16, b)
#define CALL_rsqrt_s16(f, a, b)           CALL_unary(f, &(a)->rsqrt_s16, b)
#define CALL_binary(f, op, b)             f(op, (b)->in, (b)->in2, (b)->out, (b)->scratch)
#define CALL_sum(f, a, b)                 CALL_binary(f, &(a)->sum, b)
#define CALL_mul(f, a, b)                 CALL_binary(f, &(a)->mul, b)
#define CALL_extremum(f, a, b)            CALL_binary(f, &(a)->extremum, b)
#define CALL_view(f, a, b)                CALL_unary(f, &(a)->view, b)
#define CALL_reduce(f, a, b)              CALL_unary(f, &(a)->reduce, b)
#define CALL_resize_nearest(f, a, b)      CALL_unary(f, &(a)->resize_nearest, b)
#define CALL_nothing(f, a, b)             ((void)(f), (void)(a), (void)(b))
#define CALL_quantize(f, a, b)            CALL_nothing(f, a, b)
#define CALL_svdf(f, a, b)                CALL_nothing(f, a, b)
#define CALL_lstm(f, a, b)                CALL_nothing(f, a, b)
#define CALL_resize_bilinear(f, a, b)     CALL_unary(f, &(a)->resize_bilinear, b)
#define CALL_batch_matmul(f, a, b)        CALL_binary(f, &(a)->batch_matmul, b)
#define CALL_prelu(f, a, b)               CALL_binary(f, &(a)->prelu, b)
#define CALL_weighted_f32(f, a, b)        CALL_nothing(f, a, b)
#define CALL_transpose_f32(f, a, b)       CALL_nothing(f, a, b)
#define CALL_fully_connected_f32(f, a, b) CALL_nothing(f, a, b)
#define CALL_window_f32(f, a, b)          CALL_nothing(f, a, b)
#define CALL_binary_f32(f, a, b)          CALL_nothing(f, a, b)
#define CALL_binary_s32(f, a, b)          CALL_nothing(f, a, b)
#define CALL_cast(f, a, b)                CALL_nothing(f, a, b)
#define CALL_compare(f, a, b)             CALL_binary(f, &(a)->compare, b)
#define CALL_select(f, a, b)              CALL_nothing(f, a, b)
#define CALL_arg_extremum(f, a, b)        CALL_nothing(f, a, b)
#define CALL_cumsum(f, a, b)              CALL_nothing(f, a, b)
#define CALL_cumsum_s8(f, a, b)           CALL_nothing(f, a, b)
#define CALL_l2_normalization(f, a, b)    CALL_nothing(f, a, b)
#define CALL_log_softmax(f, a, b)         CALL_nothing(f, a, b)
#define CALL_topk(f, a, b)                CALL_nothing(f, a, b)
#define CALL_nms(f, a, b)                 CALL_nothing(f, a, b)
#define CALL_detect(f, a, b)              CALL_nothing(f, a, b)
#define CALL_unary_f32(f, a, b)           CALL_nothing(f, a, b)
#define CALL_softmax_f32(f, a, b)         CALL_nothing(f, a, b)
#define CALL_reduce_f32(f, a, b)          CALL_nothing(f, a, b)
#define CALL_resize_bilinear_f32(f, a, b) CALL_nothing(f, a, b)
#define CALL_matmul_f32(f, a, b)          CALL_nothing(f, a, b)
#define CALL_svdf_f32(f, a, b)            CALL_nothing(f, a, b)
#define CALL_lstm_f32(f, a, b)            CALL_nothing(f, a, b)
/* Any bytes are indices: those outside count as the nearest inside. */
#define CALL_gather(f, a, b)                                                                       \
    f(&(a)->gather, (b)->in, (const int32_t *)(const void *)(b)->in2, (b)->out, (b)->scratch)
#define CALL_signal_window(f, a, b)           CALL_nothing(f, a, b)
#define CALL_fft_auto_scale(f, a, b)          CALL_nothing(f, a, b)
#define CALL_rfft(f, a, b)                    CALL_nothing(f, a, b)
#define CALL_spectrum_energy(f, a, b)         CALL_nothing(f, a, b)
#define CALL_filter_bank(f, a, b)             CALL_nothing(f, a, b)
#define CALL_filter_bank_square_root(f, a, b) CALL_nothing(f, a, b)
#define CALL_spectral_subtraction(f, a, b)    CALL_nothing(f, a, b)
#define CALL_pcan(f, a, b)                    CALL_nothing(f, a, b)
#define CALL_filter_bank_log(f, a, b)         CALL_nothing(f, a, b)

#define KERNEL(op, dtype, variant, isa, args, constants, placement)                                \
    MOTE_IF_##isa(                                                                                 \
        static void run_##op##_##dtype##_##variant(const union any_args *a,                        \
                                                   const struct buffers *b) {                      \
            CALL_##args(mote_##op##_##dtype##_##variant, a, b);                                    \
        } static size_t scratch_##op##_##dtype##_##variant(const union any_args *a) {              \
            return mote_##op##_##dtype##_##variant##_scratch(&a->args);                            \
        })
#include "kernels/kernels.def"
#undef KERNEL

enum placement { APART, ROWS, EITHER, IN_PLACE };

struct row {
    const char *op, *dtype, *variant;
    void (*run)(const union any_args *a, const struct buffers *b);
    size_t (*scratch)(const union any_args *a);
    enum packing constants;
    enum placement placement;
};

static const struct row rows[] = {
#define KERNEL(op, dtype, variant, isa, args, constants, placement)                                \
    MOTE_IF_##isa({#op, #dtype, #variant, run_##op##_##dtype##_##variant,                          \
                   scratch_##op##_##dtype##_##variant, constants, placement}, )
#include "kernels/kernels.def"
#undef KERNEL
};
#define N_ROWS (sizeof rows / sizeof rows[0])

/* One random problem. Arrays of multipliers are large enough for every shape below. */
#define CHANNELS_MAX 512
struct problem {
    union any_args args;
    size_t in_bytes, in2_bytes, out_bytes;
    size_t n_w, n_bias;
    int32_t in_zero;
    size_t w_channel_step, w_tap_step; /* where a channel's weights lie */
    int32_t mult[CHANNELS_MAX];
    int8_t shift[CHANNELS_MAX];
};

static const struct row *reference_of(const struct row *row)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (strcmp(rows[i].op, row->op) == 0 && strcmp(rows[i].dtype, row->dtype) == 0 &&
            strcmp(rows[i].variant, "ref") == 0)
            return &rows[i];
    test_fail(__FILE__, __LINE__, "%s has no reference", row->op);
}

/* Const structs of layers with weights have their members by the same names. */
#define READ_LAYER(l, op)                                                                          \
    do {                                                                                           \
        (l)->in_zero = (op)->in_zero, (l)->out_zero = (op)->out_zero;                              \
        (l)->out_min = (op)->out_min, (l)->out_max = (op)->out_max;                                \
    } while (0)

#define READ_WINDOW(l, op)                                                                         \
    do {                                                                                           \
        (l)->kh = (op)->kh, (l)->kw = (op)->kw, (l)->sh = (op)->sh, (l)->sw = (op)->sw;            \
        (l)->dh = (op)->dh, (l)->dw = (op)->dw;                                                    \
        (l)->in = (op)->in, (l)->out = (op)->out;                                                  \
        (l)->pad_top = (op)->pad_top, (l)->pad_left = (op)->pad_left;                              \
    } while (0)

static struct weighted layer_of(const struct problem *p, const char *op, const struct buffers *from)
{
    struct weighted l = {.w = from->w,
                         .bias = from->bias,
                         .n_channels = (uint32_t)p->n_bias,
                         .n_taps = (uint32_t)(p->n_w / p->n_bias),
                         .channel_step = (uint32_t)p->w_channel_step,
                         .tap_step = (uint32_t)p->w_tap_step,
                         .kh = 1,
                         .kw = 1,
                         .sh = 1,
                         .sw = 1,
                         .dh = 1,
                         .dw = 1,
                         .mult = p->mult,
                         .shift = p->shift,
                         .scale_step = 1};
    if (strcmp(op, "conv2d") == 0) {
        READ_LAYER(&l, &p->args.conv2d);
        READ_WINDOW(&l, &p->args.conv2d);
    } else if (strcmp(op, "depthwise_conv2d") == 0) {
        READ_LAYER(&l, &p->args.depthwise_conv2d);
        READ_WINDOW(&l, &p->args.depthwise_conv2d);
    } else {
        READ_LAYER(&l, &p->args.fully_connected);
        l.scale_step = !p->args.fully_connected.one_scale;
    }
    return l;
}

/* Constants as a row wants them. */
struct constants {
    union any_args args;
    struct guarded w, second;
};

#define TAKE_RECORDS(op, rounding)                                                                 \
    ((op)->is_proved = (rounding) == ROUND_PROVED, (op)->mult = NULL, (op)->shift = NULL)

/* False when the kernel cannot compute this problem. */
static bool find_constants(const struct row *row, const struct problem *p,
                           const struct buffers *from, struct constants *out)
{
    static struct record records[CHANNELS_MAX];
    out->args = p->args;
    if ((row->constants == SUM && !sum_find(&out->args.add)) ||
        (row->constants == SUM32 && !sum32_find(&out->args.add)))
        return false;
    if (row->constants == NONE || row->constants == SUM || row->constants == SUM32 ||
        row->constants == MODEL) {
        out->w = guarded_new(p->n_w);
        out->second = guarded_new(p->n_bias * sizeof(int32_t));
        memcpy(out->w.at, from->w, p->n_w);
        memcpy(out->second.at, from->bias, p->n_bias * sizeof(int32_t));
        return true;
    }
    const struct weighted l = layer_of(p, row->op, from);
    struct packed_layer packed;
    if (!pack_find(row->constants, &l, records, &packed))
        return false;
    out->w = guarded_new(packed.n_weights * packing_weight_bytes(row->constants));
    out->second = guarded_new(packed.n_records * sizeof(int32_t));
    pack_write(row->constants, &l, &packed, out->w.at, (int32_t *)(void *)out->second.at);
    if (packed.has_records && strcmp(row->op, "conv2d") == 0)
        TAKE_RECORDS(&out->args.conv2d, packed.rounding);
    else if (packed.has_records && strcmp(row->op, "depthwise_conv2d") == 0)
        TAKE_RECORDS(&out->args.depthwise_conv2d, packed.rounding);
    else if (packed.has_records)
        TAKE_RECORDS(&out->args.fully_connected, packed.rounding);
    return true;
}

/* Run a row on copies of the inputs in guarded buffers, `out` in the first input's place when
 * asked, and copy the result to `result`. */
static void run_guarded(const struct row *row, const struct problem *p, const struct buffers *from,
                        const struct constants *constants, enum placement placement, int8_t *result)
{
    const union any_args *args = &constants->args;
    struct guarded in = guarded_new(p->in_bytes), in2 = guarded_new(p->in2_bytes);
    struct guarded out = guarded_new(p->out_bytes), scratch = guarded_new(row->scratch(args));
    memcpy(in.at, from->in, p->in_bytes);
    memcpy(in2.at, from->in2, p->in2_bytes);
    int8_t *target = (int8_t *)(placement == IN_PLACE ? in.at : out.at);
    const struct buffers b = {in.at,  in2.at,    constants->w.at, constants->second.at,
                              target, scratch.at};
    row->run(args, &b);
    memcpy(result, target, p->out_bytes);
    if (placement == APART)
        CHECK_BYTES(in.at, from->in, p->in_bytes);
    CHECK_BYTES(in2.at, from->in2, p->in2_bytes);
    guarded_free(in);
    guarded_free(in2);
    guarded_free(out);
    guarded_free(scratch);
}

static void free_constants(const struct constants *c)
{
    guarded_free(c->w);
    guarded_free(c->second);
}

/* The problems below have elements of one byte; test_wide.c has the others. */
static bool is_of_bytes(const struct row *row)
{
    return strcmp(row->dtype, "s8") == 0 || strcmp(row->dtype, "any") == 0;
}

/* How many problems each row has computed. */
static int n_computed[N_ROWS];

/* Half of the layers have weights of 4 bits, most of these without -8, as they are quantised. Of the
 * others, a third have weights of one sign and size, so that sums reach their ends; a third small ones
 * but for some. */
static void random_weights(struct random *r, int8_t *w, size_t n)
{
    random_fill(r, (unsigned char *)w, n);
    const uint32_t kind = random_u32(r) % 6, smaller = random_u32(r) % 7;
    const int32_t least = random_u32(r) % 4 ? -7 : -8, heavy = PICK(r, -128, 127);
    for (size_t i = 0; i < n; i++)
        if (kind < 3)
            w[i] = (int8_t)mote_max_s32(w[i] >> 4, least);
        else if (kind == 3)
            w[i] = (int8_t)((heavy ^ (w[i] & 1)) >> smaller);
        else if (kind == 4 && random_u32(r) % 32 > 0)
            w[i] = (int8_t)(w[i] >> smaller);
}

/* Sometimes all at one end, so that sums reach theirs. */
static void random_inputs(struct random *r, int8_t *in, size_t n)
{
    random_fill(r, (unsigned char *)in, n);
    const uint32_t kind = random_u32(r) % 8;
    if (kind < 2)
        memset(in, kind == 0 ? INT8_MIN : INT8_MAX, n);
}

/* All variants of `op` on one problem with random contents, in place too where that is allowed. */
static void check_problem(const char *op, const struct problem *p, struct random *r)
{
    int8_t *in = malloc(p->in_bytes + 1), *in2 = malloc(p->in2_bytes + 1);
    int8_t *w = malloc(p->n_w + 1), *want = malloc(p->out_bytes), *got = malloc(p->out_bytes);
    int32_t *bias = malloc((p->n_bias + 1) * sizeof *bias);
    CHECK(in && in2 && w && want && got && bias);
    random_inputs(r, in, p->in_bytes);
    random_fill(r, (unsigned char *)in2, p->in2_bytes);
    random_weights(r, w, p->n_w);
    const int32_t limit = PICK(r, 0, 100, 50000, 1 << 29);
    for (size_t i = 0; i < p->n_bias; i++)
        bias[i] = random_in(r, -limit, limit);
    const struct buffers b = {in, in2, w, bias, NULL, NULL};
    struct constants reference, constants;
    for (size_t i = 0; i < N_ROWS; i++) {
        const struct row *row = &rows[i], *ref;
        if (strcmp(row->op, op) != 0 || !is_of_bytes(row) ||
            !find_constants(row, p, &b, &constants))
            continue;
        ref = reference_of(row);
        CHECK(find_constants(ref, p, &b, &reference));
        run_guarded(ref, p, &b, &reference, APART, want);
        run_guarded(row, p, &b, &constants, APART, got);
        CHECK_BYTES(got, want, p->out_bytes);
        n_computed[i]++;
        if (row->placement == IN_PLACE && p->in_bytes == p->out_bytes) {
            run_guarded(row, p, &b, &constants, IN_PLACE, got);
            CHECK_BYTES(got, want, p->out_bytes);
        }
        free_constants(&reference);
        free_constants(&constants);
    }
    free(in);
    free(in2);
    free(w);
    free(want);
    free(got);
    free(bias);
}

static int8_t random_zero(struct random *r)
{
    return (int8_t)PICK(r, -128, 127, 0, random_in(r, -128, 127));
}

static void random_clamp(struct random *r, int16_t *low, int16_t *high)
{
    *low = (int16_t)PICK(r, -128, -128, -128, 0, random_in(r, -128, 127));
    *high = (int16_t)PICK(r, 127, 127, random_in(r, *low, 127), *low);
}

/* Mostly scales that spread the outputs over int8, sometimes the ends of what is allowed. */
static void random_scales(struct random *r, struct problem *p, size_t n)
{
    CHECK(n <= CHANNELS_MAX);
    const bool has_ends = random_u32(r) % 3 == 0;
    for (size_t i = 0; i < n; i++) {
        p->mult[i] = random_in(r, 1 << 30, INT32_MAX);
        p->shift[i] = (int8_t)random_in(r, -12, -5);
        if (has_ends && random_u32(r) % 16 == 0) {
            p->mult[i] = PICK(r, 1 << 30, INT32_MAX, 0);
            p->shift[i] = (int8_t)PICK(r, -31, -1, 0, 1, 30);
        }
    }
}

/* Output positions along one dimension; `after` padding follows the input. 0: none fits. */
static int32_t out_size(int32_t in, int32_t before, int32_t after, int32_t reach, int32_t stride)
{
    const int32_t room = in + before + after - 1 - reach;
    return room < 0 ? 0 : room / stride + 1;
}

#define SIZE(r)  (uint16_t) PICK(r, 1, 2, 3, 7, 8, 15, 16, 17, 33)
#define SMALL(r) (uint8_t) PICK(r, 1, 1, 2, 3, 3, 3, 4, 5)

static bool random_conv2d(struct random *r, struct problem *p)
{
    struct mote_conv2d_s8 *op = &p->args.conv2d;
    op->in = (struct mote_hwc){SIZE(r), SIZE(r), SIZE(r)};
    op->kh = SMALL(r), op->kw = SMALL(r);
    op->sh = (uint8_t)random_in(r, 1, 3), op->sw = (uint8_t)random_in(r, 1, 3);
    op->dh = (uint8_t)PICK(r, 1, 1, 1, 2, 3), op->dw = (uint8_t)PICK(r, 1, 1, 1, 2, 3);
    if (random_u32(r) % 2 == 0) { /* what has variants of its own */
        op->kh = op->kw = 3, op->sh = op->sw = op->dh = op->dw = 1;
        op->in.c = (uint16_t)PICK(r, 4, 8, 12, 16, 20, 32);
    }
    const int32_t reach_h = (op->kh - 1) * op->dh, reach_w = (op->kw - 1) * op->dw;
    op->pad_top = (uint8_t)random_in(r, 0, reach_h),
    op->pad_left = (uint8_t)random_in(r, 0, reach_w);
    if (random_u32(r) % 16 == 0) /* windows wholly outside the image */
        op->pad_top = (uint8_t)(reach_h + 2), op->pad_left = (uint8_t)(reach_w + 3);
    const int32_t h = out_size(op->in.h, op->pad_top, random_in(r, 0, reach_h), reach_h, op->sh);
    const int32_t w = out_size(op->in.w, op->pad_left, random_in(r, 0, reach_w), reach_w, op->sw);
    op->out = (struct mote_hwc){(uint16_t)h, (uint16_t)w, SIZE(r)};
    p->w_tap_step = 1;
    p->w_channel_step = (size_t)op->kh * op->kw * op->in.c;
    p->n_bias = op->out.c;
    p->n_w = p->w_channel_step * op->out.c;
    random_clamp(r, &op->out_min, &op->out_max);
    random_scales(r, p, op->out.c);
    op->in_zero = random_zero(r), op->out_zero = random_zero(r);
    op->mult = p->mult, op->shift = p->shift;
    p->in_zero = op->in_zero;
    p->in_bytes = (size_t)op->in.h * op->in.w * op->in.c;
    p->out_bytes = (size_t)h * (size_t)w * op->out.c;
    return p->out_bytes > 0 && p->out_bytes * p->w_channel_step < 300000;
}

static void random_window(struct random *r, struct mote_depthwise_conv2d_s8 *op)
{
    op->in = (struct mote_hwc){SIZE(r), SIZE(r), SIZE(r)};
    op->kh = SMALL(r), op->kw = SMALL(r);
    op->sh = (uint8_t)PICK(r, 1, 1, 2, 3), op->sw = (uint8_t)PICK(r, 1, 1, 2, 3);
    op->dh = (uint8_t)PICK(r, 1, 1, 2), op->dw = (uint8_t)PICK(r, 1, 1, 2);
    op->multiplier = (uint16_t)PICK(r, 1, 1, 1, 2, 3, 8);
    op->pad_top = (uint8_t)random_in(r, 0, (op->kh - 1) * op->dh);
    op->pad_left = (uint8_t)random_in(r, 0, (op->kw - 1) * op->dw);
}

/* Of the kind that networks have, mostly. */
static void random_3x3(struct random *r, struct mote_depthwise_conv2d_s8 *op)
{
    op->in = (struct mote_hwc){(uint16_t)random_in(r, 2, 13), (uint16_t)random_in(r, 2, 13),
                               (uint16_t)random_in(r, 1, 9)};
    op->kh = op->kw = 3;
    op->sh = (uint8_t)random_in(r, 1, 2), op->sw = (uint8_t)PICK(r, op->sh, op->sh, 1, 2);
    op->dh = op->dw = 1;
    op->multiplier = 1;
    op->pad_top = (uint8_t)random_in(r, 0, 1), op->pad_left = (uint8_t)random_in(r, 0, 1);
}

/* Windows down a column, as of sound. */
static void random_column(struct random *r, struct mote_depthwise_conv2d_s8 *op)
{
    op->in = (struct mote_hwc){(uint16_t)random_in(r, 1, 33), 1, (uint16_t)random_in(r, 1, 49)};
    op->kh = (uint8_t)random_in(r, 1, 17), op->kw = 1;
    op->sh = (uint8_t)random_in(r, 1, 2), op->sw = 1;
    op->dh = (uint8_t)random_in(r, 1, 2), op->dw = 1;
    op->multiplier = 1;
    op->pad_top = (uint8_t)random_in(r, 0, (op->kh - 1) * op->dh);
}

static bool random_depthwise_conv2d(struct random *r, struct problem *p)
{
    struct mote_depthwise_conv2d_s8 *op = &p->args.depthwise_conv2d;
    const bool is_usual = random_u32(r) % 2;
    if (is_usual)
        random_3x3(r, op);
    else if (random_u32(r) % 4 == 0)
        random_column(r, op);
    else
        random_window(r, op);
    const int32_t reach_h = (op->kh - 1) * op->dh, reach_w = (op->kw - 1) * op->dw;
    const int32_t bottom = random_in(r, 0, is_usual ? 1 : reach_h);
    const int32_t right = random_in(r, 0, is_usual ? 1 : reach_w);
    const int32_t h = out_size(op->in.h, op->pad_top, bottom, reach_h, op->sh);
    const int32_t w = out_size(op->in.w, op->pad_left, right, reach_w, op->sw);
    op->out = (struct mote_hwc){(uint16_t)h, (uint16_t)w, (uint16_t)(op->in.c * op->multiplier)};
    p->n_bias = op->out.c;
    p->n_w = (size_t)op->kh * op->kw * op->out.c;
    p->w_tap_step = op->out.c;
    p->w_channel_step = 1;
    random_clamp(r, &op->out_min, &op->out_max);
    random_scales(r, p, op->out.c);
    op->in_zero = random_zero(r);
    op->out_zero =
        is_usual ? (int8_t)PICK(r, -128, -128, -128, 127, random_zero(r)) : random_zero(r);
    op->mult = p->mult, op->shift = p->shift;
    p->in_zero = op->in_zero;
    p->in_bytes = (size_t)op->in.h * op->in.w * op->in.c;
    p->out_bytes = (size_t)h * (size_t)w * op->out.c;
    return p->out_bytes > 0 && p->out_bytes * op->kh * op->kw < 300000;
}

static bool random_fully_connected(struct random *r, struct problem *p)
{
    struct mote_fully_connected_s8 *op = &p->args.fully_connected;
    op->rows = (uint32_t)PICK(r, 1, 1, 2, 5);
    op->in_n = (uint32_t)PICK(r, 1, 3, 4, 7, 8, 17, 64, 255, 1000);
    op->out_n = (uint32_t)random_in(r, 1, 33);
    p->w_tap_step = 1;
    p->w_channel_step = op->in_n;
    p->n_bias = op->out_n;
    p->n_w = (size_t)op->in_n * op->out_n;
    random_clamp(r, &op->out_min, &op->out_max);
    random_scales(r, p, op->out_n);
    op->in_zero = random_zero(r), op->out_zero = random_zero(r);
    op->mult = p->mult, op->shift = p->shift;
    op->one_scale = (uint8_t)random_in(r, 0, 1);
    p->in_zero = op->in_zero;
    p->in_bytes = (size_t)op->rows * op->in_n;
    p->out_bytes = (size_t)op->rows * op->out_n;
    return true;
}

static bool random_add(struct random *r, struct problem *p)
{
    struct mote_add_s8 *op = &p->args.add;
    op->n = (uint32_t)random_in(r, 1, 300);
    op->a_zero = random_zero(r), op->b_zero = random_zero(r), op->out_zero = random_zero(r);
    random_clamp(r, &op->out_min, &op->out_max);
    op->a_mult = PICK(r, 1 << 30, INT32_MAX, random_in(r, 1 << 30, INT32_MAX));
    op->b_mult = PICK(r, 1 << 30, INT32_MAX, random_in(r, 1 << 30, INT32_MAX));
    op->out_mult = random_in(r, 1 << 30, INT32_MAX);
    op->a_shift = (int8_t)PICK(r, 0, -1, random_in(r, -31, 0));
    op->b_shift = (int8_t)PICK(r, 0, -1, random_in(r, -31, 0));
    op->out_shift = (int8_t)PICK(r, -17, -18, -19, -19, -20, random_in(r, -31, 0));
    p->in_bytes = p->in2_bytes = p->out_bytes = op->n;
    return true;
}

static bool random_pool2d(struct random *r, struct problem *p)
{
    struct mote_pool2d_s8 *op = &p->args.pool2d;
    op->in = (struct mote_hwc){SIZE(r), SIZE(r), SIZE(r)};
    op->kh = (uint8_t)PICK(r, 1, 2, 3, 7, op->in.h),
    op->kw = (uint8_t)PICK(r, 1, 2, 3, 7, op->in.w);
    op->sh = (uint8_t)random_in(r, 1, 3), op->sw = (uint8_t)random_in(r, 1, 3);
    op->pad_top = (uint8_t)random_in(r, 0, op->kh - 1);
    op->pad_left = (uint8_t)random_in(r, 0, op->kw - 1);
    const int32_t h =
        out_size(op->in.h, op->pad_top, random_in(r, 0, op->kh - 1), op->kh - 1, op->sh);
    const int32_t w =
        out_size(op->in.w, op->pad_left, random_in(r, 0, op->kw - 1), op->kw - 1, op->sw);
    op->out = (struct mote_hwc){(uint16_t)h, (uint16_t)w, op->in.c};
    random_clamp(r, &op->out_min, &op->out_max);
    p->in_bytes = (size_t)op->in.h * op->in.w * op->in.c;
    p->out_bytes = (size_t)h * (size_t)w * op->out.c;
    return p->out_bytes > 0 && p->out_bytes * op->kh * op->kw < 300000;
}

static bool random_softmax(struct random *r, struct problem *p)
{
    struct mote_softmax_s8 *op = &p->args.softmax;
    op->rows = (uint32_t)random_in(r, 1, 3);
    op->n = (uint32_t)PICK(r, 1, 2, 10, 33, 1000, 4095);
    op->mult = random_in(r, 1 << 30, INT32_MAX);
    op->shift = (int8_t)random_in(r, 18, 23);
    op->diff_min = -random_in(r, 1, 255);
    if (op->diff_min < -(31 << (26 - op->shift))) /* the input radius: |diff| * 2^shift < 2^31 */
        op->diff_min = -(31 << (26 - op->shift));
    p->in_bytes = p->out_bytes = (size_t)op->rows * op->n;
    return true;
}

static bool random_pad(struct random *r, struct problem *p)
{
    struct mote_pad_any *op = &p->args.pad;
    p->in_bytes = p->out_bytes = 1;
    for (int d = 0; d < 4; d++) {
        op->in[d] = (uint16_t)PICK(r, 1, 3, 8);
        op->before[d] = (uint16_t)PICK(r, 0, 0, 1, 3), op->after[d] = (uint16_t)PICK(r, 0, 0, 1, 2);
        p->in_bytes *= op->in[d];
        p->out_bytes *= (size_t)op->before[d] + op->in[d] + op->after[d];
    }
    op->value = random_zero(r);
    op->elem_bytes = 1;
    return true;
}

static bool random_concat(struct random *r, struct problem *p)
{
    static const uint32_t inner[][3] = {{1, 1, 1}, {7, 3, 7}, {33, 1, 33}, {16, 48, 16}};
    struct mote_concat_any *op = &p->args.concat;
    op->outer = (uint32_t)random_in(r, 1, 9);
    op->n_in = (uint32_t)random_in(r, 1, 3);
    op->inner = inner[random_u32(r) % 4];
    p->in_bytes = (size_t)op->outer * op->inner[0];
    p->in2_bytes = (size_t)op->outer * op->inner[1];
    for (uint32_t i = 0; i < op->n_in; i++)
        p->out_bytes += (size_t)op->outer * op->inner[i];
    return true;
}

static bool random_requantize(struct random *r, struct problem *p)
{
    struct mote_requantize_s8 *op = &p->args.requantize;
    op->n = (uint32_t)random_in(r, 1, 300);
    op->in_zero = random_zero(r), op->out_zero = random_zero(r);
    int16_t low, high;
    random_clamp(r, &low, &high);
    op->out_min = (int8_t)low, op->out_max = (int8_t)high;
    op->mult = random_in(r, 1 << 30, INT32_MAX);
    op->shift = (int8_t)random_in(r, -31, 8);
    p->in_bytes = p->out_bytes = op->n;
    return true;
}

static bool random_lut(struct random *r, struct problem *p)
{
    static int8_t table[256];
    for (int i = 0; i < 256; i++)
        table[i] = (int8_t)random_in(r, -128, 127);
    p->args.lut = (struct mote_lut_s8){(uint32_t)random_in(r, 1, 300), table};
    p->in_bytes = p->out_bytes = p->args.lut.n;
    return true;
}

/* Each dimension repeated by neither input or by one of them. */
static void random_walk(struct random *r, struct problem *p, struct mote_broadcast *w)
{
    p->in_bytes = p->in2_bytes = p->out_bytes = 1;
    const bool a_whole = random_u32(r) % 2;
    for (int i = MOTE_BROADCAST_DIMS - 1; i >= 0; i--) {
        w->n[i] = (uint32_t)PICK(r, 1, 2, 3, 9);
        const int repeats = random_in(r, 0, 3);
        w->a_step[i] = repeats == 1 && !a_whole ? 0 : (uint32_t)p->in_bytes;
        w->b_step[i] = repeats == 2 ? 0 : (uint32_t)p->in2_bytes;
        p->in_bytes *= w->a_step[i] ? w->n[i] : 1;
        p->in2_bytes *= w->b_step[i] ? w->n[i] : 1;
        p->out_bytes *= w->n[i];
    }
}

static bool random_sum(struct random *r, struct problem *p)
{
    struct mote_sum_s8 *op = &p->args.sum;
    struct problem like = {0};
    random_add(r, &like);
    const struct mote_add_s8 *sum = &like.args.add;
    *op = (struct mote_sum_s8){.a_zero = sum->a_zero,
                               .b_zero = sum->b_zero,
                               .out_zero = sum->out_zero,
                               .out_min = sum->out_min,
                               .out_max = sum->out_max,
                               .a_shift = sum->a_shift,
                               .b_shift = sum->b_shift,
                               .out_shift = sum->out_shift,
                               .a_mult = sum->a_mult,
                               .b_mult = sum->b_mult,
                               .out_mult = sum->out_mult};
    random_walk(r, p, &op->walk);
    return true;
}

static bool random_mul(struct random *r, struct problem *p)
{
    struct mote_mul_s8 *op = &p->args.mul;
    random_walk(r, p, &op->walk);
    op->a_zero = random_zero(r), op->b_zero = random_zero(r), op->out_zero = random_zero(r);
    random_clamp(r, &op->out_min, &op->out_max);
    op->mult = PICK(r, 1 << 30, INT32_MAX, random_in(r, 1 << 30, INT32_MAX));
    op->shift = (int8_t)PICK(r, -8, 0, 15, random_in(r, -31, 15));
    return true;
}

static bool random_extremum(struct random *r, struct problem *p)
{
    random_walk(r, p, &p->args.extremum.walk);
    return true;
}

/* Any order of four dimensions, each walked forward or backward. */
static bool random_view(struct random *r, struct problem *p)
{
    struct mote_view_any *op = &p->args.view;
    int perm[MOTE_VIEW_DIMS] = {0, 1, 2, 3};
    size_t size = 1;
    for (int i = MOTE_VIEW_DIMS - 1; i >= 0; i--) {
        const int k = random_in(r, 0, i), to = perm[k];
        perm[k] = perm[i];
        op->n[to] = (uint32_t)PICK(r, 1, 2, 3, 9);
        op->step[to] = (int32_t)size;
        if (random_u32(r) % 4 == 0) {
            op->first += (op->n[to] - 1) * (uint32_t)size;
            op->step[to] = -op->step[to];
        }
        size *= op->n[to];
    }
    op->elem_bytes = 1;
    p->in_bytes = p->out_bytes = size;
    return true;
}

static bool random_resize_nearest(struct random *r, struct problem *p)
{
    static uint16_t from[2][33];
    const struct mote_hwc in = {SIZE(r), SIZE(r), SIZE(r)}, out = {SIZE(r), SIZE(r), in.c};
    for (int i = 0; i < 33; i++) {
        from[0][i] = (uint16_t)random_in(r, 0, in.h - 1);
        from[1][i] = (uint16_t)random_in(r, 0, in.w - 1);
    }
    p->args.resize_nearest = (struct mote_resize_nearest_any){in, out, 1, from[0], from[1]};
    p->in_bytes = (size_t)in.h * in.w * in.c;
    p->out_bytes = (size_t)out.h * out.w * out.c;
    return true;
}

static bool random_resize_bilinear(struct random *r, struct problem *p)
{
    const struct mote_hwc in = {SIZE(r), SIZE(r), SIZE(r)}, out = {SIZE(r), SIZE(r), in.c};
    p->args.resize_bilinear = (struct mote_resize_bilinear_s8){in,
                                                               out,
                                                               random_in(r, 0, 3000),
                                                               random_in(r, 0, 3000),
                                                               random_in(r, -512, 512),
                                                               random_in(r, -512, 512)};
    p->in_bytes = (size_t)in.h * in.w * in.c;
    p->out_bytes = (size_t)out.h * out.w * out.c;
    return true;
}

static bool random_gather(struct random *r, struct problem *p)
{
    const struct mote_gather_any op = {SIZE(r), SIZE(r), SIZE(r), SIZE(r)};
    p->args.gather = op;
    p->in_bytes = (size_t)op.outer * op.n * op.inner;
    p->in2_bytes = op.n_index * sizeof(int32_t);
    p->out_bytes = (size_t)op.outer * op.n_index * op.inner;
    return true;
}

static bool random_batch_matmul(struct random *r, struct problem *p)
{
    struct mote_batch_matmul_s8 *op = &p->args.batch_matmul;
    struct mote_matmul *of = &op->of;
    random_walk(r, p, &of->walk);
    of->m = SIZE(r), of->k = SIZE(r), of->n = SIZE(r);
    const bool a_turned = random_u32(r) % 2, b_turned = random_u32(r) % 2;
    of->a_row = a_turned ? 1 : of->k, of->a_step = a_turned ? of->m : 1;
    of->b_column = b_turned ? of->k : 1, of->b_step = b_turned ? 1 : of->n;
    for (int i = 0; i < MOTE_BROADCAST_DIMS; i++) {
        of->walk.a_step[i] *= of->m * of->k;
        of->walk.b_step[i] *= of->k * of->n;
    }
    op->a_zero = random_zero(r), op->b_zero = random_zero(r), op->out_zero = random_zero(r);
    op->mult = random_in(r, 1 << 30, INT32_MAX), op->shift = (int8_t)random_in(r, -31, 5);
    p->in_bytes *= (size_t)of->m * of->k;
    p->in2_bytes *= (size_t)of->k * of->n;
    p->out_bytes *= (size_t)of->m * of->n;
    return p->in_bytes < 20000 && p->in2_bytes < 20000 && p->out_bytes < 20000;
}

static bool random_prelu(struct random *r, struct problem *p)
{
    struct mote_prelu_s8 *op = &p->args.prelu;
    random_walk(r, p, &op->walk);
    op->a_zero = random_zero(r), op->b_zero = random_zero(r), op->out_zero = random_zero(r);
    op->mult = random_in(r, 1 << 30, INT32_MAX), op->shift = (int8_t)random_in(r, -31, 22);
    op->product_mult = random_in(r, 1 << 30, INT32_MAX);
    op->product_shift = (int8_t)random_in(r, -31, 15);
    return true;
}

static bool random_div(struct random *r, struct problem *p)
{
    random_mul(r, p);
    p->args.mul.shift = (int8_t)PICK(r, -31, 0, 23, random_in(r, -31, 23));
    return true;
}

static bool random_transpose_conv2d(struct random *r, struct problem *p)
{
    if (!random_conv2d(r, p))
        return false;
    struct mote_conv2d_s8 *op = &p->args.conv2d;
    op->out.h = SIZE(r), op->out.w = SIZE(r);
    op->dh = op->dw = 1, op->backward = false;
    p->out_bytes = (size_t)op->out.h * op->out.w * op->out.c;
    return p->out_bytes * p->w_channel_step < 300000;
}

/* Operands at most half of what they were, as the host has them. */
static bool random_square(struct random *r, struct problem *p)
{
    random_sum(r, p);
    struct mote_sum_s8 *op = &p->args.sum;
    op->a_mult = 1 << 30, op->a_shift = 0;
    op->b_shift = (int8_t)random_in(r, -31, -1);
    return true;
}

static bool random_reduce(struct random *r, struct problem *p)
{
    struct mote_reduce_s8 *op = &p->args.reduce;
    p->in_bytes = p->out_bytes = 1;
    for (int i = MOTE_REDUCE_DIMS - 1; i >= 0; i--) {
        op->n[i] = (uint32_t)PICK(r, 1, 2, 3, 9);
        op->over[i] = (uint32_t)PICK(r, 1, 2, 3, 9);
        op->step[i] = (uint32_t)p->in_bytes;
        op->over_step[i] = (uint32_t)p->in_bytes * op->n[i];
        p->in_bytes *= (size_t)op->n[i] * op->over[i];
        p->out_bytes *= op->n[i];
    }
    op->zero_sum = random_zero(r) * (int32_t)(p->in_bytes / p->out_bytes);
    op->mult = random_in(r, 1 << 29, INT32_MAX);
    op->shift = (int8_t)random_in(r, -31, 5);
    op->out_zero = random_zero(r);
    return true;
}

static bool random_product(struct random *r, struct problem *p)
{
    random_reduce(r, p);
    p->args.reduce.zero_sum = random_zero(r);
    return true;
}

static void check_random(const char *op, bool (*make)(struct random *, struct problem *), int n)
{
    struct random r = random_seed(test_seed());
    static struct problem p;
    for (int i = test_rounds(n); i > 0;) {
        memset(&p, 0, sizeof p);
        if (!make(&r, &p))
            continue;
        check_problem(op, &p, &r);
        i--;
    }
    for (size_t i = 0; i < N_ROWS; i++) /* a variant that takes nothing would equal anything */
        if (strcmp(rows[i].op, op) == 0 && is_of_bytes(&rows[i]))
            CHECK(n_computed[i] >= test_rounds(n) / 4);
}

TEST(conv2d_variants_equal_the_reference)
{
    check_random("conv2d", random_conv2d, 1500);
}

TEST(depthwise_conv2d_variants_equal_the_reference)
{
    check_random("depthwise_conv2d", random_depthwise_conv2d, 1500);
}

TEST(fully_connected_variants_equal_the_reference)
{
    check_random("fully_connected", random_fully_connected, 500);
}

TEST(add_variants_equal_the_reference)
{
    check_random("add", random_add, 2000);
}

TEST(average_pool2d_variants_equal_the_reference)
{
    check_random("average_pool2d", random_pool2d, 800);
}

TEST(max_pool2d_variants_equal_the_reference)
{
    check_random("max_pool2d", random_pool2d, 800);
}

TEST(softmax_variants_equal_the_reference)
{
    check_random("softmax", random_softmax, 200);
}

TEST(pad_variants_equal_the_reference)
{
    check_random("pad", random_pad, 300);
}

TEST(concat_variants_equal_the_reference)
{
    check_random("concat", random_concat, 100);
}

TEST(requantize_variants_equal_the_reference)
{
    check_random("requantize", random_requantize, 1000);
}

TEST(lut_variants_equal_the_reference)
{
    check_random("lut", random_lut, 100);
}

TEST(broadcasting_variants_equal_the_reference)
{
    check_random("add_broadcast", random_sum, 500);
    check_random("sub", random_sum, 500);
    check_random("mul", random_mul, 500);
    check_random("minimum", random_extremum, 200);
    check_random("maximum", random_extremum, 200);
}

TEST(view_variants_equal_the_reference)
{
    check_random("view", random_view, 300);
}

TEST(resize_nearest_variants_equal_the_reference)
{
    check_random("resize_nearest", random_resize_nearest, 100);
}

/* One variant each so far: what is tested is that they stay in their buffers. */
TEST(operators_with_one_variant_stay_in_their_buffers)
{
    check_random("resize_bilinear", random_resize_bilinear, 100);
    check_random("gather", random_gather, 100);
    check_random("batch_matmul", random_batch_matmul, 100);
    check_random("prelu", random_prelu, 200);
    check_random("div", random_div, 300);
    check_random("squared_difference", random_square, 300);
    check_random("transpose_conv2d", random_transpose_conv2d, 200);
}

TEST(reduce_variants_equal_the_reference)
{
    check_random("reduce_sum", random_reduce, 300);
    check_random("reduce_max", random_reduce, 300);
    check_random("reduce_min", random_reduce, 300);
    check_random("reduce_prod", random_product, 300);
}

/* Where nothing repeats, the broadcasting sum is the sum. */
TEST(add_broadcast_of_one_shape_equals_add)
{
    struct random r = random_seed(test_seed());
    for (int i = test_rounds(300); i > 0; i--) {
        static struct problem p, q;
        int8_t a[300], b[300], want[300], got[300];
        memset(&p, 0, sizeof p);
        memset(&q, 0, sizeof q);
        random_add(&r, &p);
        random_fill(&r, (unsigned char *)a, sizeof a);
        random_fill(&r, (unsigned char *)b, sizeof b);
        const struct mote_add_s8 *add = &p.args.add;
        const struct mote_sum_s8 sum = {{{1, 1, 1, add->n}, {0, 0, 0, 1}, {0, 0, 0, 1}},
                                        add->a_zero,
                                        add->b_zero,
                                        add->out_zero,
                                        add->out_min,
                                        add->out_max,
                                        add->a_shift,
                                        add->b_shift,
                                        add->out_shift,
                                        add->a_mult,
                                        add->b_mult,
                                        add->out_mult};
        mote_add_s8_ref(add, a, b, want, NULL);
        mote_add_broadcast_s8_ref(&sum, a, b, got, NULL);
        CHECK_BYTES(got, want, add->n);
    }
}

/* A table that forgets a row would test nothing. */
TEST(every_operator_with_an_optimised_variant_is_in_the_table)
{
    static const char *const ops[] = {"conv2d", "depthwise_conv2d", "fully_connected",
                                      "add",    "average_pool2d",   "max_pool2d"};
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        int n_opt = 0;
        for (size_t j = 0; j < N_ROWS; j++)
            n_opt += strcmp(rows[j].op, ops[i]) == 0 && is_of_bytes(&rows[j]) &&
                     strcmp(rows[j].variant, "opt") == 0;
        CHECK_EQ(n_opt, 1);
    }
}

TEST_MAIN(T(conv2d_variants_equal_the_reference), T(depthwise_conv2d_variants_equal_the_reference),
          T(fully_connected_variants_equal_the_reference), T(add_variants_equal_the_reference),
          T(average_pool2d_variants_equal_the_reference),
          T(max_pool2d_variants_equal_the_reference), T(softmax_variants_equal_the_reference),
          T(pad_variants_equal_the_reference), T(concat_variants_equal_the_reference),
          T(requantize_variants_equal_the_reference), T(lut_variants_equal_the_reference),
          T(broadcasting_variants_equal_the_reference), T(view_variants_equal_the_reference),
          T(resize_nearest_variants_equal_the_reference),
          T(operators_with_one_variant_stay_in_their_buffers),
          T(reduce_variants_equal_the_reference), T(add_broadcast_of_one_shape_equals_add),
          T(every_operator_with_an_optimised_variant_is_in_the_table))
