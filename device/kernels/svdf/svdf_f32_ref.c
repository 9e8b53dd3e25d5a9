/* svdf_f32_ref.c - filters over time in float, as docs/spec/ir.md, section 5, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/svdf_f32.h"

#include "kernels/common/act_f32.h"

size_t mote_svdf_f32_ref_scratch(const struct mote_svdf_f32 *op)
{
    (void)op;
    return 0;
}

/* One filter: its part of an output, and what it remembers. `next` may be `past`. */
static float filter(const struct mote_svdf_f32 *op, const float *in, const float *feature,
                    const float *time, const float *past, float *next)
{
    float newest = 0.0f, sum = 0.0f;
    for (uint32_t i = 0; i < op->in_n; i++)
        newest += in[i] * feature[i];
    for (uint32_t k = 0; k < op->memory; k++) {
        next[k] = k + 1 < op->memory ? past[k + 1] : newest;
        sum += next[k] * time[k];
    }
    return sum;
}

void mote_svdf_f32_ref(const struct mote_svdf_f32 *op, const float *in, const float *feature,
                       const float *time, const float *bias, const float *past, float *out,
                       float *next, void *scratch)
{
    (void)scratch;
    for (uint32_t b = 0; b < op->batches; b++, in += op->in_n)
        for (uint32_t u = 0; u < op->units; u++) {
            float sum = bias[u];
            for (uint32_t f = u * op->rank; f < (u + 1) * op->rank; f++) {
                sum += filter(op, in, feature + (size_t)f * op->in_n, time + (size_t)f * op->memory,
                              past, next);
                past += op->memory;
                next += op->memory;
            }
            *out++ = mote_act_f32(op->act, sum);
        }
}
