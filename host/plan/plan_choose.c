/* plan_choose.c - kernels and their memory, chosen together. SPDX-License-Identifier: Apache-2.0
 *
 * Where most is alive, kernels with scratch are barred, and all is chosen and planned anew: if that
 * saves more of the arena than it costs, once more, since the peak may now be elsewhere. Within a limit
 * the peak depends on the cascades, and those with the most scratch are barred first.
 * Tiles, which compute some things twice, and kernels without scratch stand for each other: what is
 * predicted to be faster is taken. */
#include "plan/plan_choose.h"

#include <string.h>

static size_t live_at(const struct memory_plan *m, uint32_t turn)
{
    return plan_live_bytes(m->buffers, m->n_buffers, turn);
}

static size_t peak_of(const struct planned *x)
{
    size_t peak = 0;
    for (uint32_t turn = 0; turn < program_turns(x->program); turn++)
        if (live_at(x->memory, turn) > peak)
            peak = live_at(x->memory, turn);
    return peak;
}

struct bars {
    VEC(struct bar) list;
};

/* Scratch that another kernel might do without. The reference kernel stands for all that there is no
 * other for: it stays. */
static size_t spare_bytes(const struct step *step)
{
    return strcmp(step->kernel->variant, "ref") == 0 ? 0 : step->scratch_bytes;
}

static void add_bar(struct arena *a, const struct step *step, struct bars *bars)
{
    *VEC_PUSH(a, &bars->list) = (struct bar){step->i_node, step->kernel};
}

/* Bar the kernels that need scratch where most is alive. False when there are none. */
static bool bar_at_peak(struct arena *a, const struct planned *x, struct bars *bars)
{
    const uint32_t before = bars->list.n;
    const size_t peak = peak_of(x);
    for (uint32_t s = 0; s < x->program->n_steps; s++) {
        const struct step *step = &x->program->steps[s];
        if (spare_bytes(step) > 0 && live_at(x->memory, program_turn(x->program, s)) >= peak)
            add_bar(a, step, bars);
    }
    return bars->list.n > before;
}

/* Bar the kernels that need the most scratch. False when none needs any. */
static bool bar_largest(struct arena *a, const struct program *p, struct bars *bars)
{
    size_t most = 0;
    for (uint32_t s = 0; s < p->n_steps; s++)
        if (spare_bytes(&p->steps[s]) > most)
            most = spare_bytes(&p->steps[s]);
    for (uint32_t s = 0; s < p->n_steps; s++)
        if (most > 0 && spare_bytes(&p->steps[s]) == most)
            add_bar(a, &p->steps[s], bars);
    return most > 0;
}

static struct choice without(const struct choice *choice, const struct bars *bars)
{
    struct choice barred = *choice;
    barred.bars = bars->list.items;
    barred.n_bars = bars->list.n;
    return barred;
}

/* Is it worth to go from `x` to `next`? */
static bool pays(const struct planned *x, const struct planned *next)
{
    const double before = (double)x->memory->plan.arena_bytes;
    const double saved = before - (double)next->memory->plan.arena_bytes;
    const double lost = next->program->cycles - x->program->cycles;
    return saved > 0 && lost * before <= ARENA_BALANCE * saved * x->program->cycles;
}

static bool plan_choice(struct arena *a, const struct graph *g, const struct choice *choice,
                        struct planned *out, struct diag *d)
{
    *out = (struct planned){.program = schedule(a, g, choice, d)};
    if (!out->program)
        return false;
    out->memory = plan_program(a, out->program);
    return true;
}

#define N_ATTEMPTS 8 /* a peak each */

bool plan_choose(struct arena *a, const struct graph *g, const struct choice *choice,
                 struct planned *out, struct diag *d)
{
    if (!plan_choice(a, g, choice, out, d))
        return false;
    struct bars bars = {0};
    for (int i = 0; i < N_ATTEMPTS && choice->objective == OPTIMIZE_BALANCED; i++) {
        struct planned next;
        if (!bar_at_peak(a, out, &bars))
            break;
        const struct choice barred = without(choice, &bars);
        if (!plan_choice(a, g, &barred, &next, d))
            return false;
        if (!pays(out, &next))
            break;
        *out = next;
    }
    return true;
}

bool plan_choose_within(struct arena *a, const struct graph *g, const struct choice *choice,
                        size_t ram_bytes, enum feed feed, struct planned *out, struct diag *d)
{
    if (!plan_choose(a, g, choice, out, d))
        return false;
    if (ram_bytes == RAM_ANY && feed == FEED_WHOLE)
        return true;
    struct bars bars = {0};
    struct planned best = {.memory = NULL}, found;
    const struct program *p = out->program;
    for (;;) {
        const bool fits = plan_find(a, p, ram_bytes, feed, &found);
        if (fits && (!best.memory || found.cost.cycles < best.cost.cycles))
            best = found;
        if ((fits && found.cost.cut == 0) || !bar_largest(a, p, &bars))
            break;
        const struct choice barred = without(choice, &bars);
        p = schedule(a, g, &barred, d);
        if (!p)
            return false;
    }
    if (!best.memory)
        return plan_search(a, p, ram_bytes, feed, out, d);
    *out = best;
    return true;
}
