/* arena.c - chained blocks of zeroed memory.
 *
 * I1  Blocks are only appended, and a request takes the first block from `current` on that has
 *     room. So the same sequence of requests after a reset lands in the same blocks, and a loop
 *     that resets its arena stops growing after the first turn.
 * I2  Bytes of a block from `dirty` on were never handed out and are still zero from calloc: only
 *     reused memory is cleared.
 * I3  Under AddressSanitizer everything that is not handed out is poisoned, with a gap after each
 *     allocation, so overruns inside an arena are found as if each allocation were malloc'ed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_MIN ((size_t)64 << 10)
#define BLOCK_MAX ((size_t)16 << 20)

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#define GAP            ARENA_ALIGN
#else
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define GAP            0
#endif

struct block {
    struct block *next;
    uint8_t *mem; /* aligned; inside the same allocation as this header */
    size_t cap, used, dirty;
};

struct arena {
    const char *name;
    struct block *first, *last, *current;
    size_t used;
};

static _Noreturn void out_of_memory(const char *name, size_t bytes)
{
    fprintf(stderr, "mote: out of memory: arena \"%s\" asked for %zu bytes\n", name, bytes);
    exit(1);
}

struct arena *arena_new(const char *name)
{
    struct arena *a = calloc(1, sizeof *a);
    if (!a)
        out_of_memory(name, sizeof *a);
    a->name = name;
    return a;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    for (struct block *b = a->first, *next; b; b = next) {
        next = b->next;
        UNPOISON(b->mem, b->cap);
        free(b);
    }
    free(a);
}

void arena_reset(struct arena *a)
{
    for (struct block *b = a->first; b; b = b->next) {
        b->used = 0;
        POISON(b->mem, b->cap);
    }
    a->current = a->first;
    a->used = 0;
}

/* Append a block with room for `bytes`. Small blocks first, so that an arena for a few strings
 * stays small; larger ones as the arena grows. */
static struct block *add_block(struct arena *a, size_t bytes)
{
    size_t cap = a->last ? 2 * a->last->cap : BLOCK_MIN;
    if (cap > BLOCK_MAX)
        cap = BLOCK_MAX;
    if (cap < bytes)
        cap = bytes;
    const size_t overhead = sizeof(struct block) + ARENA_ALIGN;
    struct block *b = cap <= SIZE_MAX - overhead ? calloc(1, cap + overhead) : NULL;
    if (!b)
        out_of_memory(a->name, bytes);
    const uintptr_t start = (uintptr_t)(b + 1);
    b->mem = (uint8_t *)(b + 1) + (ARENA_ALIGN - start % ARENA_ALIGN) % ARENA_ALIGN;
    b->cap = cap;
    POISON(b->mem, b->cap);
    if (a->last)
        a->last->next = b;
    else
        a->first = a->current = b;
    a->last = b;
    return b;
}

/* The first block from the current one on with room, else a new one (I1). */
static struct block *find_block(struct arena *a, size_t bytes)
{
    for (struct block *b = a->current; b; b = b->next)
        if (b->cap - b->used >= bytes)
            return b;
    return add_block(a, bytes);
}

void *arena_alloc(struct arena *a, size_t bytes)
{
    assert(a);
    if (bytes > SIZE_MAX - 2 * ARENA_ALIGN)
        out_of_memory(a->name, bytes);
    const size_t payload =
        (bytes ? bytes + ARENA_ALIGN - 1 : ARENA_ALIGN) & ~(size_t)(ARENA_ALIGN - 1);
    const size_t size = payload + GAP;
    struct block *b = find_block(a, size);
    uint8_t *p = b->mem + b->used;
    b->used += size;
    a->used += payload;
    UNPOISON(p, bytes);
    if (b->used <= b->dirty) {
        memset(p, 0, bytes);
    } else {
        const size_t start = b->used - size;
        if (start < b->dirty) { /* I2: the front part was used before */
            const size_t reused = b->dirty - start;
            memset(p, 0, reused < bytes ? reused : bytes);
        }
        b->dirty = b->used;
    }
    /* A block that has less room than this one only costs time in later searches. */
    if (b->cap - b->used > a->current->cap - a->current->used)
        a->current = b;
    assert((uintptr_t)p % ARENA_ALIGN == 0);
    return p;
}

void *arena_alloc_array(struct arena *a, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        out_of_memory(a->name, SIZE_MAX);
    return arena_alloc(a, n * size);
}

void *arena_copy(struct arena *a, const void *src, size_t bytes)
{
    void *p = arena_alloc(a, bytes);
    if (bytes)
        memcpy(p, src, bytes);
    return p;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}

_Static_assert((ARENA_ALIGN & (ARENA_ALIGN - 1)) == 0, "the alignment is a power of two");
