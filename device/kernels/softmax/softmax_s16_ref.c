/* softmax_s16_ref.c - softmax of int16 as docs/spec/numerics.md, section 30, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/softmax.h"

#include "kernels/common/fixed_exp.h"
#include "kernels/common/interpolate.h"

size_t mote_softmax_s16_ref_scratch(const struct mote_softmax_s16 *op)
{
    (void)op;
    return 0;
}

static int32_t clamp_s16(int32_t x)
{
    return mote_clamp_s32(x, INT16_MIN, INT16_MAX);
}

static void softmax_row(const struct mote_softmax_s16 *op, const int16_t *in, int16_t *out)
{
    int32_t max = INT16_MIN;
    for (uint32_t i = 0; i < op->n; i++)
        max = mote_max_s32(max, in[i]);

    int32_t sum = 0; /* Q16.15: at most 65535 elements of at most 2^15 - 1 */
    for (uint32_t i = 0; i < op->n; i++) {
        const int32_t scaled = mote_requant(in[i] - max, op->mult, op->shift); /* <= 0 */
        out[i] = (int16_t)mote_interpolate(op->exp, clamp_s16(scaled + INT16_MAX));
        sum += out[i];
    }
    MOTE_ASSERT(sum >= 1 << 14); /* the largest element adds about 2^15 */

    const int32_t headroom = mote_clz((uint32_t)sum | 1u); /* 1..17: the sum is not 0 */
    const int32_t unit = (int32_t)((((int64_t)sum << (headroom - 1)) + (1 << 13)) >> 14);
    const int32_t reciprocal = mote_interpolate(
        op->inverse, clamp_s16(unit - (1 << 15) - (1 << 16))); /* unit: 2^16..2^17 */
    const int32_t down = 31 - headroom;
    for (uint32_t i = 0; i < op->n; i++) {
        const int64_t product = (int64_t)out[i] * reciprocal + ((INT64_C(1) << down) >> 1);
        out[i] = (int16_t)mote_clamp_s32((int32_t)(product >> down), 0, INT16_MAX);
    }
}

void mote_softmax_s16_ref(const struct mote_softmax_s16 *op, const int16_t *in, int16_t *out,
                          void *scratch)
{
    (void)scratch;
    MOTE_ASSERT(op->n >= 1 && op->n <= 65535);
    for (uint32_t row = 0; row < op->rows; row++)
        softmax_row(op, in + (size_t)row * op->n, out + (size_t)row * op->n);
}
