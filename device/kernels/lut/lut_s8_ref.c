/* lut_s8_ref.c - one look-up for each element. SPDX-License-Identifier: Apache-2.0 */
#include "mote/lut.h"

size_t mote_lut_s8_ref_scratch(const struct mote_lut_s8 *op)
{
    (void)op;
    return 0;
}

void mote_lut_s8_ref(const struct mote_lut_s8 *op, const int8_t *in, int8_t *out, void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < op->n; i++)
        out[i] = op->table[(uint8_t)in[i]];
}
