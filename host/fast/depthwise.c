/* depthwise.c - depthwise_conv2d. SPDX-License-Identifier: Apache-2.0
 *
 * Lanes are neighbouring elements of an output row, channels and pixels alike, so that few channels
 * fill vectors too. A channel multiplier repeats the input's channels; a stride sorts its columns into
 * phases (image.h), unless a pixel's channels fill vectors by themselves. */
#include "fast/image.h"
#include "fast/op.h"
#include "fast/pack.h"

struct depthwise {
    struct image image;
    struct depthwise_row row; /* but for rows, out and at                       */
    int32_t n_rows, n_chunks; /* a row of outputs is so many calls of row.n elements */
    ptrdiff_t chunk_step;     /* from one to the next, in a row of the image         */
    int32_t kh, sh, dh;
    size_t rows_at; /* in the scratch memory: row.row */
};

/* The rows of taps under output row oy. Those that fill up the last group repeat the last. */
static void find_rows(const struct depthwise *d, const uint8_t *image, int32_t oy,
                      const void **rows, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        const int32_t ky = i < d->kh ? i : d->kh - 1;
        rows[i] = image + (oy * d->sh + ky * d->dh) * d->image.row_bytes;
    }
}

static void run_depthwise(const void *constants, const struct call *c)
{
    const struct depthwise *d = constants;
    uint8_t *image = c->scratch;
    const void **rows = (const void **)(void *)(image + d->rows_at);
    const uint32_t group = c->k->depthwise_layout.group;
    image_fill(&d->image, c->k, c->in[0], image);
    struct depthwise_row row = d->row;
    row.row = rows;
    row.out = c->out;
    for (int32_t oy = 0; oy < d->n_rows; oy++) {
        find_rows(d, image, oy, rows, (int32_t)(row.n_groups * group));
        row.at = 0;
        for (int32_t i = 0; i < d->n_chunks; i++) {
            c->k->depthwise(&row);
            row.at += d->chunk_step;
            row.out += row.n;
        }
    }
}

/* Pixel by pixel where their channels fill most of a block, or else row by row. */
static int32_t pixels_of_chunk(const struct dot_layout *l,
                               const struct mote_depthwise_conv2d_s8 *op)
{
    const int32_t block = (int32_t)(l->lanes * l->vectors);
    const int32_t used = (op->out.c + block - 1) / block * block;
    if (used == op->out.c && op->sw == 1)
        return op->out.w;
    return op->out.c * 4 >= used * 3 ? 1 : op->out.w;
}

bool plan_depthwise_conv2d(const struct plan *p, struct fast_op *to)
{
    const struct mote_depthwise_conv2d_s8 *op = &p->args->depthwise_conv2d;
    const struct dot_layout *layout = &p->k->depthwise_layout;
    if (op->in.c == 1)
        return plan_depthwise_of_one(p, to);
    struct depthwise *d = ARENA_NEW(p->a, struct depthwise);
    const struct reach rows = {op->out.h, op->kh, op->sh, op->dh, op->pad_top};
    const struct reach columns = {op->out.w, op->kw, op->sw, op->dw, op->pad_left};
    const int32_t chunk = pixels_of_chunk(layout, op);
    const int32_t phases = chunk == 1 ? 1 : op->sw;
    if (!image_plan(&d->image, p->k, op->in, op->in_zero, &rows, &columns, phases, op->multiplier))
        return false;
    const struct channels channels = {
        .filters = {plan_data(p, 1), 1, op->out.c, op->out.c, (uint32_t)op->kh * op->kw},
        .bias = plan_data(p, 2),
        .mult = op->mult,
        .shift = op->shift,
        .in_zero = op->in_zero,
        .out_zero = op->out_zero,
        .out_min = op->out_min,
        .out_max = op->out_max,
    };
    const size_t n = (size_t)chunk * op->out.c;
    const struct lanes lanes = lanes_of_row(p->a, layout, op->out.c, n);
    ptrdiff_t *column = ARENA_ARRAY(p->a, ptrdiff_t, op->kw);
    for (int32_t kx = 0; kx < op->kw; kx++)
        column[kx] = image_column(&d->image, kx * op->dw);
    const uint32_t n_groups = (op->kh + layout->group - 1) / layout->group;
    d->row = (struct depthwise_row){
        .column = column,
        .n_columns = op->kw,
        .n_groups = n_groups,
        .w = pack_depthwise(p->a, p->k, &lanes, &channels.filters, op->kh, op->kw),
        .finish = pack_finish(p->a, p->k, &lanes, &channels),
        .n_blocks = lanes.n_blocks,
        .n = (ptrdiff_t)n,
    };
    d->n_rows = op->out.h;
    d->n_chunks = op->out.w / chunk;
    d->chunk_step = op->sw * d->image.column_bytes; /* of several chunks each is a pixel */
    d->kh = op->kh, d->sh = op->sh, d->dh = op->dh;
    const size_t align = sizeof(void *);
    d->rows_at = (image_bytes(&d->image) + align - 1) / align * align;
    *to = (struct fast_op){run_depthwise, d, d->rows_at + n_groups * layout->group * align};
    return true;
}
