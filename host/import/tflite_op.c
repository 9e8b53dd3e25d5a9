/* tflite_op.c - steps that the operators of a TensorFlow Lite model share.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "import/tflite_parts.h"
#include "ir/verify.h"

bool tfl_refuse(const struct tfl_op *op, const char *fmt, ...)
{
    char what[768];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    return diag_error(op->d, NULL, "%s: %s", op->name, what);
}

int32_t tfl_in_id(const struct tfl *t, const struct tfl_op *op, uint32_t k)
{
    return k < op->in_ids.n ? fb_i32_at(t->fb, &op->in_ids, k) : -1;
}

uint32_t tfl_out_id(const struct tfl *t, const struct tfl_op *op)
{
    assert(op->out_ids.n == 1); /* tfl_arity */
    return (uint32_t)fb_i32_at(t->fb, &op->out_ids, 0);
}

bool tfl_arity_of(const struct tfl_op *op, uint32_t min, uint32_t max, uint32_t n_out)
{
    if (op->in_ids.n < min || op->in_ids.n > max)
        return tfl_refuse(op, "%" PRIu32 " inputs, expected %" PRIu32 "..%" PRIu32, op->in_ids.n,
                          min, max);
    if (op->out_ids.n != n_out)
        return tfl_refuse(op, "%" PRIu32 " outputs, expected %" PRIu32, op->out_ids.n, n_out);
    return true;
}

bool tfl_arity(const struct tfl_op *op, uint32_t min, uint32_t max)
{
    return tfl_arity_of(op, min, max, 1);
}

/* Type, shape and quantisation that the file declares. */
static bool declared(struct tfl *t, const struct tfl_op *op, uint32_t i, struct tensor *out)
{
    const struct tfl_tensor *from = tfl_tensor(t, i);
    if (!from)
        return false;
    const char *fault = tfl_tensor_convert(t, from, TFL_NO_SHAPE_IS_SCALAR, out);
    if (fault)
        return tfl_refuse(op, "%s", fault);
    if (from->is_open && t->depth > 0) /* in a loop: as the operator's rule has it */
        out->shape = (struct shape){0};
    return !t->fb->failed;
}

/* Messages of the IR name a tensor or a node first; the report names the operator. `prefix` is that
 * beginning, and left out. */
static bool refuse_as_ir(const struct tfl_op *op, const char *prefix, const struct diag *ir)
{
    size_t skip = strncmp(ir->message, prefix, strlen(prefix)) == 0 ? strlen(prefix) : 0;
    return tfl_refuse(op, "%s", ir->message + skip);
}

bool tfl_constant(struct tfl *t, const struct tfl_op *op, uint32_t i, struct tensor *out)
{
    const struct tfl_tensor *from = tfl_tensor(t, i);
    if (!from || !declared(t, op, i, out))
        return false;
    size_t bytes = tfl_tensor_bytes(from, out);
    if (from->data.len != bytes)
        return fb_fail(t->fb, from->data_at,
                       "tensor %" PRIu32 " '%s' takes %zu bytes, its buffer %" PRIu32 " has %zu", i,
                       from->name, bytes, from->i_buffer, from->data.len);
    t->n_read += bytes;
    if (t->n_read > TFL_READ_BYTES)
        return tfl_refuse(op, "constants of more than %" PRIu64 " bytes, as often as they are read",
                          (uint64_t)TFL_READ_BYTES);
    const size_t align = dtype_bytes(out->dtype);
    if (!tfl_count_copy(t, op, tfl_tensor_copied(t, from, align)))
        return false;
    out->data = tfl_tensor_data(t, from, align);
    struct diag ir = {0};
    return graph_verify_tensor(out, &ir) || refuse_as_ir(op, "tensor ", &ir);
}

/* A constant becomes an IR tensor when the first operator reads it. */
static bool add_constant(struct tfl *t, const struct tfl_op *op, uint32_t i)
{
    struct tensor tensor;
    if (!tfl_constant(t, op, i, &tensor))
        return false;
    t->values[i] = (struct tfl_value){.state = TFL_VALUE, .id = graph_add_tensor(t->g, &tensor)};
    return true;
}

/* Number and declaration of input k, which is there. */
static const struct tfl_tensor *present(struct tfl *t, const struct tfl_op *op, uint32_t k,
                                        uint32_t *i)
{
    int32_t id = tfl_in_id(t, op, k);
    *i = (uint32_t)id;
    if (id >= 0)
        return tfl_tensor(t, (uint32_t)id);
    tfl_refuse(op, "input %" PRIu32 " is absent", k);
    return NULL;
}

bool tfl_in_constant(struct tfl *t, const struct tfl_op *op, uint32_t k, struct tensor *out)
{
    uint32_t i;
    const struct tfl_tensor *from = present(t, op, k, &i);
    if (!from)
        return false;
    if (from->is_variable || (t->values[i].state != TFL_UNSEEN && from->data.len == 0))
        return tfl_refuse(op, "input %" PRIu32 " '%s' is not a constant", k, from->name);
    return tfl_constant(t, op, i, out);
}

bool tfl_in_variable(struct tfl *t, const struct tfl_op *op, uint32_t k, uint32_t *id)
{
    uint32_t i;
    struct tensor tensor;
    struct diag ir = {0};
    const struct tfl_tensor *from = present(t, op, k, &i);
    if (!from)
        return false;
    if (!from->is_variable)
        return tfl_refuse(op, "input %" PRIu32 " '%s' is not a variable", k, from->name);
    if (t->depth > 0)
        return tfl_refuse(op, "a variable of its own within a branch or loop");
    if (t->values[i].state != TFL_UNSEEN)
        return tfl_refuse(op, "the variable '%s' has another use, too", from->name);
    if (from->data.len != 0)
        return tfl_refuse(op,
                          "the variable '%s' has first contents, which the reference does not read",
                          from->name);
    if (!declared(t, op, i, &tensor))
        return false;
    if (!graph_verify_tensor(&tensor, &ir))
        return refuse_as_ir(op, "tensor ", &ir);
    *id = graph_add_tensor(t->g, &tensor);
    t->values[i] = (struct tfl_value){.state = TFL_VALUE, .id = *id};
    return true;
}

/* Integers known while reading as a constant of the type and shape that the file declares. */
static bool add_ints(struct tfl *t, const struct tfl_op *op, uint32_t i, uint32_t *id)
{
    const struct tfl_ints *ints = t->values[i].ints;
    struct tensor tensor;
    if (!declared(t, op, i, &tensor))
        return false;
    if (shape_count(&tensor.shape) != ints->n || tensor.dtype == DT_F32)
        return tfl_refuse(op,
                          "'%s' is %" PRIu32 " integers that are computed from shapes, and "
                          "declared otherwise",
                          tensor.name, ints->n);
    void *data = arena_alloc(t->a, tensor_bytes(&tensor));
    for (uint32_t k = 0; k < ints->n; k++) {
        if (ints->v[k] < dtype_min(tensor.dtype) || ints->v[k] > dtype_max(tensor.dtype))
            return tfl_refuse(op, "'%s' holds %" PRId64 ", which %s does not", tensor.name,
                              ints->v[k], dtype_name(tensor.dtype));
        element_set_int(tensor.dtype, data, k, ints->v[k]);
    }
    tensor.data = data;
    *id = graph_add_tensor(t->g, &tensor);
    return true;
}

bool tfl_in(struct tfl *t, const struct tfl_op *op, uint32_t k, uint32_t *id)
{
    uint32_t i;
    const struct tfl_tensor *from = present(t, op, k, &i);
    if (!from)
        return false;
    struct tfl_value *value = &t->values[i];
    if (value->state == TFL_UNSEEN && from->is_variable)
        return tfl_refuse(op, "input %" PRIu32 " '%s' is a variable", k, from->name);
    if (value->state == TFL_INTS)
        return add_ints(t, op, i, id);
    if (value->state == TFL_HANDLE)
        return tfl_refuse(op, "input %" PRIu32 " is the handle of a variable", k);
    if (value->state == TFL_EMPTY)
        return tfl_refuse(op, "input %" PRIu32 " '%s' has no elements", k, from->name);
    if (value->state == TFL_UNSEEN && !add_constant(t, op, i))
        return false;
    if (value->state == TFL_BROKEN) /* by an operator before: it would have been passed over */
        return tfl_refuse(op, "input %" PRIu32 " '%s' is its own output", k, from->name);
    assert(value->state == TFL_VALUE);
    *id = value->id;
    return true;
}

bool tfl_in_optional(struct tfl *t, const struct tfl_op *op, uint32_t k, uint32_t *id)
{
    *id = NO_TENSOR;
    return tfl_in_id(t, op, k) < 0 || tfl_in(t, op, k, id);
}

bool tfl_in_ints(struct tfl *t, const struct tfl_op *op, uint32_t k, struct tfl_ints *out)
{
    uint32_t i;
    const struct tfl_tensor *from = present(t, op, k, &i);
    if (!from)
        return false;
    if (t->values[i].state == TFL_INTS) {
        *out = *t->values[i].ints;
        return true;
    }
    if ((t->values[i].state == TFL_VALUE || t->values[i].state == TFL_EMPTY) && from->data.len == 0)
        return tfl_refuse(op, "input %" PRIu32 " '%s' is not a constant", k, from->name);
    if (from->is_variable || from->type == TFL_BOOL || !tfl_tensor_ints(t, from, out))
        return tfl_refuse(op,
                          "input %" PRIu32 " '%s' is not a constant of at most %d int32 or int64",
                          k, from->name, TFL_INTS_MAX);
    return true;
}

bool tfl_options(const struct tfl_op *op, enum tfl_options_type type)
{
    if (op->options_type == OPTIONS_NONE || op->options_type == (uint8_t)type)
        return true;
    return tfl_refuse(op, "options of type %d, expected %d", op->options_type, (int)type);
}

bool tfl_refuse_hybrid(const struct tfl_op *op, enum dtype x, enum dtype w)
{
    if (x != DT_F32 || w != DT_S8)
        return true;
    tfl_refuse(op, "float32 input with int8 weights (dynamic range quantisation)");
    return diag_hint(op->d, "convert with a representative data set, so that activations are int8");
}

bool tfl_act(struct tfl *t, const struct tfl_op *op, uint32_t field, enum act *act)
{
    static const char *const name[] = {"NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT"};
    uint8_t code = fb_u8(t->fb, &op->options, field, TFL_ACT_NONE);
    *act = code == TFL_ACT_RELU ? ACT_RELU : code == TFL_ACT_RELU6 ? ACT_RELU6 : ACT_NONE;
    if (*act != ACT_NONE || code == TFL_ACT_NONE)
        return true;
    if (code < sizeof name / sizeof name[0])
        tfl_refuse(op, "the fused activation %s is not supported", name[code]);
    else
        tfl_refuse(op, "the fused activation %d is unknown", code);
    return diag_hint(op->d, "use relu, relu6 or none there");
}

/* An output of a new node is as the file declares it, but for the shape if `as` has none. */
static void set_declared(struct tfl *t, uint32_t id, const struct tensor *as)
{
    struct tensor *y = &t->g->tensors.items[id];
    y->quant = (struct quant){0};
    if (as->quant.n == 1) {
        y->quant = as->quant;
        y->quant.scale = arena_copy(t->a, as->quant.scale, sizeof(float));
        y->quant.zero = arena_copy(t->a, as->quant.zero, sizeof(int32_t));
    }
    y->dtype = as->dtype;
    if (as->shape.rank)
        y->shape = as->shape;
}

/* Append a node with outputs as[0], as[1], ...; *id is the first. */
static bool add_node(struct tfl *t, const struct tfl_op *op, enum op kind,
                     const struct attrs *attrs, const uint32_t *in, uint32_t n_in,
                     const struct tensor *as, uint32_t *id)
{
    struct diag ir = {0};
    char prefix[TFL_NAME_MAX + 64];
    snprintf(prefix, sizeof prefix, "%s (%s): ", op->out, op_name(kind));
    if (t->g->nodes.n >= TFL_NODES_MAX) {
        *id = NO_TENSOR;
        return tfl_refuse(op, "the graph would have more than %d nodes", TFL_NODES_MAX);
    }
    *id = graph_add_node(t->g, kind, attrs, in, n_in, op->out, &ir);
    if (*id == NO_TENSOR)
        return refuse_as_ir(op, prefix, &ir);
    uint32_t i_node = t->g->nodes.n - 1;
    struct node *n = &t->g->nodes.items[i_node];
    n->origin = arena_printf(t->a, "%" PRIu32 ":%s", op->i, op->out);
    for (uint32_t k = 0; k < n->n_out; k++)
        set_declared(t, n->out[k], &as[k]);
    if (!graph_verify_node(t->g, i_node, &ir))
        return refuse_as_ir(op, prefix, &ir);
    return true;
}

bool tfl_add(struct tfl *t, const struct tfl_op *op, enum op kind, const struct attrs *attrs,
             const uint32_t *in, uint32_t n_in)
{
    uint32_t i = tfl_out_id(t, op), id;
    struct tensor as;
    if (!declared(t, op, i, &as) || !add_node(t, op, kind, attrs, in, n_in, &as, &id))
        return false;
    t->values[i] = (struct tfl_value){.state = TFL_VALUE, .id = id};
    return true;
}

/* Does the file declare output k like the IR tensor? */
static bool declares(struct tfl *t, const struct tfl_op *op, uint32_t k, const struct tensor *made)
{
    struct tensor as;
    const uint32_t i = (uint32_t)fb_i32_at(t->fb, &op->out_ids, k);
    const struct tfl_tensor *from = tfl_tensor(t, i);
    if (!from)
        return false;
    if (!declared(t, op, i, &as))
        return false;
    if (as.dtype != made->dtype || !shape_equal(&as.shape, &made->shape))
        return tfl_refuse(op, "output %" PRIu32 " has a type or shape that its inputs do not make",
                          k);
    return true;
}

bool tfl_add_outputs(struct tfl *t, const struct tfl_op *op, enum op kind,
                     const struct attrs *attrs, const uint32_t *in, uint32_t n_in)
{
    struct diag ir = {0};
    char prefix[TFL_NAME_MAX + 64];
    snprintf(prefix, sizeof prefix, "%s (%s): ", op->out, op_name(kind));
    if (graph_add_node(t->g, kind, attrs, in, n_in, op->out, &ir) == NO_TENSOR)
        return refuse_as_ir(op, prefix, &ir);
    const uint32_t i_node = t->g->nodes.n - 1;
    struct node *n = &t->g->nodes.items[i_node];
    n->origin = arena_printf(t->a, "%" PRIu32 ":%s", op->i, op->out);
    if (!graph_verify_node(t->g, i_node, &ir))
        return refuse_as_ir(op, prefix, &ir);
    if (op->out_ids.n != n->n_out)
        return tfl_refuse(op, "%" PRIu32 " outputs, expected %" PRIu32, op->out_ids.n, n->n_out);
    for (uint32_t k = 0; k < n->n_out; k++) {
        if (!declares(t, op, k, &t->g->tensors.items[n->out[k]]))
            return false;
        t->values[fb_i32_at(t->fb, &op->out_ids, k)] =
            (struct tfl_value){.state = TFL_VALUE, .id = n->out[k]};
    }
    return true;
}

bool tfl_add_picked(struct tfl *t, const struct tfl_op *op, enum op kind, const struct attrs *attrs,
                    const uint32_t *in, uint32_t n_in, const uint32_t *of)
{
    enum { N_MAX = 4 };
    struct tensor as[N_MAX] = {{0}}; /* of type f32 */
    uint32_t i[N_MAX], id;
    assert(op->out_ids.n <= N_MAX);
    for (uint32_t k = 0; k < op->out_ids.n; k++) {
        i[k] = (uint32_t)fb_i32_at(t->fb, &op->out_ids, k);
        if (!declared(t, op, i[k], &as[of[k]]))
            return false;
        if (tfl_tensor(t, i[k])->shape.n == 0) /* left open: as the rule has it */
            as[of[k]].shape = (struct shape){0};
    }
    if (!add_node(t, op, kind, attrs, in, n_in, as, &id))
        return false;
    const struct node *n = &t->g->nodes.items[t->g->nodes.n - 1];
    for (uint32_t k = 0; k < op->out_ids.n; k++) {
        t->g->tensors.items[n->out[of[k]]].name = arena_strdup(t->a, as[of[k]].name);
        t->values[i[k]] = (struct tfl_value){.state = TFL_VALUE, .id = n->out[of[k]]};
    }
    return true;
}

bool tfl_add_each(struct tfl *t, const struct tfl_op *op, enum op kind, const struct attrs *attrs,
                  const uint32_t *in, uint32_t n_in)
{
    static const uint32_t each[4] = {0, 1, 2, 3};
    return tfl_add_picked(t, op, kind, attrs, in, n_in, each);
}

bool tfl_add_stateful(struct tfl *t, const struct tfl_op *op, enum op kind,
                      const struct attrs *attrs, const uint32_t *in, uint32_t n_in,
                      const uint32_t *variables, uint32_t n_variables)
{
    enum { N_MAX = 3 };
    uint32_t i = tfl_out_id(t, op), id;
    struct tensor as[1 + N_MAX];
    assert(n_variables <= N_MAX && n_variables <= n_in);
    const uint32_t *states = in + n_in - n_variables;
    for (uint32_t k = 0; k < n_variables; k++)
        as[1 + k] = t->g->tensors.items[states[k]];
    if (!declared(t, op, i, &as[0]) || !add_node(t, op, kind, attrs, in, n_in, as, &id))
        return false;
    const struct node *n = &t->g->nodes.items[t->g->nodes.n - 1];
    t->values[i] = (struct tfl_value){.state = TFL_VALUE, .id = id};
    for (uint32_t k = 0; k < n_variables; k++) {
        uint32_t variable = (uint32_t)tfl_in_id(t, op, variables[k]), next = n->out[1 + k];
        *VEC_PUSH(t->a, &t->g->states) = (struct state){states[k], next, NO_TENSOR};
        t->values[variable] = (struct tfl_value){.state = TFL_VALUE, .id = next};
    }
    return true;
}

const struct tensor *tfl_tensor_of(const struct tfl *t, uint32_t id)
{
    assert(id < t->g->tensors.n);
    return &t->g->tensors.items[id];
}

bool tfl_step(struct tfl *t, const struct tfl_op *op, enum op kind, const struct attrs *attrs,
              const uint32_t *in, uint32_t n_in, const struct tensor *as, uint32_t *id)
{
    struct tensor between = *as;
    between.shape = (struct shape){0};
    return add_node(t, op, kind, attrs, in, n_in, &between, id);
}

bool tfl_step_reshape(struct tfl *t, const struct tfl_op *op, const struct shape *shape, uint32_t x,
                      uint32_t *id)
{
    const struct tensor as = *tfl_tensor_of(t, x);
    struct attrs at = {.new_rank = shape->rank};
    memcpy(at.new_shape, shape->dim, sizeof at.new_shape);
    *id = x;
    return shape_equal(&as.shape, shape) || tfl_step(t, op, OP_RESHAPE, &at, &x, 1, &as, id);
}

bool tfl_set(struct tfl *t, const struct tfl_op *op, uint32_t id)
{
    struct tensor as;
    if (!tfl_out_tensor(t, op, &as))
        return false;
    const struct shape *made = &tfl_tensor_of(t, id)->shape;
    if (as.shape.rank == 0)
        as.shape = *made;
    if (shape_count(made) != shape_count(&as.shape))
        return tfl_refuse(op, "its output has %" PRId64 " elements, its inputs make %" PRId64,
                          shape_count(&as.shape), shape_count(made));
    if (!tfl_step_reshape(t, op, &as.shape, id, &id))
        return false;
    t->values[tfl_out_id(t, op)] = (struct tfl_value){.state = TFL_VALUE, .id = id};
    return true;
}

bool tfl_add_reshaped(struct tfl *t, const struct tfl_op *op, enum op kind,
                      const struct attrs *attrs, const uint32_t *in, uint32_t n_in)
{
    uint32_t id;
    struct tensor as;
    return tfl_out_tensor(t, op, &as) && tfl_step(t, op, kind, attrs, in, n_in, &as, &id) &&
           tfl_set(t, op, id);
}

bool tfl_part(struct tfl *t, const struct tfl_op *op, uint32_t k, struct tfl_op *part)
{
    assert(k < op->out_ids.n);
    *part = *op;
    part->out_ids.at += (size_t)k * op->out_ids.elem_bytes;
    part->out_ids.n = 1;
    const struct tfl_tensor *y = tfl_tensor(t, tfl_out_id(t, part));
    part->out = y ? y->name : op->out;
    return y != NULL;
}

void tfl_set_ints(struct tfl *t, const struct tfl_op *op, const struct tfl_ints *ints)
{
    t->values[tfl_out_id(t, op)] =
        (struct tfl_value){.state = TFL_INTS, .ints = arena_copy(t->tmp, ints, sizeof *ints)};
}

bool tfl_set_empty(struct tfl *t, const struct tfl_op *op)
{
    t->values[tfl_out_id(t, op)] = (struct tfl_value){.state = TFL_EMPTY};
    return true;
}

bool tfl_out_tensor(struct tfl *t, const struct tfl_op *op, struct tensor *out)
{
    return declared(t, op, tfl_out_id(t, op), out);
}
