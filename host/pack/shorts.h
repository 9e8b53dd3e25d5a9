/* shorts.h - how a channel's sum becomes int16, where activations are int16.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The definition (docs/spec/numerics.md, section 30) sums in 64 bits, if the bias has them, and rounds once
 * by a multiplier of 16 bits:
 *
 *     y = clamp((sum * short_mult + 2^(right - 1)) >> right)
 *
 * With `mult` = short_mult * 2^(32 - right) that is, exactly,
 *
 *     y = clamp((sum * mult + 2^31) >> 32)                      ROUND_PROVED
 *
 * one instruction, SMMULR or VRMULH, where the sum fits 32 bits whatever the inputs are: what there is
 * to be proved. Sums of 32 bits are rounded twice as those of int8, by the Q31 multiplier and a shift of 1
 * to 31: ROUND_EXACT, with these two in `mult` and `shift`. In both, `sum` starts from `bias`. */
#ifndef MOTE_HOST_PACK_SHORTS_H
#define MOTE_HOST_PACK_SHORTS_H
#include "pack/pack.h"

/* All channels in the form of the layer; false where a sum may leave 32 bits, or the multiplier the
 * range that the form has. */
bool shorts_records_find(const struct weighted *l, enum rounding *rounding, struct record *out);

/* Weights as in the model, then records: `bias`, `mult` and for ROUND_EXACT `shift` of each channel. */
bool shorts_find(const struct weighted *l, struct packed_layer *out);
void shorts_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                  int32_t *second);
#endif
