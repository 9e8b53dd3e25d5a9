/* view.c - transpose, slice, tile, depth_to_space, space_to_depth: copies in another order.
 * SPDX-License-Identifier: Apache-2.0
 *
 * All of them are one walk: each output dimension takes a step through the input. */
#include "ir/ops/view.h"

#include <assert.h>
#include <inttypes.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

struct walk {
    int32_t rank, n[2 * RANK_MAX], step[2 * RANK_MAX];
    int32_t first;
};

/* Elements from one index of dimension i to the next, < 2^28. */
static int32_t stride_of(const struct shape *s, int32_t i)
{
    int32_t stride = 1;
    for (int32_t k = i + 1; k < s->rank; k++)
        stride *= s->dim[k];
    return stride;
}

static void add_dim(struct walk *w, int32_t n, int32_t step)
{
    w->n[w->rank] = n;
    w->step[w->rank++] = step;
}

static struct walk walk_of(const struct shape *x, const struct node *n)
{
    const struct attrs *at = &n->attrs;
    const int32_t h = x->dim[1], w = x->dim[2], c = x->dim[3];
    const int32_t bh = at->block_h, bw = at->block_w;
    struct walk walk = {0};
    switch (n->op) {
    case OP_TRANSPOSE:
        for (int32_t i = 0; i < x->rank; i++)
            add_dim(&walk, x->dim[at->perm[i]], stride_of(x, at->perm[i]));
        break;
    case OP_SLICE:
        for (int32_t i = 0; i < x->rank; i++) {
            walk.first += at->begin[i] * stride_of(x, i);
            /* A step that is never taken may have any length. */
            add_dim(&walk, at->size[i], at->size[i] > 1 ? at->step[i] * stride_of(x, i) : 0);
        }
        break;
    case OP_TILE:
        for (int32_t i = 0; i < x->rank; i++) {
            add_dim(&walk, at->repeat[i], 0);
            add_dim(&walk, x->dim[i], stride_of(x, i));
        }
        break;
    case OP_DEPTH_TO_SPACE:
        add_dim(&walk, h, w * c);
        add_dim(&walk, bh, c / bh);
        add_dim(&walk, w, c);
        add_dim(&walk, c / bh, 1);
        break;
    case OP_SPACE_TO_DEPTH:
        add_dim(&walk, h / bh, bh * w * c);
        add_dim(&walk, w / bw, bw * c);
        add_dim(&walk, bh, w * c);
        add_dim(&walk, bw * c, 1);
        break;
    default:
        assert(false && "not an operator that copies in another order");
    }
    return walk;
}

bool view_of(const struct graph *g, const struct node *n, struct mote_view_any *out)
{
    const struct walk w = walk_of(&node_in(g, n, 0)->shape, n);
    *out = (struct mote_view_any){.n = {1, 1, 1, 1}, .first = (uint32_t)w.first};
    int32_t to = MOTE_VIEW_DIMS; /* the group that the next dimension may join */
    for (int32_t i = w.rank - 1; i >= 0; i--) {
        if (w.n[i] == 1)
            continue;
        if (to < MOTE_VIEW_DIMS && w.step[i] == out->step[to] * (int32_t)out->n[to]) {
            out->n[to] *= (uint32_t)w.n[i];
            continue;
        }
        if (to == 0)
            return false;
        to--;
        out->n[to] = (uint32_t)w.n[i];
        out->step[to] = w.step[i];
    }
    return true;
}

static bool finish(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    struct mote_view_any view;
    if (!view_of(g, n, &view))
        return node_error(d, g, n, "more than %d groups of dimensions", MOTE_VIEW_DIMS);
    return infer_copy(g, n, out);
}

bool infer_transpose(const struct graph *g, const struct node *n, struct tensor *out,
                     struct diag *d)
{
    const struct shape *x = &node_in(g, n, 0)->shape;
    uint32_t seen = 0;
    out->shape.rank = x->rank;
    for (int32_t i = 0; i < RANK_MAX; i++) {
        const int32_t from = n->attrs.perm[i];
        if (i >= x->rank && from != 0)
            return node_error(d, g, n, "perm is longer than the rank %" PRId32, x->rank);
        if (i >= x->rank)
            continue;
        if (from < 0 || from >= x->rank || (seen & 1u << from))
            return node_error(d, g, n, "perm is no permutation of 0..%" PRId32, x->rank - 1);
        seen |= 1u << from;
        out->shape.dim[i] = x->dim[from];
    }
    return finish(g, n, out, d);
}

bool infer_slice(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    const struct shape *x = &node_in(g, n, 0)->shape;
    const struct attrs *at = &n->attrs;
    out->shape.rank = x->rank;
    for (int32_t i = 0; i < RANK_MAX; i++) {
        const int64_t last = at->begin[i] + (int64_t)(at->size[i] - 1) * at->step[i];
        if (i >= x->rank && (at->begin[i] || at->size[i] || at->step[i]))
            return node_error(d, g, n, "begin, size or step is longer than the rank %" PRId32,
                              x->rank);
        if (i >= x->rank)
            continue;
        if (at->size[i] < 1 || at->size[i] > x->dim[i] || at->step[i] == 0)
            return node_error(d, g, n,
                              "size %" PRId32 " with step %" PRId32 " of dimension %" PRId32
                              ", which is %" PRId32,
                              at->size[i], at->step[i], i, x->dim[i]);
        if (at->begin[i] < 0 || at->begin[i] >= x->dim[i] || last < 0 || last >= x->dim[i])
            return node_error(d, g, n,
                              "elements %" PRId32 "..%" PRId64 " of dimension %" PRId32
                              ", which is %" PRId32,
                              at->begin[i], last, i, x->dim[i]);
        out->shape.dim[i] = at->size[i];
    }
    return finish(g, n, out, d);
}

bool infer_tile(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    const struct shape *x = &node_in(g, n, 0)->shape;
    int64_t count = 1;
    out->shape = *x;
    for (int32_t i = 0; i < RANK_MAX; i++) {
        const int64_t times = n->attrs.repeat[i];
        if (i >= x->rank && times != 0)
            return node_error(d, g, n, "repeat is longer than the rank %" PRId32, x->rank);
        if (i >= x->rank)
            continue;
        if (times < 1 || times * x->dim[i] > DIM_MAX || count * times * x->dim[i] > COUNT_MAX)
            return node_error(d, g, n, "dimension %" PRId32 " of %" PRId32 ", %" PRId64 " times", i,
                              x->dim[i], times);
        out->shape.dim[i] = (int32_t)times * x->dim[i];
        count *= out->shape.dim[i];
    }
    return finish(g, n, out, d);
}

static bool check_block(const struct graph *g, const struct node *n, struct diag *d)
{
    if (!infer_image(g, n, d))
        return false;
    const int32_t bh = n->attrs.block_h, bw = n->attrs.block_w;
    if (bh < 1 || bh > KERNEL_MAX || bw < 1 || bw > KERNEL_MAX)
        return node_error(d, g, n, "block %" PRId32 "x%" PRId32 " is outside 1..%d", bh, bw,
                          KERNEL_MAX);
    return true;
}

bool infer_depth_to_space(const struct graph *g, const struct node *n, struct tensor *out,
                          struct diag *d)
{
    if (!check_block(g, n, d))
        return false;
    const int32_t *x = node_in(g, n, 0)->shape.dim;
    const int32_t bh = n->attrs.block_h, bw = n->attrs.block_w;
    if (x[3] % (bh * bw) != 0)
        return node_error(d, g, n, "%" PRId32 " channels are no multiple of %" PRId32, x[3],
                          bh * bw);
    out->shape = (struct shape){.rank = 4, .dim = {x[0], x[1] * bh, x[2] * bw, x[3] / (bh * bw)}};
    return finish(g, n, out, d);
}

bool infer_space_to_depth(const struct graph *g, const struct node *n, struct tensor *out,
                          struct diag *d)
{
    if (!check_block(g, n, d))
        return false;
    const int32_t *x = node_in(g, n, 0)->shape.dim;
    const int32_t bh = n->attrs.block_h, bw = n->attrs.block_w;
    if (x[1] % bh != 0 || x[2] % bw != 0)
        return node_error(
            d, g, n, "an image of %" PRId32 "x%" PRId32 " has no blocks of %" PRId32 "x%" PRId32,
            x[1], x[2], bh, bw);
    out->shape = (struct shape){.rank = 4, .dim = {x[0], x[1] / bh, x[2] / bw, 0}};
    const int64_t channels = (int64_t)x[3] * bh * bw; /* < 2^32 */
    out->shape.dim[3] = (int32_t)(channels > DIM_MAX ? DIM_MAX + 1 : channels);
    return finish(g, n, out, d);
}

static void eval_view(const struct eval *e)
{
    mote_view_any_ref(&e->args->view, e->in[0], e->out, e->scratch);
}

static void bind_view(const struct graph *g, const struct node *n, struct mote_view_any *op)
{
    bool fits = view_of(g, n, op);
    assert(fits);
    (void)fits;
    op->elem_bytes = (uint8_t)dtype_bytes(node_in(g, n, 0)->dtype);
}

#define VIEW(lower)                                                                                \
    int64_t macs_##lower(const struct graph *g, const struct node *n)                              \
    {                                                                                              \
        (void)g, (void)n;                                                                          \
        return 0;                                                                                  \
    }                                                                                              \
    void eval_##lower(const struct eval *e)                                                        \
    {                                                                                              \
        eval_view(e);                                                                              \
    }                                                                                              \
    bool bind_##lower(struct arena *a, const struct graph *g, const struct node *n,                \
                      union kernel_args *out, struct diag *d)                                      \
    {                                                                                              \
        (void)a, (void)d;                                                                          \
        bind_view(g, n, &out->view);                                                               \
        return true;                                                                               \
    }                                                                                              \
    bool ranges_##lower(struct arena *tmp, const struct graph *g, const struct node *n,            \
                        struct diag *d)                                                            \
    {                                                                                              \
        (void)tmp;                                                                                 \
        return ranges_same_quant(g, n, d);                                                         \
    }
VIEW(transpose)
VIEW(slice)
VIEW(tile)
VIEW(depth_to_space)
VIEW(space_to_depth)
