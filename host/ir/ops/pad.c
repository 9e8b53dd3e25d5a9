/* pad.c - constant padding with real 0, up to four dimensions. SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <inttypes.h>

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

static void pad_constants(const struct graph *g, const struct node *n, struct mote_pad_any *op)
{
    const struct tensor *x = node_in(g, n, 0);
    int32_t lead = 4 - x->shape.rank;
    assert(lead >= 0);
    *op = (struct mote_pad_any){.in = {1, 1, 1, 1}, .value = x->quant.n ? zero_of(x) : 0};
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
