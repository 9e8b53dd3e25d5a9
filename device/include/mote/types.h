/* types.h - what all kernels share. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_TYPES_H
#define MOTE_TYPES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What emitted code and the library agree on: structs, packing of weights, meaning of arguments.
 * Emitted code refuses a library of another number. */
#define MOTE_CONTRACT 4

/* Height, width, channels of one NHWC image; the batch is always 1. */
struct mote_hwc {
    uint16_t h, w, c;
};

/* Where a model's input or output lies in its arena. */
struct mote_slot {
    uint32_t offset, bytes;
};
#endif
