/* cast.c - each number as one of another type, whatever it stands for.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/ops.h"

#define NO_NUMBER 255

/* The device's number for a type, NO_NUMBER for those of 64 bits. */
static uint8_t number_of(enum dtype t)
{
    static const uint8_t of[N_DTYPES] = {
        [DT_F32] = MOTE_NUMBER_F32, [DT_S8] = MOTE_NUMBER_S8, [DT_S16] = MOTE_NUMBER_S16,
        [DT_S32] = MOTE_NUMBER_S32, [DT_S64] = NO_NUMBER,     [DT_U8] = MOTE_NUMBER_U8,
        [DT_U32] = MOTE_NUMBER_U32, [DT_U64] = NO_NUMBER,     [DT_BOOL] = MOTE_NUMBER_BOOL,
    };
    return of[t];
}

bool infer_cast(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    const struct tensor *x = node_in(g, n, 0);
    const enum dtype y = stated_type(g, n, x->dtype);
    if (number_of(x->dtype) == NO_NUMBER || number_of(y) == NO_NUMBER)
        return node_error(d, g, n, "%s to %s, expected at most 32 bits", dtype_name(x->dtype),
                          dtype_name(y));
    out->shape = x->shape;
    out->dtype = y;
    return true;
}

int64_t macs_cast(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

void eval_cast(const struct eval *e)
{
    const struct mote_cast *op = &e->args->cast;
    if (op->from == MOTE_NUMBER_F32 || op->to == MOTE_NUMBER_F32)
        mote_cast_f32_ref(op, e->in[0], e->out, e->scratch);
    else
        mote_cast_any_ref(op, e->in[0], e->out, e->scratch);
}

bool bind_cast(struct arena *a, const struct graph *g, const struct node *n, union kernel_args *out,
               struct diag *d)
{
    (void)a, (void)d;
    const struct tensor *x = node_in(g, n, 0);
    out->cast = (struct mote_cast){
        .n = (uint32_t)shape_count(&x->shape),
        .from = number_of(x->dtype),
        .to = number_of(g->tensors.items[n->out[0]].dtype),
    };
    return true;
}

bool ranges_cast(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    (void)tmp, (void)g, (void)n, (void)d;
    return true;
}
