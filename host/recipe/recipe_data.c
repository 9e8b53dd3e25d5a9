/* recipe_data.c - the data that a recipe describes: read, normalised, split, drawn for calibration.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>
#include <math.h>

#include "recipe/recipe.h"

/* The training set: its classes count for both, its mean and std too. */
static bool read_train(struct arena *a, const struct recipe *r, struct dataset *out, struct diag *d)
{
    if (!dataset_read(a, &r->train, out, d))
        return false;
    if (out->n_classes < 2)
        return diag_error(d, r->train.samples, "all samples are of one class, nothing to learn");
    const struct augment *aug = &r->train_options.augment;
    if ((aug->flip != FLIP_NONE || aug->shift || aug->crop_pad) && out->sample.rank != 4)
        return diag_error(d, r->train.samples,
                          "the recipe augments images, these samples have no height and width");
    if (isnan(r->mean)) {
        dataset_measure(out, 0);
    } else {
        out->mean = r->mean;
        out->std = r->std;
    }
    return true;
}

bool recipe_data(struct arena *a, const struct recipe *r, struct dataset *train,
                 struct dataset *test, struct diag *d)
{
    struct dataset first;
    if (test && !r->test.samples) {
        diag_error(d, r->path, "no test data: \"test\" is missing in the section data");
        return false;
    }
    if (!read_train(a, r, &first, d))
        return false;
    if (train)
        *train = first;
    if (!test)
        return true;
    if (!dataset_read(a, &r->test, test, d))
        return false;
    if (!shape_equal(&test->sample, &first.sample))
        return diag_error(d, r->test.samples,
                          "a test sample has %" PRId64 " values or another shape, a training "
                          "sample has %" PRId64,
                          shape_count(&test->sample), shape_count(&first.sample));
    test->mean = first.mean;
    test->std = first.std;
    const char *labels = r->test.format == DATA_IDX ? r->test.labels : r->test.samples;
    return dataset_match_classes(a, test, &first, labels, d);
}

void recipe_split(struct arena *a, const struct recipe *r, const struct dataset *data,
                  struct dataset_view *train, struct dataset_view *validation)
{
    const uint32_t n = (uint32_t)lround(r->validation_share * data->n);
    assert(n <= data->n);
    *validation = dataset_split(a, data, r->seed, 0, n);
    *train = dataset_split(a, data, r->seed, n, data->n - n);
}

struct calibration recipe_calibration(struct arena *a, const struct recipe *r,
                                      const struct dataset_view *train)
{
    assert(r->calibration_n > 0);
    const uint32_t n = train->n < r->calibration_n ? train->n : r->calibration_n;
    const size_t n_values = (size_t)shape_count(&train->ds->sample);
    float *samples = ARENA_ARRAY(a, float, n *n_values);
    uint16_t *labels = ARENA_ARRAY(a, uint16_t, n);
    for (uint32_t i = 0; i < n; i++) {
        dataset_sample(train->ds, train->index[i], samples + i * n_values);
        labels[i] = train->ds->label[train->index[i]];
    }
    /* Fewer samples than the recipe asks for are shared out in its proportion. */
    const uint32_t n_fit = (uint32_t)((uint64_t)n * r->calibration_fit_n / r->calibration_n);
    return (struct calibration){samples, n, n_fit ? n_fit : n, labels};
}
