/* onnx_op.c - steps that the operators of an ONNX model share.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "import/onnx_parts.h"
#include "ir/interp.h"
#include "ir/verify.h"

#define BATCH_MAX 256 /* images of a batch: above it a graph would have too many nodes */

bool onnx_refuse(const struct onnx_op *op, const char *fmt, ...)
{
    char what[768];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    return diag_error(op->d, NULL, "%s: %s", op->name, what);
}

/* ---- inputs and outputs ---- */

bool onnx_has(const struct onnx_op *op, uint32_t k)
{
    return k < op->in.n && op->in.items[k] != NO_TENSOR;
}

bool onnx_wants(const struct onnx_op *op, uint32_t k)
{
    return k < op->outs.n && op->outs.items[k] != NO_TENSOR;
}

bool onnx_arity(const struct onnx_op *op, uint32_t in_min, uint32_t in_max, uint32_t out_max)
{
    if (op->in.n < in_min || op->in.n > in_max)
        return onnx_refuse(op, "%" PRIu32 " inputs, expected %" PRIu32 "..%" PRIu32, op->in.n,
                           in_min, in_max);
    for (uint32_t k = 0; k < in_min; k++)
        if (!onnx_has(op, k))
            return onnx_refuse(op, "input %" PRIu32 " is left out", k);
    for (uint32_t k = out_max; k < op->outs.n; k++)
        if (onnx_wants(op, k))
            op->t->values.items[op->outs.items[k]].state = ONNX_UNMADE;
    return true;
}

static struct onnx_value *value_of(const struct onnx_op *op, uint32_t k)
{
    assert(onnx_has(op, k));
    return &op->t->values.items[op->in.items[k]];
}

const struct tensor *onnx_tensor_of(const struct onnx_op *op, uint32_t id)
{
    assert(id < op->t->g->tensors.n);
    return &op->t->g->tensors.items[id];
}

/* A constant of the file enters the graph when the first operator reads it. */
static bool enter(const struct onnx_op *op, struct onnx_value *v)
{
    struct tensor tensor;
    if (v->state != ONNX_CONSTANT)
        return true;
    if (!onnx_constant(op, v->from, &tensor))
        return false;
    tensor.name = onnx_text(op->t, v->name);
    v->id = graph_add_tensor(op->t->g, &tensor);
    v->is_scalar = v->from->rank == 0;
    v->state = ONNX_VALUE;
    return true;
}

/* Input k, which is there, as a value of the graph. */
static struct onnx_value *entered(const struct onnx_op *op, uint32_t k)
{
    if (!onnx_has(op, k)) {
        onnx_refuse(op, "input %" PRIu32 " is left out", k);
        return NULL;
    }
    struct onnx_value *v = value_of(op, k);
    return enter(op, v) ? v : NULL;
}

bool onnx_in(const struct onnx_op *op, uint32_t k, uint32_t *id)
{
    struct onnx_value *v = entered(op, k);
    if (!v || (v->id == NO_TENSOR && !onnx_from_last(op, v->last, &v->id)))
        return false;
    *id = v->id;
    return true;
}

bool onnx_in_optional(const struct onnx_op *op, uint32_t k, uint32_t *id)
{
    *id = NO_TENSOR;
    return !onnx_has(op, k) || onnx_in(op, k, id);
}

bool onnx_in_last(const struct onnx_op *op, uint32_t k, uint32_t *id)
{
    struct onnx_value *v = entered(op, k);
    if (!v || (v->last == NO_TENSOR && !onnx_to_last(op, v->id, &v->last)))
        return false;
    *id = v->last;
    return true;
}

/* The tensor of a value, whichever there is. */
static const struct tensor *tensor_of_value(const struct onnx_op *op, const struct onnx_value *v)
{
    return onnx_tensor_of(op, v->id != NO_TENSOR ? v->id : v->last);
}

bool onnx_rank(const struct onnx_op *op, uint32_t k, int32_t *rank)
{
    const struct onnx_value *v = entered(op, k);
    if (!v)
        return false;
    *rank = v->is_scalar ? 0 : tensor_of_value(op, v)->shape.rank;
    return true;
}

bool onnx_is_last(const struct onnx_op *op, uint32_t k, int32_t rank)
{
    const struct onnx_value *v = onnx_has(op, k) ? value_of(op, k) : NULL;
    return v && v->state == ONNX_VALUE && rank >= 3 && v->last != NO_TENSOR &&
           onnx_tensor_of(op, v->last)->shape.rank == rank && !onnx_tensor_of(op, v->last)->data;
}

bool onnx_is_constant(const struct onnx_op *op, uint32_t k)
{
    const struct onnx_value *v = onnx_has(op, k) ? value_of(op, k) : NULL;
    return v && (v->state == ONNX_CONSTANT ||
                 (v->state == ONNX_VALUE && tensor_of_value(op, v)->data != NULL));
}

bool onnx_is_empty(const struct onnx_op *op, uint32_t k)
{
    const struct onnx_tensor *from = onnx_has(op, k) ? value_of(op, k)->from : NULL;
    for (uint32_t i = 0; from && i < from->rank && i < RANK_MAX; i++)
        if (from->dim[i] == 0)
            return true;
    return false;
}

bool onnx_in_ints(const struct onnx_op *op, uint32_t k, struct onnx_ints *out)
{
    uint32_t id;
    *out = (struct onnx_ints){0};
    if (!onnx_has(op, k))
        return onnx_refuse(op, "input %" PRIu32 " is left out", k);
    const struct onnx_value *v = value_of(op, k);
    const char *name = onnx_text(op->t, v->name);
    if (v->from && onnx_constant_ints(op, v->from, out))
        return true;
    if (op->t->pb->failed)
        return false;
    if (!onnx_is_constant(op, k)) {
        onnx_refuse(op, "input %" PRIu32 " '%s' has to be known, and is computed", k, name);
        return diag_hint(op->d, "export with fixed shapes, so that what follows from them is a "
                                "constant");
    }
    if (!onnx_in(op, k, &id))
        return false;
    const struct tensor *t = onnx_tensor_of(op, id);
    if (t->dtype != DT_S32 || shape_count(&t->shape) > ONNX_INTS_MAX)
        return onnx_refuse(op, "input %" PRIu32 " '%s', expected at most %d integers", k, name,
                           ONNX_INTS_MAX);
    out->n = (uint32_t)shape_count(&t->shape);
    out->v = ARENA_ARRAY(op->t->tmp, int64_t, out->n);
    for (uint32_t i = 0; i < out->n; i++)
        out->v[i] = element_int(DT_S32, t->data, i);
    return true;
}

/* Constants of the graph are finite; ends of a clip are not always. */
bool onnx_in_float(const struct onnx_op *op, uint32_t k, float *out)
{
    uint32_t id;
    const struct onnx_value *v = value_of(op, k);
    if (v->from && v->from->type == ONNX_FLOAT && v->from->has_raw && !v->from->is_external &&
        v->from->raw.end - v->from->raw.at == sizeof *out) {
        memcpy(out, pb_bytes(op->t->pb, &v->from->raw).data, sizeof *out);
        return true;
    }
    if (!onnx_is_constant(op, k))
        return onnx_refuse(op, "input %" PRIu32 " '%s' is not a constant", k,
                           onnx_text(op->t, v->name));
    if (!onnx_in(op, k, &id))
        return false;
    const struct tensor *t = onnx_tensor_of(op, id);
    if (t->dtype != DT_F32 || shape_count(&t->shape) != 1)
        return onnx_refuse(op, "input %" PRIu32 " '%s', expected one float32", k, t->name);
    memcpy(out, t->data, sizeof *out);
    return true;
}

static void set_value(const struct onnx_op *op, uint32_t k, const struct onnx_value *as)
{
    if (!onnx_wants(op, k))
        return;
    struct onnx_value *v = &op->t->values.items[op->outs.items[k]];
    v->state = ONNX_VALUE;
    v->id = as->id;
    v->last = as->last;
    v->is_scalar = as->is_scalar;
}

bool onnx_set(const struct onnx_op *op, uint32_t k, uint32_t id)
{
    set_value(op, k, &(struct onnx_value){.id = id, .last = NO_TENSOR});
    return true;
}

bool onnx_set_last(const struct onnx_op *op, uint32_t k, uint32_t id)
{
    set_value(op, k, &(struct onnx_value){.id = NO_TENSOR, .last = id});
    return true;
}

void onnx_set_scalar(const struct onnx_op *op, uint32_t k, uint32_t id)
{
    set_value(op, k, &(struct onnx_value){.id = id, .last = NO_TENSOR, .is_scalar = true});
}

bool onnx_set_as(const struct onnx_op *op, uint32_t id, const struct shape *to)
{
    static const struct shape one = {.rank = 1, .dim = {1}};
    if (!onnx_reshape_to(op, id, to->rank == 0 ? &one : to, &id))
        return false;
    if (to->rank > 0)
        return onnx_set(op, 0, id);
    onnx_set_scalar(op, 0, id);
    return true;
}

bool onnx_in_view(const struct onnx_op *op, uint32_t k, struct onnx_view *v)
{
    const struct onnx_value *value = entered(op, k);
    if (!value)
        return false;
    *v = (struct onnx_view){.is_last = value->last != NO_TENSOR, .is_scalar = value->is_scalar};
    v->id = v->is_last ? value->last : value->id;
    v->rank = onnx_tensor_of(op, v->id)->shape.rank;
    return true;
}

bool onnx_set_view(const struct onnx_op *op, uint32_t k, uint32_t id, const struct onnx_view *v)
{
    if (v->is_scalar)
        onnx_set_scalar(op, k, id);
    else if (v->is_last)
        onnx_set_last(op, k, id);
    else
        onnx_set(op, k, id);
    return true;
}

bool onnx_set_alias(const struct onnx_op *op, uint32_t k, uint32_t from)
{
    const struct onnx_value *x = entered(op, from);
    if (!x)
        return false;
    set_value(op, k, x);
    if (onnx_wants(op, k))
        op->t->values.items[op->outs.items[k]].from = x->from;
    return true;
}

bool onnx_set_empty(const struct onnx_op *op)
{
    struct onnx_tensor *none = ARENA_NEW(op->t->tmp, struct onnx_tensor);
    *none = (struct onnx_tensor){.type = ONNX_INT64, .rank = 1};
    if (onnx_wants(op, 0)) {
        struct onnx_value *v = &op->t->values.items[op->outs.items[0]];
        v->state = ONNX_CONSTANT;
        v->from = none;
    }
    return true;
}

/* Operand k of rank `rank`, with as many dimensions of 1 in front as it lacks, channels last. */
static bool operand_last(const struct onnx_op *op, uint32_t k, int32_t rank, uint32_t *id)
{
    int32_t own;
    if (!onnx_rank(op, k, &own))
        return false;
    if (own == rank)
        return onnx_in_last(op, k, id);
    if (!onnx_in(op, k, id))
        return false;
    if (own == 0)
        return true;
    struct shape wide = {.rank = rank};
    for (int32_t i = 0; i < rank; i++)
        wide.dim[i] = i < rank - own ? 1 : onnx_tensor_of(op, *id)->shape.dim[i - (rank - own)];
    return onnx_reshape_to(op, *id, &wide, id) && onnx_to_last(op, *id, id);
}

bool onnx_operands(const struct onnx_op *op, uint32_t n, uint32_t *in, struct onnx_view *v)
{
    int32_t rank = 0, own;
    *v = (struct onnx_view){0};
    for (uint32_t k = 0; k < n; k++) {
        if (!onnx_rank(op, k, &own))
            return false;
        rank = own > rank ? own : rank;
    }
    for (uint32_t k = 0; k < n; k++)
        v->is_last = v->is_last || onnx_is_last(op, k, rank);
    v->is_scalar = rank == 0;
    v->rank = rank == 0 ? 1 : rank;
    for (uint32_t k = 0; k < n; k++)
        if (!(v->is_last ? operand_last(op, k, rank, &in[k]) : onnx_in(op, k, &in[k])))
            return false;
    return true;
}

int32_t onnx_axis_last(int32_t axis, int32_t rank)
{
    return axis == 0 ? 0 : axis == 1 ? rank - 1 : axis - 1;
}

int32_t onnx_view_axis(const struct onnx_view *v, int32_t axis)
{
    return v->is_last ? onnx_axis_last(axis, v->rank) : axis;
}

bool onnx_axis(const struct onnx_op *op, int64_t axis, int32_t rank, int32_t *out)
{
    if (axis < -rank || axis >= rank)
        return onnx_refuse(op, "axis %" PRId64 " is outside %" PRId32 "..%" PRId32, axis, -rank,
                           rank - 1);
    *out = (int32_t)(axis < 0 ? axis + rank : axis);
    return true;
}

/* ---- nodes ---- */

/* Messages of the IR name a node first; the report names the operator. `prefix` is that beginning,
 * and left out. */
static bool refuse_as_ir(const struct onnx_op *op, const char *prefix, const struct diag *ir)
{
    const size_t skip = strncmp(ir->message, prefix, strlen(prefix)) == 0 ? strlen(prefix) : 0;
    return onnx_refuse(op, "%s", ir->message + skip);
}

static bool reads_constants(const struct graph *g, const struct node *n)
{
    for (uint32_t k = 0; k < n->n_in; k++)
        if (n->in[k] != NO_TENSOR && !g->tensors.items[n->in[k]].data)
            return false;
    return true;
}

uint64_t onnx_room(const struct onnx *t)
{
    uint64_t max = ONNX_MADE_MAX + (uint64_t)ONNX_COPIES_MAX * t->pb->file.len;
    if (t->options && t->options->made_max)
        max = t->options->made_max;
    return max > t->n_made ? max - t->n_made : 0;
}

/* The last node reads constants alone: its output is one, and the node goes. */
static bool fold(const struct onnx_op *op)
{
    struct onnx *t = op->t;
    const struct node *n = &t->g->nodes.items[t->g->nodes.n - 1];
    if (n->n_out != 1 || !reads_constants(t->g, n))
        return true;
    struct tensor *y = &t->g->tensors.items[n->out[0]];
    const size_t bytes = tensor_bytes(y);
    const int64_t macs = node_macs(t->g, n);
    if (bytes > onnx_room(t) || macs > ONNX_FOLD_MACS - t->n_macs)
        return onnx_refuse(op,
                           "what follows from constants alone takes more than %" PRIu64
                           " bytes, or %d multiplications",
                           t->n_made + onnx_room(t), ONNX_FOLD_MACS);
    t->n_made += bytes;
    t->n_macs += macs;
    struct arena *tmp = arena_new("onnx constant");
    const void **in = ARENA_ARRAY(tmp, const void *, n->n_in);
    for (uint32_t k = 0; k < n->n_in; k++)
        in[k] = n->in[k] == NO_TENSOR ? NULL : t->g->tensors.items[n->in[k]].data;
    const void *value = interp_one(tmp, t->g, n, in);
    if (value && contents_finite(y, value)) {
        y->data = arena_copy(t->a, value, bytes);
        t->g->nodes.n--;
    }
    arena_free(tmp);
    return true;
}

bool onnx_step_as(const struct onnx_op *op, enum op kind, const struct attrs *attrs,
                  const uint32_t *in, uint32_t n_in, const struct tensor *as, uint32_t *id)
{
    struct onnx *t = op->t;
    struct diag ir = {0};
    char prefix[ONNX_NAME_MAX + 64];
    snprintf(prefix, sizeof prefix, "%s (%s): ", op->out, op_name(kind));
    if (t->g->nodes.n >= ONNX_IR_NODES_MAX)
        return onnx_refuse(op, "the graph would have more than %d nodes", ONNX_IR_NODES_MAX);
    *id = graph_add_node(t->g, kind, attrs, in, n_in, op->out, &ir);
    if (*id == NO_TENSOR)
        return refuse_as_ir(op, prefix, &ir);
    const uint32_t i_node = t->g->nodes.n - 1;
    t->g->nodes.items[i_node].origin = arena_printf(t->a, "%" PRIu32 ":%s", op->i, op->out);
    if (as) {
        t->g->tensors.items[*id].dtype = as->dtype;
        t->g->tensors.items[*id].quant = as->quant;
    }
    if (!graph_verify_node(t->g, i_node, &ir))
        return refuse_as_ir(op, prefix, &ir);
    return fold(op);
}

bool onnx_step(const struct onnx_op *op, enum op kind, const struct attrs *attrs,
               const uint32_t *in, uint32_t n_in, uint32_t *id)
{
    return onnx_step_as(op, kind, attrs, in, n_in, NULL, id);
}

bool onnx_unary_step(const struct onnx_op *op, enum op kind, uint32_t x, uint32_t *id)
{
    return onnx_step(op, kind, NULL, &x, 1, id);
}

bool onnx_pair(const struct onnx_op *op, enum op kind, uint32_t a, uint32_t b, uint32_t *id)
{
    const uint32_t in[2] = {a, b};
    if (kind == OP_ADD &&
        !shape_equal(&onnx_tensor_of(op, a)->shape, &onnx_tensor_of(op, b)->shape))
        kind = OP_ADD_BROADCAST;
    return onnx_step(op, kind, NULL, in, 2, id);
}

static uint32_t add_one(const struct onnx_op *op, enum dtype dtype, const void *value)
{
    const struct tensor t = {.name = op->out,
                             .dtype = dtype,
                             .shape = {.rank = 1, .dim = {1}},
                             .data = arena_copy(op->t->a, value, dtype_bytes(dtype))};
    return graph_add_tensor(op->t->g, &t);
}

uint32_t onnx_float(const struct onnx_op *op, float value)
{
    assert(isfinite(value));
    return add_one(op, DT_F32, &value);
}

uint32_t onnx_int(const struct onnx_op *op, int32_t value)
{
    return add_one(op, DT_S32, &value);
}

uint32_t onnx_ints_constant(const struct onnx_op *op, const struct onnx_ints *ints)
{
    assert(ints->n > 0);
    int32_t *data = arena_alloc(op->t->a, ints->n * sizeof *data);
    for (uint32_t i = 0; i < ints->n; i++) {
        assert(ints->v[i] >= INT32_MIN && ints->v[i] <= INT32_MAX);
        data[i] = (int32_t)ints->v[i];
    }
    const struct tensor t = {.name = op->out,
                             .dtype = DT_S32,
                             .shape = {.rank = 1, .dim = {(int32_t)ints->n}},
                             .data = data};
    return graph_add_tensor(op->t->g, &t);
}

bool onnx_pair_float(const struct onnx_op *op, enum op kind, uint32_t x, float b, uint32_t *id)
{
    return onnx_pair(op, kind, x, onnx_float(op, b), id);
}

bool onnx_reshape_to(const struct onnx_op *op, uint32_t x, const struct shape *to, uint32_t *id)
{
    struct attrs at = {.new_rank = to->rank};
    *id = x;
    if (shape_equal(&onnx_tensor_of(op, x)->shape, to))
        return true;
    memcpy(at.new_shape, to->dim, sizeof at.new_shape);
    return onnx_step(op, OP_RESHAPE, &at, &x, 1, id);
}

bool onnx_transpose_by(const struct onnx_op *op, uint32_t x, const int32_t *perm, uint32_t *id)
{
    struct attrs at = {0};
    const int32_t rank = onnx_tensor_of(op, x)->shape.rank;
    bool moves = false;
    for (int32_t i = 0; i < rank; i++) {
        at.perm[i] = perm[i];
        moves = moves || perm[i] != i;
    }
    *id = x;
    return !moves || onnx_step(op, OP_TRANSPOSE, &at, &x, 1, id);
}

bool onnx_to_last(const struct onnx_op *op, uint32_t x, uint32_t *id)
{
    int32_t perm[RANK_MAX] = {0};
    const int32_t rank = onnx_tensor_of(op, x)->shape.rank;
    for (int32_t i = 0; i < rank; i++)
        perm[rank < 3 ? i : onnx_axis_last(i, rank)] = i;
    return onnx_transpose_by(op, x, perm, id);
}

bool onnx_from_last(const struct onnx_op *op, uint32_t x, uint32_t *id)
{
    int32_t perm[RANK_MAX] = {0};
    const int32_t rank = onnx_tensor_of(op, x)->shape.rank;
    for (int32_t i = 0; i < rank; i++)
        perm[i] = rank < 3 ? i : onnx_axis_last(i, rank);
    return onnx_transpose_by(op, x, perm, id);
}

struct attrs onnx_whole(const struct shape *x)
{
    struct attrs at = {0};
    for (int32_t i = 0; i < x->rank; i++) {
        at.size[i] = x->dim[i];
        at.step[i] = 1;
    }
    return at;
}

bool onnx_slice_of(const struct onnx_op *op, uint32_t x, int32_t axis, int32_t begin, int32_t size,
                   uint32_t *id)
{
    struct attrs at = onnx_whole(&onnx_tensor_of(op, x)->shape);
    *id = x;
    if (begin == 0 && size == at.size[axis])
        return true;
    at.begin[axis] = begin;
    at.size[axis] = size;
    return onnx_step(op, OP_SLICE, &at, &x, 1, id);
}

bool onnx_images(const struct onnx_op *op, enum op kind, const struct attrs *attrs,
                 const uint32_t *in, uint32_t n_in, uint32_t *id)
{
    const struct shape x = onnx_tensor_of(op, in[0])->shape;
    const struct attrs axis = {0};
    uint32_t image[BATCH_MAX], of[3];
    assert(n_in <= 3 && x.rank == 4);
    if (x.dim[0] == 1)
        return onnx_step(op, kind, attrs, in, n_in, id);
    if (x.dim[0] > BATCH_MAX)
        return onnx_refuse(op, "a batch of %" PRId32 " images, at most %d", x.dim[0], BATCH_MAX);
    for (uint32_t k = 0; k < n_in; k++)
        of[k] = in[k];
    for (int32_t k = 0; k < x.dim[0]; k++)
        if (!onnx_slice_of(op, in[0], 0, k, 1, &of[0]) ||
            !onnx_step(op, kind, attrs, of, n_in, &image[k]))
            return false;
    return onnx_step(op, OP_CONCAT, &axis, image, (uint32_t)x.dim[0], id);
}
