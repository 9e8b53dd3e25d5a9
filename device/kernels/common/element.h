/* element.h - integers of 1, 2 or 4 bytes. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_ELEMENT_H
#define MOTE_COMMON_ELEMENT_H
#include <stdint.h>

/* Element i of an array whose elements have `bytes` bytes. */
static inline int32_t mote_load(const void *from, uint32_t bytes, uint32_t i)
{
    if (bytes == 1)
        return ((const int8_t *)from)[i];
    if (bytes == 2)
        return ((const int16_t *)from)[i];
    return ((const int32_t *)from)[i];
}

/* The value is in the range of the element. */
static inline void mote_store(void *to, uint32_t bytes, uint32_t i, int32_t value)
{
    if (bytes == 1)
        ((int8_t *)to)[i] = (int8_t)value;
    else if (bytes == 2)
        ((int16_t *)to)[i] = (int16_t)value;
    else
        ((int32_t *)to)[i] = value;
}
#endif
