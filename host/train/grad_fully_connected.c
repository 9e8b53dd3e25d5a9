/* grad_fully_connected.c - training of fully_connected. SPDX-License-Identifier: Apache-2.0 */
#include "train/linear.h"

static bool prepare(struct trainer *t, struct layer *l, struct diag *d)
{
    const struct window w = {
        .in_h = 1,
        .in_w = 1,
        .in_c = layer_in_count(t, l, 0),
        .out_h = 1,
        .out_w = 1,
        .out_c = layer_out_count(t, l),
        .kernel_h = 1,
        .kernel_w = 1,
        .stride_h = 1,
        .stride_w = 1,
        .dilation_h = 1,
        .dilation_w = 1,
    };
    return linear_prepare(t, l, &w, d);
}

const struct layer_kind grad_fully_connected = {
    .prepare = prepare,
    .pack = linear_pack,
    .forward = linear_forward,
    .backward = linear_backward,
    .fuses_act = true,
};
