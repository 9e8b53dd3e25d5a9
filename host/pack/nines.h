/* nines.h - the nine weights of depthwise windows of 3 x 3, in pairs of 16 bits.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first array has seven words a channel; each weight w[ky][kx] is there `scale` times (ROUND_SCALED
 * in record.h), the first of a pair in the low half:
 *
 *     {w00, w10}, {w01, w11}, {w02, w12}, {w20, w21}, {w22, number of channels}, mult, bias
 *
 * There is no second one. What device/kernels/depthwise_conv2d/depthwise_conv2d_s8_dsp3x3.c does
 * not do is refused: windows with one row in the image, more than one column of padding on either
 * side, images of one column, strides of columns above 2, several outputs of one channel. */
#ifndef MOTE_HOST_PACK_NINES_H
#define MOTE_HOST_PACK_NINES_H
#include "pack/pack.h"

bool nines_find(const struct weighted *l, struct packed_layer *out);
void nines_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                 int32_t *second);
#endif
