/* checkpoint.h - the state of an interrupted training, in a file.
 *
 * Little-endian:
 *
 *     offset  bytes
 *          0      8  "MOTECKPT"
 *          8      4  version, 1
 *         12      4  arrays: weights, and 1 or 2 of the optimiser
 *         16      8  identity: hash of network, options and data
 *         24      8  n: floats in each array
 *         32      4  epochs done
 *         36      4  steps done in the epoch after them
 *         40      8  sum of the loss over those steps (float64)
 *         48      8  samples right in those steps
 *         56     24  loss, training and validation accuracy of the last whole epoch (float64)
 *         80   4 n   weights, then each array of the optimiser (float32)
 *        end      4  CRC-32 (that of zlib) of everything before
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_TRAIN_CHECKPOINT_H
#define MOTE_HOST_TRAIN_CHECKPOINT_H
#include "train/train.h"

struct checkpoint {
    uint64_t identity;
    uint32_t epoch, step;
    double loss_sum;
    uint64_t correct;
    double loss, train_accuracy, val_accuracy;
    uint32_t n_arrays; /* at most CHECKPOINT_ARRAYS_MAX */
    uint64_t n;
    float *arrays[3]; /* [n] each: written from, read into */
};
#define CHECKPOINT_ARRAYS_MAX 3

/* Write the whole file or nothing. */
bool checkpoint_write(const char *path, const struct checkpoint *c, struct arena *scratch,
                      struct diag *d);
/* Read into `c`, whose identity, n_arrays, n and arrays say what is expected; nothing is changed
 * when it does not fit. The file may hold any bytes. */
bool checkpoint_read(const char *path, struct checkpoint *c, struct diag *d);

/* Hash of all that decides how training goes on. */
uint64_t checkpoint_identity(const struct graph *g, const struct train_options *opt,
                             const struct dataset_view *train);
#endif
