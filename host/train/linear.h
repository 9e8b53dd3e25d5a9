/* linear.h - what conv2d and fully_connected share: weights [taps * in][out], one window plan.
 * A fully connected layer is a 1x1 convolution of a 1x1 image. SPDX-License-Identifier: Apache-2.0
 */
#ifndef MOTE_HOST_TRAIN_LINEAR_H
#define MOTE_HOST_TRAIN_LINEAR_H
#include "train/window.h"

/* Register weights and bias, make the plan, claim scratch. */
bool linear_prepare(struct trainer *t, struct layer *l, const struct window *w, struct diag *d);
void linear_pack(const struct trainer *t, const struct layer *l);
void linear_forward(const struct trainer *t, const struct layer *l, const struct shard *s);
void linear_backward(const struct trainer *t, const struct layer *l, const struct shard *s);

/* Register the optional bias of a weighted layer with `n` channels. */
bool bias_prepare(struct trainer *t, struct layer *l, ptrdiff_t n, struct diag *d);
/* Its gradient: sums over all pixels of the shard. */
void bias_backward(const struct trainer *t, const struct layer *l, const struct shard *s,
                   ptrdiff_t n);
#endif
