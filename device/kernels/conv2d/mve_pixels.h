/* mve_pixels.h - convolution by some pixels at a time, for cores with Helium.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Windows of some pixels are copied side by side, then serve all channels: mve_blocks.h. Windows of up
 * to 32 bytes are copied for as many pixels as the stack has room for, larger ones for three; those of a
 * flat layer of up to 32 bytes a pixel stand side by side in the image. Past the last tap, where weights are
 * zeros, is anything.
 *
 * Order: some pixels after some, of the image as one row. All of them are read before one is written, so
 * the order of rows is kept, too. A flat layer takes three at most. */
#ifndef MOTE_CONV2D_MVE_PIXELS_H
#define MOTE_CONV2D_MVE_PIXELS_H
#include "mote/conv2d.h"
#include "mote/isa.h"

#include "kernels/conv2d/mve_blocks.h"

#define STACK_BYTES 608u /* windows up to this size lie on the stack  */

/* Of a pixel. */
static inline int32_t in_bytes(const struct mote_conv2d_s8 *op)
{
    return op->in.c * ELEMENT_BYTES;
}

static inline uint32_t out_bytes(const struct mote_conv2d_s8 *op)
{
    return op->out.c * (uint32_t)ELEMENT_BYTES;
}

/* Of a window. */
static inline uint32_t tap_bytes(const struct mote_conv2d_s8 *op)
{
    return (uint32_t)op->kh * op->kw * (uint32_t)in_bytes(op);
}

static inline uint32_t steps_of(const struct mote_conv2d_s8 *op)
{
    return (tap_bytes(op) + STEP - 1) / STEP;
}

/* Is the window more than one run of bytes, of which some begin inside a vector? */
static inline bool is_ragged(const struct mote_conv2d_s8 *op)
{
    return (uint32_t)in_bytes(op) % STEP != 0 && op->kh * op->kw > 1;
}

/* Three windows, and before them a place where ragged ones are put together. */
static inline size_t window_bytes(const struct mote_conv2d_s8 *op)
{
    const uint32_t steps = steps_of(op), room = steps > SHORT_STEPS ? steps : SHORT_STEPS;
    return room * SLOT + (is_ragged(op) ? steps * SLOT + STEP : 0);
}

static inline size_t scratch_bytes(const struct mote_conv2d_s8 *op)
{
    const size_t bytes = window_bytes(op);
    return steps_of(op) <= FEW_STEPS || bytes <= STACK_BYTES ? 0 : bytes;
}

#if MOTE_ISA_MVE
#include "kernels/common/mve.h"
#include "kernels/common/window.h"

struct layer {
    const struct mote_conv2d_s8 *op;
    const int8_t *in, *in_end, *w;
    const int32_t *records;
    int8_t *out;
    int8_t *x;                 /* windows                                              */
    int8_t *ragged;            /* where ragged windows of many steps are put together  */
    uint32_t n_bytes, n_steps; /* of a window */
    uint32_t n_blocks, n_rest; /* of output channels: blocks and what is left */
    int32_t in_pitch;          /* bytes of an input row                 */
    struct mote_taps whole_rows, whole_columns; /* of outputs whose windows lie in the image */
    bool is_flat;                               /* pixel i is made of pixel i alone      */
};

/* Of a block. */
static uint32_t record_words(const struct layer *l)
{
    return (l->op->is_proved ? 3 : 4) * BLOCK;
}

/* Of weights. */
static uint32_t block_bytes(const struct layer *l)
{
    return l->n_steps * BLOCK * WEIGHT_BYTES;
}

/* ---- copying windows ---- */

/* What windows of one output row have in common. */
struct line {
    struct mote_taps rows;
    const int8_t *at; /* the first of these rows, column 0 */
};

static struct line line_of(const struct layer *l, uint32_t oy)
{
    const struct mote_conv2d_s8 *op = l->op;
    const int32_t y = (int32_t)oy * op->sh - op->pad_top;
    struct line line = {mote_taps_inside(y, op->kh, op->dh, op->in.h), l->in};
    if (line.rows.first < line.rows.end)
        line.at += (y + line.rows.first * op->dh) * l->in_pitch;
    return line;
}

/* ---- in one piece: several runs of bytes in a vector, or few steps ---- */

/* n > 0 pixels, n_rows > 0 of their windows; each time 16 bytes are read and written for `run`. In the
 * order of the registers that it is loaded into. */
struct copying {
    uint32_t n_rows, run, row;     /* r2, r3, r4: row is bytes from one of the image to the next */
    uint32_t n, from_pixel, pixel; /* r5, r6, r8: bytes from a pixel to the next: image, copy    */
};

static inline void copy_short_runs(const int8_t *from, const struct copying *c, int8_t *to)
{
    register const int8_t *r0 __asm__("r0") = from;
    register int8_t *r1 __asm__("r1") = to;
    register const struct copying *r12 __asm__("r12") = c;
    __asm__ volatile("ldm r12, {r2, r3, r4, r5, r6, r8}\n"
                     "1: mov r9, r0\n"
                     "mov r10, r1\n"
                     "mov lr, r2\n"
                     "2: vldrb.8 q0, [r9]\n"
                     "add r9, r4\n"
                     "vstrb.8 q0, [r10]\n"
                     "add r10, r3\n"
                     "le lr, 2b\n"
                     "add r0, r6\n"
                     "add r1, r8\n"
                     "subs r5, #1\n"
                     "bne 1b\n"
                     : "+r"(r0), "+r"(r1)
                     : "r"(r12)
                     : "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "lr", "cc", "memory", "q0");
}

/* One pixel, anywhere. */
static void gather_one(const struct layer *l, const struct line *line, uint32_t ox, int8_t *to)
{
    const struct mote_conv2d_s8 *op = l->op;
    const int32_t x = (int32_t)ox * op->sw - op->pad_left, c = in_bytes(op);
    const struct mote_taps columns = mote_taps_inside(x, op->kw, op->dw, op->in.w);
    const int32_t n_columns = columns.end - columns.first, n_side = op->dw == 1 ? n_columns : 1;
    mve_fill(op->in_zero, l->n_bytes, to);
    const int8_t *row = line->at + (x + columns.first * op->dw) * c;
    to += (line->rows.first * op->kw + columns.first) * c;
    for (int32_t ky = line->rows.first; ky < line->rows.end; ky++) {
        for (int32_t kx = 0; kx < n_columns; kx += n_side)
            mve_copy(row + kx * op->dw * c, (uint32_t)(n_side * c), to + kx * c);
        row += op->dh * l->in_pitch;
        to += op->kw * c;
    }
}

/* How many of n pixels from `ox` on have all their columns inside the image, and may be read by 16
 * bytes. */
static uint32_t count_short_runs(const struct layer *l, const struct line *line, uint32_t ox,
                                 uint32_t n)
{
    const struct mote_conv2d_s8 *op = l->op;
    const int32_t n_rows = line->rows.end - line->rows.first, run = op->kw * in_bytes(op);
    const int32_t first = (int32_t)ox;
    if (run > (int32_t)STEP || op->dw > 1 || n_rows == 0 || first < l->whole_columns.first ||
        first >= l->whole_columns.end)
        return 0;
    const int32_t x = first * op->sw - op->pad_left, step = op->sw * in_bytes(op);
    const int8_t *last_row = line->at + (n_rows - 1) * op->dh * l->in_pitch + x * in_bytes(op);
    const int32_t n_safe = l->in_end - last_row < (int32_t)STEP
                               ? 0
                               : (l->in_end - last_row - (int32_t)STEP) / step + 1;
    return (uint32_t)mote_min_s32(mote_min_s32((int32_t)n, l->whole_columns.end - first), n_safe);
}

/* n pixels of a line whose columns are all inside; rows that are not are filled up. What was written too
 * far is written again. */
static void gather_short_runs(const struct layer *l, const struct line *line, uint32_t ox,
                              uint32_t n, int8_t *to, uint32_t pitch)
{
    const struct mote_conv2d_s8 *op = l->op;
    const uint32_t run = op->kw * (uint32_t)in_bytes(op);
    const uint32_t above = (uint32_t)line->rows.first * run, end = (uint32_t)line->rows.end * run;
    struct copying c = {(uint32_t)(line->rows.end - line->rows.first),
                        run,
                        (uint32_t)(op->dh * l->in_pitch),
                        n,
                        op->sw * (uint32_t)in_bytes(op),
                        pitch};
    const int8_t *from = line->at + ((int32_t)ox * op->sw - op->pad_left) * in_bytes(op);
    if (above == 0 && end == l->n_bytes) {
        copy_short_runs(from, &c, to);
        return;
    }
    c.n = 1;
    for (; n > 0; n--, from += c.from_pixel, to += pitch) {
        mve_fill(op->in_zero, above, to);
        copy_short_runs(from, &c, to + above);
        mve_fill(op->in_zero, l->n_bytes - end, to + end);
    }
}

/* The windows of pixels i to i + n - 1, `pitch` bytes from each other; up to 16 bytes behind the last
 * one are overwritten. */
static void gather(const struct layer *l, uint32_t i, uint32_t n, int8_t *to, uint32_t pitch)
{
    uint32_t oy = i / l->op->out.w, ox = i % l->op->out.w;
    struct line line = line_of(l, oy);
    while (n > 0) {
        uint32_t done = count_short_runs(l, &line, ox, n);
        if (done > 0)
            gather_short_runs(l, &line, ox, done, to, pitch);
        else
            gather_one(l, &line, ox, to), done = 1;
        n -= done, ox += done, to += done * pitch;
        if (ox == l->op->out.w && n > 0)
            ox = 0, line = line_of(l, ++oy);
    }
}

/* ---- three side by side ---- */

/* n bytes of one window. */
static inline void copy_one(const int8_t *from, uint32_t n, int8_t *to)
{
    __asm__ volatile("wlstp.8 lr, %[n], 2f\n"
                     "1: vldrb.8 q0, [%[from]], #16\n"
                     "vstrb.8 q0, [%[to]], #48\n"
                     "letp lr, 1b\n"
                     "2:\n"
                     : [from] "+r"(from), [to] "+r"(to)
                     : [n] "r"(n)
                     : "lr", "memory", "q0");
}

static inline void fill_one(int8_t value, uint32_t n, int8_t *to)
{
    __asm__ volatile("vdup.8 q0, %[value]\n"
                     "wlstp.8 lr, %[n], 2f\n"
                     "1: vstrb.8 q0, [%[to]], #48\n"
                     "letp lr, 1b\n"
                     "2:\n"
                     : [to] "+r"(to)
                     : [value] "r"(value), [n] "r"(n)
                     : "lr", "memory", "q0");
}

/* n_rows > 0 times n > 0 bytes of each of three windows; `skip` from the end of one to the next. */
static inline void copy_three(const int8_t *a, const int8_t *b, const int8_t *c, uint32_t n,
                              uint32_t n_rows, uint32_t skip, int8_t *to)
{
    __asm__ volatile("1: dlstp.8 lr, %[n]\n"
                     "2: vldrb.8 q0, [%[a]], #16\n"
                     "vldrb.8 q1, [%[b]], #16\n"
                     "vstrb.8 q1, [%[to], #16]\n"
                     "vldrb.8 q2, [%[c]], #16\n"
                     "vstrb.8 q2, [%[to], #32]\n"
                     "vstrb.8 q0, [%[to]], #48\n"
                     "letp lr, 2b\n"
                     "add %[a], %[skip]\n"
                     "add %[b], %[skip]\n"
                     "add %[c], %[skip]\n"
                     "subs %[n_rows], #1\n"
                     "bne 1b\n"
                     : [a] "+r"(a), [b] "+r"(b), [c] "+r"(c), [n_rows] "+r"(n_rows), [to] "+r"(to)
                     : [n] "r"(n), [skip] "r"(skip)
                     : "lr", "cc", "memory", "q0", "q1", "q2");
}

/* One pixel, anywhere; runs of bytes begin with vectors. */
static void gather_vectors(const struct layer *l, const struct line *line, uint32_t ox, int8_t *to)
{
    const struct mote_conv2d_s8 *op = l->op;
    const int32_t x = (int32_t)ox * op->sw - op->pad_left, c = in_bytes(op);
    const struct mote_taps columns = mote_taps_inside(x, op->kw, op->dw, op->in.w);
    const int32_t n_columns = columns.end - columns.first, n_side = op->dw == 1 ? n_columns : 1;
    const uint32_t n_left = (uint32_t)(columns.first * c);
    const uint32_t n_right = (uint32_t)((op->kw - columns.end) * c);
    const int32_t tap = c * (int32_t)PIXELS;
    const int8_t *row = line->at + (x + columns.first * op->dw) * c;
    for (int32_t ky = 0; ky < op->kh; ky++, to += op->kw * tap) {
        if (ky < line->rows.first || ky >= line->rows.end) {
            fill_one(op->in_zero, (uint32_t)(op->kw * c), to);
            continue;
        }
        if (n_left > 0)
            fill_one(op->in_zero, n_left, to);
        for (int32_t kx = 0; kx < n_columns; kx += n_side)
            copy_one(row + kx * op->dw * c, (uint32_t)(n_side * c),
                     to + (columns.first + kx) * tap);
        if (n_right > 0)
            fill_one(op->in_zero, n_right, to + columns.end * tap);
        row += op->dh * l->in_pitch;
    }
}

/* Three windows that lie inside the image, from `from` on. */
static void gather_whole(const struct layer *l, const int8_t *from)
{
    const struct mote_conv2d_s8 *op = l->op;
    const uint32_t c = (uint32_t)in_bytes(op), run = op->kw * c, pixel = op->sw * c;
    const int8_t *second = from + pixel;
    copy_three(from, second, second + pixel, run, op->kh, op->dh * (uint32_t)l->in_pitch - run,
               l->x);
}

/* The windows of pixels i to i + n - 1, the last one again in place of others. */
static void gather_three(const struct layer *l, uint32_t i, uint32_t n)
{
    const struct mote_conv2d_s8 *op = l->op;
    uint32_t oy = i / op->out.w, ox = i % op->out.w;
    const int32_t y = (int32_t)oy, x = (int32_t)ox;
    if (n == PIXELS && op->dw == 1 && x >= l->whole_columns.first && x + 2 < l->whole_columns.end &&
        y >= l->whole_rows.first && y < l->whole_rows.end) {
        gather_whole(l, l->in + (y * op->sh - op->pad_top) * l->in_pitch +
                            (x * op->sw - op->pad_left) * in_bytes(op));
        return;
    }
    struct line line = line_of(l, oy);
    for (uint32_t p = 0; p < PIXELS; p++) {
        gather_vectors(l, &line, ox, l->x + p * STEP);
        if (p + 1 < n && ++ox == op->out.w)
            ox = 0, line = line_of(l, ++oy);
    }
}

static void gather_tile(const struct layer *l, uint32_t i, uint32_t n)
{
    const uint32_t second = n > 1 ? 1 : 0, third = n - 1;
    if (l->is_flat) {
        const uint32_t c = (uint32_t)in_bytes(l->op);
        const int8_t *from = l->in + i * c;
        copy_three(from, from + second * c, from + third * c, c, 1, 0, l->x);
    } else if (l->ragged) {
        const uint32_t pitch = l->n_steps * STEP;
        gather(l, i, n, l->ragged, pitch);
        copy_three(l->ragged, l->ragged + second * pitch, l->ragged + third * pitch, pitch, 1, 0,
                   l->x);
    } else
        gather_three(l, i, n);
}

/* ---- windows of one or two steps ---- */

static uint32_t group_of(const struct layer *l)
{
    return l->n_steps == 1 ? PIXELS : 2;
}

static void few(const struct layer *l, const struct few *t)
{
    if (l->n_steps == 1)
        blocks_one(t);
    else
        blocks_two(t);
}

/* n groups of pixels. The last block of channels that is not whole computes some again. */
static void groups(const struct layer *l, struct few *t, uint32_t n)
{
    if (l->n_rest == 0) {
        t->n_groups = n;
        few(l, t);
        return;
    }
    t->n_groups = 1;
    struct few last = *t;
    last.out += out_bytes(l->op) - BLOCK * ELEMENT_BYTES;
    last.w += l->n_blocks * block_bytes(l);
    last.records += l->n_blocks * record_words(l);
    last.n_blocks = 1;
    for (; n > 0; n--) {
        few(l, t);
        few(l, &last);
        t->out += t->out_group, last.out += t->out_group;
        t->x += (int32_t)((group_of(l) - 1) * t->x_pixel) + t->x_group;
        last.x = t->x;
    }
}

/* Pixels first to first + n - 1, whose windows are at x, `pitch` bytes from each other. */
struct row {
    uint32_t first, n;
    const int8_t *x;
    uint32_t pitch;
};

static struct few few_at(const struct layer *l, const struct row *row, uint32_t i)
{
    return (struct few){.out = l->out + (row->first + i) * out_bytes(l->op),
                        .is_exact = !l->op->is_proved,
                        .n_blocks = l->n_blocks,
                        .x = row->x + i * row->pitch,
                        .n_last = row->pitch - (l->n_steps - 1) * STEP,
                        .w = l->w,
                        .records = l->records};
}

/* As many pixels as are whole groups. */
static void whole_groups(const struct layer *l, const struct row *row)
{
    const uint32_t per_group = group_of(l), n = row->n / per_group, c = out_bytes(l->op);
    if (n == 0)
        return;
    const bool is_backward = l->op->backward;
    struct few t = few_at(l, row, is_backward ? (n - 1) * per_group : 0);
    t.out_pixel = c;
    t.x_pixel = row->pitch;
    t.out_group = (int32_t)(per_group * c);
    t.x_group = (int32_t)row->pitch;
    if (is_backward) {
        t.out_group = -t.out_group;
        t.x_group -= 2 * (int32_t)(per_group * row->pitch);
    }
    groups(l, &t, n);
}

static void pixels(const struct layer *l, const struct row *row)
{
    const uint32_t n_single = row->n % group_of(l), n_whole = row->n - n_single;
    if (!l->op->backward)
        whole_groups(l, row);
    for (uint32_t k = 0; k < n_single; k++) {
        struct few t = few_at(l, row, l->op->backward ? row->n - 1 - k : n_whole + k);
        groups(l, &t, 1);
    }
    if (l->op->backward)
        whole_groups(l, row);
}

/* As many pixels at a time as the stack has room for windows of. */
static __attribute__((noinline)) void few_steps(const struct layer *l)
{
    const struct mote_conv2d_s8 *op = l->op;
    const uint32_t n = (uint32_t)op->out.h * op->out.w, pitch = l->n_steps * STEP;
    if (l->is_flat) {
        const struct row whole = {0, n, l->in, (uint32_t)in_bytes(op)};
        pixels(l, &whole);
        return;
    }
    const uint32_t n_room = (STACK_BYTES / pitch - 1) / group_of(l) * group_of(l);
    const uint32_t n_rows = (n + n_room - 1) / n_room;
    for (uint32_t k = 0; k < n_rows; k++) {
        const uint32_t first = n_room * (op->backward ? n_rows - 1 - k : k);
        const struct row row = {first, n - first < n_room ? n - first : n_room, l->x, pitch};
        gather(l, first, row.n, l->x, pitch);
        pixels(l, &row);
    }
}

/* ---- windows of more steps ---- */

static struct tile tile_of(const struct layer *l)
{
    const uint32_t n_more = l->n_steps - 1; /* after the first one */
    struct tile t = {.is_exact = !l->op->is_proved};
    if (l->n_steps <= SHORT_STEPS) {
        const uint32_t n_skipped = SHORT_STEPS - l->n_steps;
        t.skip = n_skipped * STEP_CODE;
        t.x = l->x - n_skipped * SLOT + SHORT_MIDDLE;
        return t;
    }
    t.n = (n_more + ROUND - 1) / ROUND;
    const uint32_t n_skipped = t.n * ROUND - n_more;
    t.skip = n_skipped * STEP_CODE;
    t.x = l->x - n_skipped * SLOT + LONG_MIDDLE;
    t.x_last = l->x + n_more * SLOT;
    return t;
}

/* Blocks first to first + n - 1 of channels. */
static inline void blocks(const struct layer *l, struct tile *t, uint32_t first, uint32_t n)
{
    t->w = l->w + first * block_bytes(l);
    t->records = l->records + first * record_words(l);
    if (l->n_steps <= SHORT_STEPS) {
        t->n = n;
        blocks_short(t);
    } else {
        t->w_end = t->w + n * block_bytes(l);
        blocks_long(t);
    }
}

static __attribute__((noinline)) void many_steps(const struct layer *l)
{
    const struct mote_conv2d_s8 *op = l->op;
    const uint32_t n = (uint32_t)op->out.h * op->out.w, n_groups = (n + PIXELS - 1) / PIXELS;
    const uint32_t c = out_bytes(op), last = c - BLOCK * ELEMENT_BYTES;
    struct tile t = tile_of(l);
    for (uint32_t k = 0; k < n_groups; k++) {
        const uint32_t i = PIXELS * (op->backward ? n_groups - 1 - k : k);
        const uint32_t n_pixels = n - i < PIXELS ? n - i : PIXELS;
        gather_tile(l, i, n_pixels);
        t.out0 = l->out + i * c;
        t.out1 = t.out0 + (n_pixels > 1 ? c : 0);
        t.out2 = t.out0 + (n_pixels - 1) * c;
        uint32_t first = 0, n_blocks = l->n_blocks;
        for (;;) { /* the last block, if it is not whole, computes some channels again */
            blocks(l, &t, first, n_blocks);
            if (l->n_rest == 0 || first > 0)
                break;
            first = l->n_blocks, n_blocks = 1;
            t.out0 += last, t.out1 += last, t.out2 += last;
        }
    }
}

static inline void convolve(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                            const int32_t *records, int8_t *out, void *scratch)
{
    int8_t stack[STACK_BYTES];
    int8_t *const place = scratch_bytes(op) == 0 ? stack : scratch;
    struct layer l = {.op = op,
                      .in = in,
                      .in_end = in + (uint32_t)op->in.h * op->in.w * (uint32_t)in_bytes(op),
                      .w = w,
                      .records = records,
                      .out = out,
                      .x = place,
                      .n_bytes = tap_bytes(op),
                      .n_steps = steps_of(op),
                      .n_blocks = op->out.c / BLOCK,
                      .n_rest = op->out.c % BLOCK};
    l.in_pitch = op->in.w * in_bytes(op);
    l.whole_rows =
        mote_outputs_inside(op->out.h, op->in.h, op->sh, op->pad_top, (op->kh - 1) * op->dh);
    l.whole_columns =
        mote_outputs_inside(op->out.w, op->in.w, op->sw, op->pad_left, (op->kw - 1) * op->dw);
    l.is_flat =
        op->kh * op->kw * op->sh * op->sw == 1 && op->in.h == op->out.h && op->in.w == op->out.w;
    if (l.n_steps <= FEW_STEPS)
        few_steps(&l);
    else {
        if (is_ragged(op)) {
            l.ragged = place;
            l.x = place + l.n_steps * SLOT + STEP;
        }
        if (l.n_steps < SHORT_STEPS)
            l.x += (SHORT_STEPS - l.n_steps) * SLOT;
        many_steps(&l);
    }
    CLAMP(op->out_min, op->out_max, (uint32_t)op->out.h * op->out.w * op->out.c, out);
}
#endif
#endif
