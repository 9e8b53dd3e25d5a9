/* profile.c - from what ran where to what it cost. SPDX-License-Identifier: Apache-2.0
 *
 * Invariants: 1. the instructions of a block are decoded once and end where the plugin says.
 * 2. A hook costs the program two instructions, an argument and a call; the board's counter
 * learns this by calling it for nothing (device/port/measure/main.c), here it is a constant, and
 * agreement with the board shows that it holds. */
#include "sim/profile.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

/* How the pipeline comes to a block. */
enum arrival {
    ARRIVAL_FROM_ABOVE, /* from the code before it                          */
    ARRIVAL_BY_BRANCH,  /* by a branch that lets the pipeline go on         */
    N_ARRIVALS
};

/* A block with its instructions. Executions that did not arrive found an empty pipeline. */
struct piece {
    const struct trace_block *block;
    const struct insn *insns;
    uint64_t arrived[N_ARRIVALS];
    const struct piece *from[N_ARRIVALS]; /* the block that most of them came from, or NULL */
};

struct region {
    struct piece *pieces;
    uint32_t n;
};

enum { HOOK_ARGUMENT, HOOK_CALL, N_HOOK };
static const struct insn hook[N_HOOK] = {
    {.bytes = 2, .kind = INSN_ALU, .n_moved = 1},
    {.bytes = 4, .kind = INSN_CALL, .n_moved = 1},
};

static bool decode_block(struct arena *a, const struct image *m, const struct trace_block *b,
                         struct piece *out, struct diag *d)
{
    struct insn *insns = ARENA_ARRAY(a, struct insn, b->n);
    uint32_t at = b->start;
    for (uint32_t i = 0; i < b->n; i++) {
        if (!image_insn(m, at, &insns[i]))
            return diag_error(d, "the emulator's plugin",
                              "code ran at 0x%" PRIx32 ", where the firmware has none", at);
        at += insns[i].bytes;
    }
    if (at != b->end) /* I1 */
        return diag_error(d, "the emulator's plugin",
                          "the code from 0x%" PRIx32 " ends at 0x%" PRIx32 ", not 0x%" PRIx32,
                          b->start, at, b->end);
    *out = (struct piece){.block = b, .insns = insns};
    return true;
}

static const struct insn *last_insn(const struct piece *p)
{
    return &p->insns[p->block->n - 1];
}

static uint64_t n_empty(const struct piece *p)
{
    return p->block->executions - p->arrived[ARRIVAL_FROM_ABOVE] - p->arrived[ARRIVAL_BY_BRANCH];
}

/* Say that `from` went on n times to what begins at `address`. Of several pieces that do, the first
 * takes as many as it ran. */
static void spread(struct region *r, const struct piece *from, enum arrival how, uint32_t address,
                   uint64_t n)
{
    for (uint32_t i = 0; i < r->n && n > 0; i++) {
        struct piece *to = &r->pieces[i];
        if (to->block->start != address)
            continue;
        const uint64_t room = n_empty(to), taken = n < room ? n : room;
        if (taken > 0 && !to->from[how])
            to->from[how] = from;
        to->arrived[how] += taken;
        n -= taken;
    }
}

static void find_arrivals(const struct core *core, struct region *r)
{
    for (uint32_t i = 0; i < r->n; i++) {
        const struct piece *from = &r->pieces[i];
        const struct trace_block *b = from->block;
        spread(r, from, ARRIVAL_FROM_ABOVE, b->end, b->followed);
        if (core->flows && core->flows(last_insn(from)))
            spread(r, from, ARRIVAL_BY_BRANCH, last_insn(from)->target,
                   b->executions - b->followed);
    }
}

static uint64_t price_once(const struct core *core, struct pipe *p, const struct piece *piece)
{
    uint64_t cycles = 0;
    for (uint32_t i = 0; i < piece->block->n; i++)
        cycles += core->price(p, &piece->insns[i]);
    return cycles;
}

/* Cycles of all executions of a piece. */
static uint64_t price_piece(const struct core *core, const struct image *m,
                            const struct piece *piece)
{
    const struct trace_block *b = piece->block;
    struct pipe empty = {0};
    uint64_t cycles = n_empty(piece) * price_once(core, &empty, piece);
    for (uint32_t how = 0; how < N_ARRIVALS; how++) {
        struct pipe p = {0};
        if (piece->arrived[how] == 0)
            continue;
        price_once(core, &p, piece->from[how]);
        if (how == ARRIVAL_BY_BRANCH)
            p.n_issued = PAIRED; /* what is fetched anew does not issue with the branch */
        cycles += piece->arrived[how] * price_once(core, &p, piece);
    }
    const struct insn *last = last_insn(piece);
    struct insn to;
    const bool is_known = last->target && image_insn(m, last->target, &to);
    return cycles +
           core->branch(last, is_known ? &to : NULL, b->executions - b->followed, b->followed);
}

static void count_piece(const struct piece *piece, struct cost *out)
{
    for (uint32_t i = 0; i < piece->block->n; i++) {
        const struct insn *in = &piece->insns[i];
        const uint64_t n = piece->block->executions;
        out->instructions += n;
        out->weighted += n * insn_weight(in);
        out->by_class[kind_class(in->kind)] += n;
    }
}

/* What the hooks cost the program is the hooks' affair. */
static void leave_out_hooks(const struct core *core, uint64_t n_marks, struct cost *out)
{
    struct pipe p = {0};
    for (uint32_t i = 0; i < N_HOOK; i++) {
        assert(out->by_class[kind_class(hook[i].kind)] >= n_marks);
        out->instructions -= n_marks;
        out->weighted -= n_marks;
        out->by_class[kind_class(hook[i].kind)] -= n_marks;
        out->cycles -= core ? n_marks * core->price(&p, &hook[i]) : 0;
    }
    out->cycles -= core ? core->branch(&hook[HOOK_CALL], NULL, n_marks, 0) : 0;
}

static struct hot_code *code_find(struct arena *a, const struct image *m,
                                  const struct trace_block *b, struct profile *p)
{
    for (uint32_t i = 0; i < p->codes.n; i++)
        if (p->codes.items[i].start == b->start && p->codes.items[i].end == b->end)
            return &p->codes.items[i];
    const struct image_symbol *s = image_at(m, b->start);
    struct hot_code *c = VEC_PUSH(a, &p->codes);
    *c = (struct hot_code){.start = b->start,
                           .end = b->end,
                           .function = s ? s->name : "?",
                           .offset = s ? b->start - s->address : 0,
                           .n = b->n};
    return c;
}

/* Hottest first; address decides between equals. */
static int by_heat(const void *a, const void *b)
{
    const struct hot_code *x = a, *y = b;
    const uint64_t x_runs = x->executions * x->n, y_runs = y->executions * y->n;
    if (x->cycles != y->cycles)
        return x->cycles > y->cycles ? -1 : 1;
    if (x_runs != y_runs)
        return x_runs > y_runs ? -1 : 1;
    return x->start < y->start ? -1 : x->start > y->start;
}

/* Add up a region in *out, and its code in the profile. */
static bool join_region(struct arena *a, const struct image *m, const struct trace *t,
                        uint32_t i_region, const struct profile_wish *wish, struct profile *p,
                        struct cost *out, struct diag *d)
{
    struct region r = {.pieces = ARENA_ARRAY(a, struct piece, t->blocks.n)};
    for (uint32_t i = 0; i < t->blocks.n; i++)
        if (t->blocks.items[i].region == i_region &&
            !decode_block(a, m, &t->blocks.items[i], &r.pieces[r.n++], d))
            return false;
    if (wish->core)
        find_arrivals(wish->core, &r);
    const struct trace_region *seen = &t->regions[i_region];
    *out = (struct cost){.loaded = seen->loaded, .stored = seen->stored, .flash = seen->flash};
    for (uint32_t i = 0; i < r.n; i++) {
        const struct piece *piece = &r.pieces[i];
        const uint64_t cycles = wish->core ? price_piece(wish->core, m, piece) : 0;
        struct hot_code *code = code_find(a, m, piece->block, p);
        code->executions += piece->block->executions;
        code->cycles += cycles;
        count_piece(piece, out);
        out->cycles += cycles;
    }
    if (wish->core)
        out->cycles += wish->wait_states * (seen->data_misses + seen->code_misses);
    return true;
}

void cost_add(struct cost *sum, const struct cost *c)
{
    sum->instructions += c->instructions;
    sum->weighted += c->weighted;
    for (uint32_t k = 0; k < N_CLASSES; k++)
        sum->by_class[k] += c->by_class[k];
    sum->cycles += c->cycles;
    sum->loaded += c->loaded;
    sum->stored += c->stored;
    sum->flash += c->flash;
}

/* Does the board count what the plugin counts? */
static bool agrees(uint64_t plugin, uint64_t board, uint64_t n_marks,
                   const struct profile_wish *wish)
{
    const uint64_t differs = plugin > board ? plugin - board : board - plugin;
    return differs <= (wish->is_fed ? FED_SLACK * n_marks : 0);
}

bool profile_join(struct arena *a, const struct image *image, const struct trace *trace,
                  const struct firmware_run *run, const struct profile_wish *wish,
                  struct profile *out, struct diag *d)
{
    assert(trace->n_regions > 0);
    const uint32_t n_steps = trace->n_regions - 1;
    uint64_t n_rest = run->instructions;
    *out = (struct profile){
        .core = wish->core, .steps = ARENA_ARRAY(a, struct cost, n_steps), .n_steps = n_steps};
    for (uint32_t i = 0; i < n_steps; i++) {
        struct cost *c = &out->steps[i];
        if (!join_region(a, image, trace, i, wish, out, c, d))
            return false;
        leave_out_hooks(wish->core, trace->regions[i].marks, c);
        n_rest -= run->step_instructions[i];
        if (!agrees(c->instructions, run->step_instructions[i], trace->regions[i].marks,
                    wish)) /* I2 */
            return diag_error(d, "the emulator's plugin",
                              "%" PRIu64 " instructions in step %" PRIu32
                              ", but the board counts %" PRIu64,
                              c->instructions, i, run->step_instructions[i]);
        cost_add(&out->total, c);
    }
    struct cost rest;
    if (!join_region(a, image, trace, n_steps, wish, out, &rest, d))
        return false;
    /* The board counts call and return less what its hooks take there: its figure stands. */
    out->total.instructions += n_rest;
    out->total.weighted += n_rest;
    out->total.by_class[CLASS_OTHER] += n_rest;
    out->total.cycles += rest.cycles;
    if (out->codes.n > 0)
        qsort(out->codes.items, out->codes.n, sizeof out->codes.items[0], by_heat);
    return true;
}
