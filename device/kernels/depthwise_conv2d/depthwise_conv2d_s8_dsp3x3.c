/* depthwise_conv2d_s8_dsp3x3.c - depthwise convolution with windows of 3 x 3 for cores with two
 * 16-bit products an instruction (Cortex-M4, M7, M33). SPDX-License-Identifier: Apache-2.0
 *
 * Channel by channel along a row, straight from the image. A column, three bytes, costs three loads
 * and a PKHBT that makes a pair of the first two. It belongs to three windows, and adds to the sum
 * of each by two instructions: SMLAD for the pair, SMLABB or SMLABT for the third byte. So two sums
 * are under way, a (one column to come) and b (two), and a column completes a third. Nine weights,
 * sums and addresses fill all registers; what else is needed lies on the stack:
 *
 *     r0 {w00, w10}   r1 {w01, w11}   r2 {w02, w12}   r3 {w20, w21}   r4 {w22, channels}
 *     r5 mult   r6 bias   r7 a   r8 b   r9, r10 the column
 *     r11 its address   r12 bytes from a row to the next   lr from the column to its output
 *
 * With a stride of 2 one sum is under way, r8 is the end of the loop, and lr the output's address.
 * ROUND_SCALED (host/pack/record.h) makes a byte of a sum with one constant; the bias is the other.
 *
 * Padding is bytes of in_zero. A column of it is the word {in_zero, in_zero} in r9. A row of it goes
 * into the bias; the other two rows are the pair then. host/pack/nines.h says what is refused.
 *
 * Order: output rows; within a row the channels; within a channel the pixels. */
#include "mote/depthwise_conv2d.h"
#include "mote/isa.h"

size_t mote_depthwise_conv2d_s8_dsp3x3_scratch(const struct mote_depthwise_conv2d_s8 *op)
{
    (void)op;
    return 0;
}

#if MOTE_ISA_DSP
#include "kernels/common/window.h"

/* One output row of all channels. The code below knows it by the offsets: it lies on its stack. */
struct row {
    const uint32_t *constants; /*  0: of the next channel                                        */
    uintptr_t base;            /*  4: first row of the windows in the image, its first pixel     */
    uintptr_t step;            /*  8: bytes from a row to the next                               */
    uintptr_t out;             /* 12: the first output; stride 1: less its last column's address */
    uintptr_t loop_end;        /* 16: base behind the columns of the loop                        */
    uintptr_t back;            /* 20: how far base has moved after a channel, less 1             */
    uintptr_t out_back;        /* 24: the same of out, stride 2                                  */
    uintptr_t end;             /* 28: base of the channel after the last                         */
    uint32_t zeros;            /* 32: {in_zero, in_zero}                                         */
    uint32_t has_left;         /* 36: is the first window's first column padding?                */
    uint32_t has_right;        /* 40: is the last window's last column padding?                  */
    uint32_t has_top;          /* 44: two rows in the image: is the missing one the first?       */
    uint32_t n_loop;           /* 48: rounds of the loop: columns; stride 2: pairs of columns    */
};

/* clang-format off */
#define ENTER                                                                                      \
    "push {r4-r11, lr}\n"                                                                          \
    "ldm r0, {r1-r12, lr}\n"                                                                       \
    "push {r1-r12, lr}\n"                                                                          \
    "ldr r11, [sp, #4]\n"                                                                          \
    "ldr r12, [sp, #8]\n"                                                                          \
    "ldr lr, [sp, #12]\n"
#define LEAVE                                                                                      \
    "add sp, #52\n"                                                                                \
    "pop {r4-r11, pc}\n"

/* The flag at [sp, #at] becomes the address of code, which r0 has, too. */
#define CHOOSE(at, if_zero, if_not)                                                                \
    "ldr r0, [sp, #" at "]\n"                                                                      \
    "cmp r0, #0\n"                                                                                 \
    "ite eq\n"                                                                                     \
    "adreq r0, " if_zero " + 1\n"                                                                  \
    "adrne r0, " if_not " + 1\n"                                                                   \
    "str r0, [sp, #" at "]\n"
#define GO_BY(at)                                                                                  \
    "ldr pc, [sp, #" at "]\n"                                                                      \
    ".balign 4\n"

#define NEXT_CONSTANTS                                                                             \
    "ldr r9, [sp]\n"                                                                               \
    "ldm r9!, {r0-r6}\n"                                                                           \
    "str r9, [sp]\n"

/* A column, of two rows or of three. */
#define LOAD_2                                                                                     \
    "ldrsb r9, [r11]\n"                                                                            \
    "ldrsb r10, [r11, r12]\n"                                                                      \
    "pkhbt r9, r9, r10, lsl #16\n"
#define LOAD LOAD_2                                                                                \
    "ldrsb r10, [r11, r12, lsl #1]\n"
#define MOVE_2 "add r11, r3\n"
#define MOVE   "uxtah r11, r11, r4, ror #16\n"
#define ZEROS  "ldr r9, [sp, #32]\n"

/* What it adds to a sum as the first, the second, the last column of a window; `x` is its third byte. */
#define FIRST_2(sum)     "smlad " sum ", r9, r0, r6\n"
#define SECOND_2(to, of) "smlad " to ", r9, r1, " of "\n"
#define LAST_2           "smlad r7, r9, r2, r7\n"
#define FIRST(sum, x)    FIRST_2(sum) "smlabb " sum ", " x ", r3, " sum "\n"
#define SECOND(to, of)   SECOND_2(to, of) "smlabt " to ", r10, r3, " to "\n"
#define LAST(x)          LAST_2 "smlabb r7, " x ", r4, r7\n"

#define ROUND                                                                                      \
    "smmul r7, r7, r5\n"                                                                           \
    "ssat r7, #8, r7, asr #8\n"
#define STORE_1  "strb r7, [r11, lr]\n"
#define STORE_2  "strb r7, [lr]\n"
#define OUT_BACK                                                                                   \
    "ldr r9, [sp, #24]\n"                                                                          \
    "sub lr, r9\n"
#define NEXT_CHANNEL                                                                               \
    "ldr r9, [sp, #20]\n"                                                                          \
    "sub r11, r9\n"                                                                                \
    "ldr r9, [sp, #28]\n"                                                                          \
    "cmp r11, r9\n"                                                                                \
    "bne 1b\n"

/* Stride 1, the last column of an output: 14 instructions, 56 bytes. */
#define COLUMN LOAD LAST("r10") ROUND STORE_1 MOVE SECOND("r7", "r8") FIRST("r8", "r10")

/* [sp, #4] becomes what follows a round of four columns, [sp, #48] where the first one is entered. */
static __attribute__((naked, noinline)) void row_by_1(const struct row *r __attribute__((unused)))
{
    __asm__ volatile(
        ENTER
        CHOOSE("36", "2f", "3f")
        CHOOSE("40", "8f", "7f")
        "ldr r1, [sp, #48]\n"
        "rsb r2, r1, #0\n"
        "and r2, #3\n"
        "mov r3, #56\n"
        "mul r2, r3\n"
        "adr r3, 5f + 1\n"
        "add r2, r3\n"
        "cmp r1, #0\n"
        "it eq\n"
        "moveq r2, r0\n"
        "str r2, [sp, #48]\n"
        "cmp r1, #4\n"
        "it hi\n"
        "adrhi r0, 6f + 1\n"
        "str r0, [sp, #4]\n"
        "1:\n" /* a channel */
        NEXT_CONSTANTS
        GO_BY("36")
        "2:\n" /* the image begins with the window */
        LOAD MOVE FIRST("r7", "r10")
        "b 4f\n"
        ".balign 4\n"
        "3:\n" /* it begins one column later */
        ZEROS FIRST("r7", "r9")
        "4:\n"
        LOAD MOVE SECOND("r7", "r7") FIRST("r8", "r10")
        GO_BY("48")
        "5:\n"
        COLUMN COLUMN COLUMN COLUMN
        GO_BY("4")
        "6:\n"
        "ldr r9, [sp, #16]\n"
        "cmp r11, r9\n"
        "blo 5b\n"
        GO_BY("40")
        "7:\n" /* the last window ends one column behind the image */
        ZEROS LAST("r9") ROUND STORE_1
        ".balign 4\n"
        "8:\n"
        NEXT_CHANNEL LEAVE);
}

/* Two rows in the image, the other one goes into the bias, and the pairs are of what is left. r3 becomes the
 * number of channels, r4 the end of the loop. */
#define TAKE_TWO_ROWS                                                                              \
    NEXT_CONSTANTS                                                                                 \
    ZEROS                                                                                          \
    GO_BY("44")                                                                                    \
    "10:\n"                                                                                        \
    "smlad r6, r9, r3, r6\n"                                                                       \
    "smlabb r6, r9, r4, r6\n"                                                                      \
    "b 12f\n"                                                                                      \
    ".balign 4\n"                                                                                  \
    "11:\n"                                                                                        \
    "smlabb r6, r9, r0, r6\n"                                                                      \
    "smlabb r6, r9, r1, r6\n"                                                                      \
    "smlabb r6, r9, r2, r6\n"                                                                      \
    "lsr r0, r0, #16\n"                                                                            \
    "lsr r2, r2, #16\n"                                                                            \
    "pkhbt r0, r0, r3, lsl #16\n"                                                                  \
    "pkhtb r1, r3, r1, asr #16\n"                                                                  \
    "pkhbt r2, r2, r4, lsl #16\n"                                                                  \
    "12:\n"                                                                                        \
    "lsr r3, r4, #16\n"                                                                            \
    "ldr r4, [sp, #16]\n"                                                                          \
    GO_BY("36")

/* A channel of such a row, as far as the first column of its first output. */
#define BEGIN_BORDER                                                                               \
    ENTER                                                                                          \
    CHOOSE("36", "2f", "3f")                                                                       \
    CHOOSE("40", "8f", "7f")                                                                       \
    CHOOSE("44", "10f", "11f")                                                                     \
    "1:\n"                                                                                         \
    TAKE_TWO_ROWS                                                                                  \
    "2:\n"                                                                                         \
    LOAD_2 MOVE_2                                                                                  \
    ".balign 4\n"                                                                                  \
    "3:\n" /* r9 is ZEROS */                                                                       \
    FIRST_2("r7")

static __attribute__((naked, noinline)) void border_by_1(const struct row *r
                                                         __attribute__((unused)))
{
    __asm__ volatile(
        BEGIN_BORDER
        LOAD_2 MOVE_2 SECOND_2("r7", "r7") FIRST_2("r8")
        "cmp r11, r4\n"
        "bhs 6f\n"
        "5:\n"
        LOAD_2 LAST_2 ROUND STORE_1 MOVE_2 SECOND_2("r7", "r8") FIRST_2("r8")
        "cmp r11, r4\n"
        "blo 5b\n"
        "6:\n"
        GO_BY("40")
        "7:\n"
        ZEROS LAST_2 ROUND STORE_1
        ".balign 4\n"
        "8:\n"
        NEXT_CHANNEL LEAVE);
}

/* Stride 2, the second and the last column of an output; the last one is the next one's first. 20
 * instructions, 80 bytes. */
#define COLUMNS                                                                                    \
    LOAD MOVE SECOND("r7", "r7") LOAD MOVE LAST("r10") ROUND STORE_2                               \
    "uxtah lr, lr, r4, ror #16\n" FIRST("r7", "r10")

/* [sp, #48] becomes the address where the loop is entered. */
static __attribute__((naked, noinline)) void row_by_2(const struct row *r __attribute__((unused)))
{
    __asm__ volatile(
        ENTER
        "ldr r8, [sp, #16]\n"
        CHOOSE("36", "2f", "3f")
        CHOOSE("40", "8f", "7f")
        "ldr r1, [sp, #48]\n"
        "cbz r1, 4f\n"
        "adr r0, 5f + 1\n"
        "lsls r1, #31\n"
        "it mi\n"
        "addmi r0, #80\n"
        "4:\n"
        "str r0, [sp, #48]\n"
        "1:\n"
        NEXT_CONSTANTS
        GO_BY("36")
        "2:\n"
        LOAD MOVE FIRST("r7", "r10")
        GO_BY("48")
        "3:\n"
        ZEROS FIRST("r7", "r9")
        GO_BY("48")
        "5:\n"
        COLUMNS COLUMNS
        "cmp r11, r8\n"
        "blo 5b\n"
        GO_BY("40")
        "7:\n"
        LOAD MOVE SECOND("r7", "r7") ZEROS LAST("r9") ROUND STORE_2
        "uxtah lr, lr, r4, ror #16\n"
        ".balign 4\n"
        "8:\n"
        OUT_BACK NEXT_CHANNEL LEAVE);
}

static __attribute__((naked, noinline)) void border_by_2(const struct row *r
                                                         __attribute__((unused)))
{
    __asm__ volatile(
        BEGIN_BORDER
        "cmp r11, r4\n"
        "bhs 6f\n"
        "5:\n"
        LOAD_2 MOVE_2 SECOND_2("r7", "r7") LOAD_2 MOVE_2 LAST_2 ROUND STORE_2
        "add lr, r3\n" FIRST_2("r7")
        "cmp r11, r4\n"
        "blo 5b\n"
        "6:\n"
        GO_BY("40")
        "7:\n"
        LOAD_2 MOVE_2 SECOND_2("r7", "r7") ZEROS LAST_2 ROUND STORE_2
        "add lr, r3\n"
        ".balign 4\n"
        "8:\n"
        OUT_BACK NEXT_CHANNEL LEAVE);
}
/* clang-format on */

/* What the rows of a layer have in common; base and out begin at 0. */
static struct row row_of(const struct mote_depthwise_conv2d_s8 *op, const uint32_t *constants)
{
    const uint32_t c = op->in.c, n_out = op->out.w;
    const bool has_left = op->pad_left > 0;
    const bool has_right = (n_out - 1) * op->sw + 2 >= op->in.w + (uint32_t)has_left;
    const uint32_t n_loop = n_out - has_right;
    const uint32_t n_before = (op->sw == 1 ? 2u : 1u) - has_left; /* columns before the loop */
    const uint32_t n_columns = n_before + n_loop * op->sw;
    const uint32_t n_after = op->sw == 2 && has_right;
    return (struct row){.constants = constants,
                        .step = (uintptr_t)op->in.w * c,
                        .out = op->sw == 1 ? 0u - n_before * c : 0u,
                        .loop_end = n_columns * c,
                        .back = (n_columns + n_after) * c - 1,
                        .out_back = n_out * c - 1,
                        .end = c,
                        .zeros = (uint32_t)(uint16_t)op->in_zero * 0x10001u,
                        .has_left = has_left,
                        .has_right = has_right,
                        .n_loop = n_loop};
}

static void compute(const struct row *r, uint32_t stride, bool is_border)
{
    if (stride == 1 && is_border)
        border_by_1(r);
    else if (stride == 1)
        row_by_1(r);
    else if (is_border)
        border_by_2(r);
    else
        row_by_2(r);
}

void mote_depthwise_conv2d_s8_dsp3x3(const struct mote_depthwise_conv2d_s8 *op, const int8_t *in,
                                     const uint32_t *w, const int32_t *none, int8_t *out,
                                     void *scratch)
{
    (void)none;
    (void)scratch;
    const struct row layer = row_of(op, w);
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        const int32_t y = oy * op->sh - op->pad_top;
        const struct mote_taps t = mote_taps_inside(y, 3, 1, op->in.h);
        MOTE_ASSERT(t.end - t.first >= 2);
        int8_t *to = out + (size_t)oy * op->out.w * op->out.c;
        struct row r = layer;
        r.base = (uintptr_t)in + (uintptr_t)(y + t.first) * r.step;
        r.out += (uintptr_t)to - (op->sw == 1 ? r.base : 0);
        r.loop_end += r.base;
        r.end += r.base;
        r.has_top = t.first > 0;
        compute(&r, op->sw, t.end - t.first < 3);
        mote_clamp_s8(to, (size_t)op->out.w * op->out.c, op->out_min, op->out_max);
    }
}
#endif
