/* pad_any_ref.c - constant padding. SPDX-License-Identifier: Apache-2.0 */
#include "mote/pad.h"

#include "kernels/common/mem.h"

size_t mote_pad_any_ref_scratch(const struct mote_pad_any *op)
{
    (void)op;
    return 0;
}

/* Is position i of the output's dimension d inside the input? */
static bool inside(const struct mote_pad_any *op, uint32_t d, uint32_t i)
{
    return i >= op->before[d] && i - op->before[d] < op->in[d];
}

static uint32_t out_dim(const struct mote_pad_any *op, uint32_t d)
{
    return (uint32_t)op->before[d] + op->in[d] + op->after[d];
}

/* Elements of 8 bytes are padded with 0 only. */
static void fill(const struct mote_pad_any *op, uint8_t *to, size_t bytes)
{
    if (op->elem_bytes == 1 || op->value == 0) {
        memset(to, op->value, bytes);
        return;
    }
    for (size_t i = 0; i < bytes; i++)
        to[i] = (uint8_t)((uint32_t)op->value >> (8 * (i % op->elem_bytes)));
}

void mote_pad_any_ref(const struct mote_pad_any *op, const void *in, void *out, void *scratch)
{
    (void)scratch;
    const uint8_t *from = in;
    uint8_t *to = out;
    const size_t before = (size_t)op->before[3] * op->elem_bytes;
    const size_t bytes = (size_t)op->in[3] * op->elem_bytes;
    const size_t row_bytes = (size_t)out_dim(op, 3) * op->elem_bytes;
    for (uint32_t i0 = 0; i0 < out_dim(op, 0); i0++)
        for (uint32_t i1 = 0; i1 < out_dim(op, 1); i1++)
            for (uint32_t i2 = 0; i2 < out_dim(op, 2); i2++, to += row_bytes) {
                fill(op, to, row_bytes);
                if (!inside(op, 0, i0) || !inside(op, 1, i1) || !inside(op, 2, i2))
                    continue;
                memcpy(to + before, from, bytes);
                from += bytes;
            }
}
