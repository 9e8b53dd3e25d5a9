/* signal_window_s16_ref.c - samples times a window.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/signal.h"

#include "kernels/common/bits.h"
#include "kernels/common/requant.h"

size_t mote_signal_window_s16_ref_scratch(const struct mote_signal_window_s16 *op)
{
    (void)op;
    return 0;
}

void mote_signal_window_s16_ref(const struct mote_signal_window_s16 *op, const int16_t *in,
                                const int16_t *window, int16_t *out, void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < op->n; i++) {
        const int32_t product = mote_shift_right((int32_t)in[i] * window[i], op->shift);
        out[i] = (int16_t)mote_clamp_s32(product, INT16_MIN, INT16_MAX);
    }
}
