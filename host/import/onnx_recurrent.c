/* onnx_recurrent.c - operators of ONNX over a sequence: LSTM, GRU, RNN.
 * SPDX-License-Identifier: Apache-2.0
 *
 * LSTM is a node of the IR. The others are unrolled: the products with the inputs are one dense
 * layer for all steps, those with the hidden state one for each step. */
#include <inttypes.h>
#include <string.h>

#include "import/onnx_parts.h"

#define STEPS_MAX 1024 /* of an unrolled sequence */

enum { IN_X, IN_W, IN_R, IN_BIAS, IN_LENGTHS, IN_HIDDEN, IN_CELL, IN_PEEPHOLE };

/* What a direction of the sequence works on and makes. */
struct pass {
    const struct onnx_op *op;
    int32_t b, t, i, n; /* batches, steps, inputs, elements of the state */
    int32_t n_gates;
    bool is_reset_late;      /* GRU: linear_before_reset                    */
    enum op activation;      /* RNN                                         */
    uint32_t x;              /* [b,t,i], in the order of this direction     */
    uint32_t w, r;           /* [gates*n,i], [gates*n,n], constants         */
    uint32_t w_bias, r_bias; /* [gates*n], constants                       */
    uint32_t hidden, cell;   /* [b,n]                                       */
    uint32_t y;              /* [b,t,n], made                               */
};

typedef bool run_pass(struct pass *p);

static bool zeros(const struct onnx_op *op, const struct shape *s, uint32_t *id)
{
    struct tensor t = {.name = op->out, .dtype = DT_F32, .shape = *s};
    if (tensor_bytes(&t) > onnx_room(op->t))
        return onnx_refuse(op, "a state of more than %u bytes", ONNX_MADE_MAX);
    op->t->n_made += tensor_bytes(&t);
    t.data = arena_alloc(op->t->a, tensor_bytes(&t));
    *id = graph_add_tensor(op->t->g, &t);
    return true;
}

/* Direction d of a constant [directions, rows, ...], in the shape `to`. */
static bool constant_of(const struct onnx_op *op, uint32_t k, int32_t d, const struct shape *to,
                        uint32_t *id)
{
    if (!onnx_is_constant(op, k))
        return onnx_refuse(op, "input %" PRIu32 " is not constant", k);
    if (!onnx_in(op, k, id))
        return false;
    const struct shape s = onnx_tensor_of(op, *id)->shape;
    if (d >= s.dim[0] || shape_count(&s) / s.dim[0] != shape_count(to))
        return onnx_refuse(op,
                           "input %" PRIu32 " has %" PRId64 " elements a direction, expected "
                           "%" PRId64,
                           k, shape_count(&s) / s.dim[0], shape_count(to));
    return onnx_slice_of(op, *id, 0, d, 1, id) && onnx_reshape_to(op, *id, to, id);
}

/* Both halves of the biases [2*gates*n]: over the input, over the hidden state. */
static bool biases(struct pass *p, int32_t d)
{
    const int32_t rows = p->n_gates * p->n;
    const struct shape both = {.rank = 1, .dim = {2 * rows}}, half = {.rank = 1, .dim = {rows}};
    uint32_t id = NO_TENSOR;
    if (!onnx_has(p->op, IN_BIAS))
        return zeros(p->op, &half, &p->w_bias) && zeros(p->op, &half, &p->r_bias);
    return constant_of(p->op, IN_BIAS, d, &both, &id) &&
           onnx_slice_of(p->op, id, 0, 0, rows, &p->w_bias) &&
           onnx_slice_of(p->op, id, 0, rows, rows, &p->r_bias);
}

/* The state before the first step: input k, [directions,b,n] or with layout 1 [b,directions,n],
 * else zeros. */
static bool first_state(const struct pass *p, uint32_t k, int32_t d, bool batch_first, uint32_t *id)
{
    const struct shape s = {.rank = 2, .dim = {p->b, p->n}};
    if (!onnx_has(p->op, k))
        return zeros(p->op, &s, id);
    if (!onnx_in(p->op, k, id))
        return false;
    const struct shape all = onnx_tensor_of(p->op, *id)->shape;
    const int32_t axis = batch_first ? 1 : 0;
    if (all.rank != 3 || d >= all.dim[axis])
        return onnx_refuse(p->op, "input %" PRIu32 " is no state", k);
    return onnx_slice_of(p->op, *id, axis, d, 1, id) && onnx_reshape_to(p->op, *id, &s, id);
}

/* ---- the cells ---- */

/* Rows of gates in the order of the IR: input, forget, cell, output; ONNX has i, o, f, c. */
static bool sorted_gates(const struct pass *p, uint32_t from, const struct shape *to, uint32_t *id)
{
    static const int32_t order[4] = {0, 2, 3, 1};
    const struct attrs join = {.axis = 0};
    uint32_t gate[4];
    for (int k = 0; k < 4; k++)
        if (!onnx_slice_of(p->op, from, 0, order[k] * p->n, p->n, &gate[k]))
            return false;
    return onnx_step(p->op, OP_CONCAT, &join, gate, 4, id) && onnx_reshape_to(p->op, *id, to, id);
}

static bool run_lstm(struct pass *p)
{
    const struct onnx_op *op = p->op;
    const struct shape w = {.rank = 3, .dim = {4, p->n, p->i}};
    const struct shape r = {.rank = 3, .dim = {4, p->n, p->n}};
    const struct shape b = {.rank = 2, .dim = {4, p->n}};
    const struct attrs at = {0};
    uint32_t in[6] = {p->x, 0, 0, 0, p->hidden, p->cell}, bias;
    if (!sorted_gates(p, p->w, &w, &in[1]) || !sorted_gates(p, p->r, &r, &in[2]) ||
        !onnx_pair(op, OP_ADD, p->w_bias, p->r_bias, &bias) || !sorted_gates(p, bias, &b, &in[3]) ||
        !onnx_step(op, OP_LSTM, &at, in, 6, &p->y))
        return false;
    const struct node *n = &op->t->g->nodes.items[op->t->g->nodes.n - 1];
    p->hidden = n->out[1];
    p->cell = n->out[2];
    return true;
}

static bool dense(const struct onnx_op *op, uint32_t x, uint32_t w, uint32_t bias, uint32_t *y)
{
    const uint32_t in[3] = {x, w, bias};
    return onnx_step(op, OP_FULLY_CONNECTED, NULL, in, 3, y);
}

/* Gate k of rows [b,gates*n]. */
static bool gate_of(const struct pass *p, uint32_t rows, int32_t k, uint32_t *y)
{
    return onnx_slice_of(p->op, rows, 1, k * p->n, p->n, y);
}

/* act(a + b) */
static bool activate(const struct onnx_op *op, enum op act, uint32_t a, uint32_t b, uint32_t *y)
{
    return onnx_pair(op, OP_ADD, a, b, y) && onnx_unary_step(op, act, *y, y);
}

/* Gates z (keep), r (reset), h (new). x: [b,3n] of this step, with its bias. */
static bool gru_step(struct pass *p, uint32_t x)
{
    const struct onnx_op *op = p->op;
    uint32_t xz, xr, xh, h, hz, hr, hh, z, r, new, rows, row_bias;
    if (!dense(op, p->hidden, p->r, p->r_bias, &h) || !gate_of(p, x, 0, &xz) ||
        !gate_of(p, x, 1, &xr) || !gate_of(p, x, 2, &xh) || !gate_of(p, h, 0, &hz) ||
        !gate_of(p, h, 1, &hr) || !activate(op, OP_LOGISTIC, xz, hz, &z) ||
        !activate(op, OP_LOGISTIC, xr, hr, &r))
        return false;
    if (p->is_reset_late) {
        if (!gate_of(p, h, 2, &hh) || !onnx_pair(op, OP_MUL, r, hh, &hh))
            return false;
    } else if (!onnx_pair(op, OP_MUL, r, p->hidden, &hh) ||
               !onnx_slice_of(op, p->r, 0, 2 * p->n, p->n, &rows) ||
               !onnx_slice_of(op, p->r_bias, 0, 2 * p->n, p->n, &row_bias) ||
               !dense(op, hh, rows, row_bias, &hh)) {
        return false;
    }
    /* (1 - z) * new + z * old = new + z * (old - new) */
    return activate(op, OP_TANH, xh, hh, &new) && onnx_pair(op, OP_SUB, p->hidden, new, &h) &&
           onnx_pair(op, OP_MUL, z, h, &h) && onnx_pair(op, OP_ADD, new, h, &p->hidden);
}

static bool rnn_step(struct pass *p, uint32_t x)
{
    uint32_t h;
    return dense(p->op, p->hidden, p->r, p->r_bias, &h) &&
           activate(p->op, p->activation, x, h, &p->hidden);
}

static bool unroll(struct pass *p, bool (*step)(struct pass *, uint32_t))
{
    const struct onnx_op *op = p->op;
    const int32_t wide = p->n_gates * p->n;
    const struct shape rows = {.rank = 2, .dim = {p->b * p->t, p->i}};
    const struct shape all = {.rank = 3, .dim = {p->b, p->t, wide}};
    const struct shape one = {.rank = 2, .dim = {p->b, wide}};
    const struct shape state = {.rank = 3, .dim = {p->b, 1, p->n}};
    const struct attrs join = {.axis = 1};
    uint32_t x, now, *y = ARENA_ARRAY(op->t->tmp, uint32_t, STEPS_MAX);
    if (p->t > STEPS_MAX)
        return onnx_refuse(op, "%" PRId32 " steps, at most %d", p->t, STEPS_MAX);
    if (!onnx_reshape_to(op, p->x, &rows, &x) || !dense(op, x, p->w, p->w_bias, &x) ||
        !onnx_reshape_to(op, x, &all, &x))
        return false;
    for (int32_t k = 0; k < p->t; k++)
        if (!onnx_slice_of(op, x, 1, k, 1, &now) || !onnx_reshape_to(op, now, &one, &now) ||
            !step(p, now) || !onnx_reshape_to(op, p->hidden, &state, &y[k]))
            return false;
    p->y = y[0];
    return p->t == 1 || onnx_step(op, OP_CONCAT, &join, y, (uint32_t)p->t, &p->y);
}

static bool run_gru(struct pass *p)
{
    return unroll(p, gru_step);
}

static bool run_rnn(struct pass *p)
{
    return unroll(p, rnn_step);
}

/* ---- the operator around ---- */

/* Forms that no kernel has. */
static bool check_form(const struct onnx_op *op, int32_t n_steps)
{
    struct onnx_ints lengths;
    int64_t coupled;
    onnx_attr_ignore(op, "hidden_size"); /* the weights have it */
    if (onnx_attr_is_there(op, "clip"))
        return onnx_refuse(op, "with clip");
    if (!onnx_attr_int(op, "input_forget", 0, &coupled))
        return false;
    if (coupled)
        return onnx_refuse(op, "with coupled input and forget gates");
    if (onnx_has(op, IN_PEEPHOLE))
        return onnx_refuse(op, "with peephole connections");
    if (!onnx_has(op, IN_LENGTHS))
        return true;
    if (!onnx_in_ints(op, IN_LENGTHS, &lengths))
        return false;
    for (uint32_t i = 0; i < lengths.n; i++)
        if (lengths.v[i] != n_steps)
            return onnx_refuse(op, "with sequences of several lengths");
    return true;
}

/* Names of activation functions, [directions * n]: the usual ones, or for one a choice. */
static bool check_activations(const struct onnx_op *op, const char *const *usual, uint32_t n,
                              enum op *chosen)
{
    static const struct {
        const char *name;
        enum op op;
    } known[] = {{"Tanh", OP_TANH}, {"Relu", OP_RELU}, {"Sigmoid", OP_LOGISTIC}};
    uint32_t i = 0;
    *chosen = OP_TANH;
    if (onnx_attr_is_there(op, "activation_alpha") || onnx_attr_is_there(op, "activation_beta"))
        return onnx_refuse(op, "activations with numbers of their own");
    for (struct bytes name; onnx_attr_string_at(op, "activations", i, &name); i++) {
        bool fits = onnx_is(name, usual[i % n]);
        for (size_t k = 0; n == 1 && k < sizeof known / sizeof known[0]; k++)
            if (onnx_is(name, known[k].name) && (i == 0 || *chosen == known[k].op)) {
                *chosen = known[k].op;
                fits = true;
            }
        if (!fits)
            return onnx_refuse(op, "the activation '%s'", onnx_text(op->t, name));
    }
    return !op->t->pb->failed && !op->d->failed;
}

/* [b,t,n] turned round in time. */
static bool reversed(const struct onnx_op *op, uint32_t x, uint32_t *y)
{
    struct attrs at = onnx_whole(&onnx_tensor_of(op, x)->shape);
    at.begin[1] = at.size[1] - 1;
    at.step[1] = -1;
    return onnx_step(op, OP_SLICE, &at, &x, 1, y);
}

/* What all directions make, to be put together. */
struct made {
    uint32_t y[2], hidden[2], cell[2];
};

/* One tensor of a direction with a dimension for directions, at `axis`. */
static bool with_direction(const struct onnx_op *op, uint32_t *id, int32_t axis)
{
    const struct shape s = onnx_tensor_of(op, *id)->shape;
    struct shape to = {.rank = s.rank + 1};
    for (int32_t i = 0; i < to.rank; i++)
        to.dim[i] = i < axis ? s.dim[i] : i == axis ? 1 : s.dim[i - 1];
    return onnx_reshape_to(op, *id, &to, id);
}

static bool join(const struct onnx_op *op, uint32_t part[2], int32_t n, int32_t axis, uint32_t k)
{
    const struct attrs at = {.axis = axis};
    uint32_t y = part[0];
    for (int32_t d = 0; d < n; d++)
        if (!with_direction(op, &part[d], axis))
            return false;
    y = part[0];
    return (n == 1 || onnx_step(op, OP_CONCAT, &at, part, (uint32_t)n, &y)) && onnx_set(op, k, y);
}

static bool finish(const struct onnx_op *op, struct made *m, int32_t n, bool batch_first,
                   bool has_cell)
{
    static const int32_t time_first[3] = {1, 0, 2};
    for (int32_t d = 0; d < n && !batch_first && onnx_wants(op, 0); d++)
        if (!onnx_transpose_by(op, m->y[d], time_first, &m->y[d]))
            return false;
    if (onnx_wants(op, 0) && !join(op, m->y, n, batch_first ? 2 : 1, 0))
        return false;
    const int32_t axis = batch_first ? 1 : 0;
    if (onnx_wants(op, 1) && !join(op, m->hidden, n, axis, 1))
        return false;
    return !has_cell || !onnx_wants(op, 2) || join(op, m->cell, n, axis, 2);
}

/* One direction, d-th of the weights. */
static bool run_direction(struct pass *p, run_pass *run, int32_t d, bool back, bool batch_first,
                          struct made *m)
{
    const struct onnx_op *op = p->op;
    const struct shape w = {.rank = 2, .dim = {p->n_gates * p->n, p->i}};
    const struct shape r = {.rank = 2, .dim = {p->n_gates * p->n, p->n}};
    if (!constant_of(op, IN_W, d, &w, &p->w) || !constant_of(op, IN_R, d, &r, &p->r) ||
        !biases(p, d) || !first_state(p, IN_HIDDEN, d, batch_first, &p->hidden) ||
        !first_state(p, IN_CELL, d, batch_first, &p->cell) ||
        (back && !reversed(op, p->x, &p->x)) || !run(p) || (back && !reversed(op, p->y, &p->y)))
        return false;
    m->y[d] = p->y;
    m->hidden[d] = p->hidden;
    m->cell[d] = p->cell;
    return true;
}

/* Sizes, and x as [b,t,i]. */
static bool read_sizes(struct pass *p, bool batch_first)
{
    static const int32_t turn[3] = {1, 0, 2};
    const struct onnx_op *op = p->op;
    uint32_t r;
    if (!onnx_in(op, IN_X, &p->x) || !onnx_in(op, IN_R, &r))
        return false;
    const struct shape x = onnx_tensor_of(op, p->x)->shape, s = onnx_tensor_of(op, r)->shape;
    if (x.rank != 3 || s.rank != 3)
        return onnx_refuse(op, "input and weights of rank %" PRId32 " and %" PRId32 ", expected 3",
                           x.rank, s.rank);
    if (!batch_first && !onnx_transpose_by(op, p->x, turn, &p->x))
        return false;
    p->b = x.dim[batch_first ? 0 : 1];
    p->t = x.dim[batch_first ? 1 : 0];
    p->i = x.dim[2];
    p->n = s.dim[2];
    return true;
}

static bool recurrent(struct pass *p, run_pass *run, const char *const *usual, uint32_t n_usual)
{
    const struct onnx_op *op = p->op;
    struct bytes direction;
    struct made m;
    int64_t layout;
    const bool has_cell = p->n_gates == 4;
    if (!onnx_arity(op, 3, has_cell ? 8 : 6, has_cell ? 3 : 2) ||
        !onnx_attr_string(op, "direction", &direction) ||
        !onnx_attr_int(op, "layout", 0, &layout) || !read_sizes(p, layout != 0) ||
        !check_form(op, p->t) || !check_activations(op, usual, n_usual, &p->activation))
        return false;
    const bool both = onnx_is(direction, "bidirectional"), back = onnx_is(direction, "reverse");
    if (direction.len && !both && !back && !onnx_is(direction, "forward"))
        return onnx_refuse(op, "the direction '%s'", onnx_text(op->t, direction));
    const uint32_t x = p->x;
    if (!run_direction(p, run, 0, back, layout != 0, &m))
        return false;
    p->x = x;
    if (both && !run_direction(p, run, 1, true, layout != 0, &m))
        return false;
    return finish(op, &m, both ? 2 : 1, layout != 0, has_cell);
}

bool onnx_lstm(const struct onnx_op *op)
{
    static const char *const usual[3] = {"Sigmoid", "Tanh", "Tanh"};
    struct pass p = {.op = op, .n_gates = 4};
    return recurrent(&p, run_lstm, usual, 3);
}

bool onnx_gru(const struct onnx_op *op)
{
    static const char *const usual[2] = {"Sigmoid", "Tanh"};
    struct pass p = {.op = op, .n_gates = 3};
    int64_t late;
    if (!onnx_attr_int(op, "linear_before_reset", 0, &late))
        return false;
    p.is_reset_late = late != 0;
    return recurrent(&p, run_gru, usual, 2);
}

bool onnx_rnn(const struct onnx_op *op)
{
    static const char *const usual[1] = {"Tanh"};
    struct pass p = {.op = op, .n_gates = 1};
    return recurrent(&p, run_rnn, usual, 1);
}
