/* cortex_m7.c - Cortex-M7: two instructions a cycle, in order, six stages, branch prediction.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Its Technical Reference Manual (DDI 0489) states units and no cycles. Latencies and pairing follow
 * LLVM's scheduling model (ARMScheduleM7.td), which Arm contributed; where it says only that a move
 * of several registers issues alone, two words a cycle are assumed, as wide as the memory ports.
 * Memory is tightly coupled or in cache, and two loads never meet in one bank. */
#include "sim/cores/issue.h"

enum { UNIT_NONE, UNIT_SHIFT, UNIT_SIMD, UNIT_MAC, UNIT_STORE, UNIT_BRANCH, UNIT_FP };

static const struct timing timings[N_INSN_KINDS] = {
    [INSN_ALU] = {.latency = 1},
    [INSN_ALU_SIMPLE] = {.latency = 1},
    [INSN_ALU_SHIFTED] = {.latency = 1, .unit = UNIT_SHIFT, .busy = 1},
    [INSN_ALU_SHIFTED_LEFT] = {.latency = 1, .unit = UNIT_SHIFT, .busy = 1},
    [INSN_SHIFT] = {.latency = 1, .unit = UNIT_SHIFT, .busy = 1},
    [INSN_NOP] = {.latency = 1},
    [INSN_IT] = {.latency = 1},
    [INSN_SYSTEM] = {.latency = 3},
    [INSN_PARALLEL] = {.latency = 1, .unit = UNIT_SIMD, .busy = 1},
    [INSN_MUL] = {.latency = 2, .unit = UNIT_MAC, .busy = 1},
    [INSN_MLA] = {.latency = 2, .unit = UNIT_MAC, .busy = 1},
    [INSN_MUL_LONG] = {.latency = 2, .unit = UNIT_MAC, .busy = 1},
    [INSN_MLA_LONG] = {.latency = 2, .unit = UNIT_MAC, .busy = 1},
    [INSN_MUL_DSP] = {.latency = 2, .unit = UNIT_MAC, .busy = 1},
    [INSN_DIV] = {.latency = 1, .holds = 6},
    [INSN_LOAD] = {.latency = 1},
    [INSN_LOAD_NARROW] = {.latency = 2},
    [INSN_LOAD_DUAL] = {.latency = 2},
    [INSN_LOAD_MANY] = {.latency = 1, .each = 2},
    [INSN_STORE] = {.latency = 1, .unit = UNIT_STORE, .busy = 1},
    [INSN_STORE_DUAL] = {.latency = 1, .unit = UNIT_STORE, .busy = 1},
    [INSN_STORE_MANY] = {.latency = 1, .unit = UNIT_STORE, .busy = 1, .each = 2},
    [INSN_BRANCH] = {.latency = 1, .unit = UNIT_BRANCH, .busy = 1},
    [INSN_BRANCH_IF] = {.latency = 1, .unit = UNIT_BRANCH, .busy = 1},
    [INSN_CALL] = {.latency = 1, .unit = UNIT_BRANCH, .busy = 1},
    [INSN_JUMP] = {.latency = 1, .unit = UNIT_BRANCH, .busy = 1},
    [INSN_CALL_REGISTER] = {.latency = 1, .unit = UNIT_BRANCH, .busy = 1},
    [INSN_TABLE] = {.latency = 1, .unit = UNIT_BRANCH, .busy = 1, .holds = 1},
    [INSN_LOOP_BEGIN] = {.latency = 1},
    [INSN_LOOP_END] = {.latency = 1},
    [INSN_FP_ALU] = {.latency = 3, .unit = UNIT_FP, .busy = 1},
    [INSN_FP_MUL] = {.latency = 3, .unit = UNIT_FP, .busy = 1},
    [INSN_FP_MLA] = {.latency = 6, .unit = UNIT_FP, .busy = 1},
    [INSN_FP_DIV] = {.latency = 16, .unit = UNIT_FP, .busy = 14},
    [INSN_FP_MOVE] = {.latency = 3},
    [INSN_FP_LOAD] = {.latency = 1},
    [INSN_FP_LOAD_MANY] = {.latency = 1, .each = 2},
    [INSN_FP_STORE] = {.latency = 1, .unit = UNIT_STORE, .busy = 1},
    [INSN_FP_STORE_MANY] = {.latency = 1, .unit = UNIT_STORE, .busy = 1, .each = 2},
};

static bool issues_alone(const struct insn *in)
{
    switch (in->kind) {
    case INSN_SYSTEM:
    case INSN_NOP:
    case INSN_DIV:
    case INSN_TABLE:
    case INSN_LOAD_DUAL:
    case INSN_LOAD_MANY:
    case INSN_STORE_DUAL:
    case INSN_STORE_MANY:
    case INSN_FP_LOAD_MANY:
    case INSN_FP_STORE_MANY:
        return true;
    default:
        return false;
    }
}

/* The DSP extension's parallel arithmetic has a place in the first slot only. */
static bool pairs(const struct insn *first, const struct insn *second)
{
    return !issues_alone(first) && !issues_alone(second) && second->kind != INSN_PARALLEL;
}

static const struct issue_rules rules = {
    .timings = timings, .address_early = 1, .shifted_early = 1, .addend_late = 1, .pairs = pairs};

static uint32_t price(struct pipe *p, const struct insn *in)
{
    return issue_price(&rules, p, in);
}

/* What was predicted costs nothing more. The rarer way of a conditional branch is taken for not
 * predicted, and so is a jump by a register. */
enum { MISPREDICTED = 6 };

static uint64_t branch(const struct insn *last, const struct insn *to, uint64_t n_taken,
                       uint64_t n_not)
{
    (void)to;
    if (last->kind == INSN_BRANCH_IF)
        return MISPREDICTED * (n_taken < n_not ? n_taken : n_not);
    return last->target ? 0 : MISPREDICTED * n_taken;
}

static bool flows(const struct insn *last)
{
    return last->target != 0;
}

const struct core core_cortex_m7 = {
    .name = "cortex-m7",
    .text =
        "Cortex-M7, units by its Technical Reference Manual (DDI 0489), latencies and pairing by "
        "LLVM's scheduling model",
    .price = price,
    .branch = branch,
    .flows = flows,
};
