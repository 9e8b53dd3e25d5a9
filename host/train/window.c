/* window.c - walks of a sliding window (window.h). SPDX-License-Identifier: Apache-2.0 */
#include "train/window.h"
#include <assert.h>
#include <string.h>

struct window window_of(const struct trainer *t, const struct layer *l, ptrdiff_t kernel_h,
                        ptrdiff_t kernel_w)
{
    const struct attrs *at = &l->node->attrs;
    const struct shape *in = layer_in_shape(t, l, 0), *out = layer_out_shape(t, l);
    assert(in->rank == 4 && out->rank == 4);
    return (struct window){
        .in_h = in->dim[1],
        .in_w = in->dim[2],
        .in_c = in->dim[3],
        .out_h = out->dim[1],
        .out_w = out->dim[2],
        .out_c = out->dim[3],
        .kernel_h = kernel_h,
        .kernel_w = kernel_w,
        .stride_h = at->stride_h,
        .stride_w = at->stride_w,
        .dilation_h = at->dilation_h,
        .dilation_w = at->dilation_w,
        .pad_top = at->pad_top,
        .pad_bottom = at->pad_bottom,
        .pad_left = at->pad_left,
        .pad_right = at->pad_right,
    };
}

bool window_is_point(const struct window *w)
{
    return w->kernel_h == 1 && w->kernel_w == 1 && w->stride_h == 1 && w->stride_w == 1 &&
           w->pad_top + w->pad_bottom + w->pad_left + w->pad_right == 0;
}

static ptrdiff_t padding_pitch(const struct padding *p)
{
    return (p->left + p->w + p->right) * p->channels;
}

ptrdiff_t padding_floats(const struct padding *p)
{
    return (p->top + p->h + p->bottom) * padding_pitch(p);
}

static float *fill_zero(float *at, ptrdiff_t n)
{
    memset(at, 0, (size_t)n * sizeof *at);
    return at + n;
}

const float *padding_fill(const struct padding *p, const float *src, float *room)
{
    if (p->top + p->bottom + p->left + p->right == 0)
        return src;
    const ptrdiff_t row = p->w * p->channels;
    float *at = fill_zero(room, p->top * padding_pitch(p) + p->left * p->channels);
    for (ptrdiff_t y = 0; y < p->h; y++) {
        memcpy(at, src + y * row, (size_t)row * sizeof *at);
        at = fill_zero(at + row, (y < p->h - 1 ? p->left + p->right : p->right) * p->channels);
    }
    fill_zero(at, p->bottom * padding_pitch(p));
    return room;
}

/* One direction of a walk: which taps it has and where its destination and source start. */
struct line {
    ptrdiff_t n_taps, *tap; /* [n_taps] kernel index, source pixel ascending  */
    ptrdiff_t *at;          /* [n_taps] source pixel of the first destination */
    ptrdiff_t from_step, to_first, to_step, n;
};

static struct line line_new(struct arena *a, ptrdiff_t kernel)
{
    return (struct line){
        .tap = ARENA_ARRAY(a, ptrdiff_t, (size_t)kernel),
        .at = ARENA_ARRAY(a, ptrdiff_t, (size_t)kernel),
    };
}

static struct line line_forward(struct arena *a, ptrdiff_t kernel, ptrdiff_t stride,
                                ptrdiff_t dilation, ptrdiff_t out)
{
    struct line l = line_new(a, kernel);
    for (ptrdiff_t k = 0; k < kernel; k++) {
        l.tap[l.n_taps] = k;
        l.at[l.n_taps++] = k * dilation;
    }
    l.from_step = stride;
    l.to_step = 1;
    l.n = out;
    return l;
}

/* Destinations `first`, first + stride, ... below `in`; `margin` zeros stand before the source. */
static struct line line_backward(struct arena *a, ptrdiff_t first, ptrdiff_t kernel,
                                 ptrdiff_t stride, ptrdiff_t dilation, ptrdiff_t pad, ptrdiff_t in,
                                 ptrdiff_t margin)
{
    struct line l = line_new(a, kernel);
    for (ptrdiff_t k = kernel - 1; k >= 0; k--) {
        ptrdiff_t at = first + pad - k * dilation + margin * stride;
        if (at % stride != 0)
            continue;
        assert(at >= 0);
        l.tap[l.n_taps] = k;
        l.at[l.n_taps++] = at / stride;
    }
    l.from_step = 1;
    l.to_first = first;
    l.to_step = stride;
    l.n = (in - first + stride - 1) / stride;
    return l;
}

/* Zeros needed before the first and after the last output pixel in one direction of the backward
 * walk, so that every tap of every input pixel stands on something. */
static void backward_margins(ptrdiff_t kernel, ptrdiff_t stride, ptrdiff_t dilation, ptrdiff_t pad,
                             ptrdiff_t in, ptrdiff_t out, ptrdiff_t *before, ptrdiff_t *after)
{
    ptrdiff_t reach = (kernel - 1) * dilation - pad;
    ptrdiff_t last = (in - 1 + pad) / stride;
    *before = reach > 0 ? (reach + stride - 1) / stride : 0;
    *after = last > out - 1 ? last - (out - 1) : 0;
}

/* Join the taps of a row, of which there are `row_taps`, where they follow each other in memory.
 * Their distance is the same everywhere, so either every row is one run or every tap is. */
static void find_runs(struct arena *a, struct walk *w, ptrdiff_t row_taps, ptrdiff_t channels)
{
    ptrdiff_t *run = ARENA_ARRAY(a, ptrdiff_t, (size_t)w->n_taps);
    for (ptrdiff_t i = 0; i < w->n_taps; i++)
        if (i % row_taps == 0 || w->tap[i] != w->tap[i - 1] + channels)
            run[w->n_runs++] = w->tap[i];
    w->run = run;
    w->run_taps = w->n_runs > 0 ? w->n_taps / w->n_runs : 0;
    assert(w->n_runs * w->run_taps == w->n_taps);
}

/* The walk of two lines over a source of `pitch` floats a row, to a destination `to_w` wide. */
static struct walk walk_of(struct arena *a, const struct line *y, const struct line *x,
                           ptrdiff_t channels, ptrdiff_t pitch, ptrdiff_t to_channels,
                           ptrdiff_t to_w, ptrdiff_t kernel_w)
{
    const size_t n = (size_t)(y->n_taps * x->n_taps);
    ptrdiff_t *tap = ARENA_ARRAY(a, ptrdiff_t, n), *w_tap = ARENA_ARRAY(a, ptrdiff_t, n);
    struct walk w = {
        .from_x = x->from_step * channels,
        .from_y = y->from_step * pitch,
        .to = (y->to_first * to_w + x->to_first) * to_channels,
        .to_x = x->to_step * to_channels,
        .to_y = y->to_step * to_w * to_channels,
        .n_x = x->n,
        .n_y = y->n,
        .tap = tap,
        .w_tap = w_tap,
    };
    for (ptrdiff_t i = 0; i < y->n_taps; i++)
        for (ptrdiff_t k = 0; k < x->n_taps; k++) {
            tap[w.n_taps] = y->at[i] * pitch + x->at[k] * channels;
            w_tap[w.n_taps++] = y->tap[i] * kernel_w + x->tap[k];
        }
    find_runs(a, &w, x->n_taps, channels);
    return w;
}

static void plan_backward(struct arena *a, struct window_plan *p)
{
    const struct window *w = &p->window;
    const struct padding *pad = &p->out_pad;
    struct walk *walks = ARENA_ARRAY(a, struct walk, (size_t)(w->stride_h * w->stride_w));
    for (ptrdiff_t y = 0; y < w->stride_h && y < w->in_h; y++)
        for (ptrdiff_t x = 0; x < w->stride_w && x < w->in_w; x++) {
            struct line ly = line_backward(a, y, w->kernel_h, w->stride_h, w->dilation_h,
                                           w->pad_top, w->in_h, pad->top);
            struct line lx = line_backward(a, x, w->kernel_w, w->stride_w, w->dilation_w,
                                           w->pad_left, w->in_w, pad->left);
            walks[p->n_backward++] =
                walk_of(a, &ly, &lx, w->out_c, padding_pitch(pad), w->in_c, w->in_w, w->kernel_w);
        }
    p->backward = walks;
}

const struct window_plan *window_plan_new(struct arena *a, const struct window *w)
{
    struct window_plan *p = ARENA_NEW(a, struct window_plan);
    p->window = *w;
    p->in_pad = (struct padding){
        .h = w->in_h,
        .w = w->in_w,
        .channels = w->in_c,
        .top = w->pad_top,
        .bottom = w->pad_bottom,
        .left = w->pad_left,
        .right = w->pad_right,
    };
    p->out_pad = (struct padding){.h = w->out_h, .w = w->out_w, .channels = w->out_c};
    backward_margins(w->kernel_h, w->stride_h, w->dilation_h, w->pad_top, w->in_h, w->out_h,
                     &p->out_pad.top, &p->out_pad.bottom);
    backward_margins(w->kernel_w, w->stride_w, w->dilation_w, w->pad_left, w->in_w, w->out_w,
                     &p->out_pad.left, &p->out_pad.right);
    struct line y = line_forward(a, w->kernel_h, w->stride_h, w->dilation_h, w->out_h);
    struct line x = line_forward(a, w->kernel_w, w->stride_w, w->dilation_w, w->out_w);
    p->forward =
        walk_of(a, &y, &x, w->in_c, padding_pitch(&p->in_pad), w->out_c, w->out_w, w->kernel_w);
    plan_backward(a, p);
    return p;
}
