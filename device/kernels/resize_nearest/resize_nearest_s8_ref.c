/* resize_nearest_s8_ref.c - pixel by pixel in output order. SPDX-License-Identifier: Apache-2.0 */
#include "mote/resize_nearest.h"

#include "kernels/common/mem.h"

size_t mote_resize_nearest_s8_ref_scratch(const struct mote_resize_nearest_s8 *op)
{
    (void)op;
    return 0;
}

void mote_resize_nearest_s8_ref(const struct mote_resize_nearest_s8 *op, const int8_t *in,
                                int8_t *out, void *scratch)
{
    (void)scratch;
    const size_t c = op->in.c, row_bytes = (size_t)op->in.w * c;
    for (uint32_t oy = 0; oy < op->out.h; oy++)
        for (uint32_t ox = 0; ox < op->out.w; ox++, out += c)
            memcpy(out, in + op->row[oy] * row_bytes + op->column[ox] * c, c);
}
