/* pack.c - constants as a kernel variant wants them. SPDX-License-Identifier: Apache-2.0 */
#include "sched/pack.h"

#include <assert.h>
#include <string.h>

/* The sum of one output channel's weights. Depthwise weights are [taps][channels], all others
 * [channels][taps]. |sum| <= 128 * taps, and taps < 2^31. */
static int64_t channel_sum(const struct node *n, const int8_t *w, uint32_t channels, uint32_t taps,
                           uint32_t c)
{
    const bool is_depthwise = n->op == OP_DEPTHWISE_CONV2D;
    const int8_t *at = w + (is_depthwise ? (size_t)c : (size_t)c * taps);
    const size_t step = is_depthwise ? channels : 1;
    int64_t sum = 0;
    for (uint32_t t = 0; t < taps; t++)
        sum += at[t * step];
    return sum;
}

/* As in the model, zeros where there is none. */
static struct packed pack_bias(struct arena *a, const struct graph *g, const struct node *n,
                               uint32_t channels)
{
    const bool is_given = n->n_in == 3 && n->in[2] != NO_TENSOR;
    const enum dtype x = g->tensors.items[n->in[0]].dtype;
    const enum dtype none = x == DT_F32 ? DT_F32 : node_sums_wide(g, n) ? DT_S64 : DT_S32;
    const struct tensor *b = is_given ? &g->tensors.items[n->in[2]] : NULL;
    const enum dtype dtype = b ? b->dtype : none;
    void *bias = arena_alloc(a, channels * dtype_bytes(dtype));
    memset(bias, 0, channels * dtype_bytes(dtype));
    if (b) {
        assert(b->data && tensor_bytes(b) == channels * dtype_bytes(dtype));
        memcpy(bias, b->data, tensor_bytes(b));
    }
    return (struct packed){"bias", dtype, channels, bias};
}

/* With |w| summed over a channel below W, the verifier has |bias| + 255 * W < 2^31 - 255; what is
 * folded here is at most |bias| + 128 * W. */
static void fold_zero_point(struct arena *a, const struct node *n, const struct tensor *x,
                            const struct tensor *w, struct packed *bias)
{
    assert(bias->dtype == DT_S32);
    const uint32_t channels = bias->n, taps = (uint32_t)(shape_count(&w->shape) / channels);
    int32_t *to = arena_copy(a, bias->data, channels * sizeof *to);
    for (uint32_t c = 0; c < channels; c++) {
        const int64_t folded =
            to[c] - x->quant.zero[0] * channel_sum(n, w->data, channels, taps, c);
        assert(folded >= INT32_MIN && folded <= INT32_MAX);
        to[c] = (int32_t)folded;
    }
    bias->data = to;
}

bool pack_constants(struct arena *a, const struct graph *g, const struct node *n,
                    enum packing constants, struct step *step)
{
    assert(constants != NONE && n->n_in >= 2);
    const struct tensor *x = &g->tensors.items[n->in[0]], *w = &g->tensors.items[n->in[1]];
    const struct shape *y = &g->tensors.items[n->out[0]].shape;
    const uint32_t channels = (uint32_t)y->dim[y->rank - 1];
    assert(w->data && shape_count(&w->shape) % channels == 0);
    step->packed[0] =
        (struct packed){"weights", w->dtype, (uint32_t)shape_count(&w->shape), w->data};
    step->packed[1] = pack_bias(a, g, n, channels);
    if (constants == FOLDED)
        fold_zero_point(a, n, x, w, &step->packed[1]);
    step->n_packed = 2;
    return true;
}
