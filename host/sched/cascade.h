/* cascade.h - runs of steps that are computed a few rows at a time.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Within a cascade a tensor that nobody reads outside lives in a window of a few rows; what comes
 * in and what goes out is whole. The bytes are those of the plain schedule: every row is computed
 * once, by the same kernel. Or it is cut: the cascade runs once for each tile of what goes out, windows
 * are as wide as a tile needs them, and what two tiles need is computed twice. docs/spec/cascade.md is the definition, device/include/mote/cascade.h what the
 * emitted program runs. */
#ifndef MOTE_HOST_SCHED_CASCADE_H
#define MOTE_HOST_SCHED_CASCADE_H
#include "sched/sched.h"

#define NO_STEP UINT32_MAX

/* Of an image, a part. */
struct span {
    uint32_t first, end;
};
struct area {
    struct span rows, columns;
};

/* How what goes out is divided: its rows into blocks, those into strips of columns. */
struct cut {
    uint32_t blocks, strips; /* 1, 1: it is not cut */
};

struct cascade {
    uint32_t first_step, n_steps;
    struct mote_band *bands; /* offsets are 0 here: the planner's plan has them. In tiles   */
    uint32_t n_bands;        /* row_bytes is that of the widest                            */
    uint32_t *tensor;        /* [n_bands] the tensor that a band is, or is copied from           */
    uint32_t *step;          /* [n_bands] which makes it; NO_STEP: it is there, fed or copied    */
    bool *is_windowed; /* [n_bands] is it dead outside, or a copy, so that a window will do? */
    bool is_fed;       /* band 0 is the graph's input, given by the caller row by row      */
    struct cut cut;
    struct area *areas; /* [tiles][n_bands] what a tile has of a band; NULL where it is not cut */
    uint32_t *pixel_bytes; /* [n_bands]                                                  */
    size_t *scratch_bytes; /* [n_bands] of the step's kernel                             */
    /* Like a step's: if band 0 lies at least so many bytes above the last one, the two may overlap.
     * 0: they may not. */
    size_t lead;
    uint32_t n_calls;     /* of kernels and of the caller, and copies, in one inference    */
    uint64_t moved_bytes; /* within windows and into them                                  */
    double more_cycles;   /* predicted, as more_macs                                       */
    int64_t more_macs;    /* than if it were not cut; fewer where columns are that nobody reads */
};

/* Is a band rows that are copied from a tensor, of some columns? */
bool cascade_copies(const struct cascade *c, uint32_t band);

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

/* The same in tiles, two or more. What comes in is never fed. NULL also where a kernel cannot compute
 * the tiles, or more than one tensor would go out. */
struct cascade *cascade_of_tiles(struct arena *a, const struct program *p, const struct uses *uses,
                                 uint32_t first_step, uint32_t n_steps, uint32_t rows,
                                 struct cut cut);
#endif
