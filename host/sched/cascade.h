/* cascade.h - runs of steps that are computed a few rows at a time.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Within a cascade a tensor that nobody reads outside lives in a window of a few rows; what comes
 * in and what goes out is whole. The bytes are those of the plain schedule: every row is computed
 * once, by the same kernel. docs/spec/cascade.md is the definition, device/include/mote/cascade.h
 * what the emitted program runs. */
#ifndef MOTE_HOST_SCHED_CASCADE_H
#define MOTE_HOST_SCHED_CASCADE_H
#include "sched/sched.h"

#define NO_STEP UINT32_MAX

struct cascade {
    uint32_t first_step, n_steps;
    struct mote_band *bands; /* offsets are 0 here: the planner's plan has them            */
    uint32_t n_bands;
    uint32_t *tensor;  /* [n_bands] the tensor that a band is                              */
    uint32_t *step;    /* [n_bands] which makes it; NO_STEP: none, it is there or fed      */
    bool *is_windowed; /* [n_bands] is it dead outside, so that a window will do?          */
    bool is_fed;       /* band 0 is the graph's input, given by the caller row by row      */
    /* Like a step's: if band 0 lies at least so many bytes above the last one, the two may overlap.
     * 0: they may not. */
    size_t lead;
    uint32_t n_calls;     /* of kernels and of the caller, in one inference                */
    uint64_t moved_bytes; /* within windows                                                */
};

/* The rows of its highest stripe. */
uint32_t cascade_stripe(const struct cascade *c);

/* Where tensors are used, to see which of them die inside a cascade. */
struct uses {
    uint32_t *first; /* [tensors] the first step that reads it or an alias                    */
    uint32_t *last;  /* [tensors] the last step that reads it or an alias; n_steps: an output */
    bool *has_alias; /* [tensors] is it known by another shape too?                           */
};
struct uses uses_find(struct arena *a, const struct program *p);

/* Does a step's kernel walk over windows of rows? If not, it makes element i of element i. */
bool step_walks_windows(const struct step *step);

/* Can a step be part of a cascade? Its output rows are made of input rows, a few of each. */
bool step_makes_rows(const struct program *p, uint32_t i_step);

/* The cascade of n_steps >= 1 steps, made `rows` >= 1 rows at a time, or NULL where there can be
 * none. With FEED_ROWS the graph's only input, if a step of it reads that, is fed. */
struct cascade *cascade_of(struct arena *a, const struct program *p, const struct uses *uses,
                           uint32_t first_step, uint32_t n_steps, uint32_t rows, enum feed feed);
#endif
