/* batch_norm.c - y = gamma * (x - mean) / sqrt(variance + eps) + beta per channel, the last
 * dimension. Float only: it is folded before quantisation. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>

#include "ir/ops/ops.h"

bool infer_batch_norm(const struct graph *g, const struct node *n, struct tensor *out,
                      struct diag *d)
{
    const struct shape *x = &node_in(g, n, 0)->shape;
    int32_t channels = x->dim[x->rank - 1];
    for (uint32_t i = 0; i < 5; i++) {
        const struct tensor *t = node_in(g, n, i);
        if (t->dtype != DT_F32)
            return node_error(d, g, n, "input %" PRIu32 " ('%s') is %s, expected f32", i, t->name,
                              dtype_name(t->dtype));
        if (i > 0 && (t->shape.rank != 1 || t->shape.dim[0] != channels)) {
            char text[SHAPE_TEXT];
            return node_error(d, g, n, "parameter '%s' has shape %s, expected %" PRId32, t->name,
                              shape_text(&t->shape, text), channels);
        }
    }
    if (!(n->attrs.eps >= 0.0f) || !isfinite(n->attrs.eps))
        return node_error(d, g, n, "eps %.9g is not finite and >= 0", (double)n->attrs.eps);
    out->shape = *x;
    out->dtype = DT_F32;
    return true;
}

int64_t macs_batch_norm(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

void eval_batch_norm(const struct eval *e)
{
    const struct shape *x = &node_in(e->g, e->n, 0)->shape;
    const float *in = e->in[0], *gamma = e->in[1], *beta = e->in[2], *mean = e->in[3],
                *variance = e->in[4];
    float *out = e->out;
    int32_t channels = x->dim[x->rank - 1];
    int64_t n = shape_count(x);
    for (int32_t c = 0; c < channels; c++) {
        float scale = gamma[c] / sqrtf(variance[c] + e->n->attrs.eps);
        for (int64_t i = c; i < n; i += channels)
            out[i] = (in[i] - mean[c]) * scale + beta[c];
    }
}

bool bind_batch_norm(struct arena *a, const struct graph *g, const struct node *n,
                     union kernel_args *out, struct diag *d)
{
    (void)a, (void)out;
    return node_error(d, g, n, "no integer kernel for this operator");
}

bool ranges_batch_norm(struct arena *tmp, const struct graph *g, const struct node *n,
                       struct diag *d)
{
    (void)tmp, (void)g, (void)n, (void)d; /* float only */
    return true;
}
