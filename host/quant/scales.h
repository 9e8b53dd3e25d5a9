/* scales.h - from the ranges of tensors to their quantisations. SPDX-License-Identifier: Apache-2.0
 */
#ifndef MOTE_HOST_QUANT_SCALES_H
#define MOTE_HOST_QUANT_SCALES_H
#include "quant/range.h"

/* The quantisation of every tensor that is read or written as an activation, [tensors] in `a`.
 * `range` is looked at for tensors without contents; constants that are read as activations know
 * their own. Tensors of one group (groups.h) get the union of their ranges. Ranges so narrow that
 * an integer kernel could not express the change of scale are widened. */
struct affine_s8 *scales_choose(struct arena *a, const struct graph *g, const struct range *range);
#endif
