/* rewrite.h - the few moves that graph rewrites are made of. SPDX-License-Identifier: Apache-2.0
 *
 * A node is never cut out by hand: a move leaves it without readers, and graph_drop_dead takes it
 * away at the end of the pass. So between moves the graph always obeys I1 and I2 of graph.h. */
#ifndef MOTE_HOST_PASS_REWRITE_H
#define MOTE_HOST_PASS_REWRITE_H
#include "ir/graph.h"

#define NO_NODE UINT32_MAX

/* Who reads and who writes each tensor. Kept up to date by the moves below, stale after anything
 * else that changes the graph. Dead nodes left by a move are not counted as readers. */
struct links {
    uint32_t *uses;     /* [tensors] readers: node inputs, graph outputs and states   */
    uint32_t *producer; /* [tensors] node that writes it, NO_NODE: input or constant */
};

struct links links_find(const struct graph *g);

/* The node that writes tensor t when nobody but one node input reads t, else NO_NODE. */
uint32_t sole_producer(const struct links *l, uint32_t t);

/* Node `p` writes what its reader `f` wrote, and all readers of p's old output read that: `f` is
 * dead afterwards, its output keeps id and name. p's old output is no result. */
void take_over(struct graph *g, struct links *l, uint32_t p, uint32_t f);

/* Input `i_in` of node `n` becomes tensor `t`. */
void redirect_input(struct graph *g, struct links *l, uint32_t n, uint32_t i_in, uint32_t t);

/* Node `f`, the only reader of what node `p` writes, reads p's only input instead and takes over
 * its origin: p is dead afterwards. */
void skip_producer(struct graph *g, struct links *l, uint32_t p, uint32_t f);

/* Node i, whose output is its input i_in in every respect, goes. A graph output keeps its tensor: the
 * node before must write it, unless what that writes is a result itself (or there is no node
 * before): then node i stays as a copy. The origin goes to the node before, which now stands for
 * both, else to the first one after it. */
void drop_node(struct graph *g, struct links *l, uint32_t i, uint32_t i_in);

/* Convolution, depthwise convolution, fully connected: input, weights, [bias]. */
bool has_weights(enum op op);
/* The dimension of such an operator's weights that counts output channels: the first, or for
 * depthwise weights the last. */
int32_t channel_axis(enum op op);
/* The output channel of element i of weights `w`. */
size_t channel_of(const struct tensor *w, int32_t axis, size_t i);

/* Is tensor t what a run leaves behind: a graph output, or what a state will be? */
bool is_result(const struct graph *g, uint32_t t);

/* "a+b" in the graph's arena; either may be NULL or empty. */
const char *join_origins(struct graph *g, const char *a, const char *b);

/* `base`, or `base` with the smallest number from 2 behind it that no tensor is called yet. */
const char *fresh_name(struct graph *g, const char *base);

/* Node `n` gets constant `t` as input `i_in`: in place of the old one, whose name stays, when
 * nobody else reads that; else as a new tensor named after t. i_in may be n_in: the input is
 * appended. Data and quantisation of `t` are borrowed, so they belong to the graph's arena. */
void set_constant(struct graph *g, uint32_t n, uint32_t i_in, const struct tensor *t);

/* Move the node that was appended last to position i. Breaks links. */
void move_last_node(struct graph *g, uint32_t i);
#endif
