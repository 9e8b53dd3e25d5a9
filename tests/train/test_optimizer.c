/* test_optimizer.c - steps and schedules against numbers worked out by hand.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "train/optimizer.h"
#include <math.h>

TEST(sgd_with_momentum_and_decay_takes_the_steps_of_the_formula)
{
    const struct train_options opt = {.epochs = 1,
                                      .optimizer = OPTIMIZER_SGD,
                                      .lr = 0.5f,
                                      .momentum = 0.5f,
                                      .weight_decay = 0.25f};
    float w[] = {1.0f, -2.0f}, m[] = {0.0f, 0.0f};
    const float g[] = {1.0f, 0.0f};
    struct optimizer_step s = optimizer_step_at(&opt, 0, 10);
    optimizer_apply(&s, g, 2, w, m, NULL);
    CHECK_NEAR((double)m[0], 1.25, 0.0);  /* 1 + 0.25 * 1       */
    CHECK_NEAR((double)w[0], 0.375, 0.0); /* 1 - 0.5 * 1.25     */
    CHECK_NEAR((double)w[1], -1.75, 0.0); /* -2 - 0.5 * -0.5    */
    s.decay = 0.0f;
    optimizer_apply(&s, g, 2, w, m, NULL);
    CHECK_NEAR((double)m[0], 1.625, 0.0);   /* 0.5 * 1.25 + 1      */
    CHECK_NEAR((double)w[0], -0.4375, 0.0); /* 0.375 - 0.5 * 1.625 */
    CHECK_NEAR((double)w[1], -1.625, 0.0);  /* -1.75 + 0.5 * 0.25  */
}

TEST(adamw_takes_the_steps_of_the_formula)
{
    const struct train_options opt = {.epochs = 1,
                                      .optimizer = OPTIMIZER_ADAMW,
                                      .lr = 0.1f,
                                      .beta1 = 0.5f,
                                      .beta2 = 0.75f,
                                      .eps = 0.5f,
                                      .weight_decay = 0.5f};
    float w[] = {1.0f}, m[] = {0.0f}, v[] = {0.0f};
    const float g1[] = {2.0f}, g2[] = {-2.0f};
    struct optimizer_step s = optimizer_step_at(&opt, 0, 10);
    optimizer_apply(&s, g1, 1, w, m, v);
    /* m = 1, v = 1; m / c1 = 2, v / c2 = 4; w = 1 - 0.1 * (0.5 + 2 / 2.5) */
    CHECK_NEAR((double)w[0], 0.87, 1e-6);
    s = optimizer_step_at(&opt, 1, 10);
    optimizer_apply(&s, g2, 1, w, m, v);
    /* m = -0.5, c1 = 0.75; v = 1.75, c2 = 0.4375, root = 2 */
    CHECK_NEAR((double)w[0], 0.87 - 0.1 * (0.435 - 0.5 / 0.75 / 2.5), 1e-6);
}

TEST(warmup_rises_linearly_and_cosine_falls_to_nothing)
{
    struct train_options opt = {
        .epochs = 10, .lr = 2.0f, .schedule = SCHEDULE_COSINE, .warmup_epochs = 2.0f};
    CHECK_NEAR(schedule_lr(&opt, 0, 5), 0.2, 1e-9);
    CHECK_NEAR(schedule_lr(&opt, 4, 5), 1.0, 1e-9);
    CHECK_NEAR(schedule_lr(&opt, 10, 5), 2.0, 1e-9);
    CHECK_NEAR(schedule_lr(&opt, 30, 5), 1.0, 1e-9); /* half way from 10 to 50 */
    CHECK_NEAR(schedule_lr(&opt, 20, 5), 1.0 + sqrt(0.5), 1e-9);
    CHECK(schedule_lr(&opt, 49, 5) < 0.01);
    opt.schedule = SCHEDULE_CONSTANT;
    CHECK_NEAR(schedule_lr(&opt, 0, 5), 0.2, 1e-9);
    CHECK_NEAR(schedule_lr(&opt, 49, 5), 2.0, 1e-9);
    opt.warmup_epochs = 0.0f;
    CHECK_NEAR(schedule_lr(&opt, 0, 5), 2.0, 1e-9);
}

/* A warm-up longer than the training never divides by less than nothing. */
TEST(warmup_may_outlast_the_training)
{
    const struct train_options opt = {
        .epochs = 1, .lr = 1.0f, .schedule = SCHEDULE_COSINE, .warmup_epochs = 4.0f};
    CHECK_NEAR(schedule_lr(&opt, 9, 10), 0.25, 1e-9);
}

TEST_MAIN(T(sgd_with_momentum_and_decay_takes_the_steps_of_the_formula),
          T(adamw_takes_the_steps_of_the_formula),
          T(warmup_rises_linearly_and_cosine_falls_to_nothing), T(warmup_may_outlast_the_training))
