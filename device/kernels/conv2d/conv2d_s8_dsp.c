/* conv2d_s8_dsp.c - convolution for cores with two 16-bit products an instruction (Cortex-M4, M7,
 * M33). SPDX-License-Identifier: Apache-2.0
 *
 * Two pixels at a time: their windows are widened to 16 bits once, then serve all channels. The
 * inner loop computes two pixels by four channels and needs 14 instructions for 16 products:
 *
 *     A half-word of weights holds two channels, 256 * w[a] + w[b]. SMLAD by it sums 256 * A + B,
 *     SXTB16 extracts w[b] for another SMLAD, which sums B; A = (sum - B) / 256 at the end. So
 *     weights cost one load and one SXTB16 for four, and fill flash as int8 do. All is modulo 2^32:
 *     the host packs a layer so only if A, bias included, lies in -2^23..2^23 - 1.
 *
 * The windows of two pixels, x, in groups of four taps k: the words {k, k + 2} of pixel 0, of pixel
 * 1, {k + 1, k + 3} of pixel 0, of pixel 1. The host pairs weights likewise (host/pack/pairs.h).
 *
 * Order: output rows; of a pointwise layer without stride or padding pairs of pixels, whatever row
 * they are in. */
#include "mote/conv2d.h"
#include "mote/isa.h"

#define GROUP       4   /* taps                                         */
#define STACK_BYTES 640 /* windows up to this size lie on the stack     */

static size_t taps_of(const struct mote_conv2d_s8 *op)
{
    return ((size_t)op->kh * op->kw * op->in.c + GROUP - 1) / GROUP * GROUP;
}

/* Both windows at 16 bits; where a group of taps may straddle two runs of bytes, the bytes of one
 * window before they are widened. */
static size_t window_bytes(const struct mote_conv2d_s8 *op)
{
    return taps_of(op) * (op->in.c % GROUP ? 5 : 4);
}

size_t mote_conv2d_s8_dsp_scratch(const struct mote_conv2d_s8 *op)
{
    const size_t bytes = window_bytes(op);
    return bytes <= STACK_BYTES ? 0 : bytes;
}

#if MOTE_ISA_DSP
#include <string.h>

#include "kernels/common/window.h"

/* What the inner loops share, by the offsets that they know it by. */
struct tile {
    const uint32_t *w;      /*  0: weights of all blocks of channels               */
    const uint32_t *w_end;  /*  4                                                  */
    const int32_t *records; /*  8: of the block that is computed; moves on         */
    const int32_t *x;       /* 12: the windows                                     */
    const int32_t *x_end;   /* 16                                                  */
    uint32_t skip;          /* 20: code bytes of the first round that are jumped   */
    int8_t *out0, *out1;    /* 24, 28: of the two pixels; move on                  */
};

/* One group of taps: two pairs by two pixels by four channels. 28 instructions, 112 bytes. */
#define PAIR                                                                                       \
    "ldrd r8, r9, [lr], #8\n"                                                                      \
    "ldr r10, [r12], #4\n"                                                                         \
    "sxtb16 r11, r10\n"                                                                            \
    "smlad r0, r10, r8, r0\n"                                                                      \
    "smlad r1, r10, r9, r1\n"                                                                      \
    "smlad r2, r11, r8, r2\n"                                                                      \
    "smlad r3, r11, r9, r3\n"                                                                      \
    "ldr r10, [r12], #4\n"                                                                         \
    "sxtb16 r11, r10\n"                                                                            \
    "smlad r4, r10, r8, r4\n"                                                                      \
    "smlad r5, r10, r9, r5\n"                                                                      \
    "smlad r6, r11, r8, r6\n"                                                                      \
    "smlad r7, r11, r9, r7\n"
#define GROUP_OF_TAPS PAIR PAIR
#define GROUP_CODE    104u
#define ROUND         4u /* groups in the loop */

/* The sums of a block: r0, r1 those of channel 0 and the pixels, ... r6, r7 of channel 3. */
#define BLOCK_BEGIN                                                                                \
    "push {r0, r1, r4-r11, lr}\n" /* [sp]: the tile; [sp, #4]: x_end */                            \
    "ldr r1, [r0, #16]\n"                                                                          \
    "str r1, [sp, #4]\n"                                                                           \
    "ldr r12, [r0]\n"                                                                              \
    "1: ldr r10, [sp]\n"                                                                           \
    "ldr r8, [r10, #8]\n"                                                                          \
    "ldr lr, [r10, #12]\n"                                                                         \
    "ldr r11, [r10, #20]\n"                                                                        \
    "ldm r8, {r0, r2, r4, r6}\n"                                                                   \
    "mov r1, r0\n"                                                                                 \
    "mov r3, r2\n"                                                                                 \
    "mov r5, r4\n"                                                                                 \
    "mov r7, r6\n"                                                                                 \
    "adr r10, 2f\n"                                                                                \
    "add r10, r11\n"                                                                               \
    "mov pc, r10\n"                                                                                \
    ".balign 4\n"                                                                                  \
    "2:\n" GROUP_OF_TAPS GROUP_OF_TAPS GROUP_OF_TAPS GROUP_OF_TAPS "ldr r10, [sp, #4]\n"           \
    "cmp lr, r10\n"                                                                                \
    "bne 2b\n"                                                                                     \
    "sub r0, r2\n" /* the high channel of each half-word */                                        \
    "sub r1, r3\n"                                                                                 \
    "sub r4, r6\n"                                                                                 \
    "sub r5, r7\n"                                                                                 \
    "asr r0, #8\n"                                                                                 \
    "asr r1, #8\n"                                                                                 \
    "asr r4, #8\n"                                                                                 \
    "asr r5, #8\n"                                                                                 \
    "ldr r10, [sp]\n"                                                                              \
    "ldr r8, [r10, #8]\n"

/* Store the bytes in r0-r7, go on to the next block. `words`: of a block's channels. */
#define BLOCK_END(bytes)                                                                           \
    "ldr r9, [r10, #24]\n"                                                                         \
    "ldr r11, [r10, #28]\n"                                                                        \
    "strb r0, [r9], #1\n"                                                                          \
    "strb r2, [r9], #1\n"                                                                          \
    "strb r4, [r9], #1\n"                                                                          \
    "strb r6, [r9], #1\n"                                                                          \
    "strb r1, [r11], #1\n"                                                                         \
    "strb r3, [r11], #1\n"                                                                         \
    "strb r5, [r11], #1\n"                                                                         \
    "strb r7, [r11], #1\n"                                                                         \
    "str r9, [r10, #24]\n"                                                                         \
    "str r11, [r10, #28]\n"                                                                        \
    "add r8, #" bytes "\n"                                                                         \
    "str r8, [r10, #8]\n"                                                                          \
    "ldr r9, [r10, #4]\n"                                                                          \
    "cmp r12, r9\n"                                                                                \
    "bne 1b\n"                                                                                     \
    "pop {r0, r1, r4-r11, pc}\n"

/* One channel of both pixels, its constants at `mult` and `add` from r8. */
#define PROVED(p0, p1, mult, add)                                                                  \
    "ldr r9, [r8, #" mult "]\n"                                                                    \
    "ldr r11, [r8, #" add "]\n"                                                                    \
    "smmla " p0 ", " p0 ", r9, r11\n"                                                              \
    "smmla " p1 ", " p1 ", r9, r11\n"                                                              \
    "ssat " p0 ", #8, " p0 "\n"                                                                    \
    "ssat " p1 ", #8, " p1 "\n"

#define EXACT(p0, p1, mult, add, shift)                                                            \
    "ldr r9, [r8, #" mult "]\n"                                                                    \
    "ldr r11, [r8, #" add "]\n"                                                                    \
    "ldr lr, [r8, #" shift "]\n"                                                                   \
    "smmlar " p0 ", " p0 ", r9, " p0 "\n"                                                          \
    "smmlar " p1 ", " p1 ", r9, " p1 "\n"                                                          \
    "add " p0 ", " p0 ", " p0 ", asr #31\n"                                                        \
    "add " p1 ", " p1 ", " p1 ", asr #31\n"                                                        \
    "add " p0 ", r11\n"                                                                            \
    "add " p1 ", r11\n"                                                                            \
    "asr " p0 ", lr\n"                                                                             \
    "asr " p1 ", lr\n"                                                                             \
    "ssat " p0 ", #8, " p0 "\n"                                                                    \
    "ssat " p1 ", #8, " p1 "\n"

/* All blocks of channels of a pair of pixels. */
static __attribute__((naked, noinline)) void blocks_proved(struct tile *t __attribute__((unused)))
{
    __asm__ volatile(BLOCK_BEGIN                        /**/
                         PROVED("r0", "r1", "16", "32") /**/
                     PROVED("r2", "r3", "20", "36")     /**/
                     PROVED("r4", "r5", "24", "40")     /**/
                     PROVED("r6", "r7", "28", "44")     /**/
                     BLOCK_END("48"));
}

static __attribute__((naked, noinline)) void blocks_exact(struct tile *t __attribute__((unused)))
{
    __asm__ volatile(BLOCK_BEGIN                             /**/
                         EXACT("r0", "r1", "16", "32", "48") /**/
                     EXACT("r2", "r3", "20", "36", "52")     /**/
                     EXACT("r4", "r5", "24", "40", "56")     /**/
                     EXACT("r6", "r7", "28", "44", "60")     /**/
                     BLOCK_END("64"));
}

/* Four bytes -> {k, k + 2} and {k + 1, k + 3}. */
static inline void widen_word(uint32_t word, int32_t *to)
{
    int32_t even, odd;
    __asm__("sxtb16 %0, %1" : "=r"(even) : "r"(word));
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(odd) : "r"(word));
    to[0] = even;
    to[2] = odd;
}

/* n bytes, a multiple of four, into the window of one pixel; where the next ones go. */
static int32_t *widen(const int8_t *from, size_t n, int32_t *to)
{
    for (; n > 0; n -= GROUP, from += GROUP, to += GROUP) {
        uint32_t word;
        memcpy(&word, from, sizeof word);
        widen_word(word, to);
    }
    return to;
}

/* The same of n times the byte `value`. */
static int32_t *widen_value(int8_t value, size_t n, int32_t *to)
{
    const int32_t both = (int32_t)((uint32_t)(uint16_t)value * 0x10001u);
    for (; n > 0; n -= GROUP, to += GROUP)
        to[0] = to[2] = both;
    return to;
}

/* Which taps of a window lie inside the image, and where. */
struct inside {
    struct mote_taps rows, columns;
    const int8_t *at; /* of the first of them */
};

static struct inside find_inside(const struct mote_conv2d_s8 *op, const int8_t *in, int32_t oy,
                                 int32_t ox)
{
    const int32_t y = oy * op->sh - op->pad_top, x = ox * op->sw - op->pad_left;
    struct inside t = {mote_taps_inside(y, op->kh, op->dh, op->in.h),
                       mote_taps_inside(x, op->kw, op->dw, op->in.w), in};
    if (t.rows.first < t.rows.end && t.columns.first < t.columns.end)
        t.at += ((size_t)(y + t.rows.first * op->dh) * op->in.w +
                 (size_t)(x + t.columns.first * op->dw)) *
                op->in.c;
    return t;
}

/* The window of one pixel where runs of bytes are whole groups of taps. */
static void gather_groups(const struct mote_conv2d_s8 *op, const struct inside *t, int32_t *to)
{
    const size_t c = op->in.c;
    const size_t n_left = (size_t)t->columns.first * c;
    const size_t n_taps = (size_t)(t->columns.end - t->columns.first);
    const size_t n_right = (size_t)(op->kw - t->columns.end) * c;
    const int8_t *row = t->at;
    for (int32_t ky = 0; ky < op->kh; ky++) {
        if (ky < t->rows.first || ky >= t->rows.end) {
            to = widen_value(op->in_zero, op->kw * c, to);
            continue;
        }
        to = widen_value(op->in_zero, n_left, to);
        if (op->dw == 1)
            to = widen(row, n_taps * c, to);
        else
            for (size_t i = 0; i < n_taps; i++)
                to = widen(row + i * op->dw * c, c, to);
        to = widen_value(op->in_zero, n_right, to);
        row += (size_t)op->dh * op->in.w * c;
    }
}

/* ... where they are not: bytes first. */
static void gather_bytes(const struct mote_conv2d_s8 *op, const struct inside *t, int8_t *bytes)
{
    const size_t c = op->in.c;
    const int8_t *row = t->at;
    for (int32_t ky = 0; ky < op->kh; ky++) {
        const bool is_inside = ky >= t->rows.first && ky < t->rows.end;
        const int8_t *x = row;
        for (int32_t kx = 0; kx < op->kw; kx++) {
            const bool is_tap = is_inside && kx >= t->columns.first && kx < t->columns.end;
            for (size_t ic = 0; ic < c; ic++)
                *bytes++ = is_tap ? x[ic] : op->in_zero;
            x += is_tap ? (size_t)op->dw * c : 0;
        }
        row += is_inside ? (size_t)op->dh * op->in.w * c : 0;
    }
}

static void gather(const struct mote_conv2d_s8 *op, const int8_t *in, int32_t oy, int32_t ox,
                   int32_t *x, int32_t pixel)
{
    const struct inside t = find_inside(op, in, oy, ox);
    if (op->in.c % GROUP == 0) {
        gather_groups(op, &t, x + pixel);
        return;
    }
    const size_t n = taps_of(op);
    int8_t *bytes = (int8_t *)(x + n);
    gather_bytes(op, &t, bytes);
    widen(bytes, n, x + pixel);
}

static void blocks(const struct mote_conv2d_s8 *op, struct tile *t)
{
    if (op->is_proved)
        blocks_proved(t);
    else
        blocks_exact(t);
}

/* All channels of the two windows in x; `out1` may be the same as `out0`. */
static void all_channels(const struct mote_conv2d_s8 *op, const uint32_t *w, const int32_t *records,
                         const int32_t *x, int8_t *out0, int8_t *out1)
{
    const size_t n_taps = taps_of(op),
                 n_words = n_taps; /* of a block: a word is two channels by two */
    const uint32_t n_blocks = op->out.c / 4u, n_rest = op->out.c % 4u;
    const uint32_t n_groups = (uint32_t)(n_taps / GROUP);
    struct tile t = {.w = w,
                     .w_end = w + n_blocks * n_words,
                     .records = records,
                     .x = x,
                     .x_end = x + n_taps,
                     .skip = (ROUND - n_groups % ROUND) % ROUND * GROUP_CODE,
                     .out0 = out0,
                     .out1 = out1};
    if (n_blocks > 0)
        blocks(op, &t);
    if (n_rest > 0) {
        int8_t rest[2][4];
        t.w = t.w_end;
        t.w_end += n_words;
        t.out0 = rest[0];
        t.out1 = rest[1];
        blocks(op, &t);
        memcpy(out0 + op->out.c - n_rest, rest[0], n_rest);
        memcpy(out1 + op->out.c - n_rest, rest[1], n_rest);
    }
}

static void clamp(const struct mote_conv2d_s8 *op, int8_t *out, size_t n)
{
    if (op->out_min <= INT8_MIN && op->out_max >= INT8_MAX)
        return;
    for (size_t i = 0; i < n; i++)
        out[i] = (int8_t)mote_clamp_s32(out[i], op->out_min, op->out_max);
}

/* Pixels i and i + 1 of the image, in whatever row they are. */
static void pointwise(const struct mote_conv2d_s8 *op, const int8_t *in, const uint32_t *w,
                      const int32_t *records, int8_t *out, int32_t *x)
{
    const size_t n = (size_t)op->in.h * op->in.w, c = op->in.c, n_pairs = (n + 1) / 2;
    for (size_t i = 0; i < n_pairs; i++) {
        const size_t p = 2 * (op->backward ? n_pairs - 1 - i : i);
        const size_t next = p + 1 < n;
        widen(in + p * c, c, x);
        widen(in + (p + next) * c, c, x + 1);
        int8_t *y = out + p * op->out.c;
        all_channels(op, w, records, x, y, y + next * op->out.c);
        clamp(op, y, (1 + next) * op->out.c);
    }
}

static void windows(const struct mote_conv2d_s8 *op, const int8_t *in, const uint32_t *w,
                    const int32_t *records, int8_t *out, int32_t *x)
{
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        int8_t *row = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ox = 0; ox < op->out.w; ox += 2) {
            const int32_t next = ox + 1 < op->out.w;
            gather(op, in, oy, ox, x, 0);
            gather(op, in, oy, ox + next, x, 1);
            int8_t *y = row + (size_t)ox * op->out.c;
            all_channels(op, w, records, x, y, y + next * op->out.c);
        }
        clamp(op, row, (size_t)op->out.w * op->out.c);
    }
}

void mote_conv2d_s8_dsp(const struct mote_conv2d_s8 *op, const int8_t *in, const uint32_t *w,
                        const int32_t *records, int8_t *out, void *scratch)
{
    int32_t stack[STACK_BYTES / sizeof(int32_t)];
    int32_t *x = window_bytes(op) <= STACK_BYTES ? stack : scratch;
    if (mote_conv2d_s8_is_flat(op))
        pointwise(op, in, w, records, out, x);
    else
        windows(op, in, w, records, out, x);
}
#endif
