/* grad_conv2d.c - training of conv2d. SPDX-License-Identifier: Apache-2.0 */
#include "train/linear.h"

static bool prepare(struct trainer *t, struct layer *l, struct diag *d)
{
    const struct shape *weights = &t->graph->tensors.items[l->node->in[1]].shape; /* OHWI */
    const struct window w = window_of(t, l, weights->dim[1], weights->dim[2]);
    return linear_prepare(t, l, &w, d);
}

const struct layer_kind grad_conv2d = {
    .prepare = prepare,
    .pack = linear_pack,
    .forward = linear_forward,
    .backward = linear_backward,
    .fuses_act = true,
};
