/* sigmoid16.h - 1 / (1 + e^-x) and tanh in 16 bits, by a table with linear interpolation.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section "Recurrent layers", is the definition. Since tanh(x) = 2 *
 * sigmoid(2x) - 1, both read one table. Their argument is x * 12288, that is x * 3 in Q.12. */
#ifndef MOTE_COMMON_SIGMOID16_H
#define MOTE_COMMON_SIGMOID16_H
#include "kernels/common/requant.h"

/* 2^16 * sigmoid(i / 24), raised by half of what a chord falls short in the middle of an interval:
 * round(2^16 * (s + s * (1 - s) * (2 * s - 1) / 9216)); the last is held at 2^16 - 1. */
static const uint16_t mote_sigmoid_table[256] = {
    32768, 33451, 34133, 34813, 35493, 36169, 36843, 37513, 38180, 38841, 39498, 40149, 40794,
    41432, 42064, 42688, 43304, 43912, 44511, 45102, 45683, 46255, 46817, 47369, 47911, 48443,
    48964, 49475, 49975, 50464, 50942, 51409, 51865, 52311, 52745, 53169, 53581, 53983, 54374,
    54755, 55125, 55485, 55834, 56174, 56503, 56823, 57133, 57433, 57724, 58007, 58280, 58544,
    58800, 59048, 59288, 59519, 59743, 59959, 60168, 60370, 60565, 60753, 60935, 61110, 61279,
    61441, 61599, 61750, 61896, 62036, 62172, 62302, 62428, 62549, 62666, 62778, 62886, 62990,
    63090, 63186, 63279, 63368, 63454, 63536, 63615, 63691, 63765, 63835, 63903, 63968, 64030,
    64090, 64148, 64204, 64257, 64308, 64357, 64405, 64450, 64494, 64536, 64576, 64614, 64652,
    64687, 64721, 64754, 64786, 64816, 64845, 64873, 64900, 64926, 64950, 64974, 64997, 65019,
    65039, 65060, 65079, 65097, 65115, 65132, 65149, 65164, 65179, 65194, 65208, 65221, 65234,
    65246, 65258, 65269, 65280, 65291, 65301, 65310, 65319, 65328, 65337, 65345, 65352, 65360,
    65367, 65374, 65381, 65387, 65393, 65399, 65404, 65410, 65415, 65420, 65425, 65429, 65433,
    65438, 65442, 65445, 65449, 65453, 65456, 65459, 65462, 65465, 65468, 65471, 65474, 65476,
    65479, 65481, 65483, 65485, 65488, 65489, 65491, 65493, 65495, 65497, 65498, 65500, 65501,
    65503, 65504, 65505, 65507, 65508, 65509, 65510, 65511, 65512, 65513, 65514, 65515, 65516,
    65517, 65517, 65518, 65519, 65520, 65520, 65521, 65522, 65522, 65523, 65523, 65524, 65524,
    65525, 65525, 65526, 65526, 65526, 65527, 65527, 65528, 65528, 65528, 65529, 65529, 65529,
    65529, 65530, 65530, 65530, 65530, 65531, 65531, 65531, 65531, 65531, 65532, 65532, 65532,
    65532, 65532, 65532, 65533, 65533, 65533, 65533, 65533, 65533, 65533, 65533, 65534, 65534,
    65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65535,
};

/* |a| as unsigned, also for INT32_MIN. */
static inline uint32_t mote_magnitude(int32_t a)
{
    return a < 0 ? 0u - (uint32_t)a : (uint32_t)a;
}

/* The table between its entries: position / 2^bits, which is below 255. Result times 2^bits. */
static inline int32_t mote_sigmoid_chord(uint32_t position, int32_t bits)
{
    const uint32_t i = position >> bits, rest = position & ((UINT32_C(1) << bits) - 1u);
    const uint32_t low = mote_sigmoid_table[i], high = mote_sigmoid_table[i + 1];
    return (int32_t)((low << bits) + rest * (high - low)); /* < 2^(16 + 9) */
}

/* Argument of the two functions below for x = value * 2^(left - 12): value is an int16, left is
 * -15..14. Halves round up. |value * 3 * 2^14| < 2^31. */
static inline int32_t mote_sigmoid16_argument(int32_t value, int32_t left)
{
    MOTE_ASSERT(left >= -15 && left <= 14);
    if (left >= 0)
        return value * 3 * (1 << left);
    return (value * 3 + (1 << (-left - 1))) >> -left;
}

/* sigmoid(a / 12288) in Q0.15, 0..32767. */
static inline int32_t mote_sigmoid16(int32_t a)
{
    const uint32_t position = mote_magnitude(a);
    const int32_t y = position >> 9 >= 255 ? 0x7fff << 10 : mote_sigmoid_chord(position, 9);
    return (a >= 0 ? y + (1 << 9) : (1 << 25) - y + (1 << 9) - 1) >> 10;
}

/* tanh(a / 12288) in Q0.15, -32767..32767. */
static inline int32_t mote_tanh16(int32_t a)
{
    const uint32_t position = mote_magnitude(a);
    const int32_t y = position >> 8 >= 255 ? 0xffff << 8 : mote_sigmoid_chord(position, 8);
    return (a >= 0 ? y - (1 << 23) + (1 << 7) : (1 << 23) - y + (1 << 7) - 1) >> 8;
}
#endif
