/* commute.h - a node that works on transposed operands as one that works on them as they were.
 * SPDX-License-Identifier: Apache-2.0
 *
 * f(transpose(x)) = transpose(f'(x)) where f' has its attributes and constants in the order of x's
 * dimensions. perm: dimension i of the transposed tensor is dimension perm[i] of x. */
#ifndef MOTE_HOST_PASS_COMMUTE_H
#define MOTE_HOST_PASS_COMMUTE_H
#include "ir/graph.h"

/* Is there such an f' for an operator of these attributes? What its operands are is another
 * matter. */
bool commutes(const struct node *n, const int32_t *perm, int32_t rank);

/* The attributes of f'. */
struct attrs attrs_before(const struct node *n, const int32_t *perm, int32_t rank);

/* The shape that transposing by perm makes `s` of. */
struct shape shape_before(const struct shape *s, const int32_t *perm);

/* Contents of shape `s` and elements of `size` bytes, in the order they had before perm. */
void *data_before(struct arena *a, const void *data, const struct shape *s, size_t size,
                  const int32_t *perm);
#endif
