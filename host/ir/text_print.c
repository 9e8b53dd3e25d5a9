/* text_print.c - the IR as text. docs/spec/ir.md has the grammar.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The canonical form: what the parser reads back prints to the same bytes. A graph need not be
 * valid to be printed, for bug reports; its enums must be. */
#include <inttypes.h>

#include "ir/ops/ops.h"
#include "ir/text_parts.h"

static void print_string(const char *s, struct text *out)
{
    text_add(out, "\"");
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            text_printf(out, "\\%c", c);
        else if (c == '\n')
            text_add(out, "\\n");
        else if (c < 0x20 || c > 0x7e)
            text_printf(out, "\\x%02x", c);
        else
            text_add_bytes(out, s, 1);
    }
    text_add(out, "\"");
}

static void print_float(float x, struct text *out)
{
    text_printf(out, "%.9g", (double)x);
}

static void print_dims(const int32_t *dim, int32_t n, struct text *out)
{
    text_add(out, "[");
    for (int32_t i = 0; i < n; i++)
        text_printf(out, i ? ",%" PRId32 : "%" PRId32, dim[i]);
    text_add(out, "]");
}

static void print_quant(const struct quant *q, struct text *out)
{
    if (q->n == 0)
        return;
    text_add(out, " quant ");
    if (q->n > 1)
        text_printf(out, "axis %" PRId32 " [", q->axis);
    for (uint32_t c = 0; c < q->n; c++) {
        if (c)
            text_add(out, c % VALUES_A_LINE ? ", " : ",\n    ");
        print_float(q->scale[c], out);
        text_printf(out, ":%" PRId32, q->zero[c]);
    }
    if (q->n > 1)
        text_add(out, "]");
}

static void print_value(const struct tensor *t, int64_t i, struct text *out)
{
    if (t->dtype == DT_F32)
        print_float(((const float *)t->data)[i], out);
    else
        text_printf(out, "%" PRId64, element_int(t->dtype, t->data, i));
}

static void print_data(const struct tensor *t, struct text *out)
{
    int64_t n = shape_count(&t->shape);
    text_add(out, " = [");
    for (int64_t i = 0; i < n; i++) {
        if (i)
            text_add(out, i % VALUES_A_LINE ? ", " : ",\n    ");
        print_value(t, i, out);
    }
    text_add(out, "]");
}

static void print_ids(const uint32_t *id, uint32_t n, const char *between, struct text *out)
{
    for (uint32_t i = 0; i < n; i++) {
        text_add(out, i ? between : "");
        if (id[i] == NO_TENSOR)
            text_add(out, "_");
        else
            text_printf(out, "%%%" PRIu32, id[i]);
    }
}

/* How many members a list attribute shows: the new rank, or one or two per input dimension; more
 * when a broken graph has something beyond. */
static uint32_t list_len(const struct graph *g, const struct node *n, const struct attr_spec *spec)
{
    uint32_t len = (uint32_t)n->attrs.new_rank;
    if (spec->bit != ATTR_NEW_SHAPE) {
        bool known = n->n_in && n->in[0] < g->tensors.n;
        uint32_t each = spec->n / RANK_MAX;
        len = known ? each * (uint32_t)g->tensors.items[n->in[0]].shape.rank : 0;
        for (uint32_t i = len; i < spec->n; i++)
            if (attr_get(&n->attrs, spec, i))
                len = (i / each + 1) * each;
    }
    return len > spec->n ? spec->n : len;
}

static void print_ints(const struct attrs *at, const struct attr_spec *spec, uint32_t n,
                       struct text *out)
{
    int32_t value[2 * RANK_MAX] = {0};
    bool preset = spec->need == ATTR_OPTIONAL;
    for (uint32_t i = 0; i < n; i++) {
        value[i] = attr_get(at, spec, i);
        preset = preset && value[i] == spec->preset;
    }
    if (preset)
        return;
    text_printf(out, " %s ", spec->name);
    if (spec->form == ATTR_FORM_ONE)
        text_printf(out, "%" PRId32, value[0]);
    else
        print_dims(value, (int32_t)n, out);
}

static void print_attr(const struct graph *g, const struct node *n, const struct attr_spec *spec,
                       struct text *out)
{
    switch (spec->form) {
    case ATTR_FORM_ONE:
    case ATTR_FORM_FIXED:
        print_ints(&n->attrs, spec, spec->n, out);
        break;
    case ATTR_FORM_LIST:
        print_ints(&n->attrs, spec, list_len(g, n, spec), out);
        break;
    case ATTR_FORM_FLOAT:
        if (spec->need == ATTR_OPTIONAL && attr_get_float(&n->attrs, spec) == (float)spec->preset)
            break;
        text_printf(out, " %s ", spec->name);
        print_float(attr_get_float(&n->attrs, spec), out);
        break;
    case ATTR_FORM_ACT:
        if (n->attrs.act != ACT_NONE)
            text_printf(out, " act %s", act_name(n->attrs.act));
        break;
    }
}

void graph_print_attrs(const struct graph *g, const struct node *n, struct text *out)
{
    uint32_t n_specs;
    const struct attr_spec *specs = attr_specs(&n_specs);
    for (uint32_t i = 0; i < n_specs; i++)
        if (op_info(n->op)->attrs & specs[i].bit)
            print_attr(g, n, &specs[i], out);
}

static void print_node(const struct graph *g, const struct node *n, struct text *out)
{
    print_ids(n->out, n->n_out, ", ", out);
    text_printf(out, " = %s(", op_name(n->op));
    print_ids(n->in, n->n_in, ", ", out);
    text_add(out, ")");
    graph_print_attrs(g, n, out);
    if (n->origin) {
        text_add(out, " origin ");
        print_string(n->origin, out);
    }
    text_add(out, "\n");
}

static void print_tensor(const struct graph *g, uint32_t i, const uint64_t *offset,
                         struct text *out)
{
    const struct tensor *t = &g->tensors.items[i];
    text_printf(out, "%%%" PRIu32 " ", i);
    print_string(t->name, out);
    text_printf(out, " %s ", dtype_name(t->dtype));
    print_dims(t->shape.dim, t->shape.rank, out);
    print_quant(&t->quant, out);
    if (t->data && offset)
        text_printf(out, " = @%" PRIu64, offset[i]);
    else if (t->data)
        print_data(t, out);
    text_add(out, "\n");
}

void graph_print_with(const struct graph *g, const uint64_t *offset, struct text *out)
{
    text_printf(out, "mote %d\ngraph ", TEXT_VERSION);
    print_string(g->name, out);
    text_add(out, "\n\n");
    for (uint32_t i = 0; i < g->tensors.n; i++)
        print_tensor(g, i, offset, out);
    text_add(out, g->inputs.n ? "\ninput " : "\ninput");
    print_ids(g->inputs.items, g->inputs.n, ", ", out);
    text_add(out, g->outputs.n ? "\noutput " : "\noutput");
    print_ids(g->outputs.items, g->outputs.n, ", ", out);
    for (uint32_t i = 0; i < g->states.n; i++) {
        const struct state *s = &g->states.items[i];
        const uint32_t ids[] = {s->in, s->out, s->init};
        text_add(out, "\nstate ");
        print_ids(ids, s->init == NO_TENSOR ? 2 : 3, ", ", out);
    }
    text_add(out, "\n\n");
    for (uint32_t i = 0; i < g->nodes.n; i++)
        print_node(g, &g->nodes.items[i], out);
}

void graph_print(const struct graph *g, struct text *out)
{
    graph_print_with(g, NULL, out);
}
