/* dataset.c - reading by format, measuring, splitting. SPDX-License-Identifier: Apache-2.0 */
#include "data/dataset.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "data/csv.h"
#include "data/idx.h"
#include "data/wav.h"

bool dataset_read(struct arena *a, const struct data_source *src, struct dataset *out,
                  struct diag *d)
{
    switch (src->format) {
    case DATA_IDX:
        return idx_read(a, src->samples, src->labels, out, d);
    case DATA_WAV:
        return wav_read(a, src->samples, src->wav_samples, out, d);
    case DATA_CSV:
        return csv_read(a, src->samples, src->labels, out, d);
    case N_DATA_FORMATS:
        break;
    }
    assert(false && "a format of enum data_format");
    return false;
}

static uint32_t find_class(const struct dataset *ds, const char *name)
{
    for (uint32_t i = 0; i < ds->n_classes; i++)
        if (strcmp(ds->class_names[i], name) == 0)
            return i;
    return UINT32_MAX;
}

bool dataset_match_classes(struct arena *a, struct dataset *ds, const struct dataset *reference,
                           const char *place, struct diag *d)
{
    uint16_t *number = ARENA_ARRAY(a, uint16_t, ds->n_classes);
    bool *used = ARENA_ARRAY(a, bool, ds->n_classes);
    uint16_t *label = ARENA_ARRAY(a, uint16_t, ds->n);
    for (uint32_t i = 0; i < ds->n; i++)
        used[ds->label[i]] = true;
    for (uint32_t i = 0; i < ds->n_classes; i++) {
        const uint32_t k = find_class(reference, ds->class_names[i]);
        if (k == UINT32_MAX && used[i])
            return diag_error(
                d, place, "class \"%s\" is none of the %" PRIu32 " classes of the training data",
                ds->class_names[i], reference->n_classes);
        number[i] = (uint16_t)k;
    }
    for (uint32_t i = 0; i < ds->n; i++)
        label[i] = number[ds->label[i]];
    ds->label = label;
    ds->n_classes = reference->n_classes;
    ds->class_names = reference->class_names;
    return true;
}

/* Exact sums of bytes: n * 255^2 < 2^64 for every n that fits in memory. */
static void measure_u8(const uint8_t *x, size_t n, double *mean, double *variance)
{
    uint64_t sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        sum += x[i];
        squares += (uint64_t)x[i] * x[i];
    }
    const double m = (double)sum / (double)n;
    *mean = m / 255;
    *variance = ((double)squares / (double)n - m * m) / (255.0 * 255.0);
}

static void measure_f32(const float *x, size_t n, double *mean, double *variance)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i];
    *mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += ((double)x[i] - *mean) * ((double)x[i] - *mean);
    *variance = squares / (double)n;
}

void dataset_measure(struct dataset *ds, uint32_t n_max)
{
    const uint32_t n = n_max && n_max < ds->n ? n_max : ds->n;
    const size_t n_values = (size_t)n * (size_t)shape_count(&ds->sample);
    double mean, variance;
    if (ds->u8)
        measure_u8(ds->u8, n_values, &mean, &variance);
    else
        measure_f32(ds->f32, n_values, &mean, &variance);
    ds->mean = (float)mean;
    ds->std = variance > 1e-12 ? (float)sqrt(variance) : 1.0f;
}

struct dataset_view dataset_all(struct arena *a, const struct dataset *ds)
{
    uint32_t *index = ARENA_ARRAY(a, uint32_t, ds->n);
    for (uint32_t i = 0; i < ds->n; i++)
        index[i] = i;
    return (struct dataset_view){ds, index, ds->n};
}

struct dataset_view dataset_split(struct arena *a, const struct dataset *ds, uint64_t seed,
                                  uint32_t first, uint32_t n)
{
    assert(first <= ds->n && n <= ds->n - first);
    uint32_t *index = ARENA_ARRAY(a, uint32_t, ds->n);
    shuffle(seed, 0, index, ds->n);
    return (struct dataset_view){ds, index + first, n};
}

void shuffle(uint64_t seed, uint64_t stream, uint32_t *index, uint32_t n)
{
    struct rng r = rng_split(seed, stream);
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t k = rng_below(&r, i + 1); /* the "inside-out" form */
        index[i] = index[k];
        index[k] = i;
    }
}
