/* fully_connected_s8_opt_w4.c - dense layer with weights of 4 bits in portable C.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two weights a byte, each output's beginning with a whole one (host/pack/nibbles.h). The host folds
 * the input's zero point into the bias. Four outputs share each input byte. */
#include "mote/fully_connected.h"

#include "kernels/common/dot_w4.h"
#include "kernels/common/requant.h"

size_t mote_fully_connected_s8_opt_w4_scratch(const struct mote_fully_connected_s8 *op)
{
    (void)op;
    return 0;
}

/* Outputs oc to oc + n - 1, at most four. Past them the last one is computed again. */
static void block(const struct mote_fully_connected_s8 *op, const int8_t *in, const int8_t *w,
                  const int32_t *bias, uint32_t oc, uint32_t n, int8_t *out)
{
    const int8_t *v[4];
    int32_t acc[4];
    for (uint32_t j = 0; j < 4; j++) {
        const uint32_t c = oc + (j < n ? j : n - 1);
        v[j] = w + c * (((size_t)op->in_n + 1) / 2);
        acc[j] = bias[c];
    }
    mote_dot_1x4_w4(in, v, op->in_n, acc);
    for (uint32_t j = 0; j < n; j++) {
        const uint32_t c = op->one_scale ? 0 : oc + j;
        const int32_t y = mote_requant(acc[j], op->mult[c], op->shift[c]);
        out[oc + j] = mote_to_s8(y, op->out_zero, op->out_min, op->out_max);
    }
}

void mote_fully_connected_s8_opt_w4(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                    const int8_t *w, const int32_t *bias, int8_t *out,
                                    void *scratch)
{
    (void)scratch;
    for (uint32_t row = 0; row < op->rows; row++, in += op->in_n, out += op->out_n)
        for (uint32_t oc = 0; oc < op->out_n; oc += 4)
            block(op, in, w, bias, oc, op->out_n - oc < 4 ? op->out_n - oc : 4, out);
}
