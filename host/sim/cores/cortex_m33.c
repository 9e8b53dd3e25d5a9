/* cortex_m33.c - Cortex-M33, one instruction a cycle, three stages.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Its Technical Reference Manual (100230) describes the pipeline and states no cycles. Latencies and
 * refills are those that were measured on an RP2350 for the scheduling tool SLOTHY (its model
 * cortex_m33.py, 2025); what that leaves open is as in the Cortex-M4's manual. */
#include "sim/cores/issue.h"

enum { UNIT_NONE, UNIT_FP };

static const struct timing timings[N_INSN_KINDS] = {
    [INSN_ALU] = {.latency = 1},
    [INSN_ALU_SIMPLE] = {.latency = 1},
    [INSN_ALU_SHIFTED] = {.latency = 2},
    [INSN_ALU_SHIFTED_LEFT] = {.latency = 1},
    [INSN_SHIFT] = {.latency = 1},
    [INSN_NOP] = {.latency = 1},
    [INSN_IT] = {.latency = 1},
    [INSN_SYSTEM] = {.latency = 1, .holds = 1},
    [INSN_PARALLEL] = {.latency = 2},
    [INSN_MUL] = {.latency = 2},
    [INSN_MLA] = {.latency = 2},
    [INSN_MUL_LONG] = {.latency = 2},
    [INSN_MLA_LONG] = {.latency = 2},
    [INSN_MUL_DSP] = {.latency = 2},
    [INSN_DIV] = {.latency = 1, .holds = 10}, /* 2 to 11 cycles */
    [INSN_LOAD] = {.latency = 2},
    [INSN_LOAD_NARROW] = {.latency = 2},
    [INSN_LOAD_DUAL] = {.latency = 2, .holds = 1},
    [INSN_LOAD_MANY] = {.latency = 1, .each = 1},
    [INSN_STORE] = {.latency = 1},
    [INSN_STORE_DUAL] = {.latency = 1, .holds = 1},
    [INSN_STORE_MANY] = {.latency = 1, .each = 1},
    [INSN_BRANCH] = {.latency = 1},
    [INSN_BRANCH_IF] = {.latency = 1},
    [INSN_CALL] = {.latency = 1},
    [INSN_JUMP] = {.latency = 1},
    [INSN_CALL_REGISTER] = {.latency = 1},
    [INSN_TABLE] = {.latency = 1, .holds = 1},
    [INSN_LOOP_BEGIN] = {.latency = 1},
    [INSN_LOOP_END] = {.latency = 1},
    [INSN_FP_ALU] = {.latency = 2},
    [INSN_FP_MUL] = {.latency = 2},
    [INSN_FP_MLA] = {.latency = 3, .unit = UNIT_FP, .busy = 3},
    [INSN_FP_DIV] = {.latency = 14, .unit = UNIT_FP, .busy = 14},
    [INSN_FP_MOVE] = {.latency = 1},
    [INSN_FP_LOAD] = {.latency = 2},
    [INSN_FP_LOAD_MANY] = {.latency = 1, .each = 1},
    [INSN_FP_STORE] = {.latency = 1},
    [INSN_FP_STORE_MANY] = {.latency = 1, .each = 1},
};

static const struct issue_rules rules = {.timings = timings, .addend_late = 1};

/* A taken branch takes 3 cycles; to where a register or memory says, one more. */
enum { REFILL = 2, REFILL_LATE = 3 };

static uint32_t price(struct pipe *p, const struct insn *in)
{
    return issue_price(&rules, p, in);
}

static uint64_t branch(const struct insn *last, const struct insn *to, uint64_t n_taken,
                       uint64_t n_not)
{
    (void)n_not;
    (void)to;
    return n_taken * (last->target ? REFILL : REFILL_LATE);
}

const struct core core_cortex_m33 = {
    .name = "cortex-m33",
    .text =
        "Cortex-M33, pipeline by its Technical Reference Manual (100230), latencies as measured "
        "on an RP2350",
    .price = price,
    .branch = branch,
};
