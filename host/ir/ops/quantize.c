/* quantize.c - f32 or integers to integers with the scale and zero point of the output tensor.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

static bool has_kernel(enum dtype x, enum dtype y)
{
    const bool narrow = y == DT_S8 || y == DT_S16;
    switch (x) {
    case DT_F32:
    case DT_S32:
        return narrow;
    case DT_S8:
        return narrow || y == DT_S32 || y == DT_U8;
    case DT_S16:
        return narrow || y == DT_S32;
    case DT_U8:
        return y == DT_S8;
    default:
        return false;
    }
}

bool infer_quantize(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    const enum dtype x = node_in(g, n, 0)->dtype, y = stated_type(g, n, DT_S8);
    if (!has_kernel(x, y))
        return node_error(
            d, g, n,
            "%s to %s; there are f32 and s32 to s8 and s16, s8 and s16 to those and to "
            "s32, s8 to u8 and back",
            dtype_name(x), dtype_name(y));
    out->shape = node_in(g, n, 0)->shape;
    out->dtype = y;
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
        eval_change_of_scale(e);
}

bool bind_quantize(struct arena *a, const struct graph *g, const struct node *n,
                   union kernel_args *out, struct diag *d)
{
    (void)a, (void)d;
    if (node_in(g, n, 0)->dtype == DT_F32)
        bind_conversion(&g->tensors.items[n->out[0]], &out->quantize);
    else
        bind_change_of_scale(g, n, ACT_NONE, out);
    return true;
}

bool ranges_quantize(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    return node_in(g, n, 0)->dtype == DT_F32 || ranges_requantize(tmp, g, n, d);
}
