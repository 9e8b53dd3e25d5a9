/* tflite_state.c - resource variables of TensorFlow Lite: states of the graph.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A variable is known by its container and name. VAR_HANDLE gives a handle to it; READ_VARIABLE
 * reads what the last ASSIGN_VARIABLE before it in the same call wrote, else what the call before
 * left; CALL_ONCE runs another subgraph before the first call, which assigns the first contents.
 * Without one these are real 0, the zero point in integer variables, as the reference has it.
 *
 * A variable that is never assigned in a call is a constant, one that is never read is nothing. */
#include <inttypes.h>
#include <string.h>

#include "import/tflite_parts.h"
#include "ir/verify.h"

static bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Names share bytes in a hostile file, so their number and length bound the time. */
bool tfl_var_handle(struct tfl *t, const struct tfl_op *op)
{
    if (!tfl_arity(op, 0, 0) || !tfl_options(op, OPTIONS_VAR_HANDLE))
        return false;
    struct bytes container = fb_string(t->fb, &op->options, VAR_HANDLE_CONTAINER);
    struct bytes name = fb_string(t->fb, &op->options, VAR_HANDLE_NAME);
    if (t->fb->failed)
        return false;
    if (container.len > TFL_NAME_MAX || name.len > TFL_NAME_MAX)
        return tfl_refuse(op, "the name of a variable has more than %d bytes", TFL_NAME_MAX);
    struct tfl_variables *vars = t->variables;
    uint32_t i = 0;
    while (i < vars->list.n && !(bytes_equal(vars->list.items[i].name, name) &&
                                 bytes_equal(vars->list.items[i].container, container)))
        i++;
    if (i == TFL_VARIABLES_MAX)
        return tfl_refuse(op, "more than %d variables", TFL_VARIABLES_MAX);
    if (i == vars->list.n)
        *VEC_PUSH(t->tmp, &vars->list) = (struct tfl_variable){
            .container = container, .name = name, .in = NO_TENSOR, .out = NO_TENSOR};
    t->values[tfl_out_id(t, op)] = (struct tfl_value){.state = TFL_HANDLE, .id = i};
    return true;
}

/* The variable that input 0 is a handle of. */
static struct tfl_variable *variable_of(struct tfl *t, const struct tfl_op *op)
{
    int32_t i = tfl_in_id(t, op, 0);
    if (i >= 0 && t->values[i].state == TFL_HANDLE)
        return &t->variables->list.items[t->values[i].id];
    tfl_refuse(op, "input 0 is not the handle of a variable");
    return NULL;
}

/* Can a variable with the contents of `a` be used as `b`? */
static bool check_same(const struct tfl_op *op, const struct tensor *a, const struct tensor *b)
{
    if (a->dtype == b->dtype && shape_equal(&a->shape, &b->shape) &&
        quant_equal(&a->quant, &b->quant))
        return true;
    return tfl_refuse(op,
                      "the variable is '%s' in one place and '%s' in another, which differ in "
                      "type, shape or quantisation",
                      a->name, b->name);
}

/* The tensor that stands for the contents from before the call. */
static bool add_contents(struct tfl *t, const struct tfl_op *op, struct tfl_variable *v,
                         const struct tensor *as)
{
    struct diag ir = {0};
    if (v->has_init && !check_same(op, &v->init, as))
        return false;
    if (as->quant.n > 1)
        return tfl_refuse(op, "'%s' has a scale for each channel", as->name);
    if (!graph_verify_tensor(as, &ir))
        return tfl_refuse(op, "%s", ir.message);
    v->in = graph_add_tensor(t->g, as);
    return true;
}

bool tfl_read_variable(struct tfl *t, const struct tfl_op *op)
{
    struct tensor as;
    struct tfl_variable *v = tfl_arity(op, 1, 1) ? variable_of(t, op) : NULL;
    if (!v || !tfl_out_tensor(t, op, &as))
        return false;
    t->variables->in_use = true;
    if (v->out == NO_TENSOR && v->in == NO_TENSOR && !add_contents(t, op, v, &as))
        return false;
    const uint32_t id = v->out != NO_TENSOR ? v->out : v->in;
    if (!check_same(op, &t->g->tensors.items[id], &as))
        return false;
    t->values[tfl_out_id(t, op)] = (struct tfl_value){.state = TFL_VALUE, .id = id};
    return true;
}

static bool assign_arity(const struct tfl_op *op)
{
    if (op->in_ids.n == 2 && op->out_ids.n == 0)
        return true;
    return tfl_refuse(op, "%" PRIu32 " inputs and %" PRIu32 " outputs, expected 2 and none",
                      op->in_ids.n, op->out_ids.n);
}

/* The last assignment counts. */
bool tfl_assign_variable(struct tfl *t, const struct tfl_op *op)
{
    uint32_t id;
    struct tfl_variable *v = assign_arity(op) ? variable_of(t, op) : NULL;
    if (!v || !tfl_in(t, op, 1, &id))
        return false;
    t->variables->in_use = true;
    const struct tensor *value = &t->g->tensors.items[id];
    if (value->data)
        return tfl_refuse(op, "the constant '%s' is assigned in every call", value->name);
    if (v->in != NO_TENSOR && !check_same(op, &t->g->tensors.items[v->in], value))
        return false;
    v->out = id;
    return true;
}

/* Before the first call: a constant. */
static bool assign_init(struct tfl *sub, const struct tfl_op *op)
{
    struct tensor first;
    struct tfl_variable *v = assign_arity(op) ? variable_of(sub, op) : NULL;
    const int32_t i = v ? tfl_in_id(sub, op, 1) : -1;
    const struct tfl_tensor *from = i < 0 ? NULL : tfl_tensor(sub, (uint32_t)i);
    if (!v || (i >= 0 && !from))
        return false;
    if (!from || from->data.len == 0)
        return tfl_refuse(op, "assigns what is not a constant");
    if (!tfl_constant(sub, op, (uint32_t)i, &first))
        return false;
    v->init = first;
    v->has_init = true;
    return true;
}

/* One operator of the subgraph that runs before the first call. */
static bool run_init_op(struct tfl *sub, uint32_t i, struct diag *d)
{
    struct tfl_op op;
    if (!tfl_read_op(sub, i, &op, d) || !tfl_check_ids(sub, &op))
        return false;
    if (op.code == TFL_VAR_HANDLE)
        return tfl_var_handle(sub, &op);
    if (op.code == TFL_ASSIGN_VARIABLE)
        return assign_init(sub, &op);
    return tfl_refuse(&op, "only the assignment of constants to variables is supported there");
}

/* Number of the subgraph that CALL_ONCE runs. */
static bool init_subgraph(struct tfl *t, const struct tfl_op *op, uint32_t *i)
{
    if (op->in_ids.n || op->out_ids.n)
        return tfl_refuse(op, "inputs or outputs, expected none");
    if (!tfl_options(op, OPTIONS_CALL_ONCE))
        return false;
    const int32_t found = fb_i32(t->fb, &op->options, CALL_ONCE_SUBGRAPH, 0);
    if (!t->fb->failed && (found < 0 || (uint32_t)found >= t->subgraphs.n))
        return fb_fail(t->fb, op->options.at,
                       "operator %" PRIu32 " (%s) calls subgraph %" PRId32 " of %" PRIu32, op->i,
                       op->name, found, t->subgraphs.n);
    if (t->fb->failed)
        return false;
    if (found == 0)
        return tfl_refuse(op, "it calls the subgraph that it stands in, a cycle");
    *i = (uint32_t)found;
    return true;
}

bool tfl_call_once(struct tfl *t, const struct tfl_op *op)
{
    uint32_t i_subgraph = 0;
    if (!init_subgraph(t, op, &i_subgraph))
        return false;
    if (t->variables->in_use)
        return tfl_refuse(op, "variables are read or assigned before it");
    if (t->variables->n_inits++ == TFL_INITS_MAX)
        return tfl_refuse(op, "more than %d of them", TFL_INITS_MAX);
    struct tfl sub = *t;
    struct fb_table table;
    if (!tfl_open_subgraph(&sub, i_subgraph, &table))
        return false;
    struct diag d = {0};
    bool ok = true;
    uint32_t i = 0;
    for (; ok && i < sub.operators.n; i++)
        ok = run_init_op(&sub, i, &d);
    t->n_scales = sub.n_scales;
    t->n_copied = sub.n_copied;
    t->n_read = sub.n_read;
    if (!ok && !t->fb->failed)
        tfl_refuse(op, "operator %" PRIu32 " of its subgraph %" PRIu32 ": %s", i - 1, i_subgraph,
                   d.message);
    return ok;
}

/* Are the contents before the first call real 0? */
static bool is_zero(const struct tensor *t)
{
    const uint8_t zero = t->quant.n ? (uint8_t)t->quant.zero[0] : 0;
    const uint8_t *byte = t->data;
    bool all = dtype_bytes(t->dtype) == 1 || zero == 0;
    for (size_t i = 0; all && i < tensor_bytes(t); i++)
        all = byte[i] == zero;
    return all;
}

/* The contents of a variable that is only read. */
static const void *constant_contents(struct tfl *t, const struct tfl_variable *v)
{
    if (v->has_init)
        return v->init.data;
    const struct tensor *in = &t->g->tensors.items[v->in];
    const uint8_t zero = in->quant.n ? (uint8_t)in->quant.zero[0] : 0; /* wider types have 0 */
    return memset(arena_alloc(t->a, tensor_bytes(in)), zero, tensor_bytes(in));
}

void tfl_finish_variables(struct tfl *t)
{
    for (uint32_t i = 0; i < t->variables->list.n; i++) {
        const struct tfl_variable *v = &t->variables->list.items[i];
        if (v->in == NO_TENSOR) /* never read before it is assigned */
            continue;
        if (v->out == NO_TENSOR) {
            t->g->tensors.items[v->in].data = constant_contents(t, v);
            continue;
        }
        const uint32_t init =
            v->has_init && !is_zero(&v->init) ? graph_add_tensor(t->g, &v->init) : NO_TENSOR;
        *VEC_PUSH(t->a, &t->g->states) = (struct state){.in = v->in, .out = v->out, .init = init};
    }
}
