/* broadcast.h - shapes that differ side by side, private to host/ir.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_IR_OPS_BROADCAST_H
#define MOTE_HOST_IR_OPS_BROADCAST_H
#include "ir/graph.h"
#include "mote/broadcast.h"
#include "mote/select.h"

/* The shape of a op b. False when they do not broadcast. */
bool broadcast_shape(const struct shape *a, const struct shape *b, struct shape *out);

/* How a and b are walked to make `out`, which broadcast_shape gave. Neighbouring dimensions that
 * both inputs walk alike become one. False when more than MOTE_BROADCAST_DIMS are left. */
bool broadcast_walk(const struct shape *a, const struct shape *b, const struct shape *out,
                    struct mote_broadcast *w);

/* The same for the three inputs of a select, but for the size of an element. */
bool broadcast_select(const struct shape *condition, const struct shape *a, const struct shape *b,
                      const struct shape *out, struct mote_select_any *op);
#endif
