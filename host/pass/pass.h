/* pass.h - graph rewrites. One pass, one file, its contract above it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A pass changes the graph in place and keeps its meaning: exactly on integers, within rounding on
 * floats. It allocates new constants in the graph's arena. Every pass leaves a graph that
 * graph_verify accepts. `d` is set only when the graph cannot be handled. */
#ifndef MOTE_HOST_PASS_H
#define MOTE_HOST_PASS_H
#include "ir/graph.h"

#define PASS(name) bool name(struct graph *g, struct diag *d);
#include "pass/passes.def"
#undef PASS

enum {
#define PASS(name) PASS_##name,
#include "pass/passes.def"
#undef PASS
    N_PASSES
};

/* All of them, again and again until none finds anything, with graph_verify between: what is done
 * before quantisation and before compilation. */
bool simplify(struct graph *g, struct diag *d);

/* Not one of them, since it changes what the caller sees: float inputs and outputs that are
 * quantised at once, or dequantised last, become int8. */
bool int8_ends(struct graph *g, struct diag *d);

/* What a graph costs, whatever runs it. */
struct size {
    int64_t n_nodes, macs;
    int64_t weight_bytes; /* constants but biases         */
    int64_t bias_bytes;   /* of convolutions, dense layers */
};

struct size graph_size(const struct graph *g);

/* What a pass took away, in all its runs together; below 0 when it added some. */
struct saving {
    const char *pass;
    struct size size;
};

/* simplify, and what each pass saved, in order. */
bool simplify_tell(struct graph *g, struct saving savings[N_PASSES], struct diag *d);
#endif
