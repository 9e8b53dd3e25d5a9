/* plan_choose.c - kernels and their memory, chosen together. SPDX-License-Identifier: Apache-2.0
 *
 * Where most is alive, kernels with scratch are barred, and all is chosen and planned anew: if that
 * saves more of the arena than it costs, once more, since the peak may now be elsewhere. */
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

/* Bar the kernels that need scratch where most is alive. False when there are none. The reference
 * kernel stands for all that there is no other for: it stays. */
static bool add_bars(struct arena *a, const struct planned *x, struct bars *bars)
{
    const uint32_t before = bars->list.n;
    const size_t peak = peak_of(x);
    for (uint32_t s = 0; s < x->program->n_steps; s++) {
        const struct step *step = &x->program->steps[s];
        if (step->scratch_bytes == 0 || strcmp(step->kernel->variant, "ref") == 0 ||
            live_at(x->memory, program_turn(x->program, s)) < peak)
            continue;
        *VEC_PUSH(a, &bars->list) = (struct bar){step->i_node, step->kernel};
    }
    return bars->list.n > before;
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
        struct choice barred = *choice;
        struct planned next;
        if (!add_bars(a, out, &bars))
            break;
        barred.bars = bars.list.items;
        barred.n_bars = bars.list.n;
        if (!plan_choice(a, g, &barred, &next, d))
            return false;
        if (!pays(out, &next))
            break;
        *out = next;
    }
    return true;
}
