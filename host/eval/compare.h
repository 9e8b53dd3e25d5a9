/* compare.h - two graphs on the same inputs, layer by layer: where do they begin to differ?
 * SPDX-License-Identifier: Apache-2.0
 *
 * The layers of A in order, each beside the layer of B that makes the same tensor: outputs of the
 * graphs pair by position, others by the tensor's name, and what is left by its origin. Values
 * are compared as real numbers, so that a float model can be compared with its int8 one. */
#ifndef MOTE_HOST_COMPARE_H
#define MOTE_HOST_COMPARE_H
#include "ir/graph.h"

/* How far two tensors are apart over all calls. */
struct deviation {
    uint64_t n_values, n_differ; /* compared, and apart by more than the tolerance          */
    double largest;              /* |a - b| in real units, 0 when none differs; may be inf  */
    uint64_t steps;              /* the same in steps, if both are integers of one scale    */
    uint64_t i_value;            /* where that was first: element ...                       */
    uint32_t i_call;             /* ... in call                                             */
    double a, b;                 /* the two real values there                               */
};

/* Add the `count` values of one call: real values are those that the tensors' quantisation says. */
void deviation_add(struct deviation *dev, const struct tensor *a, const void *a_data,
                   const struct tensor *b, const void *b_data, uint32_t i_call, double tolerance);

enum layer_match {
    LAYER_ALONE,       /* B makes no such tensor             */
    LAYER_OTHER_SHAPE, /* B's has another number of elements */
    LAYER_COMPARED
};

struct layer {
    uint32_t i_node; /* in A                     */
    uint32_t a, b;   /* tensors; b may be NO_TENSOR */
    enum layer_match match;
    struct deviation dev;
};

struct comparison {
    struct layer *layers; /* in A's order */
    uint32_t n_layers;
    uint32_t n_compared, n_differ; /* layers */
};

/* The first layer that differs, NULL when none does. */
const struct layer *comparison_first(const struct comparison *c);

/* n_calls random inputs for A, one after the other. If B (may be NULL) has integers where A has
 * floats, they are values that B can represent. NULL with `d` set for types without a range. */
void *compare_random_inputs(struct arena *mem, const struct graph *a, const struct graph *b,
                            uint64_t seed, uint32_t n_calls, struct diag *d);

/* Run both in the interpreter on n_calls inputs of A, one after the other, which are converted to
 * B's types. False with `d` set when inputs or outputs do not correspond. */
bool compare_graphs(struct arena *mem, const struct graph *a, const struct graph *b,
                    const void *inputs, uint32_t n_calls, double tolerance, struct comparison *out,
                    struct diag *d);

/* A in the interpreter beside outputs that something else computed from the same inputs: only
 * outputs are layers here. */
bool compare_outputs(struct arena *mem, const struct graph *a, const void *inputs,
                     const void *outputs, uint32_t n_calls, double tolerance,
                     struct comparison *out, struct diag *d);
#endif
