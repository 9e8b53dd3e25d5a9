/* cost.c - what a kernel takes, before it runs. SPDX-License-Identifier: Apache-2.0 */
#include "sched/cost.h"

#include <string.h>

/* Channels of one pixel: the last dimension; pixels: all others. */
static double channels_of(const struct shape *s)
{
    return s->rank > 0 ? s->dim[s->rank - 1] : 1;
}

/* Inputs of one output pixel's window. */
static double window_of(const struct graph *g, const struct node *n, const struct shape *y)
{
    const double channels = channels_of(y);
    const struct shape *w =
        n->n_in > 1 && n->in[1] != NO_TENSOR ? &g->tensors.items[n->in[1]].shape : NULL;
    switch (n->op) {
    case OP_CONV2D:
    case OP_FULLY_CONNECTED:
        return (double)shape_count(w) / channels;
    case OP_DEPTHWISE_CONV2D:
        return (double)shape_count(w);
    case OP_AVERAGE_POOL2D:
    case OP_MAX_POOL2D:
        return (double)n->attrs.kernel_h * n->attrs.kernel_w * channels;
    default:
        return channels;
    }
}

void node_work(const struct graph *g, const struct node *n, double work[N_WORKS])
{
    const struct shape *y = &g->tensors.items[n->out[0]].shape;
    const double outputs = (double)shape_count(y), channels = channels_of(y);
    const double macs = (double)node_macs(g, n);
    const int64_t blocks = ((int64_t)channels + 3) / 4;
    work[WORK_CALL] = 1;
    work[WORK_ROW] = y->rank == 4 ? y->dim[1] : outputs / channels;
    work[WORK_PIXEL] = outputs / channels;
    work[WORK_BLOCK] = work[WORK_PIXEL] * (double)blocks;
    work[WORK_TAP] = work[WORK_PIXEL] * window_of(g, n, y);
    work[WORK_MAC] = macs > 0 ? macs : outputs;
    if (n->op == OP_DEPTHWISE_CONV2D) /* its products are its taps */
        work[WORK_MAC] = work[WORK_ROW] * channels;
}

const struct kernel_cost *cost_find(const struct cost_table *t, const struct kernel *k)
{
    for (uint32_t i = 0; t && i < t->n; i++)
        if (strcmp(t->rows[i].kernel, k->name) == 0)
            return &t->rows[i];
    return NULL;
}

double cost_cycles(const struct kernel_cost *c, const struct graph *g, const struct node *n)
{
    double work[N_WORKS], cycles = 0;
    node_work(g, n, work);
    for (int i = 0; i < N_WORKS; i++)
        cycles += c->cycles[i] * work[i];
    return cycles;
}
