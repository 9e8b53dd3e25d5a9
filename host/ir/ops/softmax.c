/* softmax.c - exp(beta * x) over its sum, along the last dimension.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"

#define SOFTMAX_INTEGER_BITS 5    /* scaled differences are Q5.26 */
#define SOFTMAX_LAST_MAX     4095 /* the sum of exponentials has 12 integer bits */

bool infer_softmax(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    if (!(n->attrs.beta > 0.0f) || !isfinite(n->attrs.beta))
        return node_error(d, g, n, "beta %.9g is not finite and > 0", (double)n->attrs.beta);
    if (!infer_like_input(g, n, out, d))
        return false;
    if (out->dtype == DT_S8 && stated_type(g, n, DT_S8) == DT_S16)
        out->dtype = DT_S16;
    return true;
}

int64_t macs_softmax(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

/* In double: exp differs between C libraries by a unit in the last place, which rounding to float
 * hides almost always. Subtracting the maximum keeps exp from overflowing. */
static void softmax_row(const float *in, float *out, int32_t n, double beta)
{
    float max = in[0];
    for (int32_t i = 1; i < n; i++)
        max = in[i] > max ? in[i] : max;
    double sum = 0.0;
    for (int32_t i = 0; i < n; i++)
        sum += exp(beta * ((double)in[i] - (double)max));
    for (int32_t i = 0; i < n; i++)
        out[i] = (float)(exp(beta * ((double)in[i] - (double)max)) / sum);
}

void eval_softmax(const struct eval *e)
{
    const struct tensor *x = node_in(e->g, e->n, 0);
    if (x->dtype == DT_S8) {
        if (e->g->tensors.items[e->n->out[0]].dtype == DT_S16)
            mote_softmax_to_s16_s8_ref(&e->args->softmax, e->in[0], e->out, e->scratch);
        else
            mote_softmax_s8_ref(&e->args->softmax, e->in[0], e->out, e->scratch);
        return;
    }
    const float *in = e->in[0];
    float *out = e->out;
    int32_t n = x->shape.dim[x->shape.rank - 1];
    for (int64_t at = 0; at < shape_count(&x->shape); at += n)
        softmax_row(in + at, out + at, n, (double)e->n->attrs.beta);
}

/* Differences x - max are multiplied by beta * scale in Q5.26; those that would leave the format
 * contribute nothing. */
static void softmax_constants(const struct graph *g, const struct node *n,
                              struct mote_softmax_s8 *op)
{
    const struct tensor *x = node_in(g, n, 0);
    int32_t last = x->shape.dim[x->shape.rank - 1];
    double m = (double)n->attrs.beta * scale_of(x) * (double)(1 << (31 - SOFTMAX_INTEGER_BITS));
    *op = (struct mote_softmax_s8){
        .rows = (uint32_t)(shape_count(&x->shape) / last),
        .n = (uint32_t)last,
    };
    set_multiplier(fmin(m, 2147483647.0), &op->mult, &op->shift);
    int32_t left = op->shift > 0 ? op->shift : 0; /* the verifier refuses negative ones */
    double radius = (double)((1 << SOFTMAX_INTEGER_BITS) - 1) *
                    (double)(1 << (31 - SOFTMAX_INTEGER_BITS)) / ldexp(1.0, left);
    op->diff_min = -(int32_t)floor(radius);
}

bool bind_softmax(struct arena *a, const struct graph *g, const struct node *n,
                  union kernel_args *out, struct diag *d)
{
    (void)a, (void)d;
    softmax_constants(g, n, &out->softmax);
    return true;
}

/* Converters give an output of s16 the scale 1/65535; the reference takes 1/65536 of it within a
 * thousandth. */
static bool ranges_output(const struct graph *g, const struct node *n, struct diag *d)
{
    const struct tensor *y = &g->tensors.items[n->out[0]];
    const bool is_wide = y->dtype == DT_S16;
    const double scale = is_wide ? 1.0 / 65536.0 : 1.0 / 256.0;
    const int32_t zero = is_wide ? INT16_MIN : INT8_MIN;
    const double tolerance = is_wide ? 1e-3 * scale : 0.0;
    if (fabs(scale_of(y) - scale) <= tolerance && y->quant.zero[0] == zero)
        return true;
    return node_error(d, g, n,
                      "output scale %.9g and zero point %" PRId32
                      ", a softmax of s8 to %s gives %.9g and %" PRId32,
                      scale_of(y), y->quant.zero[0], dtype_name(y->dtype), scale, zero);
}

bool ranges_softmax(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    union kernel_args args;
    if (!bind_node(tmp, g, n, &args, d))
        return false;
    if (!ranges_output(g, n, d))
        return false;
    if (args.softmax.n > SOFTMAX_LAST_MAX)
        return node_error(d, g, n, "%" PRIu32 " elements, at most %d in s8", args.softmax.n,
                          SOFTMAX_LAST_MAX);
    if (args.softmax.mult == 0 || args.softmax.shift < 0 || args.softmax.shift > 31)
        return node_error(d, g, n, "the input scale times beta is too small: below 2^-27");
    return true;
}
