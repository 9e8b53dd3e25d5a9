/* max_pool2d_s16_ref.c - maximum pooling of int16, as docs/spec/numerics.md, section 10, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/pool.h"

size_t mote_max_pool2d_s16_ref_scratch(const struct mote_pool2d_s8 *op)
{
    (void)op;
    return 0;
}

static int32_t larger(int32_t so_far, int32_t x)
{
    return mote_max_s32(so_far, x);
}

void mote_max_pool2d_s16_ref(const struct mote_pool2d_s8 *op, const int16_t *in, int16_t *out,
                             void *scratch)
{
    (void)scratch;
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        int16_t *row = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ox = 0; ox < op->out.w; ox++)
            for (int32_t c = 0; c < op->out.c; c++) {
                const struct mote_pooled p = mote_pool_s16(op, in, oy, ox, c, INT16_MIN, larger);
                *row++ = mote_to_s16(p.value, op->out_min, op->out_max);
            }
    }
}
