/* unary.c - the operators of unary.def: rule, cost, and the function that the tables of int8 sample.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Float nodes are their kernels. What int8 tables sample calls the C library in double and rounds
 * once, as docs/spec/numerics.md, section 17, has it: there C libraries differ by a unit in the last
 * place, which rounding to float hides almost always. */
#include "ir/ops/unary.h"

#include <assert.h>
#include <math.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/unary_s16.h"
#include "ir/tables.h"

static float hard_swish(float x)
{
    float gate = x + 3.0f;
    gate = gate > 0.0f ? gate : 0.0f;
    gate = gate < 6.0f ? gate : 6.0f;
    return x * gate / 6.0f;
}

/* x * P(a normal variable is below x), by the complement of the error function: 1 + erf would lose
 * all digits for large negative x. */
static float gelu(float x)
{
    return 0.5f * x * (float)erfc((double)(x * -0.707106781f));
}

/* Its approximation by a hyperbolic tangent; 0.797... is sqrt(2 / pi). */
static float gelu_tanh(float x)
{
    const float inner = 0.797884561f * x * (1.0f + 0.044715f * x * x);
    return 0.5f * x * (1.0f + (float)tanh((double)inner));
}

/* The nearest integer, halves to the even one. */
static float round_even(float x)
{
    const float down = floorf(x), over = x - down;
    if (over < 0.5f)
        return down;
    if (over > 0.5f)
        return down + 1.0f;
    return fmodf(down, 2.0f) == 0.0f ? down : down + 1.0f;
}

float unary_f32(enum op op, const struct attrs *at, float x)
{
    switch (op) {
    case OP_LOGISTIC:
        return (float)(1.0 / (1.0 + exp(-(double)x)));
    case OP_TANH:
        return (float)tanh((double)x);
    case OP_HARD_SWISH:
        return hard_swish(x);
    case OP_LEAKY_RELU:
        return x > 0.0f ? x : x * at->alpha;
    case OP_ELU: /* rounded before the subtraction, as the int8 table of the reference has it */
        return x < 0.0f ? (float)exp((double)x) - 1.0f : x;
    case OP_EXP:
        return (float)exp((double)x);
    case OP_LOG:
        return (float)log((double)x);
    case OP_SQRT:
        return sqrtf(x);
    case OP_RSQRT:
        return 1.0f / sqrtf(x);
    case OP_SQUARE:
        return x * x;
    case OP_ABS:
        return fabsf(x);
    case OP_NEG:
        return -x;
    case OP_FLOOR:
        return floorf(x);
    case OP_CEIL:
        return ceilf(x);
    case OP_ROUND:
        return round_even(x);
    case OP_SIN:
        return (float)sin((double)x);
    case OP_COS:
        return (float)cos((double)x);
    case OP_GELU:
        return gelu(x);
    case OP_GELU_TANH:
        return gelu_tanh(x);
    default:
        assert(false && "an operator of unary.def without a float meaning");
        return x;
    }
}

static bool infer_unary(const struct graph *g, const struct node *n, struct tensor *out,
                        struct diag *d)
{
    if (!isfinite(n->attrs.alpha))
        return node_error(d, g, n, "alpha %.9g is not finite", (double)n->attrs.alpha);
    return unary_has_s16(n->op) ? infer_like_input_wide(g, n, out, d)
                                : infer_like_input(g, n, out, d);
}

static void eval_unary(const struct eval *e)
{
    const struct tensor *x = node_in(e->g, e->n, 0);
    if (x->dtype == DT_S16) {
        unary_s16_eval(e);
        return;
    }
    if (x->dtype == DT_S8) {
        mote_lut_s8_ref(&e->args->lut, e->in[0], e->out, e->scratch);
        return;
    }
    switch (e->n->op) {
#define UNARY(UPPER, lower, attr_mask)                                                             \
    case OP_##UPPER:                                                                               \
        mote_##lower##_f32_ref(&e->args->unary_f32, e->in[0], e->out, e->scratch);                 \
        break;
#include "ir/unary.def"
#undef UNARY
    default:
        assert(false && "not an operator of unary.def");
    }
}

static void bind_unary(struct arena *a, const struct graph *g, const struct node *n,
                       union kernel_args *out)
{
    if (node_in(g, n, 0)->dtype == DT_F32) {
        bind_unary_f32(g, n, &out->unary_f32);
        return;
    }
    if (node_in(g, n, 0)->dtype == DT_S16) {
        unary_s16_bind(a, g, n, out);
        return;
    }
    int8_t *table = ARENA_ARRAY(a, int8_t, TABLE_BYTES);
    table_fill(g, n, table);
    out->lut = (struct mote_lut_s8){
        .n = (uint32_t)shape_count(&node_in(g, n, 0)->shape),
        .table = table,
    };
}

static bool ranges_unary(struct arena *tmp, const struct graph *g, const struct node *n,
                         struct diag *d)
{
    (void)tmp;
    const bool wide = node_in(g, n, 0)->dtype == DT_S16;
    const char *fault = wide ? unary_s16_fault(g, n) : table_fault(g, n);
    return fault ? node_error(d, g, n, "%s", fault) : true;
}

#define UNARY(UPPER, lower, attr_mask)                                                             \
    OP_BY(lower, infer_unary, eval_unary, bind_unary, ranges_unary)
#include "ir/unary.def"
#undef UNARY
