/* pass.h - graph rewrites. One pass, one file, its contract above it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A pass changes the graph in place and keeps its meaning: exactly on integers, within rounding on
 * floats. It allocates new constants in the graph's arena. Every pass leaves a graph that
 * graph_verify accepts. `d` is set only when the graph cannot be handled. */
#ifndef MOTE_HOST_PASS_H
#define MOTE_HOST_PASS_H
#include "ir/graph.h"

/* Batch norm into conv2d, depthwise_conv2d, fully_connected; else into a depthwise 1x1. */
bool fold_bn(struct graph *g, struct diag *d);
/* Padding of height and width into the convolutions that read it. */
bool fold_pad(struct graph *g, struct diag *d);
/* relu and relu6 into their producer. */
bool fuse_activation(struct graph *g, struct diag *d);
/* A reshape to the same shape, a pad by nothing, a relu of what is >= 0, ... */
bool drop_identity(struct graph *g, struct diag *d);
/* A reshape of a reshape. */
bool merge_reshape(struct graph *g, struct diag *d);
/* Two of quantize, relu, relu6 on int8 in a row, where one does the same to every value. */
bool merge_requantize(struct graph *g, struct diag *d);
/* Channels of int8 tensors that are constant or not needed: out of weights and activations. */
bool eliminate_channels(struct graph *g, struct diag *d);

/* The list of passes before quantisation and compilation, in order, with graph_verify between. */
bool simplify(struct graph *g, struct diag *d);

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

#define N_PASSES 7

/* simplify, and what each pass saved, in order. */
bool simplify_tell(struct graph *g, struct saving savings[N_PASSES], struct diag *d);
#endif
