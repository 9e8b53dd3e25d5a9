/* softmax.c - softmax of int8: an exponential depends on one of 256 differences, so there is a table
 * of them. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/softmax.h"

#include <assert.h>

#include "fast/op.h"

#define N_BYTES  256
#define OUT_BITS 8

struct softmax {
    uint32_t rows, n;
    int32_t exp[N_BYTES];  /* by largest - element; 0: contributes nothing */
    int32_t part[N_BYTES]; /* of the sum */
};

/* As mote_softmax_row_of, with the sum known. */
static struct mote_softmax_row row_of_sum(int32_t max, int32_t sum)
{
    assert(sum > 0);
    const int32_t headroom = mote_clz((uint32_t)sum);
    const int32_t fraction = (int32_t)(((uint32_t)sum << headroom) - (UINT32_C(1) << 31));
    return (struct mote_softmax_row){max, mote_reciprocal_one_plus(fraction),
                                     MOTE_SOFTMAX_SUM_BITS - headroom};
}

static void run_row(const struct softmax *s, const int8_t *in, int8_t *out)
{
    int32_t max = INT8_MIN, sum = 0;
    for (uint32_t i = 0; i < s->n; i++)
        max = mote_max_s32(max, in[i]);
    for (uint32_t i = 0; i < s->n; i++)
        sum += s->part[max - in[i]];
    const struct mote_softmax_row row = row_of_sum(max, sum);
    const int32_t down = row.bits_over_unit + 31 - OUT_BITS;
    for (uint32_t i = 0; i < s->n; i++) {
        const int32_t exp = s->exp[max - in[i]];
        const int32_t y = down > 31 ? 0 : mote_rdbpot(mote_srdhm(row.reciprocal, exp), down);
        out[i] = mote_to_s8(y, INT8_MIN, INT8_MIN, INT8_MAX);
    }
}

static void run_softmax(const void *constants, const struct call *c)
{
    const struct softmax *s = constants;
    for (uint32_t r = 0; r < s->rows; r++)
        run_row(s, c->in[0] + (size_t)r * s->n, c->out + (size_t)r * s->n);
}

bool plan_softmax(const struct plan *p, struct fast_op *to)
{
    const struct mote_softmax_s8 *op = &p->args->softmax;
    struct softmax *s = ARENA_NEW(p->a, struct softmax);
    s->rows = op->rows;
    s->n = op->n;
    for (int32_t d = 0; d < N_BYTES && -d >= op->diff_min; d++) {
        s->exp[d] = mote_softmax_exp(op, -d);
        s->part[d] = mote_rdbpot(s->exp[d], MOTE_SOFTMAX_SUM_BITS);
    }
    *to = (struct fast_op){run_softmax, s, 0};
    return true;
}
