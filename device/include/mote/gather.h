/* gather.h - the slices of a tensor that indices name. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_GATHER_H
#define MOTE_GATHER_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* out[outer][n_index][inner] from in[outer][n][inner] and index[n_index]. An index outside of
 * 0..n-1 counts as the nearest inside. */
struct mote_gather_any {
    uint32_t outer, n, n_index;
    uint32_t inner; /* bytes of one slice */
};

size_t mote_gather_any_ref_scratch(const struct mote_gather_any *op);
void mote_gather_any_ref(const struct mote_gather_any *op, const void *in, const int32_t *index,
                         void *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
