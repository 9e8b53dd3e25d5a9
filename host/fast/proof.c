/* proof.c - may one float product stand for a requantisation? SPDX-License-Identifier: Apache-2.0 */
#include "fast/proof.h"

#include <assert.h>
#include <math.h>

#include "kernels/common/requant.h"

#define STEPS_MAX  255
#define SCALES_MAX 33 /* neighbours of the nearest float that are tried */

/* A step: `at` is the least sum whose output is at least `value`. */
struct edge {
    int32_t at, value;
};

static int32_t defined(const struct staircase *s, int32_t sum)
{
    return mote_clamp_s32(mote_requant(sum, s->mult, s->shift), s->low, s->high);
}

/* |sum * scale| < 2^30: see prove_float. */
static int32_t by_float(const struct staircase *s, int32_t sum, float scale, float half)
{
    const float x = (float)sum;
    return mote_clamp_s32((int32_t)fmaf(x, scale, copysignf(half, x)), s->low, s->high);
}

/* All steps between first and last. The real quotient is at most a few sums away from a step. */
static int32_t find_edges(const struct staircase *s, double real, struct edge edges[STEPS_MAX])
{
    const int32_t top = defined(s, s->last);
    int32_t n = 0;
    for (int32_t value = defined(s, s->first) + 1; value <= top; value++) {
        const double guess = ceil((value - 0.5) / real);
        int32_t at = (int32_t)fmin(fmax(guess, (double)s->first + 1), (double)s->last);
        while (defined(s, at) < value)
            at++;
        while (defined(s, at - 1) >= value)
            at--;
        assert(n < STEPS_MAX);
        edges[n++] = (struct edge){at, value};
    }
    return n;
}

/* The halves that put every step where it belongs, in real numbers: low <= half < high. */
static void bound_half(const struct edge *edges, int32_t n, double scale, double *low, double *high)
{
    *low = 0.0, *high = 1.0;
    for (int32_t i = 0; i < n; i++) {
        const double reached = edges[i].at * scale, before = (edges[i].at - 1.0) * scale;
        const double value = edges[i].value;
        const bool up = value > 0; /* steps down to 0 and below are rounded the other way */
        *low = fmax(*low, up ? value - reached : before - (value - 1));
        *high = fmin(*high, up ? value - before : reached - (value - 1));
    }
}

static bool agrees(const struct staircase *s, const struct edge *edges, int32_t n, float scale,
                   float half)
{
    bool same = by_float(s, s->first, scale, half) == defined(s, s->first) &&
                by_float(s, s->last, scale, half) == defined(s, s->last);
    for (int32_t i = 0; i < n && same; i++)
        same = by_float(s, edges[i].at, scale, half) == defined(s, edges[i].at) &&
               by_float(s, edges[i].at - 1, scale, half) == defined(s, edges[i].at - 1);
    return same;
}

/* The float that is i-th nearest to x: x, the next above, the next below, ... */
static float neighbour(float x, int32_t i)
{
    for (int32_t k = 0; k < (i + 1) / 2; k++)
        x = nextafterf(x, i % 2 ? INFINITY : 0.0f);
    return x;
}

bool prove_float(const struct staircase *s, float *scale, float *half)
{
    assert(s->first <= s->last && s->high - s->low <= STEPS_MAX);
    const double real = ldexp(s->mult, s->shift - 31);
    if (fmax(fabs((double)s->first), fabs((double)s->last)) * real >= 0x1p29)
        return false;
    struct edge edges[STEPS_MAX];
    const int32_t n = find_edges(s, real, edges);
    for (int32_t i = 0; i < SCALES_MAX; i++) {
        double low, high;
        *scale = neighbour((float)real, i);
        bound_half(edges, n, (double)*scale, &low, &high);
        for (int32_t part = 1; part < 4 && low < high; part++) {
            *half = (float)(low + (high - low) * part / 4);
            if (agrees(s, edges, n, *scale, *half))
                return true;
        }
    }
    return false;
}
