/* detect_f32_ref.c - boxes of an object detector. SPDX-License-Identifier: Apache-2.0
 *
 * A box is decoded when it is the best of those left, and kept if it overlaps none that was kept before:
 * that is what a better box suppresses. So the n boxes are never in memory, only the n scores. */
#include "mote/detect.h"

#include "kernels/common/assert.h"
#include "kernels/common/best_left.h"
#include "kernels/common/math_f32.h"

enum { TOP, LEFT, BOTTOM, RIGHT, N_SIDES };
enum { CENTRE_Y, CENTRE_X, HEIGHT, WIDTH };

/* Boxes that suppress each other: the scores of those left, and what was kept. */
struct round {
    const float *codes, *anchors;
    float *left; /* [n]; NaN for a score below the threshold, and for a box that was seen */
    float *kept; /* [][N_SIDES] */
    uint32_t n_kept;
};

struct found {
    uint32_t anchor;
    float score;
    const float *box;
};

static uint32_t at_most(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* In the scratch: the scores left, then what was kept of one class. */
size_t mote_detect_f32_ref_scratch(const struct mote_detect_f32 *op)
{
    return ((size_t)op->n + (size_t)N_SIDES * at_most(op->per_class, op->n)) * sizeof(float);
}

static void decode(const float *code, const float *anchor, float box[N_SIDES])
{
    const float y = code[CENTRE_Y] * anchor[HEIGHT] + anchor[CENTRE_Y];
    const float x = code[CENTRE_X] * anchor[WIDTH] + anchor[CENTRE_X];
    const float half_h = 0.5f * mote_exp_f32(code[HEIGHT]) * anchor[HEIGHT];
    const float half_w = 0.5f * mote_exp_f32(code[WIDTH]) * anchor[WIDTH];
    box[TOP] = y - half_h;
    box[LEFT] = x - half_w;
    box[BOTTOM] = y + half_h;
    box[RIGHT] = x + half_w;
}

static float area_of(const float *box)
{
    return (box[BOTTOM] - box[TOP]) * (box[RIGHT] - box[LEFT]);
}

/* What two stretches have in common. */
static float common(float a_from, float a_to, float b_from, float b_to)
{
    const float from = a_from > b_from ? a_from : b_from, to = a_to < b_to ? a_to : b_to;
    return to > from ? to - from : 0.0f;
}

static float overlap_of(const float *a, const float *b)
{
    const float area_a = area_of(a), area_b = area_of(b);
    if (!(area_a > 0.0f) || !(area_b > 0.0f))
        return 0.0f;
    const float both =
        common(a[TOP], a[BOTTOM], b[TOP], b[BOTTOM]) * common(a[LEFT], a[RIGHT], b[LEFT], b[RIGHT]);
    return both / (area_a + area_b - both);
}

static float or_nan(float score, float threshold)
{
    return score >= threshold ? score : mote_nan_f32();
}

static bool is_free(const struct round *r, const float *box, float overlap)
{
    for (uint32_t k = 0; k < r->n_kept; k++)
        if (overlap_of(r->kept + (size_t)k * N_SIDES, box) > overlap)
            return false;
    return true;
}

/* Keep the next box. False when there is none. */
static bool keep_next(const struct mote_detect_f32 *op, struct round *r, struct found *found)
{
    for (uint32_t i = mote_best_left(r->left, op->n); i < op->n;
         i = mote_best_left(r->left, op->n)) {
        float *box = r->kept + (size_t)r->n_kept * N_SIDES;
        *found = (struct found){i, r->left[i], box};
        r->left[i] = mote_nan_f32();
        decode(r->codes + (size_t)i * N_SIDES, r->anchors + (size_t)i * N_SIDES, box);
        if (is_free(r, box, op->overlap)) {
            r->n_kept++;
            return true;
        }
    }
    return false;
}

/* The first of an anchor's largest scores. */
static uint32_t label_of(const struct mote_detect_f32 *op, const float *scores)
{
    uint32_t best = 0;
    for (uint32_t c = 1; c < op->classes; c++)
        if (scores[op->background + c] > scores[op->background + best])
            best = c;
    return best;
}

static const float *scores_at(const struct mote_detect_f32 *op, const float *scores, uint32_t i)
{
    return scores + (size_t)i * (op->background + op->classes);
}

/* Every box has the class of its largest score. What is kept is the output. */
static uint32_t together(const struct mote_detect_f32 *op, struct round *r, const float *scores,
                         float *labels, float *quality)
{
    struct found found;
    for (uint32_t i = 0; i < op->n; i++) {
        const float *of = scores_at(op, scores, i);
        r->left[i] = or_nan(of[op->background + label_of(op, of)], op->threshold);
    }
    while (r->n_kept < at_most(op->max, op->n) && keep_next(op, r, &found)) {
        labels[r->n_kept - 1] = (float)label_of(op, scores_at(op, scores, found.anchor));
        quality[r->n_kept - 1] = found.score;
    }
    return r->n_kept;
}

/* Put a box among the n best so far, behind those of its score. Returns their number. */
static uint32_t put(const struct mote_detect_f32 *op, const struct found *found, uint32_t label,
                    uint32_t n, float *boxes, float *labels, float *quality)
{
    uint32_t at = n;
    if (n == op->max && !(found->score > quality[--at]))
        return n;
    for (; at > 0 && found->score > quality[at - 1]; at--) {
        quality[at] = quality[at - 1];
        labels[at] = labels[at - 1];
        for (uint32_t k = 0; k < N_SIDES; k++)
            boxes[at * N_SIDES + k] = boxes[(at - 1) * N_SIDES + k];
    }
    quality[at] = found->score;
    labels[at] = (float)label;
    for (uint32_t k = 0; k < N_SIDES; k++)
        boxes[at * N_SIDES + k] = found->box[k];
    return n < op->max ? n + 1 : n;
}

/* Each class by itself; then the best of all classes. */
static uint32_t one_by_one(const struct mote_detect_f32 *op, struct round *r, const float *scores,
                           float *boxes, float *labels, float *quality)
{
    uint32_t n = 0;
    struct found found;
    for (uint32_t c = 0; c < op->classes; c++) {
        for (uint32_t i = 0; i < op->n; i++)
            r->left[i] = or_nan(scores_at(op, scores, i)[op->background + c], op->threshold);
        r->n_kept = 0;
        while (r->n_kept < at_most(op->per_class, op->n) && keep_next(op, r, &found))
            n = put(op, &found, c, n, boxes, labels, quality);
    }
    return n;
}

void mote_detect_f32_ref(const struct mote_detect_f32 *op, const float *codes, const float *scores,
                         const float *anchors, float *boxes, float *labels, float *quality,
                         float *count, void *scratch)
{
    float *left = scratch;
    struct round r = {codes, anchors, left, op->per_class ? left + op->n : boxes, 0};
    MOTE_ASSERT(op->max > 0 && op->classes > 0);
    const uint32_t n = op->per_class ? one_by_one(op, &r, scores, boxes, labels, quality)
                                     : together(op, &r, scores, labels, quality);
    *count = (float)n;
    for (uint32_t i = n; i < op->max; i++) {
        labels[i] = quality[i] = 0.0f;
        for (uint32_t k = 0; k < N_SIDES; k++)
            boxes[i * N_SIDES + k] = 0.0f;
    }
}
