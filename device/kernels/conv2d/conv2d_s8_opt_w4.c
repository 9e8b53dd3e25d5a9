/* conv2d_s8_opt_w4.c - convolution with weights of 4 bits in portable C.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two weights a byte: half the flash of int8 (host/pack/nibbles.h). The windows of two pixels are copied
 * with in_zero for the clipped taps, so that all begin with a whole byte of weights; the copies
 * serve all channels. A pointwise layer needs none. The host folds the input's zero point into the bias.
 *
 * Order: output rows; within a row pairs of pixels, which are read before they are written. */
#include "mote/conv2d.h"

#include "kernels/common/dot_w4.h"
#include "kernels/conv2d/opt_window.h"

#define STACK_BYTES 160 /* two windows up to this size together lie on the stack */

static size_t taps_of(const struct mote_conv2d_s8 *op)
{
    return (size_t)op->kh * op->kw * op->in.c;
}

size_t mote_conv2d_s8_opt_w4_scratch(const struct mote_conv2d_s8 *op)
{
    const size_t bytes = 2 * taps_of(op);
    return is_pointwise(op) || bytes <= STACK_BYTES ? 0 : bytes;
}

/* All channels of two pixels whose windows are x0 and x1, n bytes each. Past the last channel it
 * is computed once more and not stored. */
static void all_channels(const struct mote_conv2d_s8 *op, const int8_t *x0, const int8_t *x1,
                         size_t n, const int8_t *w, const int32_t *bias, int8_t *out0, int8_t *out1)
{
    const int32_t n_oc = op->out.c;
    const size_t w_bytes = (n + 1) / 2;
    for (int32_t oc = 0; oc < n_oc; oc += 2) {
        const int32_t next = oc + 1 < n_oc;
        int32_t acc[4] = {bias[oc], bias[oc + next], bias[oc], bias[oc + next]};
        mote_dot_2x2_w4(x0, x1, w, next ? w + w_bytes : w, n, acc);
        store_2(op, oc, acc[0], acc[2], out0 + oc, out1 + oc);
        if (next)
            store_2(op, oc + 1, acc[1], acc[3], out0 + oc + 1, out1 + oc + 1);
        w += 2 * w_bytes;
    }
}

void mote_conv2d_s8_opt_w4(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                           const int32_t *bias, int8_t *out, void *scratch)
{
    int8_t stack[STACK_BYTES];
    const size_t n = taps_of(op);
    const bool is_direct = is_pointwise(op);
    int8_t *copy = 2 * n <= STACK_BYTES ? stack : scratch;
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        int8_t *y = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ox = 0; ox < op->out.w; ox += 2, y += 2 * (size_t)op->out.c) {
            const int32_t next = ox + 1 < op->out.w; /* a last odd pixel is its own partner */
            const int8_t *x0 = copy, *x1 = copy + n;
            if (is_direct) {
                x0 = in + ((size_t)(oy * op->sh) * op->in.w + (size_t)(ox * op->sw)) * n;
                x1 = x0 + (size_t)(next * op->sw) * n;
            } else {
                copy_window(op, in, oy, ox, copy);
                copy_window(op, in, oy, ox + next, copy + n);
            }
            all_channels(op, x0, x1, n, w, bias, y, y + next * op->out.c);
        }
    }
}
