/* cancel_transposes.c - copies in another order meet, and cancel each other.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ir/verify.h"
#include "pass/commute.h"
#include "pass/pass.h"
#include "pass/rewrite.h"
#include <string.h>

struct cancelling {
    struct graph *g;
    struct links links;
};

static const struct shape *shape_of(const struct graph *g, uint32_t t)
{
    return &g->tensors.items[t].shape;
}

static bool is_valid(const struct graph *g, uint32_t i)
{
    struct diag d = {0};
    return graph_verify_node(g, i, &d);
}

/* ---- copies that copy nothing ---- */

/* Do the dimensions that are not 1 stay in their order? */
static bool keeps_order(const struct shape *x, const int32_t *perm)
{
    int32_t before = -1;
    for (int32_t i = 0; i < x->rank; i++) {
        if (x->dim[perm[i]] == 1)
            continue;
        if (perm[i] < before)
            return false;
        before = perm[i];
    }
    return true;
}

static bool takes_all(const struct shape *x, const struct attrs *a)
{
    for (int32_t i = 0; i < x->rank; i++)
        if (a->size[i] != x->dim[i] || (a->step[i] != 1 && x->dim[i] > 1))
            return false;
    return true;
}

/* The same bytes in the same order: drop_identity and merge_reshape know reshapes. */
static void become_reshape(struct graph *g, struct node *n)
{
    const struct shape *y = shape_of(g, n->out[0]);
    n->op = OP_RESHAPE;
    n->attrs = (struct attrs){.new_rank = y->rank};
    memcpy(n->attrs.new_shape, y->dim, (size_t)y->rank * sizeof y->dim[0]);
}

/* ---- two in a row ---- */

/* Node i, a transpose or slice, reads what its producer p reads, with these attributes. Two groups
 * of dimensions may become more than the kernel walks: then all stays. */
static void read_through(struct cancelling *c, uint32_t i, uint32_t p, const struct attrs *at)
{
    struct node *n = &c->g->nodes.items[i];
    const struct node *first = &c->g->nodes.items[p];
    const struct attrs was = n->attrs;
    const uint32_t middle = n->in[0];
    n->attrs = *at;
    n->in[0] = first->in[0];
    const bool valid = is_valid(c->g, i);
    n->in[0] = middle;
    if (valid)
        skip_producer(c->g, &c->links, p, i);
    else
        n->attrs = was;
}

static void merge_transposes(struct cancelling *c, uint32_t i)
{
    const struct node *n = &c->g->nodes.items[i];
    const uint32_t p = sole_producer(&c->links, n->in[0]);
    if (p == NO_NODE || c->g->nodes.items[p].op != OP_TRANSPOSE)
        return;
    struct attrs at = n->attrs;
    for (int32_t k = 0; k < shape_of(c->g, n->in[0])->rank; k++)
        at.perm[k] = c->g->nodes.items[p].attrs.perm[n->attrs.perm[k]];
    read_through(c, i, p, &at);
}

static void merge_slices(struct cancelling *c, uint32_t i)
{
    const struct node *n = &c->g->nodes.items[i];
    const uint32_t p = sole_producer(&c->links, n->in[0]);
    if (p == NO_NODE || c->g->nodes.items[p].op != OP_SLICE)
        return;
    const struct attrs *first = &c->g->nodes.items[p].attrs;
    struct attrs at = n->attrs;
    for (int32_t k = 0; k < shape_of(c->g, n->in[0])->rank; k++) {
        at.begin[k] = first->begin[k] + at.begin[k] * (first->size[k] > 1 ? first->step[k] : 0);
        at.step[k] = at.size[k] > 1 ? first->step[k] * at.step[k] : 1;
    }
    read_through(c, i, p, &at);
}

/* ---- through other operators ---- */

/* The transpose that writes input k of node n for it alone, else NO_NODE. */
static uint32_t transpose_before(const struct cancelling *c, const struct node *n, uint32_t k)
{
    const uint32_t p = n->in[k] == NO_TENSOR ? NO_NODE : sole_producer(&c->links, n->in[k]);
    return p != NO_NODE && c->g->nodes.items[p].op == OP_TRANSPOSE ? p : NO_NODE;
}

/* The node that alone reads tensor t, else NULL. */
static const struct node *sole_reader(const struct cancelling *c, uint32_t t)
{
    if (c->links.uses[t] != 1)
        return NULL;
    for (uint32_t i = 0; i < c->g->nodes.n; i++) {
        const struct node *n = &c->g->nodes.items[i];
        for (uint32_t k = 0; k < n->n_in && c->links.uses[n->out[0]] > 0; k++)
            if (n->in[k] == t)
                return n;
    }
    return NULL; /* a result */
}

/* A constant that is an operand of node n, in the order of dimensions before perm: NO_TENSOR when
 * there is none. Missing dimensions in front are 1. */
static uint32_t constant_before(const struct cancelling *c, uint32_t t, const int32_t *perm,
                                int32_t rank)
{
    struct tensor k = c->g->tensors.items[t];
    if (shape_count(&k.shape) == 1)
        return t;
    if (k.quant.n > 1)
        return NO_TENSOR;
    struct shape wide = {.rank = rank};
    for (int32_t i = 0; i < rank; i++) {
        const int32_t from = i - (rank - k.shape.rank);
        wide.dim[i] = from < 0 ? 1 : k.shape.dim[from];
    }
    k.data = data_before(c->g->arena, k.data, &wide, dtype_bytes(k.dtype), perm);
    k.shape = shape_before(&wide, perm);
    k.name = fresh_name(c->g, k.name);
    return graph_add_tensor(c->g, &k);
}

/* How node i is to work on what its transposes read. */
struct sinking {
    const int32_t *perm;
    int32_t rank;
    uint32_t last; /* the last of the transposes before it */
    uint32_t n_transposes;
};

/* Are all operands of node i but constants transposed in one way, and by how many transposes? */
static bool sinking_of(const struct cancelling *c, uint32_t i, struct sinking *s)
{
    const struct graph *g = c->g;
    const struct node *n = &g->nodes.items[i];
    *s = (struct sinking){.last = NO_NODE};
    for (uint32_t k = 0; k < n->n_in; k++) {
        const uint32_t p = transpose_before(c, n, k);
        if (p == NO_NODE && (n->in[k] == NO_TENSOR || !g->tensors.items[n->in[k]].data))
            return false;
        if (p == NO_NODE)
            continue;
        const struct attrs *at = &g->nodes.items[p].attrs;
        const int32_t rank = shape_of(g, n->in[k])->rank;
        if (s->n_transposes > 0 &&
            (rank != s->rank || memcmp(at->perm, s->perm, sizeof at->perm) != 0))
            return false;
        s->perm = at->perm;
        s->rank = rank;
        s->last = s->last == NO_NODE || p > s->last ? p : s->last;
        s->n_transposes++;
    }
    return s->n_transposes > 0 && commutes(n, s->perm, s->rank) &&
           shape_of(g, n->out[0])->rank == s->rank;
}

/* All inputs but one are constants. */
static bool has_one_operand(const struct graph *g, const struct node *n)
{
    uint32_t n_operands = 0;
    for (uint32_t k = 0; k < n->n_in; k++)
        n_operands += n->in[k] == NO_TENSOR || !g->tensors.items[n->in[k]].data;
    return n_operands == 1;
}

/* Does a transpose behind node n meet another one further on, through operators that let it pass?
 * Only those with one operand are looked at: for the others all operands must arrive together. */
static bool meets_another(const struct cancelling *c, const struct node *n, const struct sinking *s)
{
    for (uint32_t i = 0; i < c->g->nodes.n; i++) { /* a bound: no chain is longer */
        n = sole_reader(c, n->out[0]);
        if (!n || n->op == OP_TRANSPOSE)
            return n != NULL;
        if (!has_one_operand(c->g, n) || !commutes(n, s->perm, s->rank))
            return false;
    }
    return false;
}

/* Fewer transposes behind than before, a smaller one, or one that meets another. */
static bool pays(const struct cancelling *c, const struct node *n, const struct sinking *s)
{
    return s->n_transposes > 1 ||
           shape_count(shape_of(c->g, n->out[0])) < shape_count(shape_of(c->g, n->in[0])) ||
           meets_another(c, n, s);
}

/* Node i as it is to stand before the transposes. False when a constant forbids it. */
static bool moved_node(const struct cancelling *c, uint32_t i, const struct sinking *s,
                       struct node *moved)
{
    const struct graph *g = c->g;
    const struct node *n = &g->nodes.items[i];
    *moved = *n;
    moved->attrs = attrs_before(n, s->perm, s->rank);
    moved->in = ARENA_ARRAY(g->arena, uint32_t, n->n_in);
    for (uint32_t k = 0; k < n->n_in; k++) {
        const uint32_t p = transpose_before(c, n, k);
        moved->in[k] =
            p != NO_NODE ? g->nodes.items[p].in[0] : constant_before(c, n->in[k], s->perm, s->rank);
        if (moved->in[k] == NO_TENSOR)
            return false;
    }
    return true;
}

static const char *transpose_origins(const struct cancelling *c, const struct node *n)
{
    const char *origin = NULL;
    for (uint32_t k = 0; k < n->n_in; k++) {
        const uint32_t p = transpose_before(c, n, k);
        if (p != NO_NODE)
            origin = join_origins(c->g, origin, c->g->nodes.items[p].origin);
    }
    return origin;
}

/* Node i takes the place of the last transpose before it, whose operand is there by then, as those
 * of the other transposes are; and a transpose takes the place of node i. Breaks links. */
static bool sink(struct cancelling *c, uint32_t i, const struct sinking *s)
{
    struct graph *g = c->g;
    struct node moved;
    if (!moved_node(c, i, s, &moved))
        return false;
    const struct node was_node = g->nodes.items[i], was_last = g->nodes.items[s->last];
    const uint32_t between = was_last.out[0];
    const struct tensor was_between = g->tensors.items[between];

    struct node turned = {.op = OP_TRANSPOSE, .n_in = 1, .n_out = 1, .out = was_node.out};
    memcpy(turned.attrs.perm, s->perm, sizeof turned.attrs.perm);
    turned.in = arena_copy(g->arena, &between, sizeof between);
    turned.origin = transpose_origins(c, &was_node);
    moved.out = was_last.out;
    struct tensor t = g->tensors.items[was_node.out[0]];
    t.name = fresh_name(g, t.name);
    t.shape = shape_before(&t.shape, s->perm);

    g->tensors.items[between] = t;
    g->nodes.items[s->last] = moved;
    g->nodes.items[i] = turned;
    if (is_valid(g, s->last) && is_valid(g, i))
        return true;
    g->tensors.items[between] = was_between;
    g->nodes.items[s->last] = was_last;
    g->nodes.items[i] = was_node;
    return false;
}

/* A dense layer reads what a transpose reads, flattened by a reshape or not: its weights change
 * places instead. Breaks links. */
static bool turn_weights(struct cancelling *c, uint32_t i)
{
    struct graph *g = c->g;
    struct node *n = &g->nodes.items[i];
    uint32_t p = sole_producer(&c->links, n->in[0]);
    const char *origin = NULL;
    if (p != NO_NODE && g->nodes.items[p].op == OP_RESHAPE) {
        origin = g->nodes.items[p].origin;
        p = sole_producer(&c->links, g->nodes.items[p].in[0]);
    }
    if (p == NO_NODE || g->nodes.items[p].op != OP_TRANSPOSE)
        return false;
    const struct node *turn = &g->nodes.items[p];
    const struct shape *x = shape_of(g, turn->in[0]), *y = shape_of(g, turn->out[0]);
    if (x->rank < 2 || x->rank == RANK_MAX || x->dim[0] != 1 || y->dim[0] != 1 ||
        shape_of(g, n->in[0])->dim[0] != 1)
        return false;

    struct tensor w = g->tensors.items[n->in[1]];
    struct shape rows = {.rank = y->rank + 1, .dim = {w.shape.dim[0]}};
    int32_t perm[RANK_MAX] = {0};
    for (int32_t k = 0; k < y->rank; k++) {
        rows.dim[k + 1] = y->dim[k];
        perm[k + 1] = turn->attrs.perm[k] + 1;
    }
    w.data = data_before(g->arena, w.data, &rows, dtype_bytes(w.dtype), perm);
    n->origin = join_origins(g, join_origins(g, turn->origin, origin), n->origin);
    n->in[0] = turn->in[0];
    set_constant(g, i, 1, &w);
    return true;
}

/* Something at node i that makes links stale? */
static bool move_at(struct cancelling *c, uint32_t i)
{
    const struct node *n = &c->g->nodes.items[i];
    struct sinking s;
    if (n->op == OP_FULLY_CONNECTED)
        return turn_weights(c, i);
    return n->op != OP_TRANSPOSE && n->n_out == 1 && sinking_of(c, i, &s) && pays(c, n, &s) &&
           sink(c, i, &s);
}

static void clean_at(struct cancelling *c, uint32_t i)
{
    struct node *n = &c->g->nodes.items[i];
    if (n->op == OP_TRANSPOSE) {
        merge_transposes(c, i);
        if (keeps_order(shape_of(c->g, n->in[0]), n->attrs.perm))
            become_reshape(c->g, n);
    } else if (n->op == OP_SLICE) {
        merge_slices(c, i);
        if (takes_all(shape_of(c->g, n->in[0]), &n->attrs))
            become_reshape(c->g, n);
    }
}

/* One sweep. True when it moved something: there may be more to do. */
static bool sweep(struct graph *g)
{
    struct cancelling c = {.g = g, .links = links_find(g)};
    bool moved = false;
    for (uint32_t i = 0; i < g->nodes.n; i++)
        clean_at(&c, i);
    graph_drop_dead(g);
    c.links = links_find(g);
    for (uint32_t i = 0; i < g->nodes.n && !moved; i++)
        moved = move_at(&c, i);
    graph_drop_dead(g);
    return moved;
}

/* cancel_transposes - transposes and slices that do nothing become reshapes, as do transposes that
 * move dimensions of 1 only; two of a kind in a row become one; and transposes move behind the
 * operators that read them, which then work in the other order, where
 *
 *   - two or more transposes before it become one behind it,
 *   - what is behind it is smaller (a reduction, a slice), or
 *   - there is another transpose further on, to meet and to merge with.
 *
 * A dense layer takes a transpose into the order of its weights. Each element is computed from the
 * same values as before: integers are the same bytes, floats are added in another order.
 *
 * Transposes only ever move towards the outputs, so it ends.
 *
 * requires:  a verified graph     preserves: topological order, names of graph outputs
 *                                 breaks:    tensor and node ids */
bool cancel_transposes(struct graph *g, struct diag *d)
{
    (void)d; /* every graph can be handled */
    while (sweep(g))
        continue;
    return true;
}
