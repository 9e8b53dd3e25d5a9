/* sum.c - the sum of two int8 tensors as one weighted sum. SPDX-License-Identifier: Apache-2.0 */
#include "pack/sum.h"

#include "kernels/common/requant.h"

/* An input's part of the sum, as the definition has it. |q - zero| <= 255: below 2^28. */
static int32_t operand(int32_t q, int32_t zero, int32_t mult, int32_t shift)
{
    return mote_requant((q - zero) * (1 << 20), mult, shift);
}

/* mult / 2^31 * 2^shift and so on as a number. The device has no floats in its integer files, the
 * host may. */
static double real(int32_t mult, int32_t shift)
{
    double r = mult / 2147483648.0;
    for (; shift < 0; shift++)
        r /= 2;
    for (; shift > 0; shift--)
        r *= 2;
    return r;
}

/* The factor of an input: output units an input unit is worth, with `bits` bits below; 0 when it does
 * not fit 31 bits. */
static int32_t factor(const struct mote_add_s8 *op, int32_t mult, int32_t shift, int bits)
{
    double f = real(mult, shift) * real(op->out_mult, op->out_shift) * (1 << 20);
    for (; bits > 0; bits--)
        f *= 2;
    return f < 2147483647.0 ? (int32_t)(f + 0.5) : 0;
}

/* How a sum is made: parts of a product that is cut by `extra` bits, with `fraction` bits left below
 * the output's unit. */
struct form {
    int extra, fraction;
};

static int64_t part(int32_t q, int32_t f, struct form form)
{
    return (int64_t)q * f >> form.extra;
}

/* The offsets that give every pair its byte lie in from..end - 1. */
struct offsets {
    int64_t from, end;
};

/* One pair: its byte is y, unless the clamp makes more sums that byte. */
static void narrow(const struct mote_add_s8 *op, int32_t y, int64_t sum, int fraction,
                   struct offsets *o)
{
    const int64_t unit = INT64_C(1) << fraction, from = y * unit - sum, end = from + unit;
    if (y > op->out_min && from > o->from)
        o->from = from;
    if (y < op->out_max && end < o->end)
        o->end = end;
}

/* Try two factors; true when an offset below 2^30 goes with them. */
static bool try_factors(struct mote_add_s8 *op, int32_t fa, int32_t fb, struct form form)
{
    struct offsets o = {INT64_MIN, INT64_MAX};
    int32_t b_wide[256];
    int64_t b_part[256];
    for (int32_t b = 0; b < 256; b++) {
        b_wide[b] = operand(b - 128, op->b_zero, op->b_mult, op->b_shift);
        b_part[b] = part(b - 128, fb, form);
    }
    for (int32_t a = -128; a < 128 && o.from < o.end; a++) {
        const int32_t a_wide = operand(a, op->a_zero, op->a_mult, op->a_shift);
        const int64_t a_part = part(a, fa, form);
        for (int32_t b = 0; b < 256; b++) {
            const int32_t scaled = mote_requant(a_wide + b_wide[b], op->out_mult, op->out_shift);
            const int32_t y = mote_to_s8(scaled, op->out_zero, op->out_min, op->out_max);
            narrow(op, y, a_part + b_part[b], form.fraction, &o);
        }
    }
    if (o.from >= o.end || o.from < -(1 << 30) || o.end > 1 << 30)
        return false;
    op->a_factor = fa;
    op->b_factor = fb;
    op->offset = (int32_t)(o.from + (o.end - o.from) / 2);
    return true;
}

bool sum_find(struct mote_add_s8 *op)
{
    const struct form form = {.extra = 8, .fraction = 20};
    const int32_t fa = factor(op, op->a_mult, op->a_shift, form.extra + form.fraction);
    const int32_t fb = factor(op, op->b_mult, op->b_shift, form.extra + form.fraction);
    /* |a * fa| + |b * fb| < 128 * 2^31 = 2^38: what is left of the products is below 2^30, the offset, too */
    if (fa == 0 || fb == 0 || (int64_t)fa + fb > INT32_MAX || op->out_min == op->out_max)
        return false;
    return try_factors(op, fa, fb, form);
}

bool sum32_find(struct mote_add_s8 *op)
{
    const struct form form = {.extra = 0, .fraction = 21};
    const int32_t fa = factor(op, op->a_mult, op->a_shift, form.fraction);
    const int32_t fb = factor(op, op->b_mult, op->b_shift, form.fraction);
    /* 128 * (fa + 1 + fb + 1) <= 2^30, and the offset is no greater: the sum fits 32 bits */
    if (fa == 0 || fb == 0 || (int64_t)fa + fb > (1 << 23) - 2 || op->out_min == op->out_max)
        return false;
    static const int8_t neighbours[9][2] = {{0, 0}, {0, 1},  {0, -1}, {1, 0},  {-1, 0},
                                            {1, 1}, {1, -1}, {-1, 1}, {-1, -1}};
    for (size_t i = 0; i < sizeof neighbours / sizeof neighbours[0]; i++)
        if (try_factors(op, fa + neighbours[i][0], fb + neighbours[i][1], form))
            return true;
    return false;
}
