/* ranges.c - which values can each channel of an int8 tensor take?
 * SPDX-License-Identifier: Apache-2.0 */
#include "pass/ranges.h"

#include "pass/node_range.h"
#include "pass/rewrite.h"
#include <assert.h>
#include <string.h>

uint32_t last_dim(const struct tensor *t)
{
    return (uint32_t)t->shape.dim[t->shape.rank - 1];
}

bool range_is_constant(const struct ranges *r, uint32_t t, uint32_t c)
{
    return r->of[t].lo[c] == r->of[t].hi[c];
}

static struct range range_of_constant(struct arena *a, const struct tensor *t)
{
    const uint32_t n = last_dim(t);
    const int8_t *x = t->data;
    struct range r = range_empty(a, n);
    for (size_t i = 0; i < tensor_bytes(t); i++)
        range_include(&r, (uint32_t)(i % n), x[i], x[i]);
    return r;
}

struct span {
    int64_t lo, hi;
};

/* The sum of w * x over n products with x in lo..hi. The verifier saw to it that no such sum
 * leaves int32. */
static struct span dot_span(const int8_t *w, const int32_t *lo, const int32_t *hi, uint32_t n)
{
    int32_t least = 0, most = 0;
    for (uint32_t i = 0; i < n; i++) {
        const int32_t up = w[i] > 0 ? w[i] : 0, down = w[i] < 0 ? w[i] : 0;
        least += up * lo[i] + down * hi[i];
        most += up * hi[i] + down * lo[i];
    }
    return (struct span){least, most};
}

/* sums[ky * (kw + 1) + kx]: over the taps above and left of (ky, kx). */
static void sum_taps(const struct filters *f, uint32_t oc, const int32_t *lo, const int32_t *hi,
                     struct span *sums)
{
    const uint32_t row = f->kw + 1;
    const int8_t *w = f->w + oc * f->out_step;
    for (uint32_t ky = 0; ky < f->kh; ky++) {
        struct span line = {0, 0};
        for (uint32_t kx = 0; kx < f->kw; kx++, w += f->tap_step) {
            const struct span s = dot_span(w, lo, hi, f->n_in);
            const struct span *above = &sums[ky * row + kx + 1];
            line.lo += s.lo;
            line.hi += s.hi;
            sums[(ky + 1) * row + kx + 1] = (struct span){above->lo + line.lo, above->hi + line.hi};
        }
    }
}

/* The accumulator over all positions: a padded tap adds nothing, and the taps inside take their
 * extremes together, so that each kind of window is exact and the result is their union. */
static struct span accumulator_span(const struct filters *f, const struct span *sums, int32_t bias)
{
    const int32_t row = (int32_t)f->kw + 1;
    struct span acc = {INT64_MAX, INT64_MIN};
    for (uint32_t i = 0; i < f->y.n; i++)
        for (uint32_t j = 0; j < f->x.n; j++) {
            const struct taps y = f->y.items[i], x = f->x.items[j];
            const struct span *a = &sums[y.end * row + x.end], *b = &sums[y.first * row + x.end];
            const struct span *c = &sums[y.end * row + x.first],
                              *d = &sums[y.first * row + x.first];
            const int64_t lo = bias + a->lo - b->lo - c->lo + d->lo;
            const int64_t hi = bias + a->hi - b->hi - c->hi + d->hi;
            acc.lo = lo < acc.lo ? lo : acc.lo;
            acc.hi = hi > acc.hi ? hi : acc.hi;
        }
    assert(acc.lo >= INT32_MIN && acc.lo <= acc.hi && acc.hi <= INT32_MAX);
    return acc;
}

/* Distances from the zero point, repeated to n values. */
static int32_t *distances(struct arena *a, const int8_t *x, uint32_t n_channels, int8_t zero,
                          uint32_t n)
{
    int32_t *to = ARENA_ARRAY(a, int32_t, n);
    for (uint32_t i = 0, c = 0; i < n; i++, c = c + 1 < n_channels ? c + 1 : 0)
        to[i] = x[c] - zero;
    return to;
}

static struct range range_of_filters(struct arena *a, const struct filters *f,
                                     const struct range *x, int32_t *least)
{
    const uint32_t n = f->multiplier ? f->in_channels : f->n_in;
    const int32_t *lo = distances(a, x->lo, f->in_channels, f->in_zero, n);
    const int32_t *hi = distances(a, x->hi, f->in_channels, f->in_zero, n);
    struct span *sums = ARENA_ARRAY(a, struct span, (f->kh + 1) * (f->kw + 1));
    struct range y = range_any(a, f->n_out);
    for (uint32_t oc = 0; oc < f->n_out; oc++) {
        const uint32_t first = f->multiplier ? oc / f->multiplier : 0;
        sum_taps(f, oc, lo + first, hi + first, sums);
        const struct span acc = accumulator_span(f, sums, f->bias ? f->bias[oc] : 0);
        least[oc] = (int32_t)acc.lo;
        y.lo[oc] = filter_output(f, oc, (int32_t)acc.lo);
        y.hi[oc] = filter_output(f, oc, (int32_t)acc.hi);
    }
    return y;
}

static bool is_s8(const struct graph *g, uint32_t t)
{
    return t != NO_TENSOR && g->tensors.items[t].dtype == DT_S8;
}

static void set_any(struct arena *a, const struct graph *g, uint32_t t, struct ranges *r)
{
    if (is_s8(g, t))
        r->of[t] = range_any(a, last_dim(&g->tensors.items[t]));
}

/* The rows of a matrix of one dimension are no channels. */
bool ranges_know(const struct graph *g, const struct node *n)
{
    if (n->n_in == 0 || n->n_out != 1 || !is_s8(g, n->in[0]) || !is_s8(g, n->out[0]))
        return false;
    const struct shape *x = &g->tensors.items[n->in[0]].shape;
    return !has_weights(n->op) || (is_s8(g, n->in[1]) && (x->rank > 1 || x->dim[0] == 1));
}

static void visit(struct arena *a, const struct graph *g, uint32_t i, struct ranges *r)
{
    const struct node *n = &g->nodes.items[i];
    const uint32_t n_values = has_weights(n->op) ? 1 : n->n_in; /* without weights and bias */
    for (uint32_t k = 0; k < n_values; k++) {
        const uint32_t t = n->in[k];
        if (is_s8(g, t) && g->tensors.items[t].data && !r->of[t].lo)
            r->of[t] = range_of_constant(a, &g->tensors.items[t]);
    }
    if (ranges_know(g, n) && has_weights(n->op)) {
        r->filters[i] = filters_of(a, g, n);
        r->least[i] = ARENA_ARRAY(a, int32_t, r->filters[i]->n_out);
        r->of[n->out[0]] = range_of_filters(a, r->filters[i], &r->of[n->in[0]], r->least[i]);
        return;
    }
    if (ranges_know(g, n)) {
        r->of[n->out[0]] = node_range(a, g, n, r->of);
        return;
    }
    for (uint32_t k = 0; k < n->n_out; k++)
        set_any(a, g, n->out[k], r);
}

struct range ranges_like(struct arena *a, const struct graph *g, const struct node *n,
                         const struct ranges *r)
{
    assert(ranges_know(g, n));
    if (!has_weights(n->op))
        return node_range(a, g, n, r->of);
    const struct filters *f = filters_of(a, g, n);
    return range_of_filters(a, f, &r->of[n->in[0]], ARENA_ARRAY(a, int32_t, f->n_out));
}

struct ranges ranges_find(struct arena *a, const struct graph *g)
{
    struct ranges r = {
        .of = ARENA_ARRAY(a, struct range, g->tensors.n),
        .filters = ARENA_ARRAY(a, struct filters *, g->nodes.n),
        .least = ARENA_ARRAY(a, int32_t *, g->nodes.n),
    };
    for (uint32_t i = 0; i < g->inputs.n; i++)
        set_any(a, g, g->inputs.items[i], &r);
    for (uint32_t i = 0; i < g->states.n; i++)
        set_any(a, g, g->states.items[i].in, &r);
    for (uint32_t i = 0; i < g->nodes.n; i++)
        visit(a, g, i, &r);
    return r;
}
