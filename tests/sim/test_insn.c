/* test_insn.c - instructions from their encodings. SPDX-License-Identifier: Apache-2.0
 *
 * The encodings are those of the GNU assembler, which shows them as it stands in the third column. */
#include "check.h"
#include "sim/image.h"

#define R(n)  REGISTER(n)
#define Q(n)  (UINT64_C(15) << (ARM_S0 + 4 * (n)))
#define S(n)  REGISTER(ARM_S0 + (n))
#define FLAGS REGISTER_FLAGS

struct expected {
    uint32_t code; /* a wide Thumb instruction: its first halfword is the upper half */
    uint8_t bytes;
    const char *text;
    enum insn_kind kind;
    uint64_t reads, writes;
};

static struct insn decode(enum machine machine, uint32_t code, uint8_t bytes)
{
    const uint32_t word = machine == MACHINE_ARM && bytes == 4 ? code << 16 | code >> 16 : code;
    const uint8_t memory[4] = {(uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16),
                               (uint8_t)(word >> 24)};
    struct insn in;
    CHECK(insn_decode(machine, 0x1000, memory, sizeof memory, &in));
    CHECK_EQ(in.bytes, bytes);
    return in;
}

static void check_all(enum machine machine, const struct expected *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct expected *e = &rows[i];
        const struct insn in = decode(machine, e->code, e->bytes);
        if (in.kind != e->kind || in.reads != e->reads || in.writes != e->writes)
            test_fail(__FILE__, __LINE__, "%s: kind %d reads %llx writes %llx", e->text, in.kind,
                      (unsigned long long)in.reads, (unsigned long long)in.writes);
    }
}

TEST(thumb_instructions_have_a_kind_and_registers)
{
    static const struct expected rows[] = {
        {0x0008, 2, "movs r0, r1", INSN_ALU_SIMPLE, R(1), R(0) | FLAGS},
        {0x00c8, 2, "lsls r0, r1, #3", INSN_SHIFT, R(1), R(0) | FLAGS},
        {0x1888, 2, "adds r0, r1, r2", INSN_ALU, R(1) | R(2), R(0) | FLAGS},
        {0x3a01, 2, "subs r2, #1", INSN_ALU_SIMPLE, R(2), R(2) | FLAGS},
        {0x2a0b, 2, "cmp r2, #11", INSN_ALU, R(2), FLAGS},
        {0x4348, 2, "muls r0, r1", INSN_MUL, R(0) | R(1), R(0) | FLAGS},
        {0x4604, 2, "mov r4, r0", INSN_ALU_SIMPLE, R(0), R(4)},
        {0x44c8, 2, "add r8, r9", INSN_ALU, R(8) | R(9), R(8)},
        {0x4770, 2, "bx lr", INSN_JUMP, R(14), 0},
        {0x47a0, 2, "blx r4", INSN_CALL_REGISTER, R(4), R(14)},
        {0x6808, 2, "ldr r0, [r1]", INSN_LOAD, R(1), R(0)},
        {0x4a0e, 2, "ldr r2, [pc, #56]", INSN_LOAD, 0, R(2)},
        {0x5688, 2, "ldrsb r0, [r1, r2]", INSN_LOAD_NARROW, R(1) | R(2), R(0)},
        {0x7803, 2, "ldrb r3, [r0]", INSN_LOAD_NARROW, R(0), R(3)},
        {0x9801, 2, "ldr r0, [sp, #4]", INSN_LOAD, R(13), R(0)},
        {0x5488, 2, "strb r0, [r1, r2]", INSN_STORE, R(0) | R(1) | R(2), 0},
        {0xb5f0, 2, "push {r4-r7, lr}", INSN_STORE_MANY, R(4) | R(5) | R(6) | R(7) | R(14) | R(13),
         R(13)},
        {0xbdf0, 2, "pop {r4-r7, pc}", INSN_LOAD_MANY, R(13), R(4) | R(5) | R(6) | R(7) | R(13)},
        {0xc878, 2, "ldmia r0!, {r3-r6}", INSN_LOAD_MANY, R(0), R(0) | R(3) | R(4) | R(5) | R(6)},
        {0xb082, 2, "sub sp, #8", INSN_ALU, R(13), R(13)},
        {0xb240, 2, "sxtb r0, r0", INSN_ALU_SIMPLE, R(0), R(0)},
        {0xb130, 2, "cbz r0, .+16", INSN_BRANCH_IF, R(0), 0},
        {0xbf94, 2, "ite ls", INSN_IT, FLAGS, 0},
        {0xbf00, 2, "nop", INSN_NOP, 0, 0},
        {0xbeab, 2, "bkpt 0xab", INSN_SYSTEM, 0, 0},
        {0xe8bd4070, 4, "ldmia.w sp!, {r4-r6, lr}", INSN_LOAD_MANY, R(13),
         R(4) | R(5) | R(6) | R(14) | R(13)},
        {0xe9cd4500, 4, "strd r4, r5, [sp]", INSN_STORE_DUAL, R(4) | R(5) | R(13), 0},
        {0xe9d23402, 4, "ldrd r3, r4, [r2, #8]", INSN_LOAD_DUAL, R(2), R(3) | R(4)},
        {0xe8dff003, 4, "tbb [pc, r3]", INSN_TABLE, R(3), 0},
        {0xeb080809, 4, "add.w r8, r8, r9", INSN_ALU, R(8) | R(9), R(8)},
        {0xeb0000c1, 4, "add.w r0, r0, r1, lsl #3", INSN_ALU_SHIFTED_LEFT, R(0) | R(1), R(0)},
        {0xeba000e1, 4, "sub.w r0, r0, r1, asr #3", INSN_ALU_SHIFTED, R(0) | R(1), R(0)},
        {0xea4f00e1, 4, "mov.w r0, r1, asr #3", INSN_SHIFT, R(1), R(0)},
        {0xeac10002, 4, "pkhbt r0, r1, r2", INSN_PARALLEL, R(1) | R(2), R(0)},
        {0xf04f33ff, 4, "mov.w r3, #-1", INSN_ALU, 0, R(3)},
        {0xf1b30f0a, 4, "cmp.w r3, #10", INSN_ALU, R(3), FLAGS},
        {0xf6434321, 4, "movw r3, #15393", INSN_ALU, 0, R(3)},
        {0xf3c10007, 4, "ubfx r0, r1, #0, #8", INSN_SHIFT, R(1), R(0)},
        {0xf3010007, 4, "ssat r0, #8, r1", INSN_SHIFT, R(1), R(0)},
        {0xf3210007, 4, "ssat16 r0, #8, r1", INSN_PARALLEL, R(1), R(0)},
        {0xf8113b01, 4, "ldrb.w r3, [r1], #1", INSN_LOAD_NARROW, R(1), R(1) | R(3)},
        {0xf8553022, 4, "ldr.w r3, [r5, r2, lsl #2]", INSN_LOAD, R(2) | R(5), R(3)},
        {0xf8df1004, 4, "ldr.w r1, [pc, #4]", INSN_LOAD, 0, R(1)},
        {0xf8453022, 4, "str.w r3, [r5, r2, lsl #2]", INSN_STORE, R(2) | R(3) | R(5), 0},
        {0xfa2ff384, 4, "sxtb16 r3, r4", INSN_PARALLEL, R(4), R(3)},
        {0xfa81f082, 4, "qadd r0, r2, r1", INSN_SHIFT, R(1) | R(2), R(0)},
        {0xfa91f002, 4, "sadd16 r0, r1, r2", INSN_PARALLEL, R(1) | R(2), R(0)},
        {0xfab0f080, 4, "clz r0, r0", INSN_SHIFT, R(0), R(0)},
        {0xfb035504, 4, "mla r5, r3, r4, r5", INSN_MLA, R(3) | R(4) | R(5), R(5)},
        {0xfb237704, 4, "smlad r7, r3, r4, r7", INSN_MUL_DSP, R(3) | R(4) | R(7), R(7)},
        {0xfba20103, 4, "umull r0, r1, r2, r3", INSN_MUL_LONG, R(2) | R(3), R(0) | R(1)},
        {0xfbc40105, 4, "smlal r0, r1, r4, r5", INSN_MLA_LONG, R(0) | R(1) | R(4) | R(5),
         R(0) | R(1)},
        {0xfbc201c3, 4, "smlald r0, r1, r2, r3", INSN_MUL_DSP, R(0) | R(1) | R(2) | R(3),
         R(0) | R(1)},
        {0xfbb1f0f2, 4, "udiv r0, r1, r2", INSN_DIV, R(1) | R(2), R(0)},
        {0xf7ffffb6, 4, "bl .-144", INSN_CALL, 0, R(14)},
        {0xf000b937, 4, "b.w .+626", INSN_BRANCH, 0, 0},
        {0xf3bf8f6f, 4, "isb sy", INSN_SYSTEM, 0, 0},
    };
    check_all(MACHINE_ARM, rows, sizeof rows / sizeof rows[0]);
}

TEST(floating_point_and_vector_instructions_too)
{
    static const struct expected rows[] = {
        {0xed907a00, 4, "vldr s14, [r0]", INSN_FP_LOAD, R(0), S(14)},
        {0xee377a87, 4, "vadd.f32 s14, s15, s14", INSN_FP_ALU, S(15) | S(14), S(14)},
        {0xeea00a81, 4, "vfma.f32 s0, s1, s2", INSN_FP_MLA, S(0) | S(1) | S(2), S(0)},
        {0xee070a10, 4, "vmov s14, r0", INSN_FP_MOVE, R(0), S(14)},
        {0xecb01e10, 4, "vldrb.u8 q0, [r0], #16", INSN_V_LOAD, R(0), R(0) | Q(0)},
        {0xfc914f47, 4, "vldrw.u32 q2, [r1, q3, uxtw #2]", INSN_V_GATHER, R(1) | Q(3), Q(2)},
        {0xec820f46, 4, "vstrw.32 q0, [r2, q3]", INSN_V_SCATTER, R(2) | Q(0) | Q(3), 0},
        {0xfc901e01, 4, "vld40.8 {q0-q3}, [r0]", INSN_V_INTERLEAVED_LOAD, R(0), Q(0)},
        {0xeef00f02, 4, "vmladav.s8 r0, q0, q1", INSN_V_MUL_ACROSS, Q(0) | Q(1), R(0)},
        {0xeef00f22, 4, "vmladava.s8 r0, q0, q1", INSN_V_MUL_ACROSS, R(0) | Q(0) | Q(1), R(0)},
        {0xee800e22, 4, "vmlaldava.s16 r0, r1, q0, q1", INSN_V_MUL_ACROSS,
         R(0) | R(1) | Q(0) | Q(1), R(0) | R(1)},
        {0xeef10f02, 4, "vaddv.s8 r0, q1", INSN_V_ACROSS, Q(1), R(0)},
        {0xee230e43, 4, "vmla.s32 q0, q1, r3", INSN_V_MUL, R(3) | Q(0) | Q(1), Q(0)},
        {0xff220b44, 4, "vqrdmulh.s32 q0, q1, q2", INSN_V_MUL, Q(1) | Q(2), Q(0)},
        {0xee030e04, 4, "vmullb.s8 q0, q1, q2", INSN_V_MUL, Q(1) | Q(2), Q(0)},
        {0xef240542, 4, "vrshl.s32 q0, q1, q2", INSN_V_SHIFT, Q(1) | Q(2), Q(0)},
        {0xee230f42, 4, "vadd.i32 q0, q1, r2", INSN_V_ALU, R(2) | Q(1), Q(0)},
        {0xef024046, 4, "vhadd.s8 q2, q1, q3", INSN_V_ALU, Q(1) | Q(3), Q(2)},
        {0xee370e03, 4, "vqmovnb.s32 q0, q1", INSN_V_NARROW, Q(0) | Q(1), Q(0)},
        {0xfe710f4d, 4, "vpst", INSN_V_PREDICATE, 0, 0},
        {0xf001e801, 4, "vctp.8 r1", INSN_V_PREDICATE, R(1), 0},
        {0xeea01b10, 4, "vdup.32 q0, r1", INSN_V_ALU, R(1), Q(0)},
        {0xee520b70, 4, "vmov.s8 r0, q1[3]", INSN_FP_MOVE, Q(1), R(0)},
        {0xef020c54, 4, "vfma.f32 q0, q1, q2", INSN_V_MUL_FLOAT, Q(0) | Q(1) | Q(2), Q(0)},
        {0xf043e001, 4, "dls lr, r3", INSN_LOOP_BEGIN, R(3), R(14)},
        {0xf00fc807, 4, "le lr, .-10", INSN_LOOP_END, 0, 0},
        {0xea518002, 4, "csel r0, r1, r2, eq", INSN_ALU, R(1) | R(2) | FLAGS, R(0)},
    };
    check_all(MACHINE_ARM, rows, sizeof rows / sizeof rows[0]);
}

TEST(riscv_instructions_have_a_kind_and_registers)
{
    static const struct expected rows[] = {
        {0x00050703, 4, "lb a4, 0(a0)", INSN_LOAD_NARROW, R(10), R(14)},
        {0x0045a783, 4, "lw a5, 4(a1)", INSN_LOAD, R(11), R(15)},
        {0x00f58023, 4, "sb a5, 0(a1)", INSN_STORE, R(11) | R(15), 0},
        {0x02f70733, 4, "mul a4, a4, a5", INSN_MUL, R(14) | R(15), R(14)},
        {0x02f71733, 4, "mulh a4, a4, a5", INSN_MUL_LONG, R(14) | R(15), R(14)},
        {0x02f74733, 4, "div a4, a4, a5", INSN_DIV, R(14) | R(15), R(14)},
        {0x40f70733, 4, "sub a4, a4, a5", INSN_ALU, R(14) | R(15), R(14)},
        {0x00001537, 4, "lui a0, 1", INSN_ALU, 0, R(10)},
        {0x0000006f, 4, "j .", INSN_BRANCH, 0, 0},
        {0x000000ef, 4, "jal .", INSN_CALL, 0, R(1)},
        {0x00008067, 4, "ret", INSN_JUMP, R(1), 0},
        {0x963a, 2, "add a2, a2, a4", INSN_ALU, R(12) | R(14), R(12)},
        {0x0505, 2, "addi a0, a0, 1", INSN_ALU, R(10), R(10)},
        {0x853e, 2, "mv a0, a5", INSN_ALU, R(15), R(10)},
        {0xf6f5, 2, "bnez a3, .-20", INSN_BRANCH_IF, R(13), 0},
        {0x4512, 2, "lw a0, 4(sp)", INSN_LOAD, R(2), R(10)},
        {0xc22a, 2, "sw a0, 4(sp)", INSN_STORE, R(2) | R(10), 0},
        {0x4188, 2, "lw a0, 0(a1)", INSN_LOAD, R(11), R(10)},
        {0x8502, 2, "jr a0", INSN_JUMP, R(10), 0},
        {0x9502, 2, "jalr a0", INSN_CALL_REGISTER, R(10), R(1)},
        {0x7139, 2, "addi sp, sp, -64", INSN_ALU, R(2), R(2)},
        {0x0001, 2, "nop", INSN_NOP, 0, 0},
    };
    check_all(MACHINE_RISCV, rows, sizeof rows / sizeof rows[0]);
}

TEST(moves_of_several_registers_weigh_as_many)
{
    CHECK_EQ(insn_weight(&(struct insn){.n_moved = 1}), 1);
    static const struct {
        uint32_t code;
        uint8_t bytes;
        uint32_t weight;
    } rows[] = {
        {0xc878, 2, 4},     /* ldmia r0!, {r3-r6}      */
        {0xb5f0, 2, 5},     /* push {r4-r7, lr}        */
        {0xbdf0, 2, 5},     /* pop {r4-r7, pc}         */
        {0xe9cd4500, 4, 2}, /* strd r4, r5, [sp]       */
        {0xe8900ff0, 4, 8}, /* ldmia.w r0, {r4-r11}    */
        {0xec900a04, 4, 4}, /* vldmia r0, {s0-s3}      */
        {0xed2d8b04, 4, 2}, /* vpush {d8, d9}          */
        {0x6808, 2, 1},     /* ldr r0, [r1]            */
        {0xecb01e10, 4, 1}, /* vldrb.u8 q0, [r0], #16  */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct insn in = decode(MACHINE_ARM, rows[i].code, rows[i].bytes);
        CHECK_EQ(insn_weight(&in), rows[i].weight);
    }
}

TEST(branches_to_constant_addresses_have_a_target)
{
    CHECK_EQ(decode(MACHINE_ARM, 0xd1f7, 2).target, 0x1000 - 14);       /* bne .-14  */
    CHECK_EQ(decode(MACHINE_ARM, 0xb130, 2).target, 0x1000 + 16);       /* cbz .+16  */
    CHECK_EQ(decode(MACHINE_ARM, 0xe7fe, 2).target, 0x1000);            /* b .       */
    CHECK_EQ(decode(MACHINE_ARM, 0xf7ffffb6, 4).target, 0x1000 - 144);  /* bl .-144  */
    CHECK_EQ(decode(MACHINE_ARM, 0xf000b937, 4).target, 0x1000 + 626);  /* b.w .+626 */
    CHECK_EQ(decode(MACHINE_ARM, 0xf00fc807, 4).target, 0x1000 - 10);   /* le .-10   */
    CHECK_EQ(decode(MACHINE_ARM, 0x4770, 2).target, 0);                 /* bx lr     */
    CHECK_EQ(decode(MACHINE_RISCV, 0xf6f5, 2).target, 0x1000 - 20);     /* bnez .-20 */
    CHECK_EQ(decode(MACHINE_RISCV, 0xfe0718e3, 4).target, 0x1000 - 16); /* bnez a4, .-16 */
    CHECK_EQ(decode(MACHINE_RISCV, 0x0000006f, 4).target, 0x1000);      /* j .       */
    CHECK(decode(MACHINE_ARM, 0xbdf0, 2).loads_pc);
}

TEST(code_that_ends_within_an_instruction_is_no_instruction)
{
    const uint8_t wide[4] = {0x03, 0xfb, 0x04, 0x55};
    struct insn in;
    CHECK(!insn_decode(MACHINE_ARM, 0, wide, 0, &in));
    CHECK(!insn_decode(MACHINE_ARM, 0, wide, 1, &in));
    CHECK(!insn_decode(MACHINE_ARM, 0, wide, 3, &in));
    CHECK(insn_decode(MACHINE_ARM, 0, wide, 4, &in));
}

/* Whatever the bytes, there is some instruction: nothing reads out of bounds or asserts. */
TEST(every_encoding_decodes_to_something)
{
    uint64_t state = test_seed();
    for (uint32_t i = 0; i < 200000; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        const uint8_t code[4] = {(uint8_t)(state >> 33), (uint8_t)(state >> 41),
                                 (uint8_t)(state >> 49), (uint8_t)(state >> 57)};
        struct insn in;
        for (uint32_t m = 0; m < 2; m++) {
            CHECK(insn_decode(m ? MACHINE_RISCV : MACHINE_ARM, i, code, sizeof code, &in));
            CHECK(in.kind < N_INSN_KINDS);
            CHECK(in.n_moved > 0);
        }
    }
}

TEST_MAIN(T(thumb_instructions_have_a_kind_and_registers),
          T(floating_point_and_vector_instructions_too),
          T(riscv_instructions_have_a_kind_and_registers),
          T(moves_of_several_registers_weigh_as_many),
          T(branches_to_constant_addresses_have_a_target),
          T(code_that_ends_within_an_instruction_is_no_instruction),
          T(every_encoding_decodes_to_something))
