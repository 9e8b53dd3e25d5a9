/* trainer.h - inside train/: a graph compiled into layers with gradients and their memory.
 *
 * Samples are computed in shards. A shard in flight owns a slot: room for every activation and
 * gradient of `shard` samples and for the gradients of all parameters. In training, shard i of the
 * batch lives in slot i from the forward to the backward pass; in evaluation a thread uses the
 * slot of its own number.
 *
 * I1  What a shard computes depends on its number and on values that are fixed before its phase
 *     starts, never on the thread that runs it.
 * I2  Whatever joins shards (sums of gradients, batch-norm statistics) runs in shard order.
 * I3  Gradient buffers of a slot are shared by tensors whose lifetimes do not meet; the order of
 *     layers inside a slot is sequential, so shards may be at different layers.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_TRAIN_TRAINER_H
#define MOTE_HOST_TRAIN_TRAINER_H
#include "base/pool.h"
#include "data/dataset.h"
#include "ir/graph.h"
#include "train/kernels.h"

#define SHARD_SAMPLES 8  /* samples computed together: activations of a shard stay near L2 */
#define FLOAT_ALIGN   16 /* floats in a cache line: arrays start at multiples */
#define NO_PARAM      (-1)
#define NO_GRAD       (-1)
#define SLACK         KERNEL_SLACK /* floats behind every array that is b of a product */

struct trainer;
struct layer;

/* One shard while a thread computes it. */
struct shard {
    uint32_t slot;
    uint32_t first; /* number in the batch of its first sample */
    ptrdiff_t n;    /* samples, 1..SHARD_SAMPLES               */
    float *memory;  /* the slot's activations and gradients    */
    float *grads;   /* the slot's parameter gradients          */
    float *scratch; /* the thread's, trainer.scratch_floats    */
};

/* An activation: where it lies in every slot. */
struct blob {
    ptrdiff_t count; /* floats per sample                                                */
    ptrdiff_t value; /* floats from the start of the slot                                */
    ptrdiff_t grad;  /* the same, NO_GRAD when nothing trainable lies before this tensor */
};

/* PARAM_WEIGHTS: weight decay applies; PARAM_STATISTIC: not trained but measured. */
enum param_kind { PARAM_WEIGHTS, PARAM_OTHER, PARAM_STATISTIC };

/* A constant of the graph that training changes. In memory a convolution's and a fully connected
 * layer's weights are [taps * in][out], the transpose of the graph's [out][taps * in]; everything
 * else is as in the graph. */
struct param {
    uint32_t tensor;
    ptrdiff_t first, count; /* in trainer.w */
    ptrdiff_t rows, cols;   /* rows x cols here, cols x rows in the graph; rows = 1: as it is */
    enum param_kind kind;
};

/* What an operator does in training. A pass over the layers runs `forward` for a shard; when
 * there is a join, all shards wait for it, and `apply` follows per shard. */
struct layer_kind {
    /* Check the node, add parameters, claim scratch, make a plan. */
    bool (*prepare)(struct trainer *t, struct layer *l, struct diag *d);
    void (*pack)(const struct trainer *t, const struct layer *l); /* after w changed; may be NULL */
    void (*forward)(const struct trainer *t, const struct layer *l, const struct shard *s);
    void (*forward_join)(const struct trainer *t, const struct layer *l);
    void (*forward_apply)(const struct trainer *t, const struct layer *l, const struct shard *s);
    void (*freeze)(const struct trainer *t, const struct layer *l); /* before evaluation */
    void (*evaluate)(const struct trainer *t, const struct layer *l,
                     const struct shard *s); /* NULL: forward */
    void (*backward)(const struct trainer *t, const struct layer *l, const struct shard *s);
    void (*backward_join)(const struct trainer *t, const struct layer *l);
    void (*backward_apply)(const struct trainer *t, const struct layer *l, const struct shard *s);
    bool fuses_act;     /* a relu that alone reads the output may become layer.act     */
    bool grad_in_place; /* the gradient of input 0 may overwrite that of the output    */
};

struct layer {
    const struct layer_kind *kind;
    const struct node *node;
    const uint32_t *in; /* [n_in] activations only, without constants */
    uint32_t n_in, out;
    enum act act;
    struct range range;           /* of act                                            */
    const enum store *grad_store; /* [n_in] STORE_ADD when a later layer wrote before   */
    ptrdiff_t w, bias;            /* first parameter in trainer.w, or NO_PARAM          */
    void *plan;                   /* of the kind, from prepare                          */
};

/* One step of a pass: a function per shard, or one that joins all shards. */
struct step {
    const struct layer *layer;
    void (*run)(const struct trainer *t, const struct layer *l, const struct shard *s);
    void (*join)(const struct trainer *t, const struct layer *l);
};

struct pass {
    struct step *steps;
    uint32_t n;
};

/* The samples that a pass works on. */
struct batch {
    const struct dataset *ds; /* NULL: the caller filled the inputs of the slots */
    const uint32_t *index;
    uint32_t n;
    const struct augment *augment; /* NULL: none */
    uint64_t seed;
    uint32_t epoch;
};

/* What the loss layer leaves for each slot. */
struct shard_result {
    double loss; /* sum over the samples */
    uint32_t correct;
};

struct trainer_config {
    uint32_t batch; /* samples per training step; 0: evaluation only */
    float label_smoothing, bn_momentum;
    enum loss {
        LOSS_CROSS_ENTROPY,
        LOSS_NONE
    } loss; /* none: the caller sets the gradient of the
               output tensor (tests) */
    enum input_grad { INPUT_GRAD_NO, INPUT_GRAD_YES } input_grad; /* yes: tests */
};

struct trainer {
    struct arena *arena;
    struct graph *graph; /* borrowed */
    const struct kernels *kernels;
    struct pool *pool; /* borrowed */
    struct trainer_config config;
    uint32_t n_shards; /* of a training batch */
    uint32_t n_slots;
    struct blob *blobs; /* [graph tensors] */
    VEC(struct layer) layers;
    VEC(struct param) params;
    ptrdiff_t n_w; /* floats, with gaps for alignment that stay 0 */
    float *w;      /* [n_w] */
    float *grads;  /* [n_shards][n_w] */
    float *memory; /* [n_slots][slot_floats] */
    ptrdiff_t slot_floats;
    float *scratch; /* [threads][scratch_floats] */
    ptrdiff_t scratch_floats;
    struct shard_result *results; /* [n_slots] */
    struct batch batch;           /* of the pass that runs */
    struct pass train;            /* forward, then backward from step n_forward on */
    uint32_t n_forward;
    struct pass evaluate;
};

/* Compile the graph. NULL with `d` set when it cannot be trained. The weights are read from the
 * graph. */
struct trainer *trainer_new(struct arena *a, struct graph *g, const struct trainer_config *config,
                            struct pool *pool, struct diag *d);
/* Put trained constants into the graph (copies in its arena). */
void trainer_store(const struct trainer *t);

/* Forward and backward over t->batch: gradients and results per slot. */
void trainer_step(struct trainer *t);
/* Steps [from, to) of the training pass: tests look in between. */
void trainer_run(struct trainer *t, uint32_t from, uint32_t to);
/* Derive whatever layers keep beside w; after every change of w. */
void trainer_pack(struct trainer *t);
/* Share of the view's samples that the network gets right, with running statistics. */
double trainer_accuracy(struct trainer *t, const struct dataset_view *v);
/* The first shard of t->batch in evaluation mode, in slot 0. */
void trainer_evaluate_shard(struct trainer *t);

/* For the kinds. */
float *layer_in(const struct trainer *t, const struct layer *l, uint32_t i, const struct shard *s);
float *layer_out(const struct trainer *t, const struct layer *l, const struct shard *s);
/* Gradient of input i; NULL when nobody needs it. */
float *layer_in_grad(const struct trainer *t, const struct layer *l, uint32_t i,
                     const struct shard *s);
float *layer_out_grad(const struct trainer *t, const struct layer *l, const struct shard *s);
const struct shape *layer_in_shape(const struct trainer *t, const struct layer *l, uint32_t i);
const struct shape *layer_out_shape(const struct trainer *t, const struct layer *l);
ptrdiff_t layer_in_count(const struct trainer *t, const struct layer *l, uint32_t i);
ptrdiff_t layer_out_count(const struct trainer *t, const struct layer *l);
/* Clamp the output, and mask its gradient, by the fused activation; nothing when there is none. */
void layer_clamp(const struct trainer *t, const struct layer *l, const struct shard *s);
void layer_clamp_grad(const struct trainer *t, const struct layer *l, const struct shard *s);
/* dst (+)= src. */
void floats_store(const struct trainer *t, float *dst, const float *src, ptrdiff_t n,
                  enum store store);

/* Register constant input i of the node; rows x cols as in struct param. Returns its place in w,
 * or NO_PARAM with `d` set when it is not a float constant, or used twice. */
ptrdiff_t trainer_add_param(struct trainer *t, const struct layer *l, uint32_t i,
                            enum param_kind kind, ptrdiff_t rows, ptrdiff_t cols, struct diag *d);
void trainer_claim_scratch(struct trainer *t, ptrdiff_t floats);
/* floats rounded up to whole cache lines. */
ptrdiff_t floats_align(ptrdiff_t n);

extern const struct range range_open; /* no clamp */

/* The kinds, one file each: grad_<operator>.c; NULL: no gradient. */
const struct layer_kind *layer_kind_of(enum op op);
extern const struct layer_kind grad_conv2d, grad_depthwise_conv2d, grad_fully_connected, grad_add,
    grad_average_pool2d, grad_max_pool2d, grad_batch_norm, grad_relu, grad_softmax, grad_reshape,
    grad_pad, grad_concat;
#endif
