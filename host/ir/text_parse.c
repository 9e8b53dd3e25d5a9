/* text_parse.c - from text to a verified graph. docs/spec/ir.md has the grammar.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The text is hostile. Nothing recurses; what is allocated is bounded by the length of the text,
 * since every value that is stored takes at least one character; the structure is checked by
 * graph_verify before anybody sees it. */
#include "ir/text.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "ir/lexer.h"
#include "ir/ops/ops.h"
#include "ir/text_parts.h"
#include "ir/verify_parts.h"

/* Tensor ids between commas. */
struct id_list {
    VEC(uint32_t) ids;
};

struct parser {
    struct lexer l;
    struct arena *a;
    struct graph *g;
    struct bytes binary;
    VEC(const uint8_t *) tensor_at; /* where each tensor and node stands in the text */
    VEC(const uint8_t *) node_at;
};

/* The name meant, for hints. */
static bool hint_closest(struct parser *p, const char *word, const char *const *names, size_t n)
{
    const char *meant = str_closest(word, names, n);
    return meant ? diag_hint(p->l.d, "did you mean '%s'?", meant) : false;
}

static bool parse_dtype(struct parser *p, enum dtype *out)
{
    char word[TEXT_WORD_MAX + 1];
    lex_skip(&p->l);
    const uint8_t *where = p->l.at;
    if (!lex_word(&p->l, word, sizeof word))
        return false;
    for (uint32_t t = 0; t < N_DTYPES; t++)
        if (strcmp(word, dtype_name((enum dtype)t)) == 0) {
            *out = (enum dtype)t;
            return true;
        }
    return lex_error(&p->l, where,
                     "unknown type '%s', expected f32, s8, s16, s32, s64, u8, u32 or u64", word);
}

/* "[1, 2, 3]", at most n_max of them. */
static bool parse_ints(struct parser *p, int32_t *out, uint32_t n_max, uint32_t *n)
{
    lex_skip(&p->l);
    const uint8_t *where = p->l.at;
    *n = 0;
    if (!lex_expect(&p->l, '['))
        return false;
    if (lex_accept(&p->l, ']'))
        return true;
    do {
        int64_t value;
        if (*n == n_max)
            return lex_error(&p->l, where, "more than %" PRIu32 " numbers", n_max);
        if (!lex_int(&p->l, INT32_MIN, INT32_MAX, &value))
            return false;
        out[(*n)++] = (int32_t)value;
    } while (lex_accept(&p->l, ','));
    return lex_expect(&p->l, ']');
}

/* "0.05:-3" */
static bool parse_scale(struct parser *p, float *scale, int32_t *zero)
{
    int64_t value;
    if (!lex_float(&p->l, scale) || !lex_expect(&p->l, ':') ||
        !lex_int(&p->l, INT32_MIN, INT32_MAX, &value))
        return false;
    *zero = (int32_t)value;
    return true;
}

/* Behind "quant". */
static bool parse_quant(struct parser *p, struct quant *q)
{
    VEC(float) scales = {0};
    VEC(int32_t) zeros = {0};
    int64_t axis = 0;
    bool many = lex_accept_word(&p->l, "axis");
    if (many && (!lex_int(&p->l, 0, RANK_MAX - 1, &axis) || !lex_expect(&p->l, '[')))
        return false;
    do {
        float *scale = VEC_PUSH(p->a, &scales);
        int32_t *zero = VEC_PUSH(p->a, &zeros);
        if (!parse_scale(p, scale, zero))
            return false;
    } while (many && lex_accept(&p->l, ','));
    if (many && !lex_expect(&p->l, ']'))
        return false;
    *q = (struct quant){scales.n, (int32_t)axis, scales.items, zeros.items};
    return true;
}

static bool parse_value(struct parser *p, enum dtype t, void *data, int64_t i)
{
    int64_t value;
    if (t == DT_F32)
        return lex_float(&p->l, (float *)data + i);
    if (!lex_int(&p->l, dtype_min(t), dtype_max(t), &value))
        return false;
    element_set_int(t, data, i, value);
    return true;
}

/* "[1, -2, ...]", as many as the shape says. */
static bool parse_inline(struct parser *p, struct tensor *t)
{
    int64_t n = shape_count(&t->shape);
    if (!lex_expect(&p->l, '['))
        return false;
    if (n > p->l.end - p->l.at) /* a value takes a character at least */
        return lex_error(&p->l, p->l.at, "the text ends before %" PRId64 " values", n);
    void *data = arena_alloc(p->a, tensor_bytes(t));
    for (int64_t i = 0; i < n; i++) {
        if (i && !lex_accept(&p->l, ','))
            return lex_error(&p->l, p->l.at,
                             "%" PRId64 " values or a missing ',', expected %" PRId64 " values", i,
                             n);
        if (!parse_value(p, t->dtype, data, i))
            return false;
    }
    t->data = data;
    return lex_expect(&p->l, ']');
}

/* "@128": an offset into the binary part. */
static bool parse_offset(struct parser *p, struct tensor *t)
{
    int64_t offset;
    const uint8_t *where = p->l.at - 1;
    if (!lex_int(&p->l, 0, INT64_MAX, &offset))
        return false;
    if (!p->binary.data)
        return lex_error(&p->l, where, "an offset, but no binary part belongs to this text");
    if (offset % BINARY_ALIGN != 0)
        return lex_error(&p->l, where, "offset %" PRId64 " is no multiple of %d", offset,
                         BINARY_ALIGN);
    size_t bytes = tensor_bytes(t);
    if ((uint64_t)offset > p->binary.len || bytes > p->binary.len - (uint64_t)offset)
        return lex_error(&p->l, where,
                         "%zu bytes at offset %" PRId64 " of a binary part of %zu bytes", bytes,
                         offset, p->binary.len);
    t->data = p->binary.data + offset;
    return true;
}

/* %0 "name" f32 [1,28,28,1] quant 0.05:-3 = [...], behind the '%'. */
static bool parse_tensor(struct parser *p)
{
    struct tensor t = {0};
    int64_t id;
    uint32_t rank, expected = p->g->tensors.n;
    const uint8_t *where = p->l.at - 1;
    if (!lex_int(&p->l, 0, UINT32_MAX - 1, &id))
        return false;
    if (id != expected)
        return lex_error(&p->l, where, "tensor %%%" PRId64 ", expected %%%" PRIu32, id, expected);
    if (!lex_string(&p->l, p->a, &t.name) || !parse_dtype(p, &t.dtype))
        return false;
    lex_skip(&p->l);
    const uint8_t *shape_at = p->l.at;
    if (!parse_ints(p, t.shape.dim, RANK_MAX, &rank))
        return false;
    t.shape.rank = (int32_t)rank;
    const char *fault = shape_fault(&t.shape);
    if (fault)
        return lex_error(&p->l, shape_at, "tensor '%s': %s", t.name, fault);
    if (lex_accept_word(&p->l, "quant") && !parse_quant(p, &t.quant))
        return false;
    if (lex_accept(&p->l, '=')) {
        bool ok = lex_accept(&p->l, '@') ? parse_offset(p, &t) : parse_inline(p, &t);
        if (!ok)
            return false;
    }
    *VEC_PUSH(p->a, &p->g->tensors) = t; /* everything it points to is in the arena already */
    *VEC_PUSH(p->a, &p->tensor_at) = where;
    return true;
}

enum absence { MAY_BE_ABSENT, MUST_BE_THERE };

/* "%3", or "_" for an absent input. */
static bool parse_id(struct parser *p, enum absence absence, uint32_t *out)
{
    int64_t id;
    if (absence == MAY_BE_ABSENT && lex_accept_word(&p->l, "_")) {
        *out = NO_TENSOR;
        return true;
    }
    lex_skip(&p->l);
    const uint8_t *where = p->l.at;
    if (!lex_expect(&p->l, '%') || !lex_int(&p->l, 0, UINT32_MAX - 1, &id))
        return false;
    if (id >= p->g->tensors.n)
        return lex_error(&p->l, where, "tensor %%%" PRId64 " is not declared, there are %" PRIu32,
                         id, p->g->tensors.n);
    *out = (uint32_t)id;
    return true;
}

static bool parse_ids(struct parser *p, enum absence absence, struct id_list *out)
{
    do {
        if (!parse_id(p, absence, VEC_PUSH(p->a, &out->ids)))
            return false;
    } while (lex_accept(&p->l, ','));
    return true;
}

static bool next_is(struct parser *p, char c)
{
    lex_skip(&p->l);
    return p->l.at < p->l.end && *p->l.at == (uint8_t)c;
}

/* "input %0, %1" and "output %9"; without ids the verifier has the better message. */
static bool parse_interface(struct parser *p, const char *word, struct id_list *out)
{
    if (!lex_expect_word(&p->l, word))
        return false;
    return !next_is(p, '%') || parse_ids(p, MUST_BE_THERE, out);
}

/* "state %3, %17" or "state %3, %17, %5", behind the word. */
static bool parse_state(struct parser *p)
{
    struct id_list ids = {0};
    lex_skip(&p->l);
    const uint8_t *where = p->l.at;
    if (!parse_ids(p, MUST_BE_THERE, &ids))
        return false;
    if (ids.ids.n != 2 && ids.ids.n != 3)
        return lex_error(&p->l, where,
                         "a state is the tensor before the call, the tensor after it and, if not "
                         "zero, its first contents: %" PRIu32 " tensors",
                         ids.ids.n);
    const uint32_t *id = ids.ids.items;
    *VEC_PUSH(p->a, &p->g->states) =
        (struct state){id[0], id[1], ids.ids.n == 3 ? id[2] : NO_TENSOR};
    return true;
}

static bool parse_op(struct parser *p, enum op *out)
{
    char word[TEXT_WORD_MAX + 1];
    lex_skip(&p->l);
    const uint8_t *where = p->l.at;
    if (!lex_word(&p->l, word, sizeof word))
        return false;
    if (op_from_name(word, out))
        return true;
    const char *names[N_OPS];
    for (uint32_t i = 0; i < N_OPS; i++)
        names[i] = op_name((enum op)i);
    lex_error(&p->l, where, "unknown operator '%s'", word);
    return hint_closest(p, word, names, N_OPS);
}

static bool parse_act(struct parser *p, enum act *out)
{
    char word[TEXT_WORD_MAX + 1];
    lex_skip(&p->l);
    const uint8_t *where = p->l.at;
    if (!lex_word(&p->l, word, sizeof word))
        return false;
    for (uint32_t i = 0; i < N_ACTS; i++)
        if (strcmp(word, act_name((enum act)i)) == 0) {
            *out = (enum act)i;
            return true;
        }
    return lex_error(&p->l, where, "unknown activation '%s', expected none, relu or relu6", word);
}

static bool parse_int_attr(struct parser *p, struct attrs *at, const struct attr_spec *spec)
{
    int32_t value[2 * RANK_MAX] = {0};
    int64_t one = 0;
    uint32_t n = 1;
    lex_skip(&p->l);
    const uint8_t *where = p->l.at;
    if (spec->form == ATTR_FORM_ONE) {
        if (!lex_int(&p->l, INT32_MIN, INT32_MAX, &one))
            return false;
        value[0] = (int32_t)one;
    } else if (!parse_ints(p, value, spec->n, &n)) {
        return false;
    }
    if (spec->form == ATTR_FORM_FIXED && n != spec->n)
        return lex_error(&p->l, where, "%s has %" PRIu32 " numbers, expected %" PRIu32, spec->name,
                         n, spec->n);
    for (uint32_t i = 0; i < n; i++)
        attr_set(at, spec, i, value[i]);
    if (spec->bit == ATTR_NEW_SHAPE)
        at->new_rank = (int32_t)n;
    return true;
}

static bool parse_attr_value(struct parser *p, struct attrs *at, const struct attr_spec *spec)
{
    float number = 0.0f;
    if (spec->form == ATTR_FORM_ACT)
        return parse_act(p, &at->act);
    if (spec->form != ATTR_FORM_FLOAT)
        return parse_int_attr(p, at, spec);
    if (!lex_float(&p->l, &number))
        return false;
    attr_set_float(at, spec, number);
    return true;
}

/* One attribute whose name was read at `where`. */
static bool parse_attr(struct parser *p, struct node *n, const char *name, const uint8_t *where,
                       uint32_t *seen)
{
    uint32_t n_specs;
    const struct attr_spec *specs = attr_specs(&n_specs);
    for (uint32_t i = 0; i < n_specs; i++) {
        if (strcmp(specs[i].name, name) != 0)
            continue;
        if (!(op_info(n->op)->attrs & specs[i].bit))
            return lex_error(&p->l, where, "%s has no attribute '%s'", op_name(n->op), name);
        if (*seen & specs[i].bit)
            return lex_error(&p->l, where, "attribute '%s' is given twice", name);
        *seen |= specs[i].bit;
        return parse_attr_value(p, &n->attrs, &specs[i]);
    }
    return lex_error(&p->l, where, "unknown attribute '%s'", name);
}

/* Attributes that were not given: an error, or their preset value. */
static bool preset_attrs(struct parser *p, struct node *n, const uint8_t *where, uint32_t seen)
{
    uint32_t n_specs;
    const struct attr_spec *specs = attr_specs(&n_specs);
    for (uint32_t i = 0; i < n_specs; i++) {
        const struct attr_spec *s = &specs[i];
        if (!(op_info(n->op)->attrs & s->bit) || (seen & s->bit))
            continue;
        if (s->need == ATTR_REQUIRED)
            return lex_error(&p->l, where, "%s needs the attribute '%s'", op_name(n->op), s->name);
        if (s->form == ATTR_FORM_FLOAT)
            attr_set_float(&n->attrs, s, (float)s->preset);
        else
            for (uint32_t k = 0; k < s->n; k++)
                attr_set(&n->attrs, s, k, s->preset);
    }
    return true;
}

/* Attributes and origin, up to the next node or the end. */
static bool parse_attrs(struct parser *p, struct node *n, const uint8_t *node_at)
{
    uint32_t seen = 0;
    while (!lex_at_end(&p->l) && !next_is(p, '%')) {
        char word[TEXT_WORD_MAX + 1];
        const uint8_t *where = p->l.at;
        if (!lex_word(&p->l, word, sizeof word))
            return false;
        if (strcmp(word, "origin") != 0) {
            if (!parse_attr(p, n, word, where, &seen))
                return false;
            continue;
        }
        if (n->origin)
            return lex_error(&p->l, where, "'origin' is given twice");
        if (!lex_string(&p->l, p->a, &n->origin))
            return false;
    }
    return preset_attrs(p, n, node_at, seen);
}

/* %2 = conv2d(%0, %1, _) stride [2,2] act relu origin "first" */
static bool parse_node(struct parser *p)
{
    struct node n = {0};
    struct id_list in = {0}, out = {0};
    lex_skip(&p->l);
    const uint8_t *where = p->l.at;
    if (!parse_ids(p, MUST_BE_THERE, &out) || !lex_expect(&p->l, '=') || !parse_op(p, &n.op) ||
        !lex_expect(&p->l, '('))
        return false;
    if (!next_is(p, ')') && !parse_ids(p, MAY_BE_ABSENT, &in))
        return false;
    if (!lex_expect(&p->l, ')'))
        return false;
    n.in = in.ids.items, n.n_in = in.ids.n;
    n.out = out.ids.items, n.n_out = out.ids.n;
    if (!parse_attrs(p, &n, where))
        return false;
    *VEC_PUSH(p->a, &p->g->nodes) = n;
    *VEC_PUSH(p->a, &p->node_at) = where;
    return true;
}

static bool parse_graph(struct parser *p)
{
    int64_t version;
    struct id_list inputs = {0}, outputs = {0};
    if (!lex_expect_word(&p->l, "mote"))
        return false;
    lex_skip(&p->l);
    const uint8_t *where = p->l.at;
    if (!lex_int(&p->l, 0, INT32_MAX, &version))
        return false;
    if (version != TEXT_VERSION)
        return lex_error(&p->l, where, "version %" PRId64 " of the IR, this program reads %d",
                         version, TEXT_VERSION);
    if (!lex_expect_word(&p->l, "graph") || !lex_string(&p->l, p->a, &p->g->name))
        return false;
    while (lex_accept(&p->l, '%'))
        if (!parse_tensor(p))
            return false;
    if (!parse_interface(p, "input", &inputs) || !parse_interface(p, "output", &outputs))
        return false;
    for (uint32_t i = 0; i < inputs.ids.n; i++)
        *VEC_PUSH(p->a, &p->g->inputs) = inputs.ids.items[i];
    for (uint32_t i = 0; i < outputs.ids.n; i++)
        *VEC_PUSH(p->a, &p->g->outputs) = outputs.ids.items[i];
    while (lex_accept_word(&p->l, "state"))
        if (!parse_state(p))
            return false;
    while (!lex_at_end(&p->l))
        if (!parse_node(p))
            return false;
    return true;
}

/* Verify, and say on which line the tensor or node stands that is wrong. */
static bool verify_placed(struct parser *p)
{
    struct verify_where w = {0};
    struct diag found = {0};
    if (graph_verify_where(p->g, &w, &found))
        return true;
    const uint8_t *at = w.part == VERIFY_TENSOR ? p->tensor_at.items[w.i]
                        : w.part == VERIFY_NODE ? p->node_at.items[w.i]
                                                : p->l.start;
    lex_error(&p->l, at, "%s", found.message);
    return found.hint[0] ? diag_hint(p->l.d, "%s", found.hint) : false;
}

struct graph *graph_parse_with(struct arena *a, struct bytes text, struct bytes binary,
                               const char *place, struct diag *d)
{
    const uint8_t *start = text.len ? text.data : (const uint8_t *)"";
    struct parser p = {.a = a, .g = graph_new(a, ""), .binary = binary};
    p.l = (struct lexer){start, start, start + text.len, place, d};
    if (!parse_graph(&p) || !verify_placed(&p))
        return NULL;
    return p.g;
}

struct graph *graph_parse(struct arena *a, struct bytes text, const char *place, struct diag *d)
{
    return graph_parse_with(a, text, (struct bytes){0}, place, d);
}
