/* check_fit.h - does a network fit a data set? SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_TRAIN_CHECK_FIT_H
#define MOTE_HOST_TRAIN_CHECK_FIT_H
#include "data/dataset.h"

/* One input of the sample's shape, one output with a value per class. */
bool check_fit(const struct graph *g, const struct dataset *ds, struct diag *d);
#endif
