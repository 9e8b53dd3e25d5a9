/* resize.h - where resized images take their pixels, private to host/ir.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_IR_OPS_RESIZE_H
#define MOTE_HOST_IR_OPS_RESIZE_H
#include "ir/graph.h"

/* The input row or column of output row or column i, 0 <= i < out. */
int32_t resize_nearest_from(const struct attrs *at, int32_t i, int32_t in, int32_t out);

/* The rule of all resizes: an image of to_h by to_w. */
bool infer_resize(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d);
#endif
