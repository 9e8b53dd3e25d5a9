/* program.c - turns, cascades and sources of a program. SPDX-License-Identifier: Apache-2.0 */
#include "sched/cascade.h"

#include <assert.h>
#include <string.h>

uint32_t program_turn(const struct program *p, uint32_t i_step)
{
    uint32_t saved = 0;
    for (uint32_t i = 0; i < p->n_cascades && p->cascades[i]->first_step < i_step; i++) {
        const struct cascade *c = p->cascades[i];
        const uint32_t after = i_step - c->first_step;
        saved += after < c->n_steps ? after : c->n_steps - 1;
    }
    return i_step - saved;
}

uint32_t program_turns(const struct program *p)
{
    return p->n_steps ? program_turn(p, p->n_steps - 1) + 1 : 0;
}

uint32_t program_step(const struct program *p, uint32_t turn)
{
    uint32_t i_step = turn;
    for (uint32_t i = 0; i < p->n_cascades && p->cascades[i]->first_step < i_step; i++)
        i_step += p->cascades[i]->n_steps - 1;
    return i_step;
}

const struct cascade *program_cascade(const struct program *p, uint32_t i_step)
{
    for (uint32_t i = 0; i < p->n_cascades; i++)
        if (i_step >= p->cascades[i]->first_step &&
            i_step - p->cascades[i]->first_step < p->cascades[i]->n_steps)
            return p->cascades[i];
    return NULL;
}

const struct cascade *program_fed(const struct program *p)
{
    for (uint32_t i = 0; i < p->n_cascades; i++)
        if (p->cascades[i]->is_fed)
            return p->cascades[i];
    return NULL;
}

double program_more_macs(const struct program *p)
{
    int64_t macs = 0, more = 0;
    for (uint32_t i = 0; i < p->graph->nodes.n; i++)
        macs += node_macs(p->graph, &p->graph->nodes.items[i]);
    for (uint32_t i = 0; i < p->n_cascades; i++)
        more += p->cascades[i]->more_macs;
    return macs > 0 && more > 0 ? 100.0 * (double)more / (double)macs : 0;
}

static bool is_listed(const char *const *list, uint32_t n, const char *source)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(list[i], source) == 0)
            return true;
    return false;
}

const char *const *program_sources(struct arena *a, const struct program *p, uint32_t *n)
{
    const char **list = ARENA_ARRAY(a, const char *, p->n_steps + 1);
    *n = 0;
    for (uint32_t s = 0; s < p->n_steps; s++)
        if (!is_listed(list, *n, p->steps[s].kernel->source))
            list[(*n)++] = p->steps[s].kernel->source;
    if (p->n_cascades > 0)
        list[(*n)++] = "common/cascade.c";
    return list;
}
