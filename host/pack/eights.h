/* eights.h - depthwise layers of int16 for Helium, eight channels at a time.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Weights as in the model. Products of vectors of eight come as two of four: channels 0, 2, 4, 6 and 1, 3,
 * 5, 7. So do records: of every eight channels four `bias` of the even ones, four of the odd ones, `mult` and
 * for ROUND_EXACT `shift`, to the left, in the same way (shorts.h). The last eight begin earlier where they would
 * not be whole; layers of less than eight channels, or with several outputs of a channel, are refused. */
#ifndef MOTE_HOST_PACK_EIGHTS_H
#define MOTE_HOST_PACK_EIGHTS_H
#include "pack/pack.h"

bool eights_find(const struct weighted *l, struct packed_layer *out);
void eights_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                  int32_t *second);
#endif
