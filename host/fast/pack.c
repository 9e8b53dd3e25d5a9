/* pack.c - weights and the constants behind them, in the order in which a variant reads them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "fast/pack.h"

#include <assert.h>

#include "fast/proof.h"

static uint32_t block_of(const struct dot_layout *l)
{
    return l->lanes * l->vectors;
}

/* The place in its block of lane `lane` of vector `v`, in a block of all vectors or of fewer. */
static uint32_t place_in_block(const struct dot_layout *l, uint32_t n_vectors, uint32_t v,
                               uint32_t lane)
{
    if (!l->interleaved || n_vectors < l->vectors)
        return v * l->lanes + lane;
    return lane / 4 * 4 * l->vectors + 4 * v + lane % 4;
}

/* Lanes of `n` elements in blocks, element i of channel i % channels; the last block may be
 * smaller. */
static struct lanes lanes_new(struct arena *a, const struct dot_layout *layout, size_t n,
                              uint32_t n_blocks, uint32_t last_vectors, uint32_t channels)
{
    const uint32_t block = block_of(layout);
    uint32_t *channel = ARENA_ARRAY(a, uint32_t, (size_t)n_blocks * block);
    for (uint32_t b = 0; b < n_blocks; b++)
        for (uint32_t v = 0; v < layout->vectors; v++)
            for (uint32_t l = 0; l < layout->lanes; l++) {
                const uint32_t n_vectors = b + 1 < n_blocks ? layout->vectors : last_vectors;
                const size_t i = (size_t)b * block + place_in_block(layout, n_vectors, v, l);
                channel[(size_t)b * block + v * layout->lanes + l] =
                    i < n ? (uint32_t)(i % channels) : NO_CHANNEL;
            }
    return (struct lanes){layout, n_blocks, last_vectors, channel};
}

struct lanes lanes_of_channels(struct arena *a, const struct dot_layout *layout, uint32_t n)
{
    const uint32_t block = block_of(layout), n_blocks = (n + block - 1) / block;
    const uint32_t rest = n - (n_blocks - 1) * block;
    const uint32_t used = 2 * n == layout->lanes ? layout->lanes : n;
    return lanes_new(a, layout, used, n_blocks, (rest + layout->lanes - 1) / layout->lanes, n);
}

static uint32_t greatest_divisor(uint32_t a, uint32_t b)
{
    return b ? greatest_divisor(b, a % b) : a;
}

struct lanes lanes_of_row(struct arena *a, const struct dot_layout *layout, uint32_t channels,
                          size_t n)
{
    const uint32_t block = block_of(layout);
    const uint32_t period = channels / greatest_divisor(channels, block);
    const size_t n_blocks = (n + block - 1) / block;
    if (n_blocks <= period)
        return lanes_new(a, layout, n, (uint32_t)n_blocks, layout->vectors, channels);
    return lanes_new(a, layout, (size_t)period * block, period, layout->vectors, channels);
}

/* An array of weights that is filled from front to back. */
struct writer {
    const struct fast_kernels *k;
    void *w;
    size_t n;
};

static struct writer writer_new(struct arena *a, const struct fast_kernels *k, size_t n)
{
    return (struct writer){k, arena_alloc_array(a, n, k->elem_bytes), 0};
}

static void put(struct writer *w, const struct filters *f, uint32_t channel, uint32_t tap)
{
    int8_t value = 0;
    if (channel != NO_CHANNEL && tap < f->n_taps)
        value = f->w[channel * f->channel_step + tap * f->tap_step];
    if (w->k->elem_bytes == 1)
        ((int8_t *)w->w)[w->n++] = value;
    else
        ((int16_t *)w->w)[w->n++] = value;
}

#define NO_TAP UINT32_MAX

const void *pack_product(struct arena *a, const struct fast_kernels *k, const struct lanes *lanes,
                         const struct filters *f, uint32_t n_segments, uint32_t run)
{
    const struct dot_layout *l = lanes->layout;
    const uint32_t n_groups = (run + l->group - 1) / l->group;
    const size_t n_sums =
        ((size_t)(lanes->n_blocks - 1) * l->vectors + lanes->last_vectors) * l->lanes;
    struct writer w = writer_new(a, k, n_sums * n_segments * n_groups * l->group);
    for (uint32_t b = 0; b < lanes->n_blocks; b++) {
        const uint32_t n_vectors = b + 1 < lanes->n_blocks ? l->vectors : lanes->last_vectors;
        const uint32_t *channel = lanes->channel + (size_t)b * block_of(l);
        for (uint32_t step = 0; step < n_segments * n_groups; step++)
            for (uint32_t lane = 0; lane < n_vectors * l->lanes; lane++)
                for (uint32_t e = 0; e < l->group; e++) {
                    const uint32_t at = step % n_groups * l->group + e;
                    put(&w, f, channel[lane], at < run ? step / n_groups * run + at : NO_TAP);
                }
    }
    return w.w;
}

const void *pack_depthwise(struct arena *a, const struct fast_kernels *k, const struct lanes *lanes,
                           const struct filters *f, uint32_t rows, uint32_t columns)
{
    const struct dot_layout *l = lanes->layout;
    const uint32_t n_groups = (rows + l->group - 1) / l->group, block = block_of(l);
    struct writer w =
        writer_new(a, k, (size_t)lanes->n_blocks * block * columns * n_groups * l->group);
    for (uint32_t b = 0; b < lanes->n_blocks; b++)
        for (uint32_t column = 0; column < columns; column++)
            for (uint32_t g = 0; g < n_groups; g++)
                for (uint32_t lane = 0; lane < block; lane++)
                    for (uint32_t e = 0; e < l->group; e++) {
                        const uint32_t row = g * l->group + e;
                        put(&w, f, lanes->channel[(size_t)b * block + lane],
                            row < rows ? row * columns + column : NO_TAP);
                    }
    return w.w;
}

/* One channel: its bias as the variant adds it, and its staircase. Sums lie in first..last, since a
 * padded tap is the zero point. All fit int32: numerics.md, section 16. */
static struct staircase staircase_of(const struct fast_kernels *k, const struct channels *c,
                                     uint32_t channel, int32_t *bias)
{
    const struct filters *f = &c->filters;
    const int32_t own = c->bias ? c->bias[channel] : 0;
    const int32_t below = INT8_MIN - c->in_zero, above = INT8_MAX - c->in_zero;
    int32_t first = own, last = own;
    *bias = own;
    for (uint32_t tap = 0; tap < f->n_taps; tap++) {
        const int32_t w = f->w[channel * f->channel_step + tap * f->tap_step];
        first += w * (w > 0 ? below : above);
        last += w * (w > 0 ? above : below);
        *bias = (int32_t)((uint32_t)*bias - (uint32_t)(w * (c->in_zero + k->offset)));
    }
    return (struct staircase){
        .mult = c->mult[channel],
        .shift = c->shift[channel],
        .low = c->out_min - c->out_zero,
        .high = c->out_max - c->out_zero,
        .first = first,
        .last = last,
    };
}

/* The arrays of struct finish while they are filled. */
struct constants {
    int32_t *bias, *mult, *left, *right;
    float *scale, *half;
    bool *proved; /* by index, not by block */
};

static struct constants constants_new(struct arena *a, size_t n)
{
    return (struct constants){
        .bias = ARENA_ARRAY(a, int32_t, n),
        .mult = ARENA_ARRAY(a, int32_t, n),
        .left = ARENA_ARRAY(a, int32_t, n),
        .right = ARENA_ARRAY(a, int32_t, n),
        .scale = ARENA_ARRAY(a, float, n),
        .half = ARENA_ARRAY(a, float, n),
        .proved = ARENA_ARRAY(a, bool, n),
    };
}

static struct constants constants_by_channel(struct arena *a, const struct fast_kernels *k,
                                             const struct channels *c)
{
    const uint32_t n = c->filters.n_channels;
    struct constants by = constants_new(a, n);
    for (uint32_t i = 0; i < n; i++) {
        const struct staircase s = staircase_of(k, c, i, &by.bias[i]);
        by.mult[i] = s.mult;
        by.left[i] = s.shift > 0 ? s.shift : 0;
        by.right[i] = s.shift < 0 ? -s.shift : 0;
        by.proved[i] = k->has_float && prove_float(&s, &by.scale[i], &by.half[i]);
    }
    return by;
}

const struct finish *pack_finish(struct arena *a, const struct fast_kernels *k,
                                 const struct lanes *lanes, const struct channels *c)
{
    const uint32_t block = block_of(lanes->layout);
    const size_t n = (size_t)lanes->n_blocks * block;
    const struct constants by = constants_by_channel(a, k, c);
    const struct constants to = constants_new(a, n);
    bool *is_proved = ARENA_ARRAY(a, bool, lanes->n_blocks);
    for (uint32_t b = 0; b < lanes->n_blocks; b++)
        is_proved[b] = true;
    for (size_t i = 0; i < n; i++) {
        const uint32_t from = lanes->channel[i];
        if (from == NO_CHANNEL)
            continue;
        to.bias[i] = by.bias[from];
        to.mult[i] = by.mult[from];
        to.left[i] = by.left[from];
        to.right[i] = by.right[from];
        to.scale[i] = by.scale[from];
        to.half[i] = by.half[from];
        is_proved[i / block] &= by.proved[from];
    }
    struct finish *f = ARENA_NEW(a, struct finish);
    *f = (struct finish){
        .bias = to.bias,
        .is_proved = is_proved,
        .scale = to.scale,
        .half = to.half,
        .mult = to.mult,
        .left = to.left,
        .right = to.right,
        .zero = c->out_zero,
        .low = c->out_min,
        .high = c->out_max,
    };
    return f;
}
