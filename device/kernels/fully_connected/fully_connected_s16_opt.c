/* fully_connected_s16_opt.c - dense layer of int16, four outputs at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/fully_connected.h"

#include "kernels/common/dot_s16.h"
#include "kernels/common/wide.h"

size_t mote_fully_connected_s16_opt_scratch(const struct mote_fully_connected_s8 *op)
{
    (void)op;
    return 0;
}

static int16_t end(const struct mote_fully_connected_s8 *op, int64_t sum, const void *bias,
                   uint32_t oc)
{
    const uint32_t i = op->one_scale ? 0 : oc;
    const int32_t y = mote_requant_sum(op->wide, sum, bias, oc, op->mult[i], op->shift[i]);
    return mote_to_s16(y, op->out_min, op->out_max);
}

void mote_fully_connected_s16_opt(const struct mote_fully_connected_s8 *op, const int16_t *in,
                                  const int8_t *w, const void *bias, int16_t *out, void *scratch)
{
    (void)scratch;
    const size_t n = op->in_n;
    for (uint32_t row = 0; row < op->rows; row++, in += n) {
        uint32_t oc = 0;
        for (; oc + 3 < op->out_n; oc += 4) {
            int64_t sum[4] = {0};
            mote_dot_s16_1x4(in, w + oc * n, n, n, sum);
            for (uint32_t j = 0; j < 4; j++)
                *out++ = end(op, sum[j], bias, oc + j);
        }
        for (; oc < op->out_n; oc++)
            *out++ = end(op, mote_dot_s16(in, w + oc * n, n, 0), bias, oc);
    }
}
