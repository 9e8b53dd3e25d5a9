/* quantize.c - f32 or s8 to s8 with the scale and zero point of the output tensor.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

bool infer_quantize(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    if (!infer_like_input(g, n, out, d))
        return false;
    out->dtype = DT_S8;
    return true;
}

int64_t macs_quantize(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

void eval_quantize(const struct eval *e)
{
    if (node_in(e->g, e->n, 0)->dtype == DT_F32)
        mote_quantize_f32_ref(&e->args->quantize, e->in[0], e->out, e->scratch);
    else
        mote_requantize_s8_ref(&e->args->requantize, e->in[0], e->out, e->scratch);
}

bool bind_quantize(struct arena *a, const struct graph *g, const struct node *n,
                   union kernel_args *out, struct diag *d)
{
    (void)a, (void)d;
    if (node_in(g, n, 0)->dtype == DT_F32)
        bind_conversion(&g->tensors.items[n->out[0]], &out->quantize);
    else
        bind_requantize(g, n, ACT_NONE, &out->requantize);
    return true;
}

bool ranges_quantize(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    return node_in(g, n, 0)->dtype == DT_F32 || ranges_requantize(tmp, g, n, d);
}
