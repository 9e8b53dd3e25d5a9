/* test_nms.c - non-maximum suppression against its definition, which weighs every box anew by all
 * that were kept, in double. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "buffers.h"
#include "check.h"
#include "mote/mote.h"

#define BOXES_MAX 24
#define NEAR      1e-4 /* closer than that float and double may decide otherwise */

struct scene {
    struct mote_nms_f32 op;
    float boxes[BOXES_MAX * 4], scores[BOXES_MAX];
};
struct result {
    int32_t places[BOXES_MAX], count;
    float quality[BOXES_MAX];
};

static struct result found(const struct scene *s)
{
    struct result r;
    struct guarded scratch = guarded_new(mote_nms_f32_ref_scratch(&s->op));
    mote_nms_f32_ref(&s->op, s->boxes, s->scores, r.places, r.quality, &r.count, scratch.at);
    guarded_free(scratch);
    return r;
}

static double shared(double a0, double a1, double b0, double b1)
{
    const double from = fmax(fmin(a0, a1), fmin(b0, b1)), to = fmin(fmax(a0, a1), fmax(b0, b1));
    return fmax(to - from, 0.0);
}

static double overlap(const float *a, const float *b)
{
    const double both = shared((double)a[0], (double)a[2], (double)b[0], (double)b[2]) *
                        shared((double)a[1], (double)a[3], (double)b[1], (double)b[3]);
    const double area_a = fabs((double)(a[2] - a[0])) * fabs((double)(a[3] - a[1]));
    const double area_b = fabs((double)(b[2] - b[0])) * fabs((double)(b[3] - b[1]));
    return area_a > 0 && area_b > 0 ? both / (area_a + area_b - both) : 0.0;
}

/* What is left of the score of box i: 0 if it is suppressed. *close: two decisions are near. */
static double left_of(const struct scene *s, const struct result *kept, uint32_t i, bool *close)
{
    double score = (double)s->scores[i];
    for (int32_t k = 0; k < kept->count; k++) {
        const double o = overlap(s->boxes + 4 * i, s->boxes + 4 * kept->places[k]);
        *close |= fabs(o - (double)s->op.overlap) < NEAR;
        if (o >= (double)s->op.overlap)
            return 0.0;
        score *= exp((double)s->op.decay * o * o);
    }
    *close |= fabs(score - (double)s->op.threshold) < NEAR;
    return score > (double)s->op.threshold ? score : 0.0;
}

/* False when it is a close call somewhere. */
static bool expected(const struct scene *s, struct result *want)
{
    bool close = false;
    *want = (struct result){.count = 0};
    while ((uint32_t)want->count < s->op.max) {
        double best = 0.0;
        for (uint32_t i = 0; i < s->op.n; i++) {
            const double score = left_of(s, want, i, &close);
            close |= score > 0.0 && fabs(score - best) < NEAR;
            if (score <= best)
                continue;
            best = score;
            want->places[want->count] = (int32_t)i;
        }
        if (best == 0.0)
            break;
        want->quality[want->count++] = (float)best;
    }
    return !close;
}

static struct scene random_scene(struct random *r, bool is_soft)
{
    struct scene s = {
        .op = {(uint32_t)random_in(r, 1, BOXES_MAX), (uint32_t)random_in(r, 1, BOXES_MAX),
               (float)random_in(r, 0, 500) / 1000.0f, (float)random_in(r, 200, 1000) / 1000.0f,
               is_soft ? -(float)random_in(r, 1, 4000) / 1000.0f : 0.0f}};
    for (uint32_t i = 0; i < s.op.n; i++)
        for (uint32_t k = 4 * i; k < 4 * i + 2; k++) { /* corners in any order */
            s.boxes[k] = (float)random_in(r, 0, 997) / 997.0f;
            s.boxes[k + 2] = s.boxes[k] + (float)(2 * random_in(r, -300, 300) + 1) / 997.0f;
        }
    for (uint32_t i = 0; i < s.op.n; i++)
        s.scores[i] = (float)random_in(r, 1, 100000) / 100000.0f;
    return s;
}

TEST(what_is_kept_is_the_best_of_what_those_before_leave)
{
    struct random r = random_seed(test_seed());
    int n_clear = 0;
    for (int i = 0; i < test_rounds(800); i++) {
        const struct scene s = random_scene(&r, i % 2);
        const struct result got = found(&s);
        struct result want;
        if (!expected(&s, &want))
            continue;
        n_clear++;
        CHECK_EQ(got.count, want.count);
        for (uint32_t k = 0; k < s.op.max; k++) {
            CHECK_EQ(got.places[k], (int32_t)k < want.count ? want.places[k] : 0);
            CHECK_NEAR((double)got.quality[k],
                       (int32_t)k < want.count ? (double)want.quality[k] : 0.0, 1e-5);
        }
    }
    CHECK(n_clear > test_rounds(800) / 4);
}

TEST(of_equal_scores_the_first_counts_and_no_number_is_out)
{
    struct scene s = {.op = {4, 4, 0.0f, 0.5f, 0.0f},
                      .boxes = {0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 0, 0, 1, 1},
                      .scores = {0.5f, NAN, 0.5f, 0.5f}};
    struct result r = found(&s);
    CHECK_EQ(r.count, 2);
    CHECK(r.places[0] == 0 && r.places[1] == 2 && r.places[2] == 0 && r.places[3] == 0);
    s.op.threshold = 0.5f; /* scores are above it, not at it */
    r = found(&s);
    CHECK_EQ(r.count, 0);
    CHECK(r.places[0] == 0 && r.quality[0] == 0.0f);
}

/* It does not even overlap itself, so the reference keeps it until there are enough. */
TEST(a_box_without_area_is_kept_again_and_again)
{
    const struct scene s = {
        .op = {2, 3, 0.0f, 0.5f, 0.0f}, .boxes = {0, 0, 0, 1, 0, 0, 1, 1}, .scores = {0.9f, 0.5f}};
    const struct result r = found(&s);
    CHECK_EQ(r.count, 2); /* no more than there are scores above the threshold */
    CHECK(r.places[0] == 0 && r.places[1] == 0 && r.places[2] == 0);
    CHECK(r.quality[0] == 0.9f && r.quality[1] == 0.9f && r.quality[2] == 0.0f);
}

TEST_MAIN(T(what_is_kept_is_the_best_of_what_those_before_leave),
          T(of_equal_scores_the_first_counts_and_no_number_is_out),
          T(a_box_without_area_is_kept_again_and_again))
