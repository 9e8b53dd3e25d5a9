/* concat.h - concatenation of int8 tensors of one scale along one axis.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_CONCAT_H
#define MOTE_CONCAT_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_concat_s8 {
    uint32_t outer; /* product of the dimensions before the axis                */
    uint32_t n_in;
    const uint32_t *inner; /* [n_in] bytes of each input from the axis on, borrowed    */
};

size_t mote_concat_s8_ref_scratch(const struct mote_concat_s8 *op);
void mote_concat_s8_ref(const struct mote_concat_s8 *op, const int8_t *const *in, int8_t *out,
                        void *scratch);

#ifdef __cplusplus
}
#endif
#endif
