/* batch_matmul.c - products of matrices. SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>

#include "ir/ops/binding.h"
#include "ir/ops/broadcast.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

/* The dimensions in front of the matrix, at least one. */
static struct shape batch_of(const struct shape *s)
{
    struct shape batch = *s;
    batch.rank -= 2;
    if (batch.rank == 0)
        batch = (struct shape){.rank = 1, .dim = {1}};
    return batch;
}

/* Rows and columns, as the product sees them. */
struct matrix {
    int32_t rows, columns;
};

static struct matrix matrix_of(const struct shape *s, int32_t adjoint)
{
    const int32_t r = s->dim[s->rank - 2], c = s->dim[s->rank - 1];
    return adjoint ? (struct matrix){c, r} : (struct matrix){r, c};
}

static bool check_inputs(const struct graph *g, const struct node *n, struct diag *d)
{
    const struct tensor *a = node_in(g, n, 0), *b = node_in(g, n, 1);
    const int32_t *adjoint = &n->attrs.adjoint_a;
    if (a->dtype != b->dtype)
        return node_error(d, g, n, "types %s and %s differ", dtype_name(a->dtype),
                          dtype_name(b->dtype));
    if (a->shape.rank < 2 || b->shape.rank < 2)
        return node_error(d, g, n, "ranks %" PRId32 " and %" PRId32 ", expected 2 at least",
                          a->shape.rank, b->shape.rank);
    for (int k = 0; k < 2; k++)
        if (adjoint[k] != 0 && adjoint[k] != 1)
            return node_error(d, g, n, "adjoint has %" PRId32 ", expected 0 or 1", adjoint[k]);
    return true;
}

bool infer_batch_matmul(const struct graph *g, const struct node *n, struct tensor *out,
                        struct diag *d)
{
    if (!check_inputs(g, n, d))
        return false;
    const struct shape *a = &node_in(g, n, 0)->shape, *b = &node_in(g, n, 1)->shape;
    const struct matrix ma = matrix_of(a, n->attrs.adjoint_a),
                        mb = matrix_of(b, n->attrs.adjoint_b);
    const struct shape batch_a = batch_of(a), batch_b = batch_of(b);
    char text_a[SHAPE_TEXT], text_b[SHAPE_TEXT];
    struct shape batch;
    struct mote_broadcast walk;
    if (ma.columns != mb.rows || !broadcast_shape(&batch_a, &batch_b, &batch) ||
        !broadcast_walk(&batch_a, &batch_b, &batch, &walk))
        return node_error(d, g, n, "matrices %s and %s do not fit", shape_text(a, text_a),
                          shape_text(b, text_b));
    out->shape = batch;
    if (a->rank == 2 && b->rank == 2)
        out->shape.rank = 0;
    out->shape.dim[out->shape.rank++] = ma.rows;
    out->shape.dim[out->shape.rank++] = mb.columns;
    return infer_activation(g, n, out, d);
}

static struct mote_matmul layout_of(const struct graph *g, const struct node *n)
{
    const struct shape *a = &node_in(g, n, 0)->shape, *b = &node_in(g, n, 1)->shape;
    const struct matrix ma = matrix_of(a, n->attrs.adjoint_a),
                        mb = matrix_of(b, n->attrs.adjoint_b);
    const struct shape batch_a = batch_of(a), batch_b = batch_of(b);
    struct mote_matmul op = {
        .m = (uint32_t)ma.rows, .k = (uint32_t)ma.columns, .n = (uint32_t)mb.columns};
    op.a_row = n->attrs.adjoint_a ? 1 : op.k;
    op.a_step = n->attrs.adjoint_a ? op.m : 1;
    op.b_column = n->attrs.adjoint_b ? op.k : 1;
    op.b_step = n->attrs.adjoint_b ? 1 : op.n;
    struct shape batch;
    bool fits = broadcast_shape(&batch_a, &batch_b, &batch) &&
                broadcast_walk(&batch_a, &batch_b, &batch, &op.walk);
    assert(fits);
    (void)fits;
    for (int i = 0; i < MOTE_BROADCAST_DIMS; i++) {
        op.walk.a_step[i] *= op.m * op.k;
        op.walk.b_step[i] *= op.k * op.n;
    }
    return op;
}

int64_t macs_batch_matmul(const struct graph *g, const struct node *n)
{
    const struct shape *a = &node_in(g, n, 0)->shape;
    return shape_count(&g->tensors.items[n->out[0]].shape) *
           matrix_of(a, n->attrs.adjoint_a).columns;
}

void eval_batch_matmul(const struct eval *e)
{
    if (node_in(e->g, e->n, 0)->dtype == DT_S8)
        mote_batch_matmul_s8_ref(&e->args->batch_matmul, e->in[0], e->in[1], e->out, e->scratch);
    else if (node_in(e->g, e->n, 0)->dtype == DT_S16)
        mote_batch_matmul_s16_ref(&e->args->batch_matmul, e->in[0], e->in[1], e->out, e->scratch);
    else
        mote_batch_matmul_f32_ref(&e->args->matmul_f32, e->in[0], e->in[1], e->out, e->scratch);
}

/* The product of the input scales is a float, as in the reference. */
bool bind_batch_matmul(struct arena *arena, const struct graph *g, const struct node *n,
                       union kernel_args *out, struct diag *d)
{
    (void)arena, (void)d;
    const struct tensor *a = node_in(g, n, 0), *b = node_in(g, n, 1);
    const struct tensor *y = &g->tensors.items[n->out[0]];
    struct mote_batch_matmul_s8 *op = &out->batch_matmul;
    if (a->dtype == DT_F32) {
        out->matmul_f32 = layout_of(g, n);
        return true;
    }
    const float product = a->quant.scale[0] * b->quant.scale[0];
    op->of = layout_of(g, n);
    op->a_zero = zero_of(a);
    op->b_zero = zero_of(b);
    op->out_zero = zero_of(y);
    set_multiplier((double)product / scale_of(y), &op->mult, &op->shift);
    return true;
}

bool ranges_batch_matmul(struct arena *tmp, const struct graph *g, const struct node *n,
                         struct diag *d)
{
    union kernel_args args;
    if (!bind_node(tmp, g, n, &args, d))
        return false;
    const struct mote_batch_matmul_s8 *op = &args.batch_matmul;
    if (node_in(g, n, 0)->dtype == DT_S16)
        return ranges_wide(g, n, 0, 0, (int64_t)op->of.k << 15, op->mult, op->shift, d);
    const int64_t bound = INT64_C(255) * 255 * args.batch_matmul.of.k; /* < 2^40 */
    const int8_t shift = args.batch_matmul.shift;
    if (bound > REQUANT_MAX)
        return node_error(d, g, n, "a sum of %" PRIu32 " products may leave int32",
                          args.batch_matmul.of.k);
    if (shift > 30 || (shift > 0 && bound > REQUANT_MAX >> shift))
        return node_error(d, g, n, "the output scale is too small: a sum times 2^%d leaves int32",
                          shift);
    return true;
}
