/* resize_nearest_any_ref.c - pixel by pixel in output order. SPDX-License-Identifier: Apache-2.0 */
#include "mote/resize_nearest.h"

#include "kernels/common/mem.h"

size_t mote_resize_nearest_any_ref_scratch(const struct mote_resize_nearest_any *op)
{
    (void)op;
    return 0;
}

void mote_resize_nearest_any_ref(const struct mote_resize_nearest_any *op, const void *in,
                                 void *out, void *scratch)
{
    (void)scratch;
    const size_t bytes = (size_t)op->in.c * op->elem_bytes, row_bytes = op->in.w * bytes;
    const uint8_t *from = in;
    uint8_t *to = out;
    for (uint32_t oy = 0; oy < op->out.h; oy++)
        for (uint32_t ox = 0; ox < op->out.w; ox++, to += bytes)
            memcpy(to, from + op->row[oy] * row_bytes + op->column[ox] * bytes, bytes);
}
