/* cast_f32_ref.c - integers as floats, and floats cut to integers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/cast.h"

#include "kernels/common/number.h"

size_t mote_cast_f32_ref_scratch(const struct mote_cast *op)
{
    (void)op;
    return 0;
}

/* Toward zero, held within min..max; 0 for NaN. In float max may be max + 1, a power of two: what is
 * below that fits. */
static int64_t cut(float x, int64_t min, int64_t max)
{
    if (x != x)
        return 0;
    if (x <= (float)min)
        return min;
    if (x >= (float)max)
        return max;
    return min < 0 ? (int64_t)(int32_t)x : (int64_t)(uint32_t)x; /* by 32 bits, as below */
}

static int64_t cut_to(uint8_t type, float x)
{
    switch (type) {
    case MOTE_NUMBER_BOOL: /* NaN is not 0 */
        return x != 0.0f;
    case MOTE_NUMBER_S8:
        return cut(x, INT8_MIN, INT8_MAX);
    case MOTE_NUMBER_U8:
        return cut(x, 0, UINT8_MAX);
    case MOTE_NUMBER_S16:
        return cut(x, INT16_MIN, INT16_MAX);
    case MOTE_NUMBER_S32:
        return cut(x, INT32_MIN, INT32_MAX);
    default:
        return cut(x, 0, UINT32_MAX);
    }
}

/* By way of 32 bits: boards convert those by themselves or with a helper that is small. */
static float integer_as_float(const void *in, uint8_t type, uint32_t i)
{
    return type == MOTE_NUMBER_U32 ? (float)((const uint32_t *)in)[i]
                                   : (float)(int32_t)mote_number_load(in, type, i);
}

void mote_cast_f32_ref(const struct mote_cast *op, const void *in, void *out, void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < op->n; i++) {
        const float x = op->from == MOTE_NUMBER_F32 ? ((const float *)in)[i]
                                                    : integer_as_float(in, op->from, i);
        if (op->to == MOTE_NUMBER_F32)
            ((float *)out)[i] = x;
        else
            mote_number_store(out, op->to, i, cut_to(op->to, x));
    }
}
