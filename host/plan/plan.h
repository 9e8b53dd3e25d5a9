/* plan.h - where every buffer lies in the arena.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Dynamic storage allocation with known lifetimes: offsets such that buffers alive at one time do
 * not overlap, with the smallest arena. Greedy by size (Pisarchyk and Lee, arXiv:2001.03288), then
 * exact branch and bound over canonical offsets within a node budget, then, where that ends without
 * a proof or there are too many buffers for it, hill climbing. The lower bound is the largest
 * number of live bytes over all steps. A pure function: same problem, same plan.
 *
 * One exception: a step that reads its input front to back while it writes its output front to
 * back may write over what it has read. The two may then overlap, the output lower by a lead; or,
 * if it goes back to front, higher by a trail. */
#ifndef MOTE_HOST_PLAN_H
#define MOTE_HOST_PLAN_H
#include "base/str.h"
#include "sched/sched.h"

#define PLAN_ALIGN 16

struct plan_buffer {
    const char *name; /* for pictures; borrowed */
    size_t bytes;
    uint32_t first, last; /* turns (of a program: sched.h) at which it is alive, inclusive */
    /* Where lead or trail > 0: step `last` writes buffer `heir`, which is born there, and may
     * overwrite this one on the way as long as this offset is at least the heir's + lead, or the
     * heir's at least this one + trail. */
    uint32_t heir;
    size_t lead, trail;
    /* It lasts from call to call: alive at all steps, and at the beginning of the arena, where
     * nothing else ever lies. */
    bool is_state;
};

struct plan {
    size_t *offset; /* [n] multiples of PLAN_ALIGN */
    size_t arena_bytes;
    size_t state_bytes; /* at the beginning, for the states only; a multiple of PLAN_ALIGN */
    size_t lower_bound;
    bool optimal;       /* proved: arena == lower bound, or the search was exhaustive */
    const char *method; /* "greedy", "exact" or "climb": what found it */
};

/* Place n buffers. `node_budget` bounds the exact search (0: greedy only, and no climb). */
struct plan plan_place(struct arena *a, const struct plan_buffer *b, uint32_t n,
                       uint64_t node_budget);

/* The memory plan of a program: graph inputs and outputs live in the arena too (an input dies after
 * its last reader, an output lives to the end), scratch lives for one step, aliases share a buffer,
 * in-place steps reuse their input's when it dies there, others overlap it as far as they may. */
struct memory_plan {
    struct plan_buffer *buffers;
    uint32_t n_buffers;
    struct plan plan;
    /* [graph tensors]; UINT32_MAX for unused ones, and for constants that are no output */
    uint32_t *buffer_of_tensor;
    uint32_t **buffer_of_band;   /* [cascades][bands of the cascade] */
    uint32_t *buffer_of_scratch; /* [steps], UINT32_MAX for none */
    uint32_t *buffer_of_aside;   /* [states], UINT32_MAX for those that are not KEEP_ASIDE */
    bool *is_backward;           /* [steps] must the step go back to front? */
    /* Where several models share an arena: how far the states and all else lie above what `plan`
     * says, and the bytes of the arena. 0 for a model by itself. */
    size_t state_shift, rest_shift, shared_bytes;
};
struct memory_plan *plan_program(struct arena *a, const struct program *p);

/* plan_live_bytes of a turn of a program that is not placed. */
size_t plan_turn_bytes(struct arena *a, const struct program *p, uint32_t turn);

/* Where a buffer lies in the arena, and the bytes of the arena. */
size_t plan_address(const struct memory_plan *m, uint32_t i_buffer);
size_t plan_arena_bytes(const struct memory_plan *m);

/* How the models of a firmware share an arena, called one at a time. The states of all are apart. */
enum plan_sharing {
    SHARE_APART,     /* inputs and outputs of a model stay while others run */
    SHARE_TAKE_TURNS /* only one is in use: all else lies in one place      */
};
/* Put n plans into one arena. Returns its bytes. */
size_t plan_share(struct memory_plan *const *plans, uint32_t n, enum plan_sharing sharing);

/* Check that live buffers overlap only where they may and all fit: the tests and the emitter call
 * it. */
bool plan_check(const struct plan_buffer *b, uint32_t n, const struct plan *p);

/* The fewest bytes that could hold what is alive at a step: sizes rounded up to PLAN_ALIGN, less
 * what an heir can share with the buffers that it overwrites. */
size_t plan_live_bytes(const struct plan_buffer *b, uint32_t n, uint32_t step);

/* Memory over time as text, one row per address band, one column per step; `width` columns at
 * most, but 48 at least. ASCII only. */
void plan_picture(const struct program *p, const struct memory_plan *m, uint32_t width,
                  struct text *out);
#endif
