/* weighted.h - the constants of one layer with weights, as plain arrays: what every packer reads.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The functions of this room are C99 that allocates nothing and knows no graph: the host packs with
 * them, and so do the tests that run on boards. */
#ifndef MOTE_HOST_PACK_WEIGHTED_H
#define MOTE_HOST_PACK_WEIGHTED_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mote/types.h"

/* Everything is borrowed. */
struct weighted {
    const int8_t *w;     /* weight of channel c and tap t: w[c * channel_step + t * tap_step] */
    const int32_t *bias; /* [n_channels]                                                      */
    const int64_t *wide_bias; /* in its place where activations are int16 and sums have 64 bits */
    bool is_s16; /* activations of int16, zero points 0                               */
    uint32_t n_channels, n_taps;
    uint32_t channel_step, tap_step;
    uint8_t kh, kw, sh, sw, dh, dw; /* window, stride, dilation; taps are [kh][kw][the rest]  */
    struct mote_hwc in, out;        /* of windows: the images                                 */
    uint8_t pad_top, pad_left;
    int32_t in_zero, out_zero;
    int32_t out_min, out_max; /* fused activation, in output units                            */
    const int32_t *mult;      /* Q31 multiplier                                               */
    const int8_t *shift;      /* positive to the left                                         */
    uint32_t scale_step;      /* channel c has mult[c * scale_step]: 1; 0 where all share one */
};
#endif
