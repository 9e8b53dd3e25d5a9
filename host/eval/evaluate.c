/* evaluate.c - run a quantised graph over a data set and score it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "eval/evaluate.h"

#include "fast/fast.h"
#include "pass/pass.h"
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define CHUNK 64 /* samples of one task */

bool evaluate_fits(const struct graph *g, const struct dataset *ds, struct diag *d)
{
    if (g->states.n > 0) {
        diag_error(d, g->name, "remembers from call to call, and samples are calls of their own");
        return diag_hint(d, "`mote run` with repeated --input makes successive calls");
    }
    if (g->inputs.n != 1 || g->outputs.n != 1)
        return diag_error(d, g->name,
                          "has %" PRIu32 " inputs and %" PRIu32 " outputs, a "
                          "classifier has one of each",
                          g->inputs.n, g->outputs.n);
    const struct tensor *in = &g->tensors.items[g->inputs.items[0]];
    const struct tensor *out = &g->tensors.items[g->outputs.items[0]];
    if (in->dtype != DT_S8 || out->dtype != DT_S8) {
        diag_error(d, g->name, "is not an int8 model: its input is %s, its output %s",
                   dtype_name(in->dtype), dtype_name(out->dtype));
        return diag_hint(d, "make one with `mote quantize`");
    }
    if (shape_count(&in->shape) != shape_count(&ds->sample))
        return diag_error(d, g->name, "takes %" PRId64 " values, a sample of the data has %" PRId64,
                          shape_count(&in->shape), shape_count(&ds->sample));
    if (shape_count(&out->shape) != ds->n_classes)
        return diag_error(d, g->name, "has %" PRId64 " outputs, the data %" PRIu32 " classes",
                          shape_count(&out->shape), ds->n_classes);
    return true;
}

const int8_t *evaluate_inputs(struct arena *a, const struct graph *g, const struct dataset_view *v)
{
    const struct tensor *in = &g->tensors.items[g->inputs.items[0]];
    size_t bytes = tensor_bytes(in);
    int8_t *inputs = ARENA_ARRAY(a, int8_t, v->n * bytes);
    for (uint32_t i = 0; i < v->n; i++)
        dataset_sample_s8(v->ds, v->index[i], &in->quant, inputs + i * bytes);
    return inputs;
}

struct evaluation {
    const struct graph *graph;
    struct fast **engines; /* [threads] */
    const int8_t *inputs;
    int8_t *outputs;
    uint32_t n;
};

static void run_chunk(void *ctx, uint32_t i_task, uint32_t i_thread)
{
    const struct evaluation *e = ctx;
    const struct graph *g = e->graph;
    size_t in_bytes = tensor_bytes(&g->tensors.items[g->inputs.items[0]]);
    size_t out_bytes = tensor_bytes(&g->tensors.items[g->outputs.items[0]]);
    uint32_t first = i_task * CHUNK;
    uint32_t end = first + CHUNK < e->n ? first + CHUNK : e->n;
    for (uint32_t i = first; i < end; i++) {
        const void *in = e->inputs + i * in_bytes;
        fast_run(e->engines[i_thread], &in);
        memcpy(e->outputs + i * out_bytes, fast_tensor(e->engines[i_thread], g->outputs.items[0]),
               out_bytes);
    }
}

const int8_t *evaluate_outputs(struct arena *a, const struct graph *g, const int8_t *inputs,
                               uint32_t n, struct pool *pool, struct diag *d)
{
    size_t out_bytes = tensor_bytes(&g->tensors.items[g->outputs.items[0]]);
    struct graph *simple = graph_clone(a, g);
    struct evaluation e = {.graph = simple,
                           .inputs = inputs,
                           .outputs = ARENA_ARRAY(a, int8_t, n * out_bytes),
                           .n = n};
    e.engines = simplify(simple, d) ? fast_many(a, simple, pool_n_threads(pool), d) : NULL;
    if (!e.engines)
        return NULL;
    pool_run(pool, (n + CHUNK - 1) / CHUNK, run_chunk, &e);
    return e.outputs;
}

double evaluate_accuracy(const struct graph *g, const int8_t *outputs, const struct dataset_view *v)
{
    assert(v->n > 0);
    int64_t n_classes = shape_count(&g->tensors.items[g->outputs.items[0]].shape);
    uint32_t right = 0;
    for (uint32_t i = 0; i < v->n; i++) {
        const int8_t *out = outputs + i * n_classes;
        int64_t best = 0;
        for (int64_t c = 1; c < n_classes; c++)
            if (out[c] > out[best])
                best = c;
        right += best == v->ds->label[v->index[i]];
    }
    return (double)right / v->n;
}
