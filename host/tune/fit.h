/* fit.h - factors by least squares of relative errors. SPDX-License-Identifier: Apache-2.0
 *
 * Private to host/tune. */
#ifndef MOTE_HOST_TUNE_FIT_H
#define MOTE_HOST_TUNE_FIT_H
#include "sched/cost.h"

struct sample {
    double work[N_WORKS], cycles;
};

/* Factors >= 0 that minimise the sum of squares of (predicted - measured) / measured: coordinate
 * descent, each factor in turn to its best value. Returns the largest relative error. */
double fit_factors(const struct sample *samples, uint32_t n, double factors[N_WORKS]);
#endif
