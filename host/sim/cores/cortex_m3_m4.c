/* cortex_m3_m4.c - Cortex-M3 and Cortex-M4, one three-stage pipeline with two multipliers.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cortex-M3 Technical Reference Manual r2p1 (DDI 0337I), 3.3; Cortex-M4 r0p1 (DDI 0439D), 3.3 for
 * the core, 7.2.3 for the floating-point unit. Their tables give cycles for memory without wait
 * states; the sections on load and store timings say which neighbours save or cost a cycle. */
#include "sim/cores/core.h"

/* Cycles by kind, before neighbours. Where the manual has a range that depends on operands, the
 * upper end: multipliers of requantisation use all 32 bits, and divisions are rare. */
static const uint8_t m4_cycles[N_INSN_KINDS] = {
    [INSN_ALU] = 1,         [INSN_ALU_SIMPLE] = 1,
    [INSN_ALU_SHIFTED] = 1, [INSN_ALU_SHIFTED_LEFT] = 1,
    [INSN_SHIFT] = 1,       [INSN_NOP] = 1,
    [INSN_IT] = 1, /* perhaps folded into the instruction before: not counted on */
    [INSN_SYSTEM] = 2,      [INSN_PARALLEL] = 1,
    [INSN_MUL] = 1,         [INSN_MLA] = 1,
    [INSN_MUL_LONG] = 1,    [INSN_MLA_LONG] = 1,
    [INSN_MUL_DSP] = 1,     [INSN_DIV] = 12, /* 2 to 12 */
    [INSN_LOAD] = 2,        [INSN_LOAD_NARROW] = 2,
    [INSN_LOAD_DUAL] = 1,   [INSN_LOAD_MANY] = 1,
    [INSN_STORE] = 1,       [INSN_STORE_DUAL] = 1,
    [INSN_STORE_MANY] = 1,  [INSN_BRANCH] = 1,
    [INSN_BRANCH_IF] = 1,   [INSN_CALL] = 1,
    [INSN_JUMP] = 1,        [INSN_CALL_REGISTER] = 1,
    [INSN_TABLE] = 3,       [INSN_FP_ALU] = 1,
    [INSN_FP_MUL] = 1,      [INSN_FP_MLA] = 3,
    [INSN_FP_DIV] = 14,     [INSN_FP_MOVE] = 1,
    [INSN_FP_LOAD] = 2,     [INSN_FP_LOAD_MANY] = 1,
    [INSN_FP_STORE] = 2,    [INSN_FP_STORE_MANY] = 1,
};

/* The M3's multiplier needs several passes: MLA 2, SMULL 3 to 5, SMLAL 4 to 7. */
enum { M3_MLA = 2, M3_MUL_LONG = 5, M3_MLA_LONG = 7 };

/* Refills of the pipeline, 1 to 3 cycles by the manual: a constant address is known early, and 1 is
 * enough unless the target is a wide instruction across two words; a register's value is not, and a
 * load of pc takes all three. */
enum { REFILL_EARLY = 1, REFILL_SPLIT = 2, REFILL_REGISTER = 2, REFILL_LOAD = 3 };

static bool moves_several(const struct insn *in)
{
    switch (in->kind) {
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

/* A load of one register. */
static bool is_load(const struct insn *in)
{
    return in->kind == INSN_LOAD || in->kind == INSN_LOAD_NARROW || in->kind == INSN_FP_LOAD;
}

static bool is_memory(const struct insn *in)
{
    const enum insn_class c = kind_class(in->kind);
    return c == CLASS_LOAD || c == CLASS_STORE;
}

/* Can `in` use the address phase that the load before it left free? Not if it needs that load's
 * result, or its moved base, for its own address. */
static bool is_pipelined(const struct pipe *p, const struct insn *in)
{
    return p->is_filled && is_load(&p->last) && (p->last.writes & in->addressed) == 0;
}

static uint32_t price(struct pipe *p, const struct insn *in, uint32_t cycles)
{
    if (moves_several(in))
        cycles += in->n_moved;
    else if (in->kind == INSN_STORE && in->is_indexed)
        cycles += is_pipelined(p, in) ? 0 : 1;
    else if (is_load(in) && is_pipelined(p, in))
        cycles -= 1;
    /* No forwarding from a result into an address. */
    if (is_memory(in) && p->is_filled && !is_memory(&p->last) &&
        (p->last.writes & in->addressed) != 0)
        cycles += 1;
    p->is_filled = true;
    p->last = *in;
    return cycles;
}

/* Kinds that these cores do not have count as one cycle: they would fault. */
static uint32_t table_cycles(const struct insn *in)
{
    return m4_cycles[in->kind] ? m4_cycles[in->kind] : 1;
}

static uint32_t price_m4(struct pipe *p, const struct insn *in)
{
    return price(p, in, table_cycles(in));
}

static uint32_t price_m3(struct pipe *p, const struct insn *in)
{
    uint32_t cycles = table_cycles(in);
    if (in->kind == INSN_MLA)
        cycles = M3_MLA;
    else if (in->kind == INSN_MUL_LONG)
        cycles = M3_MUL_LONG;
    else if (in->kind == INSN_MLA_LONG)
        cycles = M3_MLA_LONG;
    return price(p, in, cycles);
}

static uint32_t refill(const struct insn *last, const struct insn *to)
{
    if (last->loads_pc || last->kind == INSN_TABLE)
        return REFILL_LOAD;
    if (last->kind == INSN_JUMP || last->kind == INSN_CALL_REGISTER)
        return REFILL_REGISTER;
    return to && to->bytes == 4 && to->address % 4 != 0 ? REFILL_SPLIT : REFILL_EARLY;
}

static uint64_t branch(const struct insn *last, const struct insn *to, uint64_t n_taken,
                       uint64_t n_not)
{
    (void)n_not;
    return n_taken * refill(last, to);
}

const struct core core_cortex_m3 = {
    .name = "cortex-m3",
    .text = "Cortex-M3 by its Technical Reference Manual, DDI 0337I",
    .price = price_m3,
    .branch = branch,
};

const struct core core_cortex_m4 = {
    .name = "cortex-m4",
    .text = "Cortex-M4 by its Technical Reference Manual, DDI 0439D",
    .price = price_m4,
    .branch = branch,
};
