/* nms.h - the best of many boxes, without those that overlap better ones.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/ir.md, section 5, is the definition; see window_f32.h on fused multiply-add. */
#ifndef MOTE_NMS_H
#define MOTE_NMS_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_nms_f32 {
    uint32_t n;      /* boxes                                                               */
    uint32_t max;    /* of them in the output                                               */
    float threshold; /* scores are above it                                                 */
    float overlap;   /* from this intersection over union on a better box suppresses others */
    float decay;     /* <= 0: below that, it multiplies scores by exp(decay * overlap^2)    */
};

size_t mote_nms_f32_ref_scratch(const struct mote_nms_f32 *op);

/* boxes [n][4], two corners each (y, x, y, x), scores [n]. places [max], which boxes, best first;
 * quality [max], their scores; count [1]; zeros behind the last. Nothing overlaps. */
void mote_nms_f32_ref(const struct mote_nms_f32 *op, const float *boxes, const float *scores,
                      int32_t *places, float *quality, int32_t *count, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
