/* pool.c - windows of average and maximum pooling. SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/pool.h"
#include "ir/ops/binding.h"

bool infer_pool(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    if (!infer_image(g, n, d))
        return false;
    if (!infer_window(g, n, n->attrs.kernel_h, n->attrs.kernel_w, &out->shape, d))
        return false;
    out->shape.dim[3] = node_in(g, n, 0)->shape.dim[3];
    return infer_activation(g, n, out, d);
}

void pool_f32(const struct eval *e, pool_reduce *reduce)
{
    const struct attrs *at = &e->n->attrs;
    const struct shape *x = &node_in(e->g, e->n, 0)->shape;
    const struct shape *y = &e->g->tensors.items[e->n->out[0]].shape;
    const float *in = e->in[0];
    float *out = e->out;
    for (int32_t oy = 0; oy < y->dim[1]; oy++)
        for (int32_t ox = 0; ox < y->dim[2]; ox++) {
            int32_t y0 = oy * at->stride_h - at->pad_top, x0 = ox * at->stride_w - at->pad_left;
            struct pool_window w = {
                .ty = taps_inside(y0, at->kernel_h, 1, x->dim[1]),
                .tx = taps_inside(x0, at->kernel_w, 1, x->dim[2]),
                .row = (int64_t)x->dim[2] * x->dim[3],
                .column = x->dim[3],
            };
            w.ty.first += y0, w.ty.end += y0;
            w.tx.first += x0, w.tx.end += x0;
            for (int32_t c = 0; c < x->dim[3]; c++) {
                w.in = in + c;
                *out++ = act_f32(at->act, reduce(&w));
            }
        }
}

void bind_pool(const struct graph *g, const struct node *n, struct mote_pool2d_s8 *op)
{
    const struct tensor *y = &g->tensors.items[n->out[0]];
    *op = (struct mote_pool2d_s8){
        .in = hwc_of(node_in(g, n, 0)),
        .out = hwc_of(y),
        .kh = (uint8_t)n->attrs.kernel_h,
        .kw = (uint8_t)n->attrs.kernel_w,
        .sh = (uint8_t)n->attrs.stride_h,
        .sw = (uint8_t)n->attrs.stride_w,
        .pad_top = (uint8_t)n->attrs.pad_top,
        .pad_left = (uint8_t)n->attrs.pad_left,
    };
    set_clamp(y, n->attrs.act, &op->out_min, &op->out_max);
}
