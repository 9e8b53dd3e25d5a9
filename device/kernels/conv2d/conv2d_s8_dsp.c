/* conv2d_s8_dsp.c - convolution for cores with two 16-bit products an instruction (Cortex-M4, M7,
 * M33). SPDX-License-Identifier: Apache-2.0
 *
 * Two pixels at a time: their windows are widened to 16 bits once, then serve all channels. The
 * inner loop computes two pixels by four channels and needs 14 instructions for 16 products beside the loop:
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
    uintptr_t x_end;        /*  0: less 4, as all pointers of the inner loop     */
    uint32_t skip;          /*  4: code bytes of the first round that are jumped */
    uint32_t is_exact;      /*  8: ROUND_EXACT                                   */
    uintptr_t w, w_end;     /* 12, 16: weights of all blocks of channels         */
    const int32_t *records; /* 20: of the block that is computed; moves on       */
    uintptr_t x;            /* 24: the windows                                   */
    int8_t *out0, *out1;    /* 28, 32: of the two pixels; move on                */
};

/* Two taps by two pixels by four channels. Loads stand side by side where registers allow, since
 * these cores pipeline them; one that updates its base stands last. Both pointers are four bytes
 * low. */
#define PAIR(x0, x1)                                                                               \
    "ldr r10, [r12, #4]\n"                                                                         \
    "ldr r8, [lr, #" x0 "]\n"                                                                      \
    "ldr r9, [lr, #" x1 "\n"                                                                       \
    "sxtb16 r11, r10\n"                                                                            \
    "smlad r0, r10, r8, r0\n"                                                                      \
    "smlad r1, r10, r9, r1\n"                                                                      \
    "smlad r2, r11, r8, r2\n"                                                                      \
    "smlad r3, r11, r9, r3\n"                                                                      \
    "ldr r10, [r12, #8]!\n"                                                                        \
    "sxtb16 r11, r10\n"                                                                            \
    "smlad r4, r10, r8, r4\n"                                                                      \
    "smlad r5, r10, r9, r5\n"                                                                      \
    "smlad r6, r11, r8, r6\n"                                                                      \
    "smlad r7, r11, r9, r7\n"
#define GROUP_OF_TAPS PAIR("4", "8]") PAIR("12", "16]!")
#define GROUP_CODE    112u
#define ROUND         4u /* groups in the loop */

/* One channel of both pixels: the next record, at r8, makes bytes of the sums. */
#define PROVED(p0, p1)                                                                             \
    "ldrd r9, r11, [r8], #8\n"                                                                     \
    "smmla " p0 ", " p0 ", r9, r11\n"                                                              \
    "smmla " p1 ", " p1 ", r9, r11\n"                                                              \
    "ssat " p0 ", #8, " p0 "\n"                                                                    \
    "ssat " p1 ", #8, " p1 "\n"

#define EXACT(p0, p1)                                                                              \
    "ldm r8!, {r9, r11, lr}\n"                                                                     \
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

/* All blocks of channels of a pair of pixels. r0 and r1 are the sums of channel 0, ... r6 and r7 of
 * channel 3; on the stack: the tile, x_end, where to enter the loop, what follows it. */
/* clang-format off */
static __attribute__((naked, noinline)) void blocks(struct tile *t __attribute__((unused)))
{
    __asm__ volatile(
        "push {r0-r11, lr}\n"
        "ldm r0, {r1, r2, r3, r12}\n"
        "adr r4, 2f + 1\n"
        "add r2, r4\n"
        "cmp r3, #0\n"
        "ite eq\n"
        "adreq r3, 3f + 1\n"
        "adrne r3, 4f + 1\n"
        "str r1, [sp, #4]\n"
        "str r2, [sp, #8]\n"
        "str r3, [sp, #12]\n"
        "1:\n" /* a block */
        "ldr r10, [sp]\n"
        "ldr r8, [r10, #20]\n"
        "ldr lr, [r10, #24]\n"
        "ldm r8!, {r0, r2, r4, r6}\n"
        "mov r1, r0\n"
        "mov r3, r2\n"
        "mov r5, r4\n"
        "mov r7, r6\n"
        "str r8, [r10, #20]\n"
        "ldr pc, [sp, #8]\n"
        ".balign 4\n"
        "2:\n" /* a round */
        GROUP_OF_TAPS GROUP_OF_TAPS GROUP_OF_TAPS GROUP_OF_TAPS
        "ldr r10, [sp, #4]\n"
        "cmp lr, r10\n"
        "bne 2b\n"
        "sub r0, r2\n" /* the high channel of each half-word */
        "sub r1, r3\n"
        "sub r4, r6\n"
        "sub r5, r7\n"
        "asr r0, #8\n"
        "asr r1, #8\n"
        "asr r4, #8\n"
        "asr r5, #8\n"
        "ldr r10, [sp]\n"
        "ldr r8, [r10, #20]\n"
        "ldr pc, [sp, #12]\n"
        ".balign 4\n"
        "4:\n"
        EXACT("r0", "r1") EXACT("r2", "r3") EXACT("r4", "r5") EXACT("r6", "r7")
        "b 5f\n"
        ".balign 4\n"
        "3:\n"
        PROVED("r0", "r1") PROVED("r2", "r3") PROVED("r4", "r5") PROVED("r6", "r7")
        "5:\n" /* store */
        "ldr r9, [r10, #28]\n"
        "ldr r11, [r10, #32]\n"
        "strb r0, [r9], #1\n"
        "strb r2, [r9], #1\n"
        "strb r4, [r9], #1\n"
        "strb r6, [r9], #1\n"
        "strb r1, [r11], #1\n"
        "strb r3, [r11], #1\n"
        "strb r5, [r11], #1\n"
        "strb r7, [r11], #1\n"
        "str r8, [r10, #20]\n"
        "str r9, [r10, #28]\n"
        "str r11, [r10, #32]\n"
        "ldr r9, [r10, #16]\n"
        "cmp r12, r9\n"
        "bne 1b\n"
        "pop {r0-r11, pc}\n");
}
/* clang-format on */

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

/* What of a tile stays from pixel to pixel. */
static struct tile tile_of(const struct mote_conv2d_s8 *op, const int32_t *x)
{
    const uint32_t n_taps = (uint32_t)taps_of(op);
    return (struct tile){.x = (uintptr_t)x - 4,
                         .x_end = (uintptr_t)(x + n_taps) - 4,
                         .skip = (ROUND - n_taps / GROUP % ROUND) % ROUND * GROUP_CODE,
                         .is_exact = !op->is_proved};
}

/* All channels of the two windows; `out1` may be the same as `out0`. */
static void all_channels(const struct mote_conv2d_s8 *op, struct tile *t, const uint32_t *w,
                         const int32_t *records, int8_t *out0, int8_t *out1)
{
    const uintptr_t block_bytes = t->x_end - t->x; /* of weights: as many as of the windows */
    const uint32_t n_blocks = op->out.c / 4u, n_rest = op->out.c % 4u;
    t->w = (uintptr_t)w - 4;
    t->w_end = t->w + n_blocks * block_bytes;
    t->records = records;
    t->out0 = out0;
    t->out1 = out1;
    if (n_blocks > 0)
        blocks(t);
    if (n_rest > 0) {
        int8_t rest[2][4];
        t->w = t->w_end;
        t->w_end += block_bytes;
        t->out0 = rest[0];
        t->out1 = rest[1];
        blocks(t);
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
    struct tile t = tile_of(op, x);
    const size_t n = (size_t)op->in.h * op->in.w, c = op->in.c, n_pairs = (n + 1) / 2;
    for (size_t i = 0; i < n_pairs; i++) {
        const size_t p = 2 * (op->backward ? n_pairs - 1 - i : i);
        const size_t next = p + 1 < n;
        widen(in + p * c, c, x);
        widen(in + (p + next) * c, c, x + 1);
        int8_t *y = out + p * op->out.c;
        all_channels(op, &t, w, records, y, y + next * op->out.c);
        clamp(op, y, (1 + next) * op->out.c);
    }
}

static void windows(const struct mote_conv2d_s8 *op, const int8_t *in, const uint32_t *w,
                    const int32_t *records, int8_t *out, int32_t *x)
{
    struct tile t = tile_of(op, x);
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        int8_t *row = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ox = 0; ox < op->out.w; ox += 2) {
            const int32_t next = ox + 1 < op->out.w;
            gather(op, in, oy, ox, x, 0);
            gather(op, in, oy, ox + next, x, 1);
            int8_t *y = row + (size_t)ox * op->out.c;
            all_channels(op, &t, w, records, y, y + next * op->out.c);
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
