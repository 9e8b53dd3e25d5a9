/* view_any_ref.c - element by element in output order. SPDX-License-Identifier: Apache-2.0 */
#include "mote/view.h"

#include "kernels/common/mem.h"

size_t mote_view_any_ref_scratch(const struct mote_view_any *op)
{
    (void)op;
    return 0;
}

/* n elements of `bytes` each, `step` bytes apart. */
static void copy_row(const uint8_t *in, ptrdiff_t step, uint32_t n, size_t bytes, uint8_t *out)
{
    if (step == (ptrdiff_t)bytes) {
        memcpy(out, in, n * bytes);
        return;
    }
    for (uint32_t i = 0; i < n; i++, in += step)
        for (size_t b = 0; b < bytes; b++)
            *out++ = in[b];
}

/* Offsets are below 2^28 elements in every step: the sum for each lies inside the input. */
void mote_view_any_ref(const struct mote_view_any *op, const void *in, void *out, void *scratch)
{
    (void)scratch;
    const ptrdiff_t bytes = op->elem_bytes;
    const uint8_t *from = in;
    uint8_t *to = out;
    for (int32_t i0 = 0; i0 < (int32_t)op->n[0]; i0++)
        for (int32_t i1 = 0; i1 < (int32_t)op->n[1]; i1++)
            for (int32_t i2 = 0; i2 < (int32_t)op->n[2]; i2++) {
                const int32_t at =
                    (int32_t)op->first + i0 * op->step[0] + i1 * op->step[1] + i2 * op->step[2];
                copy_row(from + at * bytes, op->step[3] * bytes, op->n[3], (size_t)bytes, to);
                to += op->n[3] * (size_t)bytes;
            }
}
