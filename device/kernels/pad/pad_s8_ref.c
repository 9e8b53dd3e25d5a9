/* pad_s8_ref.c - constant padding. SPDX-License-Identifier: Apache-2.0 */
#include "mote/pad.h"

#include "kernels/common/assert.h"

size_t mote_pad_s8_ref_scratch(const struct mote_pad_s8 *op)
{
    (void)op;
    return 0;
}

/* Is position i of the output's dimension d inside the input? */
static bool inside(const struct mote_pad_s8 *op, uint32_t d, uint32_t i)
{
    return i >= op->before[d] && i - op->before[d] < op->in[d];
}

static uint32_t out_dim(const struct mote_pad_s8 *op, uint32_t d)
{
    return (uint32_t)op->before[d] + op->in[d] + op->after[d];
}

void mote_pad_s8_ref(const struct mote_pad_s8 *op, const int8_t *in, int8_t *out, void *scratch)
{
    (void)scratch;
    for (uint32_t i0 = 0; i0 < out_dim(op, 0); i0++)
        for (uint32_t i1 = 0; i1 < out_dim(op, 1); i1++)
            for (uint32_t i2 = 0; i2 < out_dim(op, 2); i2++) {
                const bool row_inside = inside(op, 0, i0) && inside(op, 1, i1) && inside(op, 2, i2);
                for (uint32_t i3 = 0; i3 < out_dim(op, 3); i3++)
                    *out++ = row_inside && inside(op, 3, i3) ? *in++ : op->value;
            }
}
