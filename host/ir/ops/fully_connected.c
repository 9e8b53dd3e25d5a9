/* fully_connected.c - matrix times vector: input flattened from its second dimension, weights
 * [out, in], optional bias. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

bool infer_fully_connected(const struct graph *g, const struct node *n, struct tensor *out,
                           struct diag *d)
{
    const struct shape *x = &node_in(g, n, 0)->shape, *w = &node_in(g, n, 1)->shape;
    char text[SHAPE_TEXT];
    if (w->rank != 2)
        return node_error(d, g, n, "weights have shape %s, expected [out, in]",
                          shape_text(w, text));
    int64_t in_n = shape_count(x) / x->dim[0];
    if (w->dim[1] != in_n)
        return node_error(d, g, n, "weights %s are for %" PRId32 " inputs, the input has %" PRId64,
                          shape_text(w, text), w->dim[1], in_n);
    out->shape = (struct shape){.rank = 2, .dim = {x->dim[0], w->dim[0]}};
    return infer_weighted(g, n, w->dim[0], out, d);
}

int64_t macs_fully_connected(const struct graph *g, const struct node *n)
{
    return node_in(g, n, 0)->shape.dim[0] * shape_count(&node_in(g, n, 1)->shape);
}

static void row_f32(const struct eval *e, const float *in, float *out)
{
    const struct shape *w = &node_in(e->g, e->n, 1)->shape;
    const float *bias = e->in[2];
    int32_t n_out = w->dim[0], n_in = w->dim[1];
    for (int32_t o = 0; o < n_out; o += FLOAT_LANES) {
        int32_t n_lanes = n_out - o < FLOAT_LANES ? n_out - o : FLOAT_LANES;
        float acc[FLOAT_LANES] = {0};
        for (int32_t l = 0; l < n_lanes; l++)
            acc[l] = bias[o + l];
        float_accumulate(acc, in, e->packed + (int64_t)o * n_in, (size_t)n_in);
        for (int32_t l = 0; l < n_lanes; l++)
            out[o + l] = act_f32(e->n->attrs.act, acc[l]);
    }
}

void eval_fully_connected(const struct eval *e)
{
    const struct tensor *x = node_in(e->g, e->n, 0);
    const struct shape *w = &node_in(e->g, e->n, 1)->shape;
    const float *in = e->in[0];
    float *out = e->out;
    if (x->dtype == DT_F32)
        for (int32_t r = 0; r < x->shape.dim[0]; r++)
            row_f32(e, in + (int64_t)r * w->dim[1], out + (int64_t)r * w->dim[0]);
    else if (x->dtype == DT_S16)
        mote_fully_connected_s16_ref(&e->args->fully_connected, e->in[0], e->in[1], e->in[2],
                                     e->out, e->scratch);
    else
        mote_fully_connected_s8_ref(&e->args->fully_connected, e->in[0], e->in[1], e->in[2], e->out,
                                    e->scratch);
}

static bool has_one_scale(const struct mote_fully_connected_s8 *op)
{
    for (uint32_t c = 1; c < op->out_n; c++)
        if (op->mult[c] != op->mult[0] || op->shift[c] != op->shift[0])
            return false;
    return true;
}

/* The arrays have a scale for each output even where the kernel reads one: passes do read all. */
static void fully_connected_constants(struct arena *a, const struct graph *g, const struct node *n,
                                      struct mote_fully_connected_s8 *op)
{
    const struct tensor *x = node_in(g, n, 0), *w = node_in(g, n, 1);
    const struct tensor *y = &g->tensors.items[n->out[0]];
    *op = (struct mote_fully_connected_s8){
        .rows = (uint32_t)x->shape.dim[0],
        .in_n = (uint32_t)w->shape.dim[1],
        .out_n = (uint32_t)w->shape.dim[0],
        .in_zero = zero_of(x),
        .out_zero = zero_of(y),
        .wide = node_sums_wide(g, n),
    };
    set_clamp(y, n->attrs.act, &op->out_min, &op->out_max);
    bind_channels(a, g, n, op->out_n, &op->mult, &op->shift);
    op->one_scale = has_one_scale(op);
}

bool bind_fully_connected(struct arena *a, const struct graph *g, const struct node *n,
                          union kernel_args *out, struct diag *d)
{
    (void)d;
    const struct shape *x = &node_in(g, n, 0)->shape, *w = &node_in(g, n, 1)->shape;
    if (node_in(g, n, 0)->dtype == DT_F32)
        out->fully_connected_f32 = (struct mote_fully_connected_f32){
            .rows = (uint32_t)x->dim[0],
            .in_n = (uint32_t)w->dim[1],
            .out_n = (uint32_t)w->dim[0],
            .act = (uint8_t)n->attrs.act,
        };
    else
        fully_connected_constants(a, g, n, &out->fully_connected);
    return true;
}

bool ranges_fully_connected(struct arena *tmp, const struct graph *g, const struct node *n,
                            struct diag *d)
{
    return ranges_weighted(tmp, g, n, d);
}
