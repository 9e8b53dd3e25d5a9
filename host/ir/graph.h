/* graph.h - the IR: the one graph that every stage reads and writes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Tensors and nodes live in two arrays; references are 32-bit ids, valid as long as the graph.
 * Activations are NHWC, convolution weights OHWI, depthwise weights 1HWC, fully connected weights
 * [out, in]. Quantisation is explicit on the tensor. docs/spec/ir.md is the specification.
 *
 * I1  nodes stand in topological order: a node reads inputs, constants or outputs of nodes before.
 * I2  every tensor is written by at most one node; graph inputs and constants by none.
 * I3  shapes are static, 1..RANK_MAX dimensions of 1..DIM_MAX; images have batch 1.
 * I4  constants have data of exactly tensor_bytes() bytes, little-endian, borrowed or in the
 *     graph's arena.
 * ir/verify.c checks these and the rule of every operator. */
#ifndef MOTE_HOST_GRAPH_H
#define MOTE_HOST_GRAPH_H
#include "base/arena.h"
#include "base/diag.h"
#include "base/vec.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RANK_MAX  6
#define DIM_MAX   (1 << 24)
#define COUNT_MAX (1 << 28) /* elements of one tensor */
#define N_PARAMS  8
#define NO_TENSOR UINT32_MAX /* an optional input that is absent */

enum dtype { DT_F32, DT_S8, DT_S16, DT_S32, DT_S64, DT_U8, DT_U32, DT_U64, DT_BOOL, N_DTYPES };

struct shape {
    int32_t rank;
    int32_t dim[RANK_MAX];
};

/* real = scale * (q - zero). n = 0: not quantised; n = 1: per tensor; else n = dim[axis]. */
struct quant {
    uint32_t n;
    int32_t axis;
    const float *scale;  /* [n] > 0 */
    const int32_t *zero; /* [n] */
};

struct tensor {
    const char *name;
    enum dtype dtype;
    struct shape shape;
    struct quant quant;
    const void *data; /* constant contents, NULL for activations */
};

/* A clamp fused into the operator that produces the value. */
enum act { ACT_NONE, ACT_RELU, ACT_RELU6, N_ACTS };

/* All attributes of all operators; ops.def says which of them an operator has, the others are
 * zero. Pads are explicit: SAME is resolved by whoever builds the node (same_pad below). */
struct attrs {
    int32_t kernel_h, kernel_w; /* pools; convolutions take it from the weights  */
    int32_t stride_h, stride_w;
    int32_t dilation_h, dilation_w;
    int32_t pad_top, pad_bottom, pad_left, pad_right;
    int32_t axis;                /* concat, gather                                */
    int32_t pads[2 * RANK_MAX];  /* pad: before and after, per dimension          */
    int32_t new_shape[RANK_MAX]; /* reshape: target dimensions, rank in new_rank  */
    int32_t new_rank;
    int32_t over[RANK_MAX]; /* reductions: 1 for each dimension reduced      */
    int32_t perm[RANK_MAX]; /* transpose                                     */
    int32_t begin[RANK_MAX], size[RANK_MAX], step[RANK_MAX]; /* slice             */
    int32_t repeat[RANK_MAX];          /* tile                                          */
    int32_t block_h, block_w;          /* depth_to_space, space_to_depth                */
    int32_t to_h, to_w;                /* resize: the new height and width              */
    int32_t adjoint_a, adjoint_b;      /* batch_matmul: 1 if stored transposed          */
    int32_t align_corners, half_pixel; /* resize: 0 or 1                            */
    int32_t rank;                      /* svdf: filters of one output                 */
    int32_t exclusive, reverse;        /* cumsum: 0 or 1                              */
    int32_t k;                         /* topk: how many                              */
    int32_t params[N_PARAMS];          /* detect, nms, audio front end: docs/spec/ir.md */
    enum act act;
    float eps;                /* batch_norm */
    float beta;               /* softmax    */
    float value;              /* pad        */
    float alpha;              /* leaky_relu; nms: sigma, 0 for none */
    float clip;               /* lstm: of the cell, 0 for none */
    float threshold, overlap; /* detect, nms: the least score, how far two boxes overlap at most */
};

enum op {
#define OP(UPPER, lower, in_min, in_max, attr_mask) OP_##UPPER,
#include "ir/ops.def"
#undef OP
    N_OPS
};

struct node {
    enum op op;
    uint32_t n_in, n_out;
    uint32_t *in, *out; /* tensor ids, in the graph's arena */
    struct attrs attrs;
    const char *origin; /* names of the source-model nodes it came from, joined by '+' */
};

/* A variable: what one call leaves behind for the next. Graphs stay functions: a node reads the
 * value from before the call (`in`, which no node writes), and the value after it is `out`, a
 * tensor of the same type, shape and quantisation that a node, a graph input or a state provides.
 * Before the first call the contents are those of the constant `init`, or real 0 if that is
 * NO_TENSOR. */
struct state {
    uint32_t in, out, init;
};

struct graph {
    struct arena *arena;
    const char *name;
    VEC(struct tensor) tensors;
    VEC(struct node) nodes;
    VEC(uint32_t) inputs;
    VEC(uint32_t) outputs;
    VEC(struct state) states;
    VEC(const char *) notes; /* what people should know of it; no part of its meaning or text */
};

struct graph *graph_new(struct arena *a, const char *name);
/* A deep copy of the structure; constant data stays borrowed from `g`. */
struct graph *graph_clone(struct arena *a, const struct graph *g);

/* Add a tensor (copied, strings and quantisation too). Returns its id. */
uint32_t graph_add_tensor(struct graph *g, const struct tensor *t);

/* Append a node whose outputs' shapes and types follow from the operator's rule. The output tensors
 * are made, one after the other; the first is named `name`, the others `name`:1, `name`:2. An
 * activation's quantisation is not inferred. Returns the first output's tensor id, or NO_TENSOR
 * with `d` set when the operator does not fit its inputs. */
uint32_t graph_add_node(struct graph *g, enum op op, const struct attrs *attrs, const uint32_t *in,
                        uint32_t n_in, const char *name, struct diag *d);

/* Replace every read of tensor `from` (by nodes, graph outputs and states) by `to`. */
void graph_replace_uses(struct graph *g, uint32_t from, uint32_t to);
/* Drop states whose value nobody reads, nodes whose outputs nobody reads, then tensors that nobody
 * mentions; ids change. */
void graph_drop_dead(struct graph *g);
/* uses[t]: how many node inputs, graph outputs and states read tensor t; producer[t]: node id or
 * UINT32_MAX. Arrays of tensors.n in `a`. */
uint32_t *graph_count_uses(const struct graph *g, struct arena *a);
uint32_t *graph_find_producers(const struct graph *g, struct arena *a);

size_t dtype_bytes(enum dtype t);
const char *dtype_name(enum dtype t);
/* The range of an integer type, and element i of such contents; of u64 the lower half is known. */
int64_t dtype_min(enum dtype t);
int64_t dtype_max(enum dtype t);
int64_t element_int(enum dtype t, const void *data, int64_t i);
void element_set_int(enum dtype t, void *data, int64_t i, int64_t value);
int64_t shape_count(const struct shape *s); /* product of the dimensions */
bool shape_equal(const struct shape *a, const struct shape *b);
bool quant_equal(const struct quant *a, const struct quant *b);
/* Shapes as people write them: "1x28x28x3". `buf` of SHAPE_TEXT bytes. */
#define SHAPE_TEXT 96
const char *shape_text(const struct shape *s, char *buf);
size_t tensor_bytes(const struct tensor *t);
/* Could these be the contents of a constant like `t`? Those of f32 are finite. */
bool contents_finite(const struct tensor *t, const void *data);
const char *op_name(enum op op);
bool op_from_name(const char *name, enum op *out);

/* TFLite SAME padding for one dimension: out = ceil(in / stride), the odd one at the end. */
void same_pad(int32_t in, int32_t kernel, int32_t stride, int32_t dilation, int32_t *before,
              int32_t *after);

/* Multiply-accumulates of one inference of a node (0 for operators without products) and the
 * bytes of its constants. */
int64_t node_macs(const struct graph *g, const struct node *n);
size_t node_const_bytes(const struct graph *g, const struct node *n);
#endif
