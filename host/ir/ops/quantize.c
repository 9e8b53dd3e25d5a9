/* quantize.c - f32, s8 or u8 to s8, and s8 to u8, with the scale and zero point of the output tensor.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

bool infer_quantize(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    const struct tensor *x = node_in(g, n, 0);
    /* The type is the tensor's choice; s8 before there is one. */
    const enum dtype to = n->n_out == 1 ? g->tensors.items[n->out[0]].dtype : DT_S8;
    if (x->dtype != DT_F32 && x->dtype != DT_S8 && x->dtype != DT_U8)
        return node_error(d, g, n, "input type %s, expected f32, s8 or u8", dtype_name(x->dtype));
    out->shape = x->shape;
    out->dtype = x->dtype == DT_S8 && to == DT_U8 ? DT_U8 : DT_S8;
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
