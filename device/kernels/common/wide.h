/* wide.h - the end of a sum of products of int16 and int8. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_WIDE_H
#define MOTE_COMMON_WIDE_H
#include <stdbool.h>

#include "kernels/common/requant.h"

/* Add the bias of channel oc and requantise: with 64 bits if `is_wide`, where bias is int64_t, else
 * with 32, where bias is int32_t and the host has proved that the sum fits int32. */
static inline int32_t mote_requant_sum(bool is_wide, int64_t sum, const void *bias, uint32_t oc,
                                       int32_t mult, int32_t shift)
{
    if (is_wide)
        return mote_requant_s64(sum + ((const int64_t *)bias)[oc], mult, shift);
    return mote_requant((int32_t)(sum + ((const int32_t *)bias)[oc]), mult, shift);
}
#endif
