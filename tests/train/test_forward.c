/* test_forward.c - the trainer's evaluation against the interpreter, the meaning of the graph.
 * SPDX-License-Identifier: Apache-2.0 */
#include "../ir/random_graph.h"
#include "check.h"
#include "ir/interp.h"
#include "train/trainer.h"
#include <math.h>

/* Compare all outputs of one sample; rounding differs with the order of sums. */
static void check_sample(const struct trainer *t, struct interp *it, ptrdiff_t i)
{
    const struct graph *g = t->graph;
    const struct blob *in = &t->blobs[g->inputs.items[0]];
    const void *x[] = {t->memory + in->value + i * in->count};
    interp_run(it, x);
    for (uint32_t k = 0; k < g->outputs.n; k++) {
        const struct blob *b = &t->blobs[g->outputs.items[k]];
        const float *want = interp_tensor(it, g->outputs.items[k]);
        const float *got = t->memory + b->value + i * b->count;
        double largest = 1.0;
        for (ptrdiff_t j = 0; j < b->count; j++)
            largest = fmax(largest, fabs((double)want[j]));
        for (ptrdiff_t j = 0; j < b->count; j++)
            CHECK_NEAR((double)got[j], (double)want[j], 2e-4 * largest);
    }
}

/* False when the trainer has no gradient for something in it. */
static bool check_graph(struct arena *a, struct graph *g, struct rng *r)
{
    struct diag d = {0};
    const struct trainer_config config = {.loss = LOSS_NONE};
    struct pool *pool = pool_new(1);
    struct trainer *t = trainer_new(a, g, &config, pool, &d);
    if (t) {
        struct interp *it = interp_new(a, g, &d);
        CHECK(it);
        t->batch.n = SHARD_SAMPLES;
        const struct blob *in = &t->blobs[g->inputs.items[0]];
        for (ptrdiff_t i = 0; i < SHARD_SAMPLES * in->count; i++)
            t->memory[in->value + i] = rng_normal(r);
        trainer_evaluate_shard(t);
        for (ptrdiff_t i = 0; i < SHARD_SAMPLES; i++)
            check_sample(t, it, i);
    } else {
        CHECK(strstr(d.message, "gradient") || strstr(d.message, "softmax"));
    }
    pool_free(pool);
    return t;
}

TEST(evaluation_means_what_the_interpreter_means)
{
    int n_checked = 0;
    for (uint64_t i = 0; i < 150; i++) {
        struct arena *a = arena_new("test");
        struct rng r = rng_split(test_seed(), i);
        struct graph *g = random_graph(a, &r, RANDOM_F32, 1 + rng_below(&r, 10));
        n_checked += check_graph(a, g, &r);
        arena_free(a);
    }
    CHECK(n_checked >= 60);
}

TEST_MAIN(T(evaluation_means_what_the_interpreter_means))
