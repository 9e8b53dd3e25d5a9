/* onnx_parts.h - what the files of the ONNX reader share, private to host/import.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two kinds of failure. A damaged file goes to pb_fail, which ends the reading. What Mote cannot
 * do is a fault of one operator: it goes to onnx_refuse, the reading goes on with the operator's
 * outputs marked as broken, and in the end all faults are reported together.
 *
 * Layout. ONNX has channels behind the batch, the IR has them last. So a value may be there twice:
 * in the file's order of dimensions, and with its channels last. An operator on images takes and
 * makes the second; one that works on each element by itself works in either, and its output is in
 * the order of its inputs. A transpose is made where the other order is needed, once for a value.
 * In a CNN that is at the ends. */
#ifndef MOTE_HOST_IMPORT_ONNX_PARTS_H
#define MOTE_HOST_IMPORT_ONNX_PARTS_H
#include "base/fault.h"
#include "base/vec.h"
#include "import/onnx.h"
#include "import/onnx_schema.h"
#include "import/protobuf.h"
#include "ir/graph.h"

/* Limits that no real model meets. They bound the time for a hostile file. */
#define ONNX_NAMES_MAX    (1 << 17)
#define ONNX_NODES_MAX    16384
#define ONNX_IR_NODES_MAX (1 << 16)    /* of the graph: an operator may become many              */
#define ONNX_OPERANDS_MAX 1024         /* inputs, outputs of one operator or of the graph        */
#define ONNX_ATTRS_MAX    64           /* of one operator                                        */
#define ONNX_NAME_MAX     256          /* longer names are cut in messages and in the graph      */
#define ONNX_INTS_MAX     1024         /* integers that an operator is told                      */
#define ONNX_FILES_MAX    64           /* of external data                                       */
#define ONNX_MADE_MAX     (256u << 20) /* bytes of constants computed from constants, besides */
#define ONNX_COPIES_MAX   16           /* ... so many times the bytes of the file              */
#define ONNX_FOLD_MACS    (1 << 28)    /* multiplications spent on them                       */

/* A constant of the file. */
struct onnx_tensor {
    size_t at;
    struct bytes name;
    int32_t type; /* enum onnx_type, or one unknown */
    uint32_t rank;
    int64_t dim[RANK_MAX]; /* of the first RANK_MAX dimensions  */
    struct pb_span body;   /* the message                       */
    bool has_raw, is_external;
    struct pb_span raw;
    struct bytes location; /* of external data: relative path   */
    uint64_t offset, length;
    bool has_length;
};

enum onnx_state {
    ONNX_UNSEEN,
    ONNX_CONSTANT, /* of the file, not in the graph so far                */
    ONNX_VALUE,    /* a tensor of the graph                               */
    ONNX_UNMADE,   /* an output that is not supported: a fault if it is read */
    ONNX_BROKEN    /* made by an operator with a fault, or by one like it */
};

/* What is known of a named value of the file. */
struct onnx_value {
    struct bytes name;
    enum onnx_state state;
    bool is_scalar;                 /* of rank 0: the IR has [1] for it                      */
    bool is_input;                  /* of the graph                                          */
    uint32_t id;                    /* in the file's order; NO_TENSOR: not made so far       */
    uint32_t last;                  /* the same with the channels last, or NO_TENSOR         */
    const struct onnx_tensor *from; /* the constant as the file has it, or NULL              */
    struct pb_span declared;        /* what the file says of type and shape; empty: nothing  */
};

struct onnx_file {
    struct bytes location, contents;
};

struct onnx {
    struct pb *pb;
    struct arena *a;   /* of the graph   */
    struct arena *tmp; /* of the reading */
    struct graph *g;
    struct faults *faults;
    const struct import_options *options;
    int64_t opset;
    VEC(struct pb_span) nodes;
    VEC(struct pb_span) inputs;
    VEC(struct pb_span) outputs;
    VEC(struct pb_span) initializers;
    VEC(struct onnx_value) values;
    uint32_t *slots; /* [n_slots] hash table of names: index of a value + 1, or 0 */
    uint32_t n_slots;
    VEC(struct onnx_file) files; /* of external data              */
    uint64_t n_made;             /* bytes of constants so far     */
    int64_t n_macs;              /* spent on them                 */
    uint32_t n_wide;             /* ends of the graph that are int64 in the file      */
    uint32_t n_floats;           /* ... that are float16 or float64                   */
};

struct onnx_attr {
    struct bytes name;
    size_t at;
    int32_t type; /* enum onnx_attr_type, or one unknown */
    bool is_reference;
    struct pb_span body;
    bool is_known; /* has anybody asked for it? */
};

/* A row of integers. */
struct onnx_ints {
    uint32_t n;
    int64_t *v; /* [n] */
};

struct onnx_op {
    struct onnx *t;
    uint32_t i;
    enum op kind;     /* what it becomes: of its row in the table */
    const char *name; /* "Conv"                                   */
    const char *node; /* its own name in the file, may be ""      */
    const char *out;  /* name of its first output                 */
    bool is_known;
    VEC(uint32_t) in; /* values, NO_TENSOR for one left out       */
    VEC(uint32_t) outs;
    VEC(struct onnx_attr) attrs;
    struct diag *d; /* its fault */
};

/* Record a fault of the operator. Returns false. */
bool onnx_refuse(const struct onnx_op *op, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* onnx_model.c: the parts of the file. False when it is damaged. */
bool onnx_open(struct onnx *t);
/* What the file says of node i. */
bool onnx_read_op(struct onnx *t, uint32_t i, struct onnx_op *op);
bool onnx_read_tensor(struct onnx *t, struct pb_span body, struct onnx_tensor *out);
/* Type, and shape where all dimensions are known or chosen. NULL, or what is missing. */
const char *onnx_declared(struct onnx *t, const struct onnx_value *v, struct tensor *out,
                          bool *is_scalar);
/* The index of the value of this name, added when there is none; and the value, which is good until
 * the next one is added. */
uint32_t onnx_find(struct onnx *t, struct bytes name);
struct onnx_value *onnx_named(struct onnx *t, struct bytes name);
/* A name as text, printable as it is or not. */
const char *onnx_text(struct onnx *t, struct bytes name);

/* Bytes that constants made of constants may still take. */
uint64_t onnx_room(const struct onnx *t);

/* onnx_tensor.c */
const char *onnx_type_name(int32_t type);
/* The type that stands for it in the graph. False when there is none. */
bool onnx_type_convert(int32_t type, enum dtype *to);
/* A constant of the file as one of the graph, verified, its data in the file or in the graph's
 * arena. */
bool onnx_constant(const struct onnx_op *op, const struct onnx_tensor *from, struct tensor *out);
/* Its elements as integers; false, without a fault, when they are none, or too many. */
bool onnx_constant_ints(const struct onnx_op *op, const struct onnx_tensor *from,
                        struct onnx_ints *out);
/* onnx_external.c: bytes of external data, in a file of the model's folder. */
bool onnx_external(const struct onnx_op *op, const struct onnx_tensor *from, struct bytes *out);

/* onnx_attr.c: an attribute by name, or what stands for it when it is absent. */
bool onnx_attr_int(const struct onnx_op *op, const char *name, int64_t absent, int64_t *out);
bool onnx_attr_float(const struct onnx_op *op, const char *name, float absent, float *out);
/* "" when it is absent */
bool onnx_attr_string(const struct onnx_op *op, const char *name, struct bytes *out);
/* n = 0 when it is absent */
bool onnx_attr_ints(const struct onnx_op *op, const char *name, struct onnx_ints *out);
bool onnx_attr_floats(const struct onnx_op *op, const char *name, uint32_t max, float *out,
                      uint32_t *n);
bool onnx_attr_tensor(const struct onnx_op *op, const char *name, struct onnx_tensor *out,
                      bool *is_there);
/* String i of a row; false, with or without a fault, when there is none. */
bool onnx_attr_string_at(const struct onnx_op *op, const char *name, uint32_t i, struct bytes *out);
bool onnx_attr_is_there(const struct onnx_op *op, const char *name);
/* An attribute that makes no difference to what is computed here. */
void onnx_attr_ignore(const struct onnx_op *op, const char *name);
bool onnx_is(struct bytes text, const char *word);
/* All of them were asked for: what nobody knows may change the meaning. */
bool onnx_attrs_known(const struct onnx_op *op);

/* onnx_op.c: steps that operators share. False: a fault, or a damaged file. */

bool onnx_arity(const struct onnx_op *op, uint32_t in_min, uint32_t in_max, uint32_t out_max);
bool onnx_has(const struct onnx_op *op, uint32_t k);
/* Is output k asked for? */
bool onnx_wants(const struct onnx_op *op, uint32_t k);
const struct tensor *onnx_tensor_of(const struct onnx_op *op, uint32_t id);
/* Input k in the file's order of dimensions; constants enter the graph here. */
bool onnx_in(const struct onnx_op *op, uint32_t k, uint32_t *id);
/* ..., NO_TENSOR when it is left out. */
bool onnx_in_optional(const struct onnx_op *op, uint32_t k, uint32_t *id);
/* Input k with its channels, dimension 1, last. Below rank 3 that is the file's order. */
bool onnx_in_last(const struct onnx_op *op, uint32_t k, uint32_t *id);
/* Is input k there with its channels last, and of this rank? */
bool onnx_is_last(const struct onnx_op *op, uint32_t k, int32_t rank);
/* The rank of input k in the file: 0 of a scalar. */
bool onnx_rank(const struct onnx_op *op, uint32_t k, int32_t *rank);
bool onnx_is_constant(const struct onnx_op *op, uint32_t k);
/* Is input k a constant without elements? */
bool onnx_is_empty(const struct onnx_op *op, uint32_t k);
/* Input k as integers: it is a constant, or follows from shapes. */
bool onnx_in_ints(const struct onnx_op *op, uint32_t k, struct onnx_ints *out);
/* Input k as one float that is known, infinite or not. */
bool onnx_in_float(const struct onnx_op *op, uint32_t k, float *out);

/* A node; its output, or the first of them, is *id. Of constants alone its output is computed at
 * once, and is a constant. */
bool onnx_step(const struct onnx_op *op, enum op kind, const struct attrs *attrs,
               const uint32_t *in, uint32_t n_in, uint32_t *id);
/* The same for an operator whose output's type is chosen. */
bool onnx_step_as(const struct onnx_op *op, enum op kind, const struct attrs *attrs,
                  const uint32_t *in, uint32_t n_in, const struct tensor *as, uint32_t *id);
bool onnx_unary_step(const struct onnx_op *op, enum op kind, uint32_t x, uint32_t *id);
/* ... of two operands that broadcast: for sums of one shape it is add. */
bool onnx_pair(const struct onnx_op *op, enum op kind, uint32_t a, uint32_t b, uint32_t *id);
/* ... of x and a float. */
bool onnx_pair_float(const struct onnx_op *op, enum op kind, uint32_t x, float b, uint32_t *id);
/* Constants of one element, of the type of x. */
uint32_t onnx_float(const struct onnx_op *op, float value);
uint32_t onnx_int(const struct onnx_op *op, int32_t value);
uint32_t onnx_ints_constant(const struct onnx_op *op, const struct onnx_ints *ints);
bool onnx_reshape_to(const struct onnx_op *op, uint32_t x, const struct shape *to, uint32_t *id);
bool onnx_transpose_by(const struct onnx_op *op, uint32_t x, const int32_t *perm, uint32_t *id);
/* Dimension 1 of x behind the others, and back. */
bool onnx_to_last(const struct onnx_op *op, uint32_t x, uint32_t *id);
bool onnx_from_last(const struct onnx_op *op, uint32_t x, uint32_t *id);
/* Dimension of the file's order in that with the channels last. */
int32_t onnx_axis_last(int32_t axis, int32_t rank);
/* The attributes of a slice that is all of x. */
struct attrs onnx_whole(const struct shape *x);
/* Part of x along one dimension. */
bool onnx_slice_of(const struct onnx_op *op, uint32_t x, int32_t axis, int32_t begin, int32_t size,
                   uint32_t *id);
/* A node on images [n,h,w,c], one by one where n is more than 1. */
bool onnx_images(const struct onnx_op *op, enum op kind, const struct attrs *attrs,
                 const uint32_t *in, uint32_t n_in, uint32_t *id);

/* Output k is tensor `id`, in the file's order or with its channels last. */
bool onnx_set(const struct onnx_op *op, uint32_t k, uint32_t id);
bool onnx_set_last(const struct onnx_op *op, uint32_t k, uint32_t id);
void onnx_set_scalar(const struct onnx_op *op, uint32_t k, uint32_t id);
/* Output 0 is `id` with these dimensions; with none a scalar. */
bool onnx_set_as(const struct onnx_op *op, uint32_t id, const struct shape *to);
/* Dimension `axis` of `rank`, counted from the end when negative. */
bool onnx_axis(const struct onnx_op *op, int64_t axis, int32_t rank, int32_t *out);

/* A value in the order of dimensions in which it is there. */
struct onnx_view {
    uint32_t id;
    bool is_last, is_scalar;
    int32_t rank; /* of the tensor of the graph */
};
bool onnx_in_view(const struct onnx_op *op, uint32_t k, struct onnx_view *v);
bool onnx_set_view(const struct onnx_op *op, uint32_t k, uint32_t id, const struct onnx_view *v);
/* The first n inputs for an operator of which they broadcast: with their channels last if one of
 * them is so, else in the file's order. The view is that of the output. */
bool onnx_operands(const struct onnx_op *op, uint32_t n, uint32_t *in, struct onnx_view *v);
/* Output 0 is a row of no integers: the end of a shape. */
bool onnx_set_empty(const struct onnx_op *op);
/* Output k is input `from`. */
bool onnx_set_alias(const struct onnx_op *op, uint32_t k, uint32_t from);
/* Dimension of the file's order in that of the view. */
int32_t onnx_view_axis(const struct onnx_view *v, int32_t axis);

/* One function an operator, or several that differ only in op->kind. */
typedef bool onnx_import(const struct onnx_op *op);
onnx_import onnx_arg_extremum, onnx_average_pool, onnx_batch_normalization, onnx_binary, onnx_cast,
    onnx_cast_like, onnx_celu, onnx_clip, onnx_compare, onnx_concat, onnx_constant_node,
    onnx_constant_of_shape, onnx_conv, onnx_conv_transpose, onnx_cumsum, onnx_depth_to_space,
    onnx_dropout, onnx_elu, onnx_expand, onnx_flatten, onnx_gather, onnx_gelu, onnx_gemm,
    onnx_global_pool, onnx_gru, onnx_hard_sigmoid, onnx_identity, onnx_instance_normalization,
    onnx_is_nan, onnx_layer_normalization, onnx_leaky_relu, onnx_log_softmax, onnx_logical,
    onnx_logical_not, onnx_lp_normalization, onnx_lstm, onnx_matmul, onnx_max_pool,
    onnx_mean_variance, onnx_mish, onnx_mod, onnx_pad, onnx_pow, onnx_prelu, onnx_range,
    onnx_reciprocal, onnx_reduce, onnx_reduce_l1, onnx_reduce_l2, onnx_reduce_log_sum, onnx_lrn,
    onnx_reduce_log_sum_exp, onnx_reduce_prod, onnx_reduce_sum_square, onnx_reshape, onnx_resize,
    onnx_rnn, onnx_selu, onnx_shape, onnx_sign, onnx_size, onnx_slice, onnx_softmax, onnx_softplus,
    onnx_softsign, onnx_space_to_depth, onnx_split, onnx_squeeze, onnx_tan, onnx_thresholded_relu,
    onnx_tile, onnx_topk, onnx_transpose, onnx_unary, onnx_unsqueeze, onnx_variadic, onnx_where,
    onnx_xor;

/* onnx_report.c: append the fault `d` to the list, with a remedy in any case. */
void onnx_add_fault(struct onnx *t, const struct onnx_op *op, const struct diag *d);
/* ... of an input or output of the graph. */
void onnx_add_graph_fault(struct onnx *t, const char *name, const struct diag *d);
#endif
