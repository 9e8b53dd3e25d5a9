/* vectors.h - records for lanes of 32 bits: what the packings for Helium share.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     ROUND_PROVED: VMULH by `mult`, plus `add`                  as in record.h
 *     ROUND_EXACT:  h = VQRDMULH by `mult`, the Q31 multiplier; VRSHL of h + (h >> 31) by `shift`, which
 *                   is negative; plus `add`, the output's zero point
 *
 * Those of int16 (shorts.h) have VRMULH in place of VMULH, and an `add` of 0.
 *
 * Results of int8 are narrowed to bytes by instructions that look at 16 bits of a lane: no sum may make more. */
#ifndef MOTE_HOST_PACK_VECTORS_H
#define MOTE_HOST_PACK_VECTORS_H
#include "pack/pack.h"

#define RECORD_CHANNELS 4u

/* Find records for all channels. False where there are none, or a result before the clamp would not
 * fit 16 bits. */
bool vector_records_find(const struct weighted *l, struct packed_layer *out);

/* Words of the records of four channels. */
uint32_t vector_record_words(const struct packed_layer *packed);

/* Four of each for the channels from `first` on: `bias`, `mult`, for ROUND_EXACT `shift`, `add`. Channels
 * past the last one give zeros. */
void vector_records_write(const struct weighted *l, const struct packed_layer *packed,
                          uint32_t first, int32_t *to);
#endif
