/* max_pool2d_s8_ref.c - max pooling as docs/spec/numerics.md, section 10, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/pool2d.h"

#include "kernels/common/window.h"

size_t mote_max_pool2d_s8_ref_scratch(const struct mote_pool2d_s8 *op)
{
    (void)op;
    return 0;
}

static int32_t pool_window(const struct mote_pool2d_s8 *op, const int8_t *in, int32_t oy,
                           int32_t ox, int32_t c)
{
    const int32_t y0 = oy * op->sh - op->pad_top, x0 = ox * op->sw - op->pad_left;
    const struct mote_taps ty = mote_taps_inside(y0, op->kh, 1, op->in.h);
    const struct mote_taps tx = mote_taps_inside(x0, op->kw, 1, op->in.w);
    int32_t max = INT8_MIN;
    for (int32_t ky = ty.first; ky < ty.end; ky++)
        for (int32_t kx = tx.first; kx < tx.end; kx++)
            max = mote_max_s32(
                max, in[((size_t)(y0 + ky) * op->in.w + (size_t)(x0 + kx)) * op->in.c + (size_t)c]);
    return max;
}

void mote_max_pool2d_s8_ref(const struct mote_pool2d_s8 *op, const int8_t *in, int8_t *out,
                            void *scratch)
{
    (void)scratch;
    for (int32_t oy = 0; oy < op->out.h; oy++)
        for (int32_t ox = 0; ox < op->out.w; ox++)
            for (int32_t c = 0; c < op->out.c; c++)
                *out++ = (int8_t)mote_clamp_s32(pool_window(op, in, oy, ox, c), op->out_min,
                                                op->out_max);
}
