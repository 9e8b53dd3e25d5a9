/* test_detect.c - boxes of an object detector against a second implementation, which decodes and sorts
 * all of them in double. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "buffers.h"
#include "check.h"
#include "mote/mote.h"

#define ANCHORS_MAX 40
#define CLASSES_MAX 4
#define BOXES_MAX   12

TEST(a_box_is_decoded_from_its_anchor)
{
    static const float codes[4] = {0.5f, -1.0f, 0.693147182f, 0.0f};
    static const float anchors[4] = {0.25f, 0.5f, 0.5f, 0.25f}, scores[3] = {0.9f, 0.25f, 0.75f};
    static const float want[8] = {0.0f, 0.125f, 1.0f, 0.375f};
    const struct mote_detect_f32 op = {1, 2, 1, 2, 0, 0.5f, 0.5f};
    float boxes[8], labels[2], quality[2], count, scratch[1];
    mote_detect_f32_ref(&op, codes, scores, anchors, boxes, labels, quality, &count, scratch);
    for (int k = 0; k < 8; k++)
        CHECK_NEAR((double)boxes[k], (double)want[k], 1e-6);
    CHECK(count == 1.0f && labels[0] == 1.0f && quality[0] == 0.75f);
    CHECK(labels[1] == 0.0f && quality[1] == 0.0f);
}

struct scene {
    struct mote_detect_f32 op;
    float codes[ANCHORS_MAX * 4], anchors[ANCHORS_MAX * 4];
    float scores[ANCHORS_MAX * (CLASSES_MAX + 1)];
};
struct result {
    float boxes[BOXES_MAX * 4], labels[BOXES_MAX], quality[BOXES_MAX], count;
};

/* One box of the second implementation. */
struct candidate {
    double box[4];
    float score;
    int label, order; /* order: of equal scores the first counts */
};

static int better(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->order - y->order;
}

static double iou(const double *a, const double *b)
{
    const double h = fmin(a[2], b[2]) - fmax(a[0], b[0]), w = fmin(a[3], b[3]) - fmax(a[1], b[1]);
    const double area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]);
    const double both = fmax(h, 0) * fmax(w, 0);
    return both / (area - both);
}

static struct candidate candidate_of(const struct scene *s, int i, int label)
{
    const int row = (int)(s->op.background + s->op.classes);
    double c[4], a[4];
    for (int k = 0; k < 4; k++) {
        c[k] = (double)s->codes[4 * i + k];
        a[k] = (double)s->anchors[4 * i + k];
    }
    const double y = c[0] * a[2] + a[0], x = c[1] * a[3] + a[1];
    const double h = exp(c[2]) * a[2] / 2, w = exp(c[3]) * a[3] / 2;
    return (struct candidate){
        {y - h, x - w, y + h, x + w}, s->scores[i * row + (int)s->op.background + label], label, i};
}

/* Sort, walk from the best, and strike out what overlaps it. Returns how many are left, at most max. */
static int suppress(struct candidate *c, int n, const struct mote_detect_f32 *op, int max)
{
    int n_left = 0;
    qsort(c, (size_t)n, sizeof *c, better);
    for (int i = 0; i < n && n_left < max; i++) {
        bool kept = c[i].score >= op->threshold;
        for (int k = 0; k < n_left && kept; k++)
            kept = iou(c[k].box, c[i].box) <= (double)op->overlap;
        if (kept)
            c[n_left++] = c[i];
    }
    return n_left;
}

static int expected(const struct scene *s, struct candidate out[ANCHORS_MAX * CLASSES_MAX])
{
    struct candidate c[ANCHORS_MAX];
    const int n = (int)s->op.n, classes = (int)s->op.classes;
    int n_out = 0;
    if (s->op.per_class == 0) {
        for (int i = 0; i < n; i++) {
            out[i] = candidate_of(s, i, 0);
            for (int l = 1; l < classes; l++)
                if (candidate_of(s, i, l).score > out[i].score)
                    out[i] = candidate_of(s, i, l);
        }
        return suppress(out, n, &s->op, (int)s->op.max);
    }
    for (int l = 0; l < classes; l++) {
        for (int i = 0; i < n; i++)
            c[i] = candidate_of(s, i, l);
        const int n_left = suppress(c, n, &s->op, (int)s->op.per_class);
        for (int i = 0; i < n_left; i++, n_out++) {
            out[n_out] = c[i];
            out[n_out].order = n_out;
        }
    }
    qsort(out, (size_t)n_out, sizeof *out, better);
    return n_out < (int)s->op.max ? n_out : (int)s->op.max;
}

/* Coordinates and scores from a coarse grid: equal scores and touching boxes are frequent, and float
 * arithmetic on them exact, so that both implementations decide alike. */
static struct scene random_scene(struct random *r)
{
    struct scene s = {.op = {(uint32_t)random_in(r, 1, ANCHORS_MAX),
                             (uint32_t)random_in(r, 1, CLASSES_MAX), (uint32_t)random_in(r, 0, 1),
                             (uint32_t)random_in(r, 1, BOXES_MAX), (uint32_t)random_in(r, 0, 5),
                             (float)random_in(r, -1, 12) / 16.0f, 0.125f}};
    s.op.overlap *= (float)random_in(r, 1, 8);
    for (uint32_t i = 0; i < s.op.n; i++)
        for (int k = 0; k < 4; k++) {
            const bool is_place = k < 2;
            s.codes[4 * i + (uint32_t)k] = is_place ? (float)random_in(r, -4, 4) / 4.0f : 0.0f;
            s.anchors[4 * i + (uint32_t)k] =
                is_place ? (float)random_in(r, 0, 16) / 16.0f : (float)random_in(r, 1, 8) / 16.0f;
        }
    for (uint32_t i = 0; i < s.op.n * (s.op.background + s.op.classes); i++)
        s.scores[i] = (float)random_in(r, 0, 16) / 16.0f;
    return s;
}

static struct result found(const struct scene *s)
{
    struct result r;
    struct guarded scratch = guarded_new(mote_detect_f32_ref_scratch(&s->op));
    mote_detect_f32_ref(&s->op, s->codes, s->scores, s->anchors, r.boxes, r.labels, r.quality,
                        &r.count, scratch.at);
    guarded_free(scratch);
    return r;
}

TEST(what_is_found_is_what_sorting_and_striking_out_finds)
{
    struct random r = random_seed(test_seed());
    for (int round = 0; round < test_rounds(2000); round++) {
        struct candidate want[ANCHORS_MAX * CLASSES_MAX];
        const struct scene s = random_scene(&r);
        const struct result got = found(&s);
        const int n = expected(&s, want);
        CHECK_EQ((int)got.count, n);
        for (int i = 0; i < (int)s.op.max; i++)
            for (int k = 0; k < 4; k++)
                CHECK_NEAR((double)got.boxes[4 * i + k], i < n ? want[i].box[k] : 0.0, 1e-6);
        for (int i = 0; i < (int)s.op.max; i++) {
            CHECK_EQ((int)got.labels[i], i < n ? want[i].label : 0);
            CHECK(got.quality[i] == (i < n ? want[i].score : 0.0f));
        }
    }
}

TEST(scores_that_are_no_numbers_are_not_found)
{
    struct scene s = {.op = {2, 1, 0, 2, 0, 0.0f, 0.5f}, .anchors = {0, 0, 1, 1, 2, 2, 1, 1}};
    s.scores[0] = NAN;
    s.scores[1] = 0.5f;
    const struct result r = found(&s);
    CHECK(r.count == 1.0f && r.quality[0] == 0.5f);
    CHECK_NEAR((double)r.boxes[0], 1.5, 1e-6);
}

TEST_MAIN(T(a_box_is_decoded_from_its_anchor),
          T(what_is_found_is_what_sorting_and_striking_out_finds),
          T(scores_that_are_no_numbers_are_not_found))
