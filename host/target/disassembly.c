/* disassembly.c - frames and calls of library functions, from the text of objdump.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     00002f50 g     F .text<tab>00000004 memset         from the table of symbols before it
 *
 *     00002f50 <memset>:
 *         2f50:<tab>push<tab>{r4, r5, r6, lr}
 *         2f54:<tab>beq.n<tab>2fe6 <memset+0x96>
 *
 * The stack that a function takes is at most the sum of all its instructions that lower the stack
 * pointer, if none of them stands in a loop without its counterpart: no compiler and no library
 * does that. Library functions share tails: where one jumps or runs into another, both become one
 * group with one frame. An instruction that writes the stack pointer otherwise makes the frame
 * unbounded, a call through a register is a call through a pointer, and so is a jump on Arm (to
 * whatever is far away); on RISC-V it is a switch: these libraries take no functions. */
#include "target/call_graph.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESS_DIGITS 8

struct symbol {
    const char *name;
    unsigned long address;
    uint32_t i_function;
    uint32_t group;   /* another symbol of its group, or itself */
    bool is_compiled; /* the compiler has told about it         */
    size_t frame_bytes;
    bool is_unbounded;
};

struct instruction {
    uint32_t i_symbol;
    const char *name, *operands;
    const char *target; /* symbol that it jumps to or calls, or NULL */
};

struct listing {
    struct call_graph *graph;
    VEC(struct symbol) symbols; /* in order of address */
    VEC(struct instruction) instructions;
};

static uint32_t root_of(const struct listing *l, uint32_t i)
{
    while (l->symbols.items[i].group != i)
        i = l->symbols.items[i].group;
    return i;
}

static bool starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* The symbol that a line begins, or NULL. */
static const char *heading(struct arena *a, const char *line)
{
    const char *from = strstr(line, " <"), *to = strstr(line, ">:");
    if (!from || !to || to[2] || line[0] == ' ')
        return NULL;
    return arena_printf(a, "%.*s", (int)(to - from - 2), from + 2);
}

/* Is `line` an instruction? Data and padding are none. */
static bool parse(struct arena *a, const char *line, struct instruction *out)
{
    const char *name = strchr(line, '\t');
    if (!name || name == line || name[-1] != ':' || name[1] == '.' || starts(name + 1, "nop"))
        return false;
    const size_t len = strcspn(name + 1, "\t");
    out->name = arena_printf(a, "%.*s", (int)len, name + 1);
    out->operands = name[1 + len] ? name + 2 + len : "";
    out->target = NULL;
    const char *from = strchr(out->operands, '<');
    if (from && strchr("bcj", out->name[0]))
        out->target = arena_printf(a, "%.*s", (int)strcspn(from + 1, "+>"), from + 1);
    return true;
}

static bool is_one_of(const char *name, const char *const *names)
{
    for (uint32_t i = 0; names[i]; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool is_call(const struct instruction *in)
{
    static const char *const calls[] = {"bl", "blx", "jal", "jalr", NULL};
    return is_one_of(in->name, calls);
}

/* Does the processor never come to the next instruction? */
static bool is_end(const struct instruction *in)
{
    static const char *const jumps[] = {"b", "b.n", "b.w", "bx", "j", "jr", "ret", NULL};
    static const char *const loads[] = {"pop", "ldmia", "ldmia.w", "ldr", "ldr.w", NULL};
    const bool loads_pc = strstr(in->operands, "pc}") || starts(in->operands, "pc, [sp]");
    return is_one_of(in->name, jumps) || (is_one_of(in->name, loads) && loads_pc);
}

/* Does it call what a register says? Arm returns to lr, whatever the condition. */
static bool goes_anywhere(const struct instruction *in)
{
    const bool takes_register =
        starts(in->name, "bx") || starts(in->name, "blx") || starts(in->name, "jalr");
    return takes_register && !in->target && strcmp(in->operands, "lr") != 0;
}

/* Bytes of the registers in "{r4, r6-r8, lr}" or "{d8-d9}". */
static size_t list_bytes(const char *operands)
{
    const char *at = strchr(operands, '{');
    size_t n = 0, each = at && at[1] == 'd' ? 8 : 4;
    while (at && *at != '}' && *at) {
        const char *first = at + 1 + strspn(at + 1, " ");
        const size_t len = strcspn(first, ",}");
        const char *dash = memchr(first, '-', len);
        n += dash ? strtoul(dash + 2, NULL, 10) - strtoul(first + 1, NULL, 10) + 1 : 1;
        at = first + len;
    }
    return n * each;
}

/* How far an instruction lowers the stack pointer; false when it may be any distance. */
static bool pushed_bytes(const struct instruction *in, size_t *bytes)
{
    *bytes = 0;
    const char *sp = in->operands, *below = strstr(sp, "[sp, #-");
    if (starts(in->name, "push") || starts(in->name, "vpush") ||
        (strstr(in->name, "stmdb") && starts(sp, "sp!")))
        *bytes = list_bytes(sp);
    else if (below && strstr(below, "]!"))
        *bytes = strtoul(below + 7, NULL, 10);
    else if (starts(in->name, "sub") && starts(sp, "sp,") && strchr(sp, '#'))
        *bytes = strtoul(strchr(sp, '#') + 1, NULL, 10);
    else if (starts(in->name, "add") && starts(sp, "sp,sp,-"))
        *bytes = strtoul(sp + 7, NULL, 10);
    else if (starts(in->name, "add") && (starts(sp, "sp, #") || starts(sp, "sp, sp, #") ||
                                         (starts(sp, "sp,sp,") && sp[6] >= '0' && sp[6] <= '9')))
        return true;
    else
        return !starts(sp, "sp,") || starts(in->name, "cmp");
    return true;
}

/* Is `name` what the assembler calls the function, static or not? */
static bool is_called(const struct function *f, const char *name)
{
    const char *colon = strrchr(f->name, ':');
    return strcmp(colon ? colon + 1 : f->name, name) == 0;
}

static bool is_compiled(const struct call_graph *g, const char *name)
{
    for (uint32_t i = 0; i < g->functions.n; i++)
        if (g->functions.items[i].frame != FRAME_UNKNOWN && is_called(&g->functions.items[i], name))
            return true;
    return false;
}

static uint32_t symbol_find(const struct listing *l, const char *name)
{
    uint32_t i = 0;
    while (i < l->symbols.n && strcmp(l->symbols.items[i].name, name) != 0)
        i++;
    return i;
}

static void read_lines(struct listing *l, const char *disassembly)
{
    struct arena *a = l->graph->arena;
    char *rest = arena_strdup(a, disassembly);
    for (char *line; (line = strtok_r(rest, "\n", &rest)) != NULL;) {
        const char *name = heading(a, line);
        const uint32_t n = l->symbols.n;
        struct instruction in;
        if (name)
            *VEC_PUSH(a, &l->symbols) = (struct symbol){.name = name,
                                                        .address = strtoul(line, NULL, 16),
                                                        .group = n,
                                                        .is_compiled = is_compiled(l->graph, name)};
        else if (n > 0 && parse(a, line, &in)) {
            in.i_symbol = n - 1;
            *VEC_PUSH(a, &l->instructions) = in;
        }
    }
}

static void sum_frames(struct listing *l)
{
    for (uint32_t k = 0; k < l->instructions.n; k++) {
        struct symbol *s = &l->symbols.items[l->instructions.items[k].i_symbol];
        size_t bytes;
        if (pushed_bytes(&l->instructions.items[k], &bytes))
            s->frame_bytes += bytes;
        else
            s->is_unbounded = true;
    }
}

/* All compiled functions of the symbol's name: static ones may share it. */
static void raise_frames(struct call_graph *g, const struct symbol *s)
{
    for (uint32_t i = 0; i < g->functions.n; i++) {
        struct function *f = &g->functions.items[i];
        if (is_called(f, s->name) && f->frame_bytes < s->frame_bytes)
            f->frame_bytes = s->frame_bytes;
    }
}

/* Put two symbols into one group, if both are the library's. */
static void join(struct listing *l, uint32_t i, uint32_t j)
{
    if (j < l->symbols.n && !l->symbols.items[i].is_compiled && !l->symbols.items[j].is_compiled)
        l->symbols.items[root_of(l, i)].group = root_of(l, j);
}

static void group_symbols(struct listing *l)
{
    for (uint32_t k = 0; k < l->instructions.n; k++) {
        const struct instruction *in = &l->instructions.items[k];
        if (in->target && !is_call(in))
            join(l, in->i_symbol, symbol_find(l, in->target));
        const bool is_last =
            k + 1 == l->instructions.n || l->instructions.items[k + 1].i_symbol != in->i_symbol;
        if (is_last && !is_end(in))
            join(l, in->i_symbol, in->i_symbol + 1);
    }
}

/* The frames of a group add up in the function of its root, which all others lead to. */
static void add_functions(struct listing *l)
{
    struct call_graph *g = l->graph;
    for (uint32_t i = 0; i < l->symbols.n; i++) {
        struct symbol *s = &l->symbols.items[i];
        if (s->is_compiled) {
            raise_frames(g, s);
            continue;
        }
        s->i_function = call_graph_find(g, s->name);
        g->functions.items[s->i_function].frame = FRAME_KNOWN;
    }
    for (uint32_t i = 0; i < l->symbols.n; i++) {
        const struct symbol *s = &l->symbols.items[i];
        if (s->is_compiled)
            continue;
        const uint32_t root = l->symbols.items[root_of(l, i)].i_function;
        if (root != s->i_function)
            call_graph_link(g, s->i_function, root);
        g->functions.items[root].frame_bytes += s->frame_bytes;
        if (s->is_unbounded)
            g->functions.items[root].frame = FRAME_UNBOUNDED;
    }
}

/* The disassembly shows one name an address, the table of symbols all. */
static void add_aliases(struct listing *l, const char *table)
{
    struct call_graph *g = l->graph;
    char *rest = arena_strdup(g->arena, table);
    for (char *line; (line = strtok_r(rest, "\n", &rest)) != NULL;) {
        char *end;
        const unsigned long address = strtoul(line, &end, 16);
        const char *name = strrchr(line, ' ');
        if (end - line != ADDRESS_DIGITS || !strchr(line, '\t') || !name)
            continue;
        const uint32_t i = call_graph_find(g, name + 1);
        if (g->functions.items[i].frame != FRAME_UNKNOWN)
            continue;
        for (uint32_t k = 0; k < l->symbols.n; k++)
            if (l->symbols.items[k].address == address && !l->symbols.items[k].is_compiled) {
                g->functions.items[i].frame = FRAME_KNOWN;
                call_graph_link(g, i, l->symbols.items[k].i_function);
            }
    }
}

/* The calls of a library function go to the function of its root. */
static void add_calls(struct listing *l, const struct instruction *in)
{
    struct call_graph *g = l->graph;
    if (l->symbols.items[in->i_symbol].is_compiled)
        return;
    const uint32_t root = root_of(l, in->i_symbol);
    const uint32_t i_function = l->symbols.items[root].i_function;
    if (goes_anywhere(in))
        call_graph_link(g, i_function, call_graph_find(g, INDIRECT_CALL));
    if (!in->target)
        return;
    const uint32_t target = symbol_find(l, in->target);
    const bool stays = !is_call(in) && target < l->symbols.n && root_of(l, target) == root;
    if (!stays)
        call_graph_link(g, i_function, call_graph_find(g, in->target));
}

void call_graph_add_disassembly(struct call_graph *g, const char *disassembly)
{
    struct listing l = {.graph = g};
    read_lines(&l, disassembly);
    sum_frames(&l);
    group_symbols(&l);
    add_functions(&l);
    add_aliases(&l, disassembly);
    for (uint32_t k = 0; k < l.instructions.n; k++)
        add_calls(&l, &l.instructions.items[k]);
}
