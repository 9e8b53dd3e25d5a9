/* recipe.h - a recipe file: data, network, schedule and target in YAML, as a person writes them.
 *
 * docs/recipe.md describes every key. Unknown keys, wrong types and layers that do not fit are
 * errors with line and column.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_RECIPE_H
#define MOTE_HOST_RECIPE_H
#include "base/str.h"
#include "data/dataset.h"
#include "quant/quantize.h"
#include "target/target.h"
#include "train/train.h"

struct recipe {
    const char *path; /* for messages */
    const char *name; /* a C identifier: names the emitted files */
    uint64_t seed;
    struct data_source train, test; /* relative paths count from the recipe's folder */
    double validation_share;        /* of the training set, 0..0.5                   */
    float mean, std;                /* NAN: measured on the training set             */
    struct train_options train_options;
    struct quantize_options quantize_options;
    uint32_t calibration_n, calibration_fit_n;
    const struct target *target;
    uint64_t flash_bytes, arena_bytes; /* budgets (target: flash, arena); 0: the board's */
    const struct layer_list *network;  /* parsed layers, private to recipe/ */
};

struct recipe *recipe_read(struct arena *a, const char *path, struct diag *d);

/* Read the training and the test set and normalise both by one mean and std: the recipe's, or
 * those measured on the training set. Either pointer may be NULL; `test` without a test set in the
 * recipe is an error. */
bool recipe_data(struct arena *a, const struct recipe *r, struct dataset *train,
                 struct dataset *test, struct diag *d);
/* The training set's split into training and validation samples, by the recipe's seed. */
void recipe_split(struct arena *a, const struct recipe *r, const struct dataset *data,
                  struct dataset_view *train, struct dataset_view *validation);
/* Calibration samples for the quantiser: the recipe's number of training samples, not augmented. */
struct calibration recipe_calibration(struct arena *a, const struct recipe *r,
                                      const struct dataset_view *train);

/* The recipe's network as a float graph for samples of this shape; weights are zero until
 * train_init. Errors point at the layer's line: "layer 3 (conv2d): ...". */
struct graph *recipe_network(struct arena *a, const struct recipe *r, const struct shape *sample,
                             uint32_t n_classes, struct diag *d);
#endif
