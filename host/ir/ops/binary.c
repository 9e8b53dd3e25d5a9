/* binary.c - the operators of binary.def: rule, cost and float meaning.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>
#include <math.h>

#include "ir/ops/binding.h"
#include "ir/ops/broadcast.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

#define SQUARE_LEFT_SHIFT 14 /* fraction bits of the square in squared_difference of s8 */

/* Operators that have a kernel for s16. */
static bool has_s16(enum op op)
{
    return op == OP_ADD_BROADCAST || op == OP_SUB || op == OP_MUL || op == OP_MINIMUM ||
           op == OP_MAXIMUM || op == OP_SQUARED_DIFFERENCE;
}

/* Operators without a kernel for scales. */
static bool is_plain(enum op op)
{
    return op == OP_POW || op == OP_FLOOR_DIV || op == OP_FLOOR_MOD;
}

/* s32 without a scale: numbers as they are. */
static bool is_s32(const struct graph *g, const struct node *n)
{
    return node_in(g, n, 0)->dtype == DT_S32;
}

static bool infer_binary(const struct graph *g, const struct node *n, struct tensor *out,
                         struct diag *d)
{
    const struct tensor *a = node_in(g, n, 0);
    if (!infer_broadcast(g, n, out, d))
        return false;
    if (is_s32(g, n))
        return infer_s32_binary(g, n, out, d);
    if (is_plain(n->op) && a->dtype != DT_F32)
        return node_error(d, g, n, "input type %s, expected %s", dtype_name(a->dtype),
                          n->op == OP_POW ? "f32" : "f32 or s32");
    return has_s16(n->op) ? infer_activation(g, n, out, d) : infer_f32_or_s8(g, n, out, d);
}

#define S32_CASE(UPPER, lower)                                                                     \
    case OP_##UPPER:                                                                               \
        mote_##lower##_s32_ref(&e->args->binary_s32, e->in[0], e->in[1], e->out, e->scratch);      \
        break;

static void binary_s32(const struct eval *e)
{
    switch (e->n->op) {
        S32_CASE(ADD_BROADCAST, add_broadcast)
        S32_CASE(SUB, sub)
        S32_CASE(MUL, mul)
        S32_CASE(DIV, div)
        S32_CASE(MINIMUM, minimum)
        S32_CASE(MAXIMUM, maximum)
        S32_CASE(FLOOR_DIV, floor_div)
        S32_CASE(FLOOR_MOD, floor_mod)
    default:
        assert(false && "an operator of binary.def without a kernel for s32");
    }
}

#define FLOAT_CASE(UPPER, lower)                                                                   \
    case OP_##UPPER:                                                                               \
        mote_##lower##_f32_ref(&e->args->binary_f32, e->in[0], e->in[1], e->out, e->scratch);      \
        break;

static void binary_f32(const struct eval *e)
{
    switch (e->n->op) {
        FLOAT_CASE(ADD_BROADCAST, add_broadcast)
        FLOAT_CASE(SUB, sub)
        FLOAT_CASE(MUL, mul)
        FLOAT_CASE(DIV, div)
        FLOAT_CASE(PRELU, prelu)
        FLOAT_CASE(SQUARED_DIFFERENCE, squared_difference)
        FLOAT_CASE(MINIMUM, minimum)
        FLOAT_CASE(MAXIMUM, maximum)
        FLOAT_CASE(POW, pow)
        FLOAT_CASE(FLOOR_DIV, floor_div)
        FLOAT_CASE(FLOOR_MOD, floor_mod)
    default:
        assert(false && "an operator of binary.def without a float meaning");
    }
}

static void binary_s8(const struct eval *e)
{
    const union kernel_args *k = e->args;
    switch (e->n->op) {
    case OP_ADD_BROADCAST:
        mote_add_broadcast_s8_ref(&k->sum, e->in[0], e->in[1], e->out, e->scratch);
        break;
    case OP_SUB:
        mote_sub_s8_ref(&k->sum, e->in[0], e->in[1], e->out, e->scratch);
        break;
    case OP_MUL:
        mote_mul_s8_ref(&k->mul, e->in[0], e->in[1], e->out, e->scratch);
        break;
    case OP_DIV:
        mote_div_s8_ref(&k->mul, e->in[0], e->in[1], e->out, e->scratch);
        break;
    case OP_PRELU:
        mote_prelu_s8_ref(&k->prelu, e->in[0], e->in[1], e->out, e->scratch);
        break;
    case OP_SQUARED_DIFFERENCE:
        mote_squared_difference_s8_ref(&k->sum, e->in[0], e->in[1], e->out, e->scratch);
        break;
    case OP_MINIMUM:
        mote_minimum_s8_ref(&k->extremum, e->in[0], e->in[1], e->out, e->scratch);
        break;
    case OP_MAXIMUM:
        mote_maximum_s8_ref(&k->extremum, e->in[0], e->in[1], e->out, e->scratch);
        break;
    default:
        assert(false && "an operator of binary.def without a kernel");
    }
}

static void binary_s16(const struct eval *e)
{
    const union kernel_args *k = e->args;
    switch (e->n->op) {
    case OP_ADD_BROADCAST:
        mote_add_broadcast_s16_ref(&k->sum, e->in[0], e->in[1], e->out, e->scratch);
        break;
    case OP_SUB:
        mote_sub_s16_ref(&k->sum, e->in[0], e->in[1], e->out, e->scratch);
        break;
    case OP_MUL:
        mote_mul_s16_ref(&k->mul, e->in[0], e->in[1], e->out, e->scratch);
        break;
    case OP_SQUARED_DIFFERENCE:
        mote_squared_difference_s16_ref(&k->sum, e->in[0], e->in[1], e->out, e->scratch);
        break;
    case OP_MINIMUM:
        mote_minimum_s16_ref(&k->extremum, e->in[0], e->in[1], e->out, e->scratch);
        break;
    case OP_MAXIMUM:
        mote_maximum_s16_ref(&k->extremum, e->in[0], e->in[1], e->out, e->scratch);
        break;
    default:
        assert(false && "an operator of binary.def without a kernel");
    }
}

static void eval_binary(const struct eval *e)
{
    if (node_in(e->g, e->n, 0)->dtype == DT_F32)
        binary_f32(e);
    else if (node_in(e->g, e->n, 0)->dtype == DT_S16)
        binary_s16(e);
    else if (is_s32(e->g, e->n))
        binary_s32(e);
    else
        binary_s8(e);
}

static void bind_walk(const struct graph *g, const struct node *n, struct mote_broadcast *w)
{
    const struct shape *y = &g->tensors.items[n->out[0]].shape;
    bool fits = broadcast_walk(&node_in(g, n, 0)->shape, &node_in(g, n, 1)->shape, y, w);
    assert(fits);
    (void)fits;
}

static void sum_constants(const struct graph *g, const struct node *n, struct mote_sum_s8 *op)
{
    const struct tensor *y = &g->tensors.items[n->out[0]];
    struct mote_add_s8 sum;
    bind_sum_of_two(g, n, &sum);
    *op = (struct mote_sum_s8){
        .a_zero = sum.a_zero,
        .b_zero = sum.b_zero,
        .out_zero = sum.out_zero,
        .out_min = sum.out_min,
        .out_max = sum.out_max,
        .a_shift = sum.a_shift,
        .b_shift = sum.b_shift,
        .out_shift = sum.out_shift,
        .a_mult = sum.a_mult,
        .b_mult = sum.b_mult,
        .out_mult = sum.out_mult,
    };
    bind_walk(g, n, &op->walk);
    if (n->op == OP_SQUARED_DIFFERENCE) {
        const double unit = 2.0 * fmax(scale_of(node_in(g, n, 0)), scale_of(node_in(g, n, 1)));
        const double fraction = y->dtype == DT_S16 ? 1.0 : (double)(1 << SQUARE_LEFT_SHIFT);
        const double square = unit * unit / fraction;
        set_multiplier(square / scale_of(y), &op->out_mult, &op->out_shift);
    }
    if (n->op != OP_SUB || y->dtype == DT_S16)
        return;
    /* The reference computes these three in float for differences of int8. */
    const float a = node_in(g, n, 0)->quant.scale[0], b = node_in(g, n, 1)->quant.scale[0];
    const float twice_max = 2.0f * (a > b ? a : b);
    const float wide_out = (float)(1 << sum_left_shift(y->dtype)) * y->quant.scale[0];
    set_multiplier((double)(a / twice_max), &op->a_mult, &op->a_shift);
    set_multiplier((double)(b / twice_max), &op->b_mult, &op->b_shift);
    set_multiplier((double)(twice_max / wide_out), &op->out_mult, &op->out_shift);
}

/* The reference has quotients in float, products in double. */
static float quotient_scale(const struct tensor *a, const struct tensor *b, const struct tensor *y)
{
    const float divisor = b->quant.scale[0] * y->quant.scale[0];
    return a->quant.scale[0] / divisor;
}

static void prelu_constants(const struct graph *g, const struct node *n, struct mote_prelu_s8 *op)
{
    const struct tensor *a = node_in(g, n, 0), *b = node_in(g, n, 1);
    const struct tensor *y = &g->tensors.items[n->out[0]];
    *op = (struct mote_prelu_s8){
        .a_zero = zero_of(a),
        .b_zero = zero_of(b),
        .out_zero = zero_of(y),
    };
    bind_walk(g, n, &op->walk);
    set_multiplier(scale_of(a) / scale_of(y), &op->mult, &op->shift);
    set_multiplier(scale_of(a) * scale_of(b) / scale_of(y), &op->product_mult, &op->product_shift);
}

/* mul and div. */
static void mul_constants(const struct graph *g, const struct node *n, struct mote_mul_s8 *op)
{
    const struct tensor *a = node_in(g, n, 0), *b = node_in(g, n, 1);
    const struct tensor *y = &g->tensors.items[n->out[0]];
    *op = (struct mote_mul_s8){
        .a_zero = zero_of(a),
        .b_zero = zero_of(b),
        .out_zero = zero_of(y),
    };
    bind_walk(g, n, &op->walk);
    set_multiplier(n->op == OP_DIV ? (double)quotient_scale(a, b, y)
                                   : scale_of(a) * scale_of(b) / scale_of(y),
                   &op->mult, &op->shift);
    set_clamp(y, n->attrs.act, &op->out_min, &op->out_max);
}

static void bind_binary(struct arena *a, const struct graph *g, const struct node *n,
                        union kernel_args *out)
{
    (void)a;
    if (node_in(g, n, 0)->dtype == DT_F32)
        bind_binary_f32(g, n, &out->binary_f32);
    else if (is_s32(g, n))
        bind_binary_s32(g, n, &out->binary_s32);
    else if (n->op == OP_MUL || n->op == OP_DIV)
        mul_constants(g, n, &out->mul);
    else if (n->op == OP_PRELU)
        prelu_constants(g, n, &out->prelu);
    else if (n->op == OP_MINIMUM || n->op == OP_MAXIMUM)
        bind_walk(g, n, &out->extremum.walk);
    else
        sum_constants(g, n, &out->sum);
}

/* The largest shift to the left that the kernel can take: |product| <= 255 * 255 < 2^16; a quotient
 * has 23 bits at least to lose; |difference| <= 2^15 (of s8 32640), and its square fits int32. */
static const char *shift_fault(enum op op, const union kernel_args *k)
{
    switch (op) {
    case OP_MUL:
        return k->mul.shift > 15
                   ? "the output scale is too small: below 2^-15 of the inputs' product"
                   : NULL;
    case OP_DIV:
        return k->mul.shift > 23
                   ? "the output scale is too small: below 2^-23 of the inputs' quotient"
                   : NULL;
    case OP_PRELU:
        if (k->prelu.shift > 22)
            return "the output scale is too small: below 2^-22 of the input's";
        return k->prelu.product_shift > 15
                   ? "the output scale is too small: below 2^-15 of the inputs' product"
                   : NULL;
    default:
        assert(op == OP_SQUARED_DIFFERENCE);
        return k->sum.out_shift > 0
                   ? "the output scale is too small: below 2^-12 of the larger input's square"
                   : NULL;
    }
}

static bool ranges_binary(struct arena *tmp, const struct graph *g, const struct node *n,
                          struct diag *d)
{
    union kernel_args args;
    if (n->op == OP_MINIMUM || n->op == OP_MAXIMUM)
        return ranges_same_quant(g, n, d);
    if (!bind_node(tmp, g, n, &args, d))
        return false;
    if (n->op == OP_ADD_BROADCAST || n->op == OP_SUB)
        return ranges_sum_shift(g, n, args.sum.out_shift, d);
    if (n->op == OP_MUL && node_in(g, n, 0)->dtype == DT_S16 && args.mul.shift > 0)
        return node_error(d, g, n, /* a product reaches 2^30 by itself */
                          "the output scale is too small: below the inputs' product");
    if (n->op == OP_SQUARED_DIFFERENCE && node_in(g, n, 0)->dtype == DT_S16 &&
        args.sum.out_shift > 0)
        return node_error(
            d, g, n, /* a square reaches 2^30 by itself */
            "the output scale is too small: below four squares of the larger input's");
    const char *fault = shift_fault(n->op, &args);
    return fault ? node_error(d, g, n, "%s", fault) : true;
}

#define BINARY(UPPER, lower, attr_mask)                                                            \
    OP_BY(lower, infer_binary, eval_binary, bind_binary, ranges_binary)
#include "ir/binary.def"
#undef BINARY
