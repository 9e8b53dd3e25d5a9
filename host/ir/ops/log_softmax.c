/* log_softmax.c - the logarithm of softmax, along the last dimension.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

/* Back from Q5.26 to differences of the input, for a shift >= 1. */
static void bind_inverse(struct mote_log_softmax_s8 *op)
{
    const double m = ldexp(1.0, 31 - op->of.shift) / (double)op->of.mult;
    set_multiplier(m, &op->inverse, &op->inverse_shift);
}

static void bind(struct arena *a, const struct graph *g, const struct node *n,
                 union kernel_args *out)
{
    const struct tensor *x = node_in(g, n, 0);
    const uint32_t last = (uint32_t)x->shape.dim[x->shape.rank - 1];
    (void)a;
    if (x->dtype == DT_F32) {
        out->softmax_f32 = (struct mote_softmax_f32){
            .rows = (uint32_t)shape_count(&x->shape) / last, .n = last, .beta = 1.0f};
        return;
    }
    bind_softmax_s8(x, 1.0f, &out->log_softmax.of);
    bind_inverse(&out->log_softmax);
}

static void eval(const struct eval *e)
{
    if (node_in(e->g, e->n, 0)->dtype == DT_F32)
        mote_log_softmax_f32_ref(&e->args->softmax_f32, e->in[0], e->out, e->scratch);
    else
        mote_log_softmax_s8_ref(&e->args->log_softmax, e->in[0], e->out, e->scratch);
}

static bool ranges(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    union kernel_args args;
    if (!bind_node(tmp, g, n, &args, d) || !ranges_output(g, n, 1.0f / 16.0f, 0.0f, 127, d) ||
        !ranges_softmax_s8(g, n, &args.log_softmax.of, d))
        return false;
    const struct mote_log_softmax_s8 *op = &args.log_softmax;
    if (op->of.shift < 1 || op->inverse_shift > 0 || op->inverse == 0)
        return node_error(d, g, n, "the input scale is too small: 2^-26 or below");
    return true;
}

OP_BY(log_softmax, infer_like_input, eval, bind, ranges)
