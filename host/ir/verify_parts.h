/* verify_parts.h - the parts of the verifier, private to host/ir.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_IR_VERIFY_PARTS_H
#define MOTE_HOST_IR_VERIFY_PARTS_H
#include "ir/graph.h"

/* What the verifier looked at when it found a violation: the parser turns it into a line. */
enum verify_part { VERIFY_GRAPH, VERIFY_TENSOR, VERIFY_NODE };
struct verify_where {
    enum verify_part part;
    uint32_t i; /* tensor or node */
};
bool graph_verify_where(const struct graph *g, struct verify_where *w, struct diag *d);

/* The quantisation of one tensor in itself: scales, zero points, axis. */
bool verify_quant(const struct tensor *t, struct diag *d);

/* What the integer kernel of a node relies on; true at once for float nodes. The shape rule of
 * the node holds already. */
bool verify_ranges(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d);
#endif
