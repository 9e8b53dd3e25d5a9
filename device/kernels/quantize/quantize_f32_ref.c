/* quantize_f32_ref.c - float to int8 as docs/spec/numerics.md, section 15, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/quantize.h"

#include "kernels/common/requant.h"

size_t mote_quantize_f32_ref_scratch(const struct mote_quantize_f32 *op)
{
    (void)op;
    return 0;
}

/* x to the nearest integer, half away from zero, held at +-512: the result is clamped to int8
 * after a zero point is added, so more range would change nothing. NaN gives 0. */
static int32_t round_to_s32(float x)
{
    if (x >= 512.0f)
        return 512;
    if (x <= -512.0f)
        return -512;
    if (!(x > -512.0f && x < 512.0f))
        return 0;
    const int32_t whole = (int32_t)x;    /* towards zero */
    const float rest = x - (float)whole; /* exact: |x| < 2^23 */
    return whole + (rest >= 0.5f) - (rest <= -0.5f);
}

void mote_quantize_f32_ref(const struct mote_quantize_f32 *op, const float *in, int8_t *out,
                           void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < op->n; i++) {
        const int32_t q = round_to_s32(in[i] / op->scale) + op->zero;
        out[i] = (int8_t)mote_clamp_s32(q, INT8_MIN, INT8_MAX);
    }
}
