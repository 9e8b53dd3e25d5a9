/* folded.h - weights as in the model, biases with the input's zero point folded in.
 * SPDX-License-Identifier: Apache-2.0
 *
 * bias - in_zero * the sum of the channel's weights: so inner loops multiply plain bytes. */
#ifndef MOTE_HOST_PACK_FOLDED_H
#define MOTE_HOST_PACK_FOLDED_H
#include "pack/pack.h"

bool folded_find(const struct weighted *l, struct packed_layer *out);
/* The biases alone. */
void folded_write_biases(const struct weighted *l, int32_t *to);
void folded_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                  int32_t *second);
#endif
