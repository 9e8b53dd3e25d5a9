/* sample.c - one sample as the network sees it: normalised, augmented, quantised.
 *
 * The trainer calls this for every sample of every epoch, from all threads: no allocation, no
 * state, and inner loops over whole rows that the compiler turns into vector code.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/dataset.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"

/* y = x * scale + offset, the normalisation of a data set. */
struct affine {
    float scale, offset;
};

static struct affine normalisation(const struct dataset *ds)
{
    const float scale = 1.0f / ds->std;
    return (struct affine){ds->u8 ? scale / 255.0f : scale, -ds->mean * scale};
}

/* Contiguous values, in order. */
static void convert(const struct dataset *ds, size_t first, size_t n, struct affine f,
                    float *restrict out)
{
    if (ds->u8) {
        const uint8_t *restrict x = ds->u8 + first;
        for (size_t i = 0; i < n; i++)
            out[i] = (float)x[i] * f.scale + f.offset;
    } else {
        const float *restrict x = ds->f32 + first;
        for (size_t i = 0; i < n; i++)
            out[i] = x[i] * f.scale + f.offset;
    }
}

static void reverse_pixels(float *row, int32_t n_pixels, int32_t channels)
{
    for (int32_t l = 0, r = n_pixels - 1; l < r; l++, r--) {
        for (int32_t c = 0; c < channels; c++) {
            const float t = row[l * channels + c];
            row[l * channels + c] = row[r * channels + c];
            row[r * channels + c] = t;
        }
    }
}

void dataset_sample(const struct dataset *ds, uint32_t i, float *out)
{
    assert(i < ds->n);
    const size_t n = (size_t)shape_count(&ds->sample);
    convert(ds, i * n, n, normalisation(ds), out);
}

/* What was drawn for one sample: output pixel (y, x) is input pixel (y - dy, x - dx) of the image,
 * flipped before if so drawn. */
struct change {
    bool flipped;
    int32_t dy, dx;
};

/* Uniform in -n..n. */
static int32_t draw_offset(struct rng *r, int32_t n)
{
    return (int32_t)rng_below(r, 2 * (uint32_t)n + 1) - n;
}

static struct change draw_change(const struct augment *aug, uint64_t seed, uint64_t stream)
{
    struct rng r = rng_split(seed, stream);
    struct change c = {0};
    if (aug->flip == FLIP_HORIZONTAL)
        c.flipped = rng_below(&r, 2);
    c.dy = draw_offset(&r, aug->shift);
    c.dx = draw_offset(&r, aug->shift);
    /* Cropping at random from an image padded by p is shifting by -p..p. */
    c.dy += draw_offset(&r, aug->crop_pad);
    c.dx += draw_offset(&r, aug->crop_pad);
    return c;
}

static void fill(float *out, int32_t n, float value)
{
    for (int32_t i = 0; i < n; i++)
        out[i] = value;
}

/* The part of n pixels that remains inside after a shift by `by`: [*first, *end) of the output. */
static void shifted_range(int32_t n, int32_t by, int32_t *first, int32_t *end)
{
    *first = by > 0 ? by : 0;
    *end = by < 0 ? n + by : n;
    if (*first >= *end)
        *first = *end = 0;
}

void dataset_sample_augmented(const struct dataset *ds, uint32_t i, const struct augment *aug,
                              uint64_t seed, uint32_t epoch, float *out)
{
    if (aug->flip == FLIP_NONE && aug->shift == 0 && aug->crop_pad == 0) {
        dataset_sample(ds, i, out);
        return;
    }
    assert(i < ds->n);
    assert(ds->sample.rank == 4);
    assert(aug->shift >= 0 && aug->crop_pad >= 0);
    const int32_t h = ds->sample.dim[1], w = ds->sample.dim[2], c = ds->sample.dim[3];
    const size_t row_values = (size_t)w * (size_t)c;
    const size_t image = i * (size_t)h * row_values;
    const struct affine f = normalisation(ds);
    const struct change change = draw_change(aug, seed, (uint64_t)epoch << 32 | i);

    int32_t y0, y1, x0, x1;
    shifted_range(h, change.dy, &y0, &y1);
    shifted_range(w, change.dx, &x0, &x1);
    /* First pixel of a row to read: of the flipped row it is x0 - dx, counted from its end. */
    const int32_t ix = change.flipped ? w - (x1 - change.dx) : x0 - change.dx;
    for (int32_t y = 0; y < h; y++, out += row_values) {
        if (y < y0 || y >= y1 || x0 == x1) {
            fill(out, w * c, f.offset); /* raw 0 */
            continue;
        }
        const size_t first = image + (size_t)(y - change.dy) * row_values + (size_t)ix * (size_t)c;
        fill(out, x0 * c, f.offset);
        convert(ds, first, (size_t)(x1 - x0) * (size_t)c, f, out + x0 * c);
        if (change.flipped)
            reverse_pixels(out + x0 * c, x1 - x0, c);
        fill(out + x1 * c, (w - x1) * c, f.offset);
    }
}

/* As TFLite's QUANTIZE: x / scale rounded half away from zero, plus the zero point, clamped. */
static int8_t quantise(float x, float scale, int32_t zero)
{
    const float q = roundf(x / scale) + (float)zero;
    return (int8_t)(q < -128 ? -128 : q > 127 ? 127 : q);
}

void dataset_sample_s8(const struct dataset *ds, uint32_t i, const struct quant *q, int8_t *out)
{
    assert(i < ds->n);
    assert(q->n == 1);
    const size_t n = (size_t)shape_count(&ds->sample);
    const struct affine f = normalisation(ds);
    if (!ds->u8) {
        for (size_t k = 0; k < n; k++)
            out[k] = quantise(ds->f32[i * n + k] * f.scale + f.offset, q->scale[0], q->zero[0]);
        return;
    }
    int8_t table[256];
    for (int32_t x = 0; x < 256; x++)
        table[x] = quantise((float)x * f.scale + f.offset, q->scale[0], q->zero[0]);
    for (size_t k = 0; k < n; k++)
        out[k] = table[ds->u8[i * n + k]];
}
