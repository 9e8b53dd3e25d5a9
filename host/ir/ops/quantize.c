/* quantize.c - f32 or s8 to s8 with the scale and zero point of the output tensor.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/ops.h"

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
