/* mixed.c - which layers get weights of 4 bits. SPDX-License-Identifier: Apache-2.0 */
#include "quant/mixed.h"

#include "pass/rewrite.h"
#include <stdlib.h>

struct candidate {
    uint32_t node;
    double price; /* error a byte */
};

bool may_have_4_bits(const struct graph *g, uint32_t n)
{
    const enum op op = g->nodes.items[n].op;
    return has_weights(op) && op != OP_DEPTHWISE_CONV2D;
}

static int compare_prices(const void *x, const void *y)
{
    const struct candidate *a = x, *b = y;
    if (a->price != b->price)
        return a->price < b->price ? -1 : 1;
    return a->node < b->node ? -1 : a->node > b->node;
}

static void set_first(const struct candidate *c, uint32_t n, uint32_t n_set, uint8_t *bits)
{
    for (uint32_t i = 0; i < n; i++)
        bits[c[i].node] = i < n_set ? 4 : 8;
}

/* Each layer alone. */
static bool price_all(const struct graph *g, struct candidate *c, uint32_t n, mixed_trial *trial,
                      void *ctx, uint8_t *bits)
{
    double none, one;
    if (!trial(ctx, bits, &none))
        return false;
    for (uint32_t i = 0; i < n; i++) {
        const struct tensor *w = &g->tensors.items[g->nodes.items[c[i].node].in[1]];
        bits[c[i].node] = 4;
        if (!trial(ctx, bits, &one))
            return false;
        bits[c[i].node] = 8;
        c[i].price = (one - none) / (double)shape_count(&w->shape);
    }
    return true;
}

bool mixed_choose(const struct graph *g, double limit, mixed_trial *trial, void *ctx, uint8_t *bits)
{
    struct arena *tmp = arena_new("mixed");
    struct candidate *c = ARENA_ARRAY(tmp, struct candidate, g->nodes.n);
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        bits[i] = 8;
        if (may_have_4_bits(g, i))
            c[n++].node = i;
    }
    bool ok = price_all(g, c, n, trial, ctx, bits);
    qsort(c, n, sizeof *c, compare_prices);
    uint32_t fits = 0, beyond = n + 1; /* the first so many: within the limit, and not */
    while (ok && beyond - fits > 1) {
        const uint32_t middle = fits + (beyond - fits) / 2;
        double error = 0.0;
        set_first(c, n, middle, bits);
        ok = trial(ctx, bits, &error);
        if (error <= limit)
            fits = middle;
        else
            beyond = middle;
    }
    set_first(c, n, fits, bits);
    arena_free(tmp);
    return ok;
}
