/* dequantize.c - s8 or s16 to f32: scale * (q - zero). SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/binding.h"
#include "ir/ops/ops.h"

bool infer_dequantize(const struct graph *g, const struct node *n, struct tensor *out,
                      struct diag *d)
{
    const struct tensor *x = node_in(g, n, 0);
    if (x->dtype != DT_S8 && x->dtype != DT_S16)
        return node_error(d, g, n, "input type %s, expected s8 or s16", dtype_name(x->dtype));
    out->shape = x->shape;
    out->dtype = DT_F32;
    return true;
}

int64_t macs_dequantize(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

void eval_dequantize(const struct eval *e)
{
    mote_dequantize_f32_ref(&e->args->quantize, e->in[0], e->out, e->scratch);
}

bool bind_dequantize(struct arena *a, const struct graph *g, const struct node *n,
                     union kernel_args *out, struct diag *d)
{
    (void)a, (void)d;
    bind_conversion(node_in(g, n, 0), &out->quantize);
    return true;
}

bool ranges_dequantize(struct arena *tmp, const struct graph *g, const struct node *n,
                       struct diag *d)
{
    (void)tmp, (void)g, (void)n, (void)d;
    return true;
}
