/* eliminate_channels.c - take out channels that say nothing, and channels that nobody hears.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "pass/channels.h"
#include "pass/pass.h"
#include "pass/rewrite.h"
#include <assert.h>
#include <string.h>

/* What is known while the graph is rewritten. Ids of tensors and nodes stay; ranges and channels
 * describe the graph as it was. */
struct elimination {
    struct graph *g;
    struct arena *tmp;
    struct ranges ranges;
    struct channels channels;
};

/* [n]: element i is of channel i modulo the channels of t. */
static bool *stay_mask(const struct elimination *e, uint32_t t, uint32_t n_channels, uint32_t n)
{
    bool *mask = ARENA_ARRAY(e->tmp, bool, n);
    for (uint32_t i = 0; i < n; i++)
        mask[i] = channel_stays(&e->channels, t, i % n_channels);
    return mask;
}

static uint32_t count_true(const bool *mask, uint32_t n)
{
    uint32_t n_true = 0;
    for (uint32_t i = 0; i < n; i++)
        n_true += mask[i];
    return n_true;
}

static bool loses_channels(const struct elimination *e, uint32_t t, uint32_t n_channels)
{
    for (uint32_t c = 0; c < n_channels; c++)
        if (!channel_stays(&e->channels, t, c))
            return true;
    return false;
}

/* The scales of the chosen channels. */
static struct quant quant_slice(struct arena *a, const struct quant *q, const bool *mask)
{
    float *scale = ARENA_ARRAY(a, float, q->n);
    int32_t *zero = ARENA_ARRAY(a, int32_t, q->n);
    struct quant s = {.axis = q->axis, .scale = scale, .zero = zero};
    for (uint32_t c = 0; c < q->n; c++)
        if (mask[c]) {
            scale[s.n] = q->scale[c];
            zero[s.n++] = q->zero[c];
        }
    return s;
}

/* The part of a constant whose index along `axis` is in the mask. */
static struct tensor tensor_slice(struct arena *a, const struct tensor *t, int32_t axis,
                                  const bool *mask)
{
    const uint32_t n = (uint32_t)t->shape.dim[axis], n_left = count_true(mask, n);
    struct tensor s = *t;
    assert(t->data && n_left > 0);
    if (n_left == n)
        return s;
    size_t inner = dtype_bytes(t->dtype);
    for (int32_t i = axis + 1; i < t->shape.rank; i++)
        inner *= (size_t)t->shape.dim[i];
    s.shape.dim[axis] = (int32_t)n_left;
    const uint8_t *from = t->data;
    uint8_t *to = arena_alloc(a, tensor_bytes(&s));
    s.data = to;
    for (size_t i = 0, n_blocks = tensor_bytes(t) / inner; i < n_blocks; i++)
        if (mask[i % n]) {
            memcpy(to, from + i * inner, inner);
            to += inner;
        }
    if (t->quant.n > 1 && t->quant.axis == axis)
        s.quant = quant_slice(a, &t->quant, mask);
    return s;
}

/* What the removed input channels add to the accumulator of channel oc. The verifier's bound,
 * |bias| + 256 * sum |w| within int32, holds again: the weights go as their products come. */
static int32_t fold_inputs(const struct elimination *e, const struct node *n,
                           const struct filters *f, uint32_t oc)
{
    const int8_t *w = f->w + oc * f->out_step, *value = e->ranges.of[n->in[0]].lo;
    int32_t sum = 0;
    for (size_t k = 0, c = 0; k < f->out_step; k++, c = c + 1 < f->in_channels ? c + 1 : 0) {
        if (w[k] == 0 || channel_stays(&e->channels, n->in[0], (uint32_t)c))
            continue;
        assert(range_is_constant(&e->ranges, n->in[0], (uint32_t)c));
        sum += w[k] * (value[c] - f->in_zero);
    }
    return sum;
}

/* The bias and weights, all channels still there, for inputs that are fewer. A channel with one
 * value gets no weights, and for bias an accumulator that yields the value: it may have read
 * channels that are gone. Returns whether there must be a bias. */
static bool fold_filters(const struct elimination *e, uint32_t i, int32_t *bias, int8_t *w)
{
    const struct node *n = &e->g->nodes.items[i];
    const struct filters *f = e->ranges.filters[i];
    bool some = f->bias != NULL;
    for (uint32_t oc = 0; oc < f->n_out; oc++) {
        bias[oc] = f->bias ? f->bias[oc] : 0;
        if (!channel_stays(&e->channels, n->out[0], oc))
            continue;
        if (range_is_constant(&e->ranges, n->out[0], oc)) {
            memset(w + oc * f->out_step, 0, f->out_step);
            bias[oc] = e->ranges.least[i][oc];
        } else {
            bias[oc] += fold_inputs(e, n, f, oc);
        }
        some = some || bias[oc] != 0;
    }
    return some;
}

/* A bias tensor for node n, which had none: its scales are input scale * weight scale. */
static struct tensor new_bias(const struct elimination *e, const struct node *n, uint32_t n_out)
{
    const struct tensor *x = &e->g->tensors.items[n->in[0]], *w = &e->g->tensors.items[n->in[1]];
    const uint32_t n_scales = w->quant.n;
    float *scale = ARENA_ARRAY(e->g->arena, float, n_scales);
    for (uint32_t c = 0; c < n_scales; c++)
        scale[c] = x->quant.scale[0] * w->quant.scale[c];
    return (struct tensor){
        .name = arena_printf(e->g->arena, "%s.bias", e->g->tensors.items[n->out[0]].name),
        .dtype = DT_S32,
        .shape = {.rank = 1, .dim = {(int32_t)n_out}},
        .quant = {.n = n_scales,
                  .scale = scale,
                  .zero = ARENA_ARRAY(e->g->arena, int32_t, n_scales)},
    };
}

static void rewrite_dense(const struct elimination *e, uint32_t i)
{
    struct graph *g = e->g;
    const struct node *n = &g->nodes.items[i];
    const struct filters *f = e->ranges.filters[i];
    const int32_t axis_in = n->op == OP_CONV2D ? 3 : 1;
    const uint32_t width = n->op == OP_CONV2D ? f->in_channels : f->n_in;
    const bool *outs = stay_mask(e, n->out[0], f->n_out, f->n_out);
    const bool *ins = stay_mask(e, n->in[0], f->in_channels, width);

    struct tensor w = g->tensors.items[n->in[1]];
    int8_t *weights = arena_copy(g->arena, w.data, tensor_bytes(&w));
    int32_t *folded = ARENA_ARRAY(e->tmp, int32_t, f->n_out);
    if (fold_filters(e, i, folded, weights)) {
        struct tensor bias = f->bias ? g->tensors.items[n->in[2]] : new_bias(e, n, f->n_out);
        bias.data = arena_copy(g->arena, folded, f->n_out * sizeof *folded);
        bias = tensor_slice(g->arena, &bias, 0, outs);
        set_constant(g, i, 2, &bias);
    }
    w.data = weights;
    w = tensor_slice(g->arena, &w, 0, outs);
    w = tensor_slice(g->arena, &w, axis_in, ins);
    set_constant(g, i, 1, &w);
}

static void rewrite_depthwise(const struct elimination *e, uint32_t i)
{
    struct graph *g = e->g;
    const struct node *n = &g->nodes.items[i];
    const struct filters *f = e->ranges.filters[i];
    const bool *outs = stay_mask(e, n->out[0], f->n_out, f->n_out);
    const struct tensor w = tensor_slice(g->arena, &g->tensors.items[n->in[1]], 3, outs);
    set_constant(g, i, 1, &w);
    if (f->bias) {
        const struct tensor bias = tensor_slice(g->arena, &g->tensors.items[n->in[2]], 0, outs);
        set_constant(g, i, 2, &bias);
    }
}

static void rewrite_node(const struct elimination *e, uint32_t i)
{
    const struct node *n = &e->g->nodes.items[i];
    const struct filters *f = e->ranges.filters[i];
    if (!f)
        return;
    if (!loses_channels(e, n->in[0], f->in_channels) && !loses_channels(e, n->out[0], f->n_out))
        return;
    if (n->op == OP_DEPTHWISE_CONV2D)
        rewrite_depthwise(e, i);
    else
        rewrite_dense(e, i);
}

/* Tensor t, an activation or a constant that is read as one, gets its new last dimension. */
static void shrink_tensor(const struct elimination *e, uint32_t t)
{
    struct tensor *tensor = &e->g->tensors.items[t];
    const uint32_t n = last_dim(tensor);
    const bool *mask = stay_mask(e, t, n, n);
    const int32_t last = tensor->shape.rank - 1;
    if (tensor->data)
        *tensor = tensor_slice(e->g->arena, tensor, last, mask);
    else
        tensor->shape.dim[last] = (int32_t)count_true(mask, n);
}

/* The channels that a slice takes lie side by side; so do those of them that stay. */
static void shrink_slice(const struct elimination *e, struct node *n)
{
    const struct tensor *in = &e->g->tensors.items[n->in[0]];
    const int32_t last = in->shape.rank - 1;
    struct attrs *at = &n->attrs;
    const int32_t step = at->step[last];
    const int32_t lowest = step < 0 ? at->begin[last] - (at->size[last] - 1) : at->begin[last];
    const uint32_t n_in = last_dim(in);
    if (step < -1 || step > 1 || !loses_channels(e, n->in[0], n_in))
        return;
    const bool *mask = stay_mask(e, n->in[0], n_in, n_in);
    at->begin[last] = (int32_t)count_true(mask, (uint32_t)lowest);
    at->size[last] = (int32_t)count_true(mask + lowest, (uint32_t)at->size[last]);
    if (step < 0)
        at->begin[last] += at->size[last] - 1;
}

/* Padding before and after the channels of the input, as much of it as stays. */
static void shrink_pad(const struct elimination *e, struct node *n)
{
    const struct tensor *in = &e->g->tensors.items[n->in[0]];
    const struct tensor *out = &e->g->tensors.items[n->out[0]];
    int32_t *pads = &n->attrs.pads[2 * (in->shape.rank - 1)];
    const bool *mask = stay_mask(e, n->out[0], last_dim(out), last_dim(out));
    const uint32_t before = (uint32_t)pads[0], after = (uint32_t)pads[1];
    pads[0] = (int32_t)count_true(mask, before);
    pads[1] = (int32_t)count_true(mask + before + last_dim(in), after);
}

/* Attributes that count channels. */
static void shrink_attrs(const struct elimination *e)
{
    struct graph *g = e->g;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        struct node *n = &g->nodes.items[i];
        const struct tensor *out = &g->tensors.items[n->out[0]];
        if (e->channels.first[n->out[0]] == NO_CHANNEL)
            continue;
        if (n->op == OP_SLICE)
            shrink_slice(e, n);
        else if (n->op == OP_PAD)
            shrink_pad(e, n);
        else if (n->op == OP_RESHAPE)
            n->attrs.new_shape[n->attrs.new_rank - 1] = (int32_t)count_true(
                stay_mask(e, n->out[0], last_dim(out), last_dim(out)), last_dim(out));
    }
}

/* Does any channel go? */
static bool something_goes(const struct channels *ch)
{
    for (uint32_t i = 0; i < ch->n; i++)
        if (ch->parent[i] == i && !ch->stays[i])
            return true;
    return false;
}

/* eliminate_channels - remove channels of int8 tensors that are constant or not needed.
 *
 * Why the bytes of all outputs stay the same:
 *
 * 1. ranges.c gives each channel an interval that holds all its values for every input. An interval
 *    of one value v is a proof that the channel is constant: all weights on varying inputs are 0,
 *    or its relu is never reached, or its border happens to equal its interior.
 * 2. A convolution or dense layer reads a constant channel c as
 *        acc = bias + sum over taps inside the image of w_c * (v - zero) + ...
 *    The sum is one number if all taps are always inside or v = zero: it goes into the bias,
 *    exactly, and the channel is not read any more. Otherwise the border differs from the interior
 *    and the channel stays. A channel that is read with weights of 0 only is not needed either.
 * 3. An output channel that is itself constant needs no input at all.
 * 4. Operators that work channel by channel (depthwise, all that are elementwise, pools, reductions
 *    of other dimensions, pad, concat, copies that keep channels together) tie channels into
 *    classes. A class goes as a whole, and only when no reader of any of its channels needs it by 2
 *    and 3; graph inputs, graph outputs and operators not known here need all. The rest of each
 *    such operator does what it did. So a constant channel stays beside a varying one that is added
 *    to it: to take it out would take another operator that puts it back, over the whole image,
 *    where now its weights are zeros. fold_branches.c sees to a whole tensor of such channels.
 * 5. Multipliers, shifts and zero points of what stays are computed from the same numbers as
 *    before; keep_enough in channels.c sees to the one case where their count matters.
 *
 * What has to stay is the least set closed under these demands. The folded graph has the same
 * intervals and the same demands, so a second run finds nothing: no need to iterate.
 *
 * requires:  a verified graph     preserves: topological order, nodes, names, graph inputs and
 *                                 outputs in shape
 *                                 breaks:    tensor and node ids, only where nodes were dead */
bool eliminate_channels(struct graph *g, struct diag *d)
{
    (void)d; /* every graph can be handled */
    graph_drop_dead(g);
    struct arena *tmp = arena_new("eliminate channels");
    struct elimination e = {.g = g, .tmp = tmp, .ranges = ranges_find(tmp, g)};
    e.channels = channels_find(tmp, g, &e.ranges);
    if (something_goes(&e.channels)) {
        const uint32_t n_tensors = g->tensors.n; /* a new bias comes behind them */
        for (uint32_t i = 0; i < g->nodes.n; i++)
            rewrite_node(&e, i);
        shrink_attrs(&e);
        for (uint32_t t = 0; t < n_tensors; t++)
            if (e.channels.first[t] != NO_CHANNEL)
                shrink_tensor(&e, t);
    }
    arena_free(tmp);
    return true;
}
