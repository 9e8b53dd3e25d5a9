/* evaluate.h - run a quantised graph over a data set and score it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The host's answer is the interpreter's, byte for byte, so that whatever else is measured (emitted
 * C, firmware) can be compared with it; host/fast computes it, on the simplified graph. */
#ifndef MOTE_HOST_EVALUATE_H
#define MOTE_HOST_EVALUATE_H
#include "base/pool.h"
#include "data/dataset.h"
#include "ir/graph.h"

/* Does an int8 classifier with one input and one output fit the data? Sets `d` otherwise. */
bool evaluate_fits(const struct graph *g, const struct dataset *ds, struct diag *d);

/* The n samples of a view, quantised for the graph's input: [n][input bytes]. */
const int8_t *evaluate_inputs(struct arena *a, const struct graph *g, const struct dataset_view *v);

/* The graph's outputs for those inputs: [n][output bytes]. Threads share the samples; the
 * result does not depend on their number. */
const int8_t *evaluate_outputs(struct arena *a, const struct graph *g, const int8_t *inputs,
                               uint32_t n, struct pool *pool, struct diag *d);

/* Share of samples whose largest output (the first of equals) is their label, 0..1. */
double evaluate_accuracy(const struct graph *g, const int8_t *outputs,
                         const struct dataset_view *v);
#endif
