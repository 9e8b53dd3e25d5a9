/* arena.h - memory that is released all at once.
 *
 * A host function allocates only from an arena in its argument list; without one it does not
 * allocate. Nothing is freed singly. Running out of memory ends the program: the arena says how
 * much was asked for and exits with status 1.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_ARENA_H
#define MOTE_HOST_ARENA_H
#include <stddef.h>

#define ARENA_ALIGN 64 /* every block starts on a cache line: SIMD code may rely on it */

struct arena;

/* A new, empty arena. `name` (borrowed, e.g. "model", "pass", "step") appears in the message when
 * memory runs out. Release with arena_free. */
struct arena *arena_new(const char *name);
void arena_free(struct arena *a);

/* Forget everything allocated, keep the memory for reuse. */
void arena_reset(struct arena *a);

/* `bytes` zeroed bytes, aligned to ARENA_ALIGN; never NULL, also for 0 bytes. */
void *arena_alloc(struct arena *a, size_t bytes);

/* n * size zeroed bytes; a product that overflows counts as out of memory. */
void *arena_alloc_array(struct arena *a, size_t n, size_t size);

/* A copy of `bytes` bytes. */
void *arena_copy(struct arena *a, const void *src, size_t bytes);

/* Bytes handed out since the last reset, each request rounded up to ARENA_ALIGN. */
size_t arena_used(const struct arena *a);

#define ARENA_NEW(a, T)      ((T *)arena_alloc((a), sizeof(T)))
#define ARENA_ARRAY(a, T, n) ((T *)arena_alloc_array((a), (n), sizeof(T)))
#endif
