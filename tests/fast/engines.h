/* engines.h - the fast engine in every variant, beside the interpreter. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_TESTS_ENGINES_H
#define MOTE_TESTS_ENGINES_H
#include "check.h"
#include "fast/fast.h"
#include "ir/interp.h"
#include "ir/random_graph.h"

static inline const void **random_inputs(struct arena *a, const struct graph *g, struct rng *r)
{
    const void **in = ARENA_ARRAY(a, const void *, g->inputs.n);
    for (uint32_t i = 0; i < g->inputs.n; i++)
        in[i] = random_input(a, g, i, r);
    return in;
}

/* Every tensor, not the outputs alone. */
static inline void check_tensors(const struct graph *g, const struct interp *want,
                                 const struct fast *got)
{
    for (uint32_t t = 0; t < g->tensors.n; t++)
        check_bytes(__FILE__, __LINE__, g->tensors.items[t].name, fast_tensor(got, t),
                    interp_tensor(want, t), tensor_bytes(&g->tensors.items[t]));
}

/* n_calls calls, then one more after a reset; two instances that share their constants. */
static inline void check_variant(const struct graph *g, const struct fast_kernels *k,
                                 uint32_t n_calls, struct rng *r)
{
    struct arena *a = arena_new("variant");
    struct diag d = {0};
    struct interp *want = interp_new(a, g, &d);
    struct fast *first = fast_new(a, g, k, &d), *second = fast_another(a, first, &d);
    CHECK(want && first && second);
    for (uint32_t i = 0; i <= n_calls; i++) {
        const void **in = random_inputs(a, g, r);
        if (i == n_calls) {
            interp_reset(want);
            fast_reset(first);
            fast_reset(second);
        }
        interp_run(want, in);
        fast_run(first, in);
        fast_run(second, in);
        check_tensors(g, want, first);
        check_tensors(g, want, second);
    }
    arena_free(a);
}

/* All variants that this processor has, each also without the float forms. */
static inline void check_variants(const struct graph *g, uint32_t n_calls, struct rng *r)
{
    for (uint32_t i = 0; fast_variant(i); i++) {
        const struct fast_kernels *k = fast_variant(i);
        if (!fast_runs_here(k))
            continue;
        check_variant(g, k, n_calls, r);
        struct fast_kernels exact = *k;
        exact.has_float = false;
        if (k->has_float)
            check_variant(g, &exact, n_calls, r);
    }
}
#endif
