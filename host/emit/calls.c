/* calls.c - the call of a kernel, as C. SPDX-License-Identifier: Apache-2.0 */
#include "emit/emitter.h"

#include "emit/print.h"
#include <string.h>

#define CALL_INDENT 8

const char *arena_pointer(struct emitter *e, enum dtype dtype, const char *at,
                          const char *qualifier)
{
    /* kernels take bytes of every kind as int8_t */
    static const char *const types[N_DTYPES] = {
        [DT_F32] = "float",    [DT_S8] = "int8_t",    [DT_S16] = "int16_t",
        [DT_S32] = "int32_t",  [DT_S64] = "int64_t",  [DT_U8] = "int8_t",
        [DT_U32] = "uint32_t", [DT_U64] = "uint64_t", [DT_BOOL] = "int8_t"};
    if (dtype_bytes(dtype) == 1)
        return arena_printf(e->a, "at + %s", at);
    return arena_printf(e->a, "(%s%s *)(void *)(at + %s)", qualifier, types[dtype], at);
}

const char *number(struct emitter *e, size_t v)
{
    return arena_printf(e->a, "%zu", v);
}

static const char *input_pointer(struct emitter *e, uint32_t i_step, uint32_t i_in)
{
    const uint32_t tensor = node_of(e, i_step)->in[i_in];
    if (root_of(e, tensor)->data)
        return arena_printf(e->a, "%s_s%u_in%u", e->name, (unsigned)i_step, (unsigned)i_in);
    return arena_pointer(e, tensor_of(e, tensor)->dtype, number(e, offset_of(e, tensor)), "const ");
}

/* The arguments of a call as they are printed, one by one. */
struct call {
    struct emitter *e;
    struct text *t;
    size_t column;
    uint32_t indent;
};

static struct call open_call(struct emitter *e, struct text *t, const char *what, uint32_t indent)
{
    text_printf(t, "%*s%s", (int)indent, "", what);
    return (struct call){
        .e = e, .t = t, .column = indent + strlen(what), .indent = indent + CALL_INDENT};
}

/* An argument, with the comma or the end that follows it: they stay on its line. */
static void add_argument(struct call *c, const char *argument, const char *after)
{
    print_wrapped(c->t, &c->column, c->indent, arena_printf(c->e->a, "%s%s", argument, after));
}

void print_kernel_call(struct emitter *e, struct text *t, uint32_t i_step, const struct site *site)
{
    const struct step *step = &e->p->steps[i_step];
    const struct node *node = node_of(e, i_step);
    struct call call =
        open_call(e, t, arena_printf(e->a, "%s(%s, ", step->kernel->name, site->op), site->indent);
    for (uint32_t k = 0; k < site->n_in; k++)
        add_argument(&call, site->in[k], ", ");
    for (uint32_t k = 0; k < step->n_packed; k++)
        add_argument(&call,
                     step->packed[k].n > 0 ? arena_printf(e->a, "%s_s%u_%s", e->name,
                                                          (unsigned)i_step, step->packed[k].role)
                                           : "NULL",
                     ", ");
    const uint32_t scratch = e->m->buffer_of_scratch[i_step];
    for (uint32_t k = 0; k < node->n_out; k++) /* only the first is ever in rows */
        add_argument(&call,
                     arena_pointer(e, tensor_of(e, node->out[k])->dtype,
                                   k ? number(e, offset_of(e, node->out[k])) : site->out, ""),
                     ", ");
    add_argument(&call,
                 scratch == UINT32_MAX
                     ? "NULL"
                     : arena_pointer(e, DT_S8, number(e, plan_address(e->m, scratch)), ""),
                 ");\n");
}

void print_call(struct emitter *e, struct text *t, uint32_t i_step)
{
    const struct node *node = node_of(e, i_step);
    struct site site = {.op = arena_printf(e->a, "&%s_s%u", e->name, (unsigned)i_step),
                        .in = ARENA_ARRAY(e->a, const char *, node->n_in),
                        .n_in = n_activations(e, i_step),
                        .out = number(e, offset_of(e, node->out[0])),
                        .indent = BODY_INDENT};
    for (uint32_t k = 0; k < site.n_in; k++)
        site.in[k] = input_pointer(e, i_step, k);
    if (inputs_of(e->p->steps[i_step].kernel) == INPUTS_ARRAY) {
        struct call list =
            open_call(e, t, arena_printf(e->a, "const void *const in%u[] = {", (unsigned)i_step),
                      BODY_INDENT);
        for (uint32_t k = 0; k < site.n_in; k++)
            add_argument(&list, site.in[k], k + 1 < site.n_in ? ", " : "};\n");
        site.in[0] = arena_printf(e->a, "in%u", (unsigned)i_step);
        site.n_in = 1;
    }
    print_kernel_call(e, t, i_step, &site);
}
