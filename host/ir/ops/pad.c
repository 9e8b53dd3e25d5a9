/* pad.c - padding with a constant, up to four dimensions. SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>
#include <math.h>
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
    if (!isfinite(n->attrs.value))
        return node_error(d, g, n, "value %.9g is not finite", (double)n->attrs.value);
    const enum dtype type = node_in(g, n, 0)->dtype;
    if (n->attrs.value != 0.0f && type != DT_F32 && type != DT_S8)
        return node_error(d, g, n, "a value for type %s, expected f32 or s8", dtype_name(type));
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
    return infer_copy(g, n, out);
}

int64_t macs_pad(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

void eval_pad(const struct eval *e)
{
    mote_pad_any_ref(&e->args->pad, e->in[0], e->out, e->scratch);
}

/* A real number as an element of the tensor has it: its bytes, lowest first. */
static int32_t element_of(const struct tensor *t, float value)
{
    int32_t bits = 0;
    if (t->dtype == DT_F32)
        memcpy(&bits, &value, sizeof bits);
    else if (t->quant.n == 1) {
        const float q = roundf(value / t->quant.scale[0]) + (float)t->quant.zero[0];
        const float low = (float)dtype_min(t->dtype), high = (float)dtype_max(t->dtype);
        bits = (int32_t)fmaxf(low, fminf(high, q));
    }
    return bits;
}

static void pad_constants(const struct graph *g, const struct node *n, struct mote_pad_any *op)
{
    const struct tensor *x = node_in(g, n, 0);
    int32_t lead = 4 - x->shape.rank;
    assert(lead >= 0);
    *op = (struct mote_pad_any){.in = {1, 1, 1, 1}, .value = element_of(x, n->attrs.value)};
    op->elem_bytes = (uint8_t)dtype_bytes(x->dtype);
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
