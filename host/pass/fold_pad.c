/* fold_pad.c - convolutions pad for themselves. SPDX-License-Identifier: Apache-2.0 */
#include "pass/pass.h"
#include "pass/rewrite.h"

#define PAD_MAX 255 /* the kernels keep a convolution's padding in a byte */

/* A window that lies in the padding alone is no convolution that the IR knows. */
static int32_t pad_max(int32_t kernel, int32_t dilation)
{
    const int32_t reach = (kernel - 1) * dilation;
    return reach < PAD_MAX ? reach : PAD_MAX;
}

/* Is input i_in of `reader` one that may pad by itself what `pad` pads? */
static bool can_pad(const struct graph *g, const struct node *pad, const struct node *reader,
                    uint32_t i_in)
{
    const int32_t *p = pad->attrs.pads; /* before and after: n, h, w, c */
    const struct attrs *a = &reader->attrs;
    if (reader->op != OP_CONV2D && reader->op != OP_DEPTHWISE_CONV2D)
        return false;
    if (i_in != 0 || g->tensors.items[pad->in[0]].shape.rank != 4)
        return false;
    if (p[0] || p[1] || p[6] || p[7])
        return false;
    const struct shape *w = &g->tensors.items[reader->in[1]].shape;
    const int32_t max_h = pad_max(w->dim[1], a->dilation_h);
    const int32_t max_w = pad_max(w->dim[2], a->dilation_w);
    return p[2] + a->pad_top <= max_h && p[3] + a->pad_bottom <= max_h &&
           p[4] + a->pad_left <= max_w && p[5] + a->pad_right <= max_w;
}

/* A pad copies its input unchanged only when both have one quantisation; windows pad with 0. */
static bool same_values(const struct graph *g, const struct node *pad)
{
    const struct tensor *in = &g->tensors.items[pad->in[0]];
    const struct tensor *out = &g->tensors.items[pad->out[0]];
    return pad->attrs.value == 0.0f && in->dtype == out->dtype &&
           quant_equal(&in->quant, &out->quant);
}

static bool all_readers_can_pad(const struct graph *g, const struct node *pad)
{
    const uint32_t padded = pad->out[0];
    if (is_result(g, padded))
        return false;
    for (uint32_t n = 0; n < g->nodes.n; n++)
        for (uint32_t i = 0; i < g->nodes.items[n].n_in; i++)
            if (g->nodes.items[n].in[i] == padded && !can_pad(g, pad, &g->nodes.items[n], i))
                return false;
    return true;
}

static void fold_into_reader(struct graph *g, struct links *l, const struct node *pad, uint32_t n)
{
    struct node *reader = &g->nodes.items[n];
    struct attrs *a = &reader->attrs;
    a->pad_top += pad->attrs.pads[2];
    a->pad_bottom += pad->attrs.pads[3];
    a->pad_left += pad->attrs.pads[4];
    a->pad_right += pad->attrs.pads[5];
    reader->origin = join_origins(g, pad->origin, reader->origin);
    redirect_input(g, l, n, 0, pad->in[0]);
}

/* fold_pad - fold spatial padding into the convolutions that read it.
 *
 * A convolution's own padding is real 0 (int8: the zero point of its input), which is what a pad
 * node writes. A pool is no convolution: it does not count padded taps. Folding into one reader
 * never changes another, but pays only when the pad goes away: so all readers or none.
 *
 * requires:  a verified graph     preserves: topological order, names of graph outputs
 *                                 breaks:    tensor and node ids */
bool fold_pad(struct graph *g, struct diag *d)
{
    (void)d; /* every graph can be handled */
    struct links l = links_find(g);
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *pad = &g->nodes.items[i];
        if (pad->op != OP_PAD || l.uses[pad->out[0]] == 0)
            continue;
        if (!same_values(g, pad) || !all_readers_can_pad(g, pad))
            continue;
        const uint32_t padded = pad->out[0];
        for (uint32_t n = i + 1; n < g->nodes.n; n++)
            if (g->nodes.items[n].n_in > 0 && g->nodes.items[n].in[0] == padded)
                fold_into_reader(g, &l, pad, n);
    }
    graph_drop_dead(g);
    return true;
}
