/* fuzz_graph.h - what is asked of a graph that a reader made of any bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_TESTS_FUZZ_GRAPH_H
#define MOTE_TESTS_FUZZ_GRAPH_H
#include "fuzz.h"
#include "ir/interp.h"
#include "ir/text.h"
#include "ir/verify.h"

#define RUN_BYTES_MAX 65536 /* larger graphs are only read */
#define RUN_MACS_MAX  262144

static inline int is_small(const struct graph *g)
{
    size_t bytes = 0;
    int64_t macs = 0;
    for (uint32_t t = 0; t < g->tensors.n && bytes <= RUN_BYTES_MAX; t++)
        bytes += tensor_bytes(&g->tensors.items[t]);
    for (uint32_t i = 0; i < g->nodes.n && macs <= RUN_MACS_MAX; i++)
        macs += node_macs(g, &g->nodes.items[i]);
    return bytes <= RUN_BYTES_MAX && macs <= RUN_MACS_MAX;
}

/* The interpreter relies on what the verifier has checked: the sanitizers watch. */
static inline void run(struct arena *a, const struct graph *g)
{
    struct diag d = {0};
    struct interp *it = interp_new(a, g, &d);
    require(it != NULL || d.failed, "no interpreter and no message");
    if (!it)
        return;
    const void **in = ARENA_ARRAY(a, const void *, g->inputs.n);
    for (uint32_t i = 0; i < g->inputs.n; i++)
        in[i] = arena_alloc(a, tensor_bytes(&g->tensors.items[g->inputs.items[i]]));
    interp_run(it, in);
}

/* A graph, which is valid and runs, or a message. */
static inline void require_sound(struct arena *a, const struct graph *g, struct diag *d)
{
    require(d->failed == !g, "a refusal without a message, or a message without a refusal");
    require(!d->failed || d->message[0], "an empty message");
    if (!g)
        return;
    require(graph_verify(g, d), "the imported graph is not valid");
    if (is_small(g)) {
        struct text text = {.arena = a};
        graph_print(g, &text); /* names and constants outlive the reading */
        run(a, g);
    }
}
#endif
