/* record.h - how a channel's sum becomes an output byte, in as few instructions as can be proved.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The definition (docs/spec/numerics.md) rounds twice and clamps: ten instructions and more on a
 * Cortex-M. Within the range that a channel's sum can take, the whole map from sum to output byte is
 * a staircase with at most 255 steps, which the host knows. So it looks for integers such that
 *
 *     y = clamp(high32(sum * mult) + add)                       ROUND_PROVED
 *
 * is the same staircase: each step is compared, so what is found is proved. Channels whose outputs
 * take both signs round half away from zero and have none. For them, exactly and without a search,
 *
 *     h = high32(sum * mult + 2^31) + sum                       ROUND_EXACT
 *     y = clamp((h + (h >> 31) + add) >> shift)
 *
 * is SRDHM by the Q31 multiplier and RDBPOT by `shift`, since high32(sum * (2q - 2^32) + 2^31) + sum
 * = (sum * q + 2^30) >> 31. In both, `sum` starts from `bias`.
 *
 * Where a kernel holds weights at 16 bits anyway, they may be multiples of the model's: a sum `scale`
 * times as fine has room for the constant in its bias, and one register less is needed:
 *
 *     y = clamp(high32(sum * mult) >> 8)                        ROUND_SCALED
 *
 * where `sum` is bias + scale * (weights times bytes): a staircase proved as the first. */
#ifndef MOTE_HOST_PACK_RECORD_H
#define MOTE_HOST_PACK_RECORD_H
#include "pack/weighted.h"

enum rounding { ROUND_PROVED, ROUND_EXACT, ROUND_SCALED };

struct record {
    int32_t bias; /* the input's zero point is folded in: the sum is of weights times plain bytes */
    int32_t mult, add;
    int32_t shift;     /* ROUND_EXACT: 1..31                                                      */
    int32_t scale;     /* ROUND_SCALED: of the weights, whose products fit 16 bits                */
    int32_t low, high; /* the least and the greatest sum, bias included                           */
};

/* Channel c of a layer; false when the form does not exist for it. */
bool record_find(const struct weighted *l, uint32_t c, enum rounding rounding, struct record *out);

/* The same, for a layer whose channels share a multiplier: all records but for bias, low and high are
 * equal, since sums become bytes alike. */
bool records_find_one(const struct weighted *l, enum rounding *rounding, struct record *out);

/* All channels in one form, the proved one if there is one for each. False when there is neither:
 * a multiplier of 1 or more, or sums too large. */
bool records_find(const struct weighted *l, enum rounding *rounding, struct record *out);

/* Words of a record in an array for a kernel, where its bias stands apart: mult, add and, for
 * ROUND_EXACT, shift. */
uint32_t record_words(enum rounding rounding);

/* Write these; where the next ones go. */
int32_t *record_write(const struct record *r, enum rounding rounding, int32_t *to);

/* The record of channel c; past the last channel, of sums that are zero. */
struct record record_or_zero(const struct weighted *l, const struct record *records, uint32_t c);

/* Write those of channels first to end - 1, one after the other; where the next ones go. */
int32_t *records_write(const struct weighted *l, const struct record *records,
                       enum rounding rounding, uint32_t first, uint32_t end, int32_t *to);
#endif
