/* max_pool2d.c - the largest tap of a window; padding never wins.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/pool.h"
#include "ir/ops/ranges.h"

bool infer_max_pool2d(const struct graph *g, const struct node *n, struct tensor *out,
                      struct diag *d)
{
    return infer_pool(g, n, out, d);
}

int64_t macs_max_pool2d(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

void eval_max_pool2d(const struct eval *e)
{
    if (node_in(e->g, e->n, 0)->dtype == DT_F32)
        mote_max_pool2d_f32_ref(&e->args->window_f32, e->in[0], e->out, e->scratch);
    else if (node_in(e->g, e->n, 0)->dtype == DT_S16)
        mote_max_pool2d_s16_ref(&e->args->pool2d, e->in[0], e->out, e->scratch);
    else
        mote_max_pool2d_s8_ref(&e->args->pool2d, e->in[0], e->out, e->scratch);
}

bool bind_max_pool2d(struct arena *a, const struct graph *g, const struct node *n,
                     union kernel_args *out, struct diag *d)
{
    (void)a, (void)d;
    bind_pool(g, n, out);
    return true;
}

bool ranges_max_pool2d(struct arena *tmp, const struct graph *g, const struct node *n,
                       struct diag *d)
{
    (void)tmp;
    return ranges_same_quant(g, n, d);
}
