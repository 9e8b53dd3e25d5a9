/* conv2d_s16_mve.c - convolution of int16 for cores with Helium (Cortex-M55).
 * SPDX-License-Identifier: Apache-2.0
 *
 * mve_pixels.h with eight taps in a vector of inputs; weights of 8 bits widen while they are loaded. The
 * host has proved that sums fit 32 bits: host/pack/shorts.h. */
#define WEIGHT_BYTES  8
#define ELEMENT_BYTES 2

/* clang-format off */
#define MULH(y, k)         "vrmulh.s32 " y ", " y ", " k "\n"
#define STORE(y, out)      "vqmovnb.s32 " y ", " y "\n" "vstrh.32 " y ", [" out "], #8\n"
#define CLAMP              mve_clamp_s16

#define W                  "r7"
#define N                  "r11"
#define PLACE              "mov r7, r11\n" "mov r11, r8\n"
#define END_IF_ZERO(label) "mov r0, r11\n" "cbz r0, " label "\n"
/* clang-format on */

#define LANES      "s16"
#define WEIGHTS(q) "vldrb.s16 " q ", [" W "], #8\n"

#include "kernels/conv2d/mve_whole.h"

#include "kernels/conv2d/mve_pixels.h"

size_t mote_conv2d_s16_mve_scratch(const struct mote_conv2d_s8 *op)
{
    return scratch_bytes(op);
}

#if MOTE_ISA_MVE
void mote_conv2d_s16_mve(const struct mote_conv2d_s8 *op, const int16_t *in, const int8_t *w,
                         const int32_t *records, int16_t *out, void *scratch)
{
    convolve(op, (const int8_t *)in, w, records, (int8_t *)out, scratch);
}
#endif
