/* unary_s16.c - functions of one element of s16. SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/unary_s16.h"

#include <math.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/tables.h"

#define LEFT_MAX  15             /* |x| <= 2^15, but -2^15 goes to -2^30 */
#define LOG_MAX   128.0f         /* of |log x| for any float */
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

/* Where the real function has no value the reference gives the end of the range. */
static float exp_of(float x, float low)
{
    (void)low;
    return (float)exp((double)x);
}

static float log_of(float x, float low)
{
    return x <= 0.0f ? low : (float)log((double)x);
}

static struct mote_lut_s16 lut_of(struct arena *a, const struct graph *g, const struct node *n)
{
    const struct tensor *x = node_in(g, n, 0), *y = &g->tensors.items[n->out[0]];
    return (struct mote_lut_s16){
        .n = (uint32_t)shape_count(&x->shape),
        .table = table_s16(a, n->op == OP_EXP ? exp_of : log_of, x->quant.scale[0], 0,
                           y->quant.scale[0]),
    };
}

static struct mote_rsqrt_s16 rsqrt_of(const struct graph *g, const struct node *n)
{
    const struct tensor *x = node_in(g, n, 0), *y = &g->tensors.items[n->out[0]];
    struct mote_rsqrt_s16 op = {.n = (uint32_t)shape_count(&x->shape)};
    set_multiplier(1.0 / (sqrt(scale_of(x)) * scale_of(y)), &op.mult, &op.shift);
    return op;
}

static const char *rsqrt_fault(const struct graph *g, const struct node *n)
{
    const struct mote_rsqrt_s16 op = rsqrt_of(g, n);
    if (op.shift < MOTE_RSQRT_BITS - 31 || op.mult == 0)
        return "the output scale is too large";
    return op.shift > 30 ? "the output scale is too small" : NULL;
}

static struct mote_abs_s16 abs_of(const struct graph *g, const struct node *n)
{
    const struct tensor *x = node_in(g, n, 0), *y = &g->tensors.items[n->out[0]];
    struct mote_abs_s16 op = {.n = (uint32_t)shape_count(&x->shape)};
    set_multiplier(scale_of(x) / scale_of(y), &op.mult, &op.shift);
    return op;
}

bool unary_has_s16(enum op op)
{
    return op == OP_LEAKY_RELU || op == OP_LOGISTIC || op == OP_TANH || op == OP_ABS ||
           op == OP_EXP || op == OP_LOG || op == OP_RSQRT;
}

/* Is the largest number that the table is made of finite? */
static const char *table_fault_s16(const struct graph *g, const struct node *n)
{
    const float x = node_in(g, n, 0)->quant.scale[0],
                y = g->tensors.items[n->out[0]].quant.scale[0];
    const float most = n->op == OP_EXP ? exp_of(x * 32768.0f, 0.0f) : LOG_MAX;
    const float unit = 65536.0f / (y * 65535.0f);
    return isfinite(x * 65536.0f) && isfinite(y * 65536.0f) && isfinite(most * unit * 4.0f)
               ? NULL
               : "results of its table are not finite";
}

const char *unary_s16_fault(const struct graph *g, const struct node *n)
{
    switch (n->op) {
    case OP_LEAKY_RELU:
        return leaky_fault(g, n);
    case OP_ABS:
        return abs_of(g, n).shift > 14 ? "the output scale is too small: below 2^-14 of the input's"
                                       : NULL;
    case OP_EXP:
    case OP_LOG:
        return table_fault_s16(g, n);
    case OP_RSQRT:
        return rsqrt_fault(g, n);
    default:
        return sigmoid_fault(g, n);
    }
}

void unary_s16_bind(struct arena *a, const struct graph *g, const struct node *n,
                    union kernel_args *out)
{
    switch (n->op) {
    case OP_LEAKY_RELU:
        out->leaky_relu_s16 = leaky_relu_of(g, n);
        break;
    case OP_ABS:
        out->abs_s16 = abs_of(g, n);
        break;
    case OP_EXP:
    case OP_LOG:
        out->lut_s16 = lut_of(a, g, n);
        break;
    case OP_RSQRT:
        out->rsqrt_s16 = rsqrt_of(g, n);
        break;
    default:
        out->sigmoid_s16 = sigmoid_of(g, n);
    }
}

void unary_s16_eval(const struct eval *e)
{
    switch (e->n->op) {
    case OP_LEAKY_RELU:
        mote_leaky_relu_s16_ref(&e->args->leaky_relu_s16, e->in[0], e->out, e->scratch);
        break;
    case OP_ABS:
        mote_abs_s16_ref(&e->args->abs_s16, e->in[0], e->out, e->scratch);
        break;
    case OP_EXP:
    case OP_LOG:
        mote_lut_s16_ref(&e->args->lut_s16, e->in[0], e->out, e->scratch);
        break;
    case OP_RSQRT:
        mote_rsqrt_s16_ref(&e->args->rsqrt_s16, e->in[0], e->out, e->scratch);
        break;
    default:
        mote_sigmoid_s16_ref(&e->args->sigmoid_s16, e->in[0], e->out, e->scratch);
    }
}
