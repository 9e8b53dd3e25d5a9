/* verify.h - is this graph well formed? Runs after every importer and between all passes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_VERIFY_H
#define MOTE_HOST_VERIFY_H
#include "ir/graph.h"

/* Check invariants I1..I4 of graph.h, every operator's shape and type rule, and for quantised
 * tensors the ranges that the kernels rely on (docs/spec/numerics.md): scales finite and > 0,
 * zero points in the type's range, 0 for weights and bias, bias scale = input scale * weight
 * scale, accumulators that cannot overflow int32. Reports the first violation with the node's
 * or tensor's name. */
bool graph_verify(const struct graph *g, struct diag *d);

/* The parts of it that concern one tensor, and one node whose inputs passed graph_verify_tensor:
 * for an importer that reports everything that is wrong with a file and not the first. */
bool graph_verify_tensor(const struct tensor *t, struct diag *d);
bool graph_verify_node(const struct graph *g, uint32_t i_node, struct diag *d);
#endif
