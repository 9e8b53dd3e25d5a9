/* pad.c - constant padding with real 0, up to four dimensions. SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

#define PAD_RANK_MAX 4

bool infer_pad(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    const struct shape *x = &node_in(g, n, 0)->shape;
    const int32_t *pads = n->attrs.pads;
    if (x->rank > PAD_RANK_MAX)
        return node_error(d, g, n, "input has rank %" PRId32 ", at most %d is supported", x->rank,
                          PAD_RANK_MAX);
    out->shape = *x;
    for (int32_t i = 0; i < RANK_MAX; i++) {
        int32_t before = pads[2 * i], after = pads[2 * i + 1];
        if (i >= x->rank && (before || after))
            return node_error(d, g, n, "padding of dimension %" PRId32 ", the input has %" PRId32,
                              i, x->rank);
        if (before < 0 || before > IMAGE_DIM_MAX || after < 0 || after > IMAGE_DIM_MAX)
            return node_error(d, g, n,
                              "padding %" PRId32 "+%" PRId32 " of dimension %" PRId32
                              " is outside 0..%d",
                              before, after, i, IMAGE_DIM_MAX);
        if (i >= x->rank)
            continue;
        out->shape.dim[i] += before + after; /* <= 2^24 + 2^17 */
        if (out->shape.dim[i] > IMAGE_DIM_MAX)
            return node_error(d, g, n, "padded dimension %" PRId32 " is %" PRId32 ", above %d", i,
                              out->shape.dim[i], IMAGE_DIM_MAX);
    }
    return infer_f32_or_s8(g, n, out, d);
}

int64_t macs_pad(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

/* Shape and padding with ones and zeros in front, so that all ranks are 4. */
struct pad4 {
    int32_t in[PAD_RANK_MAX], before[PAD_RANK_MAX], out[PAD_RANK_MAX];
};

static void pad_f32(const struct pad4 *p, const float *in, float *out)
{
    int64_t n_out = (int64_t)p->out[0] * p->out[1] * p->out[2] * p->out[3];
    memset(out, 0, (size_t)n_out * sizeof *out);
    for (int32_t i0 = 0; i0 < p->in[0]; i0++)
        for (int32_t i1 = 0; i1 < p->in[1]; i1++)
            for (int32_t i2 = 0; i2 < p->in[2]; i2++) {
                int64_t at = i0 + p->before[0];
                at = at * p->out[1] + i1 + p->before[1];
                at = at * p->out[2] + i2 + p->before[2];
                at = at * p->out[3] + p->before[3];
                memcpy(out + at, in, (size_t)p->in[3] * sizeof *in);
                in += p->in[3];
            }
}

void eval_pad(const struct eval *e)
{
    const struct tensor *x = node_in(e->g, e->n, 0);
    if (x->dtype == DT_S8) {
        mote_pad_s8_ref(&e->args->pad, e->in[0], e->out, e->scratch);
        return;
    }
    struct pad4 p = {.in = {1, 1, 1, 1}, .out = {1, 1, 1, 1}};
    int32_t lead = PAD_RANK_MAX - x->shape.rank;
    for (int32_t i = 0; i < x->shape.rank; i++) {
        p.in[lead + i] = x->shape.dim[i];
        p.before[lead + i] = e->n->attrs.pads[2 * i];
        p.out[lead + i] = x->shape.dim[i] + e->n->attrs.pads[2 * i] + e->n->attrs.pads[2 * i + 1];
    }
    pad_f32(&p, e->in[0], e->out);
}

static void pad_constants(const struct graph *g, const struct node *n, struct mote_pad_s8 *op)
{
    const struct tensor *x = node_in(g, n, 0);
    int32_t lead = 4 - x->shape.rank;
    assert(lead >= 0);
    *op = (struct mote_pad_s8){.in = {1, 1, 1, 1}, .value = zero_of(x)};
    for (int32_t i = 0; i < x->shape.rank; i++) {
        op->in[lead + i] = (uint16_t)x->shape.dim[i];
        op->before[lead + i] = (uint16_t)n->attrs.pads[2 * i];
        op->after[lead + i] = (uint16_t)n->attrs.pads[2 * i + 1];
    }
}

bool bind_pad(struct arena *a, const struct graph *g, const struct node *n, union kernel_args *out,
              struct diag *d)
{
    (void)a, (void)d;
    pad_constants(g, n, &out->pad);
    return true;
}

bool ranges_pad(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    (void)tmp;
    return ranges_same_quant(g, n, d);
}
