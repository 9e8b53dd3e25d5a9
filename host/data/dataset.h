/* dataset.h - labelled samples in memory, and batches of them.
 *
 * Readers (data/idx.h, data/wav.h, data/csv.h) give one `struct dataset`; it is read-only
 * afterwards and may be shared by threads.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_DATASET_H
#define MOTE_HOST_DATASET_H
#include "base/arena.h"
#include "base/diag.h"
#include "base/pool.h"
#include "ir/graph.h"

enum data_format { DATA_IDX, DATA_WAV, DATA_CSV, N_DATA_FORMATS };

/* Where a data set comes from: filled by the recipe reader. */
struct data_source {
    enum data_format format;
    const char *samples;  /* IDX: images file; WAV: folder with one sub-folder a class; CSV: file */
    const char *labels;   /* IDX: labels file; CSV: name of the label column; WAV: NULL           */
    uint32_t wav_samples; /* WAV: clips are cut or zero-filled to this many samples              */
};

/* Either u8 or f32 holds n * shape_count(sample) values, sample after sample, NHWC. */
struct dataset {
    uint32_t n;
    struct shape sample; /* with batch 1 in front: [1, h, w, c] or [1, features]  */
    uint32_t n_classes;
    const char *const *class_names; /* [n_classes] */
    const uint8_t *u8;
    const float *f32;
    const uint16_t *label; /* [n] < n_classes */
    /* A value reaches the network as (x - mean) / std; u8 values count as x / 255 before. */
    float mean, std;
};

/* Read the source. Errors name file and byte offset (or line). */
bool dataset_read(struct arena *a, const struct data_source *src, struct dataset *out,
                  struct diag *d);

/* Give `ds` (a test set) the classes of `reference` (its training set), matched by name. A class
 * with samples that the reference lacks is an error at `place`. */
bool dataset_match_classes(struct arena *a, struct dataset *ds, const struct dataset *reference,
                           const char *place, struct diag *d);

/* Set mean and std of the first n_max samples (all when 0), in double precision. The std of
 * constant data is set to 1. */
void dataset_measure(struct dataset *ds, uint32_t n_max);

/* A view of part of a data set, chosen by a seeded shuffle: samples [first, first + n) of the
 * shuffled order. Deterministic in (seed). Splits with one seed do not overlap. */
struct dataset_view {
    const struct dataset *ds;
    const uint32_t *index; /* [n] */
    uint32_t n;
};
struct dataset_view dataset_all(struct arena *a, const struct dataset *ds);
struct dataset_view dataset_split(struct arena *a, const struct dataset *ds, uint64_t seed,
                                  uint32_t first, uint32_t n);

enum flip { FLIP_NONE, FLIP_HORIZONTAL };

/* Changes to a training image (rank 4), drawn anew for every (seed, epoch, sample). Shift and crop
 * add up; the flip comes first. */
struct augment {
    enum flip flip;   /* horizontal with probability 1/2                             */
    int32_t shift;    /* up to so many pixels each way, zero-filled (raw 0); 0: none */
    int32_t crop_pad; /* pad by so many raw zeros on each side, crop at random; 0: none */
};

/* Write sample i (an index into ds) normalised, as float, to out[shape_count(sample)]. */
void dataset_sample(const struct dataset *ds, uint32_t i, float *out);
/* The same with augmentation drawn from (seed, epoch, i): independent of order and threads. */
void dataset_sample_augmented(const struct dataset *ds, uint32_t i, const struct augment *aug,
                              uint64_t seed, uint32_t epoch, float *out);
/* Quantised by a tensor's scale and zero point (q->n is 1), for int8 graphs. */
void dataset_sample_s8(const struct dataset *ds, uint32_t i, const struct quant *q, int8_t *out);

/* A seeded permutation of 0..n-1 (Fisher-Yates). */
void shuffle(uint64_t seed, uint64_t stream, uint32_t *index, uint32_t n);
#endif
