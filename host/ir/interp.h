/* interp.h - the meaning of a graph: runs it node by node, plainly.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The oracle for every transformation. Operators call the `ref` kernels of device/, which are the
 * transcription of docs/spec/numerics.md and, in float, of docs/spec/ir.md, section 5. Float
 * convolutions and dense layers are the same sums over packed weights, several outputs side by side. Not fast;
 * re-entrant: threads use one interp each. */
#ifndef MOTE_HOST_INTERP_H
#define MOTE_HOST_INTERP_H
#include "ir/graph.h"

struct interp;

/* Buffers for every activation of `g` (borrowed, verified), in `a`. Constants are read here:
 * whoever changes them makes a new interp. NULL when an operator has no meaning for its types. */
struct interp *interp_new(struct arena *a, const struct graph *g, struct diag *d);
/* Run once. inputs[i]: contents of graph input i, tensor_bytes() long. States go on from the run
 * before. */
void interp_run(struct interp *it, const void *const *inputs);
/* Forget earlier runs: states are what they are before the first call. */
void interp_reset(struct interp *it);
/* Contents of any tensor after a run, valid until the next. */
const void *interp_tensor(const struct interp *it, uint32_t tensor);

/* interp_run in parts, for whoever computes some nodes by other means: interp_begin, then every node
 * in order, by interp_node or by writing its outputs at interp_place, then interp_end. */
void interp_begin(struct interp *it, const void *const *inputs);
void interp_node(struct interp *it, uint32_t i_node);
void interp_end(struct interp *it);
/* What a node of one output makes of inputs with these contents (NULL of one that is absent), in
 * `tmp`; NULL when the operator has no meaning for its types. */
const void *interp_one(struct arena *tmp, const struct graph *g, const struct node *n,
                       const void *const *in);
/* Where the contents of an activation are. */
void *interp_place(const struct interp *it, uint32_t tensor);
#endif
