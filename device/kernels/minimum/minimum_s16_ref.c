/* minimum_s16_ref.c - elementwise minimum of int16.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/extremum.h"

#include "kernels/common/requant.h"
#include "kernels/common/walk.h"

size_t mote_minimum_s16_ref_scratch(const struct mote_extremum_s8 *op)
{
    (void)op;
    return 0;
}

void mote_minimum_s16_ref(const struct mote_extremum_s8 *op, const int16_t *a, const int16_t *b,
                          int16_t *out, void *scratch)
{
    (void)scratch;
    const struct mote_broadcast *w = &op->walk;
    const uint32_t n = w->n[3], a_step = w->a_step[3], b_step = w->b_step[3];
    for (uint32_t i = 0; i < mote_walk_rows(w); i++, out += n) {
        const struct mote_walk_row row = mote_walk_row(w, i);
        for (uint32_t k = 0; k < n; k++) {
            out[k] = (int16_t)mote_min_s32(a[row.a + k * a_step], b[row.b + k * b_step]);
        }
    }
}
