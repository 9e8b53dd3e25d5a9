/* fold_batches.c - convolutions of the pixels of every n-th row and column become one that is dilated.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "pass/pass.h"
#include "pass/rewrite.h"

#define WINDOW_MAX 255 /* the kernels keep dilation and padding in a byte */

/* What is found: depth_to_space of images side by side, each convolved in the same way, and each a
 * share of the channels that a space_to_depth makes of x. */
struct batches {
    const struct node *join;  /* depth_to_space                    */
    const struct node *side;  /* concat                            */
    const struct node *conv;  /* of image 0: all others are alike  */
    const struct node *split; /* space_to_depth                    */
};

static const struct node *made_by(const struct graph *g, uint32_t i)
{
    return i == NO_NODE ? NULL : &g->nodes.items[i];
}

static bool same_conv(const struct node *a, const struct node *b)
{
    return a->op == b->op && a->n_in == b->n_in &&
           memcmp(a->in + 1, b->in + 1, (a->n_in - 1) * sizeof *a->in) == 0 &&
           /* No padding; a zero of the other sign would only keep them apart. NOLINTNEXTLINE */
           memcmp(&a->attrs, &b->attrs, sizeof a->attrs) == 0;
}

/* Does a slice take image k, of c channels, whole? */
static bool takes_image(const struct graph *g, const struct node *slice, uint32_t k, int32_t c)
{
    const struct attrs *at = &slice->attrs;
    const int32_t *x = g->tensors.items[slice->in[0]].shape.dim;
    for (int32_t i = 0; i < 4; i++) {
        const int32_t begin = i < 3 ? 0 : (int32_t)k * c, size = i < 3 ? x[i] : c;
        if (at->begin[i] != begin || at->size[i] != size || (size > 1 && at->step[i] != 1))
            return false;
    }
    return true;
}

/* The convolution of image k and what it reads; NULL if it is none. */
static const struct node *image(const struct graph *g, const struct links *l,
                                const struct batches *b, uint32_t k, const struct node **split)
{
    const struct node *conv = made_by(g, sole_producer(l, b->side->in[k]));
    if (!conv || (conv->op != OP_CONV2D && conv->op != OP_DEPTHWISE_CONV2D))
        return NULL;
    const struct node *slice = made_by(g, l->producer[conv->in[0]]);
    if (!slice || slice->op != OP_SLICE)
        return NULL;
    *split = made_by(g, l->producer[slice->in[0]]);
    const int32_t c = g->tensors.items[conv->in[0]].shape.dim[3];
    return *split && (*split)->op == OP_SPACE_TO_DEPTH && takes_image(g, slice, k, c) ? conv : NULL;
}

/* The window, as the dilated convolution has it, is one that the kernels know. */
static bool dilates(const struct graph *g, const struct batches *b)
{
    const struct attrs *at = &b->conv->attrs, *by = &b->join->attrs;
    const int32_t *taps = g->tensors.items[b->conv->in[1]].shape.dim;
    const int32_t dh = at->dilation_h * by->block_h, dw = at->dilation_w * by->block_w;
    const int32_t reach_h = (taps[1] - 1) * dh, reach_w = (taps[2] - 1) * dw;
    const int32_t h = reach_h < WINDOW_MAX ? reach_h : WINDOW_MAX;
    const int32_t w = reach_w < WINDOW_MAX ? reach_w : WINDOW_MAX;
    return at->stride_h == 1 && at->stride_w == 1 && dh <= WINDOW_MAX && dw <= WINDOW_MAX &&
           at->pad_top * by->block_h <= h && at->pad_bottom * by->block_h <= h &&
           at->pad_left * by->block_w <= w && at->pad_right * by->block_w <= w;
}

static bool find(const struct graph *g, const struct links *l, const struct node *join,
                 struct batches *b)
{
    const struct node *split;
    *b = (struct batches){.join = join, .side = made_by(g, sole_producer(l, join->in[0]))};
    const uint32_t n_images = (uint32_t)(join->attrs.block_h * join->attrs.block_w);
    if (!b->side || b->side->op != OP_CONCAT || b->side->attrs.axis != 3 ||
        b->side->n_in != n_images)
        return false;
    b->conv = image(g, l, b, 0, &b->split);
    if (!b->conv || b->split->attrs.block_h != join->attrs.block_h ||
        b->split->attrs.block_w != join->attrs.block_w)
        return false;
    for (uint32_t k = 1; k < n_images; k++) {
        const struct node *conv = image(g, l, b, k, &split);
        if (!conv || split != b->split || !same_conv(conv, b->conv))
            return false;
    }
    return dilates(g, b);
}

/* The node that joins becomes the convolution. */
static void fold(struct graph *g, struct node *join, const struct batches *b)
{
    struct node n = *b->conv;
    const int32_t h = join->attrs.block_h, w = join->attrs.block_w;
    n.in = arena_copy(g->arena, b->conv->in, b->conv->n_in * sizeof *n.in);
    n.in[0] = b->split->in[0];
    n.out = join->out;
    n.origin = join_origins(g, join_origins(g, b->split->origin, b->conv->origin), join->origin);
    n.attrs.dilation_h *= h;
    n.attrs.dilation_w *= w;
    n.attrs.pad_top *= h;
    n.attrs.pad_bottom *= h;
    n.attrs.pad_left *= w;
    n.attrs.pad_right *= w;
    *join = n;
}

/* fold_batches - a convolution of stride 1 that is applied to every one of the p * q images of every
 * p-th row and q-th column, whose results are put together again, is one convolution of the whole
 * image with its taps p and q times as far apart:
 *
 *     image[k](y, x) = X(p * y + k / q, q * x + k mod q)
 *     sum of w(i, j) * image[k](y + i, x + j) = sum of w(i, j) * X(Y + p * i, X + q * j)
 *
 * A row of padding of an image stands for p rows of X. The taps are added in the same order, those
 * outside of the image are the same ones: every byte stays, in float too. Old converters write
 * dilated convolutions as SPACE_TO_BATCH_ND, CONV_2D, BATCH_TO_SPACE_ND, which the importer brings
 * into this form.
 *
 * requires:  a verified graph     preserves: topological order, names of graph outputs
 *                                 breaks:    tensor and node ids */
bool fold_batches(struct graph *g, struct diag *d)
{
    (void)d; /* every graph can be handled */
    struct links l = links_find(g);
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        struct node *join = &g->nodes.items[i];
        struct batches b;
        if (join->op != OP_DEPTH_TO_SPACE || !find(g, &l, join, &b))
            continue;
        fold(g, join, &b);
        l = links_find(g);
    }
    graph_drop_dead(g);
    return true;
}
