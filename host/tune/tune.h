/* tune.h - measure what kernels take on a core: `mote tune`. SPDX-License-Identifier: Apache-2.0
 *
 * For every variant that a target has, one firmware computes the layers of probes.def with it, under
 * observation (host/sim). Predicted cycles are then fitted by what the layers consist of
 * (sched/cost.h). The result is the text of host/target/costs/<target>.def. */
#ifndef MOTE_HOST_TUNE_TUNE_H
#define MOTE_HOST_TUNE_TUNE_H
#include "base/str.h"
#include "target/target.h"

/* What is said while it runs: `what` is a variant or NULL at the end. */
typedef void tune_progress(void *context, const char *what, uint32_t i, uint32_t n);

/* How well a kernel's cycles are predicted: the largest error over the probes, as a ratio - 1. */
struct tuned_kernel {
    const char *kernel;
    uint32_t n_probes;
    double worst_error;
};

struct tuned {
    struct text table;
    struct tuned_kernel *kernels;
    uint32_t n_kernels;
};

bool tune(struct arena *a, const struct target *t, tune_progress *progress, void *context,
          struct tuned *out, struct diag *d);
#endif
