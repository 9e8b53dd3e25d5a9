/* node_range.c - which values can each channel of one node's output take?
 * SPDX-License-Identifier: Apache-2.0 */
#include "pass/node_range.h"

#include "ir/bind.h"
#include "kernels/common/requant.h"
#include <string.h>

void range_include(struct range *r, uint32_t c, int8_t lo, int8_t hi)
{
    if (lo < r->lo[c])
        r->lo[c] = lo;
    if (hi > r->hi[c])
        r->hi[c] = hi;
}

struct range range_empty(struct arena *a, uint32_t n)
{
    struct range r = {ARENA_ARRAY(a, int8_t, n), ARENA_ARRAY(a, int8_t, n)};
    memset(r.lo, INT8_MAX, n);
    memset(r.hi, INT8_MIN, n);
    return r;
}

struct range range_any(struct arena *a, uint32_t n)
{
    struct range r = {ARENA_ARRAY(a, int8_t, n), ARENA_ARRAY(a, int8_t, n)};
    memset(r.lo, INT8_MIN, n);
    memset(r.hi, INT8_MAX, n);
    return r;
}

/* Whatever a fused clamp lets through. */
static struct range range_between(struct arena *a, uint32_t n, int8_t lo, int8_t hi)
{
    struct range r = range_any(a, n);
    memset(r.lo, lo, n);
    memset(r.hi, hi, n);
    return r;
}

/* All channels together. */
static struct range range_union(struct arena *a, const struct range *x, uint32_t n_in,
                                uint32_t n_out)
{
    struct range all = range_empty(a, 1), y = range_any(a, n_out);
    for (uint32_t c = 0; c < n_in; c++)
        range_include(&all, 0, x->lo[c], x->hi[c]);
    memset(y.lo, all.lo[0], n_out);
    memset(y.hi, all.hi[0], n_out);
    return y;
}

/* One node as a function of two values per channel, from its bound constants. */
struct pair_kernel {
    enum op op;
    union kernel_args args;
    void *scratch;
};

/* The constants of a binary node for two vectors of n channels. */
static struct pair_kernel pair_kernel_of(struct arena *a, const struct node *n,
                                         const union kernel_args *args, uint32_t n_channels)
{
    struct pair_kernel k = {.op = n->op, .args = *args};
    const struct mote_broadcast walk = {
        .n = {1, 1, 1, n_channels}, .a_step = {0, 0, 0, 1}, .b_step = {0, 0, 0, 1}};
    switch (n->op) {
    case OP_ADD:
        k.args.add.n = n_channels;
        k.scratch = arena_alloc(a, mote_add_s8_ref_scratch(&k.args.add));
        break;
    case OP_MUL:
        k.args.mul.walk = walk;
        k.scratch = arena_alloc(a, mote_mul_s8_ref_scratch(&k.args.mul));
        break;
    case OP_MINIMUM:
    case OP_MAXIMUM:
        k.args.extremum.walk = walk;
        k.scratch = arena_alloc(a, mote_minimum_s8_ref_scratch(&k.args.extremum));
        break;
    default:
        k.args.sum.walk = walk;
        k.scratch = arena_alloc(a, mote_sub_s8_ref_scratch(&k.args.sum));
    }
    return k;
}

static void pair_run(const struct pair_kernel *k, const int8_t *x, const int8_t *z, int8_t *y)
{
    switch (k->op) {
    case OP_ADD:
        mote_add_s8_ref(&k->args.add, x, z, y, k->scratch);
        break;
    case OP_ADD_BROADCAST:
        mote_add_broadcast_s8_ref(&k->args.sum, x, z, y, k->scratch);
        break;
    case OP_SUB:
        mote_sub_s8_ref(&k->args.sum, x, z, y, k->scratch);
        break;
    case OP_MUL:
        mote_mul_s8_ref(&k->args.mul, x, z, y, k->scratch);
        break;
    case OP_MINIMUM:
        mote_minimum_s8_ref(&k->args.extremum, x, z, y, k->scratch);
        break;
    default:
        mote_maximum_s8_ref(&k->args.extremum, x, z, y, k->scratch);
    }
}

/* n channels of an operand, whose only one may be repeated. */
static struct range spread(struct arena *a, const struct tensor *t, const struct range *x,
                           uint32_t n)
{
    return last_dim(t) == n ? *x : range_union(a, x, 1, n);
}

/* Sums, differences, minima and maxima are monotone in each operand, a product is linear in each:
 * whatever the operator, its ends are among the four corners. */
static struct range range_of_pair(struct arena *a, const struct graph *g, const struct node *n,
                                  const union kernel_args *args, const struct range *of)
{
    const uint32_t n_out = last_dim(&g->tensors.items[n->out[0]]);
    const struct range x = spread(a, &g->tensors.items[n->in[0]], &of[n->in[0]], n_out);
    const struct range z = spread(a, &g->tensors.items[n->in[1]], &of[n->in[1]], n_out);
    const struct pair_kernel k = pair_kernel_of(a, n, args, n_out);
    const int8_t *xs[2] = {x.lo, x.hi}, *zs[2] = {z.lo, z.hi};
    struct range y = range_empty(a, n_out);
    int8_t *corner = ARENA_ARRAY(a, int8_t, n_out);
    for (int i = 0; i < 4; i++) {
        pair_run(&k, xs[i / 2], zs[i % 2], corner);
        for (uint32_t c = 0; c < n_out; c++)
            range_include(&y, c, corner[c], corner[c]);
    }
    return y;
}

static struct range range_of_table(struct arena *a, const int8_t *table, const struct range *x,
                                   uint32_t n)
{
    struct range y = range_empty(a, n);
    for (uint32_t c = 0; c < n; c++)
        for (int32_t q = x->lo[c]; q <= x->hi[c]; q++)
            range_include(&y, c, table[(uint8_t)q], table[(uint8_t)q]);
    return y;
}

/* A sum of `count` elements never falls when one of them rises; nor does what becomes of it. If
 * the channels are summed too, each of them gives an equal share of the elements. */
static struct range range_of_sum(struct arena *a, const struct graph *g, const struct node *n,
                                 const struct mote_reduce_s8 *op, const struct range *x)
{
    const struct tensor *in = &g->tensors.items[n->in[0]], *out = &g->tensors.items[n->out[0]];
    const uint32_t n_in = last_dim(in), n_out = last_dim(out);
    const int64_t count = shape_count(&in->shape) / shape_count(&out->shape);
    const int64_t share = count / (n_in / n_out);
    struct range y = range_empty(a, n_out);
    for (uint32_t c = 0; c < n_out; c++) {
        int64_t lo = -(int64_t)op->zero_sum, hi = lo;
        for (uint32_t i = c; i < n_in; i += n_out) {
            lo += share * x->lo[i];
            hi += share * x->hi[i];
        }
        range_include(&y, c,
                      mote_to_s8(mote_requant((int32_t)lo, op->mult, op->shift), op->out_zero,
                                 INT8_MIN, INT8_MAX),
                      mote_to_s8(mote_requant((int32_t)hi, op->mult, op->shift), op->out_zero,
                                 INT8_MIN, INT8_MAX));
    }
    return y;
}

/* The largest or smallest of values, each within its own interval. */
static struct range range_of_extreme(struct arena *a, enum op op, const struct range *x,
                                     uint32_t n_in, uint32_t n_out)
{
    if (n_in == n_out)
        return *x;
    struct range y = {ARENA_ARRAY(a, int8_t, 1), ARENA_ARRAY(a, int8_t, 1)};
    const bool max = op == OP_REDUCE_MAX;
    y.lo[0] = y.hi[0] = max ? INT8_MIN : INT8_MAX;
    for (uint32_t c = 0; c < n_in; c++) {
        if (max ? x->lo[c] > y.lo[0] : x->lo[c] < y.lo[0])
            y.lo[0] = x->lo[c];
        if (max ? x->hi[c] > y.hi[0] : x->hi[c] < y.hi[0])
            y.hi[0] = x->hi[c];
    }
    return y;
}

static struct range range_of_slice(struct arena *a, const struct attrs *at, int32_t last,
                                   const struct range *x, uint32_t n)
{
    struct range y = range_empty(a, n);
    for (uint32_t c = 0; c < n; c++) {
        const int32_t from = at->begin[last] + (int32_t)c * at->step[last];
        range_include(&y, c, x->lo[from], x->hi[from]);
    }
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

static struct range range_of_pad(struct arena *a, const struct attrs *at, int8_t value,
                                 const struct tensor *in, const struct range *x, uint32_t n)
{
    const int32_t last = in->shape.rank - 1;
    const uint32_t before = (uint32_t)at->pads[2 * last];
    bool around = false; /* is there padding in another dimension? */
    for (int32_t i = 0; i < 2 * last; i++)
        around = around || at->pads[i] != 0;

    struct range y = range_empty(a, n);
    for (uint32_t c = 0; c < n; c++) {
        const bool inside = c >= before && c - before < last_dim(in);
        if (inside)
            range_include(&y, c, x->lo[c - before], x->hi[c - before]);
        if (!inside || around)
            range_include(&y, c, value, value);
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
            range_include(&y, first + c, x->lo[c], x->hi[c]);
        if (n->attrs.axis == out->shape.rank - 1)
            first += n_channels;
    }
    return y;
}

static uint32_t greatest_divisor(uint32_t a, uint32_t b)
{
    while (b != 0) {
        const uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* A copy where channel i % n_out of the output takes what was channel i % n_in, for all i: a
 * reshape, where element i keeps its place i, an image of another size, blocks from channels and
 * back. One period of both finds all pairs. */
static struct range range_of_copy(struct arena *a, const struct tensor *in,
                                  const struct tensor *out, const struct range *x)
{
    const uint32_t n_in = last_dim(in), n_out = last_dim(out);
    const uint64_t count = (uint64_t)shape_count(&out->shape);
    const uint64_t period = (uint64_t)(n_in / greatest_divisor(n_in, n_out)) * n_out;
    struct range y = range_empty(a, n_out);
    for (uint64_t i = 0; i < count && i < period; i++)
        range_include(&y, (uint32_t)(i % n_out), x->lo[i % n_in], x->hi[i % n_in]);
    return y;
}

struct range node_range(struct arena *a, const struct graph *g, const struct node *n,
                        const struct range *of) /* long: one case per operator */
{
    const struct tensor *in = &g->tensors.items[n->in[0]], *out = &g->tensors.items[n->out[0]];
    const struct range *x = &of[n->in[0]];
    const uint32_t n_out = last_dim(out);
    const int32_t last = in->shape.rank - 1;
    union kernel_args args;
    struct diag d = {0};
    if (n->op == OP_RESHAPE)
        return range_of_copy(a, in, out, x);
    if (!bind_node(a, g, n, &args, &d))
        return range_any(a, n_out);
    switch (n->op) {
    case OP_ADD:
    case OP_ADD_BROADCAST:
    case OP_SUB:
    case OP_MUL:
    case OP_MINIMUM:
    case OP_MAXIMUM:
        return range_of_pair(a, g, n, &args, of);
    case OP_AVERAGE_POOL2D:
    case OP_MAX_POOL2D:
        return range_of_pool(a, &args.pool2d, x);
    case OP_RELU:
    case OP_RELU6:
    case OP_QUANTIZE:
        return range_of_requantize(a, args.requantize, x, n_out);
    case OP_PAD:
        return range_of_pad(a, &n->attrs, (int8_t)args.pad.value, in, x, n_out);
    case OP_CONCAT:
        return range_of_concat(a, g, n, of);
    case OP_MEAN:
    case OP_REDUCE_SUM:
        return range_of_sum(a, g, n, &args.reduce, x);
    case OP_REDUCE_MAX:
    case OP_REDUCE_MIN:
        return range_of_extreme(a, n->op, x, last_dim(in), n_out);
    case OP_TRANSPOSE:
        return n->attrs.perm[last] == last ? *x : range_union(a, x, last_dim(in), n_out);
    case OP_SLICE:
        return range_of_slice(a, &n->attrs, last, x, n_out);
    case OP_DEPTH_TO_SPACE:
    case OP_SPACE_TO_DEPTH:
    case OP_RESIZE_NEAREST:
        return range_of_copy(a, in, out, x);
    case OP_TRANSPOSE_CONV2D:
        return range_between(a, n_out, (int8_t)args.conv2d.out_min, (int8_t)args.conv2d.out_max);
    case OP_DIV:
        return range_between(a, n_out, (int8_t)args.mul.out_min, (int8_t)args.mul.out_max);
#define UNARY(UPPER, lower, attr_mask) case OP_##UPPER:
#include "ir/unary.def"
#undef UNARY
        return range_of_table(a, args.lut.table, x, n_out);
    default:
        return range_any(a, n_out);
    }
}
