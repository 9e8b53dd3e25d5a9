/* tflite_control.c - IF and WHILE of TensorFlow Lite, whose subgraphs are read in their place.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A graph has no branches and no loops. What a condition is has to be known while reading: then one
 * branch of IF is all that is left of it, and a loop becomes its body as often as it runs. Recurrent
 * layers that Keras does not unroll are such loops, over a counter. */
#include <inttypes.h>

#include "import/tflite_parts.h"

/* A value goes from a tensor of one subgraph to a tensor of another. */
static bool take(struct tfl *t, const struct tfl_op *op, uint32_t k, struct tfl_value *out)
{
    const int32_t i = tfl_in_id(t, op, k);
    struct tfl_ints ints = {0};
    if (i < 0)
        return tfl_refuse(op, "input %" PRIu32 " is absent", k);
    *out = t->values[i];
    if (out->state == TFL_INTS || out->state == TFL_EMPTY || out->state == TFL_HANDLE)
        return true;
    const struct tfl_tensor *from = tfl_tensor(t, (uint32_t)i);
    if (!from)
        return false;
    if (out->state == TFL_UNSEEN && !from->is_variable && tfl_tensor_ints(t, from, &ints)) {
        *out =
            (struct tfl_value){.state = TFL_INTS, .ints = arena_copy(t->tmp, &ints, sizeof ints)};
        return true;
    }
    out->state = TFL_VALUE;
    return tfl_in(t, op, k, &out->id);
}

static bool subgraph_of(struct tfl *t, const struct tfl_op *op, uint32_t field, uint32_t *i)
{
    const int32_t found = fb_i32(t->fb, &op->options, field, 0);
    if (!t->fb->failed && (found < 0 || (uint32_t)found >= t->subgraphs.n))
        return fb_fail(t->fb, op->options.at,
                       "operator %" PRIu32 " (%s) runs subgraph %" PRId32 " of %" PRIu32, op->i,
                       op->name, found, t->subgraphs.n);
    *i = (uint32_t)found;
    return !t->fb->failed;
}

/* An output of the subgraph that is open: made by an operator, passed through, or a constant. */
static bool give(struct tfl *t, const struct tfl_op *op, int32_t i, struct tfl_value *out)
{
    struct tfl_ints ints = {0};
    const struct tfl_tensor *from = tfl_tensor(t, (uint32_t)i);
    if (!from)
        return false;
    *out = t->values[i];
    if (out->state != TFL_UNSEEN)
        return out->state != TFL_BROKEN || tfl_refuse(op, "its subgraph is not supported");
    if (from->data.len == 0)
        return fb_fail(t->fb, from->at, "output '%s' of a subgraph is never written", from->name);
    if (tfl_tensor_ints(t, from, &ints)) {
        *out =
            (struct tfl_value){.state = TFL_INTS, .ints = arena_copy(t->tmp, &ints, sizeof ints)};
        return true;
    }
    struct tensor constant;
    if (!tfl_constant(t, op, (uint32_t)i, &constant))
        return false;
    *out = (struct tfl_value){.state = TFL_VALUE, .id = graph_add_tensor(t->g, &constant)};
    return true;
}

/* Tensors of the subgraph that is open, as many as there are values. */
static bool ends(struct tfl *t, const struct tfl_op *op, const struct fb_table *subgraph,
                 uint32_t field, uint32_t n, struct fb_vector *ids)
{
    *ids = fb_vector(t->fb, subgraph, field, sizeof(int32_t));
    if (t->fb->failed)
        return false;
    if (ids->n != n)
        return tfl_refuse(op, "a subgraph with %" PRIu32 " inputs or outputs, expected %" PRIu32,
                          ids->n, n);
    for (uint32_t k = 0; k < n; k++) {
        const int32_t i = fb_i32_at(t->fb, ids, k);
        if (i < 0 || (uint32_t)i >= t->tensors.n)
            return fb_fail(t->fb, ids->at,
                           "input or output %" PRIu32 " of a subgraph names tensor %" PRId32
                           " of %" PRIu32,
                           k, i, t->tensors.n);
    }
    return true;
}

static bool run_open(struct tfl *t, const struct tfl_op *op, const struct fb_table *subgraph,
                     const struct tfl_value *in, uint32_t n_in, struct tfl_value *out,
                     uint32_t n_out)
{
    struct fb_vector ids;
    const uint32_t n_faults = t->faults->list.n;
    if (!ends(t, op, subgraph, SUBGRAPH_INPUTS, n_in, &ids))
        return false;
    for (uint32_t k = 0; k < n_in; k++)
        t->values[fb_i32_at(t->fb, &ids, k)] = in[k];
    t->n_inlined += t->operators.n + t->tensors.n;
    if (t->n_inlined > TFL_INLINED_MAX)
        return tfl_refuse(op,
                          "its subgraphs have more than %d operators and tensors, as often as "
                          "they run",
                          TFL_INLINED_MAX);
    for (uint32_t i = 0; i < t->operators.n; i++)
        if (!tfl_import_op(t, i))
            return false;
    if (t->faults->list.n > n_faults) {
        tfl_refuse(op, "its subgraph is not supported");
        return diag_hint(op->d,
                         "the operators of the subgraph that are named as well stand in the way");
    }
    if (!ends(t, op, subgraph, SUBGRAPH_OUTPUTS, n_out, &ids))
        return false;
    for (uint32_t k = 0; k < n_out; k++)
        if (!give(t, op, fb_i32_at(t->fb, &ids, k), &out[k]))
            return false;
    return true;
}

/* Read subgraph i in the operator's place. `out` may be `in`. */
static bool run(struct tfl *t, const struct tfl_op *op, uint32_t i, const struct tfl_value *in,
                uint32_t n_in, struct tfl_value *out, uint32_t n_out)
{
    const struct fb_vector tensors = t->tensors, operators = t->operators;
    const struct tfl_tensor **const declared = t->declared;
    struct tfl_value *const values = t->values;
    struct fb_table subgraph;
    if (t->depth == TFL_DEPTH_MAX)
        return tfl_refuse(op, "subgraphs within subgraphs, more than %d", TFL_DEPTH_MAX);
    t->depth++;
    const bool ok =
        tfl_open_subgraph(t, i, &subgraph) && run_open(t, op, &subgraph, in, n_in, out, n_out);
    t->depth--;
    t->tensors = tensors;
    t->operators = operators;
    t->declared = declared;
    t->values = values;
    return ok;
}

static bool set_outputs(struct tfl *t, const struct tfl_op *op, const struct tfl_value *values)
{
    for (uint32_t k = 0; k < op->out_ids.n; k++)
        t->values[fb_i32_at(t->fb, &op->out_ids, k)] = values[k];
    return true;
}

/* Is the condition known, and what is it? */
static bool condition(const struct tfl_op *op, const struct tfl_value *value, bool *holds)
{
    if (value->state != TFL_INTS || value->ints->n != 1) {
        tfl_refuse(op, "its condition depends on what the model computes");
        return diag_hint(op->d, "%s",
                         op->code == TFL_IF
                             ? "convert the branch that the device takes, by itself"
                             : "convert with the loop unrolled (unroll=True in Keras)");
    }
    *holds = value->ints->v[0] != 0;
    return true;
}

static bool inputs(struct tfl *t, const struct tfl_op *op, uint32_t first, struct tfl_value *in)
{
    for (uint32_t k = first; k < op->in_ids.n; k++)
        if (!take(t, op, k, &in[k]))
            return false;
    return true;
}

bool tfl_if(struct tfl *t, const struct tfl_op *op)
{
    const uint32_t n = op->in_ids.n;
    struct tfl_value in[TFL_OPERANDS_MAX] = {{0}}, out[TFL_OPERANDS_MAX] = {{0}};
    uint32_t i = 0;
    bool holds = false;
    if (n == 0)
        return tfl_refuse(op, "without a condition");
    return tfl_options(op, OPTIONS_IF) && inputs(t, op, 0, in) && condition(op, &in[0], &holds) &&
           subgraph_of(t, op, holds ? IF_THEN : IF_ELSE, &i) &&
           run(t, op, i, in + 1, n - 1, out, op->out_ids.n) && set_outputs(t, op, out);
}

bool tfl_while(struct tfl *t, const struct tfl_op *op)
{
    const uint32_t n = op->in_ids.n;
    struct tfl_value v[TFL_OPERANDS_MAX] = {{0}};
    uint32_t i_cond = 0, i_body = 0;
    if (n != op->out_ids.n)
        return tfl_refuse(op, "%" PRIu32 " inputs and %" PRIu32 " outputs, expected as many", n,
                          op->out_ids.n);
    if (!tfl_options(op, OPTIONS_WHILE) || !inputs(t, op, 0, v) ||
        !subgraph_of(t, op, WHILE_COND, &i_cond) || !subgraph_of(t, op, WHILE_BODY, &i_body))
        return false;
    for (;;) { /* ends by TFL_INLINED_MAX at the latest: a condition has a tensor */
        struct tfl_value goes_on = {0};
        bool holds = false;
        if (!run(t, op, i_cond, v, n, &goes_on, 1) || !condition(op, &goes_on, &holds))
            return false;
        if (!holds)
            return set_outputs(t, op, v);
        if (!run(t, op, i_body, v, n, v, n))
            return false;
    }
}
