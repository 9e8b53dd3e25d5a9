/* signal.c - an audio front end in integers: rules and meanings of its nine operators.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The arithmetic is docs/spec/numerics.md, section 31; `params` are listed in
 * docs/spec/ir.md. Tensors are vectors here, whatever their shape. */
#include <assert.h>
#include <inttypes.h>
#include <math.h>

#include "ir/ops/ops.h"

#define PI             3.14159265358979323846264338327
#define RFFT_MAX       32768
#define VECTOR_MAX     65536
#define PCAN_TABLE_MIN 125 /* three values, then pieces of four up to 2^32 */

static int64_t count_of(const struct graph *g, const struct node *n, uint32_t i)
{
    return shape_count(&node_in(g, n, i)->shape);
}

/* Input i is a vector of this type with n_min..VECTOR_MAX elements. */
static bool expect_vector(const struct graph *g, const struct node *n, uint32_t i, enum dtype type,
                          int64_t n_min, struct diag *d)
{
    const struct tensor *x = node_in(g, n, i);
    if (x->dtype != type)
        return node_error(d, g, n, "input %" PRIu32 " is %s, expected %s", i, dtype_name(x->dtype),
                          dtype_name(type));
    if (count_of(g, n, i) < n_min || count_of(g, n, i) > VECTOR_MAX)
        return node_error(d, g, n,
                          "input %" PRIu32 " has %" PRId64 " elements, expected %" PRId64 "..%d", i,
                          count_of(g, n, i), n_min, VECTOR_MAX);
    return true;
}

/* Input i is a constant of int16. */
static bool expect_table(const struct graph *g, const struct node *n, uint32_t i, int64_t n_min,
                         struct diag *d)
{
    if (!expect_vector(g, n, i, DT_S16, n_min, d))
        return false;
    return node_in(g, n, i)->data ? true
                                  : node_error(d, g, n, "input %" PRIu32 " is not a constant", i);
}

static bool expect_param(const struct graph *g, const struct node *n, uint32_t i, int64_t min,
                         int64_t max, struct diag *d)
{
    const int32_t value = n->attrs.params[i];
    if (value < min || value > max)
        return node_error(d, g, n,
                          "parameter %" PRIu32 " is %" PRId32 ", expected %" PRId64 "..%" PRId64, i,
                          value, min, max);
    return true;
}

/* The output has the shape of input 0. */
static bool like_input(const struct graph *g, const struct node *n, enum dtype type,
                       struct tensor *out)
{
    out->shape = node_in(g, n, 0)->shape;
    out->dtype = type;
    return true;
}

static bool vector(int64_t count, enum dtype type, struct tensor *out)
{
    out->shape = (struct shape){.rank = 1, .dim = {(int32_t)count}};
    out->dtype = type;
    return true;
}

/* ---- signal_window: params [shift] ---- */

bool infer_signal_window(const struct graph *g, const struct node *n, struct tensor *out,
                         struct diag *d)
{
    if (!expect_vector(g, n, 0, DT_S16, 1, d) || !expect_table(g, n, 1, 1, d) ||
        !expect_param(g, n, 0, 0, 31, d))
        return false;
    if (count_of(g, n, 0) != count_of(g, n, 1))
        return node_error(d, g, n, "a window of %" PRId64 " for %" PRId64 " samples",
                          count_of(g, n, 1), count_of(g, n, 0));
    return like_input(g, n, DT_S16, out);
}

void eval_signal_window(const struct eval *e)
{
    mote_signal_window_s16_ref(&e->args->signal_window, e->in[0], e->in[1], e->out, e->scratch);
}

static void fill_signal_window(struct arena *a, const struct graph *g, const struct node *n,
                               union kernel_args *out)
{
    (void)a;
    out->signal_window = (struct mote_signal_window_s16){.n = (uint32_t)count_of(g, n, 0),
                                                         .shift = (uint8_t)n->attrs.params[0]};
}

/* ---- fft_auto_scale ---- */

bool infer_fft_auto_scale(const struct graph *g, const struct node *n, struct tensor *out,
                          struct diag *d)
{
    return expect_vector(g, n, 0, DT_S16, 1, d) && like_input(g, n, DT_S16, &out[0]) &&
           vector(1, DT_S32, &out[1]);
}

void eval_fft_auto_scale(const struct eval *e)
{
    mote_fft_auto_scale_s16_ref(&e->args->fft_auto_scale, e->in[0], e->outs[0], e->outs[1],
                                e->scratch);
}

static void fill_fft_auto_scale(struct arena *a, const struct graph *g, const struct node *n,
                                union kernel_args *out)
{
    (void)a;
    out->fft_auto_scale = (struct mote_fft_auto_scale_s16){.n = (uint32_t)count_of(g, n, 0)};
}

/* ---- rfft: params [length] ---- */

bool infer_rfft(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    if (!expect_vector(g, n, 0, DT_S16, 1, d) || !expect_param(g, n, 0, 4, RFFT_MAX, d))
        return false;
    const int32_t length = n->attrs.params[0];
    if (length & (length - 1))
        return node_error(d, g, n, "length %" PRId32 " is no power of two", length);
    if (count_of(g, n, 0) > length)
        return node_error(d, g, n, "%" PRId64 " samples for a transform of %" PRId32,
                          count_of(g, n, 0), length);
    return vector(length + 2, DT_S16, out);
}

void eval_rfft(const struct eval *e)
{
    mote_rfft_s16_ref(&e->args->rfft, e->in[0], e->out, e->scratch);
}

/* e^(i phase) in Q0.15, rounded half up. */
static void twiddle(double phase, int16_t *pair)
{
    pair[0] = (int16_t)floor(0.5 + INT16_MAX * cos(phase));
    pair[1] = (int16_t)floor(0.5 + INT16_MAX * sin(phase));
}

static void fill_rfft(struct arena *a, const struct graph *g, const struct node *n,
                      union kernel_args *out)
{
    const int32_t half = n->attrs.params[0] / 2;
    int16_t *first = ARENA_ARRAY(a, int16_t, 2 * (size_t)half);
    int16_t *second = ARENA_ARRAY(a, int16_t, (size_t)half);
    for (int32_t k = 0; k < half; k++)
        twiddle(-2 * PI * k / half, first + 2 * k);
    for (int32_t k = 0; k < half / 2; k++)
        twiddle(-PI * ((double)(k + 1) / half + 0.5), second + 2 * k);
    out->rfft = (struct mote_rfft_s16){
        .in_n = (uint32_t)count_of(g, n, 0),
        .n = 2 * (uint32_t)half,
        .twiddle = first,
        .super_twiddle = second,
    };
}

/* ---- spectrum_energy: params [first, end] ---- */

bool infer_spectrum_energy(const struct graph *g, const struct node *n, struct tensor *out,
                           struct diag *d)
{
    if (!expect_vector(g, n, 0, DT_S16, 2, d))
        return false;
    const int64_t lines = count_of(g, n, 0) / 2;
    if (count_of(g, n, 0) % 2)
        return node_error(d, g, n, "an odd number of values: pairs are expected");
    return expect_param(g, n, 1, 0, lines, d) && expect_param(g, n, 0, 0, n->attrs.params[1], d) &&
           vector(lines, DT_U32, out);
}

void eval_spectrum_energy(const struct eval *e)
{
    mote_spectrum_energy_s16_ref(&e->args->spectrum_energy, e->in[0], e->out, e->scratch);
}

static void fill_spectrum_energy(struct arena *a, const struct graph *g, const struct node *n,
                                 union kernel_args *out)
{
    (void)a;
    out->spectrum_energy = (struct mote_spectrum_energy_s16){
        .n = (uint32_t)count_of(g, n, 0) / 2,
        .first = (uint32_t)n->attrs.params[0],
        .end = (uint32_t)n->attrs.params[1],
    };
}

/* ---- filter_bank ---- */

/* Every filter lies inside of the spectrum and of the weights. */
static bool filters_fit(const struct graph *g, const struct node *n, struct diag *d)
{
    const int16_t *start = node_in(g, n, 3)->data, *weight = node_in(g, n, 4)->data;
    const int16_t *width = node_in(g, n, 5)->data;
    for (int64_t c = 0; c < count_of(g, n, 3); c++)
        if (start[c] < 0 || weight[c] < 0 || width[c] < 0 ||
            start[c] + width[c] > count_of(g, n, 0) || weight[c] + width[c] > count_of(g, n, 1))
            return node_error(d, g, n, "filter %" PRId64 " reads beyond its spectrum or weights",
                              c);
    return true;
}

bool infer_filter_bank(const struct graph *g, const struct node *n, struct tensor *out,
                       struct diag *d)
{
    if (!expect_vector(g, n, 0, DT_U32, 1, d))
        return false;
    for (uint32_t i = 1; i < 6; i++)
        if (!expect_table(g, n, i, i < 3 ? 1 : 2, d))
            return false;
    if (count_of(g, n, 1) != count_of(g, n, 2) || count_of(g, n, 3) != count_of(g, n, 4) ||
        count_of(g, n, 3) != count_of(g, n, 5))
        return node_error(d, g, n, "its tables differ in length");
    return filters_fit(g, n, d) && vector(count_of(g, n, 3) - 1, DT_U64, out);
}

void eval_filter_bank(const struct eval *e)
{
    mote_filter_bank_u32_ref(&e->args->filter_bank, e->in[0], e->in[1], e->in[2], e->in[3],
                             e->in[4], e->in[5], e->out, e->scratch);
}

static void fill_filter_bank(struct arena *a, const struct graph *g, const struct node *n,
                             union kernel_args *out)
{
    (void)a;
    out->filter_bank = (struct mote_filter_bank_u32){.channels = (uint32_t)count_of(g, n, 3) - 1};
}

/* ---- filter_bank_square_root ---- */

bool infer_filter_bank_square_root(const struct graph *g, const struct node *n, struct tensor *out,
                                   struct diag *d)
{
    if (!expect_vector(g, n, 0, DT_U64, 1, d) || !expect_vector(g, n, 1, DT_S32, 1, d))
        return false;
    if (count_of(g, n, 1) != 1)
        return node_error(d, g, n, "%" PRId64 " shifts, expected 1", count_of(g, n, 1));
    return like_input(g, n, DT_U32, out);
}

void eval_filter_bank_square_root(const struct eval *e)
{
    mote_filter_bank_square_root_u64_ref(&e->args->filter_bank_square_root, e->in[0], e->in[1],
                                         e->out, e->scratch);
}

static void fill_filter_bank_square_root(struct arena *a, const struct graph *g,
                                         const struct node *n, union kernel_args *out)
{
    (void)a;
    out->filter_bank_square_root =
        (struct mote_filter_bank_square_root_u64){.n = (uint32_t)count_of(g, n, 0)};
}

/* ---- spectral_subtraction: params [smoothing, one minus it, both of odd channels, least signal,
 * smoothing bits, bits, clamping] ---- */

bool infer_spectral_subtraction(const struct graph *g, const struct node *n, struct tensor *out,
                                struct diag *d)
{
    if (!expect_vector(g, n, 0, DT_U32, 1, d) || !expect_vector(g, n, 1, DT_U32, 1, d))
        return false;
    for (uint32_t i = 0; i < 5; i++)
        if (!expect_param(g, n, i, 0, INT32_MAX, d))
            return false;
    if (!shape_equal(&node_in(g, n, 0)->shape, &node_in(g, n, 1)->shape))
        return node_error(d, g, n, "signal and noise differ in shape");
    return expect_param(g, n, 5, 0, 31, d) && expect_param(g, n, 6, 0, 31, d) &&
           expect_param(g, n, 7, 0, 1, d) && like_input(g, n, DT_U32, &out[0]) &&
           like_input(g, n, DT_U32, &out[1]);
}

void eval_spectral_subtraction(const struct eval *e)
{
    mote_spectral_subtraction_u32_ref(&e->args->spectral_subtraction, e->in[0], e->in[1],
                                      e->outs[0], e->outs[1], e->scratch);
}

static void fill_spectral_subtraction(struct arena *a, const struct graph *g, const struct node *n,
                                      union kernel_args *out)
{
    const int32_t *p = n->attrs.params;
    (void)a;
    out->spectral_subtraction = (struct mote_spectral_subtraction_u32){
        .n = (uint32_t)count_of(g, n, 0),
        .smoothing = {(uint32_t)p[0], (uint32_t)p[2]},
        .one_minus_smoothing = {(uint32_t)p[1], (uint32_t)p[3]},
        .min_signal_remaining = (uint32_t)p[4],
        .smoothing_bits = (uint8_t)p[5],
        .bits = (uint8_t)p[6],
        .clamping = (uint8_t)p[7],
    };
}

/* ---- pcan: params [snr shift] ---- */

bool infer_pcan(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    if (!expect_vector(g, n, 0, DT_U32, 1, d) || !expect_vector(g, n, 1, DT_U32, 1, d) ||
        !expect_table(g, n, 2, PCAN_TABLE_MIN, d) || !expect_param(g, n, 0, 0, 63, d))
        return false;
    if (count_of(g, n, 0) != count_of(g, n, 1))
        return node_error(d, g, n, "signal and noise differ in length");
    return like_input(g, n, DT_U32, out);
}

void eval_pcan(const struct eval *e)
{
    mote_pcan_u32_ref(&e->args->pcan, e->in[0], e->in[1], e->in[2], e->out, e->scratch);
}

static void fill_pcan(struct arena *a, const struct graph *g, const struct node *n,
                      union kernel_args *out)
{
    (void)a;
    out->pcan = (struct mote_pcan_u32){.n = (uint32_t)count_of(g, n, 0),
                                       .snr_shift = (uint8_t)n->attrs.params[0]};
}

/* ---- filter_bank_log: params [scale, correction bits] ---- */

bool infer_filter_bank_log(const struct graph *g, const struct node *n, struct tensor *out,
                           struct diag *d)
{
    return expect_vector(g, n, 0, DT_U32, 1, d) && expect_param(g, n, 0, 0, INT32_MAX, d) &&
           expect_param(g, n, 1, 0, 31, d) && like_input(g, n, DT_S16, out);
}

void eval_filter_bank_log(const struct eval *e)
{
    mote_filter_bank_log_u32_ref(&e->args->filter_bank_log, e->in[0], e->out, e->scratch);
}

static void fill_filter_bank_log(struct arena *a, const struct graph *g, const struct node *n,
                                 union kernel_args *out)
{
    (void)a;
    out->filter_bank_log = (struct mote_filter_bank_log_u32){
        .n = (uint32_t)count_of(g, n, 0),
        .scale = (uint32_t)n->attrs.params[0],
        .correction_bits = (uint8_t)n->attrs.params[1],
    };
}

#define SIGNAL(UPPER, lower, n_in, n_out, attr_mask)                                               \
    int64_t macs_##lower(const struct graph *g, const struct node *n)                              \
    {                                                                                              \
        (void)g, (void)n;                                                                          \
        return 0;                                                                                  \
    }                                                                                              \
    bool bind_##lower(struct arena *a, const struct graph *g, const struct node *n,                \
                      union kernel_args *out, struct diag *d)                                      \
    {                                                                                              \
        (void)d;                                                                                   \
        fill_##lower(a, g, n, out);                                                                \
        return true;                                                                               \
    }                                                                                              \
    bool ranges_##lower(struct arena *tmp, const struct graph *g, const struct node *n,            \
                        struct diag *d)                                                            \
    {                                                                                              \
        (void)tmp, (void)g, (void)n, (void)d; /* the rules have said it all */                     \
        return true;                                                                               \
    }
#include "ir/signal.def"
#undef SIGNAL
