/* interps.c - float and int8 graphs on float samples. SPDX-License-Identifier: Apache-2.0 */
#include "quant/interps.h"

#include "mote/quantize.h"

struct interp **interps_new(struct arena *a, const struct graph *g, const struct pool *pool,
                            struct diag *d)
{
    const uint32_t n = pool_n_threads(pool);
    struct interp **its = ARENA_ARRAY(a, struct interp *, n);
    for (uint32_t i = 0; i < n; i++) {
        its[i] = interp_new(a, g, d);
        if (!its[i])
            return NULL;
    }
    return its;
}

static const struct tensor *input_of(const struct graph *q)
{
    return &q->tensors.items[q->inputs.items[0]];
}

struct engines *engines_new(struct arena *a, const struct graph *q, const struct pool *pool,
                            struct diag *d)
{
    const uint32_t n = pool_n_threads(pool);
    struct engines *e = ARENA_NEW(a, struct engines);
    *e = (struct engines){
        .q = q, .fast = fast_many(a, q, n, d), .input = ARENA_ARRAY(a, int8_t *, n)};
    for (uint32_t i = 0; i < n; i++)
        e->input[i] = ARENA_ARRAY(a, int8_t, (size_t)shape_count(&input_of(q)->shape));
    return e->fast ? e : NULL;
}

const struct fast *engines_run(const struct engines *e, uint32_t i_thread, const float *sample)
{
    const struct tensor *in = input_of(e->q);
    const struct mote_quantize_f32 op = {
        .n = (uint32_t)shape_count(&in->shape),
        .scale = in->quant.scale[0],
        .zero = (int16_t)in->quant.zero[0],
    };
    mote_quantize_f32_ref(&op, sample, e->input[i_thread], NULL);
    fast_run(e->fast[i_thread], &(const void *){e->input[i_thread]});
    return e->fast[i_thread];
}
