/* rfft_s16_ref.c - spectrum of real samples in fixed point.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/signal.h"

#include "kernels/common/bits.h"

/* A complex number. */
struct pair {
    int16_t re, im;
};

/* x / 2^15, rounded half up. */
static int16_t rounded(int32_t x)
{
    return mote_wrap_s16(mote_shift_right(x + (1 << 14), 15));
}

static struct pair times(struct pair a, const int16_t *twiddle)
{
    return (struct pair){rounded(a.re * twiddle[0] - a.im * twiddle[1]),
                         rounded(a.re * twiddle[1] + a.im * twiddle[0])};
}

static struct pair divided(struct pair a, int32_t by)
{
    return (struct pair){rounded(a.re * (INT16_MAX / by)), rounded(a.im * (INT16_MAX / by))};
}

static struct pair sum(struct pair a, struct pair b)
{
    return (struct pair){mote_wrap_s16(a.re + b.re), mote_wrap_s16(a.im + b.im)};
}

static struct pair difference(struct pair a, struct pair b)
{
    return (struct pair){mote_wrap_s16(a.re - b.re), mote_wrap_s16(a.im - b.im)};
}

static void butterfly2(struct pair *x, uint32_t m, const int16_t *twiddle)
{
    const struct pair a = divided(x[0], 2), b = times(divided(x[m], 2), twiddle);
    x[m] = difference(a, b);
    x[0] = sum(a, b);
}

/* The twiddles of the three later elements. */
static void butterfly4(struct pair *x, uint32_t m, const int16_t *w1, const int16_t *w2,
                       const int16_t *w3)
{
    const struct pair first = divided(x[0], 4);
    const struct pair a = times(divided(x[m], 4), w1), b = times(divided(x[2 * m], 4), w2),
                      c = times(divided(x[3 * m], 4), w3);
    const struct pair even = sum(first, b), odd = difference(first, b);
    const struct pair both = sum(a, c), turned = difference(a, c);
    x[2 * m] = difference(even, both);
    x[0] = sum(even, both);
    x[m] = (struct pair){mote_wrap_s16(odd.re + turned.im), mote_wrap_s16(odd.im - turned.re)};
    x[3 * m] = (struct pair){mote_wrap_s16(odd.re - turned.im), mote_wrap_s16(odd.im + turned.re)};
}

/* The radix by which n elements are split first. */
static uint32_t radix_of(uint32_t n)
{
    return n % 4 == 0 ? 4 : 2;
}

/* Where the element at `at` of n comes from: digits reversed. */
static uint32_t source_of(uint32_t at, uint32_t n)
{
    uint32_t from = 0, stride = 1;
    while (n > 1) {
        const uint32_t radix = radix_of(n);
        n /= radix;
        from += at / n * stride;
        at %= n;
        stride *= radix;
    }
    return from;
}

/* All butterflies that join parts of m elements to parts of radix * m. */
static void join(struct pair *x, uint32_t n, uint32_t m, uint32_t radix, const int16_t *twiddle)
{
    const uint32_t step = n / (radix * m);
    for (uint32_t part = 0; part < n; part += radix * m)
        for (uint32_t k = 0; k < m; k++) {
            const int16_t *w = twiddle + 2 * (size_t)k * step;
            if (radix == 2)
                butterfly2(x + part + k, m, w);
            else
                butterfly4(x + part + k, m, w, w + 2 * (size_t)k * step, w + 4 * (size_t)k * step);
        }
}

/* n samples as n / 2 complex numbers, transformed: from the smallest parts on. A factor of 2, if
 * there is one, is split off last. */
static void transform(const struct mote_rfft_s16 *op, const int16_t *in, struct pair *x)
{
    const uint32_t n = op->n / 2;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t from = 2 * source_of(i, n);
        x[i].re = from < op->in_n ? in[from] : 0;
        x[i].im = from + 1 < op->in_n ? in[from + 1] : 0;
    }
    uint32_t m = 1, left = n;
    while (left % 4 == 0)
        left /= 4;
    if (left == 2) {
        join(x, n, 1, 2, op->twiddle);
        m = 2;
    }
    for (; m < n; m *= 4)
        join(x, n, m, 4, op->twiddle);
}

size_t mote_rfft_s16_ref_scratch(const struct mote_rfft_s16 *op)
{
    return op->n / 2 * sizeof(struct pair);
}

/* The even samples were the real parts, the odd ones the imaginary parts: what belongs to which is
 * told by symmetry. */
void mote_rfft_s16_ref(const struct mote_rfft_s16 *op, const int16_t *in, int16_t *out,
                       void *scratch)
{
    struct pair *x = scratch;
    const uint32_t n = op->n / 2;
    transform(op, in, x);
    const struct pair dc = divided(x[0], 2);
    out[0] = mote_wrap_s16(dc.re + dc.im);
    out[2 * n] = mote_wrap_s16(dc.re - dc.im);
    out[1] = out[2 * n + 1] = 0;
    for (uint32_t k = 1; k <= n / 2; k++) {
        const struct pair mirrored = {x[n - k].re, mote_wrap_s16(-x[n - k].im)};
        const struct pair a = divided(x[k], 2), b = divided(mirrored, 2);
        const struct pair even = sum(a, b);
        const struct pair odd = times(difference(a, b), op->super_twiddle + 2 * (k - 1));
        out[2 * k] = (int16_t)mote_shift_right(even.re + odd.re, 1);
        out[2 * k + 1] = (int16_t)mote_shift_right(even.im + odd.im, 1);
        out[2 * (n - k)] = (int16_t)mote_shift_right(even.re - odd.re, 1);
        out[2 * (n - k) + 1] = (int16_t)mote_shift_right(odd.im - even.im, 1);
    }
}
