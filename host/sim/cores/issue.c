/* issue.c - issue in order, by a table. SPDX-License-Identifier: Apache-2.0 */
#include "sim/cores/issue.h"

static uint32_t later(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* When all registers that the instruction reads are there. */
static uint32_t operands_ready(const struct issue_rules *rules, const struct pipe *p,
                               const struct insn *in)
{
    uint32_t t = 0;
    for (uint32_t r = 0; r < N_REGISTERS; r++) {
        const uint64_t bit = REGISTER(r);
        if ((in->reads & bit) == 0 || p->ready[r] == 0)
            continue;
        uint32_t at = p->ready[r];
        if (in->addressed & bit)
            at += rules->address_early;
        else if (in->shifted & bit)
            at += rules->shifted_early;
        else if (in->accumulated & bit)
            at -= at > rules->addend_late ? rules->addend_late : 0;
        t = later(t, at);
    }
    return t;
}

static void set_results(struct pipe *p, const struct insn *in, uint32_t at, uint32_t latency)
{
    for (uint32_t r = 0; r < N_REGISTERS; r++)
        if (in->writes & REGISTER(r))
            p->ready[r] = at + (in->moved_base & REGISTER(r) ? 1 : latency);
}

/* Cycles are counted from 1, so that 0 is "long ago". */
uint32_t issue_price(const struct issue_rules *rules, struct pipe *p, const struct insn *in)
{
    const struct timing *timing = &rules->timings[in->kind];
    const uint32_t before = p->now;
    uint32_t t = later(operands_ready(rules, p, in), p->free[timing->unit]);
    const bool pairs =
        rules->pairs && p->n_issued == 1 && t <= p->now && rules->pairs(&p->last, in);
    t = pairs ? p->now : later(t, p->now + 1);
    p->n_issued = pairs ? PAIRED : 1;
    if (timing->unit)
        p->free[timing->unit] = t + timing->busy;
    set_results(p, in, t, timing->latency ? timing->latency : 1); /* a kind that it does not have */
    uint32_t holds = timing->holds;
    if (timing->each)
        holds += (in->n_moved + timing->each - 1u) / timing->each;
    if (holds > 0) {
        t += holds;
        p->n_issued = PAIRED;
    }
    p->now = t;
    p->last = *in;
    p->is_filled = true;
    return t - before;
}
