/* nms_f32_ref.c - non-maximum suppression. SPDX-License-Identifier: Apache-2.0
 *
 * The box with the largest score left is compared with those kept since it was looked at last. If it
 * overlaps none it is kept, and stays in the race: it meets itself next, and goes, unless it has no area.
 * The reference does that, too. */
#include "mote/nms.h"

#include "kernels/common/assert.h"
#include "kernels/common/best_left.h"
#include "kernels/common/math_f32.h"

enum { TOP, LEFT, BOTTOM, RIGHT, N_SIDES };

struct race {
    const float *boxes;
    float *left;    /* [n] scores; NaN below the threshold, and of a box that is out */
    uint32_t *seen; /* [n] how many of those kept the box was compared with          */
    int32_t *kept;
    uint32_t n_kept;
};

/* In the scratch: the scores left, and `seen`. */
size_t mote_nms_f32_ref_scratch(const struct mote_nms_f32 *op)
{
    return (size_t)op->n * (sizeof(float) + sizeof(uint32_t));
}

static float lower(float a, float b)
{
    return b < a ? b : a;
}

static float upper(float a, float b)
{
    return a < b ? b : a;
}

/* Length of side k of a box, whichever corner comes first. */
static float side(const float *box, int k)
{
    return upper(box[k], box[k + 2]) - lower(box[k], box[k + 2]);
}

/* What two boxes have in common in one direction. */
static float common(const float *a, const float *b, int k)
{
    const float to = lower(upper(a[k], a[k + 2]), upper(b[k], b[k + 2]));
    const float from = upper(lower(a[k], a[k + 2]), lower(b[k], b[k + 2]));
    return upper(to - from, 0.0f);
}

static float overlap_of(const float *a, const float *b)
{
    const float area_a = side(a, TOP) * side(a, LEFT), area_b = side(b, TOP) * side(b, LEFT);
    if (area_a <= 0.0f || area_b <= 0.0f)
        return 0.0f;
    const float both = common(a, b, TOP) * common(a, b, LEFT), all = area_a + area_b - both;
    return all == 0.0f ? 0.0f : both / all;
}

/* The score of box i once those kept since it was seen have been heard; NaN if it is out. */
static float heard(const struct mote_nms_f32 *op, const struct race *r, uint32_t i)
{
    float score = r->left[i];
    for (uint32_t k = r->n_kept; k > r->seen[i] && score > op->threshold; k--) {
        const float *other = r->boxes + (size_t)r->kept[k - 1] * N_SIDES;
        const float overlap = overlap_of(r->boxes + (size_t)i * N_SIDES, other);
        if (overlap >= op->overlap)
            return mote_nan_f32();
        if (op->decay < 0.0f)
            score *= mote_exp_f32(op->decay * overlap * overlap);
    }
    return score > op->threshold ? score : mote_nan_f32();
}

static uint32_t start(const struct mote_nms_f32 *op, struct race *r, const float *scores)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < op->n; i++) {
        const bool in = scores[i] > op->threshold;
        r->left[i] = in ? scores[i] : mote_nan_f32();
        r->seen[i] = 0;
        n += in;
    }
    return n < op->max ? n : op->max;
}

void mote_nms_f32_ref(const struct mote_nms_f32 *op, const float *boxes, const float *scores,
                      int32_t *places, float *quality, int32_t *count, void *scratch)
{
    float *left = scratch;
    struct race r = {boxes, left, (uint32_t *)scratch + op->n, places, 0};
    MOTE_ASSERT(op->max > 0 && op->n > 0);
    const uint32_t most = start(op, &r, scores);
    while (r.n_kept < most) {
        const uint32_t i = mote_best_left(left, op->n);
        if (i == op->n)
            break;
        const float score = heard(op, &r, i);
        r.seen[i] = r.n_kept;
        if (score == left[i]) {
            places[r.n_kept] = (int32_t)i;
            quality[r.n_kept++] = score;
        }
        left[i] = score;
    }
    *count = (int32_t)r.n_kept;
    for (uint32_t i = r.n_kept; i < op->max; i++) {
        places[i] = 0;
        quality[i] = 0.0f;
    }
}
