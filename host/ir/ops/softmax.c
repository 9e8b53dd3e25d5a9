/* softmax.c - exp(beta * x) over its sum, along the last dimension.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"
#include "ir/tables.h"

#define SOFTMAX_INTEGER_BITS 5     /* scaled differences are Q5.26 */
#define SOFTMAX_LAST_MAX     4095  /* the sum of exponentials has 12 integer bits */
#define SOFTMAX_LAST_MAX_S16 65535 /* in s16 it has 16 */

bool infer_softmax(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    if (!(n->attrs.beta > 0.0f) || !isfinite(n->attrs.beta))
        return node_error(d, g, n, "beta %.9g is not finite and > 0", (double)n->attrs.beta);
    if (!infer_like_input_wide(g, n, out, d))
        return false;
    if (out->dtype == DT_S8 && stated_type(g, n, DT_S8) == DT_S16)
        out->dtype = DT_S16; /* of s8 there are results of both sizes */
    return true;
}

int64_t macs_softmax(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

static void softmax_integer(const struct eval *e, enum dtype x)
{
    if (x == DT_S16)
        mote_softmax_s16_ref(&e->args->softmax_s16, e->in[0], e->out, e->scratch);
    else if (e->g->tensors.items[e->n->out[0]].dtype == DT_S16)
        mote_softmax_to_s16_s8_ref(&e->args->softmax, e->in[0], e->out, e->scratch);
    else
        mote_softmax_s8_ref(&e->args->softmax, e->in[0], e->out, e->scratch);
}

void eval_softmax(const struct eval *e)
{
    const struct tensor *x = node_in(e->g, e->n, 0);
    if (x->dtype != DT_F32) {
        softmax_integer(e, x->dtype);
        return;
    }
    mote_softmax_f32_ref(&e->args->softmax_f32, e->in[0], e->out, e->scratch);
}

/* Differences x - max are multiplied by beta * scale in Q5.26; those that would leave the format
 * contribute nothing. */
void bind_softmax_s8(const struct tensor *x, float beta, struct mote_softmax_s8 *op)
{
    int32_t last = x->shape.dim[x->shape.rank - 1];
    double m = (double)beta * scale_of(x) * (double)(1 << (31 - SOFTMAX_INTEGER_BITS));
    *op = (struct mote_softmax_s8){
        .rows = (uint32_t)(shape_count(&x->shape) / last),
        .n = (uint32_t)last,
    };
    set_multiplier(fmin(m, 2147483647.0), &op->mult, &op->shift);
    int32_t left = op->shift > 0 ? op->shift : 0; /* the verifier refuses negative ones */
    double radius = (double)((1 << SOFTMAX_INTEGER_BITS) - 1) *
                    (double)(1 << (31 - SOFTMAX_INTEGER_BITS)) / ldexp(1.0, left);
    op->diff_min = -(int32_t)floor(radius);
}

static float exponential(float x, float low)
{
    (void)low;
    return (float)exp((double)x);
}

static float inverse(float x, float low)
{
    (void)low;
    return (float)(1.0 / (1.0 + (double)x));
}

static void softmax_s16_constants(struct arena *a, const struct graph *g, const struct node *n,
                                  struct mote_softmax_s16 *op)
{
    const struct tensor *x = node_in(g, n, 0);
    int32_t last = x->shape.dim[x->shape.rank - 1];
    *op = (struct mote_softmax_s16){
        .rows = (uint32_t)(shape_count(&x->shape) / last),
        .n = (uint32_t)last,
        .exp = table_s16(a, exponential, 10.0f / 65535.0f, INT16_MAX, 2.0f / 65535.0f),
        .inverse = table_s16(a, inverse, 1.0f / 65535.0f, INT16_MIN, 2.0f / 65535.0f),
    };
    set_multiplier(scale_of(x) * (double)n->attrs.beta / (10.0 / 65535.0), &op->mult, &op->shift);
}

bool bind_softmax(struct arena *a, const struct graph *g, const struct node *n,
                  union kernel_args *out, struct diag *d)
{
    (void)d;
    const struct shape *x = &node_in(g, n, 0)->shape;
    const uint32_t last = (uint32_t)x->dim[x->rank - 1];
    if (node_in(g, n, 0)->dtype == DT_F32)
        out->softmax_f32 = (struct mote_softmax_f32){
            .rows = (uint32_t)shape_count(x) / last, .n = last, .beta = n->attrs.beta};
    else if (node_in(g, n, 0)->dtype == DT_S16)
        softmax_s16_constants(a, g, n, &out->softmax_s16);
    else
        bind_softmax_s8(node_in(g, n, 0), n->attrs.beta, &out->softmax);
    return true;
}

/* The output's quantisation is the kernel's, of s16 within a thousandth as the reference has it. */
static bool check_output(const struct graph *g, const struct node *n, struct diag *d)
{
    const struct tensor *x = node_in(g, n, 0), *y = &g->tensors.items[n->out[0]];
    const float scale = x->dtype == DT_S16   ? 1.0f / 32768.0f
                        : y->dtype == DT_S16 ? 1.0f / 65536.0f
                                             : 1.0f / 256.0f;
    const int32_t zero = x->dtype == DT_S16 ? 0 : (int32_t)dtype_min(y->dtype);
    const float slack = y->dtype == DT_S16 ? 0.001f * scale : 0.0f;
    return ranges_output(g, n, scale, slack, zero, d);
}

bool ranges_softmax_s8(const struct graph *g, const struct node *n,
                       const struct mote_softmax_s8 *op, struct diag *d)
{
    if (op->n > SOFTMAX_LAST_MAX)
        return node_error(d, g, n, "%" PRIu32 " elements, at most %d in s8", op->n,
                          SOFTMAX_LAST_MAX);
    if (op->mult == 0 || op->shift < 0 || op->shift > 31)
        return node_error(d, g, n, "the input scale times beta is too small: below 2^-27");
    return true;
}

static bool ranges_softmax_s16(const struct graph *g, const struct node *n,
                               const struct mote_softmax_s16 *op, struct diag *d)
{
    if (op->n > SOFTMAX_LAST_MAX_S16)
        return node_error(d, g, n, "%" PRIu32 " elements, at most %d in s16", op->n,
                          SOFTMAX_LAST_MAX_S16);
    if (node_in(g, n, 0)->quant.zero[0] != 0)
        return node_error(d, g, n, "its input has zero point %" PRId32 ", expected 0 in s16",
                          node_in(g, n, 0)->quant.zero[0]);
    if (op->shift > 14) /* a difference is at most 65535 */
        return node_error(d, g, n, "the input scale times beta is too large: above 2.5");
    return true;
}

bool ranges_softmax(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    union kernel_args args;
    if (!bind_node(tmp, g, n, &args, d) || !check_output(g, n, d))
        return false;
    if (node_in(g, n, 0)->dtype == DT_S16)
        return ranges_softmax_s16(g, n, &args.softmax_s16, d);
    return ranges_softmax_s8(g, n, &args.softmax, d);
}
