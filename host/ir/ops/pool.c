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

void bind_pool(const struct graph *g, const struct node *n, union kernel_args *out)
{
    const struct tensor *y = &g->tensors.items[n->out[0]];
    struct mote_pool2d_s8 *op = &out->pool2d;
    if (y->dtype == DT_F32) {
        bind_window_f32(g, n, &out->window_f32);
        return;
    }
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
