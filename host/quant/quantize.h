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

enum range_method {
    RANGE_MINMAX,
    RANGE_PERCENTILE,
    RANGE_MSE,
    RANGE_KL,
    RANGE_AUTO, /* each is tried, the smallest output error wins */
    N_RANGE_METHODS
};

/* Which way weights are rounded (rounding.h). */
enum weight_rounding {
    WEIGHTS_NEAREST,
    WEIGHTS_BY_COLUMNS,
    WEIGHTS_BY_DESCENT,
    N_WEIGHT_ROUNDINGS
};

/* Samples for quantisation, as floats ready for the graph's single input, one after another. The
 * first n_fit observe ranges and what layers meet; the other n - n_fit judge between the methods. */
struct calibration {
    const float *samples;
    uint32_t n, n_fit;
    const uint16_t *labels; /* [n] the class of each sample, NULL: unknown */
};

struct quantize_options {
    enum range_method ranges;
    float percentile;    /* above 50, at most 100; 99.99 is usual. Only RANGE_PERCENTILE, _AUTO */
    bool refine;         /* with the best ranges try what struct quantize_method has besides    */
    uint8_t weight_bits; /* 8 or 4: of convolutions and dense layers; depthwise ones have 8     */
    bool mixed;          /* instead: 4 in as many layers as mixed_error, of a trial, allows     */
    double mixed_error;
};

/* How an int8 graph was made of the float one. */
struct quantize_method {
    enum range_method ranges;
    bool equalise; /* channels of neighbouring layers brought to like ranges: equalise.h      */
    enum weight_rounding rounding;
    bool correct_biases; /* for the mean of what quantisation shifts: bias.h                   */
    uint32_t n_4_bits;   /* layers with weights of 4 bits                                      */
};

/* A method and how far its graph is from the float one, on samples that chose nothing. Judged are the
 * graph outputs or, where softmax makes one, the logits before it: near 0 and 1 probabilities hide
 * errors. NAN: not known. */
struct trial {
    struct quantize_method method;
    double mse;       /* mean squared error                                     */
    double error;     /* sum of squared errors over that of squared outputs     */
    double agreement; /* share of samples with the same arg max                 */
    double accuracy;  /* share of samples whose arg max is the label            */
};

/* A layer of the chosen graph, on the same samples. */
struct layer_loss {
    const char *name; /* of the tensor that it makes, in the result's arena    */
    double error;     /* as of a trial                                         */
};

#define TRIALS_MAX 12
#define LOSSES_MAX 5

struct quantize_report {
    struct trial trials[TRIALS_MAX];
    uint32_t n_trials, chosen;
    uint32_t n_judged;                   /* samples */
    double float_accuracy;               /* NAN without labels */
    struct layer_loss worst[LOSSES_MAX]; /* layers, the largest error first */
    uint32_t n_worst;
};

/* `g`: float, single input, batch norm folded (pass/pass.h), verified. The result lives in `a` and
 * borrows nothing from `g`; outputs keep their names. NULL with `d` set when an operator has no
 * int8 form, samples are missing or not finite, or the network's values overflow. `report` may be
 * NULL. Deterministic, also in the number of threads. */
struct graph *quantize_graph(struct arena *a, const struct graph *g, const struct calibration *c,
                             const struct quantize_options *opt, struct pool *pool,
                             struct quantize_report *report, struct diag *d);
#endif
