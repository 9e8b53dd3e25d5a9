/* judge.h - how far an int8 graph is from its float graph. SPDX-License-Identifier: Apache-2.0
 *
 * Judged are the graph outputs; where one comes from softmax, the logits that softmax reads. Its
 * probabilities hide errors: near 0 and 1 everything rounds to the same byte. */
#ifndef MOTE_HOST_QUANT_JUDGE_H
#define MOTE_HOST_QUANT_JUDGE_H
#include "base/pool.h"
#include "ir/graph.h"

/* What the float graph says of the samples. */
struct reference {
    const struct graph *g;
    const float *samples;
    uint32_t n;
    uint32_t n_tensors;      /* judged tensors, one per graph output                   */
    const uint32_t *tensors; /* [n_tensors] ids, the same in float and int8            */
    size_t len;              /* values of all judged tensors of one sample             */
    const float *values;     /* [n][len]                                               */
    const uint16_t *labels;  /* [n], NULL: unknown                                     */
    double power;            /* mean square of the values                              */
    double accuracy;         /* share whose first judged tensor's arg max is the label */
};

/* `labels` [n] may be NULL. NULL with `d` set when the graph cannot run. */
struct reference *reference_new(struct arena *a, const struct graph *g, const float *samples,
                                const uint16_t *labels, uint32_t n, struct pool *pool,
                                struct diag *d);

struct judgement {
    double mse;       /* mean over samples and values                                      */
    double error;     /* that over the reference's power; 0 where both are 0              */
    double agreement; /* share of samples whose first judged tensor has the same arg max   */
    double accuracy;  /* share of samples where that is the label; NAN without labels      */
};

/* Run `q`, in which the judged tensors keep their ids. Sums in sample order. */
bool judge(struct arena *a, const struct reference *r, const struct graph *q, struct pool *pool,
           struct judgement *out, struct diag *d);
#endif
