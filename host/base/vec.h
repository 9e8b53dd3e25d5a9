/* vec.h - arrays that grow in an arena.
 *
 *     VEC(struct node) nodes = {0};
 *     *VEC_PUSH(arena, &nodes) = (struct node){...};
 *     nodes.items[nodes.n - 1] ...
 *
 * Growing moves the items: keep indices, not pointers.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_VEC_H
#define MOTE_HOST_VEC_H
#include "base/arena.h"
#include <stddef.h>
#include <stdint.h>

#define VEC(T)                                                                                     \
    struct {                                                                                       \
        T *items;                                                                                  \
        uint32_t n, cap;                                                                           \
    }

/* A pointer to a new zeroed item at the end. */
#define VEC_PUSH(arena, v)                                                                         \
    ((v)->items = vec_reserve((arena), (v)->items, (v)->n, &(v)->cap, sizeof *(v)->items),         \
     &(v)->items[(v)->n++])

/* Room for one more item of `size` bytes: returns items, moved when it grew. */
void *vec_reserve(struct arena *a, void *items, uint32_t n, uint32_t *cap, size_t size);
#endif
