/* optimizer.c - SGD with momentum, AdamW, schedules. SPDX-License-Identifier: Apache-2.0 */
#include "train/optimizer.h"
#include <math.h>

#define PI 3.14159265358979323846

double schedule_lr(const struct train_options *opt, uint64_t i_step, uint32_t steps_per_epoch)
{
    const double total = (double)opt->epochs * steps_per_epoch;
    const double warmup = (double)opt->warmup_epochs * steps_per_epoch;
    const double step = (double)i_step;
    if (step + 1.0 < warmup)
        return (double)opt->lr * (step + 1.0) / warmup;
    if (opt->schedule == SCHEDULE_CONSTANT || total <= warmup)
        return (double)opt->lr;
    const double share = (step - warmup) / (total - warmup);
    return (double)opt->lr * 0.5 * (1.0 + cos(PI * (share < 0.0 ? 0.0 : share)));
}

struct optimizer_step optimizer_step_at(const struct train_options *opt, uint64_t i_step,
                                        uint32_t steps_per_epoch)
{
    const double t = (double)i_step + 1.0;
    return (struct optimizer_step){
        .optimizer = opt->optimizer,
        .lr = (float)schedule_lr(opt, i_step, steps_per_epoch),
        .momentum = opt->momentum,
        .beta1 = opt->beta1,
        .beta2 = opt->beta2,
        .eps = opt->eps,
        .decay = opt->weight_decay,
        .correction1 = (float)(1.0 - pow((double)opt->beta1, t)),
        .correction2 = (float)(1.0 - pow((double)opt->beta2, t)),
    };
}

uint32_t optimizer_n_states(enum optimizer optimizer)
{
    return optimizer == OPTIMIZER_ADAMW ? 2 : 1;
}

static void apply_sgd(const struct optimizer_step *o, const float *restrict g, ptrdiff_t n,
                      float *restrict w, float *restrict m)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        m[i] = o->momentum * m[i] + (g[i] + o->decay * w[i]);
        w[i] -= o->lr * m[i];
    }
}

static void apply_adamw(const struct optimizer_step *o, const float *restrict g, ptrdiff_t n,
                        float *restrict w, float *restrict m, float *restrict v)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        m[i] = o->beta1 * m[i] + (1.0f - o->beta1) * g[i];
        v[i] = o->beta2 * v[i] + (1.0f - o->beta2) * g[i] * g[i];
        const float root = sqrtf(v[i] / o->correction2);
        w[i] -= o->lr * (o->decay * w[i] + m[i] / o->correction1 / (root + o->eps));
    }
}

void optimizer_apply(const struct optimizer_step *o, const float *g, ptrdiff_t n, float *w,
                     float *m, float *v)
{
    if (o->optimizer == OPTIMIZER_ADAMW)
        apply_adamw(o, g, n, w, m, v);
    else
        apply_sgd(o, g, n, w, m);
}
