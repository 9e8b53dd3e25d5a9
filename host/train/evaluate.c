/* evaluate.c - accuracy by the trainer's forward pass. SPDX-License-Identifier: Apache-2.0 */
#include "train/check_fit.h"
#include "train/train.h"
#include "train/trainer.h"

bool train_evaluate(struct graph *g, const struct dataset_view *v, struct pool *pool,
                    double *accuracy, struct diag *d)
{
    struct arena *a = arena_new("evaluation");
    const struct trainer_config config = {.loss = LOSS_CROSS_ENTROPY};
    struct trainer *t = NULL;
    if (v->n == 0)
        diag_error(d, g->name, "there are no samples to evaluate");
    else if (check_fit(g, v->ds, d))
        t = trainer_new(a, g, &config, pool, d);
    if (t)
        *accuracy = trainer_accuracy(t, v);
    arena_free(a);
    return t;
}
