/* observe.h - what values the activations of a float graph take on calibration samples.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two passes over the samples: the first finds the smallest and largest value of every tensor, the
 * second counts into equal bins between them. Minimum, maximum and integer counts do not depend on
 * the order of samples, so neither do they on the number of threads. */
#ifndef MOTE_HOST_QUANT_OBSERVE_H
#define MOTE_HOST_QUANT_OBSERVE_H
#include "base/pool.h"
#include "ir/graph.h"

#define HISTOGRAM_BINS 2048

/* One tensor. Exact zeros, which padding and relu produce in masses and which every quantisation
 * represents exactly, are counted apart from the bins. */
struct observed {
    float min, max;       /* of all values; both 0 for constants and unused tensors      */
    uint64_t n_zero;      /* values that are exactly 0                                   */
    const uint64_t *bins; /* [HISTOGRAM_BINS] other values in [min, max]; NULL: not made */
};

enum observe_detail { OBSERVE_RANGES, OBSERVE_HISTOGRAMS };

/* Run `n` samples, each as long as the graph's single input. Returns [tensors], or NULL with `d`
 * set when a value is not finite. */
struct observed *observe(struct arena *a, const struct graph *g, const float *samples, uint32_t n,
                         enum observe_detail detail, struct pool *pool, struct diag *d);

/* Is t computed at run time, from the samples: an input or the output of a node? */
bool is_activation(const struct tensor *t);
#endif
