/* average_pool2d_f32_ref.c - average pooling in float, as docs/spec/ir.md, section 5, writes
 * it. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/pool_f32.h"

size_t mote_average_pool2d_f32_ref_scratch(const struct mote_window_f32 *op)
{
    (void)op;
    return 0;
}

static float pool(const struct mote_pool_window_f32 *w, uint32_t c)
{
    float sum = 0.0f;
    for (uint32_t ky = 0; ky < w->h; ky++)
        for (uint32_t kx = 0; kx < w->w; kx++)
            sum += w->in[ky * w->row + kx * w->c + c];
    return sum / (float)(int32_t)(w->h * w->w);
}

void mote_average_pool2d_f32_ref(const struct mote_window_f32 *op, const float *in, float *out,
                                 void *scratch)
{
    (void)scratch;
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        float *row = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ox = 0; ox < op->out.w; ox++) {
            const struct mote_pool_window_f32 w = mote_pool_window_f32(op, in, oy, ox);
            for (uint32_t c = 0; c < op->out.c; c++)
                *row++ = mote_act_f32(op->act, pool(&w, c));
        }
    }
}
