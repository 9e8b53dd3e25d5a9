/* concat.h - concatenation of tensors of one type and scale along one axis.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_CONCAT_H
#define MOTE_CONCAT_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_concat_any {
    uint32_t outer; /* product of the dimensions before the axis                */
    uint32_t n_in;
    const uint32_t *inner; /* [n_in] bytes of each input from the axis on, borrowed    */
};

size_t mote_concat_any_ref_scratch(const struct mote_concat_any *op);
void mote_concat_any_ref(const struct mote_concat_any *op, const void *const *in, void *out,
                         void *scratch);

#ifdef __cplusplus
}
#endif
#endif
