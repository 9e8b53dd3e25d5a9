/* unary_s16.c - leaky_relu, logistic and tanh of s16. SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/unary_s16.h"

#include <math.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"

#define LEFT_MAX  15             /* |x| <= 2^15, but -2^15 goes to -2^30 */
#define TABLE_ONE (3.0 * 4096.0) /* the table's unit is 1 / (3 * 4096) */

/* Quotients and products of floats, as in s8. */
static struct mote_leaky_relu_s16 leaky_relu_of(const struct graph *g, const struct node *n)
{
    const struct tensor *x = node_in(g, n, 0), *y = &g->tensors.items[n->out[0]];
    const float in = x->quant.scale[0], out = y->quant.scale[0];
    struct mote_leaky_relu_s16 op = {.n = (uint32_t)shape_count(&x->shape)};
    set_multiplier((double)(in / out), &op.mult, &op.shift);
    set_multiplier((double)(in * n->attrs.alpha / out), &op.negative_mult, &op.negative_shift);
    return op;
}

/* Is x a power of two, as near as the reference takes it? */
static bool is_power_of_two(float x, int32_t *log2_x)
{
    const float log = (float)log2((double)x);
    *log2_x = (int32_t)roundf(log);
    return fabsf(log - roundf(log)) < 1e-3f;
}

/* An input scale of 2^-12 (of tanh also 2^-11) is taken exactly; any other becomes a multiplier of
 * 15 bits, cut and not rounded, with a shift to the right. */
static struct mote_sigmoid_s16 sigmoid_of(const struct graph *g, const struct node *n)
{
    const struct tensor *x = node_in(g, n, 0);
    struct mote_sigmoid_s16 op = {
        .n = (uint32_t)shape_count(&x->shape),
        .is_tanh = n->op == OP_TANH,
    };
    int32_t log2_scale;
    const bool is_power = is_power_of_two(x->quant.scale[0], &log2_scale);
    const int32_t left = log2_scale + 12;
    if (is_power && (left == 0 || (left == 1 && op.is_tanh))) {
        op.mult = 3 << left;
        return op;
    }
    double m = (double)x->quant.scale[0] * TABLE_ONE;
    while (m <= 32767.0 / 2.0 && op.shift <= 30) {
        op.shift++;
        m *= 2.0;
    }
    op.mult = (int32_t)fmin(m, 65536.0); /* the verifier refuses more than 32767 */
    return op;
}

static const char *sigmoid_fault(const struct graph *g, const struct node *n)
{
    int32_t log2_scale;
    if (!is_power_of_two(g->tensors.items[n->out[0]].quant.scale[0], &log2_scale) ||
        log2_scale != -15)
        return "an s16 logistic or tanh gives scale 2^-15";
    const struct mote_sigmoid_s16 op = sigmoid_of(g, n);
    if (op.mult < 1)
        return "the input scale is too small: below 2^-44";
    return op.mult > INT16_MAX ? "the input scale is too large: above 2.66" : NULL;
}

static const char *leaky_fault(const struct graph *g, const struct node *n)
{
    if (n->attrs.alpha < 0.0f)
        return "alpha is negative: an s16 leaky_relu has none such";
    const struct mote_leaky_relu_s16 op = leaky_relu_of(g, n);
    return op.shift > LEFT_MAX || op.negative_shift > LEFT_MAX
               ? "the output scale is too small: below 2^-15 of the input's"
               : NULL;
}

const char *unary_s16_fault(const struct graph *g, const struct node *n)
{
    return n->op == OP_LEAKY_RELU ? leaky_fault(g, n) : sigmoid_fault(g, n);
}

void unary_s16_bind(const struct graph *g, const struct node *n, union kernel_args *out)
{
    if (n->op == OP_LEAKY_RELU)
        out->leaky_relu_s16 = leaky_relu_of(g, n);
    else
        out->sigmoid_s16 = sigmoid_of(g, n);
}
