/* train.h - train a float graph on a data set, fast and reproducibly.
 *
 * The graph's constants (weights, biases, batch-norm parameters and statistics) are the
 * parameters: training replaces their data by trained copies. The last node is a softmax; the
 * loss is cross-entropy on its input.
 *
 * Same seed, same bytes: a batch is cut into shards of a fixed size that depends on nothing but
 * the options, each shard is computed by one thread, and sums over shards are made in shard order.
 * So 1 and N threads, and an interrupted and resumed run, give identical weights. This
 * holds among processors with the same vector instructions (train/kernels.h).
 *
 * Samples that do not fill the last batch of an epoch are left out of that epoch; the order is new
 * in each, so it is not always the same ones.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_TRAIN_H
#define MOTE_HOST_TRAIN_H
#include "base/pool.h"
#include "data/dataset.h"
#include "ir/graph.h"

enum optimizer { OPTIMIZER_SGD, OPTIMIZER_ADAMW };
enum schedule { SCHEDULE_CONSTANT, SCHEDULE_COSINE };

struct train_options {
    uint32_t epochs, batch;
    enum optimizer optimizer;
    float lr;                /* peak learning rate                                              */
    float momentum;          /* SGD (PyTorch's convention: v = m v + g; w -= lr v)              */
    float beta1, beta2, eps; /* AdamW                                                      */
    float weight_decay;      /* SGD: added to the gradient; AdamW: decoupled. Only on weights of
                                conv2d, depthwise_conv2d and fully_connected                    */
    enum schedule schedule;
    float warmup_epochs;   /* linear from 0, per step                                      */
    float label_smoothing; /* 0..1                                                         */
    float bn_momentum;     /* share of the batch in the running statistics, e.g. 0.1       */
    struct augment augment;
    uint64_t seed;
};

struct train_result {
    bool interrupted;     /* stop flag seen: the checkpoint is written                      */
    uint32_t epochs_done; /* whole epochs                                                   */
    double loss;          /* of the last epoch, training samples                            */
    double train_accuracy;
    double val_accuracy; /* 0..1; NAN without validation samples                           */
    double seconds;      /* wall clock of the training loop (this run's share)             */
    double samples_per_s;
};

struct train_progress {
    uint32_t epoch, epochs; /* epoch counts from 1 */
    uint32_t step, steps;   /* within the epoch    */
    bool epoch_end;
    double loss, accuracy; /* running means of this epoch                                */
    double val_accuracy;   /* at an epoch's end; NAN otherwise                           */
    double samples_per_s;
    double eta_s;
};

/* What the caller wants during the run. */
struct train_control {
    const char *checkpoint_path; /* written at every epoch's end and on stop; NULL: never   */
    const char *resume_path;     /* continue from this checkpoint; NULL: from the start     */
    const volatile int *stop;    /* becomes non-zero on Ctrl-C; looked at between steps     */
    uint64_t steps_max; /* stop in the same way after so many steps of this run; 0: no limit */
    /* Called a few times a second and at every epoch's end; NULL: silent. */
    void (*progress)(void *ctx, const struct train_progress *p);
    void *ctx;
};

/* Train. False with `d` set when the graph cannot be trained (operator without gradient, shape
 * does not fit the data), the loss is no longer finite, or a checkpoint cannot be written or does
 * not belong to this graph and these options. `val` may be empty (n = 0). */
bool train_run(struct arena *a, struct graph *g, const struct dataset_view *train,
               const struct dataset_view *val, const struct train_options *opt,
               const struct train_control *control, struct pool *pool, struct train_result *out,
               struct diag *d);

/* Fill the graph's trainable constants: He-normal weights (fan-in, gain sqrt 2; fully connected
 * output layers gain 1), zero biases, batch norm gamma 1, beta 0, mean 0, variance 1. */
void train_init(struct graph *g, uint64_t seed);

/* Share of samples whose largest output is their label; forward pass of the trainer (fast), batch
 * norm with running statistics. */
bool train_evaluate(struct graph *g, const struct dataset_view *v, struct pool *pool,
                    double *accuracy, struct diag *d);
#endif
