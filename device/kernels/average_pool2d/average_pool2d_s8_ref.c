/* average_pool2d_s8_ref.c - average pooling as docs/spec/numerics.md, section 10, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/pool.h"

size_t mote_average_pool2d_s8_ref_scratch(const struct mote_pool2d_s8 *op)
{
    (void)op;
    return 0;
}

void mote_average_pool2d_s8_ref(const struct mote_pool2d_s8 *op, const int8_t *in, int8_t *out,
                                void *scratch)
{
    (void)scratch;
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        int8_t *row = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ox = 0; ox < op->out.w; ox++) {
            const struct mote_pool_window w = mote_pool_window(op, in, oy, ox);
            for (int32_t c = 0; c < op->out.c; c++)
                *row++ = (int8_t)mote_clamp_s32(mote_average_pool_channel(&w, c), op->out_min,
                                                op->out_max);
        }
    }
}
