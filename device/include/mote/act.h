/* act.h - fused activations of float kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_ACT_H
#define MOTE_ACT_H

/* A clamp of the result: none; v if v > 0, else +0; the same and at most 6. */
enum mote_act { MOTE_ACT_NONE, MOTE_ACT_RELU, MOTE_ACT_RELU6 };
#endif
