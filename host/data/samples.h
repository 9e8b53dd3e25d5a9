/* samples.h - samples for calibration, from files as they lie about.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_DATA_SAMPLES_H
#define MOTE_HOST_DATA_SAMPLES_H
#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"
#include "data/dataset.h"
#include <stdint.h>

#define SAMPLES_MAX 65536

/* n samples of `len` floats, one after the other. */
struct samples {
    uint32_t n;
    const float *values;
    const uint16_t *labels;         /* [n], NULL where the folder has none             */
    uint32_t n_classes;             /* sub-folders, in the order of their names' bytes */
    const char *const *class_names; /* [n_classes] */
};

/* Read `path`: a file, a folder of files, or a folder with a sub-folder of files for each class, named
 * so that their order is that of the network's outputs. A file holds one sample or more: raw
 * little-endian float32, or NumPy's .npy (format 1 and 2) of '<f4' in C order. Files come in the order
 * of their names; hidden ones are left out. Errors name the file and its size. */
bool samples_read(struct arena *a, const char *path, size_t len, struct samples *out,
                  struct diag *d);

/* The same as a data set of this shape; without labels all are of one class. */
struct dataset samples_dataset(struct arena *a, const struct samples *s, struct shape sample);

/* The float32 values of an .npy file, of which the header says how many there are; borrowed. Bounds are
 * checked: `file` may be anything. */
bool npy_parse(struct bytes file, const char *place, struct bytes *values, struct diag *d);
#endif
