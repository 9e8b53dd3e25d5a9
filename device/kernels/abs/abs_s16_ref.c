/* abs_s16_ref.c - as docs/spec/numerics.md, section 30, writes it. SPDX-License-Identifier: Apache-2.0 */
#include "mote/abs.h"

#include "kernels/common/requant.h"

size_t mote_abs_s16_ref_scratch(const struct mote_abs_s16 *op)
{
    (void)op;
    return 0;
}

void mote_abs_s16_ref(const struct mote_abs_s16 *op, const int16_t *in, int16_t *out, void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < op->n; i++) {
        const int32_t x = in[i];
        const int32_t y = mote_requant(x < 0 ? -x : x, op->mult, op->shift); /* |x| <= 2^15 */
        out[i] = mote_to_s16(y, INT16_MIN, INT16_MAX);
    }
}
