/* binary.c - the operators of binary.def: rule, cost and float meaning.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "ir/ops/broadcast.h"
#include "ir/ops/ops.h"
#include "kernels/common/walk.h"

static bool infer_binary(const struct graph *g, const struct node *n, struct tensor *out,
                         struct diag *d)
{
    const struct tensor *a = node_in(g, n, 0), *b = node_in(g, n, 1);
    char text_a[SHAPE_TEXT], text_b[SHAPE_TEXT];
    struct mote_broadcast walk;
    if (a->dtype != b->dtype)
        return node_error(d, g, n, "types %s and %s differ", dtype_name(a->dtype),
                          dtype_name(b->dtype));
    if (!broadcast_shape(&a->shape, &b->shape, &out->shape))
        return node_error(d, g, n, "shapes %s and %s do not broadcast",
                          shape_text(&a->shape, text_a), shape_text(&b->shape, text_b));
    if (!broadcast_walk(&a->shape, &b->shape, &out->shape, &walk))
        return node_error(d, g, n, "shapes %s and %s differ in more than %d groups of dimensions",
                          shape_text(&a->shape, text_a), shape_text(&b->shape, text_b),
                          MOTE_BROADCAST_DIMS);
    return infer_f32_or_s8(g, n, out, d);
}

static float binary_f32(enum op op, float a, float b)
{
    switch (op) {
    case OP_ADD_BROADCAST:
        return a + b;
    case OP_SUB:
        return a - b;
    case OP_MUL:
        return a * b;
    case OP_MINIMUM:
        return a < b ? a : b;
    case OP_MAXIMUM:
        return a > b ? a : b;
    default:
        assert(!"an operator of binary.def without a float meaning");
        return a;
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
    case OP_MINIMUM:
        mote_minimum_s8_ref(&k->extremum, e->in[0], e->in[1], e->out, e->scratch);
        break;
    case OP_MAXIMUM:
        mote_maximum_s8_ref(&k->extremum, e->in[0], e->in[1], e->out, e->scratch);
        break;
    default:
        assert(!"an operator of binary.def without a kernel");
    }
}

static void eval_binary(const struct eval *e)
{
    const struct tensor *x = node_in(e->g, e->n, 0);
    if (x->dtype == DT_S8) {
        binary_s8(e);
        return;
    }
    const float *a = e->in[0], *b = e->in[1];
    float *out = e->out;
    struct mote_broadcast w;
    bool fits = broadcast_walk(&x->shape, &node_in(e->g, e->n, 1)->shape,
                               &e->g->tensors.items[e->n->out[0]].shape, &w);
    assert(fits);
    (void)fits;
    for (uint32_t i = 0; i < mote_walk_rows(&w); i++) {
        const struct mote_walk_row row = mote_walk_row(&w, i);
        for (uint32_t k = 0; k < w.n[3]; k++)
            *out++ = act_f32(e->n->attrs.act, binary_f32(e->n->op, a[row.a + k * w.a_step[3]],
                                                         b[row.b + k * w.b_step[3]]));
    }
}

#define BINARY(UPPER, lower, attr_mask)                                                            \
    bool infer_##lower(const struct graph *g, const struct node *n, struct tensor *out,            \
                       struct diag *d)                                                             \
    {                                                                                              \
        return infer_binary(g, n, out, d);                                                         \
    }                                                                                              \
    int64_t macs_##lower(const struct graph *g, const struct node *n)                              \
    {                                                                                              \
        (void)g, (void)n;                                                                          \
        return 0;                                                                                  \
    }                                                                                              \
    void eval_##lower(const struct eval *e)                                                        \
    {                                                                                              \
        eval_binary(e);                                                                            \
    }
#include "ir/binary.def"
#undef BINARY
