/* svdf_f32.h - a layer of filters over time in float. SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/ir.md, section 5, is the definition. See window_f32.h on fused multiply-add. */
#ifndef MOTE_SVDF_F32_H
#define MOTE_SVDF_F32_H
#include "mote/act.h"
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_svdf_f32 {
    uint32_t batches, in_n;
    uint32_t units, rank; /* outputs, and filters of each                    */
    uint32_t memory;      /* calls that a filter remembers, with the present */
    uint8_t act;          /* enum mote_act                                   */
};

size_t mote_svdf_f32_ref_scratch(const struct mote_svdf_f32 *op);

/* Shapes and aliases as in svdf.h. */
void mote_svdf_f32_ref(const struct mote_svdf_f32 *op, const float *in, const float *feature,
                       const float *time, const float *bias, const float *past, float *out,
                       float *next, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
