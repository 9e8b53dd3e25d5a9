/* rv32imc.c - RV32IMC as the core CV32E40P: four stages, in order, open hardware.
 * SPDX-License-Identifier: Apache-2.0
 *
 * CV32E40P User Manual (OpenHW Group, v1.8), "Pipeline Details": its table of cycle counts and of
 * hazards. Without the extensions of that core, which our compiler does not use. */
#include "sim/cores/issue.h"

static const struct timing timings[N_INSN_KINDS] = {
    [INSN_ALU] = {.latency = 1},
    [INSN_NOP] = {.latency = 1},
    [INSN_SYSTEM] = {.latency = 1, .holds = 3}, /* CSR access: up to 4 */
    [INSN_MUL] = {.latency = 1},
    [INSN_MUL_LONG] = {.latency = 1, .holds = 4}, /* MULH: 5                        */
    [INSN_DIV] = {.latency = 1, .holds = 34},     /* 3 to 35, by the size of operands */
    [INSN_LOAD] = {.latency = 2},                 /* one stall if it is used at once  */
    [INSN_LOAD_NARROW] = {.latency = 2},
    [INSN_STORE] = {.latency = 1},
    [INSN_BRANCH] = {.latency = 1, .holds = 1}, /* JAL: 2 */
    [INSN_BRANCH_IF] = {.latency = 1},
    [INSN_CALL] = {.latency = 1, .holds = 1},
    [INSN_JUMP] = {.latency = 1, .holds = 1},
    [INSN_CALL_REGISTER] = {.latency = 1, .holds = 1},
};

static const struct issue_rules rules = {.timings = timings};

/* A branch that is taken takes 3 cycles; one more if the target is a wide instruction across two
 * words, jumps too. */
enum { TAKEN = 2, SPLIT = 1 };

/* JALR needs its register a cycle before what computed it would give it. */
static uint32_t price(struct pipe *p, const struct insn *in)
{
    const bool jumps = in->kind == INSN_JUMP || in->kind == INSN_CALL_REGISTER;
    const bool waits = jumps && p->is_filled && (p->last.writes & in->reads) != 0;
    return issue_price(&rules, p, in) + (waits ? 1 : 0);
}

static uint64_t branch(const struct insn *last, const struct insn *to, uint64_t n_taken,
                       uint64_t n_not)
{
    (void)n_not;
    const uint64_t refill = last->kind == INSN_BRANCH_IF ? TAKEN : 0;
    const uint64_t split = to && to->bytes == 4 && to->address % 4 != 0 ? SPLIT : 0;
    return n_taken * (refill + split);
}

const struct core core_rv32imc = {
    .name = "rv32imc",
    .text = "RV32IMC as the four-stage core CV32E40P, by its User Manual",
    .price = price,
    .branch = branch,
};
