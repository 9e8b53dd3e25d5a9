/* nibbles.h - weights of 4 bits, two a byte, biases with the input's zero point folded in.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A channel's taps in the order of the model, the first of two in the low half of the byte; each channel
 * begins with a whole byte. Biases are those of folded.h. Whatever the model's type, layers are taken
 * whose weights all lie in -8..7. */
#ifndef MOTE_HOST_PACK_NIBBLES_H
#define MOTE_HOST_PACK_NIBBLES_H
#include "pack/pack.h"

/* Do all weights of a layer lie in -8..7? */
bool fits_nibbles(const struct weighted *l);

bool nibbles_find(const struct weighted *l, struct packed_layer *out);
void nibbles_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                   int32_t *second);
#endif
