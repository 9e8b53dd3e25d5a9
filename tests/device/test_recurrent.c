/* test_recurrent.c - sigmoid and tanh of 16 bits, svdf and lstm, against real numbers.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A requantised sum is within 3/4 of the real one: half a unit for each of two roundings, of which
 * the first counts half at most. */
#include "buffers.h"
#include "check.h"
#include "kernels/common/sigmoid16.h"
#include "mote/mote.h"

#include <math.h>

#define REQUANT_ERROR 0.75

static double sigmoid(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

/* ---- functions of 16 bits ---- */

TEST(the_table_follows_from_its_formula)
{
    for (int32_t i = 0; i < 255; i++) {
        const double s = sigmoid(i / 24.0);
        CHECK_EQ(mote_sigmoid_table[i],
                 (long long)floor(65536.0 * (s + s * (1 - s) * (2 * s - 1) / 9216) + 0.5));
    }
    CHECK_EQ(mote_sigmoid_table[255], 65535);
}

/* Where the argument is exact, the error is that of the chords, of the table's end and of one
 * rounding; to the right of the point it is rounded as well, by less than its own unit. */
TEST(sigmoid_and_tanh_are_near_the_real_ones_for_every_argument)
{
    const int32_t step = 65536 / test_rounds(65536); /* 1, but on slow machines */
    for (int32_t left = -15; left <= 14; left++)
        for (int32_t v = INT16_MIN + (left + 15) % step; v <= INT16_MAX; v += step) {
            const double x = ldexp(v, left - 12);
            const int32_t a = mote_sigmoid16_argument(v, left);
            const double extra = left < 0 ? 1.0 : 0.0;
            CHECK_NEAR(mote_sigmoid16(a), 32768.0 * sigmoid(x), 1.02 + extra * 0.5);
            CHECK_NEAR(mote_tanh16(a), 32768.0 * tanh(x), 1.48 + extra);
        }
}

TEST(sigmoid_and_tanh_at_their_ends)
{
    CHECK_EQ(mote_sigmoid16(0), 16384);
    CHECK_EQ(mote_sigmoid16(mote_sigmoid16_argument(INT16_MAX, 14)), 32767);
    CHECK_EQ(mote_sigmoid16(mote_sigmoid16_argument(INT16_MIN, 14)), 1);
    CHECK_EQ(mote_tanh16(0), 0);
    CHECK_EQ(mote_tanh16(mote_sigmoid16_argument(INT16_MAX, 14)), 32767);
    CHECK_EQ(mote_tanh16(mote_sigmoid16_argument(INT16_MIN, 14)), -32767);
    CHECK_EQ(mote_sigmoid16_argument(1, -1), 2); /* 1.5: halves go up */
    CHECK_EQ(mote_sigmoid16_argument(-1, -1), -1);
}

/* ---- kernels ---- */

static void set_multiplier(double m, int32_t *mult, int8_t *shift)
{
    int e;
    *mult = (int32_t)fmin(round(frexp(m, &e) * 0x1p31), INT32_MAX);
    *shift = (int8_t)e;
}

static double clamped(double x, double low, double high)
{
    return fmin(fmax(x, low), high);
}

static double uniform(struct random *r, double low, double high)
{
    return low + (high - low) * (random_u32(r) / 4294967296.0);
}

enum { SVDF_MAX = 4096 };

/* One random svdf, with everything that it reads. */
struct svdf {
    struct mote_svdf op;
    double memory_scale, out_scale; /* real multipliers */
    int8_t in[64], feature[SVDF_MAX], time8[SVDF_MAX], past8[SVDF_MAX];
    int16_t time16[SVDF_MAX], past16[SVDF_MAX];
    int32_t bias[64];
};

static void random_svdf(struct random *r, struct svdf *s, int32_t time_max)
{
    struct mote_svdf *op = &s->op;
    *op = (struct mote_svdf){.batches = (uint32_t)random_in(r, 1, 3),
                             .in_n = (uint32_t)random_in(r, 1, 16),
                             .units = (uint32_t)random_in(r, 1, 8),
                             .rank = (uint32_t)random_in(r, 1, 3),
                             .memory = (uint32_t)PICK(r, 1, 2, 3, 10),
                             .in_zero = (int8_t)random_in(r, -128, 127),
                             .memory_zero = (int8_t)(time_max > 127 ? 0 : random_in(r, -128, 127)),
                             .out_zero = (int8_t)random_in(r, -128, 127)};
    op->out_min = (int16_t)PICK(r, -128, op->out_zero);
    op->out_max = 127;
    s->memory_scale = uniform(r, 0.001, 0.01) * (time_max > 127 ? 100.0 : 1.0);
    s->out_scale = uniform(r, 0.1, 1.0) / (time_max * (double)time_max);
    set_multiplier(s->memory_scale, &op->memory_mult, &op->memory_shift);
    set_multiplier(s->out_scale, &op->out_mult, &op->out_shift);
    random_fill(r, (unsigned char *)s->in, sizeof s->in);
    random_fill(r, (unsigned char *)s->feature, sizeof s->feature);
    for (int32_t i = 0; i < SVDF_MAX; i++) {
        s->time8[i] = (int8_t)random_in(r, -127, 127);
        s->past8[i] = (int8_t)random_in(r, -128, 127);
        s->time16[i] = (int16_t)random_in(r, -500, 500); /* no sum leaves int32 */
        s->past16[i] = (int16_t)random_in(r, INT16_MIN, INT16_MAX);
    }
    for (int32_t i = 0; i < 64; i++)
        s->bias[i] = random_in(r, -10000, 10000);
}

/* Element i of memory or weights over time. */
static int32_t element(const void *v, size_t i, bool is_wide)
{
    return is_wide ? ((const int16_t *)v)[i] : ((const int8_t *)v)[i];
}

/* What a filter adds to a sum, from the kernel's own memory; checks that memory. */
static double check_filter(const struct svdf *s, const void *time, const void *past,
                           const void *next, uint32_t b, uint32_t f, bool is_wide)
{
    const struct mote_svdf *op = &s->op;
    const size_t at = (b * op->units * op->rank + f) * (size_t)op->memory;
    double newest = 0, sum = 0;
    for (uint32_t i = 0; i < op->in_n; i++)
        newest += s->feature[f * op->in_n + i] * (s->in[b * op->in_n + i] - op->in_zero);
    newest = clamped(newest * s->memory_scale + op->memory_zero, is_wide ? INT16_MIN : INT8_MIN,
                     is_wide ? INT16_MAX : INT8_MAX);
    for (uint32_t k = 0; k < op->memory; k++) {
        const int32_t now = element(next, at + k, is_wide);
        if (k + 1 < op->memory)
            CHECK_EQ(now, element(past, at + k + 1, is_wide));
        else
            CHECK_NEAR(now, newest, REQUANT_ERROR);
        sum += element(time, f * op->memory + k, is_wide) * (double)(now - op->memory_zero);
    }
    return sum;
}

static void check_svdf(const struct svdf *s, const int8_t *out, const void *time, const void *past,
                       const void *next, bool is_wide)
{
    const struct mote_svdf *op = &s->op;
    for (uint32_t b = 0; b < op->batches; b++)
        for (uint32_t u = 0; u < op->units; u++) {
            double sum = s->bias[u];
            for (uint32_t f = u * op->rank; f < (u + 1) * op->rank; f++)
                sum += check_filter(s, time, past, next, b, f, is_wide);
            CHECK_NEAR(out[b * op->units + u],
                       clamped(sum * s->out_scale + op->out_zero, op->out_min, op->out_max),
                       REQUANT_ERROR);
        }
}

TEST(svdf_is_near_the_real_one_and_remembers_exactly)
{
    struct random r = random_seed(test_seed());
    static struct svdf s;
    static int8_t next8[SVDF_MAX];
    static int16_t next16[SVDF_MAX];
    for (int i = test_rounds(300); i > 0; i--) {
        int8_t out[64], again[64];
        random_svdf(&r, &s, 127);
        const size_t n_out = s.op.batches * s.op.units;
        const size_t n = n_out * s.op.rank * s.op.memory;
        mote_svdf_s8_ref(&s.op, s.in, s.feature, s.time8, s.bias, s.past8, out, next8, NULL);
        check_svdf(&s, out, s.time8, s.past8, next8, false);
        mote_svdf_s8_ref(&s.op, s.in, s.feature, s.time8, s.bias, s.past8, again, s.past8, NULL);
        CHECK_BYTES(again, out, n_out);
        CHECK_BYTES(s.past8, next8, n);

        random_svdf(&r, &s, 500);
        const size_t n_out16 = s.op.batches * s.op.units;
        const size_t n16 = n_out16 * s.op.rank * s.op.memory * sizeof(int16_t);
        mote_svdf_s16_ref(&s.op, s.in, s.feature, s.time16, s.bias, s.past16, out, next16, NULL);
        check_svdf(&s, out, s.time16, s.past16, next16, true);
        mote_svdf_s16_ref(&s.op, s.in, s.feature, s.time16, s.bias, s.past16, again, s.past16,
                          NULL);
        CHECK_BYTES(again, out, n_out16);
        CHECK_BYTES(s.past16, next16, n16);
    }
}

/* 2 * 32767 * 32767 + 2 * 32767 * 32767 = 2^32 - 2^18 + 4, which is -2^18 + 4 modulo 2^32. */
TEST(sums_over_time_go_round)
{
    const struct mote_svdf op = {.batches = 1,
                                 .in_n = 1,
                                 .units = 1,
                                 .rank = 1,
                                 .memory = 5,
                                 .out_min = -128,
                                 .out_max = 127,
                                 .out_mult = 1 << 30,
                                 .out_shift = -11};
    static const int8_t in[1] = {0}, feature[1] = {0};
    static const int16_t time[5] = {32767, 32767, 32767, 32767, 1};
    static const int16_t past[5] = {0, 32767, 32767, 32767, 32767};
    static const int32_t bias[1] = {-4};
    int16_t next[5];
    int8_t out[1];
    mote_svdf_s16_ref(&op, in, feature, time, bias, past, out, next, NULL);
    CHECK_EQ(out[0], -64); /* -2^18 / 2^12 */
}

enum { LSTM_N = 12, LSTM_IN = 9, LSTM_STEPS = 5, LSTM_BATCHES = 2 };

struct lstm {
    struct mote_lstm_s8 op;
    double in_scale[4], hidden_scale[4], h_scale; /* of the gates' sums; of the hidden state */
    int8_t in[LSTM_BATCHES * LSTM_STEPS * LSTM_IN], w[4 * LSTM_N * LSTM_IN];
    int8_t r[4 * LSTM_N * LSTM_N], h[LSTM_BATCHES * LSTM_N];
    int16_t c[LSTM_BATCHES * LSTM_N];
    int32_t bias[4 * LSTM_N];
};

static void random_lstm(struct random *r, struct lstm *l)
{
    struct mote_lstm_s8 *op = &l->op;
    *op = (struct mote_lstm_s8){.batches = (uint32_t)random_in(r, 1, LSTM_BATCHES),
                                .steps = 1,
                                .in_n = (uint32_t)random_in(r, 1, LSTM_IN),
                                .n = (uint32_t)random_in(r, 1, LSTM_N),
                                .in_zero = (int8_t)random_in(r, -128, 127),
                                .hidden_zero = (int8_t)random_in(r, -10, 10),
                                .cell_exponent = (int8_t)random_in(r, -14, -9),
                                .clip = PICK(r, 1 << 15, INT16_MAX, 5000, 0)};
    l->h_scale = uniform(r, 0.007, 0.008);
    set_multiplier(0x1p-30 / l->h_scale, &op->out_mult, &op->out_shift);
    for (int32_t g = 0; g < 4; g++) {
        l->in_scale[g] = uniform(r, 0.05, 1.0);
        l->hidden_scale[g] = uniform(r, 0.05, 1.0);
        set_multiplier(l->in_scale[g], &op->gate[g].in_mult, &op->gate[g].in_shift);
        set_multiplier(l->hidden_scale[g], &op->gate[g].hidden_mult, &op->gate[g].hidden_shift);
    }
    random_fill(r, (unsigned char *)l->in, sizeof l->in);
    random_fill(r, (unsigned char *)l->w, sizeof l->w);
    random_fill(r, (unsigned char *)l->r, sizeof l->r);
    random_fill(r, (unsigned char *)l->h, sizeof l->h);
    for (int32_t i = 0; i < LSTM_BATCHES * LSTM_N; i++)
        l->c[i] = (int16_t)random_in(r, INT16_MIN, INT16_MAX);
    for (int32_t i = 0; i < 4 * LSTM_N; i++)
        l->bias[i] = random_in(r, -20000, 20000);
}

/* The argument of a gate's function in real numbers, held where 16 bits end. */
static double real_gate(const struct lstm *l, uint32_t b, uint32_t g, uint32_t k)
{
    const struct mote_lstm_s8 *op = &l->op;
    const size_t row = (size_t)g * op->n + k;
    double x = l->bias[row], h = 0;
    for (uint32_t i = 0; i < op->in_n; i++)
        x += l->w[row * op->in_n + i] * (l->in[b * op->in_n + i] - op->in_zero);
    for (uint32_t i = 0; i < op->n; i++)
        h += l->r[row * op->n + i] * (l->h[b * op->n + i] - op->hidden_zero);
    x = clamped(x * l->in_scale[g], INT16_MIN, INT16_MAX);
    h = clamped(h * l->hidden_scale[g], INT16_MIN, INT16_MAX);
    return clamped(x + h, INT16_MIN, INT16_MAX) * 0x1p-12;
}

/* The error of an argument is two requantisations, that of a function its slope times that and the
 * function's own. */
#define SIGMOID_ERROR (0.25 * 2 * REQUANT_ERROR * 0x1p-12 + 1.02 * 0x1p-15)
#define TANH_ERROR    (2 * REQUANT_ERROR * 0x1p-12 + 1.48 * 0x1p-15)

/* One step of the kernel against real numbers; the output from the kernel's own cell. */
static void check_step(const struct lstm *l, const int8_t *out, const int16_t *cell)
{
    const struct mote_lstm_s8 *op = &l->op;
    const double unit = ldexp(1.0, op->cell_exponent);
    for (uint32_t b = 0; b < op->batches; b++)
        for (uint32_t k = 0; k < op->n; k++) {
            const double old = l->c[b * op->n + k] * unit, now = cell[b * op->n + k] * unit;
            double next = sigmoid(real_gate(l, b, 1, k)) * old +
                          sigmoid(real_gate(l, b, 0, k)) * tanh(real_gate(l, b, 2, k));
            next = clamped(next, INT16_MIN * unit, INT16_MAX * unit);
            next = clamped(next, -op->clip * unit, op->clip * unit);
            const double error = (fabs(old) + 1) * SIGMOID_ERROR + TANH_ERROR;
            CHECK_NEAR(now, next, error + 2 * REQUANT_ERROR * unit);
            const double h = sigmoid(real_gate(l, b, 3, k)) * tanh(now);
            CHECK_NEAR(out[b * op->n + k], clamped(h / l->h_scale + op->hidden_zero, -128, 127),
                       REQUANT_ERROR + (SIGMOID_ERROR + 2.48 * 0x1p-15) / l->h_scale);
        }
}

TEST(one_step_of_lstm_is_near_the_real_one)
{
    struct random r = random_seed(test_seed());
    static struct lstm l;
    for (int i = test_rounds(300); i > 0; i--) {
        int8_t out[LSTM_BATCHES * LSTM_N], h[LSTM_BATCHES * LSTM_N];
        int16_t c[LSTM_BATCHES * LSTM_N];
        random_lstm(&r, &l);
        const size_t n = l.op.batches * l.op.n;
        mote_lstm_s8_ref(&l.op, l.in, l.w, l.r, l.bias, l.h, l.c, out, h, c, NULL);
        CHECK_BYTES(h, out, n);
        check_step(&l, out, c);
    }
}

/* A sequence in one call is its steps in calls of their own, with states in their places. */
TEST(lstm_over_a_sequence_is_lstm_step_by_step)
{
    struct random r = random_seed(test_seed());
    static struct lstm l;
    for (int i = test_rounds(300); i > 0; i--) {
        int8_t out[LSTM_STEPS * LSTM_N], step[LSTM_N], h[LSTM_N];
        int16_t c[LSTM_N];
        random_lstm(&r, &l);
        l.op.batches = 1;
        struct mote_lstm_s8 whole = l.op;
        whole.steps = LSTM_STEPS;
        mote_lstm_s8_ref(&whole, l.in, l.w, l.r, l.bias, l.h, l.c, out, h, c, NULL);
        for (size_t t = 0; t < LSTM_STEPS; t++) {
            mote_lstm_s8_ref(&l.op, l.in + t * l.op.in_n, l.w, l.r, l.bias, l.h, l.c, step, l.h,
                             l.c, NULL);
            CHECK_BYTES(step, out + t * l.op.n, l.op.n);
        }
        CHECK_BYTES(l.h, h, l.op.n);
        CHECK_BYTES(l.c, c, l.op.n * sizeof c[0]);
    }
}

/* ---- softmax with an output of int16 ---- */

TEST(softmax_of_16_bits_is_near_the_real_one)
{
    struct random r = random_seed(test_seed());
    for (int i = test_rounds(200); i > 0; i--) {
        int8_t in[300];
        int16_t out[300];
        struct mote_softmax_s8 op = {.rows = 1, .n = (uint32_t)random_in(&r, 1, 300)};
        const double scale = uniform(&r, 0.001, 0.5);
        set_multiplier(scale * 0x1p26, &op.mult, &op.shift);
        op.diff_min = -(int32_t)floor(31.0 * ldexp(1.0, 26 - op.shift));
        random_fill(&r, (unsigned char *)in, sizeof in);
        mote_softmax_to_s16_s8_ref(&op, in, out, NULL);
        double sum = 0;
        for (uint32_t k = 0; k < op.n; k++)
            sum += exp(scale * in[k]);
        for (uint32_t k = 0; k < op.n; k++)
            CHECK_NEAR(out[k], fmin(65536.0 * exp(scale * in[k]) / sum - 32768.0, 32767.0), 0.6);
    }
}

TEST_MAIN(T(the_table_follows_from_its_formula),
          T(sigmoid_and_tanh_are_near_the_real_ones_for_every_argument),
          T(sigmoid_and_tanh_at_their_ends), T(svdf_is_near_the_real_one_and_remembers_exactly),
          T(sums_over_time_go_round), T(one_step_of_lstm_is_near_the_real_one),
          T(lstm_over_a_sequence_is_lstm_step_by_step), T(softmax_of_16_bits_is_near_the_real_one))
