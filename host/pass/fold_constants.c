/* fold_constants.c - what follows from constants alone is a constant.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ir/interp.h"
#include "pass/pass.h"
#include "pass/rewrite.h"

#define BYTES_FREE 1024      /* a constant of this size is worth having, wherever it comes from */
#define BYTES_MAX  (1 << 20) /* larger values are not computed, not even on the way             */

/* What is known of each tensor before the program runs. */
struct folding {
    struct graph *g;
    struct arena *tmp;
    const void **value;  /* [tensors] contents, NULL: not known             */
    const char **origin; /* [tensors] of the nodes that make the value      */
    uint32_t *constant;  /* [tensors] the constant in its place, NO_TENSOR  */
};

/* The interpreter says what a node means. */
static const void *evaluate(const struct folding *f, const struct node *n)
{
    const void **in = ARENA_ARRAY(f->tmp, const void *, n->n_in);
    for (uint32_t i = 0; i < n->n_in; i++)
        in[i] = n->in[i] == NO_TENSOR ? NULL : f->value[n->in[i]];
    return interp_one(f->tmp, f->g, n, in);
}

static void find_value(struct folding *f, const struct node *n)
{
    const uint32_t y = n->out[0];
    if (n->n_out != 1 || tensor_bytes(&f->g->tensors.items[y]) > BYTES_MAX)
        return;
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i] != NO_TENSOR && !f->value[n->in[i]])
            return;
    const void *value = evaluate(f, n);
    if (!value || !contents_finite(&f->g->tensors.items[y], value))
        return;
    f->value[y] = value;
    for (uint32_t i = 0; i < n->n_in; i++) {
        if (n->in[i] == NO_TENSOR)
            continue;
        f->origin[y] = join_origins(f->g, f->origin[y], f->origin[n->in[i]]);
    }
    f->origin[y] = join_origins(f->g, f->origin[y], n->origin);
}

static struct folding find_values(struct arena *tmp, struct graph *g)
{
    const uint32_t n = g->tensors.n;
    struct folding f = {.g = g,
                        .tmp = tmp,
                        .value = ARENA_ARRAY(tmp, const void *, n),
                        .origin = ARENA_ARRAY(tmp, const char *, n),
                        .constant = ARENA_ARRAY(tmp, uint32_t, n)};
    for (uint32_t t = 0; t < n; t++) {
        f.constant[t] = NO_TENSOR;
        f.value[t] = g->tensors.items[t].data;
    }
    for (uint32_t i = 0; i < g->nodes.n; i++)
        find_value(&f, &g->nodes.items[i]);
    return f;
}

/* Bytes of the constants that tensor t is made from. */
static size_t source_bytes(const struct folding *f, uint32_t t)
{
    const struct graph *g = f->g;
    bool *part = ARENA_ARRAY(f->tmp, bool, g->tensors.n);
    size_t bytes = 0;
    part[t] = true;
    for (uint32_t i = g->nodes.n; i-- > 0;) {
        const struct node *n = &g->nodes.items[i];
        for (uint32_t k = 0; part[n->out[0]] && k < n->n_in; k++) {
            const uint32_t in = n->in[k];
            if (in == NO_TENSOR || part[in])
                continue;
            part[in] = true;
            bytes += g->tensors.items[in].data ? tensor_bytes(&g->tensors.items[in]) : 0;
        }
    }
    return bytes;
}

static bool pays(const struct folding *f, uint32_t t)
{
    const size_t bytes = tensor_bytes(&f->g->tensors.items[t]);
    return bytes <= BYTES_FREE || bytes <= source_bytes(f, t);
}

/* The constant in place of tensor t. */
static uint32_t constant_for(struct folding *f, uint32_t t)
{
    if (f->constant[t] == NO_TENSOR) {
        struct tensor c = f->g->tensors.items[t];
        c.data = arena_copy(f->g->arena, f->value[t], tensor_bytes(&c));
        if (is_result(f->g, t)) /* the tensor stays, so its name is taken */
            c.name = fresh_name(f->g, c.name);
        f->constant[t] = graph_add_tensor(f->g, &c);
    }
    return f->constant[t];
}

/* Node i stays: it reads constants where that pays; other nodes before it stay, too. */
static void fold_inputs(struct folding *f, uint32_t i, const uint32_t *producer, bool *stays)
{
    struct node *n = &f->g->nodes.items[i];
    for (uint32_t k = 0; k < n->n_in; k++) {
        const uint32_t t = n->in[k];
        if (t == NO_TENSOR || producer[t] == NO_NODE)
            continue;
        const bool is_new = f->constant[t] == NO_TENSOR;
        if (!f->value[t] || (is_new && !pays(f, t))) {
            stays[producer[t]] = true;
            continue;
        }
        if (is_new)
            n->origin = join_origins(f->g, f->origin[t], n->origin);
        n->in[k] = constant_for(f, t);
    }
}

/* fold_constants - a tensor that is made from constants alone becomes one: the interpreter computes
 * it, so its bytes are those that the nodes would have made. Results of the graph stay what they
 * are, written by a node.
 *
 * A constant costs flash where its nodes cost time and memory. So it may have 1 KB, or as many
 * bytes as the constants it is made from: by no more than that a model grows, and by that much only
 * if those constants are needed elsewhere.
 *
 * requires:  a verified graph     preserves: topological order, names of graph outputs
 *                                 breaks:    tensor and node ids */
bool fold_constants(struct graph *g, struct diag *d)
{
    (void)d; /* every graph can be handled */
    struct arena *tmp = arena_new("fold constants");
    struct folding f = find_values(tmp, g);
    const uint32_t *producer = graph_find_producers(g, tmp);
    bool *stays = ARENA_ARRAY(tmp, bool, g->nodes.n);
    for (uint32_t i = g->nodes.n; i-- > 0;) {
        const struct node *n = &g->nodes.items[i];
        for (uint32_t k = 0; k < n->n_out; k++)
            stays[i] = stays[i] || !f.value[n->out[k]] || is_result(g, n->out[k]);
        if (stays[i])
            fold_inputs(&f, i, producer, stays);
    }
    graph_drop_dead(g);
    arena_free(tmp);
    return true;
}
