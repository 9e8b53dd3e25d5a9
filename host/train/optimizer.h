/* optimizer.h - one step of SGD with momentum or AdamW, and the learning rate of a step.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_TRAIN_OPTIMIZER_H
#define MOTE_HOST_TRAIN_OPTIMIZER_H
#include "train/train.h"
#include <stddef.h>

/* What one step does to n parameters. `decay` is 0 for parameters that do not decay.
 *
 * SGD (PyTorch's convention):  g' = g + decay w,  m = momentum m + g',  w -= lr m
 * AdamW (decoupled decay):     m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2,
 *                              w -= lr (decay w + m / c1 / (sqrt(v / c2) + eps)),
 *                              with c1 = 1 - b1^t, c2 = 1 - b2^t at step t = 1, 2, ... */
struct optimizer_step {
    enum optimizer optimizer;
    float lr, momentum, beta1, beta2, eps, decay;
    float correction1, correction2; /* c1, c2 */
};

/* Step number `i_step`, from 0. */
struct optimizer_step optimizer_step_at(const struct train_options *opt, uint64_t i_step,
                                        uint32_t steps_per_epoch);
/* Apply it. `v` is used by AdamW only. */
void optimizer_apply(const struct optimizer_step *o, const float *g, ptrdiff_t n, float *w,
                     float *m, float *v);

/* Arrays of state beside the weights: 1 (m) or 2 (m, v). */
uint32_t optimizer_n_states(enum optimizer optimizer);

/* Warm-up: linear, (i_step + 1) / warm-up steps of the peak. Then constant, or the half cosine
 * from the peak at the end of the warm-up to 0 after the last step. */
double schedule_lr(const struct train_options *opt, uint64_t i_step, uint32_t steps_per_epoch);
#endif
