/* shared.c - parts of shape rules and float meanings that several operators share.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"

uint32_t op_parameters(enum op op)
{
    switch (op) {
    case OP_CONV2D:
    case OP_DEPTHWISE_CONV2D:
    case OP_TRANSPOSE_CONV2D:
    case OP_FULLY_CONNECTED:
        return 2;
    case OP_SVDF:
    case OP_LSTM:
        return 3;
    case OP_BATCH_NORM:
        return 4;
    default:
        return 0;
    }
}

bool infer_image(const struct graph *g, const struct node *n, struct diag *d)
{
    const struct shape *s = &node_in(g, n, 0)->shape;
    char text[SHAPE_TEXT];
    if (s->rank != 4)
        return node_error(d, g, n, "input %s has rank %" PRId32 ", expected 4 (NHWC)",
                          shape_text(s, text), s->rank);
    if (s->dim[0] != 1)
        return node_error(d, g, n, "input %s: the batch (first dimension) is not 1",
                          shape_text(s, text));
    for (int32_t i = 1; i < 4; i++)
        if (s->dim[i] > IMAGE_DIM_MAX)
            return node_error(d, g, n, "input %s: dimension %" PRId32 " is above %d",
                              shape_text(s, text), s->dim[i], IMAGE_DIM_MAX);
    return true;
}

/* One direction of a sliding window. */
struct slide {
    int32_t in, kernel, stride, dilation, before, after;
    const char *axis; /* "height" or "width" */
};

/* out = floor((in + padding - extent) / stride) + 1. Padding is smaller than the window's extent,
 * so that every window touches the image: an average over no taps has no meaning. */
static bool slide_out(const struct graph *g, const struct node *n, const struct slide *s,
                      int32_t *out, struct diag *d)
{
    if (s->kernel < 1 || s->kernel > KERNEL_MAX)
        return node_error(d, g, n, "kernel %s %" PRId32 " is outside 1..%d", s->axis, s->kernel,
                          KERNEL_MAX);
    if (s->stride < 1 || s->stride > KERNEL_MAX)
        return node_error(d, g, n, "stride %" PRId32 " (%s) is outside 1..%d", s->stride, s->axis,
                          KERNEL_MAX);
    if (s->dilation < 1 || s->dilation > KERNEL_MAX)
        return node_error(d, g, n, "dilation %" PRId32 " (%s) is outside 1..%d", s->dilation,
                          s->axis, KERNEL_MAX);
    int32_t extent = (s->kernel - 1) * s->dilation + 1; /* <= 254 * 255 + 1 */
    int32_t pad_max = extent - 1 < KERNEL_MAX ? extent - 1 : KERNEL_MAX;
    if (s->before < 0 || s->before > pad_max || s->after < 0 || s->after > pad_max)
        return node_error(d, g, n,
                          "padding %" PRId32 "+%" PRId32 " (%s) is outside 0..%" PRId32
                          " for a window of %" PRId32,
                          s->before, s->after, s->axis, pad_max, extent);
    int32_t room = s->in + s->before + s->after - extent; /* |room| < 2^18 */
    if (room < 0)
        return node_error(d, g, n,
                          "a window of %" PRId32 " does not fit input %s %" PRId32
                          " with padding %" PRId32 "+%" PRId32,
                          extent, s->axis, s->in, s->before, s->after);
    *out = room / s->stride + 1;
    if (*out > IMAGE_DIM_MAX)
        return node_error(d, g, n, "output %s %" PRId32 " is above %d", s->axis, *out,
                          IMAGE_DIM_MAX);
    return true;
}

bool infer_window(const struct graph *g, const struct node *n, int32_t kernel_h, int32_t kernel_w,
                  struct shape *out, struct diag *d)
{
    const struct attrs *at = &n->attrs;
    const struct shape *in = &node_in(g, n, 0)->shape;
    bool dilates = op_info(n->op)->attrs & ATTR_DILATION;
    const struct slide h = {in->dim[1],  kernel_h,       at->stride_h, dilates ? at->dilation_h : 1,
                            at->pad_top, at->pad_bottom, "height"};
    const struct slide w = {in->dim[2],   kernel_w,      at->stride_w, dilates ? at->dilation_w : 1,
                            at->pad_left, at->pad_right, "width"};
    *out = (struct shape){.rank = 4, .dim = {in->dim[0]}};
    return slide_out(g, n, &h, &out->dim[1], d) && slide_out(g, n, &w, &out->dim[2], d);
}

bool infer_weighted(const struct graph *g, const struct node *n, int32_t channels,
                    struct tensor *out, struct diag *d)
{
    const struct tensor *x = node_in(g, n, 0), *w = node_in(g, n, 1), *b = node_in(g, n, 2);
    bool is_float = x->dtype == DT_F32 && w->dtype == DT_F32 && (!b || b->dtype == DT_F32);
    bool is_int8 = x->dtype == DT_S8 && w->dtype == DT_S8 && (!b || b->dtype == DT_S32);
    const bool wide_only = n->op == OP_DEPTHWISE_CONV2D || n->op == OP_TRANSPOSE_CONV2D;
    bool is_int16 = x->dtype == DT_S16 && w->dtype == DT_S8 &&
                    (!b || b->dtype == DT_S64 || (b->dtype == DT_S32 && !wide_only));
    if (!is_float && !is_int8 && !is_int16)
        return node_error(
            d, g, n,
            "input %s, weights %s, bias %s; expected f32 f32 f32, s8 s8 s32 or s16 s8 "
            "s64%s",
            dtype_name(x->dtype), dtype_name(w->dtype), b ? dtype_name(b->dtype) : "none",
            wide_only ? "" : " (or s32)");
    if (b && (b->shape.rank != 1 || b->shape.dim[0] != channels)) {
        char text[SHAPE_TEXT];
        return node_error(d, g, n, "bias has shape %s, expected %" PRId32,
                          shape_text(&b->shape, text), channels);
    }
    out->dtype = x->dtype;
    return true;
}

bool infer_copy(const struct graph *g, const struct node *n, struct tensor *out)
{
    out->dtype = node_in(g, n, 0)->dtype;
    return true;
}

bool infer_f32_or_s8(const struct graph *g, const struct node *n, struct tensor *out,
                     struct diag *d)
{
    const struct tensor *x = node_in(g, n, 0);
    if (x->dtype != DT_F32 && x->dtype != DT_S8)
        return node_error(d, g, n, "input type %s, expected f32 or s8", dtype_name(x->dtype));
    out->dtype = x->dtype;
    return true;
}

bool infer_activation(const struct graph *g, const struct node *n, struct tensor *out,
                      struct diag *d)
{
    const struct tensor *x = node_in(g, n, 0);
    if (x->dtype != DT_F32 && x->dtype != DT_S8 && x->dtype != DT_S16)
        return node_error(d, g, n, "input type %s, expected f32, s8 or s16", dtype_name(x->dtype));
    out->dtype = x->dtype;
    return true;
}

bool infer_s32_binary(const struct graph *g, const struct node *n, struct tensor *out,
                      struct diag *d)
{
    if (n->op == OP_POW)
        return node_error(d, g, n, "input type s32, expected f32");
    if (n->op == OP_PRELU || n->op == OP_SQUARED_DIFFERENCE)
        return node_error(d, g, n, "input type s32, expected f32 or s8");
    if (n->attrs.act != ACT_NONE)
        return node_error(d, g, n, "of s32 with an activation");
    for (uint32_t i = 0; i < 2; i++)
        if (node_in(g, n, i)->quant.n)
            return node_error(d, g, n, "input %" PRIu32 " is s32 with a scale, expected none", i);
    if (n->n_out && n->out[0] < g->tensors.n && g->tensors.items[n->out[0]].quant.n)
        return node_error(d, g, n, "its output is s32 with a scale, expected none");
    out->dtype = DT_S32;
    return true;
}

bool infer_like_input_wide(const struct graph *g, const struct node *n, struct tensor *out,
                           struct diag *d)
{
    out->shape = node_in(g, n, 0)->shape;
    return infer_activation(g, n, out, d);
}

bool infer_like_input(const struct graph *g, const struct node *n, struct tensor *out,
                      struct diag *d)
{
    out->shape = node_in(g, n, 0)->shape;
    return infer_f32_or_s8(g, n, out, d);
}

struct taps taps_inside(int32_t origin, int32_t kernel, int32_t dilation, int32_t in)
{
    struct taps t = {0, kernel};
    while (t.first < kernel && origin + t.first * dilation < 0)
        t.first++;
    while (t.end > t.first && origin + (t.end - 1) * dilation >= in)
        t.end--;
    return t;
}

float act_f32(enum act act, float x)
{
    if (act != ACT_NONE && !(x > 0.0f))
        return 0.0f;
    if (act == ACT_RELU6 && x > 6.0f)
        return 6.0f;
    return x;
}

void eval_change_of_scale(const struct eval *e)
{
    if (is_byte_to_byte(e->g, e->n))
        mote_requantize_s8_ref(&e->args->requantize, e->in[0], e->out, e->scratch);
    else
        mote_requantize_s32_ref(&e->args->requantize_wide, e->in[0], e->out, e->scratch);
}

void eval_clamp(const struct eval *e, enum act act)
{
    if (node_in(e->g, e->n, 0)->dtype != DT_F32)
        eval_change_of_scale(e);
    else if (act == ACT_RELU)
        mote_relu_f32_ref(&e->args->unary_f32, e->in[0], e->out, e->scratch);
    else
        mote_relu6_f32_ref(&e->args->unary_f32, e->in[0], e->out, e->scratch);
}

void bind_clamp(const struct graph *g, const struct node *n, enum act act, union kernel_args *out)
{
    if (node_in(g, n, 0)->dtype == DT_F32)
        bind_unary_f32(g, n, &out->unary_f32);
    else
        bind_change_of_scale(g, n, act, out);
}

float *float_pack(struct arena *a, const float *w, size_t n_out, size_t n_tap)
{
    size_t n_blocks = (n_out + FLOAT_LANES - 1) / FLOAT_LANES;
    float *packed = ARENA_ARRAY(a, float, n_blocks *n_tap *FLOAT_LANES);
    for (size_t o = 0; o < n_out; o++)
        for (size_t t = 0; t < n_tap; t++)
            packed[((o / FLOAT_LANES) * n_tap + t) * FLOAT_LANES + o % FLOAT_LANES] =
                w[o * n_tap + t];
    return packed;
}

/* The accumulators are a local array so that the compiler keeps them in vector registers. */
void float_accumulate(float *acc, const float *x, const float *w, size_t n)
{
    float sum[FLOAT_LANES];
    for (size_t l = 0; l < FLOAT_LANES; l++)
        sum[l] = acc[l];
    for (size_t i = 0; i < n; i++)
        for (size_t l = 0; l < FLOAT_LANES; l++)
            sum[l] += x[i] * w[i * FLOAT_LANES + l];
    for (size_t l = 0; l < FLOAT_LANES; l++)
        acc[l] = sum[l];
}
