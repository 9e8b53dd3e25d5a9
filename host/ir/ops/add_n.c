/* add_n.c - the sum of any number of tensors of one shape and scale. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

static bool infer(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    const struct tensor *first = node_in(g, n, 0);
    for (uint32_t i = 0; i < n->n_in; i++) {
        const struct tensor *t = node_in(g, n, i);
        char text_t[SHAPE_TEXT], text_first[SHAPE_TEXT];
        if (t->dtype != DT_S8)
            return node_error(d, g, n, "input %" PRIu32 " of type %s, expected s8", i,
                              dtype_name(t->dtype));
        if (!shape_equal(&t->shape, &first->shape))
            return node_error(d, g, n, "input %" PRIu32 " is %s, the first is %s", i,
                              shape_text(&t->shape, text_t), shape_text(&first->shape, text_first));
    }
    out->dtype = DT_S8;
    out->shape = first->shape;
    return true;
}

/* The reference brings each input to twice its scale with 20 more bits, which is 19 more bits and exact;
 * the sum begins at minus the zero point. */
static void bind(struct arena *a, const struct graph *g, const struct node *n,
                 union kernel_args *out)
{
    const struct tensor *x = node_in(g, n, 0), *y = &g->tensors.items[n->out[0]];
    (void)a;
    out->add_n = (struct mote_add_n_s8){
        .n = (uint32_t)shape_count(&x->shape),
        .n_in = n->n_in,
        .zero_sum = zero_of(x) * ((int32_t)n->n_in + 1), /* <= 128 * 1025 */
        .out_zero = zero_of(y),
    };
    set_multiplier(scale_of(x) / (double)(1 << MOTE_ADD_N_BITS) / scale_of(y), &out->add_n.mult,
                   &out->add_n.shift);
}

static void eval(const struct eval *e)
{
    mote_add_n_s8_ref(&e->args->add_n, e->in, e->out, e->scratch);
}

static bool ranges(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    const struct tensor *x = node_in(g, n, 0);
    const int32_t zero = x->quant.zero[0];
    const int32_t most = (int32_t)n->n_in * (zero < 0 ? INT8_MAX - zero : zero - INT8_MIN);
    union kernel_args args;
    for (uint32_t i = 1; i < n->n_in; i++)
        if (!ranges_equal_quant(g, n, x, node_in(g, n, i), d))
            return false;
    if (most + abs(zero) > MOTE_ADD_N_MAX)
        return node_error(d, g, n,
                          "%" PRIu32 " inputs with zero point %" PRId32
                          ": their sum may be %" PRId32
                          ", above %d, and leave int32 in the reference",
                          n->n_in, zero, most + abs(zero), MOTE_ADD_N_MAX);
    return bind_node(tmp, g, n, &args, d) && ranges_sum_shift(g, n, args.add_n.shift, d);
}

OP_BY(add_n, infer, eval, bind, ranges)
