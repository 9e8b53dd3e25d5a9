/* drop_clamps.c - clamps that never bite go. SPDX-License-Identifier: Apache-2.0 */
#include "pass/pass.h"
#include "pass/ranges.h"
#include "pass/rewrite.h"
#include "pass/table.h"
#include <string.h>

/* A view of the graph as it was when the pass began. No move changes a value, so it stays true. */
struct clamps {
    struct graph *g;
    struct arena *tmp;
    struct ranges ranges;
    struct links links;
};

static const struct range *range_of(const struct clamps *c, uint32_t t)
{
    return t == NO_TENSOR || !c->ranges.of[t].lo ? NULL : &c->ranges.of[t];
}

/* Operators whose intervals depend on their fused clamp. One that ranges.c does not know may give
 * anything, whatever its clamp: that says nothing. */
static bool clamps_its_range(enum op op)
{
    switch (op) {
    case OP_CONV2D:
    case OP_DEPTHWISE_CONV2D:
    case OP_FULLY_CONNECTED:
    case OP_ADD:
    case OP_ADD_BROADCAST:
    case OP_SUB:
    case OP_MUL:
    case OP_AVERAGE_POOL2D:
    case OP_MAX_POOL2D:
        return true;
    default:
        return false;
    }
}

/* The loosest fused clamp that lets through what this one does: as clamps are monotone, one that
 * moves neither end of an interval moves nothing inside. */
static void loosen_act(const struct clamps *c, struct node *n)
{
    const struct range *y = range_of(c, n->out[0]);
    const uint32_t n_channels = last_dim(&c->g->tensors.items[n->out[0]]);
    struct node loose = *n;
    for (uint32_t act = ACT_NONE; act < n->attrs.act; act++) {
        loose.attrs.act = (enum act)act;
        const struct range r = ranges_like(c->tmp, c->g, &loose, &c->ranges);
        if (memcmp(r.lo, y->lo, n_channels) == 0 && memcmp(r.hi, y->hi, n_channels) == 0) {
            n->attrs.act = (enum act)act;
            return;
        }
    }
}

/* Do two tables agree on all values that tensor t can take? */
static bool same_on_range(const struct clamps *c, uint32_t t, const struct table *one,
                          const struct table *two)
{
    const struct range *x = range_of(c, t);
    for (uint32_t i = 0; i < last_dim(&c->g->tensors.items[t]); i++)
        for (int32_t q = x->lo[i]; q <= x->hi[i]; q++)
            if (one->of[(uint8_t)q] != two->of[(uint8_t)q])
                return false;
    return true;
}

/* May readers of tensor `out` read tensor `in` if all values are equal? */
static bool alike(const struct graph *g, uint32_t in, uint32_t out)
{
    const struct tensor *x = &g->tensors.items[in], *y = &g->tensors.items[out];
    return !x->data && x->dtype == y->dtype && shape_equal(&x->shape, &y->shape) &&
           quant_equal(&x->quant, &y->quant);
}

/* minimum and maximum of two tensors whose intervals do not overlap are the one or the other. The
 * one that is not may be a constant or read elsewhere: otherwise nodes would die whose origins no
 * node that is left could take over. */
static bool drop_comparison(struct clamps *c, uint32_t i)
{
    const struct node *n = &c->g->nodes.items[i];
    const uint32_t n_channels = last_dim(&c->g->tensors.items[n->out[0]]);
    for (uint32_t k = 0; k < 2; k++) {
        const bool below = (n->op == OP_MINIMUM) == (k == 0); /* is operand 0 to be the lower? */
        const struct range *low = range_of(c, n->in[below ? 0 : 1]);
        const struct range *high = range_of(c, n->in[below ? 1 : 0]);
        const uint32_t low_step = last_dim(&c->g->tensors.items[n->in[below ? 0 : 1]]) > 1;
        const uint32_t high_step = last_dim(&c->g->tensors.items[n->in[below ? 1 : 0]]) > 1;
        bool apart =
            alike(c->g, n->in[k], n->out[0]) && sole_producer(&c->links, n->in[1 - k]) == NO_NODE;
        for (uint32_t ch = 0; apart && ch < n_channels; ch++)
            apart = low->hi[ch * low_step] <= high->lo[ch * high_step];
        if (apart) {
            drop_node(c->g, &c->links, i, k);
            return true;
        }
    }
    return false;
}

/* The operand of a node that has a table: the one that is no constant. */
static uint32_t operand_of(const struct graph *g, const struct node *n)
{
    return n->n_in > 1 && g->tensors.items[n->in[0]].data ? 1 : 0;
}

/* The first of these that does what node i does becomes it: nothing, a change of scale, relu. */
static void weaken(struct clamps *c, uint32_t i)
{
    static const enum op weaker[] = {OP_QUANTIZE, OP_RELU, OP_RELU6};
    struct graph *g = c->g;
    struct node *n = &g->nodes.items[i];
    const uint32_t k = operand_of(g, n);
    uint32_t x = n->in[k];
    struct table is, other;
    if (!table_of(c->tmp, g, n, &is))
        return;
    for (int32_t q = 0; q < N_VALUES; q++)
        other.of[q] = (int8_t)(uint8_t)q;
    if (alike(g, x, n->out[0]) && same_on_range(c, x, &is, &other)) {
        drop_node(g, &c->links, i, k);
        return;
    }
    if (!is_requantize(g, n) && !alike(g, x, n->out[0]))
        return; /* a table of 256 bytes costs less than a change of scale */
    for (size_t w = 0; w < sizeof weaker / sizeof weaker[0] && weaker[w] != n->op; w++) {
        const struct node candidate = {
            .op = weaker[w], .n_in = 1, .n_out = 1, .in = &x, .out = n->out};
        if (!table_of(c->tmp, g, &candidate, &other) || !same_on_range(c, x, &is, &other))
            continue;
        n->op = weaker[w];
        n->attrs = (struct attrs){0};
        n->in[0] = x;
        n->n_in = 1;
        return;
    }
}

/* drop_clamps - an int8 clamp that no value reaches is none. The intervals of ranges.c hold for
 * every input of the graph; so
 *
 *   - a fused relu or relu6 that moves no end of an interval becomes a looser one or none;
 *   - quantize, relu, relu6, minimum or maximum with one constant value, or a function of one
 *     element, that hands on every value of its input's intervals goes; and one that does to them
 *     what quantize, relu or relu6 does becomes that, which other passes can fuse;
 *   - minimum and maximum of tensors whose intervals are apart become one of them.
 *
 * requires:  a verified graph     preserves: topological order, names of graph outputs
 *                                 breaks:    tensor and node ids */
bool drop_clamps(struct graph *g, struct diag *d)
{
    (void)d; /* every graph can be handled */
    struct arena *tmp = arena_new("drop clamps");
    struct clamps c = {.g = g, .tmp = tmp, .ranges = ranges_find(tmp, g), .links = links_find(g)};
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        struct node *n = &g->nodes.items[i];
        if (!ranges_know(g, n))
            continue;
        if (n->attrs.act != ACT_NONE && clamps_its_range(n->op))
            loosen_act(&c, n);
        else if ((n->op != OP_MINIMUM && n->op != OP_MAXIMUM) || !drop_comparison(&c, i))
            weaken(&c, i);
    }
    graph_drop_dead(g);
    arena_free(tmp);
    return true;
}
