/* tflite_batches.c - images in batches of TensorFlow Lite. SPDX-License-Identifier: Apache-2.0
 *
 * The IR knows images one by one. A batch is split, its images are computed side by side and put
 * together again: splits that meet such a concatenation go away (pass/slice_concat.c), and what is
 * left of SPACE_TO_BATCH_ND, a convolution and BATCH_TO_SPACE_ND is a dilated convolution
 * (pass/fold_batches.c). */
#include <inttypes.h>

#include "import/tflite_parts.h"

/* Images of a batch: above it a graph would have too many nodes. */
#define BATCH_MAX 256

/* Part k of n equal parts of x along an axis. */
static bool slice_part(struct tfl *t, const struct tfl_op *op, uint32_t x, int32_t axis, int32_t k,
                       int32_t n, uint32_t *id)
{
    const struct tensor as = *tfl_tensor_of(t, x);
    struct attrs at = tfl_whole(&as.shape);
    at.size[axis] /= n;
    at.begin[axis] = k * at.size[axis];
    *id = x;
    return n == 1 || tfl_step(t, op, OP_SLICE, &at, &x, 1, &as, id);
}

/* From n equal parts along one axis to the same along another. */
static bool move_parts(struct tfl *t, const struct tfl_op *op, uint32_t x, int32_t from, int32_t to,
                       int32_t n, uint32_t *id)
{
    const struct tensor as = *tfl_tensor_of(t, x);
    const struct attrs at = {.axis = to};
    uint32_t part[BATCH_MAX];
    *id = x;
    if (n == 1)
        return true;
    for (int32_t k = 0; k < n; k++)
        if (!slice_part(t, op, x, from, k, n, &part[k]))
            return false;
    return tfl_step(t, op, OP_CONCAT, &at, part, (uint32_t)n, &as, id);
}

static bool check_batch(const struct tfl_op *op, int64_t n)
{
    return n <= BATCH_MAX ||
           tfl_refuse(op, "a batch of %" PRId64 " images, at most %d", n, BATCH_MAX);
}

bool tfl_add_images(struct tfl *t, const struct tfl_op *op, enum op kind, const struct attrs *at,
                    const uint32_t *in, uint32_t n_in)
{
    const struct shape x = tfl_tensor_of(t, in[0])->shape;
    const struct attrs axis = {0};
    uint32_t image[BATCH_MAX], of[3];
    struct tensor as;
    if (x.rank != 4 || x.dim[0] == 1)
        return tfl_add(t, op, kind, at, in, n_in);
    if (!check_batch(op, x.dim[0]) || !tfl_out_tensor(t, op, &as))
        return false;
    for (uint32_t k = 0; k < n_in; k++)
        of[k] = in[k];
    for (int32_t k = 0; k < x.dim[0]; k++)
        if (!slice_part(t, op, in[0], 0, k, x.dim[0], &of[0]) ||
            !tfl_step(t, op, kind, at, of, n_in, &as, &image[k]))
            return false;
    return tfl_add(t, op, OP_CONCAT, &axis, image, (uint32_t)x.dim[0]);
}

/* Rows and columns of a block, and what is added or cut at the sides of both. */
struct blocks {
    int32_t h, w;
    int32_t sides[4]; /* top, bottom, left, right */
};

static bool set_blocks(const struct tfl_op *op, const struct tfl_ints *block,
                       const struct tfl_ints *sides, struct blocks *b)
{
    const uint32_t first = block->n == 1 ? 1 : 0; /* of a sequence: the width */
    int32_t *const side[2] = {&b->h, &b->w};
    *b = (struct blocks){.h = 1, .w = 1};
    for (uint32_t i = 0; i < block->n; i++) {
        if (block->v[i] < 1 || block->v[i] > BATCH_MAX)
            return tfl_refuse(op, "a block of %" PRId64, block->v[i]);
        *side[first + i] = (int32_t)block->v[i];
        for (uint32_t k = 0; k < 2; k++) {
            const int64_t n = sides->v[2 * i + k];
            if (n < 0 || n > DIM_MAX)
                return tfl_refuse(op, "%" PRId64 " at a side, expected 0..%d", n, DIM_MAX);
            b->sides[2 * (first + i) + k] = (int32_t)n;
        }
    }
    return check_batch(op, (int64_t)b->h * b->w);
}

/* Input x as images, of a sequence [n,l,c] those of one row, and the blocks. */
static bool block_inputs(struct tfl *t, const struct tfl_op *op, uint32_t *x, struct blocks *b)
{
    struct tfl_ints block = {0}, sides = {0};
    if (!tfl_arity(op, 3, 3) || !tfl_in(t, op, 0, x) || !tfl_in_ints(t, op, 1, &block) ||
        !tfl_in_ints(t, op, 2, &sides))
        return false;
    const struct shape s = tfl_tensor_of(t, *x)->shape;
    if (s.rank < 3 || s.rank > 4 || block.n != (uint32_t)s.rank - 2 || sides.n != 2 * block.n)
        return tfl_refuse(op,
                          "rank %" PRId32 ", a block of %" PRIu32 " and %" PRIu32
                          " numbers for the sides; expected rank 3 or 4 and blocks of rank - 2",
                          s.rank, block.n, sides.n);
    const struct shape row = {.rank = 4, .dim = {s.dim[0], 1, s.dim[1], s.dim[2]}};
    return set_blocks(op, &block, &sides, b) &&
           (s.rank == 4 || tfl_step_reshape(t, op, &row, *x, x));
}

/* Pixels of every h-th row and w-th column become an image each: the channels that a space_to_depth
 * makes of them. */
bool tfl_space_to_batch(struct tfl *t, const struct tfl_op *op)
{
    uint32_t x;
    struct blocks b = {0};
    if (!block_inputs(t, op, &x, &b))
        return false;
    const struct tensor as = *tfl_tensor_of(t, x);
    if (as.shape.dim[0] != 1)
        return tfl_refuse(op, "of a batch of %" PRId32 ", supported for 1", as.shape.dim[0]);
    struct attrs pad = {0}, depth = {.block_h = b.h, .block_w = b.w};
    bool pads = false;
    for (int i = 0; i < 4; i++) {
        pad.pads[2 + i] = b.sides[i];
        pads = pads || b.sides[i] > 0;
    }
    return (!pads || tfl_step(t, op, OP_PAD, &pad, &x, 1, &as, &x)) &&
           tfl_step(t, op, OP_SPACE_TO_DEPTH, &depth, &x, 1, &as, &x) &&
           move_parts(t, op, x, 3, 0, b.h * b.w, &x) && tfl_set(t, op, x);
}

/* And back. */
bool tfl_batch_to_space(struct tfl *t, const struct tfl_op *op)
{
    uint32_t x;
    struct blocks b = {0};
    if (!block_inputs(t, op, &x, &b))
        return false;
    const struct tensor as = *tfl_tensor_of(t, x);
    if (as.shape.dim[0] != b.h * b.w)
        return tfl_refuse(op,
                          "%" PRId32 " images for blocks of %" PRId32 "x%" PRId32
                          ": supported for one block each",
                          as.shape.dim[0], b.h, b.w);
    const struct attrs depth = {.block_h = b.h, .block_w = b.w};
    if (!move_parts(t, op, x, 0, 3, b.h * b.w, &x) ||
        !tfl_step(t, op, OP_DEPTH_TO_SPACE, &depth, &x, 1, &as, &x))
        return false;
    const struct shape whole = tfl_tensor_of(t, x)->shape;
    struct attrs crop = tfl_whole(&whole);
    for (int i = 1; i <= 2; i++) {
        const int32_t before = b.sides[2 * i - 2], after = b.sides[2 * i - 1];
        if (before >= whole.dim[i] || after >= whole.dim[i] - before)
            return tfl_refuse(op, "%" PRId32 " and %" PRId32 " cut off %" PRId32, before, after,
                              whole.dim[i]);
        crop.begin[i] = before;
        crop.size[i] -= before + after;
    }
    return tfl_step(t, op, OP_SLICE, &crop, &x, 1, &as, &x) && tfl_set(t, op, x);
}
