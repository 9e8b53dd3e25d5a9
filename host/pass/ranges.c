/* ranges.c - which values can each channel of an int8 tensor take?
 * SPDX-License-Identifier: Apache-2.0 */
#include "pass/ranges.h"

#include "ir/bind.h"
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

static void include(struct range *r, uint32_t c, int8_t lo, int8_t hi)
{
    if (lo < r->lo[c])
        r->lo[c] = lo;
    if (hi > r->hi[c])
        r->hi[c] = hi;
}

/* n channels that hold no value yet. */
static struct range range_empty(struct arena *a, uint32_t n)
{
    struct range r = {ARENA_ARRAY(a, int8_t, n), ARENA_ARRAY(a, int8_t, n)};
    memset(r.lo, INT8_MAX, n);
    memset(r.hi, INT8_MIN, n);
    return r;
}

static struct range range_any(struct arena *a, uint32_t n)
{
    struct range r = {ARENA_ARRAY(a, int8_t, n), ARENA_ARRAY(a, int8_t, n)};
    memset(r.lo, INT8_MIN, n);
    memset(r.hi, INT8_MAX, n);
    return r;
}

static struct range range_of_constant(struct arena *a, const struct tensor *t)
{
    const uint32_t n = last_dim(t);
    const int8_t *x = t->data;
    struct range r = range_empty(a, n);
    for (size_t i = 0; i < tensor_bytes(t); i++)
        include(&r, (uint32_t)(i % n), x[i], x[i]);
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

static struct range range_of_add(struct arena *a, struct mote_add_s8 op, const struct range *x,
                                 const struct range *z, uint32_t n)
{
    struct range y = range_any(a, n);
    op.n = n;
    void *scratch = arena_alloc(a, mote_add_s8_ref_scratch(&op));
    mote_add_s8_ref(&op, x->lo, z->lo, y.lo, scratch);
    mote_add_s8_ref(&op, x->hi, z->hi, y.hi, scratch);
    return y;
}

static struct range range_of_requantize(struct arena *a, struct mote_requantize_s8 op,
                                        const struct range *x, uint32_t n)
{
    struct range y = range_any(a, n);
    op.n = n;
    void *scratch = arena_alloc(a, mote_requantize_s8_ref_scratch(&op));
    mote_requantize_s8_ref(&op, x->lo, y.lo, scratch);
    mote_requantize_s8_ref(&op, x->hi, y.hi, scratch);
    return y;
}

/* Average and maximum of values within lo..hi are within lo..hi, and exactly lo where all are lo:
 * the rounded division of n * lo by n is lo. So the kernel over an image of one cell says all. */
static struct range range_of_pool(struct arena *a, const struct mote_pool2d_s8 *pool,
                                  const struct range *x)
{
    const uint16_t n = pool->in.c;
    struct range y = range_any(a, n);
    const struct mote_pool2d_s8 op = {.in = {1, 1, n},
                                      .out = {1, 1, n},
                                      .kh = 1,
                                      .kw = 1,
                                      .sh = 1,
                                      .sw = 1,
                                      .out_min = pool->out_min,
                                      .out_max = pool->out_max};
    void *scratch = arena_alloc(a, mote_max_pool2d_s8_ref_scratch(&op));
    mote_max_pool2d_s8_ref(&op, x->lo, y.lo, scratch);
    mote_max_pool2d_s8_ref(&op, x->hi, y.hi, scratch);
    return y;
}

static struct range range_of_pad(struct arena *a, const struct attrs *at, const struct tensor *in,
                                 const struct range *x, uint32_t n)
{
    const int32_t last = in->shape.rank - 1;
    const uint32_t before = (uint32_t)at->pads[2 * last];
    const int8_t zero = (int8_t)in->quant.zero[0];
    bool around = false; /* is there padding in another dimension? */
    for (int32_t i = 0; i < 2 * last; i++)
        around = around || at->pads[i] != 0;

    struct range y = range_empty(a, n);
    for (uint32_t c = 0; c < n; c++) {
        const bool inside = c >= before && c - before < last_dim(in);
        if (inside)
            include(&y, c, x->lo[c - before], x->hi[c - before]);
        if (!inside || around)
            include(&y, c, zero, zero);
    }
    return y;
}

static struct range range_of_concat(struct arena *a, const struct graph *g, const struct node *n,
                                    const struct range *of)
{
    const struct tensor *out = &g->tensors.items[n->out[0]];
    struct range y = range_empty(a, last_dim(out));
    uint32_t first = 0;
    for (uint32_t i = 0; i < n->n_in; i++) {
        const struct range *x = &of[n->in[i]];
        const uint32_t n_channels = last_dim(&g->tensors.items[n->in[i]]);
        for (uint32_t c = 0; c < n_channels; c++)
            include(&y, first + c, x->lo[c], x->hi[c]);
        if (n->attrs.axis == out->shape.rank - 1)
            first += n_channels;
    }
    return y;
}

/* Element i keeps its place i: of channel i % n_in before, i % n_out after. Over all i these are
 * the pairs with equal remainders modulo the greatest common divisor; walking one period of both
 * finds them all. */
static struct range range_of_reshape(struct arena *a, const struct tensor *in,
                                     const struct tensor *out, const struct range *x)
{
    const uint32_t n_in = last_dim(in), n_out = last_dim(out);
    const uint64_t count = (uint64_t)shape_count(&out->shape), period = (uint64_t)n_in * n_out;
    struct range y = range_empty(a, n_out);
    for (uint64_t i = 0; i < count && i < period; i++)
        include(&y, (uint32_t)(i % n_out), x->lo[i % n_in], x->hi[i % n_in]);
    return y;
}

/* The output of an operator from int8 to int8. One that is not listed may give anything. */
static struct range range_of_node(struct arena *a, const struct graph *g, const struct node *n,
                                  const struct range *of)
{
    const struct tensor *in = &g->tensors.items[n->in[0]], *out = &g->tensors.items[n->out[0]];
    const struct range *x = &of[n->in[0]];
    union kernel_args args;
    struct diag d = {0};
    if (n->op == OP_RESHAPE)
        return range_of_reshape(a, in, out, x);
    if (!bind_node(a, g, n, &args, &d))
        return range_any(a, last_dim(out));
    switch (n->op) {
    case OP_ADD:
        return range_of_add(a, args.add, x, &of[n->in[1]], last_dim(out));
    case OP_AVERAGE_POOL2D:
    case OP_MAX_POOL2D:
        return range_of_pool(a, &args.pool2d, x);
    case OP_RELU:
    case OP_RELU6:
    case OP_QUANTIZE:
        return range_of_requantize(a, args.requantize, x, last_dim(out));
    case OP_PAD:
        return range_of_pad(a, &n->attrs, in, x, last_dim(out));
    case OP_CONCAT:
        return range_of_concat(a, g, n, of);
    default:
        return range_any(a, last_dim(out));
    }
}

static bool is_s8(const struct graph *g, uint32_t t)
{
    return t != NO_TENSOR && g->tensors.items[t].dtype == DT_S8;
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
    const uint32_t out = n->out[0];
    const bool other_weights = has_weights(n->op) && !is_s8(g, n->in[1]);
    if (!other_weights && n->n_in > 0 && n->n_out == 1 && is_s8(g, n->in[0]) && is_s8(g, out)) {
        if (has_weights(n->op)) {
            r->filters[i] = filters_of(a, g, n);
            r->least[i] = ARENA_ARRAY(a, int32_t, r->filters[i]->n_out);
            r->of[out] = range_of_filters(a, r->filters[i], &r->of[n->in[0]], r->least[i]);
        } else {
            r->of[out] = range_of_node(a, g, n, r->of);
        }
        return;
    }
    for (uint32_t k = 0; k < n->n_out; k++)
        if (is_s8(g, n->out[k]))
            r->of[n->out[k]] = range_any(a, last_dim(&g->tensors.items[n->out[k]]));
}

struct ranges ranges_find(struct arena *a, const struct graph *g)
{
    struct ranges r = {
        .of = ARENA_ARRAY(a, struct range, g->tensors.n),
        .filters = ARENA_ARRAY(a, struct filters *, g->nodes.n),
        .least = ARENA_ARRAY(a, int32_t *, g->nodes.n),
    };
    for (uint32_t i = 0; i < g->inputs.n; i++) {
        const uint32_t t = g->inputs.items[i];
        if (is_s8(g, t))
            r.of[t] = range_any(a, last_dim(&g->tensors.items[t]));
    }
    for (uint32_t i = 0; i < g->nodes.n; i++)
        visit(a, g, i, &r);
    return r;
}
