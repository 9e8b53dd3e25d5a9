/* pack.h - weights and the constants behind them, in the order in which a variant reads them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_FAST_PACK_H
#define MOTE_HOST_FAST_PACK_H
#include "base/arena.h"
#include "fast/kernels.h"

/* The weights of a layer: those of channel c are w[c * channel_step + tap * tap_step]. */
struct filters {
    const int8_t *w;
    size_t channel_step, tap_step;
    uint32_t n_channels, n_taps;
};

/* What a layer does with its sums, by channel; bias NULL: zeros. */
struct channels {
    struct filters filters;
    const int32_t *bias, *mult;
    const int8_t *shift;
    int32_t in_zero, out_zero, out_min, out_max;
};

#define NO_CHANNEL UINT32_MAX /* a lane whose sum is not used */

/* The channel of every lane: [n_blocks][lanes * vectors]. */
struct lanes {
    const struct dot_layout *layout;
    uint32_t n_blocks;
    uint32_t last_vectors; /* of the last block */
    const uint32_t *channel;
};

/* Blocks of channels; the last one has as few vectors as possible. Half a vector of channels is
 * there twice, for two outputs side by side. */
struct lanes lanes_of_channels(struct arena *a, const struct dot_layout *layout, uint32_t n);
/* Blocks of the elements of a row, of which element i is of channel i % channels. No more than are
 * different from each other. */
struct lanes lanes_of_row(struct arena *a, const struct dot_layout *layout, uint32_t channels,
                          size_t n);

/* For struct product: taps in `n_segments` runs of `run`. */
const void *pack_product(struct arena *a, const struct fast_kernels *k, const struct lanes *lanes,
                         const struct filters *f, uint32_t n_segments, uint32_t run);
/* For struct depthwise_row: taps [rows][columns]. */
const void *pack_depthwise(struct arena *a, const struct fast_kernels *k, const struct lanes *lanes,
                           const struct filters *f, uint32_t rows, uint32_t columns);
const struct finish *pack_finish(struct arena *a, const struct fast_kernels *k,
                                 const struct lanes *lanes, const struct channels *c);
#endif
