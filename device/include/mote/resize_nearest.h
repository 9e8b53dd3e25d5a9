/* resize_nearest.h - an image of another size from the nearest pixels, any type, NHWC.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_RESIZE_NEAREST_H
#define MOTE_RESIZE_NEAREST_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_resize_nearest_any {
    struct mote_hwc in, out; /* equal channels                                     */
    uint8_t elem_bytes;      /* of one element                                     */
    const uint16_t *row;     /* [out.h] input row of each output row, borrowed     */
    const uint16_t *column;  /* [out.w] input column of each output column, borrowed */
};

size_t mote_resize_nearest_any_ref_scratch(const struct mote_resize_nearest_any *op);
void mote_resize_nearest_any_ref(const struct mote_resize_nearest_any *op, const void *in,
                                 void *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
