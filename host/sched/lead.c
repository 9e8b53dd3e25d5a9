/* lead.c - how far apart a kernel's input and output must begin.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Let the output begin at 0 and the input at L. While output row r is written, up to (r + 1) * OR
 * bytes, the rows from first(r) on are still to be read: they begin at L + first(r) * IR, and
 * first(r) never falls. So it is safe, in whatever order the bytes of one row are written, if
 *
 *     L >= (r + 1) * OR - first(r) * IR        for all r with first(r) inside the image
 *
 * (vMCU and diagonal memory optimisation go by the same inequality.) Row 0 alone makes L > 0.
 *
 * Going backward, with the input at 0 and the output at T, row r is written from T + r * OR on,
 * while the rows below end(r) = r * stride - pad + height are still to be read, up to
 * end(r) * IR:
 *
 *     T >= end(r) * IR - r * OR                for all r with end(r) > 0                         */
#include "sched/lead.h"

#include "sched/sched.h"

#include <assert.h>
#include <string.h>

size_t walk_lead(const struct walk *w)
{
    size_t lead = 0;
    for (uint32_t r = 0; r < w->out_rows; r++) {
        const uint64_t at = (uint64_t)r * w->stride;
        const uint64_t first = at > w->pad ? at - w->pad : 0;
        if (first >= w->in_rows) /* only padding from here on */
            break;
        const uint64_t end = (r + UINT64_C(1)) * w->out_row_bytes, start = first * w->in_row_bytes;
        if (end > start && end - start > lead)
            lead = end - start;
    }
    return lead;
}

size_t walk_trail(const struct walk *w)
{
    size_t trail = 0;
    for (uint32_t r = 0; r < w->out_rows; r++) {
        const uint64_t reach = (uint64_t)r * w->stride + w->height;
        uint64_t end = reach > w->pad ? reach - w->pad : 0;
        end = end < w->in_rows ? end : w->in_rows;
        const uint64_t read = end * w->in_row_bytes, start = (uint64_t)r * w->out_row_bytes;
        if (read > start && read - start > trail)
            trail = read - start;
    }
    return trail;
}

/* Windows `height` rows high, dilated or not: what lies between their rows counts as read. In
 * elements. */
static struct walk walk_of_windows(struct mote_hwc in, struct mote_hwc out, uint32_t stride,
                                   uint32_t pad, uint32_t height)
{
    return (struct walk){.in_rows = in.h,
                         .out_rows = out.h,
                         .in_row_bytes = (size_t)in.w * in.c,
                         .out_row_bytes = (size_t)out.w * out.c,
                         .stride = stride,
                         .pad = pad,
                         .height = height};
}

/* For the structs of several types, whose members have the same names. */
#define WALK_OF(op, dilation)                                                                      \
    walk_of_windows((op)->in, (op)->out, (op)->sh, (op)->pad_top, ((op)->kh - 1u) * (dilation) + 1u)

/* Row by row. In elements. */
static struct walk walk_of_rows(uint32_t rows, size_t in_row, size_t out_row)
{
    return (struct walk){.in_rows = rows,
                         .out_rows = rows,
                         .in_row_bytes = in_row,
                         .out_row_bytes = out_row,
                         .stride = 1,
                         .height = 1};
}

/* By the kind of const struct, the fourth column of kernels.def. */
static bool takes(const struct kernel *kernel, const char *args)
{
    return strcmp(kernel->args, args) == 0;
}

void step_go_backward(const struct kernel *kernel, union kernel_args *args)
{
    if (takes(kernel, "conv2d"))
        args->conv2d.backward = true;
    else if (takes(kernel, "depthwise_conv2d"))
        args->depthwise_conv2d.backward = true;
    else if (takes(kernel, "pool2d"))
        args->pool2d.backward = true;
    else if (takes(kernel, "weighted_f32"))
        args->weighted_f32.backward = true;
    else if (takes(kernel, "window_f32"))
        args->window_f32.backward = true;
    else
        assert(false && "EITHER in kernels.def");
}

/* The walk with rows counted in elements. */
static struct walk walk_in_elements(const struct kernel *kernel, const union kernel_args *args)
{
    if (takes(kernel, "conv2d"))
        return WALK_OF(&args->conv2d, args->conv2d.dh);
    if (takes(kernel, "depthwise_conv2d"))
        return WALK_OF(&args->depthwise_conv2d, args->depthwise_conv2d.dh);
    if (takes(kernel, "pool2d"))
        return WALK_OF(&args->pool2d, 1u);
    if (takes(kernel, "weighted_f32"))
        return WALK_OF(&args->weighted_f32, args->weighted_f32.dh);
    if (takes(kernel, "window_f32"))
        return WALK_OF(&args->window_f32, args->window_f32.dh);
    if (takes(kernel, "fully_connected"))
        return walk_of_rows(args->fully_connected.rows, args->fully_connected.in_n,
                            args->fully_connected.out_n);
    if (takes(kernel, "fully_connected_f32"))
        return walk_of_rows(args->fully_connected_f32.rows, args->fully_connected_f32.in_n,
                            args->fully_connected_f32.out_n);
    if (takes(kernel, "quantize"))
        return walk_of_rows(args->quantize.n, 1, 1);
    if (takes(kernel, "requantize_wide"))
        return walk_of_rows(args->requantize_wide.n, 1, 1);
    assert(false && "a kernel with ROWS in kernels.def has its walk here");
    return (struct walk){0};
}

/* How many pixels a variant takes at a time, in the order of the image, if it does. */
static uint32_t pixels_of(const struct kernel *kernel)
{
    static const struct {
        const char *variant;
        uint32_t pixels;
    } flat[] = {{"v7m", 2}, {"dsp", 2}, {"dsp_w4", 2}, {"rv32", 4}, {"mve", 3}, {"mve_w4", 3}};
    for (size_t i = 0; i < sizeof flat / sizeof flat[0]; i++)
        if (strcmp(kernel->variant, flat[i].variant) == 0)
            return flat[i].pixels;
    return 0;
}

/* What flat kernels do keeps to the order of rows, too: when the pixels are written that begin a row,
 * all of the row before is read, and the row lies below the input that is still to be read. */
bool walk_of_pixels(const struct kernel *kernel, const union kernel_args *args, size_t in_bytes,
                    size_t out_bytes, struct walk *out)
{
    const uint32_t pixels = takes(kernel, "conv2d") ? pixels_of(kernel) : 0;
    if (pixels == 0 || !mote_conv2d_s8_is_flat(&args->conv2d))
        return false;
    const struct mote_conv2d_s8 *op = &args->conv2d;
    const uint32_t n = ((uint32_t)op->in.h * op->in.w + pixels - 1) / pixels;
    *out = walk_of_rows(n, pixels * in_bytes * op->in.c, pixels * out_bytes * op->out.c);
    return true;
}

struct walk walk_of(const struct kernel *kernel, const union kernel_args *args, size_t in_bytes,
                    size_t out_bytes)
{
    struct walk w = walk_in_elements(kernel, args);
    w.in_row_bytes *= in_bytes;
    w.out_row_bytes *= out_bytes;
    return w;
}

/* What conv2d_s8_winograd.c does: rows of outputs in pairs, columns in fours, of which it has read
 * those of the window and one more when it writes them. */
#define TILE_ROWS    2
#define TILE_COLUMNS 4
#define TILE_HEIGHT  4 /* rows of inputs under a pair */
#define TILE_WIDTH   6 /* columns under four          */

/* Bytes from the start of the input; what is still to be read when outputs from row y, column x
 * on, four columns of two rows, are written. */
struct unread {
    bool is_any;
    int64_t first, end;
};

static int64_t limit(int64_t x, int64_t high)
{
    return x < 0 ? 0 : x < high ? x : high;
}

/* `next` rows on, 0 or those of a pair, forward or backward. */
static struct unread unread_rows(const struct mote_conv2d_s8 *op, int64_t y, int64_t column)
{
    const int64_t row = (int64_t)op->in.w * op->in.c;
    const int64_t first = limit(y - op->pad_top, op->in.h);
    const int64_t end = limit(y - op->pad_top + TILE_HEIGHT, op->in.h);
    return (struct unread){first < end, first * row + column * op->in.c, end * row};
}

static struct unread unread_after(const struct mote_conv2d_s8 *op, int64_t y, int64_t x,
                                  bool backward)
{
    const int64_t column = limit(x - op->pad_left + TILE_WIDTH, op->in.w);
    if (x + TILE_COLUMNS < op->out.w && column < op->in.w)
        return unread_rows(op, y, column);
    const int64_t next = y + (backward ? -TILE_ROWS : TILE_ROWS);
    if (next < 0 || next >= op->out.h)
        return (struct unread){0};
    return unread_rows(op, next, 0);
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

bool distances_of_tiles(const struct kernel *kernel, const union kernel_args *args, size_t *lead,
                        size_t *trail)
{
    if (!takes(kernel, "conv2d") || strcmp(kernel->variant, "winograd") != 0)
        return false;
    const struct mote_conv2d_s8 *op = &args->conv2d;
    const int64_t row = (int64_t)op->out.w * op->out.c;
    int64_t least_lead = 1, least_trail = 1;
    for (int64_t y = 0; y < op->out.h; y += TILE_ROWS)
        for (int64_t x = 0; x < op->out.w; x += TILE_COLUMNS) {
            const int64_t last_row = limit(y + TILE_ROWS, op->out.h) - 1;
            const int64_t start = y * row + x * op->out.c;
            const int64_t end = last_row * row + limit(x + TILE_COLUMNS, op->out.w) * op->out.c;
            const struct unread below = unread_after(op, y, x, false);
            const struct unread above = unread_after(op, y, x, true);
            if (below.is_any)
                least_lead = larger(least_lead, end - below.first);
            if (above.is_any)
                least_trail = larger(least_trail, above.end - start);
        }
    *lead = (size_t)least_lead;
    *trail = (size_t)least_trail;
    return true;
}
