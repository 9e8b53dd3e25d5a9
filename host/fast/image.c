/* image.c - an int8 image as the inner loops read it. SPDX-License-Identifier: Apache-2.0 */
#include "fast/image.h"

#include <assert.h>
#include <string.h>

#define BYTES_MAX (INT64_C(1) << 30)
#define WORD      16 /* bytes that move_columns copies at once */

static int32_t extent(const struct reach *r)
{
    return (r->out - 1) * r->stride + (r->kernel - 1) * r->dilation + 1; /* < 2^25 */
}

bool image_plan(struct image *im, const struct fast_kernels *k, struct mote_hwc in, int8_t zero,
                const struct reach *rows, const struct reach *columns, int32_t phases,
                int32_t repeat)
{
    *im = (struct image){
        .in_h = in.h,
        .in_w = in.w,
        .in_c = in.c,
        .top = rows->before,
        .left = columns->before,
        .h = extent(rows),
        .w = extent(columns),
        .phases = phases,
        .repeat = repeat,
        .zero = zero,
        .column_bytes = (ptrdiff_t)in.c * repeat * (ptrdiff_t)k->elem_bytes,
    };
    im->phase_columns = (im->w + phases - 1) / phases;
    /* 2^16 * 2^8 * 2 channels' bytes, 2^26 columns at most: below 2^52 */
    im->row_bytes = im->column_bytes * im->phase_columns * phases;
    return im->row_bytes <= BYTES_MAX && im->row_bytes * (im->h + 2) <= BYTES_MAX;
}

ptrdiff_t image_column(const struct image *im, int32_t ix)
{
    return (ix % im->phases * im->phase_columns + ix / im->phases) * im->column_bytes;
}

/* The rows; a word behind them, and one more row that is being sorted into phases. */
size_t image_bytes(const struct image *im)
{
    const size_t row = (size_t)im->row_bytes;
    return row * (size_t)im->h + (im->phases > 1 ? WORD + row : 0) + IMAGE_SLACK;
}

static void fill_padding(const struct image *im, const struct fast_kernels *k, int32_t n_rows,
                         uint8_t *to)
{
    const size_t n_elems = (size_t)(im->row_bytes * n_rows) / k->elem_bytes;
    const int32_t value = im->zero + k->offset;
    if (k->elem_bytes == 1)
        memset(to, value, n_elems);
    else
        for (size_t i = 0; i < n_elems; i++)
            ((int16_t *)(void *)to)[i] = (int16_t)value;
}

static void widen_columns(const struct image *im, const struct fast_kernels *k, const int8_t *in,
                          int32_t n, uint8_t *to)
{
    const size_t n_elems = (size_t)n * (size_t)im->in_c;
    if (im->repeat == 1) {
        k->widen(in, n_elems, to);
        return;
    }
    for (size_t i = 0; i < n_elems; i++)
        for (int32_t r = 0; r < im->repeat; r++, to += k->elem_bytes)
            k->widen(in + i, 1, to);
}

/* Sort the columns of a row into phases. The last word of a column may reach into what comes next,
 * which is written later. */
static void sort_columns(const struct image *im, const uint8_t *from, uint8_t *to)
{
    const ptrdiff_t bytes = im->column_bytes;
    for (int32_t p = 0; p < im->phases; p++) {
        uint8_t *column = to + image_column(im, p);
        for (int32_t ix = p; ix < im->w; ix += im->phases, column += bytes) {
            memcpy(column, from + ix * bytes, WORD);
            for (ptrdiff_t i = WORD; i < bytes; i += WORD)
                memcpy(column + i, from + ix * bytes + i, WORD);
        }
    }
}

/* The part of the image that windows reach: rows and columns, without padding. Padding in front is
 * smaller than a window, so that there is some. */
struct inside {
    int32_t h, w;
};

static struct inside inside_of(const struct image *im)
{
    const int32_t h = im->h - im->top, w = im->w - im->left;
    assert(h >= 1 && w >= 1);
    return (struct inside){h < im->in_h ? h : im->in_h, w < im->in_w ? w : im->in_w};
}

/* Columns in order. */
static void fill_rows(const struct image *im, const struct fast_kernels *k, const int8_t *in,
                      uint8_t *to)
{
    const struct inside part = inside_of(im);
    if (part.w == im->in_w && part.w == im->w) { /* rows are neighbours in both */
        const int32_t end = im->top + part.h;
        fill_padding(im, k, im->top, to);
        widen_columns(im, k, in, part.h * part.w, to + im->top * im->row_bytes);
        fill_padding(im, k, im->h - end, to + end * im->row_bytes);
        return;
    }
    fill_padding(im, k, im->h, to);
    to += im->top * im->row_bytes + im->left * im->column_bytes;
    for (int32_t y = 0; y < part.h; y++, to += im->row_bytes, in += im->in_w * im->in_c)
        widen_columns(im, k, in, part.w, to);
}

/* Columns in phases: each row in order first, behind the image, where the padding stays. */
static void fill_phases(const struct image *im, const struct fast_kernels *k, const int8_t *in,
                        uint8_t *to)
{
    const struct inside part = inside_of(im);
    uint8_t *in_order = to + im->h * im->row_bytes + WORD;
    fill_padding(im, k, 1, in_order);
    for (int32_t iy = 0; iy < im->h; iy++, to += im->row_bytes) {
        if (iy < im->top || iy >= im->top + part.h) {
            fill_padding(im, k, 1, to);
            continue;
        }
        widen_columns(im, k, in, part.w, in_order + im->left * im->column_bytes);
        sort_columns(im, in_order, to);
        in += im->in_w * im->in_c;
    }
}

void image_fill(const struct image *im, const struct fast_kernels *k, const int8_t *in, void *to)
{
    if (im->phases == 1)
        fill_rows(im, k, in, to);
    else
        fill_phases(im, k, in, to);
}
