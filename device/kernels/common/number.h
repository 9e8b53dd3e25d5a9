/* number.h - integers of the types that a cast knows. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_NUMBER_H
#define MOTE_COMMON_NUMBER_H
#include "mote/cast.h"

static inline int64_t mote_number_load(const void *from, uint8_t type, uint32_t i)
{
    switch (type) {
    case MOTE_NUMBER_S8:
        return ((const int8_t *)from)[i];
    case MOTE_NUMBER_U8:
    case MOTE_NUMBER_BOOL:
        return ((const uint8_t *)from)[i];
    case MOTE_NUMBER_S16:
        return ((const int16_t *)from)[i];
    case MOTE_NUMBER_S32:
        return ((const int32_t *)from)[i];
    default:
        return ((const uint32_t *)from)[i];
    }
}

/* The low bits of the value: unsigned stores wrap, and signed types share their bytes. A bool says
 * whether it is not 0. */
static inline void mote_number_store(void *to, uint8_t type, uint32_t i, int64_t value)
{
    if (type == MOTE_NUMBER_BOOL)
        ((uint8_t *)to)[i] = value != 0;
    else if (type == MOTE_NUMBER_S8 || type == MOTE_NUMBER_U8)
        ((uint8_t *)to)[i] = (uint8_t)value;
    else if (type == MOTE_NUMBER_S16)
        ((uint16_t *)to)[i] = (uint16_t)value;
    else
        ((uint32_t *)to)[i] = (uint32_t)value;
}
#endif
