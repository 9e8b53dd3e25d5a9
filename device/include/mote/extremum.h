/* extremum.h - elementwise minimum and maximum of two int8 tensors of one scale whose shapes
 * broadcast. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_EXTREMUM_H
#define MOTE_EXTREMUM_H
#include "mote/broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_extremum_s8 {
    struct mote_broadcast walk;
};

size_t mote_minimum_s8_ref_scratch(const struct mote_extremum_s8 *op);
size_t mote_minimum_s16_ref_scratch(const struct mote_extremum_s8 *op);
size_t mote_maximum_s8_ref_scratch(const struct mote_extremum_s8 *op);
size_t mote_maximum_s16_ref_scratch(const struct mote_extremum_s8 *op);

/* `out` may be `a` if that is not repeated. */
void mote_minimum_s8_ref(const struct mote_extremum_s8 *op, const int8_t *a, const int8_t *b,
                         int8_t *out, void *scratch);
void mote_maximum_s8_ref(const struct mote_extremum_s8 *op, const int8_t *a, const int8_t *b,
                         int8_t *out, void *scratch);
void mote_minimum_s16_ref(const struct mote_extremum_s8 *op, const int16_t *a, const int16_t *b,
                          int16_t *out, void *scratch);
void mote_maximum_s16_ref(const struct mote_extremum_s8 *op, const int16_t *a, const int16_t *b,
                          int16_t *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
