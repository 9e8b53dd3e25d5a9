/* test_cores.c - cycles of small pieces of code, counted by hand. SPDX-License-Identifier: Apache-2.0
 *
 * Every expectation stands with its count: the rule is the one of the manual or model that the file
 * in host/sim/cores names. Code is at address 0x1000 unless stated otherwise, in memory without wait
 * states. Encodings are the GNU assembler's. */
#include "check.h"
#include "sim/profile.h"
#include <inttypes.h>

#define CODE_AT 0x1000u

/* Halfwords of code, run straight through once. */
struct code {
    uint16_t halves[24];
    uint32_t n_halves;
};

#define CODE(...)                                                                                  \
    &(const struct code)                                                                           \
    {                                                                                              \
        .halves = {__VA_ARGS__}, .n_halves = sizeof((uint16_t[]){__VA_ARGS__}) / 2                 \
    }

static struct image image_of(struct arena *a, const char *target, const struct code *c)
{
    struct image m = {.machine = strcmp(target, "rv32imc") == 0 ? MACHINE_RISCV : MACHINE_ARM};
    uint8_t *bytes = arena_alloc(a, 2 * c->n_halves);
    for (uint32_t i = 0; i < c->n_halves; i++) {
        bytes[2 * i] = (uint8_t)c->halves[i];
        bytes[2 * i + 1] = (uint8_t)(c->halves[i] >> 8);
    }
    *VEC_PUSH(a, &m.sections) =
        (struct image_section){.address = CODE_AT, .bytes = {bytes, 2 * c->n_halves}};
    return m;
}

/* Cycles of a trace of one step with n instructions; the plugin would have written its text. */
static uint64_t cycles_of_trace(struct arena *a, const char *target, const struct code *c,
                                const char *text, uint64_t n, uint32_t wait_states)
{
    struct diag d = {0};
    struct trace t;
    struct profile p;
    const struct image m = image_of(a, target, c);
    const struct firmware_run run = {.step_instructions = &n, .instructions = n};
    const struct profile_wish wish = {.core = core_find(target), .wait_states = wait_states};
    CHECK(wish.core != NULL);
    const bool ok = trace_read(a, (struct bytes){(const uint8_t *)text, strlen(text)}, 2, &t, &d) &&
                    profile_join(a, &m, &t, &run, &wish, &p, &d);
    CHECK_STR(d.message, "");
    CHECK(ok);
    CHECK_EQ(p.steps[0].instructions, n);
    return p.steps[0].cycles;
}

/* Cycles of the code run once, from an empty pipeline, not left by a branch. */
static uint64_t once(const char *target, const struct code *c)
{
    struct arena *a = arena_new("test");
    const struct image m = image_of(a, target, c);
    const struct core *core = core_find(target);
    struct pipe p = {0};
    struct insn in;
    uint64_t cycles = 0;
    for (uint32_t at = CODE_AT; at < CODE_AT + 2 * c->n_halves; at += in.bytes) {
        CHECK(image_insn(&m, at, &in));
        cycles += core->price(&p, &in);
    }
    arena_free(a);
    return cycles;
}

/* Cycles of a loop of n_insns instructions, its branch at its end, that runs n_turns times. */
static uint64_t loop(const char *target, const struct code *c, uint32_t n_insns, uint64_t n_turns)
{
    struct arena *a = arena_new("test");
    const uint32_t end = CODE_AT + 2 * c->n_halves;
    const char *text = arena_printf(a,
                                    "block 0 %x %x %" PRIu32 " %" PRIu64
                                    " 1\nregion 0 0 0 0 0 0 0\nregion 1 0 0 0 0 0 0\nend\n",
                                    CODE_AT, end, n_insns, n_turns);
    const uint64_t cycles = cycles_of_trace(a, target, c, text, n_insns * n_turns, 0);
    arena_free(a);
    return cycles;
}

/* ---- Cortex-M4, DDI 0439D ---- */

/* The examples of 3.3.3, "Load/store timings", and what the table of 3.3.1 gives for one. */
TEST(m4_pairs_loads_and_stores_as_its_manual_says)
{
    /* LDR R0,[R1]; LDR R1,[R2] - normally three cycles total */
    CHECK_EQ(once("cortex-m4", CODE(0x6808, 0x6811)), 3);
    /* LDR R0,[R1,R2]; STR R0,[R3,#20] - normally three cycles total */
    CHECK_EQ(once("cortex-m4", CODE(0x5888, 0x6158)), 3);
    /* LDR R0,[R1,R2]; STR R1,[R3,R2] - normally three cycles total */
    CHECK_EQ(once("cortex-m4", CODE(0x5888, 0x5099)), 3);
    /* LDR R0,[R1,R5]; LDR R1,[R2]; LDR R2,[R3,#4] - normally four cycles total */
    CHECK_EQ(once("cortex-m4", CODE(0x5948, 0x6811, 0x685a)), 4);
    /* STR Rx,[Ry,#imm] is always one cycle; with a register offset two */
    CHECK_EQ(once("cortex-m4", CODE(0x6158)), 1);
    CHECK_EQ(once("cortex-m4", CODE(0x5099)), 2);
    /* ldr r0,[r1]; ldr r2,[r0]: the address is the result, not pipelined: 2 + 2 */
    CHECK_EQ(once("cortex-m4", CODE(0x6808, 0x6802)), 4);
    /* adds r0,#4; ldr r1,[r0]: the address was just computed: 1 + 2 + 1 */
    CHECK_EQ(once("cortex-m4", CODE(0x3004, 0x6801)), 4);
}

TEST(m4_takes_a_cycle_more_than_registers_for_moves_of_several)
{
    /* push {r4-r7,lr}: 1 + 5; strd r0,r1,[sp,#8]: 1 + 2; pop {r4-r7,pc}: 1 + 5 and a refill */
    CHECK_EQ(once("cortex-m4", CODE(0xb5f0, 0xe9cd, 0x0102, 0xbdf0)), 6 + 3 + 6);
}

TEST(m4_multiplies_in_one_cycle_and_m3_in_several)
{
    /* umull r0,r1,r2,r3; smlal r0,r1,r4,r5; udiv r0,r1,r2. M4: 1 + 1 + 12. M3: 5 of 3 to 5, 7 of
     * 4 to 7, 12 of 2 to 12 */
    const struct code *c = CODE(0xfba2, 0x0103, 0xfbc4, 0x0105, 0xfbb1, 0xf0f2);
    CHECK_EQ(once("cortex-m4", c), 14);
    CHECK_EQ(once("cortex-m3", c), 24);
    /* sxtb16 r3,r4; smlad r5,r3,r6,r5: 1 + 1 */
    CHECK_EQ(once("cortex-m4", CODE(0xfa2f, 0xf384, 0xfb23, 0x5506)), 2);
}

/*  loop: ldrb r3,[r0],#1      2
 *        ldrb r4,[r1],#1      1: pipelined with the load before it
 *        mla  r5,r3,r4,r5     1 on M4, 2 on M3
 *        subs r2,#1           1
 *        bne  loop            1, and when taken 1 to refill: the target is aligned
 *
 * Ten turns, nine of them taken: M4 10 * 6 + 9 = 69, M3 10 * 7 + 9 = 79. */
TEST(a_dot_product_of_bytes_on_m3_and_m4)
{
    const struct code *c = CODE(0xf810, 0x3b01, 0xf811, 0x4b01, 0xfb03, 0x5504, 0x3a01, 0xd1f7);
    CHECK_EQ(loop("cortex-m4", c, 5, 10), 69);
    CHECK_EQ(loop("cortex-m3", c, 5, 10), 79);
}

/*  loop: ldmia r0!,{r3-r6}    1 + 4
 *        smlad r7,r3,r4,r7    1
 *        smlad r7,r5,r6,r7    1
 *        subs r2,#1           1
 *        bne loop             1, taken 2
 *
 * 100 turns: 100 * 9 + 99. */
TEST(a_loop_with_ldm_and_smlad_on_m4)
{
    const struct code *c = CODE(0xc878, 0xfb23, 0x7704, 0xfb25, 0x7706, 0x3a01, 0xd1f8);
    CHECK_EQ(loop("cortex-m4", c, 5, 100), 999);
}

/* A wide instruction across two words takes one cycle more to be branched to: from 0x1002,
 *
 *  loop: add.w r8,r8,r9   1
 *        subs r2,#1       1
 *        bne loop         1, taken 3
 *
 * 50 turns and the NOP that stands before: 50 * 3 + 49 * 2 + 1. */
TEST(a_loop_that_begins_across_two_words_on_m4)
{
    struct arena *a = arena_new("test");
    const struct code *c = CODE(0xbf00, 0xeb08, 0x0809, 0x3a01, 0xd1fb);
    const char *text = "block 0 1000 100a 4 1 0\nblock 0 1002 100a 3 49 1\n"
                       "region 0 0 0 0 0 0 0\nregion 1 0 0 0 0 0 0\nend\n";
    CHECK_EQ(cycles_of_trace(a, "cortex-m4", c, text, 4 + 3 * 49, 0), 50 * 3 + 49 * 2 + 1);
    arena_free(a);
}

/* ---- Cortex-M33 ---- */

TEST(m33_waits_for_results_of_loads_and_products)
{
    /* ldr r0,[r1]; adds r4,#1; adds r0,#4: 1 + 1 + 1, the load has its two cycles */
    CHECK_EQ(once("cortex-m33", CODE(0x6808, 0x3401, 0x3004)), 3);
    /* ldr r0,[r1]; adds r0,#4: 1 + 1 + a bubble */
    CHECK_EQ(once("cortex-m33", CODE(0x6808, 0x3004)), 3);
    /* smlad r7,r3,r4,r7 twice: the addend is forwarded, 1 + 1 */
    CHECK_EQ(once("cortex-m33", CODE(0xfb23, 0x7704, 0xfb23, 0x7704)), 2);
    /* sxtb16 r3,r4; smlad r5,r3,r6,r5: a result of the DSP extension takes 2 */
    CHECK_EQ(once("cortex-m33", CODE(0xfa2f, 0xf384, 0xfb23, 0x5506)), 3);
}

/*  loop: ldrb r3,[r0],#1      1
 *        ldrb r4,[r1],#1      1
 *        mla  r5,r3,r4,r5     1 and a bubble for r4
 *        subs r2,#1           1
 *        bne  loop            1, taken 3
 *
 * Ten turns: 10 * 6 + 9 * 2. */
TEST(a_dot_product_of_bytes_on_m33)
{
    const struct code *c = CODE(0xf810, 0x3b01, 0xf811, 0x4b01, 0xfb03, 0x5504, 0x3a01, 0xd1f7);
    CHECK_EQ(loop("cortex-m33", c, 5, 10), 78);
}

/* ---- Cortex-M7 ---- */

TEST(m7_issues_two_instructions_a_cycle)
{
    /* ldr r3,[r0] with adds r4,#1; smlad r5,r3,r6,r5 with adds r7,#1 */
    CHECK_EQ(once("cortex-m7", CODE(0x6803, 0x3401, 0xfb23, 0x5506, 0x3701)), 2);
    /* sxtb16 r3,r4; sxtb16 r6,r7: the second has no place in the second slot */
    CHECK_EQ(once("cortex-m7", CODE(0xfa2f, 0xf384, 0xfa2f, 0xf687)), 2);
    /* smlad r7,r3,r4,r7; smlad r5,r3,r6,r5: one multiplier */
    CHECK_EQ(once("cortex-m7", CODE(0xfb23, 0x7704, 0xfb23, 0x5506)), 2);
    /* ldrb r3,[r0]; adds r4,r3,r4: a byte comes two cycles later */
    CHECK_EQ(once("cortex-m7", CODE(0x7803, 0x191c)), 3);
    /* adds r0,#4; ldr r1,[r0]: an address must be there a cycle early */
    CHECK_EQ(once("cortex-m7", CODE(0x3004, 0x6801)), 3);
    /* ldmia r0!,{r3-r6}: alone, two words a cycle and one more */
    CHECK_EQ(once("cortex-m7", CODE(0xc878)), 3);
}

/*  loop: ldrb r3,[r0],#1      } 1, together
 *        ldrb r4,[r1],#1      }
 *        mla  r5,r3,r4,r5     } 2: bytes come two cycles later; with subs
 *        subs r2,#1           }
 *        bne  loop              1; a turn's loads do not issue with it
 *
 * Ten turns of 4, and once 6 for the way out, which was not predicted. */
TEST(a_dot_product_of_bytes_on_m7)
{
    const struct code *c = CODE(0xf810, 0x3b01, 0xf811, 0x4b01, 0xfb03, 0x5504, 0x3a01, 0xd1f7);
    CHECK_EQ(loop("cortex-m7", c, 5, 10), 46);
}

/* ---- Cortex-M55 ---- */

/*  loop: vldrb.u8 q0,[r0],#16     1   memory pipe in cycles 1, 2
 *        vmladava.s8 r4,q0,q4     1   multiplier in 2, 3
 *        vldrb.u8 q1,[r1],#16     1   memory pipe in 3, 4
 *        vmladava.s8 r6,q1,q4     1   multiplier in 4, 5; the next turn's load goes with 5
 *        le lr,loop               0, but 3 once
 *
 * 16 turns: 64 cycles for 512 products, eight a cycle, and 3. */
TEST(m55_overlaps_loads_and_products_of_vectors)
{
    const struct code *c =
        CODE(0xecb0, 0x1e10, 0xeef0, 0x4f28, 0xecb1, 0x3e10, 0xeef2, 0x6f28, 0xf00f, 0xc00b);
    CHECK_EQ(loop("cortex-m55", c, 5, 16), 16 * 4 + 3);
}

/*  loop: vldrb.u8 q0,[r0],#16     1   memory pipe in 1, 2
 *        vmladava.s8 r4,q0,q4     1   multiplier in 2, 3
 *        vldrb.u8 q1,[r1],#16     1   memory pipe in 3, 4
 *        le lr,loop               0, but 3 once
 *
 * The next turn's first load waits for the pipe: 4 cycles a turn, 3 the first time. */
TEST(m55_does_not_overlap_loads_with_loads_even_across_turns)
{
    const struct code *c = CODE(0xecb0, 0x1e10, 0xeef0, 0x4f28, 0xecb1, 0x3e10, 0xf00f, 0xc009);
    CHECK_EQ(loop("cortex-m55", c, 4, 10), 3 + 9 * 4 + 3);
}

TEST(m55_waits_for_results_between_vectors)
{
    /* vqrdmulh q0; vrshl q0 (2 later); vadd q0 (2 later); vmax q0: integer pipe again, 2 later */
    CHECK_EQ(
        once("cortex-m55", CODE(0xff20, 0x0b42, 0xef24, 0x0540, 0xee21, 0x0f43, 0xef20, 0x0646)),
        1 + 2 + 2 + 2);
    /* vldrw q0,[r0]; vldrw q1,[r1]: one pipe */
    CHECK_EQ(once("cortex-m55", CODE(0xed90, 0x1f00, 0xed91, 0x3f00)), 1 + 2);
    /* vldrb q0,[r0,q1] gathers 16 lanes, two a cycle, before vldrw q1,[r1] */
    CHECK_EQ(once("cortex-m55", CODE(0xfc90, 0x0e02, 0xed91, 0x3f00)), 1 + 8);
}

TEST(m55_pairs_simple_instructions_of_16_bits)
{
    /* adds r0,#1 with movs r1,r2 */
    CHECK_EQ(once("cortex-m55", CODE(0x3001, 0x0011)), 1);
    /* ldrb.w r3,[r0]; add.w r4,r4,r3: wide, and a bubble for the load */
    CHECK_EQ(once("cortex-m55", CODE(0xf890, 0x3000, 0xeb04, 0x0403)), 3);
}

/* ---- RV32IMC as CV32E40P ---- */

/*  loop: lb a4,0(a0)      1
 *        lb a5,0(a1)      1
 *        mul a4,a4,a5     1 and a stall: a5 comes from the load before it
 *        add a2,a2,a4     1
 *        addi a0,a0,1     1
 *        addi a1,a1,1     1
 *        addi a3,a3,-1    1
 *        bnez a3,loop     1, taken 3: the target is aligned
 *
 * Ten turns: 10 * 9 + 9 * 2. */
TEST(a_dot_product_of_bytes_on_rv32)
{
    const struct code *c = CODE(0x0703, 0x0005, 0x8783, 0x0005, 0x0733, 0x02f7, 0x963a, 0x0505,
                                0x0585, 0x16fd, 0xf6f5);
    CHECK_EQ(loop("rv32imc", c, 8, 10), 108);
}

TEST(rv32_multiplies_high_in_5_divides_in_35_and_jumps_in_2)
{
    /* mulh a4,a4,a5; div a4,a4,a5 */
    CHECK_EQ(once("rv32imc", CODE(0x1733, 0x02f7, 0x4733, 0x02f7)), 5 + 35);
    /* lw a0,4(sp); jr a0: 1, 2 for the jump, 1 for the load, 1 for the register */
    CHECK_EQ(once("rv32imc", CODE(0x4512, 0x8502)), 5);
}

/* ---- flash ---- */

TEST(wait_states_are_added_for_every_miss)
{
    struct arena *a = arena_new("test");
    const struct code *c = CODE(0xbf00);
    /* 7 misses of data and 2 of code, 5 cycles each, and the NOP */
    const char *text =
        "block 0 1000 1002 1 1 1\nregion 0 0 100 0 80 7 2\nregion 1 0 0 0 0 0 0\nend\n";
    CHECK_EQ(cycles_of_trace(a, "cortex-m4", c, text, 1, 0), 1);
    CHECK_EQ(cycles_of_trace(a, "cortex-m4", c, text, 1, 5), 46);
    arena_free(a);
}

TEST(every_board_with_an_emulator_has_a_model)
{
    uint32_t n;
    const struct target *all = target_list(&n);
    for (uint32_t i = 0; i < n; i++)
        if (all[i].emulator)
            CHECK(core_find(all[i].name) != NULL);
    CHECK(core_find("native") == NULL);
}

/* A kind without a row in a table would cost nothing or stop the model. */
TEST(every_instruction_costs_something_on_every_core)
{
    uint32_t n;
    const struct target *all = target_list(&n);
    for (uint32_t i = 0; i < n; i++) {
        const struct core *core = core_find(all[i].name);
        uint64_t state = test_seed();
        for (uint32_t k = 0; core && k < 100000; k++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            const uint8_t code[4] = {(uint8_t)(state >> 33), (uint8_t)(state >> 41),
                                     (uint8_t)(state >> 49), (uint8_t)(state >> 57)};
            const enum machine machine =
                strcmp(all[i].name, "rv32imc") == 0 ? MACHINE_RISCV : MACHINE_ARM;
            struct insn in;
            struct pipe p = {0};
            CHECK(insn_decode(machine, 0, code, sizeof code, &in));
            const bool is_free = in.kind == INSN_LOOP_END;
            CHECK(core->price(&p, &in) > 0 || is_free);
        }
    }
}

TEST_MAIN(T(m4_pairs_loads_and_stores_as_its_manual_says),
          T(m4_takes_a_cycle_more_than_registers_for_moves_of_several),
          T(m4_multiplies_in_one_cycle_and_m3_in_several), T(a_dot_product_of_bytes_on_m3_and_m4),
          T(a_loop_with_ldm_and_smlad_on_m4), T(a_loop_that_begins_across_two_words_on_m4),
          T(m33_waits_for_results_of_loads_and_products), T(a_dot_product_of_bytes_on_m33),
          T(m7_issues_two_instructions_a_cycle), T(a_dot_product_of_bytes_on_m7),
          T(m55_overlaps_loads_and_products_of_vectors),
          T(m55_does_not_overlap_loads_with_loads_even_across_turns),
          T(m55_waits_for_results_between_vectors), T(m55_pairs_simple_instructions_of_16_bits),
          T(a_dot_product_of_bytes_on_rv32),
          T(rv32_multiplies_high_in_5_divides_in_35_and_jumps_in_2),
          T(wait_states_are_added_for_every_miss), T(every_board_with_an_emulator_has_a_model),
          T(every_instruction_costs_something_on_every_core))
