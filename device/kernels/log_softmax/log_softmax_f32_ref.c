/* log_softmax_f32_ref.c - the logarithm of softmax in float, as docs/spec/ir.md, section 5, writes
 * it. SPDX-License-Identifier: Apache-2.0 */
#include "mote/log_softmax.h"

#include "kernels/common/math_f32.h"

size_t mote_log_softmax_f32_ref_scratch(const struct mote_softmax_f32 *op)
{
    (void)op;
    return 0;
}

static void log_softmax_row(const float *in, float *out, uint32_t n, float beta)
{
    float max = in[0], sum = 0.0f;
    for (uint32_t i = 1; i < n; i++)
        max = in[i] > max ? in[i] : max;
    for (uint32_t i = 0; i < n; i++)
        sum += mote_exp_f32(beta * (in[i] - max));
    const float log_sum = mote_log_f32(sum);
    for (uint32_t i = 0; i < n; i++)
        out[i] = beta * (in[i] - max) - log_sum;
}

void mote_log_softmax_f32_ref(const struct mote_softmax_f32 *op, const float *in, float *out,
                              void *scratch)
{
    (void)scratch;
    for (uint32_t r = 0; r < op->rows; r++)
        log_softmax_row(in + (size_t)r * op->n, out + (size_t)r * op->n, op->n, op->beta);
}
