/* add_s8_sum.c - elementwise sum in portable C, where the host has proved that one weighted sum of
 * 32 bits gives the bytes of the definition (host/pack/sum.h). SPDX-License-Identifier: Apache-2.0
 *
 * Elements in fours, all loads before all stores: `out` may be an input, so that a compiler could not
 * move them. */
#include "mote/add.h"

#include "kernels/common/requant.h"
#include "kernels/common/saturate.h"

size_t mote_add_s8_sum_scratch(const struct mote_add_s8 *op)
{
    (void)op;
    return 0;
}

/* |a * a_factor| + |b * b_factor| <= 2^30, |offset| <= 2^30. */
static inline int8_t element(const struct mote_add_s8 *op, int32_t a, int32_t b)
{
    const int32_t sum = op->offset + a * op->a_factor + b * op->b_factor;
    return mote_saturate_shifted_s8(sum, 21);
}

void mote_add_s8_sum(const struct mote_add_s8 *op, const int8_t *a, const int8_t *b, int8_t *out,
                     void *scratch)
{
    (void)scratch;
    const struct mote_add_s8 own = *op;
    uint32_t n = own.n;
    int8_t *y = out;
    for (; n >= 4; n -= 4, a += 4, b += 4, y += 4) {
        const int32_t a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3];
        const int32_t b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3];
        y[0] = element(&own, a0, b0);
        y[1] = element(&own, a1, b1);
        y[2] = element(&own, a2, b2);
        y[3] = element(&own, a3, b3);
    }
    for (; n > 0; n--)
        *y++ = element(&own, *a++, *b++);
    mote_clamp_s8(out, own.n, own.out_min, own.out_max);
}
