/* add.c - elementwise sum of two tensors of one shape. SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

bool infer_add(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    const struct tensor *a = node_in(g, n, 0), *b = node_in(g, n, 1);
    char text_a[SHAPE_TEXT], text_b[SHAPE_TEXT];
    if (!shape_equal(&a->shape, &b->shape))
        return node_error(d, g, n, "shapes %s and %s differ", shape_text(&a->shape, text_a),
                          shape_text(&b->shape, text_b));
    if (a->dtype != b->dtype)
        return node_error(d, g, n, "types %s and %s differ", dtype_name(a->dtype),
                          dtype_name(b->dtype));
    if (a->dtype == DT_S32) {
        out->shape = a->shape;
        return infer_s32_binary(g, n, out, d);
    }
    return infer_like_input_wide(g, n, out, d);
}

int64_t macs_add(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

void eval_add(const struct eval *e)
{
    const struct tensor *x = node_in(e->g, e->n, 0);
    if (x->dtype == DT_S8) {
        mote_add_s8_ref(&e->args->add, e->in[0], e->in[1], e->out, e->scratch);
        return;
    }
    if (x->dtype == DT_S16) {
        mote_add_s16_ref(&e->args->add, e->in[0], e->in[1], e->out, e->scratch);
        return;
    }
    if (x->dtype == DT_S32) {
        mote_add_broadcast_s32_ref(&e->args->binary_s32, e->in[0], e->in[1], e->out, e->scratch);
        return;
    }
    mote_add_broadcast_f32_ref(&e->args->binary_f32, e->in[0], e->in[1], e->out, e->scratch);
}

bool bind_add(struct arena *a, const struct graph *g, const struct node *n, union kernel_args *out,
              struct diag *d)
{
    (void)a, (void)d;
    if (node_in(g, n, 0)->dtype == DT_F32)
        bind_binary_f32(g, n, &out->binary_f32);
    else if (node_in(g, n, 0)->dtype == DT_S32)
        bind_binary_s32(g, n, &out->binary_s32);
    else
        bind_sum_of_two(g, n, &out->add);
    return true;
}

/* The sum shifts to the right only. */
bool ranges_add(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    union kernel_args args;
    if (!bind_node(tmp, g, n, &args, d))
        return false;
    return ranges_sum_shift(g, n, args.add.out_shift, d);
}
