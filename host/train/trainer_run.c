/* trainer_run.c - passes over a batch: shards in parallel, joins between them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/trainer.h"
#include <assert.h>
#include <string.h>

/* Consecutive steps that need no join: each task takes one shard through all of them. */
struct phase {
    const struct trainer *t;
    const struct step *steps;
    uint32_t n;
    bool loads; /* starts with reading the samples */
};

static struct shard shard_at(const struct trainer *t, uint32_t i_shard, uint32_t slot,
                             uint32_t i_thread)
{
    const uint32_t first = i_shard * SHARD_SAMPLES;
    assert(first < t->batch.n && slot < t->n_slots);
    return (struct shard){
        .slot = slot,
        .first = first,
        .n = t->batch.n - first < SHARD_SAMPLES ? t->batch.n - first : SHARD_SAMPLES,
        .memory = t->memory + slot * t->slot_floats,
        .grads = slot < t->n_shards ? t->grads + slot * t->n_w : NULL,
        .scratch = t->scratch + i_thread * t->scratch_floats,
    };
}

/* Read the shard's samples into the graph's input. */
static void shard_load(const struct trainer *t, const struct shard *s)
{
    const struct batch *b = &t->batch;
    if (!b->ds)
        return;
    const struct blob *in = &t->blobs[t->graph->inputs.items[0]];
    for (ptrdiff_t i = 0; i < s->n; i++) {
        const uint32_t sample = b->index[s->first + i];
        float *to = s->memory + in->value + i * in->count;
        if (b->augment)
            dataset_sample_augmented(b->ds, sample, b->augment, b->seed, b->epoch, to);
        else
            dataset_sample(b->ds, sample, to);
    }
}

static void phase_task(void *ctx, uint32_t i_task, uint32_t i_thread)
{
    const struct phase *p = ctx;
    const struct shard s = shard_at(p->t, i_task, i_task, i_thread);
    if (p->loads)
        shard_load(p->t, &s);
    for (uint32_t i = 0; i < p->n; i++)
        p->steps[i].run(p->t, p->steps[i].layer, &s);
}

static uint32_t batch_shards(const struct trainer *t)
{
    return (t->batch.n + SHARD_SAMPLES - 1) / SHARD_SAMPLES;
}

void trainer_run(struct trainer *t, uint32_t from, uint32_t to)
{
    assert(t->batch.n >= 1 && batch_shards(t) <= t->n_shards && to <= t->train.n);
    const struct step *steps = t->train.steps;
    for (uint32_t i = from; i < to;) {
        uint32_t end = i;
        while (end < to && steps[end].run)
            end++;
        struct phase p = {.t = t, .steps = steps + i, .n = end - i, .loads = i == 0};
        pool_run(t->pool, batch_shards(t), phase_task, &p);
        for (; end < to && steps[end].join; end++)
            steps[end].join(t, steps[end].layer);
        i = end;
    }
}

static void pack_task(void *ctx, uint32_t i_task, uint32_t i_thread)
{
    const struct trainer *t = ctx;
    const struct layer *l = &t->layers.items[i_task];
    (void)i_thread;
    if (l->kind->pack)
        l->kind->pack(t, l);
}

void trainer_pack(struct trainer *t)
{
    pool_run(t->pool, t->layers.n, pack_task, t);
}

void trainer_step(struct trainer *t)
{
    trainer_pack(t);
    trainer_run(t, 0, t->train.n);
}

/* Evaluation: the slot belongs to the thread, since nothing outlives the shard. */
static void evaluate_task(void *ctx, uint32_t i_task, uint32_t i_thread)
{
    const struct trainer *t = ctx;
    const struct shard s = shard_at(t, i_task, i_thread, i_thread);
    shard_load(t, &s);
    for (uint32_t i = 0; i < t->evaluate.n; i++)
        t->evaluate.steps[i].run(t, t->evaluate.steps[i].layer, &s);
}

static void evaluate_begin(struct trainer *t)
{
    memset(t->results, 0, t->n_slots * sizeof *t->results);
    for (uint32_t i = 0; i < t->layers.n; i++) {
        const struct layer *l = &t->layers.items[i];
        if (l->kind->freeze)
            l->kind->freeze(t, l);
    }
}

double trainer_accuracy(struct trainer *t, const struct dataset_view *v)
{
    assert(v->n >= 1);
    uint64_t correct = 0;
    t->batch = (struct batch){.ds = v->ds, .index = v->index, .n = v->n};
    evaluate_begin(t);
    pool_run(t->pool, batch_shards(t), evaluate_task, t);
    for (uint32_t i = 0; i < t->n_slots; i++)
        correct += t->results[i].correct;
    return (double)correct / v->n;
}

void trainer_evaluate_shard(struct trainer *t)
{
    evaluate_begin(t);
    evaluate_task(t, 0, 0);
}
