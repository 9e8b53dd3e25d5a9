/* plan_share.c - several models, one after the other, in one arena.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     | states of A | states of B | all else of A | all else of B |        SHARE_APART
 *     | states of A | states of B | all else of A or of B         |        SHARE_TAKE_TURNS
 *
 * The plans stay what they are; their two parts move up by what the header calls shifts. */
#include "plan/plan.h"

size_t plan_share(struct memory_plan *const *plans, uint32_t n, enum plan_sharing sharing)
{
    size_t states = 0, end = 0;
    for (uint32_t i = 0; i < n; i++)
        states += plans[i]->plan.state_bytes;
    size_t state_at = 0, rest_at = states;
    for (uint32_t i = 0; i < n; i++) {
        const struct plan *p = &plans[i]->plan;
        const size_t rest_bytes = p->arena_bytes - p->state_bytes;
        plans[i]->state_shift = state_at;
        plans[i]->rest_shift = rest_at - p->state_bytes;
        end = rest_at + rest_bytes > end ? rest_at + rest_bytes : end;
        state_at += p->state_bytes;
        rest_at += sharing == SHARE_APART ? rest_bytes : 0;
    }
    for (uint32_t i = 0; i < n; i++)
        plans[i]->shared_bytes = end;
    return end;
}

size_t plan_address(const struct memory_plan *m, uint32_t i_buffer)
{
    const size_t shift = m->buffers[i_buffer].is_state ? m->state_shift : m->rest_shift;
    return m->plan.offset[i_buffer] + shift;
}

size_t plan_arena_bytes(const struct memory_plan *m)
{
    return m->shared_bytes > 0 ? m->shared_bytes : m->plan.arena_bytes;
}
