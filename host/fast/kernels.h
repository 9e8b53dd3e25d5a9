/* kernels.h - the inner loops of int8 layers on the workstation, in variants for its processors.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every variant yields exactly the bytes of the `ref` kernels (docs/spec/numerics.md). A variant says
 * how it wants images and weights; conv.c, depthwise.c and their like pack them so. All sums are int32 and
 * wrap: that what is left at the end fits is the verifier's doing. Re-entrant. */
#ifndef MOTE_HOST_FAST_KERNELS_H
#define MOTE_HOST_FAST_KERNELS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mote/mote.h"

/* How many bytes behind an image or a row of it are read, though not used. */
#define IMAGE_SLACK 256

/* Sums side by side. A block is `vectors` * `lanes` channels; the last block of a layer may have
 * fewer vectors. Each step adds `group` products of neighbouring elements to each sum. */
struct dot_layout {
    uint32_t lanes, vectors, group;
    bool interleaved; /* lane l of vector v of a full block is channel
                         l / 4 * 4 * vectors + 4 * v + l % 4, else v * lanes + l */
};

/* What becomes of the sums of blocks: one element a lane, [blocks][block]. */
struct finish {
    const int32_t *bias;       /* with everything in it that does not depend on the input */
    const bool *is_proved;     /* [blocks] the float form gives the bytes of the definition */
    const float *scale, *half; /* trunc(sum * scale + half with the sign of sum)    */
    const int32_t *mult, *left, *right; /* the definition: mote_scale in requant.h           */
    int32_t zero, low, high;            /* of the output, as in mote_to_s8                   */
};

/* A row of outputs of a convolution, or all of a dense layer: sums over runs of neighbouring
 * elements, each run `n_groups` groups long. Offsets and steps are bytes. */
struct product {
    const void *x;            /* the image under the first output                  */
    ptrdiff_t x_step;         /* from one output to the next                       */
    const ptrdiff_t *segment; /* [n_segments] where the runs begin, from x         */
    ptrdiff_t n_segments, n_groups;
    const void *w; /* [block][segment][group][vector][lane][in group]   */
    const struct finish *finish;
    int8_t *out; /* [n][channels] */
    ptrdiff_t n, channels;
};

/* Elements of one row of a depthwise convolution: sums over columns of taps. */
struct depthwise_row {
    const void *const *row;  /* [n_groups * group] the image's rows; those beyond the kernel have
                                weights of 0 */
    ptrdiff_t at;            /* the first output's place in them                     */
    const ptrdiff_t *column; /* [n_columns] */
    ptrdiff_t n_columns, n_groups;
    const void *w; /* [block][column][group][vector][lane][in group] */
    const struct finish *finish;
    ptrdiff_t n_blocks; /* of weights; after the last comes the first again */
    int8_t *out;        /* [n] */
    ptrdiff_t n;
};

/* The sum of two tensors: trunc(t + half with the sign of t), t = fma(a - a_zero, a_scale,
 * (b - b_zero) * b_scale), if that is proved, else the definition. */
struct sum {
    bool is_proved;
    float a_scale, b_scale, half;
    struct mote_add_s8 op;
};

struct fast_kernels {
    const char *name;
    struct dot_layout product_layout, depthwise_layout;
    uint32_t elem_bytes; /* of images and weights: 1 or 2                         */
    bool has_float;      /* makes use of the float form of struct finish               */
    int32_t offset;      /* an image's element is q + offset: 128 makes bytes unsigned */

    void (*widen)(const int8_t *from, size_t n, void *to); /* to elements of images */
    void (*product)(const struct product *p);
    void (*depthwise)(const struct depthwise_row *d);
    void (*add)(const struct sum *s, const int8_t *a, const int8_t *b, int8_t *out);
    void (*average_pool)(const struct mote_pool2d_s8 *op, const int8_t *in, int32_t *sums,
                         int8_t *out); /* sums[channels] is scratch */
    void (*max_pool)(const struct mote_pool2d_s8 *op, const int8_t *in, int8_t *out);
};

/* The fastest variant for this processor. */
const struct fast_kernels *fast_best(void);
/* Variant i = 0, 1, ... that is compiled in, portable first; NULL after the last. */
const struct fast_kernels *fast_variant(uint32_t i);
/* Can this processor run it? */
bool fast_runs_here(const struct fast_kernels *k);
#endif
