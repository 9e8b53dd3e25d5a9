/* fold_crop.c - windows do not compute what is cut off behind them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pass/pass.h"
#include "pass/rewrite.h"

/* Does a slice take all of a dimension, or one stretch of it in order? */
static bool is_stretch(const struct attrs *at, int32_t i)
{
    return at->size[i] == 1 || at->step[i] == 1;
}

static bool crops_image(const struct graph *g, const struct node *slice)
{
    const struct shape *x = &g->tensors.items[slice->in[0]].shape;
    const struct attrs *at = &slice->attrs;
    return x->rank == 4 && at->size[0] == x->dim[0] && at->size[3] == x->dim[3] &&
           (x->dim[3] == 1 || at->step[3] == 1) && is_stretch(at, 1) && is_stretch(at, 2);
}

static bool is_window(enum op op)
{
    return op == OP_CONV2D || op == OP_DEPTHWISE_CONV2D || op == OP_AVERAGE_POOL2D ||
           op == OP_MAX_POOL2D;
}

/* Take up to `cut` rows of stride `stride` off a padding. Returns how many it were. */
static int32_t take(int32_t *pad, int32_t stride, int32_t cut)
{
    const int32_t n = *pad / stride < cut ? *pad / stride : cut;
    *pad -= n * stride;
    return n;
}

/* One direction of a window's output, which a slice cuts: rows or columns. */
static void crop(struct node *slice, struct tensor *between, int32_t i, int32_t stride,
                 int32_t *before, int32_t *after)
{
    int32_t *begin = &slice->attrs.begin[i], *dim = &between->shape.dim[i];
    const int32_t rest = *dim - *begin - slice->attrs.size[i];
    const int32_t front = take(before, stride, *begin);
    *begin -= front;
    *dim -= front + take(after, stride, rest);
}

/* fold_crop - rows and columns at the border that a slice cuts off the output of a convolution or a
 * pool are not computed, as far as their windows begin or end in the padding: this is so much smaller.
 * The windows of what stays read what they read before.
 *
 * requires:  a verified graph     preserves: topological order, names of graph outputs
 *                                 breaks:    tensor and node ids */
bool fold_crop(struct graph *g, struct diag *d)
{
    (void)d; /* every graph can be handled */
    const struct links l = links_find(g);
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        struct node *slice = &g->nodes.items[i];
        const uint32_t p = slice->op == OP_SLICE ? sole_producer(&l, slice->in[0]) : NO_NODE;
        if (p == NO_NODE || !is_window(g->nodes.items[p].op) || !crops_image(g, slice))
            continue;
        struct attrs *at = &g->nodes.items[p].attrs;
        struct tensor *between = &g->tensors.items[slice->in[0]];
        crop(slice, between, 1, at->stride_h, &at->pad_top, &at->pad_bottom);
        crop(slice, between, 2, at->stride_w, &at->pad_left, &at->pad_right);
    }
    return true;
}
