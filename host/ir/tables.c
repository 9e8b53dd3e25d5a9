/* tables.c - int8 functions of one element as tables: docs/spec/numerics.md, section 17.
 * SPDX-License-Identifier: Apache-2.0
 *
 * x below is the input byte minus its zero point, -255..255. Every function returns the output
 * before the clamp to int8. */
#include "ir/tables.h"

#include <assert.h>
#include <math.h>

#include "ir/bind.h"
#include "ir/ops/ops.h"
#include "ir/ops/unary.h"
#include "kernels/common/fixed_exp.h"
#include "kernels/common/inverse_sqrt.h"

#define INPUT_BITS      4  /* logistic and tanh take Q4.27         */
#define RSQRT_SHIFT     20 /* fraction bits between its two steps  */
#define REQUANT_LEFT    22 /* 255 * 2^22 < 2^31                    */
#define SWISH_FRACTION  7  /* hard_swish widens its input to int16 */
#define SWISH_SHIFT_MAX 15 /* right shifts of int16                */

struct multiplier {
    int32_t mult, shift;
};

static struct multiplier multiplier_of(double m)
{
    struct multiplier r;
    quantize_multiplier(m, &r.mult, &r.shift);
    return r;
}

static const struct quant *in_quant(const struct graph *g, const struct node *n)
{
    return &node_in(g, n, 0)->quant;
}

static const struct quant *out_quant(const struct graph *g, const struct node *n)
{
    return &g->tensors.items[n->out[0]].quant;
}

/* ---- logistic, tanh ---- */

static struct multiplier sigmoid_multiplier(const struct quant *x)
{
    return multiplier_of((double)x->scale[0] * (double)(1 << (31 - INPUT_BITS)));
}

/* 1 / (1 + e^-a), Q4.27 -> Q0.31 */
static int32_t logistic_q31(int32_t a)
{
    if (a == 0)
        return 1 << 30;
    const int32_t positive =
        mote_reciprocal_one_plus(mote_exp_negative_in(a > 0 ? -a : a, INPUT_BITS));
    return a > 0 ? positive : INT32_MAX - positive;
}

/* tanh |a| = (1 - e^-2|a|) / (1 + e^-2|a|); twice a Q4.27 number is the same integer in Q5.26. */
static int32_t tanh_q31(int32_t a)
{
    if (a == 0)
        return 0;
    const int32_t t =
        mote_one_minus_over_one_plus(mote_exp_negative_in(a > 0 ? -a : a, INPUT_BITS + 1));
    return a > 0 ? t : -t;
}

/* Inputs beyond the radius would leave Q4.27: there the function is at its end. The radius is
 * below 16 * 2^27 / 2^shift, so x * 2^shift fits int32 inside. */
static int32_t sigmoid(enum op op, int32_t x, struct multiplier m)
{
    const int32_t radius = (int32_t)floor((double)((1 << INPUT_BITS) - 1) *
                                          ldexp(1.0, 31 - INPUT_BITS) / ldexp(1.0, m.shift));
    if (x <= -radius)
        return INT8_MIN;
    if (x >= radius)
        return INT8_MAX;
    const int32_t a = mote_requant(x, m.mult, m.shift);
    if (op == OP_TANH)
        return mote_rdbpot(tanh_q31(a), 31 - 7);
    return mote_rdbpot(logistic_q31(a), 31 - 8) + INT8_MIN;
}

static const char *sigmoid_fault(const struct graph *g, const struct node *n)
{
    const struct quant *y = out_quant(g, n);
    if (n->op == OP_LOGISTIC && (y->scale[0] != 1.0f / 256.0f || y->zero[0] != -128))
        return "an s8 logistic gives scale 0.00390625 (1/256) and zero point -128";
    if (n->op == OP_TANH && (y->scale[0] != 1.0f / 128.0f || y->zero[0] != 0))
        return "an s8 tanh gives scale 0.0078125 (1/128) and zero point 0";
    const struct multiplier m = sigmoid_multiplier(in_quant(g, n));
    if (m.mult == 0 || m.shift < 0)
        return "the input scale is too small: below 2^-28";
    return NULL;
}

/* ---- hard_swish ---- */

struct swish {
    int32_t out_mult, gate_mult;   /* Q0.15                           */
    int32_t out_shift, gate_shift; /* positive to the left            */
};

/* The upper half of a Q31 multiplier, rounded. */
static int32_t upper_half(int32_t mult)
{
    return mult >= INT32_MAX - (1 << 15) ? INT16_MAX : (mult + (1 << 15)) >> 16;
}

static struct swish swish_of(const struct quant *x, const struct quant *y)
{
    const float wide_scale = (1.0f / (float)(1 << SWISH_FRACTION)) * x->scale[0];
    const float gate_scale = 3.0f / 32768.0f; /* 3 is 1 in Q0.15 */
    const struct multiplier out = multiplier_of((double)(wide_scale / y->scale[0]));
    const struct multiplier gate = multiplier_of((double)(wide_scale / gate_scale));
    return (struct swish){upper_half(out.mult), upper_half(gate.mult), out.shift, gate.shift};
}

/* x * relu6(x + 3) / 6 in int16: the gate is x / 3 held in -1..1, moved to 0..1. */
static int32_t hard_swish(int32_t x, struct swish s)
{
    const int32_t wide = x * (1 << SWISH_FRACTION); /* |wide| <= 32640 */
    const int32_t scaled = mote_srdhm16(wide, s.out_mult);
    int32_t gate = wide;
    if (s.gate_shift > 0)
        gate = mote_shift_left_sat16(gate, s.gate_shift - 1);
    gate = mote_srdhm16(gate, s.gate_mult);
    if (s.gate_shift > 0)
        gate = mote_shift_left_sat16(gate, 1);
    else
        gate = mote_rdbpot(gate, -s.gate_shift);
    gate = (gate + (1 << 15)) >> 1;
    return mote_rdbpot(mote_sdhm16(gate, scaled), -s.out_shift);
}

static const char *swish_fault(const struct graph *g, const struct node *n)
{
    const struct swish s = swish_of(in_quant(g, n), out_quant(g, n));
    if (s.out_shift > 0)
        return "the output scale is too small: below 2^-7 of the input's";
    if (s.out_shift < -SWISH_SHIFT_MAX || s.out_mult == 0)
        return "the output scale is too large: above 2^8 of the input's";
    if (s.gate_shift < -SWISH_SHIFT_MAX || s.gate_mult == 0)
        return "the input scale is too small: below 2^-22";
    return NULL;
}

/* ---- leaky_relu, abs ---- */

/* The quotients are rounded to float, as in the reference. */
static struct multiplier leaky_multiplier(const struct graph *g, const struct node *n,
                                          bool negative)
{
    const float x = in_quant(g, n)->scale[0], y = out_quant(g, n)->scale[0];
    return multiplier_of((double)(negative ? x * n->attrs.alpha / y : x / y));
}

static struct multiplier abs_multiplier(const struct graph *g, const struct node *n)
{
    return multiplier_of((double)in_quant(g, n)->scale[0] / (double)out_quant(g, n)->scale[0]);
}

static const char *leaky_fault(const struct graph *g, const struct node *n)
{
    if (n->attrs.alpha < 0.0f)
        return "alpha is negative: an s8 leaky_relu has none such";
    if (leaky_multiplier(g, n, false).shift > REQUANT_LEFT ||
        leaky_multiplier(g, n, true).shift > REQUANT_LEFT)
        return "the output scale is too small: below 2^-22 of the input's";
    return NULL;
}

/* ---- rsqrt ---- */

static struct multiplier rsqrt_multiplier(const struct graph *g, const struct node *n)
{
    return multiplier_of(
        1.0 / (sqrt((double)in_quant(g, n)->scale[0]) * (double)out_quant(g, n)->scale[0]));
}

/* Not positive: the largest output stands for infinity. */
static int32_t rsqrt(int32_t x, struct multiplier m, int32_t zero)
{
    if (x <= 0)
        return INT8_MAX;
    const struct mote_multiplier inverse = mote_inverse_sqrt(x);
    const int32_t q20 = mote_requant(1, inverse.mult, inverse.shift + RSQRT_SHIFT);
    return mote_requant(q20, m.mult, m.shift - RSQRT_SHIFT) + zero;
}

static const char *rsqrt_fault(const struct graph *g, const struct node *n)
{
    const struct multiplier m = rsqrt_multiplier(g, n);
    if (m.shift < RSQRT_SHIFT - 31 || m.mult == 0)
        return "the output scale is too large";
    return m.shift > 30 ? "the output scale is too small" : NULL;
}

/* ---- all others: the float function between dequantisation and quantisation ---- */

/* The reference cuts square roots instead of rounding them. */
static float quantised(const struct graph *g, const struct node *n, float real)
{
    const float scale = out_quant(g, n)->scale[0];
    return n->op == OP_SQRT ? truncf(real / scale) : roundf(real * (1.0f / scale));
}

static int32_t transformed(const struct graph *g, const struct node *n, int32_t x)
{
    const struct quant *y = out_quant(g, n);
    const float real = unary_f32(n->op, &n->attrs, in_quant(g, n)->scale[0] * (float)x);
    if (n->op == OP_LOG && x <= 0)
        return INT8_MIN;
    const float q = quantised(g, n, real) + (float)y->zero[0];
    if (isnan(q))
        return y->zero[0];
    return (int32_t)fmaxf(-128.0f, fminf(127.0f, q));
}

const char *table_fault(const struct graph *g, const struct node *n)
{
    switch (n->op) {
    case OP_LOGISTIC:
    case OP_TANH:
        return sigmoid_fault(g, n);
    case OP_HARD_SWISH:
        return swish_fault(g, n);
    case OP_LEAKY_RELU:
        return leaky_fault(g, n);
    case OP_ABS:
        return abs_multiplier(g, n).shift > REQUANT_LEFT
                   ? "the output scale is too small: below 2^-22 of the input's"
                   : NULL;
    case OP_RSQRT:
        return rsqrt_fault(g, n);
    default:
        return NULL;
    }
}

/* The output for one x, before the clamp. */
static int32_t entry(const struct graph *g, const struct node *n, int32_t x)
{
    const int32_t zero = out_quant(g, n)->zero[0];
    struct multiplier m;
    switch (n->op) {
    case OP_LOGISTIC:
    case OP_TANH:
        return sigmoid(n->op, x, sigmoid_multiplier(in_quant(g, n)));
    case OP_HARD_SWISH:
        return hard_swish(x, swish_of(in_quant(g, n), out_quant(g, n))) + zero;
    case OP_LEAKY_RELU:
        m = leaky_multiplier(g, n, x < 0);
        return mote_requant(x, m.mult, m.shift) + zero;
    case OP_ABS:
        m = abs_multiplier(g, n);
        return mote_requant(x < 0 ? -x : x, m.mult, m.shift) + zero;
    case OP_RSQRT:
        return rsqrt(x, rsqrt_multiplier(g, n), zero);
    default:
        return transformed(g, n, x);
    }
}

void table_fill(const struct graph *g, const struct node *n, int8_t table[TABLE_BYTES])
{
    const int32_t zero = in_quant(g, n)->zero[0];
    for (int32_t q = INT8_MIN; q <= INT8_MAX; q++)
        table[(uint8_t)q] = (int8_t)mote_clamp_s32(entry(g, n, q - zero), INT8_MIN, INT8_MAX);
}

/* In float, as the reference does it. */
const int16_t *table_s16(struct arena *a, float (*f)(float x, float low), float scale, int32_t zero,
                         float out_scale)
{
    int16_t *table = ARENA_ARRAY(a, int16_t, TABLE_S16);
    const float low = scale * (float)(INT16_MIN - zero), high = scale * (float)(INT16_MAX - zero);
    const float out_low = out_scale * (float)INT16_MIN, out_high = out_scale * (float)INT16_MAX;
    const float unit = 65536.0f / (out_high - out_low);
    const float step = (high - low) / 512.0f;
    for (int32_t i = 0; i < TABLE_S16; i++) {
        const float at = i < 512 ? low + (float)i * step : high;
        const float value = roundf(f(at, out_low) * unit);
        float bias = 0.0f;
        if (i < 512) {
            const float next = f(low + (float)(i + 1) * step, out_low) * unit;
            const float middle = roundf(f(at + step / 2.0f, out_low) * unit);
            bias = roundf((roundf((next + value) / 2.0f) - middle) / 2.0f);
        }
        table[i] = (int16_t)fmaxf(-32768.0f, fminf(32767.0f, value - bias));
    }
    return table;
}
