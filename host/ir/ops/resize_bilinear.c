/* resize_bilinear.c - an image of another size, each pixel mixed from four.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"
#include "ir/ops/resize.h"

bool infer_resize_bilinear(const struct graph *g, const struct node *n, struct tensor *out,
                           struct diag *d)
{
    if (n->attrs.align_corners && n->attrs.half_pixel)
        return node_error(d, g, n, "align_corners and half_pixel exclude each other");
    return infer_resize(g, n, out, d);
}

int64_t macs_resize_bilinear(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

/* Two neighbours along one dimension, and how near the second is: 0..1. */
struct mix {
    int32_t first, second;
    float part;
};

/* In float, as the reference does it: docs/spec/ir.md, section 5. */
static struct mix mix_at(const struct attrs *at, int32_t i, int32_t in, int32_t out)
{
    const bool aligned = at->align_corners && out > 1;
    const float scale = aligned ? (float)(in - 1) / (float)(out - 1) : (float)in / (float)out;
    const float p = at->half_pixel ? ((float)i + 0.5f) * scale - 0.5f : (float)i * scale;
    const float down = floorf(p), up = ceilf(p), last = (float)(in - 1);
    struct mix m = {(int32_t)fminf(fmaxf(down, 0.0f), last), (int32_t)fminf(up, last), 0.0f};
    m.part = p - (float)m.first;
    return m;
}

static void resize_f32(const struct attrs *at, const int32_t *x, const float *in, float *out)
{
    const int64_t c = x[3], row = x[2] * c;
    for (int32_t oy = 0; oy < at->to_h; oy++) {
        const struct mix y = mix_at(at, oy, x[1], at->to_h);
        const float *top = in + y.first * row, *bottom = in + y.second * row;
        for (int32_t ox = 0; ox < at->to_w; ox++) {
            const struct mix m = mix_at(at, ox, x[2], at->to_w);
            const int64_t left = m.first * c, right = m.second * c;
            for (int64_t k = 0; k < c; k++) {
                const float a = top[left + k] * (1.0f - y.part) * (1.0f - m.part);
                const float b = bottom[left + k] * y.part * (1.0f - m.part);
                const float p = top[right + k] * (1.0f - y.part) * m.part;
                const float q = bottom[right + k] * y.part * m.part;
                *out++ = a + b + p + q;
            }
        }
    }
}

void eval_resize_bilinear(const struct eval *e)
{
    const struct tensor *x = node_in(e->g, e->n, 0);
    if (x->dtype == DT_S8)
        mote_resize_bilinear_s8_ref(&e->args->resize_bilinear, e->in[0], e->out, e->scratch);
    else
        resize_f32(&e->n->attrs, x->shape.dim, e->in[0], e->out);
}

/* The step from one output to the next and the first output's place, in 1/1024 of a pixel. Both
 * fit: in and out are at most 65535, and a step times out is about 1024 * in. */
static void bind_dim(const struct attrs *at, int32_t in, int32_t out, int32_t *step, int32_t *first)
{
    const int32_t n = at->align_corners && out > 1 ? in - 1 : in;
    const int32_t m = at->align_corners && out > 1 ? out - 1 : out;
    *step = (1024 * n + m / 2) / m;
    *first = at->half_pixel ? *step / 2 - 512 : 0;
}

bool bind_resize_bilinear(struct arena *a, const struct graph *g, const struct node *n,
                          union kernel_args *out, struct diag *d)
{
    (void)a, (void)d;
    struct mote_resize_bilinear_s8 *op = &out->resize_bilinear;
    op->in = hwc_of(node_in(g, n, 0));
    op->out = hwc_of(&g->tensors.items[n->out[0]]);
    bind_dim(&n->attrs, op->in.h, op->out.h, &op->y_step, &op->y_first);
    bind_dim(&n->attrs, op->in.w, op->out.w, &op->x_step, &op->x_first);
    return true;
}

bool ranges_resize_bilinear(struct arena *tmp, const struct graph *g, const struct node *n,
                            struct diag *d)
{
    (void)tmp;
    return ranges_same_quant(g, n, d);
}
