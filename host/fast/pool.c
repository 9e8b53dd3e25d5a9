/* pool.c - average_pool2d and max_pool2d. SPDX-License-Identifier: Apache-2.0 */
#include "fast/op.h"

static void run_average(const void *constants, const struct call *c)
{
    c->k->average_pool(constants, c->in[0], c->scratch, c->out);
}

static void run_max(const void *constants, const struct call *c)
{
    c->k->max_pool(constants, c->in[0], c->out);
}

bool plan_average_pool2d(const struct plan *p, struct fast_op *to)
{
    const struct mote_pool2d_s8 *op = &p->args->pool2d;
    *to = (struct fast_op){run_average, op, op->out.c * sizeof(int32_t)};
    return true;
}

bool plan_max_pool2d(const struct plan *p, struct fast_op *to)
{
    *to = (struct fast_op){run_max, &p->args->pool2d, 0};
    return true;
}
