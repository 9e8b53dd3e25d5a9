/* softmax.c - exp(beta * x) over its sum, along the last dimension.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "ir/ops/ops.h"

bool infer_softmax(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    if (!(n->attrs.beta > 0.0f) || !isfinite(n->attrs.beta))
        return node_error(d, g, n, "beta %.9g is not finite and > 0", (double)n->attrs.beta);
    return infer_like_input(g, n, out, d);
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
        mote_softmax_s8_ref(&e->args->softmax, e->in[0], e->out, e->scratch);
        return;
    }
    const float *in = e->in[0];
    float *out = e->out;
    int32_t n = x->shape.dim[x->shape.rank - 1];
    for (int64_t at = 0; at < shape_count(&x->shape); at += n)
        softmax_row(in + at, out + at, n, (double)e->n->attrs.beta);
}
