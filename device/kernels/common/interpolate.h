/* interpolate.h - a function of int16 as a table with straight lines between its entries.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_INTERPOLATE_H
#define MOTE_COMMON_INTERPOLATE_H
#include <stdint.h>

/* 513 entries for -2^15, -2^15 + 128, ..., 2^15. */
static inline int32_t mote_interpolate(const int16_t *table, int32_t x)
{
    const int32_t i = 256 + (x >> 7), slope = table[i + 1] - table[i];
    return table[i] + ((slope * (x & 0x7f) + 64) >> 7);
}
#endif
