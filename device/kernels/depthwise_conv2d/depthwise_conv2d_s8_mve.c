/* depthwise_conv2d_s8_mve.c - depthwise convolution for cores with Helium (Cortex-M55).
 * SPDX-License-Identifier: Apache-2.0
 *
 * Helium multiplies 16 bytes by 16 and sums the products of all in one instruction, VMLADAV: good for a
 * window of 9 taps, if those of one channel stand side by side. So 16 channels of four rows are turned
 * first, column by column: VST4 interleaves four vectors, and a column of a channel becomes one
 * word, a cell. A vector of four cells, gathered by their addresses, is a window of 3 x 3 taps, the
 * weights of the fourth column being zeros: a load and a multiplication for one output. Larger
 * windows take more vectors. Four channels make the lanes of a vector, which become bytes together.
 *
 * A strip is what is turned at a time: some columns of an output row's windows, with the padding in
 * its place. host/pack/cells.h says how channels are divided, weights and records lie.
 *
 * Windows down an image of one column have a loop of their own, mve_tall.h.
 *
 * Order: output rows; in a row, strips; in a strip, blocks of channels; groups of them; pixels. */
#include "mote/depthwise_conv2d.h"
#include "mote/isa.h"

#include "kernels/depthwise_conv2d/mve_tall.h"

#define BLOCK        16u /* channels that are turned together                 */
#define GROUP        4u  /* channels of a vector of sums                      */
#define CELL         4u  /* rows, bytes                                       */
#define VECTOR       4u  /* cells                                             */
#define VECTOR_BYTES (VECTOR * CELL)
#define STACK_BYTES  608u
#define PIXELS_MIN   4u /* of a strip on the stack, unless a row has fewer   */

static uint32_t row_groups(const struct mote_depthwise_conv2d_s8 *op)
{
    return (op->kh + CELL - 1) / CELL;
}

static uint32_t vectors_of(const struct mote_depthwise_conv2d_s8 *op)
{
    return (row_groups(op) * op->kw + VECTOR - 1) / VECTOR;
}

static uint32_t columns_of(const struct mote_depthwise_conv2d_s8 *op, uint32_t n_pixels)
{
    return (n_pixels - 1) * op->sw + (op->kw - 1u) * op->dw + 1;
}

/* Bytes of a turned column of one group of rows. */
static uint32_t pitch_of(const struct mote_depthwise_conv2d_s8 *op)
{
    return (op->in.c < BLOCK ? op->in.c : BLOCK) * CELL;
}

/* Of one group of rows. Where columns are not whole vectors, the last one that is turned ends late. */
static uint32_t turned_bytes(const struct mote_depthwise_conv2d_s8 *op, uint32_t n_pixels)
{
    const uint32_t late = op->in.c < BLOCK ? BLOCK * CELL : 0;
    return columns_of(op, n_pixels) * pitch_of(op) + late;
}

/* Places of cells, a vector of padding, what is turned. */
static uint32_t bytes_of(const struct mote_depthwise_conv2d_s8 *op, uint32_t n_pixels)
{
    return vectors_of(op) * VECTOR * (uint32_t)sizeof(uint32_t) + BLOCK +
           row_groups(op) * turned_bytes(op, n_pixels);
}

/* Pixels of a strip on the stack; 0: there is no room for enough. */
static uint32_t pixels_on_stack(const struct mote_depthwise_conv2d_s8 *op)
{
    uint32_t n = op->out.w;
    while (n > 0 && bytes_of(op, n) > STACK_BYTES)
        n--;
    return n < PIXELS_MIN && n < op->out.w ? 0 : n;
}

/* Is it a column that mve_tall.h computes? */
static bool is_tall(const struct mote_depthwise_conv2d_s8 *op)
{
    return op->kw == 1 && op->in.w == 1 && op->out.w == 1 && op->pad_left == 0 &&
           op->kh <= TALL_TAPS && op->in.c >= BLOCK && op->in.c <= TALL_CHANNELS;
}

size_t mote_depthwise_conv2d_s8_mve_scratch(const struct mote_depthwise_conv2d_s8 *op)
{
    return is_tall(op) || pixels_on_stack(op) > 0 ? 0 : bytes_of(op, op->out.w);
}

#if MOTE_ISA_MVE
#include "kernels/common/mve.h"
#include "kernels/common/window.h"

/* ---- turning ---- */

/* Four rows of a strip: their first columns inside the image, and the step from one to the next, 0 for
 * padding. */
struct rows {
    const int8_t *at[CELL];
    uint32_t step[CELL];
};

#define TURN_CLOBBERS                                                                              \
    "r0", "r1", "r2", "r3", "r4", "r5", "r8", "r9", "lr", "memory", "q0", "q1", "q2", "q3"

/* n columns of 16 channels. */
static inline void turn(const struct rows *rows, uint32_t n, int8_t *to)
{
    register const struct rows *r11 __asm__("r11") = rows;
    register int8_t *r12 __asm__("r12") = to;
    __asm__ volatile("mov lr, %[n]\n"
                     "ldm r11, {r0, r1, r2, r3, r4, r5, r8, r9}\n"
                     "1: vldrb.8 q0, [r0]\n"
                     "add r0, r4\n"
                     "vldrb.8 q1, [r1]\n"
                     "add r1, r5\n"
                     "vldrb.8 q2, [r2]\n"
                     "add r2, r8\n"
                     "vldrb.8 q3, [r3]\n"
                     "add r3, r9\n"
                     "vst40.8 {q0, q1, q2, q3}, [r12]\n"
                     "vst41.8 {q0, q1, q2, q3}, [r12]\n"
                     "vst42.8 {q0, q1, q2, q3}, [r12]\n"
                     "vst43.8 {q0, q1, q2, q3}, [r12]!\n"
                     "le lr, 1b\n"
                     : "+r"(r12)
                     : [n] "r"(n), "r"(r11)
                     : TURN_CLOBBERS);
}

/* n bytes of each row, of all channels: nothing is read past them. */
static inline void turn_bytes(const struct rows *rows, uint32_t n, int8_t *to)
{
    register const struct rows *r11 __asm__("r11") = rows;
    register int8_t *r12 __asm__("r12") = to;
    register uint32_t r6 __asm__("r6") = n;
    __asm__ volatile("add lr, r6, #15\n"
                     "lsr lr, lr, #4\n"
                     "ldm r11, {r0, r1, r2, r3, r4, r5, r8, r9}\n"
                     "1: vctp.8 r6\n"
                     "vpstttt\n"
                     "vldrbt.8 q0, [r0]\n"
                     "vldrbt.8 q1, [r1]\n"
                     "vldrbt.8 q2, [r2]\n"
                     "vldrbt.8 q3, [r3]\n"
                     "add r0, r4\n"
                     "add r1, r5\n"
                     "add r2, r8\n"
                     "add r3, r9\n"
                     "sub r6, r6, #16\n"
                     "vst40.8 {q0, q1, q2, q3}, [r12]\n"
                     "vst41.8 {q0, q1, q2, q3}, [r12]\n"
                     "vst42.8 {q0, q1, q2, q3}, [r12]\n"
                     "vst43.8 {q0, q1, q2, q3}, [r12]!\n"
                     "le lr, 1b\n"
                     : "+r"(r12), "+r"(r6)
                     : "r"(r11)
                     : TURN_CLOBBERS);
}

/* ---- computing ---- */

/* What the inner loops are given, in the order of the registers that it is loaded into. */
struct tile {
    int8_t *out;             /* r1: first pixel and channel                                */
    uint32_t is_exact;       /* r2: ROUND_EXACT                                            */
    uint32_t step;           /* r3: bytes from the windows of a pixel to those of the next */
    const uint32_t *offsets; /* r4: of cells, in vectors                                   */
    uint32_t n_groups;       /* r5                                                         */
    uint32_t n_vectors;      /* r6: of a window                                            */
    uint32_t next_group;     /* r8: from one past the last pixel to the next group's first */
    const int8_t *w;         /* r9                                                         */
    const int32_t *records;  /* r10                                                        */
    uint32_t channels;       /* r11: bytes from pixel to pixel of the output               */
    uint32_t n_pixels;       /* r12                                                        */
    const int8_t *x;         /* lr: the first window, less `step`                          */
};
#define LOAD_TILE "ldm r0, {r1, r2, r3, r4, r5, r6, r8, r9, r10, r11, r12, lr}\n"

#define CLOBBERS                                                                                   \
    "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory",     \
        "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7"

/* Four sums of a pixel, r0, r2, r4, r6, become bytes at r1. q6 has the multipliers. */
#define TO_LANES                                                                                   \
    "vldrw.32 q7, [r10]\n" /* bias */                                                              \
    "vmov q5[2], q5[0], r0, r4\n"                                                                  \
    "vmov q5[3], q5[1], r2, r6\n"                                                                  \
    "vadd.i32 q5, q5, q7\n"
#define PROVED                                                                                     \
    TO_LANES "vldrw.32 q7, [r10, #32]\n" /* add */                                                 \
             "vmulh.s32 q5, q5, q6\n"                                                              \
             "vadd.i32 q5, q5, q7\n"                                                               \
             "vqmovnb.s16 q5, q5\n"                                                                \
             "vstrb.32 q5, [r1]\n"                                                                 \
             "add r1, r1, r11\n"
#define EXACT                                                                                      \
    TO_LANES "mov r0, #1\n"                                                                        \
             "vqrdmulh.s32 q5, q5, q6\n"                                                           \
             "vldrw.32 q7, [r10, #32]\n" /* shift */                                               \
             "vqdmlah.s32 q5, q5, r0\n"  /* h + (h >> 31) */                                       \
             "vrshl.s32 q5, q5, q7\n"                                                              \
             "vldrw.32 q7, [r10, #48]\n" /* add */                                                 \
             "vadd.i32 q5, q5, q7\n"                                                               \
             "vqmovnb.s16 q5, q5\n"                                                                \
             "vstrb.32 q5, [r1]\n"                                                                 \
             "add r1, r1, r11\n"

/* The sums of a pixel whose window is one vector. q4 has the addresses of its cells. */
#define WINDOW                                                                                     \
    "vadd.i32 q4, q4, r3\n"                                                                        \
    "vldrw.u32 q5, [q4]\n"                                                                         \
    "vmladav.s8 r0, q5, q0\n"                                                                      \
    "vldrw.u32 q7, [q4, #4]\n"                                                                     \
    "vmladav.s8 r2, q7, q1\n"                                                                      \
    "vldrw.u32 q5, [q4, #8]\n"                                                                     \
    "vmladav.s8 r4, q5, q2\n"                                                                      \
    "vldrw.u32 q7, [q4, #12]\n"                                                                    \
    "vmladav.s8 r6, q7, q3\n"

static __attribute__((noinline)) void groups_of_one(const struct tile *t)
{
    register const struct tile *r0 __asm__("r0") = t;
    __asm__ volatile(LOAD_TILE "vldrw.32 q4, [r4]\n"
                               "vadd.i32 q4, q4, lr\n"
                               "cmp r2, #0\n" /* nothing below sets flags */
                               "1: vldrb.8 q0, [r9], #16\n"
                               "vldrb.8 q1, [r9], #16\n"
                               "vldrb.8 q2, [r9], #16\n"
                               "vldrb.8 q3, [r9], #16\n"
                               "vldrw.32 q6, [r10, #16]\n"
                               "mov lr, r12\n"
                               "bne 3f\n"
                               "2:\n" WINDOW PROVED "le lr, 2b\n"
                               "add r10, r10, #48\n"
                               "b 4f\n"
                               "3:\n" WINDOW EXACT "le lr, 3b\n"
                               "add r10, r10, #64\n"
                               "4: vadd.i32 q4, q4, r8\n"
                               "mls r1, r12, r11, r1\n"
                               "add r1, r1, #4\n"
                               "sub r5, r5, #1\n"
                               "cbz r5, 5f\n"
                               "b 1b\n"
                               "5:\n"
                     : "+r"(r0)
                     :
                     : CLOBBERS);
}

/* The same for windows of several vectors. On the stack: is_exact, step, offsets, n_vectors,
 * next_group, n_pixels. */
#define VECTOR_OF_WINDOW                                                                           \
    "vldrw.32 q4, [r8], #16\n"                                                                     \
    "vadd.i32 q4, q4, r3\n"                                                                        \
    "vldrw.u32 q0, [q4]\n"                                                                         \
    "vldrb.8 q1, [r9], #16\n"                                                                      \
    "vmladava.s8 r0, q0, q1\n"                                                                     \
    "vldrw.u32 q2, [q4, #4]\n"                                                                     \
    "vldrb.8 q3, [r9], #16\n"                                                                      \
    "vmladava.s8 r2, q2, q3\n"                                                                     \
    "vldrw.u32 q0, [q4, #8]\n"                                                                     \
    "vldrb.8 q1, [r9], #16\n"                                                                      \
    "vmladava.s8 r4, q0, q1\n"                                                                     \
    "vldrw.u32 q2, [q4, #12]\n"                                                                    \
    "vldrb.8 q3, [r9], #16\n"                                                                      \
    "vmladava.s8 r6, q2, q3\n"

static __attribute__((noinline)) void groups_of_many(const struct tile *t)
{
    register const struct tile *r0 __asm__("r0") = t;
    __asm__ volatile(LOAD_TILE "push {r2, r3, r4, r6, r8, r12}\n"
                               "mov r3, lr\n"
                               "1: vldrw.32 q6, [r10, #16]\n"
                               "ldr r12, [sp, #20]\n"
                               "2: ldr r0, [sp, #4]\n"
                               "add r3, r3, r0\n"
                               "ldr r8, [sp, #8]\n"
                               "ldr lr, [sp, #12]\n"
                               "mov r0, #0\n"
                               "mov r2, #0\n"
                               "mov r4, #0\n"
                               "mov r6, #0\n"
                               "3:\n" VECTOR_OF_WINDOW "le lr, 3b\n"
                               "ldr r8, [sp, #12]\n"
                               "sub r9, r9, r8, lsl #6\n"
                               "ldr r8, [sp]\n"
                               "cmp r8, #0\n"
                               "bne 4f\n" PROVED "b 5f\n"
                               "4:\n" EXACT "5: subs r12, r12, #1\n"
                               "bne 2b\n"
                               "ldr r0, [sp]\n"
                               "add r10, r10, #48\n"
                               "add r10, r10, r0, lsl #4\n"
                               "ldr r0, [sp, #12]\n"
                               "add r9, r9, r0, lsl #6\n"
                               "ldr r0, [sp, #16]\n"
                               "add r3, r3, r0\n"
                               "ldr r0, [sp, #20]\n"
                               "mls r1, r0, r11, r1\n"
                               "add r1, r1, #4\n"
                               "subs r5, r5, #1\n"
                               "bne 1b\n"
                               "add sp, #24\n"
                     : "+r"(r0)
                     :
                     : CLOBBERS);
}

/* ---- a layer ---- */

struct layer {
    const struct mote_depthwise_conv2d_s8 *op;
    const int8_t *in;
    const int8_t *zeros;   /* a vector of padding                                   */
    int8_t *turned;        /* what of a strip's rows is turned, group after group   */
    uint32_t *offsets;     /* where the cells of a window are, from its first one   */
    uint32_t pitch;        /* bytes of a turned column of a group of rows           */
    uint32_t turned_bytes; /* of a group of rows                                    */
    uint32_t n_row_groups;
    uint32_t n_channels;   /* of a block                                            */
    uint32_t n_groups;     /* of a block that is divided into them evenly, else less one */
    uint32_t w_bytes;      /* of a group of channels                                */
    uint32_t record_words; /* of a group of channels                                */
};

/* Where a strip is in the image, and which columns of it are inside. */
struct strip {
    int32_t y, x, first, end, n_columns;
    struct rows rows;
};

/* Of a group of rows, from a channel on. */
static void find_rows(const struct layer *l, struct strip *s, uint32_t group, uint32_t channel)
{
    const struct mote_depthwise_conv2d_s8 *op = l->op;
    const uint32_t c = op->in.c;
    const int8_t *const first = l->in + (s->x + s->first) * (int32_t)c + channel;
    int32_t ky = (int32_t)(group * CELL), y = s->y + ky * op->dh;
    for (uint32_t i = 0; i < CELL; i++, ky++, y += op->dh) {
        const bool is_inside = ky < op->kh && y >= 0 && y < op->in.h;
        s->rows.at[i] = is_inside ? first + (uint32_t)y * op->in.w * c : l->zeros;
        s->rows.step[i] = is_inside ? (c < BLOCK ? BLOCK : c) : 0;
    }
}

static void move_rows(struct rows *rows, uint32_t n_channels)
{
    for (uint32_t i = 0; i < CELL; i++)
        rows->at[i] += rows->step[i] > 0 ? n_channels : 0;
}

/* Padding beside the image: the same for all blocks of channels. */
static void pad(const struct layer *l, const struct strip *s)
{
    int8_t *to = l->turned;
    for (uint32_t g = 0; g < l->n_row_groups; g++, to += l->turned_bytes) {
        mve_fill(l->op->in_zero, (uint32_t)s->first * l->pitch, to);
        mve_fill(l->op->in_zero, (uint32_t)(s->n_columns - s->end) * l->pitch,
                 to + (uint32_t)s->end * l->pitch);
    }
}

/* All rows of one block of channels. */
static void turn_block(const struct layer *l, struct strip *s, uint32_t channel)
{
    const uint32_t n = (uint32_t)(s->end - s->first);
    int8_t *to = l->turned + (uint32_t)s->first * l->pitch;
    for (uint32_t g = 0; g < l->n_row_groups && n > 0; g++, to += l->turned_bytes) {
        if (l->n_row_groups > 1)
            find_rows(l, s, g, channel);
        if (l->op->in.c < BLOCK)
            turn_bytes(&s->rows, n * l->op->in.c, to);
        else
            turn(&s->rows, n, to);
    }
    if (l->op->in.c < BLOCK) /* over what was turned too far */
        pad(l, s);
}

static void groups(const struct tile *t)
{
    if (t->n_vectors == 1)
        groups_of_one(t);
    else
        groups_of_many(t);
}

/* All channels of a block that is turned. */
static void block(const struct layer *l, struct tile *t)
{
    t->n_groups = l->n_groups;
    groups(t);
    if (l->n_channels % GROUP == 0)
        return;
    struct tile last = *t; /* computes some channels again */
    last.w += l->n_groups * l->w_bytes;
    last.records += l->n_groups * l->record_words;
    last.out += l->n_channels - GROUP;
    last.x += (l->n_channels - GROUP) * CELL;
    last.n_groups = 1;
    groups(&last);
}

/* Pixels x to x + n - 1 of an output row; the tile has the first block's weights and records. */
static void strip(const struct layer *l, int32_t oy, uint32_t x, uint32_t n, struct tile t,
                  int8_t *out)
{
    const struct mote_depthwise_conv2d_s8 *op = l->op;
    const uint32_t c = op->in.c, n_groups = (l->n_channels + GROUP - 1) / GROUP;
    struct strip s = {.y = oy * op->sh - op->pad_top,
                      .x = (int32_t)x * op->sw - op->pad_left,
                      .n_columns = (int32_t)columns_of(op, n)};
    s.first = mote_clamp_s32(-s.x, 0, s.n_columns);
    s.end = mote_clamp_s32(op->in.w - s.x, s.first, s.n_columns);
    find_rows(l, &s, 0, 0);
    if (c >= BLOCK)
        pad(l, &s);
    t.n_pixels = n;
    t.next_group = VECTOR_BYTES - n * t.step;
    for (uint32_t channel = 0;;) {
        turn_block(l, &s, channel);
        t.out = out + channel;
        block(l, &t);
        if (channel + l->n_channels == c)
            return;
        const uint32_t n_further = channel + 2 * BLOCK <= c ? BLOCK : c - BLOCK - channel;
        channel += n_further;
        move_rows(&s.rows, n_further);
        t.w += n_groups * l->w_bytes;
        t.records += n_groups * l->record_words;
    }
}

/* Past the last cell the first one again. */
static void find_offsets(const struct layer *l, uint32_t n_vectors)
{
    const struct mote_depthwise_conv2d_s8 *op = l->op;
    const uint32_t n_cells = l->n_row_groups * op->kw;
    for (uint32_t i = 0; i < n_vectors * VECTOR; i++) {
        const uint32_t group = i / op->kw, column = i % op->kw;
        l->offsets[i] = i < n_cells ? group * l->turned_bytes + column * op->dw * l->pitch : 0;
    }
}

static __attribute__((noinline)) void strips(const struct mote_depthwise_conv2d_s8 *op,
                                             const int8_t *in, const int8_t *w,
                                             const int32_t *records, int8_t *out, void *scratch)
{
    uint32_t stack[STACK_BYTES / sizeof(uint32_t)];
    const uint32_t n_fitting = pixels_on_stack(op), n_vectors = vectors_of(op);
    const uint32_t n_strips = n_fitting > 0 ? (op->out.w + n_fitting - 1) / n_fitting : 1;
    const uint32_t n_channels = op->in.c < BLOCK ? op->in.c : BLOCK;
    uint32_t *const place = n_fitting > 0 ? stack : scratch;
    int8_t *const zeros = (int8_t *)(place + n_vectors * VECTOR);
    const struct layer l = {.op = op,
                            .in = in,
                            .zeros = zeros,
                            .turned = zeros + BLOCK,
                            .offsets = place,
                            .pitch = pitch_of(op),
                            .turned_bytes = turned_bytes(op, n_fitting > 0 ? n_fitting : op->out.w),
                            .n_row_groups = row_groups(op),
                            .n_channels = n_channels,
                            .n_groups = n_channels / GROUP,
                            .w_bytes = n_vectors * GROUP * VECTOR_BYTES,
                            .record_words = (op->is_proved ? 3 : 4) * GROUP};
    const uint32_t step = op->sw * l.pitch;
    const struct tile t = {.is_exact = !op->is_proved,
                           .step = step,
                           .offsets = l.offsets,
                           .n_vectors = n_vectors,
                           .w = w,
                           .records = records,
                           .channels = op->out.c,
                           .x = l.turned - step};
    find_offsets(&l, n_vectors);
    mve_fill(op->in_zero, BLOCK, zeros);
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        for (uint32_t k = 0; k < n_strips; k++) { /* of nearly one length */
            const uint32_t x = k * op->out.w / n_strips, end = (k + 1) * op->out.w / n_strips;
            strip(&l, oy, x, end - x, t, out + ((uint32_t)oy * op->out.w + x) * op->out.c);
        }
    }
}

/* ---- an image of one column ---- */

static __attribute__((noinline)) void tall(const struct mote_depthwise_conv2d_s8 *op,
                                           const int8_t *in, const int8_t *w,
                                           const int32_t *records, int8_t *out)
{
    const int8_t *rows[TALL_TAPS];
    uint32_t offsets[VECTOR];
    int8_t turned[VECTOR * BLOCK * CELL], zeros[TALL_CHANNELS];
    const uint32_t n = row_groups(op), c = op->in.c;
    struct tall t = {.rows = rows,
                     .n_row_groups = n,
                     .is_exact = !op->is_proved,
                     .n_blocks = (c + BLOCK - 1) / BLOCK,
                     .w = w,
                     .records = records,
                     .last = c - BLOCK,
                     .turned = turned,
                     .offsets = offsets};
    for (uint32_t i = 0; i < VECTOR; i++) /* past the last cell the first one again */
        offsets[i] = i < n ? i * BLOCK * CELL : 0;
    mve_fill(op->in_zero, c, zeros);
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        int32_t y = oy * op->sh - op->pad_top;
        for (uint32_t k = 0; k < n * CELL; k++, y += op->dh)
            rows[k] = k < op->kh && y >= 0 && y < op->in.h ? in + (uint32_t)y * c : zeros;
        t.out = out + (uint32_t)oy * c;
        tall_row(&t);
    }
}

void mote_depthwise_conv2d_s8_mve(const struct mote_depthwise_conv2d_s8 *op, const int8_t *in,
                                  const int8_t *w, const int32_t *records, int8_t *out,
                                  void *scratch)
{
    if (is_tall(op))
        tall(op, in, w, records, out);
    else
        strips(op, in, w, records, out, scratch);
    mve_clamp(op->out_min, op->out_max, (uint32_t)op->out.h * op->out.w * op->out.c, out);
}
#endif
