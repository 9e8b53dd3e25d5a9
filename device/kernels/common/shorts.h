/* shorts.h - the end of a sum of 32 bits that becomes int16. SPDX-License-Identifier: Apache-2.0
 *
 * host/pack/shorts.h has the proof and lays out records: `bias`, which the sum starts from, `mult`, and where
 * sums are rounded twice `shift`. */
#ifndef MOTE_COMMON_SHORTS_H
#define MOTE_COMMON_SHORTS_H
#include <stdbool.h>

#include "kernels/common/requant.h"

/* Of a record. */
static inline uint32_t mote_short_words(bool is_proved)
{
    return is_proved ? 2 : 3;
}

/* |mult| < 2^31 and any sum: the product and half of 2^32 fit int64. */
static inline int32_t mote_round_short(int32_t sum, int32_t mult)
{
    return (int32_t)(((int64_t)sum * mult + (INT64_C(1) << 31)) >> 32);
}

static inline int16_t mote_end_short(bool is_proved, const int32_t *r, int32_t sum, int32_t low,
                                     int32_t high)
{
    const int32_t y = is_proved ? mote_round_short(sum, r[1]) : mote_requant(sum, r[1], -r[2]);
    return mote_to_s16(y, low, high);
}

/* Four sums begin. */
static inline void mote_begin_shorts(bool is_proved, const int32_t *r, int32_t sum[4])
{
    const uint32_t n = mote_short_words(is_proved);
    sum[0] = r[0];
    sum[1] = r[n];
    sum[2] = r[2 * n];
    sum[3] = r[3 * n];
}

/* Four sums end; where the next records are. */
static inline const int32_t *mote_end_shorts(bool is_proved, const int32_t *r, const int32_t sum[4],
                                             int32_t low, int32_t high, int16_t *out)
{
    if (is_proved) {
        out[0] = mote_to_s16(mote_round_short(sum[0], r[1]), low, high);
        out[1] = mote_to_s16(mote_round_short(sum[1], r[3]), low, high);
        out[2] = mote_to_s16(mote_round_short(sum[2], r[5]), low, high);
        out[3] = mote_to_s16(mote_round_short(sum[3], r[7]), low, high);
        return r + 8;
    }
    for (int j = 0; j < 4; j++, r += 3)
        out[j] = mote_end_short(false, r, sum[j], low, high);
    return r;
}
#endif
