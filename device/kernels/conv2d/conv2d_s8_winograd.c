/* conv2d_s8_winograd.c - 3x3 convolution with stride 1 for cores with two 16-bit products an
 * instruction (Cortex-M4, M7, M33). SPDX-License-Identifier: Apache-2.0
 *
 * Winograd's F(2x2, 3x3) in integers, exactly: host/pack/winograd.h has the algebra. 16 products of
 * transformed inputs and weights make a tile of 2x2 outputs, where the definition needs 36.
 *
 * Two tiles side by side at a time. Their inputs are transformed once, V, and serve all output
 * channels. For four channels, the products of one position after the other are summed over the
 * input channels: two tiles by four channels, eight sums in registers, 14 instructions for 16
 * products. Two sums and their difference are all that A' needs:
 *
 *     y[0] = m[0] + m[1] + m[2]        d = m[1] - m[2], and going on from it y[1] = d - m[3]
 *     y[1] = m[1] - m[2] - m[3]        s = 2 m[1] - d,  and going on from it y[0] = s + m[0]
 *
 * with the products of 2 and 3 negated by the host: so sums go on from position to position, in the
 * order 1, 2, 3, 0, and m[1] and d are put aside. Likewise for the rows of positions, of which each
 * has two results, r[1] and e = r[0] - r[1]: a row that begins from r[1] adds it to both.
 *
 *     A, E  r[1] and e of row 1          B, F  the same of row 1 minus row 2, which goes on from it
 *     then rows 1 - 2 - 3, the outputs y[1][1] and y[1][0]; 2 A - B and 2 E - F are those of row 1
 *     plus row 2, and with row 0 become y[0][1] and y[0][0].
 *
 * Order: pairs of output rows; within a pair, from left to right, what lies under four columns of
 * outputs is read before they are written, and not again: the two columns of inputs that the
 * next tile shares are recovered from V. host/sched/lead.c relies on this. */
#include "mote/conv2d.h"
#include "mote/isa.h"

#define TILES       2   /* side by side, of 2x2 outputs                */
#define GROUP       4   /* input channels                              */
#define POSITIONS   4   /* of a tile of inputs, along each dimension   */
#define COLUMNS     4   /* of inputs that two more tiles need          */
#define PATCH_BYTES 256 /* copies of inputs up to this size lie on the stack */

/* Of V: for each position and group of channels {c, c + 2}, {c + 1, c + 3} of tile 0, of tile 1. */
static size_t transformed_bytes(const struct mote_conv2d_s8 *op)
{
    return (size_t)POSITIONS * POSITIONS * TILES * 2 * op->in.c;
}

static size_t patch_bytes(const struct mote_conv2d_s8 *op)
{
    return (size_t)POSITIONS * COLUMNS * op->in.c;
}

size_t mote_conv2d_s8_winograd_scratch(const struct mote_conv2d_s8 *op)
{
    const size_t patch = patch_bytes(op);
    return transformed_bytes(op) + (patch <= PATCH_BYTES ? 0 : patch);
}

#if MOTE_ISA_DSP
#include <string.h>

#include "kernels/common/asm_dsp.h"
#include "kernels/common/window.h"

/* Bytes of V from one position to the next. */
static uint32_t step_bytes(const struct mote_conv2d_s8 *op)
{
    return op->in.c * 2u * TILES;
}

/* What the inner loops share, by the offsets that they know it by. */
struct tiles {
    int8_t *out[4][TILES];  /*  0: y[1][1], y[1][0], y[0][1], y[0][0] of the tiles; move on */
    const int32_t *records; /* 32: of the block that is computed                            */
    uintptr_t w, w_end;     /* 36, 40: weights of all blocks; less 4, as x                  */
    uintptr_t x;            /* 44: V                                                        */
    uint32_t step;          /* 48: its bytes a position                                     */
    uint32_t skip;          /* 52: code bytes of the first round that are jumped            */
    uint32_t is_exact;      /* 56: ROUND_EXACT                                              */
};

/* Two input channels by two tiles by four output channels, their sums in r6 to r12 and lr. Four
 * loads and two stand side by side, since these cores pipeline them. Both pointers, r4 and r5, are
 * four bytes low. */
#define PRODUCTS(x0, x1, w0, w1, w2, w3)                                                           \
    "ldr r0, [r4, #" w0 "]\n"                                                                      \
    "ldr r1, [r4, #" w1 "]\n"                                                                      \
    "ldr r2, [r5, #" x0 "]\n"                                                                      \
    "ldr r3, [r5, #" x1 "\n"                                                                       \
    "smlad r6, r0, r2, r6\n"                                                                       \
    "smlad r7, r0, r3, r7\n"                                                                       \
    "smlad r8, r1, r2, r8\n"                                                                       \
    "smlad r9, r1, r3, r9\n"                                                                       \
    "ldr r0, [r4, #" w2 "]\n"                                                                      \
    "ldr r1, [r4, #" w3 "\n"                                                                       \
    "smlad r10, r0, r2, r10\n"                                                                     \
    "smlad r11, r0, r3, r11\n"                                                                     \
    "smlad r12, r1, r2, r12\n"                                                                     \
    "smlad lr, r1, r3, lr\n"
#define GROUP_OF_INPUTS                                                                            \
    PRODUCTS("4", "12]", "4", "8", "12", "16]")                                                    \
    PRODUCTS("8", "16]!", "20", "24", "28", "32]!")
#define GROUP_CODE 92u
#define ROUND      4u /* groups in the loop */

/* The frame: the end of x of this position, what follows it, where the loop is entered, `step`, the
 * tiles, which outputs are next, records of channels, how sums are rounded, what follows that, what
 * follows position 3 of the row; then vectors of eight sums. */
#define END    "#0"
#define NEXT   "#4"
#define ENTRY  "#8"
#define STEP   "#12"
#define TILES_ "#16"
#define OUTS   "#20"
#define RECORD "#24"
#define ROUNDS "#28"
#define RETURN "#32"
#define NEXT3  "#36"
#define M1     48
#define D      80
#define A      112
#define E      144
#define B      176
#define F      208
#define FRAME  "#240"

#define STRING_(x) #x
#define STRING(x)  STRING_(x)

#define SUMS "{r6-r12, lr}\n"
#define PUT(at)                                                                                    \
    "add r0, sp, #" STRING(at) "\n"                                                                \
                               "stm r0, " SUMS
#define GET(at)                                                                                    \
    "add r0, sp, #" STRING(at) "\n"                                                                \
                               "ldm r0, " SUMS
#define SET(slot, label)                                                                           \
    "adr r0, " label " + 1\n"                                                                      \
    "str r0, [sp, " slot "]\n"

/* The products of the next position, then what NEXT says. */
#define GO                                                                                         \
    "ldr r1, [sp, " STEP "]\n"                                                                     \
    "adds r0, r5, r1\n"                                                                            \
    "str r0, [sp, " END "]\n"                                                                      \
    "ldr pc, [sp, " ENTRY "]\n"

/* s = 2 m[1] - d of sum i -> r0, one of its four bytes at a time in the frame */
#define S(i)                                                                                       \
    "ldr r0, [sp, #" STRING(M1) " + 4 * " #i "]\n"                                                 \
                                "ldr r1, [sp, #" STRING(D) " + 4 * " #i "]\n"                      \
                                                           "rsb r0, r1, r0, lsl #1\n"
#define LOAD(to, at, i) "ldr " to ", [sp, #" STRING(at) " + 4 * " #i "]\n"
#define EACH(what)                                                                                 \
    what("r6", 0) what("r7", 1) what("r8", 2) what("r9", 3) what("r10", 4) what("r11", 5)          \
        what("r12", 6) what("lr", 7)

/* What position 0 begins from, in each row of positions. */
#define BEGIN_1(sum, i) S(i) "sub " sum ", r0, " sum "\n"
#define BEGIN_2(sum, i)                                                                            \
    LOAD("r2", E, i)                                                                               \
    S(i)                                                                                           \
    "sub r2, " sum "\n"                                                                            \
    "add " sum ", r0, r2\n"
#define BEGIN_3(sum, i) LOAD("r2", F, i) S(i) "add " sum ", r0, r2\n"
#define BEGIN_0(sum, i)                                                                            \
    LOAD("r2", E, i)                                                                               \
    LOAD("r3", F, i)                                                                               \
    S(i)                                                                                           \
    "rsb r2, r3, r2, lsl #1\n"                                                                     \
    "add " sum ", r0, r2\n"
/* And what row 0 begins from. */
#define TWICE_LESS_B(sum, i) LOAD("r0", B, i) "rsb " sum ", r0, " sum ", lsl #1\n"

/* One channel of both tiles: the next record, at r3, makes bytes of the sums. */
#define QUARTER(p0, p1)                                                                            \
    "asr " p0 ", #2\n"                                                                             \
    "asr " p1 ", #2\n"
#define PROVED(p0, p1)                                                                             \
    "ldrd r0, r1, [r3], #8\n" QUARTER(p0, p1) MOTE_DSP_PROVED_2(p0, p1, "r0", "r1")
#define EXACT(p0, p1)                                                                              \
    "ldm r3!, {r0, r1, r2}\n" QUARTER(p0, p1) MOTE_DSP_EXACT_2(p0, p1, "r0", "r1", "r2")

/* Write the sums to the next two outputs, then go to `label`. */
#define FINISH(label)                                                                              \
    SET(RETURN, label)                                                                             \
    "ldr r3, [sp, " RECORD "]\n"                                                                   \
    "ldr pc, [sp, " ROUNDS "]\n"

/* clang-format off */
/* The frame. */
#define ENTER_TILES                                                                                \
    "push {r3-r11, lr}\n"                                                                          \
    "sub sp, " FRAME "\n"                                                                          \
    "str r0, [sp, " TILES_ "]\n"                                                                   \
    "ldr r4, [r0, #36]\n"                                                                          \
    "ldr r1, [r0, #48]\n"                                                                          \
    "str r1, [sp, " STEP "]\n"                                                                     \
    "ldr r1, [r0, #52]\n"                                                                          \
    "adr r2, 1f + 1\n"                                                                             \
    "add r1, r2\n"                                                                                 \
    "str r1, [sp, " ENTRY "]\n"                                                                    \
    "ldr r1, [r0, #56]\n"                                                                          \
    "cmp r1, #0\n"                                                                                 \
    "ite eq\n"                                                                                     \
    "adreq r1, 7f + 1\n"                                                                           \
    "adrne r1, 8f + 1\n"                                                                           \
    "str r1, [sp, " ROUNDS "]\n"                                                                   \
    "ldr r3, [r0, #32]\n"

/* Position 1 of row 1 begins from the biases, with the records at r3. */
#define BEGIN_BLOCK                                                                                \
    "2:\n"                                                                                         \
    "ldm r3!, {r6, r8, r10, r12}\n"                                                                \
    "str r3, [sp, " RECORD "]\n"                                                                   \
    "ldr r0, [sp, " TILES_ "]\n"                                                                   \
    "str r0, [sp, " OUTS "]\n"                                                                     \
    "ldr r5, [r0, #44]\n"                                                                          \
    "mov r7, r6\n"                                                                                 \
    "mov r9, r8\n"                                                                                 \
    "mov r11, r10\n"                                                                               \
    "mov lr, r12\n"                                                                                \
    SET(NEXT3, "31f")                                                                              \
    "b 10f\n"

/* The products of a position: GO comes here. */
#define SUM_POSITION                                                                               \
    ".balign 4\n"                                                                                  \
    "1:\n" /* a round */                                                                           \
    GROUP_OF_INPUTS GROUP_OF_INPUTS GROUP_OF_INPUTS GROUP_OF_INPUTS                                \
    "ldr r0, [sp, " END "]\n"                                                                      \
    "cmp r5, r0\n"                                                                                 \
    "bne 1b\n"                                                                                     \
    "ldr pc, [sp, " NEXT "]\n"

/* After positions 1 and 2 of any row. */
#define POSITIONS_1_2                                                                              \
    ".balign 4\n"                                                                                  \
    "11:\n"                                                                                        \
    PUT(M1) SET(NEXT, "12f") GO                                                                    \
    ".balign 4\n"                                                                                  \
    "12:\n"                                                                                        \
    PUT(D)                                                                                         \
    "ldr r0, [sp, " NEXT3 "]\n"                                                                    \
    "str r0, [sp, " NEXT "]\n"                                                                     \
    GO

/* Row 1, after position 3 and after position 0. */
#define ROW_1                                                                                      \
    ".balign 4\n"                                                                                  \
    "31:\n"                                                                                        \
    PUT(A) EACH(BEGIN_1) SET(NEXT, "41f") GO                                                       \
    ".balign 4\n"                                                                                  \
    "41:\n" /* after position 0 */                                                                 \
    PUT(E) GET(A) SET(NEXT3, "32f")                                                                \
    "10:\n"                                                                                        \
    SET(NEXT, "11b") GO

/* Row 2, likewise. */
#define ROW_2                                                                                      \
    ".balign 4\n"                                                                                  \
    "32:\n"                                                                                        \
    PUT(B) EACH(BEGIN_2) SET(NEXT, "42f") GO                                                       \
    ".balign 4\n"                                                                                  \
    "42:\n"                                                                                        \
    PUT(F) GET(B) SET(NEXT3, "33f")                                                                \
    "b 10b\n"

/* Rows 3 and 0 finish an output after position 3, another after position 0. */
#define ROW_3                                                                                      \
    ".balign 4\n"                                                                                  \
    "33:\n"                                                                                        \
    FINISH("53f")                                                                                  \
    ".balign 4\n"                                                                                  \
    "53:\n"                                                                                        \
    EACH(BEGIN_3) SET(NEXT, "43f") GO                                                              \
    ".balign 4\n"                                                                                  \
    "43:\n"                                                                                        \
    FINISH("63f")                                                                                  \
    ".balign 4\n"                                                                                  \
    "63:\n"                                                                                        \
    GET(A) EACH(TWICE_LESS_B) SET(NEXT3, "30f")                                                    \
    "b 10b\n"

#define ROW_0                                                                                      \
    ".balign 4\n"                                                                                  \
    "30:\n"                                                                                        \
    FINISH("50f")                                                                                  \
    ".balign 4\n"                                                                                  \
    "50:\n"                                                                                        \
    EACH(BEGIN_0) SET(NEXT, "40f") GO                                                              \
    ".balign 4\n"                                                                                  \
    "40:\n"                                                                                        \
    FINISH("60f")                                                                                  \
    ".balign 4\n"                                                                                  \
    "60:\n"

/* After the last output of a block. */
#define NEXT_BLOCK                                                                                 \
    "ldr r0, [sp, " TILES_ "]\n"                                                                   \
    "ldr r1, [r0, #40]\n"                                                                          \
    "cmp r4, r1\n"                                                                                 \
    "bne 2b\n"                                                                                     \
    "str r3, [r0, #32]\n"                                                                          \
    "add sp, " FRAME "\n"                                                                          \
    "pop {r3-r11, pc}\n"

/* What FINISH goes to: bytes of eight sums, of the next two outputs. */
#define STORE_SUMS                                                                                 \
    ".balign 4\n"                                                                                  \
    "8:\n"                                                                                         \
    EXACT("r6", "r7") EXACT("r8", "r9") EXACT("r10", "r11") EXACT("r12", "lr")                     \
    "b 9f\n"                                                                                       \
    ".balign 4\n"                                                                                  \
    "7:\n"                                                                                         \
    PROVED("r6", "r7") PROVED("r8", "r9") PROVED("r10", "r11") PROVED("r12", "lr")                 \
    "9:\n" /* store */                                                                             \
    "ldr r2, [sp, " OUTS "]\n"                                                                     \
    "ldm r2, {r0, r1}\n"                                                                           \
    "strb r7, [r1], #1\n"                                                                          \
    "strb r9, [r1], #1\n"                                                                          \
    "strb r11, [r1], #1\n"                                                                         \
    "strb lr, [r1], #1\n"                                                                          \
    "strb r6, [r0], #1\n"                                                                          \
    "strb r8, [r0], #1\n"                                                                          \
    "strb r10, [r0], #1\n"                                                                         \
    "strb r12, [r0], #1\n"                                                                         \
    "stm r2!, {r0, r1}\n"                                                                          \
    "str r2, [sp, " OUTS "]\n"                                                                     \
    "ldr pc, [sp, " RETURN "]\n"

/* All blocks of output channels of two tiles. Where a tile or a column or row of it is missing, `out`
 * names another twice: tile 1 is written before tile 0, y[1] before y[0], so the right one stays. */
static __attribute__((naked, noinline)) void sum_tiles(struct tiles *t __attribute__((unused)))
{
    __asm__ volatile(
        ENTER_TILES
        BEGIN_BLOCK
        SUM_POSITION
        POSITIONS_1_2
        ROW_1
        ROW_2
        ROW_3
        ROW_0
        NEXT_BLOCK
        STORE_SUMS);
}
/* clang-format on */

/* What the transform of inputs knows by offsets. Rows of positions in the order 1, 2, 3, 0, made of
 * rows 1 + 2, 2 - 1, 1 - 3, 0 - 2 of inputs. */
struct cut {
    uint32_t column;   /*  0: bytes from one column of inputs to the next       */
    int8_t *x;         /*  4: V                                                 */
    uint32_t step;     /*  8: its bytes a position                              */
    uint32_t is_begin; /* 12: only tile 1                                       */
    struct {
        const int8_t *a; /* the row; the other one lies so many bytes after it  */
        ptrdiff_t apart;
    } rows[POSITIONS]; /* 16                                                    */
};

/* A group of channels at the next column of inputs: two rows into one, at 16 bits. */
#define BOTH                                                                                       \
    "ldr r11, [r0]\n"                                                                              \
    "ldr r12, [r0, r1]\n"                                                                          \
    "add r0, r2\n"
#define SUM(even, odd)                                                                             \
    BOTH "sxtb16 " even ", r11\n"                                                                  \
         "sxtb16 " odd ", r11, ror #8\n"                                                           \
         "sxtab16 " even ", " even ", r12\n"                                                       \
         "sxtab16 " odd ", " odd ", r12, ror #8\n"
#define DIFFERENCE(even, odd)                                                                      \
    BOTH "sxtb16 " even ", r11\n"                                                                  \
         "sxtb16 " odd ", r11, ror #8\n"                                                           \
         "sxtb16 r11, r12\n"                                                                       \
         "sxtb16 r12, r12, ror #8\n"                                                               \
         "ssub16 " even ", " even ", r11\n"                                                        \
         "ssub16 " odd ", " odd ", r12\n"

#define STORE(even, odd, base, at0, at1)                                                           \
    "str " even ", [" base ", #" at0 "]\n"                                                         \
    "str " odd ", [" base ", #" at1 "]\n"

/* A tile: of its columns 0 and 1, in a and b, and two more, c and then a, position 1 is column 1 + 2,
 * 2 is 2 - 1, 3 is 1 - 3, 0 is 0 - 2. Then columns 0 and 1 of the next tile are in c and a. */
#define TILE(COLUMN, a0, a1, b0, b1, c0, c1, at0, at1)                                             \
    COLUMN(c0, c1)                                                                                 \
    "add lr, r3, r4\n"                                                                             \
    "add r11, lr, r4, lsl #1\n"                                                                    \
    "ssub16 " a0 ", " a0 ", " c0 "\n"                                                              \
    "ssub16 " a1 ", " a1 ", " c1                                                                   \
    "\n" STORE(a0, a1, "r11", at0,                                                                 \
               at1) "sadd16 " a0 ", " b0 ", " c0 "\n"                                              \
                    "sadd16 " a1 ", " b1 ", " c1                                                   \
                    "\n" STORE(a0, a1, "r3", at0,                                                  \
                               at1) "ssub16 " a0 ", " c0 ", " b0 "\n"                              \
                                    "ssub16 " a1 ", " c1 ", " b1                                   \
                                    "\n" STORE(a0, a1, "lr", at0, at1) "add lr, r4\n" COLUMN(      \
                                        a0, a1) "ssub16 " b0 ", " b0 ", " a0 "\n"                  \
                                                "ssub16 " b1 ", " b1 ", " a1                       \
                                                "\n" STORE(b0, b1, "lr", at0, at1)

/* Columns 2 and 3 of the tile before, of which tile 1 of V was made: where p, q, r are its positions
 * 1, 2, 3, column 2 is (p + q) / 2, column 1 is (p - q) / 2, column 3 is that - r. */
#define RECOVER                                                                                    \
    "ldr r5, [r3, #8]\n"                                                                           \
    "ldr r6, [r3, #12]\n"                                                                          \
    "add lr, r3, r4\n"                                                                             \
    "ldr r7, [lr, #8]\n"                                                                           \
    "ldr r8, [lr, #12]\n"                                                                          \
    "add lr, r4\n"                                                                                 \
    "ldr r11, [lr, #8]\n"                                                                          \
    "ldr r12, [lr, #12]\n"                                                                         \
    "shsub16 r9, r5, r7\n"                                                                         \
    "shsub16 r10, r6, r8\n"                                                                        \
    "shadd16 r5, r5, r7\n"                                                                         \
    "shadd16 r6, r6, r8\n"                                                                         \
    "ssub16 r7, r9, r11\n"                                                                         \
    "ssub16 r8, r10, r12\n"

/* A row of positions, all channels: the next one of `rows`. Both tiles, or tile 1 if Z is set. On the
 * stack: where in `rows`, the end of the row's first position. */
#define ROW(COLUMN, both, one)                                                                     \
    "ldr r5, [sp]\n"                                                                               \
    "ldm r5!, {r0, r1}\n"                                                                          \
    "str r5, [sp]\n"                                                                               \
    "add r5, r3, r4\n"                                                                             \
    "str r5, [sp, #4]\n"                                                                           \
    "bne " both "f\n" one ":\n"                                                                    \
    "add r0, r0, r2, lsl #1\n" /* column 1 of tile 1 is the first, after 0 */                      \
    "mov r5, #0\n"                                                                                 \
    "mov r6, #0\n"                                                                                 \
    "b 4f\n" both ":\n" RECOVER                                                                    \
    TILE(COLUMN, "r5", "r6", "r7", "r8", "r9", "r10", "0", "4") "4:\n" TILE(                       \
        COLUMN, "r9", "r10", "r5", "r6", "r7", "r8", "8", "12") "sub r0, r0, r2, lsl #2\n"         \
                                                                "add r0, r0, #4\n"                 \
                                                                "add r3, r3, #16\n"                \
                                                                "ldr r5, [sp, #4]\n"               \
                                                                "sub r5, r5, r3\n"                 \
                                                                "cbz r5, 5f\n"                     \
                                                                "bne " both "b\n"                  \
                                                                "b " one "b\n"                     \
                                                                "5:\n"                             \
                                                                "add r3, r3, r4, lsl #1\n"         \
                                                                "add r3, r3, r4\n"

/* V of the next two tiles, or of tile 1 only, such that the next ones come after it. No instruction
 * but the first one sets flags. */
/* clang-format off */
static __attribute__((naked, noinline)) void transform_tiles(const struct cut *cut __attribute__((unused)))
{
    __asm__ volatile(
        "push {r1-r11, lr}\n"
        "ldm r0!, {r2, r3, r4, r5}\n"
        "cmp r5, #1\n"
        "str r0, [sp]\n"
        ROW(SUM, "1", "2")
        "mov r6, #3\n"
        "3:\n"
        "str r6, [sp, #8]\n"
        ROW(DIFFERENCE, "1", "2")
        "ldr r6, [sp, #8]\n"
        "sub r6, r6, #1\n"
        "cbz r6, 6f\n"
        "b 3b\n"
        "6:\n"
        "pop {r1-r11, pc}\n");
}
/* clang-format on */

/* Where the inputs of a pair of output rows come from. */
struct source {
    const struct mote_conv2d_s8 *op;
    const int8_t *in;
    int8_t *scratch; /* V, then what is copied                */
    int32_t y;       /* the first of four rows                */
};

/* Four rows of columns `first` to 3 from x on, copied, with padding. */
static void copy_patch(const struct source *s, int32_t x, int32_t first, int8_t *to)
{
    const struct mote_conv2d_s8 *op = s->op;
    const size_t c = op->in.c;
    struct mote_taps t = mote_taps_inside(x, COLUMNS, 1, op->in.w);
    t.first = mote_max_s32(t.first, first);
    for (int32_t y = s->y; y < s->y + POSITIONS; y++, to += COLUMNS * c) {
        if (y < 0 || y >= op->in.h || t.first >= t.end) {
            memset(to, op->in_zero, COLUMNS * c);
            continue;
        }
        const int8_t *from = s->in + ((size_t)y * op->in.w + (size_t)(x + t.first)) * c;
        memset(to, op->in_zero, (size_t)t.first * c);
        memcpy(to + (size_t)t.first * c, from, (size_t)(t.end - t.first) * c);
        memset(to + (size_t)t.end * c, op->in_zero, (size_t)(COLUMNS - t.end) * c);
    }
}

/* Make V of columns x to x + 3; of the last two as those before the next tiles if is_begin. */
static __attribute__((noinline)) void cut_columns(const struct source *s, int32_t x, bool is_begin)
{
    const struct mote_conv2d_s8 *op = s->op;
    int32_t stack[PATCH_BYTES / sizeof(int32_t)];
    int8_t *patch =
        patch_bytes(op) <= PATCH_BYTES ? (int8_t *)stack : s->scratch + transformed_bytes(op);
    const int32_t first = is_begin ? 2 : 0;
    const bool is_inside =
        s->y >= 0 && s->y + POSITIONS <= op->in.h && x + first >= 0 && x + COLUMNS <= op->in.w;
    const ptrdiff_t row = (ptrdiff_t)op->in.c * (is_inside ? op->in.w : COLUMNS);
    const int8_t *at = patch;
    if (is_inside)
        at = s->in + ((ptrdiff_t)s->y * op->in.w + x) * op->in.c;
    else
        copy_patch(s, x, first, patch);
    const struct cut cut = {
        .column = op->in.c,
        .x = s->scratch,
        .step = step_bytes(op),
        .is_begin = is_begin,
        .rows = {{at + row, row}, {at + 2 * row, -row}, {at + row, 2 * row}, {at, 2 * row}}};
    transform_tiles(&cut);
}

/* Where the outputs of two tiles at row y, column x go. */
static void aim(const struct mote_conv2d_s8 *op, int8_t *out, int32_t y, int32_t x, struct tiles *t)
{
    const size_t c = op->out.c, down = y + 1 < op->out.h ? op->out.w * c : 0;
    for (int32_t i = 0; i < TILES; i++) {
        const int32_t left = x + 2 * i < op->out.w ? x + 2 * i : x;
        const size_t right = left + 1 < op->out.w ? c : 0;
        int8_t *at = out + ((size_t)y * op->out.w + (size_t)left) * c;
        t->out[0][i] = at + down + right;
        t->out[1][i] = at + down;
        t->out[2][i] = at + right;
        t->out[3][i] = at;
    }
}

/* The last channels, fewer than a block: to a buffer first. */
static void rest_of_channels(struct tiles *t, uint32_t n)
{
    int8_t rest[4][TILES][4];
    int8_t *out[4][TILES];
    memcpy(out, t->out, sizeof out);
    for (int32_t p = 0; p < 4; p++)
        for (int32_t i = 0; i < TILES; i++)
            t->out[p][i] = rest[p][i];
    sum_tiles(t);
    for (int32_t p = 0; p < 4; p++)
        for (int32_t i = TILES - 1; i >= 0; i--)
            memcpy(out[p][i], rest[p][i], n);
}

/* All channels of two tiles. */
static void all_channels(const struct mote_conv2d_s8 *op, struct tiles *t, const uint32_t *w,
                         const int32_t *records)
{
    const uintptr_t block_bytes = (uintptr_t)POSITIONS * POSITIONS * 8 * op->in.c;
    const uint32_t n_blocks = op->out.c / 4u, n_rest = op->out.c % 4u;
    t->w = (uintptr_t)w - 4;
    t->w_end = t->w + n_blocks * block_bytes;
    t->records = records;
    if (n_blocks > 0)
        sum_tiles(t);
    t->w = t->w_end;
    t->w_end += block_bytes;
    if (n_rest > 0)
        rest_of_channels(t, n_rest);
}

static void clamp(const struct mote_conv2d_s8 *op, int8_t *out, size_t n)
{
    if (op->out_min <= INT8_MIN && op->out_max >= INT8_MAX)
        return;
    for (size_t i = 0; i < n; i++)
        out[i] = (int8_t)mote_clamp_s32(out[i], op->out_min, op->out_max);
}

/* Rows y and y + 1 of outputs. */
static void pair_of_rows(const struct source *s, int32_t y, const uint32_t *w,
                         const int32_t *records, int8_t *out, struct tiles *t)
{
    const struct mote_conv2d_s8 *op = s->op;
    cut_columns(s, -op->pad_left - 2, true);
    for (int32_t x = 0; x < op->out.w; x += 2 * TILES) {
        cut_columns(s, x - op->pad_left + 2, false);
        aim(op, out, y, x, t);
        all_channels(op, t, w, records);
    }
    const size_t n_rows = y + 1 < op->out.h ? 2 : 1;
    clamp(op, out + (size_t)y * op->out.w * op->out.c, n_rows * op->out.w * op->out.c);
}

void mote_conv2d_s8_winograd(const struct mote_conv2d_s8 *op, const int8_t *in, const uint32_t *w,
                             const int32_t *records, int8_t *out, void *scratch)
{
    const uint32_t n_groups = op->in.c / GROUP;
    struct source s = {op, in, scratch, 0};
    struct tiles t = {.x = (uintptr_t)scratch - 4,
                      .step = step_bytes(op),
                      .skip = (ROUND - n_groups % ROUND) % ROUND * GROUP_CODE,
                      .is_exact = !op->is_proved};
    const int32_t n_pairs = (op->out.h + 1) / 2;
    for (int32_t i = 0; i < n_pairs; i++) {
        const int32_t y = 2 * mote_row(i, n_pairs, op->backward);
        s.y = y - op->pad_top;
        pair_of_rows(&s, y, w, records, out, &t);
    }
}
#endif
