/* cortex_m55.c - Cortex-M55: scalar code like the M33's with pairs of 16-bit instructions; vectors of
 * 128 bits in two beats of 64. SPDX-License-Identifier: Apache-2.0
 *
 * Its Technical Reference Manual (101051) describes beats, pipes and the loop cache and states no
 * cycles; latencies, pipes and pairing follow LLVM's scheduling model (ARMScheduleM55.td), which Arm
 * contributed. A vector instruction takes its pipe for two cycles; the next one overlaps with its second
 * beat if it goes down another pipe: loads and stores, integer, or multiply and float. */
#include "sim/cores/issue.h"

enum { UNIT_NONE, UNIT_MEMORY, UNIT_INTEGER, UNIT_MULTIPLY, UNIT_PREDICATE };

static const struct timing timings[N_INSN_KINDS] = {
    [INSN_ALU] = {.latency = 1},
    [INSN_ALU_SIMPLE] = {.latency = 1},
    [INSN_ALU_SHIFTED] = {.latency = 2},
    [INSN_ALU_SHIFTED_LEFT] = {.latency = 2},
    [INSN_SHIFT] = {.latency = 1},
    [INSN_NOP] = {.latency = 1},
    [INSN_IT] = {.latency = 1},
    [INSN_SYSTEM] = {.latency = 2},
    [INSN_PARALLEL] = {.latency = 2},
    [INSN_MUL] = {.latency = 2},
    [INSN_MLA] = {.latency = 2},
    [INSN_MUL_LONG] = {.latency = 2},
    [INSN_MLA_LONG] = {.latency = 2},
    [INSN_MUL_DSP] = {.latency = 2},
    [INSN_DIV] = {.latency = 1, .holds = 10},
    [INSN_LOAD] = {.latency = 2, .unit = UNIT_MEMORY, .busy = 1},
    [INSN_LOAD_NARROW] = {.latency = 2, .unit = UNIT_MEMORY, .busy = 1},
    [INSN_LOAD_DUAL] = {.latency = 2, .unit = UNIT_MEMORY, .busy = 1},
    [INSN_LOAD_MANY] = {.latency = 1, .unit = UNIT_MEMORY, .busy = 1, .each = 2},
    [INSN_STORE] = {.latency = 1, .unit = UNIT_MEMORY, .busy = 1},
    [INSN_STORE_DUAL] = {.latency = 1, .unit = UNIT_MEMORY, .busy = 1},
    [INSN_STORE_MANY] = {.latency = 1, .unit = UNIT_MEMORY, .busy = 1, .each = 2},
    [INSN_BRANCH] = {.latency = 1},
    [INSN_BRANCH_IF] = {.latency = 1},
    [INSN_CALL] = {.latency = 1},
    [INSN_JUMP] = {.latency = 1},
    [INSN_CALL_REGISTER] = {.latency = 1},
    [INSN_TABLE] = {.latency = 1, .holds = 1},
    [INSN_LOOP_BEGIN] = {.latency = 1},
    [INSN_LOOP_END] = {.latency = 1},
    [INSN_FP_ALU] = {.latency = 2, .unit = UNIT_MULTIPLY, .busy = 1},
    [INSN_FP_MUL] = {.latency = 2, .unit = UNIT_MULTIPLY, .busy = 1},
    [INSN_FP_MLA] = {.latency = 4, .unit = UNIT_MULTIPLY, .busy = 1},
    [INSN_FP_DIV] = {.latency = 16, .unit = UNIT_MULTIPLY, .busy = 14},
    [INSN_FP_MOVE] = {.latency = 1, .unit = UNIT_MULTIPLY, .busy = 1},
    [INSN_FP_LOAD] = {.latency = 2, .unit = UNIT_MEMORY, .busy = 1},
    [INSN_FP_LOAD_MANY] = {.latency = 1, .unit = UNIT_MEMORY, .busy = 1, .each = 1},
    [INSN_FP_STORE] = {.latency = 1, .unit = UNIT_MEMORY, .busy = 1},
    [INSN_FP_STORE_MANY] = {.latency = 1, .unit = UNIT_MEMORY, .busy = 1, .each = 1},
    [INSN_V_LOAD] = {.latency = 1, .unit = UNIT_MEMORY, .busy = 2},
    [INSN_V_GATHER] = {.latency = 2, .unit = UNIT_MEMORY, .busy = 2},
    [INSN_V_INTERLEAVED_LOAD] = {.latency = 2, .unit = UNIT_MEMORY, .busy = 2},
    [INSN_V_STORE] = {.latency = 1, .unit = UNIT_MEMORY, .busy = 2},
    [INSN_V_SCATTER] = {.latency = 1, .unit = UNIT_MEMORY, .busy = 2},
    [INSN_V_INTERLEAVED_STORE] = {.latency = 1, .unit = UNIT_MEMORY, .busy = 2},
    [INSN_V_ALU] = {.latency = 1, .unit = UNIT_INTEGER, .busy = 2},
    [INSN_V_SHIFT] = {.latency = 2, .unit = UNIT_INTEGER, .busy = 2},
    [INSN_V_NARROW] = {.latency = 3, .unit = UNIT_INTEGER, .busy = 2},
    [INSN_V_COMPARE] = {.latency = 1, .unit = UNIT_MULTIPLY, .busy = 2},
    [INSN_V_FLOAT] = {.latency = 1, .unit = UNIT_MULTIPLY, .busy = 2},
    [INSN_V_MUL] = {.latency = 2, .unit = UNIT_MULTIPLY, .busy = 2},
    [INSN_V_MUL_FLOAT] = {.latency = 2, .unit = UNIT_MULTIPLY, .busy = 2},
    [INSN_V_MUL_ACROSS] = {.latency = 2, .unit = UNIT_MULTIPLY, .busy = 2},
    [INSN_V_ACROSS] = {.latency = 2, .unit = UNIT_MULTIPLY, .busy = 2},
    [INSN_V_PREDICATE] = {.latency = 1, .unit = UNIT_PREDICATE, .busy = 1},
};

static bool is_simple(const struct insn *in)
{
    return in->kind == INSN_ALU_SIMPLE || in->kind == INSN_NOP || in->kind == INSN_IT ||
           in->kind == INSN_BRANCH || in->kind == INSN_BRANCH_IF;
}

/* Two 16-bit instructions, of which one is of the simple ones. */
static bool pairs(const struct insn *first, const struct insn *second)
{
    return first->bytes == 2 && second->bytes == 2 && (is_simple(first) || is_simple(second));
}

static const struct issue_rules rules = {.timings = timings, .pairs = pairs};

/* Lanes of a gather or scatter go two a cycle, as two words do. */
enum { LANES_A_CYCLE = 2 };

/* The end of a loop is in the loop cache and takes no time, but for the first turn: see branch(). */
static uint32_t price(struct pipe *p, const struct insn *in)
{
    if (in->kind == INSN_LOOP_END)
        return 0;
    const uint32_t cycles = issue_price(&rules, p, in);
    if (in->n_lanes > 0)
        p->free[UNIT_MEMORY] = p->now + in->n_lanes / LANES_A_CYCLE;
    return cycles;
}

/* A taken branch takes 3 cycles, to where a register or memory says one more. So does the end of a
 * loop at its first turn; a loop is left once, so that stands for it. */
enum { REFILL = 2, REFILL_LATE = 3, FIRST_TURN = 3 };

static uint64_t branch(const struct insn *last, const struct insn *to, uint64_t n_taken,
                       uint64_t n_not)
{
    (void)to;
    if (last->kind == INSN_LOOP_END)
        return FIRST_TURN * n_not;
    return n_taken * (last->target ? REFILL : REFILL_LATE);
}

static bool flows(const struct insn *last)
{
    return last->kind == INSN_LOOP_END;
}

const struct core core_cortex_m55 = {
    .name = "cortex-m55",
    .text = "Cortex-M55, beats by its Technical Reference Manual (101051), latencies and pipes by "
            "LLVM's scheduling model",
    .price = price,
    .branch = branch,
    .flows = flows,
};
