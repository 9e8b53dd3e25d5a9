/* ops.h - what every operator brings, private to host/ir. SPDX-License-Identifier: Apache-2.0
 *
 * ops.def lists the operators; each has a file here with these functions:
 *
 *   infer_<op>   checks inputs and attributes, fills type and shape of out[], the outputs
 *   macs_<op>    multiply-accumulates of one inference
 *   eval_<op>    computes the output: plain loops for f32, the `ref` kernel for integers
 *   bind_<op>    the constants of its integer kernel
 *   ranges_<op>  checks what the integer kernel relies on: scales, accumulators, shifts
 *
 * The contract of infer: the number of inputs is right, required ones are there, every shape is
 * within the limits of graph.h. The contract of ranges and bind: infer accepts the node, and its
 * activations have a scale. The contract of the other two: the graph is verified. */
#ifndef MOTE_HOST_IR_OPS_H
#define MOTE_HOST_IR_OPS_H
#include "ir/bind.h"
#include "ir/graph.h"

#define KERNEL_MAX    255   /* kernel, stride, dilation and padding: uint8_t on the device */
#define IMAGE_DIM_MAX 65535 /* height, width, channels of an image: uint16_t on the device */
#define FLOAT_LANES   16    /* output channels that dense float operators compute together */
#define CONCAT_IN_MAX 1024
#define NODE_OUT_MAX  4 /* outputs of one node */

/* One evaluation of one node: made once by the interpreter, used on every run. */
struct eval {
    const struct graph *g;
    const struct node *n;
    const void **in;               /* [as in ops.def]; an absent bias is an array of zeros */
    void *out;                     /* the first output */
    void **outs;                   /* all of them      */
    const union kernel_args *args; /* of nodes with a kernel, else NULL                */
    void *scratch;                 /* what the ref kernel asked for                    */
    const float *packed;           /* f32 conv2d, fully_connected: see float_pack      */
};

struct op_info {
    const char *name;
    uint32_t in_min, in_max;
    uint32_t n_out; /* 1..NODE_OUT_MAX     */
    uint32_t attrs; /* mask of ATTR_... */
    bool (*infer)(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d);
    int64_t (*macs)(const struct graph *g, const struct node *n);
    void (*eval)(const struct eval *e);
    bool (*bind)(struct arena *a, const struct graph *g, const struct node *n,
                 union kernel_args *out, struct diag *d);
    bool (*ranges)(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d);
};

/* Does the operator have inputs x, weights and an optional bias? */
bool op_has_weights(enum op op);

/* The row of an operator. */
const struct op_info *op_info(enum op op);

#define OP(UPPER, lower, in_min, in_max, attr_mask)                                                \
    bool infer_##lower(const struct graph *g, const struct node *n, struct tensor *out,            \
                       struct diag *d);                                                            \
    int64_t macs_##lower(const struct graph *g, const struct node *n);                             \
    void eval_##lower(const struct eval *e);                                                       \
    bool bind_##lower(struct arena *a, const struct graph *g, const struct node *n,                \
                      union kernel_args *out, struct diag *d);                                     \
    bool ranges_##lower(struct arena *tmp, const struct graph *g, const struct node *n,            \
                        struct diag *d);
#include "ir/ops.def"
#undef OP

/* The five functions of an operator without products, of which others share the four given. */
#define OP_BY(lower, by_infer, by_eval, by_bind, by_ranges)                                        \
    bool infer_##lower(const struct graph *g, const struct node *n, struct tensor *out,            \
                       struct diag *d)                                                             \
    {                                                                                              \
        return by_infer(g, n, out, d);                                                             \
    }                                                                                              \
    int64_t macs_##lower(const struct graph *g, const struct node *n)                              \
    {                                                                                              \
        (void)g, (void)n;                                                                          \
        return 0;                                                                                  \
    }                                                                                              \
    void eval_##lower(const struct eval *e)                                                        \
    {                                                                                              \
        by_eval(e);                                                                                \
    }                                                                                              \
    bool bind_##lower(struct arena *a, const struct graph *g, const struct node *n,                \
                      union kernel_args *out, struct diag *d)                                      \
    {                                                                                              \
        (void)d;                                                                                   \
        by_bind(a, g, n, out);                                                                     \
        return true;                                                                               \
    }                                                                                              \
    bool ranges_##lower(struct arena *tmp, const struct graph *g, const struct node *n,            \
                        struct diag *d)                                                            \
    {                                                                                              \
        return by_ranges(tmp, g, n, d);                                                            \
    }

/* Everything that can be said of a node from its inputs: arity, attributes, the operator's rule,
 * limits of the result. Fills dtype and shape of out[NODE_OUT_MAX], one for each output. */
bool node_infer(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d);

/* Input i, NULL when it is absent. */
const struct tensor *node_in(const struct graph *g, const struct node *n, uint32_t i);

/* The node's name for people: its output tensor's, else its origin. */
const char *node_name(const struct graph *g, const struct node *n);

/* Report "name (operator): ...". Returns false. */
bool node_error(struct diag *d, const struct graph *g, const struct node *n, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The type of the node's output as the graph states it, for operators that make several types of
 * one input; `preset` for a node that has no output yet. */
enum dtype stated_type(const struct graph *g, const struct node *n, enum dtype preset);

/* Is the shape within the limits: rank, dimensions, number of elements? Returns NULL, or what is
 * wrong with it. */
const char *shape_fault(const struct shape *s);

/* How many inputs, from the second on, are parameters of the model: constants. */
uint32_t op_parameters(enum op op);

/* Parts of shape rules that several operators share. */

/* Input 0 is an image [1, h, w, c], none of them above IMAGE_DIM_MAX. */
bool infer_image(const struct graph *g, const struct node *n, struct diag *d);
/* Output height and width of a window that slides over input 0. */
bool infer_window(const struct graph *g, const struct node *n, int32_t kernel_h, int32_t kernel_w,
                  struct shape *out, struct diag *d);
/* Types of input, weights and bias: f32 f32 f32 -> f32, s8 s8 s32 -> s8; bias is [channels]. */
bool infer_weighted(const struct graph *g, const struct node *n, int32_t channels,
                    struct tensor *out, struct diag *d);
/* The output has the type of input 0, whatever it is. */
bool infer_copy(const struct graph *g, const struct node *n, struct tensor *out);
/* The type of input 0 is f32 or s8, and the output has it. */
bool infer_f32_or_s8(const struct graph *g, const struct node *n, struct tensor *out,
                     struct diag *d);
/* The same for f32, s8 or s16. */
bool infer_activation(const struct graph *g, const struct node *n, struct tensor *out,
                      struct diag *d);
/* a and b are s32 without scales, and so is the output, whose shape is known. */
bool infer_s32_binary(const struct graph *g, const struct node *n, struct tensor *out,
                      struct diag *d);
/* a and b have one type and shapes that broadcast, to the output's; its type is left open. */
bool infer_broadcast(const struct graph *g, const struct node *n, struct tensor *out,
                     struct diag *d);
bool infer_like_input_wide(const struct graph *g, const struct node *n, struct tensor *out,
                           struct diag *d);
/* One input, f32 or s8; the output has its shape. */
bool infer_like_input(const struct graph *g, const struct node *n, struct tensor *out,
                      struct diag *d);

/* Parts of float meanings. */

/* The range of kernel taps 0 <= first <= k < end <= kernel that fall into 0..in-1, where tap k
 * reads position origin + k * dilation. */
struct taps {
    int32_t first, end;
};
struct taps taps_inside(int32_t origin, int32_t kernel, int32_t dilation, int32_t in);

float act_f32(enum act act, float x);

/* Between integers of two scales. */
void eval_change_of_scale(const struct eval *e);
/* relu and relu6 as operators: f32 by act_f32, integers by a change of scale. */
void eval_clamp(const struct eval *e, enum act act);

/* Weights w[n_out][n_tap], reordered to [block][n_tap][FLOAT_LANES] with zeros for the channels
 * beyond n_out, so that the lanes of one block lie side by side. */
float *float_pack(struct arena *a, const float *w, size_t n_out, size_t n_tap);
/* acc[l] += x[i] * w[i * FLOAT_LANES + l] for i = 0..n-1 in this order. */
void float_accumulate(float *acc, const float *x, const float *w, size_t n);
#endif
