/* filter_bank_log_u32_ref.c - natural logarithms in fixed point.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/signal.h"

#include "kernels/common/bits.h"

#define LN2_Q16 45426u /* ln 2 * 2^16 */

/* round(2^16 * (log2(1 + i / 128) - i / 128)) */
static const uint16_t bulge[129] = {
    0,    224,  442,  654,  861,  1063, 1259, 1450, 1636, 1817, 1992, 2163, 2329, 2490, 2646,
    2797, 2944, 3087, 3224, 3358, 3487, 3611, 3732, 3848, 3960, 4068, 4172, 4272, 4368, 4460,
    4549, 4633, 4714, 4791, 4864, 4934, 5001, 5063, 5123, 5178, 5231, 5280, 5326, 5368, 5408,
    5444, 5477, 5507, 5533, 5557, 5578, 5595, 5610, 5622, 5631, 5637, 5640, 5641, 5638, 5633,
    5626, 5615, 5602, 5586, 5568, 5547, 5524, 5498, 5470, 5439, 5406, 5370, 5332, 5291, 5249,
    5203, 5156, 5106, 5054, 5000, 4944, 4885, 4825, 4762, 4697, 4630, 4561, 4490, 4416, 4341,
    4264, 4184, 4103, 4020, 3935, 3848, 3759, 3668, 3575, 3481, 3384, 3286, 3186, 3084, 2981,
    2875, 2768, 2659, 2549, 2437, 2323, 2207, 2090, 1971, 1851, 1729, 1605, 1480, 1353, 1224,
    1094, 963,  830,  695,  559,  421,  282,  142,  0,
};

/* log2 of x > 0 with 16 fraction bits: the fraction itself plus a bulge from a table. The last shift
 * is the reference's: interpolation would take 9. */
static uint32_t log2_q16(uint32_t x)
{
    const uint32_t integer = mote_bit_length(x) - 1, rest = x - (1u << integer);
    const uint32_t fraction = integer < 16 ? rest << (16 - integer) : rest >> (integer - 16);
    const uint32_t i = fraction >> 9;
    const int32_t slope = (int32_t)bulge[i + 1] - (int32_t)bulge[i];
    const int32_t between = mote_shift_right(slope * (int32_t)(fraction & 511u), 16);
    return (integer << 16) + fraction + bulge[i] + (uint32_t)between;
}

size_t mote_filter_bank_log_u32_ref_scratch(const struct mote_filter_bank_log_u32 *op)
{
    (void)op;
    return 0;
}

void mote_filter_bank_log_u32_ref(const struct mote_filter_bank_log_u32 *op, const uint32_t *in,
                                  int16_t *out, void *scratch)
{
    const uint32_t half = 1u << 15;
    (void)scratch;
    for (uint32_t i = 0; i < op->n; i++) {
        const uint32_t x = in[i] << op->correction_bits;
        if (x <= 1) {
            out[i] = 0;
            continue;
        }
        const uint32_t ln = (uint32_t)(((uint64_t)LN2_Q16 * log2_q16(x) + half) >> 16);
        const uint32_t y = (op->scale * ln + half) >> 16;
        out[i] = (int16_t)(y < INT16_MAX ? y : INT16_MAX);
    }
}
