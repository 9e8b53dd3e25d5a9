/* record.h - a sum becomes a byte by its channel's record: host/pack/record.h says why this is the
 * definition. For where a kernel has no faster way of its own. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_RECORD_H
#define MOTE_COMMON_RECORD_H
#include "kernels/common/requant.h"
#include "kernels/common/saturate.h"
#include "mote/types.h"

/* Words of a record: mult, add and, for ROUND_EXACT, shift. */
static inline size_t mote_record_words(bool is_proved)
{
    return is_proved ? 2 : 3;
}

/* |sum| < 2^30, and so |h| < 2^30, |add| <= 2^29 where there is a shift: nothing overflows. */
static inline int8_t mote_by_record(const int32_t *record, bool is_proved, int32_t sum)
{
    const int64_t product = (int64_t)sum * record[0];
    if (is_proved)
        return mote_saturate_s8((int32_t)(product >> 32) + record[1]);
    const int32_t h = (int32_t)((product + (INT64_C(1) << 31)) >> 32) + sum;
    return mote_saturate_s8((h + (h >> 31) + record[1]) >> record[2]);
}
#endif
