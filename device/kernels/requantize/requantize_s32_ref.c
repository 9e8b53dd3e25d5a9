/* requantize_s32_ref.c - another scale and type, as docs/spec/numerics.md, section 14, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/requantize.h"

#include "kernels/common/element.h"
#include "kernels/common/requant.h"

size_t mote_requantize_s32_ref_scratch(const struct mote_requantize_s32 *op)
{
    (void)op;
    return 0;
}

/* The clamp before the zero point keeps the sum in the range: |zero| <= 2^15, and it is 0 for
 * outputs of 4 bytes. */
void mote_requantize_s32_ref(const struct mote_requantize_s32 *op, const void *in, void *out,
                             void *scratch)
{
    (void)scratch;
    const int32_t low = op->out_min - op->out_zero, high = op->out_max - op->out_zero;
    for (uint32_t i = 0; i < op->n; i++) {
        const int32_t x = mote_load(in, op->in_bytes, i) - op->in_zero;
        const int32_t y = mote_clamp_s32(mote_requant(x, op->mult, op->shift), low, high);
        mote_store(out, op->out_bytes, i, y + op->out_zero);
    }
}
