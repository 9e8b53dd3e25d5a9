/* tflite_parts.h - what the files of the TensorFlow Lite reader share, private to host/import.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two kinds of failure. A damaged file goes to fb_fail, which ends the reading. What Mote cannot
 * do is a fault of one operator: it goes to tfl_refuse, the reading goes on with the operator's
 * outputs marked as broken, and in the end all faults are reported together. */
#ifndef MOTE_HOST_IMPORT_TFLITE_PARTS_H
#define MOTE_HOST_IMPORT_TFLITE_PARTS_H
#include "base/fault.h"
#include "base/vec.h"
#include "import/flatbuffer.h"
#include "import/tflite_schema.h"
#include "ir/graph.h"

/* Limits that no real model meets. They bound the time for a hostile file, in which many small
 * references may share one large object. */
#define TFL_TENSORS_MAX   65536
#define TFL_OPERATORS_MAX 16384
#define TFL_NODES_MAX     (1 << 17) /* of the graph: an operator may become many       */
#define TFL_OPERANDS_MAX  1024      /* inputs, outputs of one operator or of the graph */
#define TFL_NAME_MAX      1024      /* longer names are cut                            */
#define TFL_INTS_MAX      16        /* integers of a shape, of paddings                */
#define TFL_COPIES_MAX    16        /* of the file's bytes, in packed weights          */
#define TFL_SCALES_MAX    (1 << 22) /* of all tensors together                    */
#define TFL_VARIABLES_MAX 256
#define TFL_INITS_MAX     16        /* CALL_ONCE */
#define TFL_INLINED_MAX   (1 << 15) /* operators and tensors of subgraphs, as often as they run */
#define TFL_DEPTH_MAX     4         /* subgraphs within subgraphs */
#define TFL_FILL_MAX      (1 << 20) /* elements of a constant that FILL makes */
#define TFL_COPY_BYTES    (1 << 28) /* of constants made anew, or TFL_COPIES_MAX files */
#define TFL_READ_BYTES    (UINT64_C(1) << 34) /* of constants, as often as they are read       */

/* Integers known while reading: a constant, or what a chain of SHAPE, STRIDED_SLICE and PACK makes
 * of the shapes, which are all static. */
struct tfl_ints {
    uint32_t n;
    bool scalar; /* of rank 0, else 1 or 2 */
    int64_t v[TFL_INTS_MAX];
};

/* What is known of a tensor of the file so far. */
enum tfl_state {
    TFL_UNSEEN,
    TFL_VALUE,  /* the IR tensor `id`                                   */
    TFL_INTS,   /* integers, folded                                     */
    TFL_HANDLE, /* of variable number `id`                             */
    TFL_EMPTY,  /* no elements: a slice of nothing                     */
    TFL_BROKEN  /* made by an operator with a fault, or by one like it */
};
struct tfl_value {
    enum tfl_state state;
    uint32_t id;
    const struct tfl_ints *ints;
};

/* A tensor as the file declares it. */
struct tfl_tensor {
    uint32_t i;
    const char *name;
    size_t at; /* offset of its table, for messages */
    uint8_t type;
    struct fb_vector shape;
    struct fb_table quantization;
    uint32_t i_buffer;
    struct bytes data; /* empty: no constant */
    size_t data_at;    /* offset in the file */
    bool is_variable, is_sparse;
    bool is_open; /* a dimension differs from run to run: the shape is that of one of them */
};

/* A variable that lasts from call to call. */
struct tfl_variable {
    struct bytes container, name;
    bool has_init;
    struct tensor init; /* its contents before the first call, if something assigns them  */
    uint32_t in;        /* tensor with the contents before a call; NO_TENSOR: not read yet */
    uint32_t out;       /* tensor last assigned; NO_TENSOR: none yet                       */
};
struct tfl_variables {
    VEC(struct tfl_variable) list;
    uint32_t n_inits; /* CALL_ONCE so far                  */
    bool in_use;      /* has any been read or assigned yet? */
};

struct tfl {
    struct fb *fb;
    struct arena *a;   /* of the graph             */
    struct arena *tmp; /* of the reading           */
    struct graph *g;
    struct fb_vector codes, subgraphs, buffers;
    struct fb_vector tensors, operators; /* of the subgraph that is read               */
    const struct tfl_tensor **declared;  /* [tensors.n], NULL before tfl_tensor         */
    struct tfl_value *values;            /* [tensors.n]                                 */
    const void **widened; /* [buffers.n] int4 as int8, NULL before                     */
    const void **aligned; /* [buffers.n] copies of misaligned buffers, NULL before     */
    uint32_t n_widened;   /* operators whose int8 weights became floats         */
    size_t widened_bytes; /* of these weights in the file                       */
    uint32_t n_scales;    /* converted so far                                          */
    uint64_t n_packed;    /* bytes of weights that were copied so far                  */
    uint64_t n_copied;    /* and of other constants                                    */
    uint64_t n_read;      /* bytes of constants that were read and checked so far      */
    uint32_t n_inlined;   /* operators and tensors of subgraphs run so far             */
    uint32_t depth;       /* of the subgraph that is read; 0 for the first             */
    struct tfl_variables *variables;
    struct faults *faults;
};

struct tfl_op {
    uint32_t i;
    enum op kind;     /* what it becomes: of its row in the table      */
    int32_t code;     /* enum tfl_builtin, or one unknown              */
    const char *name; /* of the operator: "CONV_2D"                    */
    const char *out;  /* name of its output                            */
    bool is_known;    /* is there an import function for it?           */
    struct fb_vector in_ids, out_ids;
    uint8_t options_type;
    struct fb_table options;
    struct bytes custom, custom_options; /* name and options of a custom operator */
    struct diag *d;                      /* its fault */
};

/* Record a fault of the operator. Returns false. */
bool tfl_refuse(const struct tfl_op *op, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* tflite.c */

/* Read subgraph i < subgraphs.n: tensors and operators, nothing known of them yet. False when the
 * file is damaged. */
bool tfl_open_subgraph(struct tfl *t, uint32_t i, struct fb_table *subgraph);
/* What the file says of operator i; `d` takes its fault. False when the file is damaged. */
bool tfl_read_op(struct tfl *t, uint32_t i, struct tfl_op *op, struct diag *d);
/* Its inputs are known, its outputs are not. False when the file is damaged. */
bool tfl_check_ids(struct tfl *t, const struct tfl_op *op);

/* One operator: nodes of the graph, or a fault. False when the file is damaged. */
bool tfl_import_op(struct tfl *t, uint32_t i);

/* tflite_report.c */

/* Append the fault `d` of an operator to the list, with a remedy in any case. */
void tfl_add_fault(struct tfl *t, const struct tfl_op *op, const struct diag *d);
/* The same for an input or output of the graph. */
void tfl_add_graph_fault(struct tfl *t, const struct tfl_tensor *end, const struct diag *d);

/* tflite_tensor.c */

/* Tensor i < t->tensors.n as declared, read once. NULL when the file is damaged. */
const struct tfl_tensor *tfl_tensor(struct tfl *t, uint32_t i);
/* A tensor without dimensions: of a constant that is a scalar, for which the IR has a vector of 1;
 * else the file may mean that, or leave the shape open. What an operator makes is checked afterwards
 * by the operator's rule. */
enum tfl_no_shape { TFL_NO_SHAPE_IS_UNKNOWN, TFL_NO_SHAPE_IS_SCALAR };
/* Type, shape, quantisation and name as the IR has them. NULL, or what the IR does not have. */
const char *tfl_tensor_convert(struct tfl *t, const struct tfl_tensor *from,
                               enum tfl_no_shape no_shape, struct tensor *to);
/* "int16" */
const char *tfl_type_name(uint8_t type);
/* Integers of a constant: int32, int64 or bool, at most TFL_INTS_MAX. False when it is none such. */
bool tfl_tensor_ints(struct tfl *t, const struct tfl_tensor *from, struct tfl_ints *out);
/* Bytes of the buffer of a constant that the IR has as `as`: of int4 half as many. */
size_t tfl_tensor_bytes(const struct tfl_tensor *from, const struct tensor *as);
/* Count `bytes` bytes of a constant that is made anew. A hostile file may share its bytes without end. */
bool tfl_count_copy(struct tfl *t, const struct tfl_op *op, uint64_t bytes);
/* Bytes that tfl_tensor_data will copy. */
size_t tfl_tensor_copied(const struct tfl *t, const struct tfl_tensor *from, size_t align);
/* Contents, widened to int8 if they are int4, at an address that suits elements of `align` bytes. */
const void *tfl_tensor_data(struct tfl *t, const struct tfl_tensor *from, size_t align);

/* tflite_op.c: steps that operators share. False: a fault, or a damaged file. */

/* Number of input k in the file, -1 when it is absent. */
int32_t tfl_in_id(const struct tfl *t, const struct tfl_op *op, uint32_t k);
/* Tensor i of the file as a constant, with contents of the right size. */
bool tfl_constant(struct tfl *t, const struct tfl_op *op, uint32_t i, struct tensor *out);
/* Input k as an IR tensor; constants enter the graph here. */
bool tfl_in(struct tfl *t, const struct tfl_op *op, uint32_t k, uint32_t *id);
/* The same for an input that may be absent: NO_TENSOR. */
bool tfl_in_optional(struct tfl *t, const struct tfl_op *op, uint32_t k, uint32_t *id);
/* Input k as a constant that does not enter the graph by itself. */
bool tfl_in_constant(struct tfl *t, const struct tfl_op *op, uint32_t k, struct tensor *out);
/* Input k as a variable of this operator alone: the IR tensor with its value before the call. */
bool tfl_in_variable(struct tfl *t, const struct tfl_op *op, uint32_t k, uint32_t *id);
/* Input k as integers. */
bool tfl_in_ints(struct tfl *t, const struct tfl_op *op, uint32_t k, struct tfl_ints *out);
/* The options are of this type, or absent. */
bool tfl_options(const struct tfl_op *op, enum tfl_options_type type);
/* Float activations with int8 weights are computed in yet another way at run time: refused. */
bool tfl_refuse_hybrid(const struct tfl_op *op, enum dtype x, enum dtype w);
/* A clamp fused into the operator, from field `field` of its options. */
bool tfl_act(struct tfl *t, const struct tfl_op *op, uint32_t field, enum act *act);
/* The number of inputs is in min..max, and there are n_out outputs, or one. */
bool tfl_arity_of(const struct tfl_op *op, uint32_t min, uint32_t max, uint32_t n_out);
bool tfl_arity(const struct tfl_op *op, uint32_t min, uint32_t max);
/* Append a node that makes the operator's output as the file declares it, and verify it. */
bool tfl_add(struct tfl *t, const struct tfl_op *op, enum op kind, const struct attrs *attrs,
             const uint32_t *in, uint32_t n_in);
/* The same, with a reshape behind it when the file declares the same elements in another shape. */
bool tfl_add_reshaped(struct tfl *t, const struct tfl_op *op, enum op kind,
                      const struct attrs *attrs, const uint32_t *in, uint32_t n_in);
/* The same for an operator of as many outputs as the node has, 2 to 4, each as the file declares
 * it, if it declares a shape. */
bool tfl_add_each(struct tfl *t, const struct tfl_op *op, enum op kind, const struct attrs *attrs,
                  const uint32_t *in, uint32_t n_in);
/* The same for an operator whose output k is output of[k] of the node; the others are f32. */
bool tfl_add_picked(struct tfl *t, const struct tfl_op *op, enum op kind, const struct attrs *attrs,
                    const uint32_t *in, uint32_t n_in, const uint32_t *of);
/* The same for an operator with variables, which are the last inputs of the node: `variables` says
 * which inputs of the operator they are. The node's further outputs are their next values. */
bool tfl_add_stateful(struct tfl *t, const struct tfl_op *op, enum op kind,
                      const struct attrs *attrs, const uint32_t *in, uint32_t n_in,
                      const uint32_t *variables, uint32_t n_variables);
/* Append a node for an intermediate value: type and quantisation are those of `as`, the shape
 * follows. */
bool tfl_step(struct tfl *t, const struct tfl_op *op, enum op kind, const struct attrs *attrs,
              const uint32_t *in, uint32_t n_in, const struct tensor *as, uint32_t *id);
/* The same for a reshape of x. */
bool tfl_step_reshape(struct tfl *t, const struct tfl_op *op, const struct shape *shape, uint32_t x,
                      uint32_t *id);
/* The operator's output is tensor `id`, in the shape that the file declares. */
bool tfl_set(struct tfl *t, const struct tfl_op *op, uint32_t id);
/* The operator as if output k were its only one. False when the file is damaged. */
bool tfl_part(struct tfl *t, const struct tfl_op *op, uint32_t k, struct tfl_op *part);
/* An IR tensor. */
const struct tensor *tfl_tensor_of(const struct tfl *t, uint32_t id);
/* Dimension `axis` of `rank`, counted from the end when negative. */
bool tfl_axis(const struct tfl_op *op, int64_t axis, int32_t rank, int32_t *out);
/* The attributes of a slice that is all of x. */
struct attrs tfl_whole(const struct shape *x);
/* The operator's output is these integers. */
void tfl_set_ints(struct tfl *t, const struct tfl_op *op, const struct tfl_ints *ints);
/* The operator's output has no elements. */
bool tfl_set_empty(struct tfl *t, const struct tfl_op *op);
/* For an operator with one output or several: append a node, whose outputs are those of the IR's
 * rule. What the file declares must agree with them; scalars are vectors of 1. */
bool tfl_add_outputs(struct tfl *t, const struct tfl_op *op, enum op kind,
                     const struct attrs *attrs, const uint32_t *in, uint32_t n_in);
/* Number of the operator's one output in the file. */
uint32_t tfl_out_id(const struct tfl *t, const struct tfl_op *op);
/* Type, shape and quantisation of the operator's output as declared. */
bool tfl_out_tensor(struct tfl *t, const struct tfl_op *op, struct tensor *out);

/* tflite_state.c: when all operators are read, variables become states or constants. */
void tfl_finish_variables(struct tfl *t);

/* tflite_batches.c: tfl_add of an operator on images, at most three inputs, of which a batch is
 * computed one by one. */
bool tfl_add_images(struct tfl *t, const struct tfl_op *op, enum op kind, const struct attrs *at,
                    const uint32_t *in, uint32_t n_in);

/* tflite_ops.c, tflite_moves.c, tflite_along.c, tflite_control.c, tflite_shapes.c and tflite_state.c: one function an operator, or
 * several operators that differ only in op->kind. */
bool tfl_add_op(struct tfl *t, const struct tfl_op *op);
bool tfl_arg_extremum(struct tfl *t, const struct tfl_op *op);
bool tfl_assign_variable(struct tfl *t, const struct tfl_op *op);
bool tfl_batch_matmul(struct tfl *t, const struct tfl_op *op);
bool tfl_batch_to_space(struct tfl *t, const struct tfl_op *op);
bool tfl_binary(struct tfl *t, const struct tfl_op *op);
bool tfl_broadcast_to(struct tfl *t, const struct tfl_op *op);
bool tfl_call_once(struct tfl *t, const struct tfl_op *op);
bool tfl_concat(struct tfl *t, const struct tfl_op *op);
bool tfl_conv2d(struct tfl *t, const struct tfl_op *op);
bool tfl_cumsum(struct tfl *t, const struct tfl_op *op);
bool tfl_depth_to_space(struct tfl *t, const struct tfl_op *op);
bool tfl_depthwise_conv2d(struct tfl *t, const struct tfl_op *op);
bool tfl_div(struct tfl *t, const struct tfl_op *op);
bool tfl_fully_connected(struct tfl *t, const struct tfl_op *op);
bool tfl_gather(struct tfl *t, const struct tfl_op *op);
bool tfl_fill(struct tfl *t, const struct tfl_op *op);
bool tfl_gelu(struct tfl *t, const struct tfl_op *op);
bool tfl_if(struct tfl *t, const struct tfl_op *op);
bool tfl_l2_normalization(struct tfl *t, const struct tfl_op *op);
bool tfl_leaky_relu(struct tfl *t, const struct tfl_op *op);
bool tfl_mirror_pad(struct tfl *t, const struct tfl_op *op);
bool tfl_mul(struct tfl *t, const struct tfl_op *op);
bool tfl_pack(struct tfl *t, const struct tfl_op *op);
bool tfl_pad(struct tfl *t, const struct tfl_op *op);
bool tfl_pool(struct tfl *t, const struct tfl_op *op);
bool tfl_read_variable(struct tfl *t, const struct tfl_op *op);
bool tfl_reduce(struct tfl *t, const struct tfl_op *op);
bool tfl_reduce_bool(struct tfl *t, const struct tfl_op *op);
bool tfl_relu6(struct tfl *t, const struct tfl_op *op);
bool tfl_reshape(struct tfl *t, const struct tfl_op *op);
bool tfl_resize_bilinear(struct tfl *t, const struct tfl_op *op);
bool tfl_resize_nearest(struct tfl *t, const struct tfl_op *op);
bool tfl_reverse(struct tfl *t, const struct tfl_op *op);
bool tfl_select(struct tfl *t, const struct tfl_op *op);
bool tfl_shape(struct tfl *t, const struct tfl_op *op);
bool tfl_slice(struct tfl *t, const struct tfl_op *op);
bool tfl_softmax(struct tfl *t, const struct tfl_op *op);
bool tfl_space_to_batch(struct tfl *t, const struct tfl_op *op);
bool tfl_space_to_depth(struct tfl *t, const struct tfl_op *op);
bool tfl_split(struct tfl *t, const struct tfl_op *op);
bool tfl_split_v(struct tfl *t, const struct tfl_op *op);
bool tfl_sqrt(struct tfl *t, const struct tfl_op *op);
bool tfl_strided_slice(struct tfl *t, const struct tfl_op *op);
bool tfl_sub(struct tfl *t, const struct tfl_op *op);
bool tfl_tile(struct tfl *t, const struct tfl_op *op);
bool tfl_to_declared_shape(struct tfl *t, const struct tfl_op *op);
bool tfl_topk(struct tfl *t, const struct tfl_op *op);
bool tfl_transpose(struct tfl *t, const struct tfl_op *op);
bool tfl_transpose_conv(struct tfl *t, const struct tfl_op *op);
bool tfl_unary(struct tfl *t, const struct tfl_op *op);
bool tfl_unpack(struct tfl *t, const struct tfl_op *op);
bool tfl_while(struct tfl *t, const struct tfl_op *op);
bool tfl_var_handle(struct tfl *t, const struct tfl_op *op);
/* tflite_recurrent.c */
bool tfl_add_n(struct tfl *t, const struct tfl_op *op);
bool tfl_ints_only(struct tfl *t, const struct tfl_op *op);
bool tfl_lstm(struct tfl *t, const struct tfl_op *op);
bool tfl_svdf(struct tfl *t, const struct tfl_op *op);
/* tflite_ints.c: an operator on integers that are all known while reading is computed here: *done. */
bool tfl_fold_ints(struct tfl *t, const struct tfl_op *op, bool *done);
/* A strided slice of activations, not of a shape. */
bool tfl_slice_strided(struct tfl *t, const struct tfl_op *op);
/* Position `p` in a row of n, counted from the end when negative, held within low..high. */
int64_t tfl_slice_position(int64_t p, int64_t n, int64_t low, int64_t high);

/* tflite_detect.c: boxes of an object detector. */
bool tfl_detect(struct tfl *t, const struct tfl_op *op);
/* tflite_nms.c */
bool tfl_nms(struct tfl *t, const struct tfl_op *op);

/* tflite_signal.c: the custom operators of an audio front end. */
struct tfl_custom {
    const char *name;
    bool (*import)(struct tfl *t, const struct tfl_op *op);
    enum op op;
};
/* Row i of the table, in order; NULL behind the last. */
const struct tfl_custom *tfl_signal_operator(uint32_t i);

/* tflite_names.c: "CONV_2D"; NULL for numbers that the schema does not have. */
const char *tfl_builtin_name(int32_t code);
#endif
