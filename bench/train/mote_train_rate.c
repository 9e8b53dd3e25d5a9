/* mote_train_rate.c - how many samples a second Mote trains.
 *
 *     mote_train_rate RECIPE THREADS STEPS
 *
 * Trains the recipe's network on its data, without augmentation, and prints samples/s of the
 * training steps, and the number of trained parameters. SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"
#include "recipe/recipe.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Constants that the optimiser changes: all but the statistics of batch norms. */
static int64_t count_parameters(const struct graph *g)
{
    int64_t n = 0;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *node = &g->nodes.items[i];
        for (uint32_t k = 0; k < node->n_in; k++) {
            const bool statistic = node->op == OP_BATCH_NORM && k >= 3;
            if (node->in[k] != NO_TENSOR && g->tensors.items[node->in[k]].data && !statistic)
                n += shape_count(&g->tensors.items[node->in[k]].shape);
        }
    }
    return n;
}

static bool measure(struct arena *a, const char *path, uint32_t n_threads, uint64_t steps,
                    struct diag *d)
{
    struct dataset data;
    struct dataset_view train, validation;
    struct train_result result;
    struct recipe *r = recipe_read(a, path, d);
    if (!r || !recipe_data(a, r, &data, NULL, d))
        return false;
    recipe_split(a, r, &data, &train, &validation);
    struct graph *g = recipe_network(a, r, &data.sample, data.n_classes, d);
    if (!g)
        return false;
    struct pool *pool = pool_new(n_threads);
    const struct train_control control = {.steps_max = steps};
    r->train_options.augment = (struct augment){0};
    train_init(g, r->seed);
    const bool ok =
        train_run(a, g, &train, &validation, &r->train_options, &control, pool, &result, d);
    if (ok)
        printf("%.0f %" PRId64 "\n", result.samples_per_s, count_parameters(g));
    pool_free(pool);
    return ok;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: mote_train_rate RECIPE THREADS STEPS\n");
        return 2;
    }
    struct arena *a = arena_new("bench");
    struct diag d = {0};
    const bool ok =
        measure(a, argv[1], (uint32_t)strtoul(argv[2], NULL, 10), strtoull(argv[3], NULL, 10), &d);
    diag_print(&d, stderr);
    arena_free(a);
    return ok ? 0 : 1;
}
