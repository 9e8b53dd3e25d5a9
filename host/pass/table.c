/* table.c - an int8 node of one operand as what it makes of each of the 256 values.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pass/table.h"

#include "ir/bind.h"
#include "pass/rewrite.h"
#include <string.h>

#define SHIFT_MAX 22 /* the verifier refuses more: docs/spec/ir.md, section 3 */

bool is_requantize(const struct graph *g, const struct node *n)
{
    if (n->op != OP_RELU && n->op != OP_RELU6 && n->op != OP_QUANTIZE)
        return false;
    return g->tensors.items[n->in[0]].dtype == DT_S8 && g->tensors.items[n->out[0]].dtype == DT_S8;
}

static bool requantize_all(struct arena *a, struct mote_requantize_s8 *op, struct table *out)
{
    int8_t all[N_VALUES];
    if (op->shift > SHIFT_MAX)
        return false;
    for (int32_t i = 0; i < N_VALUES; i++)
        all[i] = (int8_t)(uint8_t)i;
    op->n = N_VALUES;
    mote_requantize_s8_ref(op, all, out->of, arena_alloc(a, mote_requantize_s8_ref_scratch(op)));
    return true;
}

/* The only value of a constant that is an operand, or false. */
static bool single_value(const struct tensor *t, int8_t *value)
{
    const int8_t *x = t->data;
    if (!x)
        return false;
    for (size_t i = 1; i < tensor_bytes(t); i++)
        if (x[i] != x[0])
            return false;
    *value = x[0];
    return true;
}

/* minimum and maximum compare bytes. */
static bool compare_all(const struct graph *g, const struct node *n, struct table *out)
{
    int8_t limit;
    if (!single_value(&g->tensors.items[n->in[1]], &limit) &&
        !single_value(&g->tensors.items[n->in[0]], &limit))
        return false;
    for (int32_t q = INT8_MIN; q <= INT8_MAX; q++)
        out->of[(uint8_t)q] = (int8_t)((n->op == OP_MINIMUM) == (q < limit) ? q : limit);
    return true;
}

bool table_of(struct arena *a, const struct graph *g, const struct node *n, struct table *out)
{
    union kernel_args args;
    struct diag d = {0};
    const bool is_s8 = g->tensors.items[n->in[0]].dtype == DT_S8;
    if (is_requantize(g, n))
        return bind_node(a, g, n, &args, &d) && requantize_all(a, &args.requantize, out);
    switch (n->op) {
    case OP_MINIMUM:
    case OP_MAXIMUM:
        return is_s8 && compare_all(g, n, out);
#define UNARY(UPPER, lower, attr_mask) case OP_##UPPER:
#include "ir/unary.def"
#undef UNARY
        if (!is_s8 || !bind_node(a, g, n, &args, &d))
            return false;
        memcpy(out->of, args.lut.table, sizeof out->of);
        return true;
    default:
        return false;
    }
}
