/* conv.c - conv2d, fully_connected, and depthwise_conv2d of one channel, as products of a variant.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The taps of one kernel row are neighbours in an image of NHWC: one run. So a convolution needs no
 * copies of windows, only the image with its padding. */
#include <assert.h>

#include "fast/image.h"
#include "fast/op.h"
#include "fast/pack.h"

struct conv {
    struct image image;
    struct product product; /* but for x and out          */
    int32_t n_rows;         /* each of product.n outputs  */
    ptrdiff_t row_step;     /* in the image, in bytes     */
};

static void run_conv(const void *constants, const struct call *c)
{
    const struct conv *conv = constants;
    image_fill(&conv->image, c->k, c->in[0], c->scratch);
    struct product p = conv->product;
    p.x = c->scratch;
    p.out = c->out;
    for (int32_t y = 0; y < conv->n_rows; y++) {
        c->k->product(&p);
        p.x = (const uint8_t *)p.x + conv->row_step;
        p.out += p.n * p.channels;
    }
}

/* Where the taps begin, run by run; *run is how many elements one has. */
static void plan_runs(struct arena *a, const struct mote_conv2d_s8 *op, const struct image *im,
                      struct product *p, uint32_t *run)
{
    const bool rows_join = op->dw == 1 && op->dh == 1 && im->w == op->kw;
    const int32_t n_x = op->dw == 1 ? 1 : op->kw, n_y = rows_join ? 1 : op->kh;
    const int32_t joined_x = op->dw == 1 ? op->kw : 1, joined_y = rows_join ? op->kh : 1;
    ptrdiff_t *segment = ARENA_ARRAY(a, ptrdiff_t, (size_t)n_x * (size_t)n_y);
    for (int32_t ky = 0; ky < n_y; ky++)
        for (int32_t kx = 0; kx < n_x; kx++)
            segment[ky * n_x + kx] = ky * op->dh * im->row_bytes + kx * op->dw * im->column_bytes;
    *run = (uint32_t)(joined_x * joined_y) * op->in.c;
    p->segment = segment;
    p->n_segments = n_x * n_y;
}

/* Outputs of all rows become those of one where their windows are equally far apart. */
static void plan_rows(const struct mote_conv2d_s8 *op, struct conv *conv)
{
    const ptrdiff_t row_step = op->sh * conv->image.row_bytes;
    conv->product.x_step = op->sw * conv->image.column_bytes;
    conv->product.n = op->out.w;
    conv->n_rows = op->out.h;
    conv->row_step = row_step;
    if (op->out.w == 1)
        conv->product.x_step = row_step;
    if (conv->product.x_step * op->out.w == row_step || op->out.w == 1) {
        conv->product.n = (ptrdiff_t)op->out.w * op->out.h;
        conv->n_rows = 1;
    }
}

static bool plan_windows(const struct plan *p, const struct mote_conv2d_s8 *op,
                         const struct filters *filters, struct fast_op *to)
{
    struct conv *conv = ARENA_NEW(p->a, struct conv);
    const struct reach rows = {op->out.h, op->kh, op->sh, op->dh, op->pad_top};
    const struct reach columns = {op->out.w, op->kw, op->sw, op->dw, op->pad_left};
    if (!image_plan(&conv->image, p->k, op->in, op->in_zero, &rows, &columns, 1, 1))
        return false;
    const struct channels channels = {
        .filters = *filters,
        .bias = plan_data(p, 2),
        .mult = op->mult,
        .shift = op->shift,
        .in_zero = op->in_zero,
        .out_zero = op->out_zero,
        .out_min = op->out_min,
        .out_max = op->out_max,
    };
    const struct dot_layout *layout = &p->k->product_layout;
    const struct lanes lanes = lanes_of_channels(p->a, layout, op->out.c);
    uint32_t run;
    plan_runs(p->a, op, &conv->image, &conv->product, &run);
    plan_rows(op, conv);
    conv->product.n_groups = (run + layout->group - 1) / layout->group;
    conv->product.w =
        pack_product(p->a, p->k, &lanes, filters, (uint32_t)conv->product.n_segments, run);
    conv->product.finish = pack_finish(p->a, p->k, &lanes, &channels);
    conv->product.channels = op->out.c;
    *to = (struct fast_op){run_conv, conv, image_bytes(&conv->image)};
    return true;
}

bool plan_conv2d(const struct plan *p, struct fast_op *to)
{
    const struct mote_conv2d_s8 *op = &p->args->conv2d;
    const uint32_t n_taps = (uint32_t)op->kh * op->kw * op->in.c;
    const struct filters filters = {
        .w = plan_data(p, 1),
        .channel_step = n_taps,
        .tap_step = 1,
        .n_channels = op->out.c,
        .n_taps = n_taps,
    };
    return filters.w && plan_windows(p, op, &filters, to);
}

/* Every output channel of a depthwise convolution of one channel sees all there is. */
bool plan_depthwise_of_one(const struct plan *p, struct fast_op *to)
{
    const struct mote_depthwise_conv2d_s8 *op = &p->args->depthwise_conv2d;
    assert(op->in.c == 1);
    const struct mote_conv2d_s8 same = {
        .in = op->in,
        .out = op->out,
        .kh = op->kh,
        .kw = op->kw,
        .sh = op->sh,
        .sw = op->sw,
        .dh = op->dh,
        .dw = op->dw,
        .pad_top = op->pad_top,
        .pad_left = op->pad_left,
        .in_zero = op->in_zero,
        .out_zero = op->out_zero,
        .out_min = op->out_min,
        .out_max = op->out_max,
        .mult = op->mult,
        .shift = op->shift,
    };
    const struct filters filters = {
        .w = plan_data(p, 1),
        .channel_step = 1,
        .tap_step = op->out.c,
        .n_channels = op->out.c,
        .n_taps = (uint32_t)op->kh * op->kw,
    };
    return plan_windows(p, &same, &filters, to);
}

/* Its vectors are the pixels of an image, as long as they fit there. */
bool plan_fully_connected(const struct plan *p, struct fast_op *to)
{
    const struct mote_fully_connected_s8 *op = &p->args->fully_connected;
    const struct filters filters = {
        .w = plan_data(p, 1),
        .channel_step = op->in_n,
        .tap_step = 1,
        .n_channels = op->out_n,
        .n_taps = op->in_n,
    };
    if (!filters.w || op->rows > UINT16_MAX || op->in_n > UINT16_MAX || op->out_n > UINT16_MAX)
        return false;
    const struct mote_conv2d_s8 same = {
        .in = {1, (uint16_t)op->rows, (uint16_t)op->in_n},
        .out = {1, (uint16_t)op->rows, (uint16_t)op->out_n},
        .kh = 1,
        .kw = 1,
        .sh = 1,
        .sw = 1,
        .dh = 1,
        .dw = 1,
        .in_zero = op->in_zero,
        .out_zero = op->out_zero,
        .out_min = op->out_min,
        .out_max = op->out_max,
        .mult = op->mult,
        .shift = op->shift,
    };
    return plan_windows(p, &same, &filters, to);
}
