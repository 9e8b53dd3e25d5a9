/* slice_concat.c - a slice looks past the concatenation that it reads.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pass/pass.h"
#include "pass/rewrite.h"

/* The first and last element that a slice takes along an axis. */
struct extent {
    int32_t first, last;
};

static struct extent extent_of(const struct attrs *at, int32_t axis)
{
    const int32_t from = at->begin[axis];
    const int32_t to = from + (at->size[axis] - 1) * at->step[axis]; /* inside the dimension */
    return from < to ? (struct extent){from, to} : (struct extent){to, from};
}

/* The input of a concatenation that holds all of an extent, and where it begins; or n_in. */
static uint32_t part_of(const struct graph *g, const struct node *concat, struct extent e,
                        int32_t *begin)
{
    uint32_t k = 0;
    *begin = 0;
    for (; k < concat->n_in; k++) {
        const int32_t end = *begin + g->tensors.items[concat->in[k]].shape.dim[concat->attrs.axis];
        if (e.first < end)
            return e.last < end ? k : concat->n_in;
        *begin = end;
    }
    return k;
}

/* slice_concat - a slice of a concatenation that lies in one of its parts becomes a slice of that.
 *
 * Splits that meet the concatenation of what was split, as around a batch that is computed image by
 * image, so go away: a slice that is all of its input is dropped by others.
 *
 * requires:  a verified graph     preserves: topological order, ids of tensors until dead ones go
 *                                 breaks:    node ids */
bool slice_concat(struct graph *g, struct diag *d)
{
    (void)d; /* every graph can be handled */
    struct links l = links_find(g);
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        struct node *n = &g->nodes.items[i];
        const uint32_t p = n->op == OP_SLICE ? l.producer[n->in[0]] : NO_NODE;
        if (p == NO_NODE || g->nodes.items[p].op != OP_CONCAT)
            continue;
        const struct node *concat = &g->nodes.items[p];
        const int32_t axis = concat->attrs.axis;
        int32_t begin;
        const uint32_t k = part_of(g, concat, extent_of(&n->attrs, axis), &begin);
        if (k == concat->n_in)
            continue;
        n->attrs.begin[axis] -= begin;
        redirect_input(g, &l, i, 0, concat->in[k]);
    }
    graph_drop_dead(g);
    return true;
}
