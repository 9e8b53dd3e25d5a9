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

/* With |w| summed over a channel below W, the verifier has |bias| + 255 * W < 2^31 - 255; what is
 * folded here is at most |bias| + 128 * W. */
static void fold_zero_point(const struct node *n, const struct tensor *x, const struct tensor *w,
                            uint32_t channels, int32_t *bias)
{
    const uint32_t taps = (uint32_t)(shape_count(&w->shape) / channels);
    for (uint32_t c = 0; c < channels; c++) {
        const int64_t folded =
            bias[c] - x->quant.zero[0] * channel_sum(n, w->data, channels, taps, c);
        assert(folded >= INT32_MIN && folded <= INT32_MAX);
        bias[c] = (int32_t)folded;
    }
}

void pack_constants(struct arena *a, const struct graph *g, const struct node *n,
                    enum packing constants, struct step *step)
{
    assert(constants != NONE && n->n_in >= 2);
    const struct tensor *x = &g->tensors.items[n->in[0]], *w = &g->tensors.items[n->in[1]];
    const struct shape *y = &g->tensors.items[n->out[0]].shape;
    const uint32_t channels = (uint32_t)y->dim[y->rank - 1];
    assert(w->data && w->dtype == DT_S8 && shape_count(&w->shape) % channels == 0);
    int32_t *bias = ARENA_ARRAY(a, int32_t, channels);
    if (n->n_in == 3 && n->in[2] != NO_TENSOR) {
        const struct tensor *b = &g->tensors.items[n->in[2]];
        assert(b->data && b->dtype == DT_S32 && tensor_bytes(b) == channels * sizeof *bias);
        memcpy(bias, b->data, channels * sizeof *bias);
    }
    if (constants == FOLDED)
        fold_zero_point(n, x, w, channels, bias);
    step->packed[0] = (struct packed){"weights", DT_S8, (uint32_t)shape_count(&w->shape), w->data};
    step->packed[1] = (struct packed){"bias", DT_S32, channels, bias};
    step->n_packed = 2;
}
