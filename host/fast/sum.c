/* sum.c - add: in float where all 65,536 pairs of bytes prove that it gives the same.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "fast/op.h"
#include "kernels/common/requant.h"

#define N_BYTES    256
#define SCALES_MAX 3 /* floats that are tried for each of the two scales */

/* t of struct sum for one pair; the variants compute the same, operation by operation. */
static float sum_of(const struct sum *s, int32_t a, int32_t b)
{
    const float scaled = (float)(b - s->op.b_zero) * s->b_scale;
    return fmaf((float)(a - s->op.a_zero), s->a_scale, scaled);
}

/* The outputs of all pairs by the definition, less the zero point: pairs[a][b], from -128 on. */
static const int8_t *define_pairs(struct arena *a, const struct mote_add_s8 *op)
{
    int8_t *out = ARENA_ARRAY(a, int8_t, N_BYTES * N_BYTES);
    int8_t x[N_BYTES], y[N_BYTES];
    struct mote_add_s8 row = *op;
    row.n = N_BYTES;
    for (int32_t i = 0; i < N_BYTES; i++) {
        for (int32_t k = 0; k < N_BYTES; k++)
            x[k] = (int8_t)(i + INT8_MIN), y[k] = (int8_t)(k + INT8_MIN);
        mote_add_s8_ref(&row, x, y, out + (ptrdiff_t)i * N_BYTES, NULL);
    }
    return out;
}

/* The halves that round every pair to its output, in real numbers: low <= half < high. A pair at an
 * end of the clamp may lie anywhere beyond. */
static void bound_half(const struct sum *s, const int8_t *pairs, double *low, double *high)
{
    *low = 0.0, *high = 1.0;
    for (int32_t i = 0; i < N_BYTES * N_BYTES; i++) {
        const float t = sum_of(s, i / N_BYTES + INT8_MIN, i % N_BYTES + INT8_MIN);
        const int32_t toward_0 = t < 0 ? s->op.out_max : s->op.out_min;
        const int32_t away = t < 0 ? s->op.out_min : s->op.out_max;
        const int32_t out = pairs[i] - s->op.out_zero, steps = t < 0 ? -out : out;
        if (pairs[i] != toward_0)
            *low = fmax(*low, steps - fabs((double)t));
        if (pairs[i] != away)
            *high = fmin(*high, steps + 1 - fabs((double)t));
    }
}

static bool agrees(const struct sum *s, const int8_t *pairs)
{
    for (int32_t i = 0; i < N_BYTES * N_BYTES; i++) {
        const float t = sum_of(s, i / N_BYTES + INT8_MIN, i % N_BYTES + INT8_MIN);
        const int32_t y = (int32_t)(t + copysignf(s->half, t));
        if (mote_to_s8(y, s->op.out_zero, s->op.out_min, s->op.out_max) != pairs[i])
            return false;
    }
    return true;
}

static float neighbour(float x, int32_t i)
{
    return i == 0 ? x : nextafterf(x, i == 1 ? INFINITY : 0.0f);
}

static bool prove_sum(struct sum *s, double a_scale, double b_scale)
{
    if (255.0 * (a_scale + b_scale) >= 0x1p29)
        return false;
    struct arena *tmp = arena_new("sum");
    const int8_t *pairs = define_pairs(tmp, &s->op);
    bool proved = false;
    for (int32_t i = 0; i < SCALES_MAX * SCALES_MAX && !proved; i++) {
        double low, high;
        s->a_scale = neighbour((float)a_scale, i % SCALES_MAX);
        s->b_scale = neighbour((float)b_scale, i / SCALES_MAX);
        bound_half(s, pairs, &low, &high);
        s->half = (float)((low + high) / 2);
        proved = low < high && agrees(s, pairs);
    }
    arena_free(tmp);
    return proved;
}

static void run_add(const void *constants, const struct call *c)
{
    c->k->add(constants, c->in[0], c->in[1], c->out);
}

bool plan_add(const struct plan *p, struct fast_op *to)
{
    struct sum *s = ARENA_NEW(p->a, struct sum);
    const struct mote_add_s8 *op = &p->args->add;
    s->op = *op;
    const double out = ldexp(op->out_mult, op->out_shift - 31 + 20);
    s->is_proved = p->k->has_float && prove_sum(s, ldexp(op->a_mult, op->a_shift - 31) * out,
                                                ldexp(op->b_mult, op->b_shift - 31) * out);
    *to = (struct fast_op){run_add, s, 0};
    return true;
}
