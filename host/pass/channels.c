/* channels.c - which channels of an int8 graph can go? SPDX-License-Identifier: Apache-2.0 */
#include "pass/channels.h"

#include "pass/rewrite.h"
#include <assert.h>

static bool tracked(const struct channels *ch, uint32_t t)
{
    return t != NO_TENSOR && ch->first[t] != NO_CHANNEL;
}

/* The root of channel i; paths are halved on the way. */
static uint32_t root_of(const struct channels *ch, uint32_t i)
{
    while (ch->parent[i] != i) {
        ch->parent[i] = ch->parent[ch->parent[i]];
        i = ch->parent[i];
    }
    return i;
}

bool channel_stays(const struct channels *ch, uint32_t t, uint32_t c)
{
    return !tracked(ch, t) || ch->stays[root_of(ch, ch->first[t] + c)];
}

static void keep(struct channels *ch, uint32_t t, uint32_t c)
{
    ch->stays[root_of(ch, ch->first[t] + c)] = true;
}

static void keep_all(struct channels *ch, const struct graph *g, uint32_t t)
{
    if (!tracked(ch, t))
        return;
    for (uint32_t c = 0; c < last_dim(&g->tensors.items[t]); c++)
        keep(ch, t, c);
}

/* Channel c of tensor t and channel b of tensor u stay or go together. */
static void tie(struct channels *ch, uint32_t t, uint32_t c, uint32_t u, uint32_t b)
{
    const uint32_t x = root_of(ch, ch->first[t] + c), y = root_of(ch, ch->first[u] + b);
    ch->parent[y] = x;
    ch->stays[x] = ch->stays[x] || ch->stays[y];
}

/* Channel c of `t` and channel first + c of `u`, for all channels of t. */
static void tie_all(struct channels *ch, const struct graph *g, uint32_t t, uint32_t u,
                    uint32_t first)
{
    for (uint32_t c = 0; c < last_dim(&g->tensors.items[t]); c++)
        tie(ch, t, c, u, first + c);
}

/* Channels that the node writes itself are tied to none: it can write fewer. */
static void tie_pad(struct channels *ch, const struct graph *g, const struct node *n)
{
    const int32_t last = g->tensors.items[n->in[0]].shape.rank - 1;
    tie_all(ch, g, n->in[0], n->out[0], (uint32_t)n->attrs.pads[2 * last]);
}

static void tie_concat(struct channels *ch, const struct graph *g, const struct node *n)
{
    const int32_t last = g->tensors.items[n->out[0]].shape.rank - 1;
    uint32_t first = 0;
    for (uint32_t i = 0; i < n->n_in; i++) {
        tie_all(ch, g, n->in[i], n->out[0], first);
        if (n->attrs.axis == last)
            first += last_dim(&g->tensors.items[n->in[i]]);
    }
}

static void keep_operands(struct channels *ch, const struct graph *g, const struct node *n)
{
    for (uint32_t i = 0; i < n->n_in; i++)
        keep_all(ch, g, n->in[i]);
    for (uint32_t i = 0; i < n->n_out; i++)
        keep_all(ch, g, n->out[i]);
}

/* A copy where channel i % n_out takes what was channel i % n_in, for all i: a reshape, blocks from
 * channels and back. If one number divides the other, the channels stay apart: whole groups of
 * them lie behind each other. Otherwise they are mixed. */
static void tie_copy(struct channels *ch, const struct graph *g, const struct node *n)
{
    const uint32_t n_in = last_dim(&g->tensors.items[n->in[0]]);
    const uint32_t n_out = last_dim(&g->tensors.items[n->out[0]]);
    if (n_out % n_in != 0 && n_in % n_out != 0) {
        keep_operands(ch, g, n);
        return;
    }
    for (uint32_t i = 0; i < n_in || i < n_out; i++)
        tie(ch, n->in[0], i % n_in, n->out[0], i % n_out);
}

/* Operands with as many channels as the output. One that is repeated, having a single channel,
 * stays. */
static void tie_elementwise(struct channels *ch, const struct graph *g, const struct node *n)
{
    const uint32_t n_out = last_dim(&g->tensors.items[n->out[0]]);
    for (uint32_t i = n->n_in; i-- > 0;)
        if (last_dim(&g->tensors.items[n->in[i]]) == n_out)
            tie_all(ch, g, n->in[i], n->out[0], 0);
        else
            keep_all(ch, g, n->in[i]);
}

/* The channels of input and output are the same, or all of them are mixed. */
static void tie_if(struct channels *ch, const struct graph *g, const struct node *n, bool same)
{
    if (same)
        tie_elementwise(ch, g, n);
    else
        keep_operands(ch, g, n);
}

/* What is left of neighbouring channels are neighbours again, so a slice of them stays one. With
 * gaps it would not. */
static void tie_slice(struct channels *ch, const struct graph *g, const struct node *n)
{
    const int32_t last = g->tensors.items[n->out[0]].shape.rank - 1;
    const int32_t begin = n->attrs.begin[last], size = n->attrs.size[last];
    const int32_t step = n->attrs.step[last];
    if (step < -1 || step > 1) {
        keep_operands(ch, g, n);
        return;
    }
    for (int32_t c = 0; c < size; c++)
        tie(ch, n->in[0], (uint32_t)(begin + c * step), n->out[0], (uint32_t)c);
}

/* What a node itself demands. Convolutions and dense layers demand nothing: their outputs are
 * made channel by channel, and their inputs are looked at later. */
static void tie_node(struct channels *ch, const struct graph *g, const struct node *n,
                     const struct filters *f) /* long: one case per operator */
{
    const int32_t last = g->tensors.items[n->out[0]].shape.rank - 1;
    const bool opaque = has_weights(n->op) && !f; /* weights of a type not known here */
    if (opaque || n->n_in == 0 || n->n_out != 1 || !tracked(ch, n->in[0]) ||
        !tracked(ch, n->out[0])) {
        keep_operands(ch, g, n);
        return;
    }
    switch (n->op) {
    case OP_CONV2D:
    case OP_FULLY_CONNECTED:
        break;
    case OP_DEPTHWISE_CONV2D:
        for (uint32_t oc = 0; oc < f->n_out; oc++)
            tie(ch, n->in[0], filter_channel(f, oc, 0), n->out[0], oc);
        break;
    case OP_ADD:
    case OP_ADD_BROADCAST:
    case OP_SUB:
    case OP_MUL:
    case OP_MINIMUM:
    case OP_MAXIMUM:
    case OP_AVERAGE_POOL2D:
    case OP_MAX_POOL2D:
    case OP_RELU:
    case OP_RELU6:
    case OP_QUANTIZE:
    case OP_RESIZE_NEAREST:
#define UNARY(UPPER, lower, attr_mask) case OP_##UPPER:
#include "ir/unary.def"
#undef UNARY
        tie_elementwise(ch, g, n);
        break;
    case OP_PAD:
        tie_pad(ch, g, n);
        break;
    case OP_CONCAT:
        tie_concat(ch, g, n);
        break;
    case OP_RESHAPE:
    case OP_DEPTH_TO_SPACE:
    case OP_SPACE_TO_DEPTH:
        tie_copy(ch, g, n);
        break;
    case OP_SLICE:
        tie_slice(ch, g, n);
        break;
    case OP_TRANSPOSE:
        tie_if(ch, g, n, n->attrs.perm[last] == last);
        break;
    case OP_MEAN:
    case OP_REDUCE_SUM:
    case OP_REDUCE_MAX:
    case OP_REDUCE_MIN:
        tie_if(ch, g, n, !n->attrs.over[last]);
        break;
    default:
        keep_operands(ch, g, n);
    }
    for (uint32_t i = 1; i < n->n_in && has_weights(n->op); i++)
        keep_all(ch, g, n->in[i]); /* a constant that is a value elsewhere */
}

/* Keep the input channels that node i reads with another weight than 0 for a channel that stays
 * and varies, and that no bias can stand for. True when there were new ones. */
static bool keep_inputs(struct arena *a, struct channels *ch, const struct graph *g,
                        const struct ranges *r, uint32_t i)
{
    const struct node *n = &g->nodes.items[i];
    const struct filters *f = r->filters[i];
    const uint32_t in = n->in[0], out = n->out[0];
    const struct range *x = &r->of[in];
    const bool pads = filters_pad(f);
    bool *open = ARENA_ARRAY(a, bool, f->in_channels), some_open = false, found = false;
    for (uint32_t c = 0; c < f->in_channels; c++) {
        const bool foldable = range_is_constant(r, in, c) && (!pads || x->lo[c] == f->in_zero);
        open[c] = !foldable && !channel_stays(ch, in, c);
        some_open = some_open || open[c];
    }
    for (uint32_t oc = 0; some_open && oc < f->n_out; oc++) {
        if (!channel_stays(ch, out, oc) || range_is_constant(r, out, oc))
            continue;
        const int8_t *w = f->w + oc * f->out_step;
        for (size_t k = 0, c = 0; k < f->out_step; k++, c = c + 1 < f->in_channels ? c + 1 : 0)
            if (w[k] != 0 && open[c]) {
                keep(ch, in, (uint32_t)c);
                open[c] = false;
                found = true;
            }
    }
    return found;
}

/* Demand goes from outputs to inputs until there is no more. Each round but the last keeps a new
 * class, so it ends. */
static void keep_needed(struct arena *a, struct channels *ch, const struct graph *g,
                        const struct ranges *r)
{
    bool found;
    do {
        found = false;
        for (uint32_t i = g->nodes.n; i-- > 0;)
            if (r->filters[i] && g->nodes.items[i].op != OP_DEPTHWISE_CONV2D)
                found = keep_inputs(a, ch, g, r, i) || found;
    } while (found);
}

/* Keep one more channel of tensor t, a constant one if there is one: that needs no inputs. */
static void keep_another(struct channels *ch, const struct graph *g, const struct ranges *r,
                         uint32_t t)
{
    uint32_t pick = NO_CHANNEL;
    for (uint32_t c = last_dim(&g->tensors.items[t]); c-- > 0;)
        if (!channel_stays(ch, t, c) &&
            (pick == NO_CHANNEL || range_is_constant(r, t, c) || !range_is_constant(r, t, pick)))
            pick = c;
    assert(pick != NO_CHANNEL);
    keep(ch, t, pick);
}

/* A tensor has at least one channel. One written by a dense layer with a scale per channel has
 * two: with a single scale its multiplier is computed in another way (docs/spec/numerics.md,
 * section 2), hence another byte now and then. */
static bool keep_enough(struct channels *ch, const struct graph *g, const struct ranges *r,
                        const uint32_t *producer)
{
    bool found = false;
    for (uint32_t t = 0; t < g->tensors.n; t++) {
        uint32_t n_stay = 0, n_min = 1;
        if (!tracked(ch, t))
            continue;
        for (uint32_t c = 0; c < last_dim(&g->tensors.items[t]); c++)
            n_stay += channel_stays(ch, t, c);
        const struct node *by = producer[t] == NO_NODE ? NULL : &g->nodes.items[producer[t]];
        if (by && by->op == OP_FULLY_CONNECTED && g->tensors.items[by->in[1]].quant.n > 1)
            n_min = 2;
        if (n_stay >= n_min)
            continue;
        keep_another(ch, g, r, t);
        found = true;
    }
    return found;
}

static struct channels number_channels(struct arena *a, const struct graph *g,
                                       const struct ranges *r)
{
    struct channels ch = {.first = ARENA_ARRAY(a, uint32_t, g->tensors.n)};
    for (uint32_t t = 0; t < g->tensors.n; t++) {
        ch.first[t] = r->of[t].lo ? ch.n : NO_CHANNEL;
        ch.n += r->of[t].lo ? last_dim(&g->tensors.items[t]) : 0;
    }
    ch.parent = ARENA_ARRAY(a, uint32_t, ch.n);
    ch.stays = ARENA_ARRAY(a, bool, ch.n);
    for (uint32_t i = 0; i < ch.n; i++)
        ch.parent[i] = i;
    return ch;
}

struct channels channels_find(struct arena *a, const struct graph *g, const struct ranges *r)
{
    struct channels ch = number_channels(a, g, r);
    for (uint32_t i = 0; i < g->inputs.n; i++)
        keep_all(&ch, g, g->inputs.items[i]);
    for (uint32_t i = 0; i < g->outputs.n; i++)
        keep_all(&ch, g, g->outputs.items[i]);
    for (uint32_t i = 0; i < g->states.n; i++) {
        keep_all(&ch, g, g->states.items[i].in);
        keep_all(&ch, g, g->states.items[i].out);
    }
    for (uint32_t i = 0; i < g->nodes.n; i++)
        tie_node(&ch, g, &g->nodes.items[i], r->filters[i]);
    const uint32_t *producer = graph_find_producers(g, a);
    do
        keep_needed(a, &ch, g, r);
    while (keep_enough(&ch, g, r, producer));
    return ch;
}
