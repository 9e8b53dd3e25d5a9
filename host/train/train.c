/* train.c - the training loop: epochs, steps, checkpoints, progress.
 *
 * The state after step i is a function of (graph, options, data, i) alone: sample order and
 * augmentation are drawn from (seed, epoch, sample), not from a generator that runs along. So a
 * checkpoint needs weights, the optimiser's state and i. The samples that do not fill the last
 * batch of an epoch are left out of that epoch; since the order is new every time, which ones
 * changes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/train.h"
#include "train/check_fit.h"
#include "train/checkpoint.h"
#include "train/optimizer.h"
#include "train/streams.h"
#include "train/trainer.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <time.h>

#define UPDATE_FLOATS     1024 /* parameters that one update task takes */
#define PROGRESS_PERIOD_S 0.2

/* A piece of one parameter: what an update task works on. */
struct chunk {
    ptrdiff_t first, count;
    bool decay;
};

struct run {
    struct trainer *trainer;
    const struct train_options *opt;
    const struct train_control *control;
    const struct dataset_view *train, *val;
    VEC(struct chunk) chunks;
    struct arena *file_arena;    /* reset after each checkpoint is written */
    struct checkpoint state;     /* arrays are weights, m, v; epoch and step are the position */
    uint32_t steps;              /* per epoch */
    uint32_t *order;             /* [train->n] positions in the view, shuffled */
    uint32_t *index;             /* [train->n] samples of the data set in that order */
    double started_s, trained_s; /* clock at the start; seconds in training steps */
    double reported_s;           /* clock at the last progress report             */
    uint64_t steps_here;         /* steps made in this run                        */
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool check_range(const struct graph *g, const char *what, float v, float min, float max,
                        struct diag *d)
{
    if (v >= min && v <= max)
        return true;
    return diag_error(d, g->name, "%s is %.9g, expected %.9g..%.9g", what, (double)v, (double)min,
                      (double)max);
}

static bool check_options(const struct graph *g, const struct dataset_view *train,
                          const struct train_options *o, struct diag *d)
{
    if (o->batch < 1 || o->batch > train->n) {
        diag_error(d, g->name, "batch is %" PRIu32 ", expected 1..%" PRIu32 " (training samples)",
                   o->batch, train->n);
        return diag_hint(d, "use a smaller batch, or more training samples");
    }
    if (o->epochs < 1)
        return diag_error(d, g->name, "epochs is 0, expected at least 1");
    return check_range(g, "lr", o->lr, 0.0f, 1e6f, d) &&
           check_range(g, "momentum", o->momentum, 0.0f, 1.0f, d) &&
           check_range(g, "beta1", o->beta1, 0.0f, 0.999999f, d) &&
           check_range(g, "beta2", o->beta2, 0.0f, 0.999999f, d) &&
           check_range(g, "eps", o->eps, 0.0f, 1.0f, d) &&
           check_range(g, "weight_decay", o->weight_decay, 0.0f, 1e6f, d) &&
           check_range(g, "warmup_epochs", o->warmup_epochs, 0.0f, 1e6f, d) &&
           check_range(g, "label_smoothing", o->label_smoothing, 0.0f, 1.0f, d) &&
           check_range(g, "bn_momentum", o->bn_momentum, 0.0f, 1.0f, d);
}

static void add_chunks(struct arena *a, struct run *r)
{
    for (uint32_t i = 0; i < r->trainer->params.n; i++) {
        const struct param *p = &r->trainer->params.items[i];
        if (p->kind == PARAM_STATISTIC)
            continue;
        for (ptrdiff_t at = 0; at < p->count; at += UPDATE_FLOATS)
            *VEC_PUSH(a, &r->chunks) = (struct chunk){
                .first = p->first + at,
                .count = p->count - at < UPDATE_FLOATS ? p->count - at : UPDATE_FLOATS,
                .decay = p->kind == PARAM_WEIGHTS,
            };
    }
}

static bool run_start(struct run *r, struct arena *a, struct graph *g, struct pool *pool,
                      struct diag *d)
{
    const struct trainer_config config = {
        .batch = r->opt->batch,
        .label_smoothing = r->opt->label_smoothing,
        .bn_momentum = r->opt->bn_momentum,
        .loss = LOSS_CROSS_ENTROPY,
    };
    r->trainer = trainer_new(a, g, &config, pool, d);
    if (!r->trainer)
        return false;
    add_chunks(a, r);
    const size_t n = (size_t)r->trainer->n_w;
    r->state = (struct checkpoint){
        .identity = checkpoint_identity(g, r->opt, r->train),
        .n_arrays = 1 + optimizer_n_states(r->opt->optimizer),
        .n = n,
        .arrays = {r->trainer->w, ARENA_ARRAY(a, float, n), ARENA_ARRAY(a, float, n)},
        .loss = NAN,
        .train_accuracy = NAN,
        .val_accuracy = NAN,
    };
    r->steps = r->train->n / r->opt->batch;
    r->order = ARENA_ARRAY(a, uint32_t, r->train->n);
    r->index = ARENA_ARRAY(a, uint32_t, r->train->n);
    if (r->control->resume_path && !checkpoint_read(r->control->resume_path, &r->state, d))
        return false;
    if (r->state.step >= r->steps || r->state.epoch > r->opt->epochs)
        return diag_error(d, r->control->resume_path, "the checkpoint's position is impossible");
    r->started_s = r->reported_s = now_s();
    return true;
}

struct update {
    const struct run *run;
    struct optimizer_step step;
};

/* Sum the shards' gradients in shard order, then step. */
static void update_task(void *ctx, uint32_t i_task, uint32_t i_thread)
{
    const struct update *u = ctx;
    const struct run *r = u->run;
    const struct trainer *t = r->trainer;
    const struct chunk *c = &r->chunks.items[i_task];
    struct optimizer_step step = u->step;
    float g[UPDATE_FLOATS];
    (void)i_thread;
    memcpy(g, t->grads + c->first, (size_t)c->count * sizeof *g);
    for (uint32_t i = 1; i < t->n_shards; i++)
        t->kernels->add(g, t->grads + i * t->n_w + c->first, c->count, range_open, g);
    if (!c->decay)
        step.decay = 0.0f;
    optimizer_apply(&step, g, c->count, t->w + c->first, r->state.arrays[1] + c->first,
                    r->state.arrays[2] + c->first);
}

/* One step; false when the loss is not finite. */
static bool run_step(struct run *r, struct diag *d)
{
    struct trainer *t = r->trainer;
    const struct train_options *o = r->opt;
    const double start = now_s();
    const bool augments = o->augment.flip != FLIP_NONE || o->augment.shift || o->augment.crop_pad;
    t->batch = (struct batch){
        .ds = r->train->ds,
        .index = r->index + (size_t)r->state.step * o->batch,
        .n = o->batch,
        .augment = augments ? &o->augment : NULL,
        .seed = o->seed,
        .epoch = r->state.epoch,
    };
    trainer_step(t);
    double loss = 0.0;
    for (uint32_t i = 0; i < t->n_shards; i++) {
        loss += t->results[i].loss;
        r->state.correct += t->results[i].correct;
    }
    if (!isfinite(loss)) {
        diag_error(d, t->graph->name, "the loss is not finite in epoch %" PRIu32 ", step %" PRIu32,
                   r->state.epoch + 1, r->state.step + 1);
        return diag_hint(d, "lower the learning rate (lr is %.9g), or lengthen the warm-up",
                         (double)o->lr);
    }
    r->state.loss_sum += loss;
    const uint64_t i_step = (uint64_t)r->state.epoch * r->steps + r->state.step;
    struct update u = {.run = r, .step = optimizer_step_at(o, i_step, r->steps)};
    pool_run(t->pool, r->chunks.n, update_task, &u);
    r->state.step++;
    r->steps_here++;
    r->trained_s += now_s() - start;
    return true;
}

static double samples_per_s(const struct run *r)
{
    return r->trained_s > 0.0 ? (double)r->steps_here * r->opt->batch / r->trained_s : 0.0;
}

/* Progress at the current position, or, with `epoch_end`, of the epoch that just ended. */
static void report(struct run *r, bool epoch_end)
{
    const double now = now_s();
    if (!r->control->progress || (!epoch_end && now - r->reported_s < PROGRESS_PERIOD_S))
        return;
    r->reported_s = now;
    const struct checkpoint *s = &r->state;
    const double samples = (double)s->step * r->opt->batch;
    const double left = ((double)r->opt->epochs - s->epoch) * r->steps - s->step;
    const struct train_progress p = {
        .epoch = epoch_end ? s->epoch : s->epoch + 1,
        .epochs = r->opt->epochs,
        .step = epoch_end ? r->steps : s->step,
        .steps = r->steps,
        .epoch_end = epoch_end,
        .loss = epoch_end ? s->loss : s->loss_sum / samples,
        .accuracy = epoch_end ? s->train_accuracy : (double)s->correct / samples,
        .val_accuracy = epoch_end ? s->val_accuracy : (double)NAN,
        .samples_per_s = samples_per_s(r),
        .eta_s = r->steps_here ? left * (now - r->started_s) / (double)r->steps_here : 0.0,
    };
    r->control->progress(r->control->ctx, &p);
}

static bool save(struct run *r, struct diag *d)
{
    if (!r->control->checkpoint_path)
        return true;
    arena_reset(r->file_arena);
    return checkpoint_write(r->control->checkpoint_path, &r->state, r->file_arena, d);
}

static bool end_epoch(struct run *r, struct diag *d)
{
    struct checkpoint *s = &r->state;
    const double samples = (double)r->steps * r->opt->batch;
    s->loss = s->loss_sum / samples;
    s->train_accuracy = (double)s->correct / samples;
    if (r->val->n > 0)
        s->val_accuracy = trainer_accuracy(r->trainer, r->val);
    s->epoch++;
    s->step = 0;
    s->loss_sum = 0.0;
    s->correct = 0;
    if (!save(r, d))
        return false;
    report(r, true);
    return true;
}

static void set_order(struct run *r)
{
    shuffle(r->opt->seed, STREAM_ORDER + r->state.epoch, r->order, r->train->n);
    for (uint32_t i = 0; i < r->train->n; i++)
        r->index[i] = r->train->index[r->order[i]];
}

static bool stop_wanted(const struct run *r)
{
    const struct train_control *c = r->control;
    return (c->stop && *c->stop) || (c->steps_max && r->steps_here >= c->steps_max);
}

/* From the position in r->state to the end, or until somebody wants to stop. */
static bool run_loop(struct run *r, bool *interrupted, struct diag *d)
{
    while (r->state.epoch < r->opt->epochs) {
        set_order(r);
        while (r->state.step < r->steps) {
            if (stop_wanted(r)) {
                *interrupted = true;
                return save(r, d);
            }
            if (!run_step(r, d))
                return false;
            report(r, false);
        }
        if (!end_epoch(r, d))
            return false;
    }
    return true;
}

bool train_run(struct arena *a, struct graph *g, const struct dataset_view *train,
               const struct dataset_view *val, const struct train_options *opt,
               const struct train_control *control, struct pool *pool, struct train_result *out,
               struct diag *d)
{
    struct run r = {.opt = opt, .control = control, .train = train, .val = val};
    bool interrupted = false;
    if (!check_fit(g, train->ds, d) || !check_options(g, train, opt, d) ||
        !run_start(&r, a, g, pool, d))
        return false;
    r.file_arena = arena_new("checkpoint");
    const bool done = run_loop(&r, &interrupted, d);
    arena_free(r.file_arena);
    if (!done)
        return false;
    trainer_store(r.trainer);
    *out = (struct train_result){
        .interrupted = interrupted,
        .epochs_done = r.state.epoch,
        .loss = r.state.loss,
        .train_accuracy = r.state.train_accuracy,
        .val_accuracy = r.state.val_accuracy,
        .seconds = now_s() - r.started_s,
        .samples_per_s = samples_per_s(&r),
    };
    return true;
}
