/* kernels_c.c - the inner loops for any processor: dot products of int16, which compilers know.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "fast/variants.h"
#include "kernels/common/pool.h"

#define TARGET
#define ELEM   int16_t
#define OFFSET 0
#include "fast/plain.inc"

#define GROUP     8  /* elements of a run are a multiple of it */
#define ROW_LANES 16 /* neighbouring outputs of a depthwise convolution */
#define TILE      4  /* outputs that share a load of weights */

/* |bias| + 256 * sum of |w| fits int32 (numerics.md, section 16), and so does every sum here. */
static int8_t finish_sum(const struct finish *f, ptrdiff_t lane, int32_t sum)
{
    const struct mote_scale s = {f->mult[lane], f->left[lane], f->right[lane]};
    return mote_to_s8(mote_requant_by(s, sum + f->bias[lane]), f->zero, f->low, f->high);
}

/* n outputs of one channel, n known when this is inlined. */
static inline __attribute__((always_inline)) void dot(const struct product *p, const int16_t *w,
                                                      ptrdiff_t first, ptrdiff_t channel,
                                                      const ptrdiff_t n)
{
    const ptrdiff_t len = p->n_groups * GROUP;
    int32_t sum[TILE] = {0};
    for (ptrdiff_t s = 0; s < p->n_segments; s++, w += len)
        for (ptrdiff_t i = 0; i < n; i++) {
            const ptrdiff_t at = p->segment[s] + (first + i) * p->x_step;
            const int16_t *x = (const void *)((const uint8_t *)p->x + at);
            int32_t run = 0;
            for (ptrdiff_t k = 0; k < len; k++)
                run += x[k] * w[k];
            sum[i] += run;
        }
    for (ptrdiff_t i = 0; i < n; i++)
        p->out[(first + i) * p->channels + channel] = finish_sum(p->finish, channel, sum[i]);
}

static void product(const struct product *p)
{
    const int16_t *w = p->w;
    for (ptrdiff_t c = 0; c < p->channels; c++, w += p->n_segments * p->n_groups * GROUP) {
        ptrdiff_t i = 0;
        for (; i + TILE <= p->n; i += TILE)
            dot(p, w, i, c, TILE);
        for (; i < p->n; i++)
            dot(p, w, i, c, 1);
    }
}

static void depthwise_block(const struct depthwise_row *d, ptrdiff_t at, ptrdiff_t block,
                            int32_t sum[ROW_LANES])
{
    const int16_t *w = (const int16_t *)d->w + block * d->n_columns * d->n_groups * ROW_LANES;
    memset(sum, 0, ROW_LANES * sizeof *sum);
    for (ptrdiff_t k = 0; k < d->n_columns; k++)
        for (ptrdiff_t g = 0; g < d->n_groups; g++, w += ROW_LANES) {
            const void *row = (const uint8_t *)d->row[g] + d->at + d->column[k];
            const int16_t *x = (const int16_t *)row + at;
            for (ptrdiff_t l = 0; l < ROW_LANES; l++)
                sum[l] += x[l] * w[l];
        }
}

static void depthwise(const struct depthwise_row *d)
{
    int32_t sum[ROW_LANES];
    for (ptrdiff_t at = 0, block = 0; at < d->n; at += ROW_LANES) {
        depthwise_block(d, at, block, sum);
        const ptrdiff_t n = d->n - at < ROW_LANES ? d->n - at : ROW_LANES;
        for (ptrdiff_t l = 0; l < n; l++)
            d->out[at + l] = finish_sum(d->finish, block * ROW_LANES + l, sum[l]);
        block = block + 1 < d->n_blocks ? block + 1 : 0;
    }
}

static void add(const struct sum *s, const int8_t *a, const int8_t *b, int8_t *out)
{
    mote_add_s8_opt(&s->op, a, b, out, NULL);
}

const struct fast_kernels fast_kernels_c = {
    .name = "c",
    .product_layout = {.lanes = 1, .vectors = 1, .group = GROUP},
    .depthwise_layout = {.lanes = ROW_LANES, .vectors = 1, .group = 1},
    .elem_bytes = sizeof(ELEM),
    .offset = OFFSET,
    .widen = widen,
    .product = product,
    .depthwise = depthwise,
    .add = add,
    .average_pool = average_pool,
    .max_pool = max_pool,
};
