/* l2_normalization_s8_ref.c - vectors of length 1, as docs/spec/numerics.md, section 28, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/l2_normalization.h"

#include "kernels/common/inverse_sqrt.h"

#define OUT_BITS 7 /* the output's scale is 2^-7 */

size_t mote_l2_normalization_s8_ref_scratch(const struct mote_l2_normalization *op)
{
    (void)op;
    return 0;
}

void mote_l2_normalization_s8_ref(const struct mote_l2_normalization *op, const int8_t *in,
                                  int8_t *out, void *scratch)
{
    (void)scratch;
    for (uint32_t r = 0; r < op->rows; r++, in += op->n, out += op->n) {
        int32_t square = 0; /* n <= 33025 and 33025 * 255^2 < 2^31 */
        for (uint32_t i = 0; i < op->n; i++)
            square += (in[i] - op->zero) * (in[i] - op->zero);
        const struct mote_multiplier m = mote_inverse_sqrt(square);
        const struct mote_scale scale = mote_scale_of(m.mult, m.shift + OUT_BITS);
        for (uint32_t i = 0; i < op->n; i++)
            out[i] = mote_to_s8(mote_requant_by(scale, in[i] - op->zero), 0, INT8_MIN, INT8_MAX);
    }
}
