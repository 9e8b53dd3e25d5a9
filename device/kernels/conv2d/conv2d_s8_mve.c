/* conv2d_s8_mve.c - convolution for cores with Helium (Cortex-M55). SPDX-License-Identifier: Apache-2.0
 *
 * mve_pixels.h with weights of 8 bits. */
#define WEIGHT_BYTES 16

#define LANES      "s8"
#define WEIGHTS(q) "vldrb.8 " q ", [" W "], #16\n"

#include "kernels/conv2d/mve_bytes.h"
#include "kernels/conv2d/mve_whole.h"

#include "kernels/conv2d/mve_pixels.h"

size_t mote_conv2d_s8_mve_scratch(const struct mote_conv2d_s8 *op)
{
    return scratch_bytes(op);
}

#if MOTE_ISA_MVE
void mote_conv2d_s8_mve(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                        const int32_t *records, int8_t *out, void *scratch)
{
    convolve(op, in, w, records, out, scratch);
}
#endif
