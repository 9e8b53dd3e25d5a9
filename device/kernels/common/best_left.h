/* best_left.h - which box is next, where boxes are taken by their scores.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_BEST_LEFT_H
#define MOTE_COMMON_BEST_LEFT_H
#include <stdint.h>

/* The first of the largest of n scores, of which those that are out are NaN; n if none is left. */
static inline uint32_t mote_best_left(const float *left, uint32_t n)
{
    uint32_t best = n;
    for (uint32_t i = 0; i < n; i++)
        if (best == n ? left[i] == left[i] : left[i] > left[best])
            best = i;
    return best;
}
#endif
