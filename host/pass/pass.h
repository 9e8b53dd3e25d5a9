/* pass.h - graph rewrites. One pass, one file, its contract above it.
 *
 * A pass changes the graph in place and keeps its meaning: exactly on integers, within rounding on
 * floats. It allocates new constants in the graph's arena. Every pass leaves a graph that
 * graph_verify accepts. `d` is set only when the graph cannot be handled. */
#ifndef MOTE_HOST_PASS_H
#define MOTE_HOST_PASS_H
#include "ir/graph.h"

bool fold_bn(struct graph *g, struct diag *d);        /* batch norm into conv, dw, fc; else to a depthwise 1x1 */
bool fold_pad(struct graph *g, struct diag *d);       /* pad into the convolution that reads it           */
bool fuse_activation(struct graph *g, struct diag *d); /* relu, relu6 into their producer                 */
bool drop_identity(struct graph *g, struct diag *d);  /* reshape to the same shape, pad by 0, ...         */

/* The list of passes before quantisation and compilation, in order, with graph_verify between. */
bool simplify(struct graph *g, struct diag *d);
#endif
