/* filter_bank_square_root_u64_ref.c - integer square roots.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/signal.h"

#include "kernels/common/bits.h"

size_t
mote_filter_bank_square_root_u64_ref_scratch(const struct mote_filter_bank_square_root_u64 *op)
{
    (void)op;
    return 0;
}

/* Digit by digit, then rounded. Below 2^32 the result stays below 2^16, as in the reference. */
static uint32_t square_root(uint64_t x)
{
    const uint64_t most = x >> 32 ? 0xffffffffu : 0xffffu;
    uint64_t root = 0;
    if (x == 0)
        return 0;
    for (uint64_t bit = UINT64_C(1) << ((mote_bit_length(x) - 1) & ~1u); bit > 0; bit >>= 2)
        if (x >= root + bit) {
            x -= root + bit;
            root = (root >> 1) + bit;
        } else {
            root >>= 1;
        }
    return (uint32_t)(x > root && root != most ? root + 1 : root);
}

void mote_filter_bank_square_root_u64_ref(const struct mote_filter_bank_square_root_u64 *op,
                                          const uint64_t *in, const int32_t *bits, uint32_t *out,
                                          void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < op->n; i++)
        out[i] = square_root(in[i]) >> (*bits & 31);
}
