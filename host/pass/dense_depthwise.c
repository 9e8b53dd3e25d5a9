/* dense_depthwise.c - depthwise convolutions of one channel. SPDX-License-Identifier: Apache-2.0 */
#include "pass/pass.h"
#include "pass/rewrite.h"

/* int8 that spreads one channel to several. (Of int16 the two operators have sums of different sizes.) */
static bool is_dense(const struct graph *g, const struct node *n)
{
    if (n->op != OP_DEPTHWISE_CONV2D)
        return false;
    const struct tensor *x = &g->tensors.items[n->in[0]], *w = &g->tensors.items[n->in[1]];
    return x->dtype == DT_S8 && w->dtype == DT_S8 && x->shape.dim[3] == 1 && w->shape.dim[3] > 1 &&
           w->data;
}

/* [1, kh, kw, channels] -> [channels, kh, kw, 1] */
static struct tensor turned_weights(struct graph *g, const struct tensor *w)
{
    const uint32_t n = (uint32_t)w->shape.dim[3];
    const uint32_t n_taps = (uint32_t)w->shape.dim[1] * (uint32_t)w->shape.dim[2];
    int8_t *to = ARENA_ARRAY(g->arena, int8_t, (size_t)n * n_taps);
    for (uint32_t c = 0; c < n; c++)
        for (uint32_t t = 0; t < n_taps; t++)
            to[c * n_taps + t] = ((const int8_t *)w->data)[t * n + c];
    struct tensor turned = *w;
    turned.shape.dim[0] = (int32_t)n;
    turned.shape.dim[3] = 1;
    turned.quant.axis = 0;
    turned.data = to;
    return turned;
}

/* dense_depthwise - a depthwise convolution of one channel is a convolution.
 *
 * It multiplies the same values by the same weights. Kernels of convolution keep a window for all output
 * channels, those of depthwise convolution do not expect many of one.
 *
 * requires:  a verified graph     preserves: topological order, names and ids
 *                                 breaks:    nothing */
bool dense_depthwise(struct graph *g, struct diag *d)
{
    (void)d; /* every graph can be handled */
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        if (!is_dense(g, &g->nodes.items[i]))
            continue;
        const struct tensor w = turned_weights(g, &g->tensors.items[g->nodes.items[i].in[1]]);
        g->nodes.items[i].op = OP_CONV2D;
        set_constant(g, i, 1, &w);
    }
    return true;
}
