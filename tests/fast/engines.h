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

#define ENGINES_MAX 16

/* Every variant that this processor has, each also without the float forms; two instances of each,
 * which share their constants. */
struct engines {
    struct fast_kernels exact[ENGINES_MAX];
    struct fast *engine[ENGINES_MAX];
    uint32_t n;
};

static inline void engines_add(struct arena *a, struct engines *e, const struct graph *g,
                               const struct fast_kernels *k)
{
    struct diag d = {0};
    CHECK(e->n + 2 <= ENGINES_MAX);
    struct fast *first = fast_new(a, g, k, &d), *second = fast_another(a, first, &d);
    CHECK(first && second);
    e->engine[e->n++] = first;
    e->engine[e->n++] = second;
}

static inline struct engines *engines_new(struct arena *a, const struct graph *g)
{
    struct engines *e = ARENA_NEW(a, struct engines);
    for (uint32_t i = 0; fast_variant(i); i++) {
        const struct fast_kernels *k = fast_variant(i);
        if (!fast_runs_here(k))
            continue;
        engines_add(a, e, g, k);
        e->exact[i] = *k;
        e->exact[i].has_float = false;
        if (k->has_float)
            engines_add(a, e, g, &e->exact[i]);
    }
    return e;
}

/* n_calls calls, then one more after a reset. */
static inline void check_variants(const struct graph *g, uint32_t n_calls, struct rng *r)
{
    struct arena *a = arena_new("variants");
    struct diag d = {0};
    struct interp *want = interp_new(a, g, &d);
    const struct engines *e = engines_new(a, g);
    CHECK(want);
    for (uint32_t call = 0; call <= n_calls; call++) {
        const void **in = random_inputs(a, g, r);
        if (call == n_calls)
            interp_reset(want);
        interp_run(want, in);
        for (uint32_t i = 0; i < e->n; i++) {
            if (call == n_calls)
                fast_reset(e->engine[i]);
            fast_run(e->engine[i], in);
            check_tensors(g, want, e->engine[i]);
        }
    }
    arena_free(a);
}
#endif
