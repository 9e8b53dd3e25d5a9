/* compare.c - the operators of compare.def: two elements to bool.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "ir/ops/binding.h"
#include "ir/ops/broadcast.h"
#include "ir/ops/ops.h"

#define SHIFT_MAX_S8  14 /* |q - zero| * 2^8 < 2^16 */
#define SHIFT_MAX_S16 7

static bool infer_compare(const struct graph *g, const struct node *n, struct tensor *out,
                          struct diag *d)
{
    const struct tensor *a = node_in(g, n, 0), *b = node_in(g, n, 1);
    const bool is_equality = n->op == OP_EQUAL || n->op == OP_NOT_EQUAL;
    if (!infer_broadcast(g, n, out, d))
        return false;
    if (a->dtype != DT_F32 && a->dtype != DT_S8 && a->dtype != DT_S16 && a->dtype != DT_S32 &&
        !(a->dtype == DT_BOOL && is_equality))
        return node_error(d, g, n, "input type %s, expected f32, s8, s16 or s32%s",
                          dtype_name(a->dtype), is_equality ? ", or bool" : "");
    if (a->dtype == DT_S32 && (a->quant.n || b->quant.n))
        return node_error(d, g, n, "of s32 with a scale, expected none");
    out->dtype = DT_BOOL;
    return true;
}

static uint8_t relations_of(enum op op)
{
    switch (op) {
#define COMPARISON(UPPER, lower, holds)                                                            \
    case OP_##UPPER:                                                                               \
        return holds;
#include "ir/compare.def"
#undef COMPARISON
    default:
        assert(false && "not an operator of compare.def");
        return 0;
    }
}

/* The scales as multipliers, as they are. Bytes of bool are compared as int8: 128 * q of each. */
static void bind_compare(struct arena *arena, const struct graph *g, const struct node *n,
                         union kernel_args *out)
{
    const struct tensor *a = node_in(g, n, 0), *b = node_in(g, n, 1);
    struct mote_compare *op = &out->compare;
    (void)arena;
    *op = (struct mote_compare){.holds = relations_of(n->op), .a_mult = 1 << 30, .b_mult = 1 << 30};
    const bool fits =
        broadcast_walk(&a->shape, &b->shape, &g->tensors.items[n->out[0]].shape, &op->walk);
    assert(fits);
    (void)fits;
    if (a->dtype != DT_S8 && a->dtype != DT_S16)
        return;
    op->a_zero = zero_of(a);
    op->b_zero = zero_of(b);
    set_multiplier(scale_of(a), &op->a_mult, &op->a_shift);
    set_multiplier(scale_of(b), &op->b_mult, &op->b_shift);
}

static void eval_compare(const struct eval *e)
{
    const struct mote_compare *op = &e->args->compare;
    switch (node_in(e->g, e->n, 0)->dtype) {
    case DT_F32:
        mote_compare_f32_ref(op, e->in[0], e->in[1], e->out, e->scratch);
        return;
    case DT_S16:
        mote_compare_s16_ref(op, e->in[0], e->in[1], e->out, e->scratch);
        return;
    case DT_S32:
        mote_compare_s32_ref(op, e->in[0], e->in[1], e->out, e->scratch);
        return;
    default:
        mote_compare_s8_ref(op, e->in[0], e->in[1], e->out, e->scratch);
    }
}

static bool ranges_compare(struct arena *tmp, const struct graph *g, const struct node *n,
                           struct diag *d)
{
    union kernel_args args;
    bind_compare(tmp, g, n, &args);
    const int8_t max = node_in(g, n, 0)->dtype == DT_S16 ? SHIFT_MAX_S16 : SHIFT_MAX_S8;
    if (args.compare.a_shift > max || args.compare.b_shift > max)
        return node_error(d, g, n, "a scale of 2^%d or more", max);
    return true;
}

#define COMPARISON(UPPER, lower, holds)                                                            \
    OP_BY(lower, infer_compare, eval_compare, bind_compare, ranges_compare)
#include "ir/compare.def"
#undef COMPARISON
