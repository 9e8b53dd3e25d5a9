/* detect.h - what an object detector has found: boxes from what it says of anchors, without those that
 * overlap better ones. SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/ir.md, section 5, is the definition; see window_f32.h on fused multiply-add. */
#ifndef MOTE_DETECT_H
#define MOTE_DETECT_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_detect_f32 {
    uint32_t n;                   /* anchors                                               */
    uint32_t classes, background; /* scores of an anchor: `background` (0 or 1) go unheard */
    uint32_t max;                 /* boxes in the output                                   */
    uint32_t per_class;           /* boxes of one class, each class by itself; or 0, where */
                                  /* boxes of different classes suppress each other, too   */
    float threshold;              /* least score                                           */
    float overlap;                /* of two boxes at most: intersection over union         */
};

size_t mote_detect_f32_ref_scratch(const struct mote_detect_f32 *op);

/* codes [n][4] y, x, log height, log width; scores [n][background + classes]; anchors [n][4] centre y
 * and x, height, width. boxes [max][4] top, left, bottom, right, best first; labels [max], quality
 * [max], count [1]; zeros behind the last box. Nothing overlaps. */
void mote_detect_f32_ref(const struct mote_detect_f32 *op, const float *codes, const float *scores,
                         const float *anchors, float *boxes, float *labels, float *quality,
                         float *count, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
