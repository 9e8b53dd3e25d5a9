/* quantize_f32_ref.c - float to int8 or int16 as docs/spec/numerics.md, section 15, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/quantize.h"

#include "kernels/common/element.h"
#include "kernels/common/requant.h"

size_t mote_quantize_f32_ref_scratch(const struct mote_quantize_f32 *op)
{
    (void)op;
    return 0;
}

#define HOLD 131072 /* 2^17 */

/* x to the nearest integer, half away from zero, held at +-HOLD: the result is clamped to int16 or
 * int8 after a zero point is added, so more range would change nothing. NaN gives 0. */
static int32_t round_to_s32(float x)
{
    if (x >= (float)HOLD)
        return HOLD;
    if (x <= (float)-HOLD)
        return -HOLD;
    if (!(x > (float)-HOLD && x < (float)HOLD))
        return 0;
    const int32_t whole = (int32_t)x;    /* towards zero */
    const float rest = x - (float)whole; /* exact: |x| < 2^23 */
    return whole + (rest >= 0.5f) - (rest <= -0.5f);
}

void mote_quantize_f32_ref(const struct mote_quantize_f32 *op, const float *in, void *out,
                           void *scratch)
{
    (void)scratch;
    const int32_t low = op->wide ? INT16_MIN : INT8_MIN, high = op->wide ? INT16_MAX : INT8_MAX;
    for (uint32_t i = 0; i < op->n; i++) {
        const int32_t q = round_to_s32(in[i] / op->scale) + op->zero;
        mote_store(out, op->wide ? 2 : 1, i, mote_clamp_s32(q, low, high));
    }
}
