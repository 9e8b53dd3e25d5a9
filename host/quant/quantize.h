/* quantize.h - post-training quantisation of a float graph to int8.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The TFLite scheme (docs/spec/numerics.md; Jacob et al., arXiv:1712.05877): weights symmetric,
 * per output channel, [-127, 127]; activations asymmetric, per tensor; bias int32 with scale
 * input * weight. Graph inputs and outputs become int8. */
#ifndef MOTE_HOST_QUANTIZE_H
#define MOTE_HOST_QUANTIZE_H
#include "base/pool.h"
#include "ir/graph.h"

enum range_method { RANGE_MINMAX, RANGE_PERCENTILE, RANGE_MSE, RANGE_AUTO, N_RANGE_METHODS };

/* Samples for choosing ranges, as floats ready for the graph's single input, one after another.
 * The first n_fit observe ranges; the other n - n_fit judge between the methods. */
struct calibration {
    const float *samples;
    uint32_t n, n_fit;
};

struct quantize_options {
    enum range_method method; /* RANGE_AUTO: each is tried, the smallest output error wins */
    float percentile;         /* above 50, at most 100; 99.99 is usual. Unused by min-max and MSE */
};

/* One line per tried method, for the report. A named method is judged, too, if samples are left.
 * Judged are the graph outputs or, where softmax makes one, the logits before it: near 0 and 1
 * probabilities hide errors. */
struct quantize_report {
    enum range_method chosen;
    double output_mse[N_RANGE_METHODS]; /* against float, held-out samples; NAN: not tried   */
    double agreement[N_RANGE_METHODS];  /* share of held-out samples with the same arg max   */
};

/* `g`: float, single input, batch norm folded (pass/pass.h), verified. The result lives in `a` and
 * borrows nothing from `g`; outputs keep their names. NULL with `d` set when an operator has no
 * int8 form, samples are missing or not finite, or the network's values overflow. `report` may be
 * NULL. Deterministic, also in the number of threads. */
struct graph *quantize_graph(struct arena *a, const struct graph *g, const struct calibration *c,
                             const struct quantize_options *opt, struct pool *pool,
                             struct quantize_report *report, struct diag *d);
#endif
