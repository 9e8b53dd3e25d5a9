/* test_recipe_data.c - the data of a recipe: read, normalised, split, drawn for calibration.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "check.h"
#include "fixture.h"
#include "recipe/recipe.h"

static void write_text(struct fixture *f, const char *name, const char *text)
{
    CHECK(file_write(path_join(f->a, f->dir, name), text, strlen(text), &f->d));
}

/* A recipe for train.csv, with more keys for its data section. */
static const struct recipe *read_recipe(struct fixture *f, const char *more)
{
    write_text(f, "r.yaml",
               arena_printf(f->a,
                            "name: a\nnetwork: [{fully_connected: classes}, softmax]\n"
                            "data: {format: csv, train: train.csv, label: y%s}\n"
                            "quantize: {calibration: 8}\n",
                            more));
    f->d = (struct diag){0};
    const struct recipe *r = recipe_read(f->a, path_join(f->a, f->dir, "r.yaml"), &f->d);
    if (!r)
        test_fail(__FILE__, __LINE__, "%s: %s", f->d.place, f->d.message);
    return r;
}

TEST(both_sets_are_normalised_by_the_training_set_and_share_its_classes)
{
    struct fixture f = begin();
    write_text(&f, "train.csv", "x,y\n1,a\n3,b\n1,c\n3,a\n");
    write_text(&f, "test.csv", "x,y\n5,c\n5,b\n");
    const struct recipe *r = read_recipe(&f, ", test: test.csv");
    struct dataset train, test;
    CHECK(recipe_data(f.a, r, &train, &test, &f.d));
    CHECK_NEAR(train.mean, 2, 1e-6);
    CHECK_NEAR(train.std, 1, 1e-6);
    CHECK_NEAR(test.mean, 2, 1e-6);
    CHECK_EQ(test.n_classes, 3);
    CHECK_EQ(test.label[0], 2);
    CHECK_EQ(test.label[1], 1);
    float x;
    dataset_sample(&test, 0, &x);
    CHECK_NEAR(x, 3, 1e-6);
    CHECK(recipe_data(f.a, r, NULL, &test, &f.d));
    CHECK(recipe_data(f.a, r, &train, NULL, &f.d));
    r = read_recipe(&f, ", test: test.csv, normalise: {mean: 1, std: 4}");
    CHECK(recipe_data(f.a, r, &train, &test, &f.d));
    CHECK_NEAR(train.std, 4, 0);
    CHECK_NEAR(test.mean, 1, 0);
    end(&f);
}

static void check_data_error(struct fixture *f, const char *more, const char *place,
                             const char *message)
{
    struct dataset train, test;
    const struct recipe *r = read_recipe(f, more);
    CHECK(!recipe_data(f->a, r, &train, &test, &f->d));
    CHECK_HAS(f->d.place, place);
    CHECK_HAS(f->d.message, message);
}

TEST(sets_that_do_not_belong_together_are_refused)
{
    struct fixture f = begin();
    check_data_error(&f, "", "r.yaml", "\"test\" is missing");
    check_data_error(&f, ", test: test.csv", "train.csv", "cannot open");
    write_text(&f, "train.csv", "x,y\n1,a\n2,a\n");
    check_data_error(&f, ", test: test.csv", "train.csv", "all samples are of one class");
    write_text(&f, "train.csv", "x,y\n1,a\n2,b\n");
    check_data_error(&f, ", test: test.csv", "test.csv", "cannot open");
    write_text(&f, "test.csv", "x,z,y\n1,2,a\n");
    check_data_error(&f, ", test: test.csv", "test.csv", "a test sample has 2 values");
    write_text(&f, "test.csv", "x,y\n1,q\n");
    check_data_error(&f, ", test: test.csv", "test.csv", "class \"q\" is none of the 2 classes");
    end(&f);
}

TEST(images_without_height_cannot_be_augmented)
{
    struct fixture f = begin();
    CHECK(file_write(path_join(f.a, f.dir, "x"), "\0\0\x08\2\0\0\0\2\0\0\0\1ab", 14, &f.d));
    CHECK(file_write(path_join(f.a, f.dir, "y"), "\0\0\x08\1\0\0\0\2\0\1", 10, &f.d));
    write_text(&f, "r.yaml",
               "name: a\nnetwork: [{fully_connected: classes}, softmax]\n"
               "data: {format: idx, train: {images: x, labels: y}, augment: {shift: 1}}\n");
    const struct recipe *r = recipe_read(f.a, path_join(f.a, f.dir, "r.yaml"), &f.d);
    CHECK(r != NULL);
    struct dataset train;
    CHECK(!recipe_data(f.a, r, &train, NULL, &f.d));
    CHECK_HAS(f.d.message, "these samples have no height and width");
    end(&f);
}

TEST(the_split_covers_the_training_set_once)
{
    struct fixture f = begin();
    struct text t = {.arena = f.a};
    text_add(&t, "x,y\n");
    for (int i = 0; i < 30; i++)
        text_printf(&t, "%d,%d\n", i, i % 2);
    write_text(&f, "train.csv", t.data);
    struct dataset data;
    struct dataset_view train, validation;
    const struct recipe *r = read_recipe(&f, ", validation: 0.25");
    CHECK(recipe_data(f.a, r, &data, NULL, &f.d));
    recipe_split(f.a, r, &data, &train, &validation);
    CHECK_EQ(validation.n, 8); /* 7.5 rounded */
    CHECK_EQ(train.n, 22);
    int seen[30] = {0};
    for (uint32_t i = 0; i < train.n; i++)
        seen[train.index[i]]++;
    for (uint32_t i = 0; i < validation.n; i++)
        seen[validation.index[i]]++;
    for (int i = 0; i < 30; i++)
        CHECK_EQ(seen[i], 1);
    r = read_recipe(&f, "");
    recipe_split(f.a, r, &data, &train, &validation);
    CHECK_EQ(validation.n, 0);
    CHECK_EQ(train.n, 30);
    end(&f);
}

TEST(calibration_takes_the_first_training_samples_half_of_them_to_fit)
{
    struct fixture f = begin();
    struct text t = {.arena = f.a};
    text_add(&t, "x,y\n");
    for (int i = 0; i < 30; i++)
        text_printf(&t, "%d,%d\n", i, i % 2);
    write_text(&f, "train.csv", t.data);
    struct dataset data;
    const struct recipe *r = read_recipe(&f, ", normalise: {mean: 0, std: 1}");
    CHECK(recipe_data(f.a, r, &data, NULL, &f.d));
    struct dataset_view train, validation;
    recipe_split(f.a, r, &data, &train, &validation);
    struct calibration c = recipe_calibration(f.a, r, &train);
    CHECK_EQ(c.n, 8);
    CHECK_EQ(c.n_fit, 4);
    for (uint32_t i = 0; i < c.n; i++)
        CHECK_NEAR(c.samples[i], train.index[i], 1e-6);
    train.n = 5;
    c = recipe_calibration(f.a, r, &train);
    CHECK_EQ(c.n, 5);
    CHECK_EQ(c.n_fit, 2);
    train.n = 1;
    c = recipe_calibration(f.a, r, &train);
    CHECK_EQ(c.n, 1);
    CHECK_EQ(c.n_fit, 1);
    end(&f);
}

TEST_MAIN(T(both_sets_are_normalised_by_the_training_set_and_share_its_classes),
          T(sets_that_do_not_belong_together_are_refused),
          T(images_without_height_cannot_be_augmented), T(the_split_covers_the_training_set_once),
          T(calibration_takes_the_first_training_samples_half_of_them_to_fit))
