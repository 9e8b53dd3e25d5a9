/* fully_connected_s8_opt.c - dense layer in portable C. SPDX-License-Identifier: Apache-2.0
 *
 * The host folds the input's zero point into the bias. Four outputs share each input byte. */
#include "mote/fully_connected.h"

#include "kernels/common/dot.h"
#include "kernels/common/requant.h"

size_t mote_fully_connected_s8_opt_scratch(const struct mote_fully_connected_s8 *op)
{
    (void)op;
    return 0;
}

void mote_fully_connected_s8_opt(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                 const int8_t *w, const int32_t *bias, int8_t *out, void *scratch)
{
    (void)scratch;
    const uint32_t step = op->one_scale ? 0 : 1;
    const int32_t zero = op->out_zero, low = op->out_min, high = op->out_max;
    for (uint32_t row = 0; row < op->rows; row++) {
        const int32_t *mult = op->mult;
        const int8_t *shift = op->shift;
        for (uint32_t oc = 0; oc < op->out_n; oc += 4) {
            /* Past the end the last output is computed again and not stored. */
            const uint32_t n = op->out_n - oc < 4 ? op->out_n - oc : 4;
            const int8_t *v[4];
            int32_t acc[4];
            for (uint32_t j = 0; j < 4; j++) {
                const uint32_t c = oc + (j < n ? j : n - 1);
                v[j] = w + (size_t)c * op->in_n;
                acc[j] = bias[c];
            }
            mote_dot_1x4(in + (size_t)row * op->in_n, v, op->in_n, acc);
            for (uint32_t j = 0; j < n; j++, mult += step, shift += step) {
                const int32_t y = mote_requant(acc[j], *mult, *shift);
                out[oc + j] = mote_to_s8(y, zero, low, high);
            }
        }
        out += op->out_n;
    }
}
