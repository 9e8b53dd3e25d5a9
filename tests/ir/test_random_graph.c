/* test_random_graph.c - the generator itself: valid, reproducible, and every operator occurs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "ir/interp.h"
#include "ir/random_graph.h"

TEST(random_graphs_run_and_every_operator_occurs)
{
    struct arena *a = arena_new("test");
    uint32_t seen[N_OPS] = {0};
    for (uint32_t i = 0; i < 2400; i++) {
        struct rng r = rng_split(test_seed(), i);
        struct graph *g = random_graph(a, &r, (enum random_kind)(i % N_RANDOM_KINDS), 1 + i % 15);
        for (uint32_t k = 0; k < g->nodes.n; k++)
            seen[g->nodes.items[k].op]++;
        struct diag d = {0};
        struct interp *it = interp_new(a, g, &d);
        CHECK(it);
        const void *in = random_input(a, g, 0, &r);
        interp_run(it, &in);
        for (uint32_t k = 0; k < g->outputs.n; k++) {
            const struct tensor *t = &g->tensors.items[g->outputs.items[k]];
            const float *y = interp_tensor(it, g->outputs.items[k]);
            for (int64_t e = 0; t->dtype == DT_F32 && e < shape_count(&t->shape); e++)
                CHECK(isfinite(y[e]));
        }
        arena_reset(a);
    }
    for (uint32_t op = 0; op < N_OPS; op++)
        if (seen[op] < 20 && random_makes((enum op)op))
            test_fail(__FILE__, __LINE__, "%s occurred %u times", op_name((enum op)op), seen[op]);
    arena_free(a);
}

TEST(one_seed_makes_one_graph)
{
    struct arena *a = arena_new("test");
    struct rng r1 = rng_seed(test_seed()), r2 = rng_seed(test_seed());
    const struct graph *g1 = random_graph(a, &r1, RANDOM_S8, 12);
    const struct graph *g2 = random_graph(a, &r2, RANDOM_S8, 12);
    CHECK_EQ(g1->nodes.n, g2->nodes.n);
    CHECK_EQ(g1->tensors.n, g2->tensors.n);
    for (uint32_t i = 0; i < g1->tensors.n; i++) {
        const struct tensor *t1 = &g1->tensors.items[i], *t2 = &g2->tensors.items[i];
        CHECK_STR(t1->name, t2->name);
        CHECK(shape_equal(&t1->shape, &t2->shape));
    }
    arena_free(a);
}

TEST_MAIN(T(random_graphs_run_and_every_operator_occurs), T(one_seed_makes_one_graph))
