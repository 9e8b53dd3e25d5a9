/* select_any_ref.c - element by element in output order. SPDX-License-Identifier: Apache-2.0 */
#include "mote/select.h"

size_t mote_select_any_ref_scratch(const struct mote_select_any *op)
{
    (void)op;
    return 0;
}

void mote_select_any_ref(const struct mote_select_any *op, const void *condition, const void *a,
                         const void *b, void *out, void *scratch)
{
    (void)scratch;
    const size_t bytes = op->elem_bytes;
    const uint32_t *n = op->n, *s = op->if_step, *sa = op->a_step, *sb = op->b_step;
    uint8_t *to = out;
    for (uint32_t i0 = 0; i0 < n[0]; i0++)
        for (uint32_t i1 = 0; i1 < n[1]; i1++)
            for (uint32_t i2 = 0; i2 < n[2]; i2++)
                for (uint32_t i3 = 0; i3 < n[3]; i3++, to += bytes) {
                    const size_t at = i0 * s[0] + i1 * s[1] + i2 * s[2] + i3 * s[3];
                    const size_t from_a = i0 * sa[0] + i1 * sa[1] + i2 * sa[2] + i3 * sa[3];
                    const size_t from_b = i0 * sb[0] + i1 * sb[1] + i2 * sb[2] + i3 * sb[3];
                    const uint8_t *from = ((const uint8_t *)condition)[at]
                                              ? (const uint8_t *)a + from_a * bytes
                                              : (const uint8_t *)b + from_b * bytes;
                    for (size_t k = 0; k < bytes; k++) /* it may be there already */
                        to[k] = from[k];
                }
}
