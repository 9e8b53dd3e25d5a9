/* range.c - which interval of reals the 256 values of an int8 tensor cover.
 * SPDX-License-Identifier: Apache-2.0 */
#include "quant/range.h"

#include <assert.h>
#include <math.h>

#define RATIO_MIN 0.3
#define N_RATIOS  100

/* Narrower than this counts as always 0: scales stay far from the smallest float. */
#define WIDTH_MIN 1e-20

struct range range_union(struct range a, struct range b)
{
    return (struct range){a.lo < b.lo ? a.lo : b.lo, a.hi > b.hi ? a.hi : b.hi};
}

static struct range including_zero(double lo, double hi)
{
    return (struct range){lo < 0.0 ? (float)lo : 0.0f, hi > 0.0 ? (float)hi : 0.0f};
}

struct affine_s8 range_quantisation(struct range r)
{
    assert(r.lo <= 0.0f && r.hi >= 0.0f);
    const double width = (double)r.hi - (double)r.lo;
    if (width < WIDTH_MIN)
        return (struct affine_s8){1.0f, 0};
    const float scale = (float)(width / 255.0);
    const double zero = round(-128.0 - (double)r.lo / (double)scale);
    return (struct affine_s8){scale, zero < -128.0 ? -128 : zero > 127.0 ? 127 : (int32_t)zero};
}

static double clamp_s8(double q)
{
    return q < -128.0 ? -128.0 : q > 127.0 ? 127.0 : q;
}

static double bin_width(const struct observed *o)
{
    return ((double)o->max - (double)o->min) / HISTOGRAM_BINS;
}

/* Walk from the lower end over `cut` values and return where that ends, linear inside a bin. The
 * zeros stand at 0, where the walk ends at the latest. */
static double cut_from_below(const struct observed *o, double cut)
{
    const double width = bin_width(o);
    double passed = 0.0;
    for (uint32_t b = 0; b < HISTOGRAM_BINS; b++) {
        const double left = (double)o->min + b * width;
        if (left >= 0.0)
            return 0.0;
        const double here = (double)o->bins[b];
        if (passed + here > cut)
            return left + width * (cut - passed) / here;
        passed += here;
    }
    return 0.0;
}

static double cut_from_above(const struct observed *o, double cut)
{
    const double width = bin_width(o);
    double passed = 0.0;
    for (uint32_t b = HISTOGRAM_BINS; b-- > 0;) {
        const double right = (double)o->min + (b + 1) * width;
        if (right <= 0.0)
            return 0.0;
        const double here = (double)o->bins[b];
        if (passed + here > cut)
            return right - width * (cut - passed) / here;
        passed += here;
    }
    return 0.0;
}

static struct range range_percentile(const struct observed *o, double percentile)
{
    double n_values = (double)o->n_zero;
    for (uint32_t b = 0; b < HISTOGRAM_BINS; b++)
        n_values += (double)o->bins[b];
    const double cut = n_values * (100.0 - percentile) / 100.0;
    return including_zero(cut_from_below(o, cut), cut_from_above(o, cut));
}

/* Sum of squared errors if the centres of the bins were quantised so. */
static double squared_error(const struct observed *o, struct affine_s8 q)
{
    const double width = bin_width(o), scale = (double)q.scale;
    double sum = 0.0;
    for (uint32_t b = 0; b < HISTOGRAM_BINS; b++) {
        if (o->bins[b] == 0)
            continue;
        const double x = (double)o->min + (b + 0.5) * width;
        const double error = x - scale * (clamp_s8(round(x / scale) + q.zero) - q.zero);
        sum += (double)o->bins[b] * error * error;
    }
    return sum;
}

/* What one step of a quantisation holds. */
struct step {
    double seen; /* values in it                                             */
    double bins; /* bins with values in it: the step is spread evenly over them */
};

/* The step of the centre of bin b, before it is clamped to -128..127. */
static double step_of(const struct observed *o, uint32_t b, struct affine_s8 q)
{
    return round(((double)o->min + (b + 0.5) * bin_width(o)) / (double)q.scale) + q.zero;
}

/* The relative entropy of what is seen, with values outside counted at the outermost bins inside, to
 * what quantisation leaves: the values inside, those of one step alike. */
static double divergence(const struct observed *o, struct affine_s8 q)
{
    struct step steps[256] = {{0.0, 0.0}};
    double below = 0.0, above = 0.0, inside = 0.0;
    uint32_t first = HISTOGRAM_BINS, last = 0;
    for (uint32_t b = 0; b < HISTOGRAM_BINS; b++) {
        const double n = (double)o->bins[b], at = step_of(o, b, q);
        below += at < -128.0 ? n : 0.0;
        above += at > 127.0 ? n : 0.0;
        if (n == 0.0 || at < -128.0 || at > 127.0)
            continue;
        struct step *s = &steps[(size_t)(at + 128.0)];
        s->seen += n;
        s->bins += 1.0;
        inside += n;
        first = b < first ? b : first;
        last = b;
    }
    if (inside == 0.0)
        return INFINITY;
    double sum = 0.0;
    for (uint32_t b = first; b <= last; b++) {
        const double n = (double)o->bins[b];
        if (n == 0.0)
            continue;
        const struct step *s = &steps[(size_t)(step_of(o, b, q) + 128.0)];
        const double p = n + (b == first ? below : 0.0) + (b == last ? above : 0.0);
        sum += p * log(p * s->bins / s->seen);
    }
    const double all = inside + below + above;
    return sum / all + log(inside / all);
}

/* All that was seen times the ratio that loses the least. */
static struct range range_least(const struct observed *o,
                                double (*loss)(const struct observed *, struct affine_s8))
{
    struct range best = including_zero((double)o->min, (double)o->max);
    double least = loss(o, range_quantisation(best));
    for (int i = N_RATIOS - 1; i > 0; i--) { /* from wide to narrow: the wider wins a tie */
        const double ratio = RATIO_MIN + (1.0 - RATIO_MIN) * (i - 1) / (N_RATIOS - 1);
        const struct range r = including_zero((double)o->min * ratio, (double)o->max * ratio);
        const double here = loss(o, range_quantisation(r));
        if (here < least) {
            least = here;
            best = r;
        }
    }
    return best;
}

struct range range_choose(const struct observed *o, enum range_method method, float percentile)
{
    assert(method == RANGE_MINMAX || o->bins);
    switch (method) {
    case RANGE_PERCENTILE:
        return range_percentile(o, (double)percentile);
    case RANGE_MSE:
        return range_least(o, squared_error);
    case RANGE_KL:
        return range_least(o, divergence);
    default:
        assert(method == RANGE_MINMAX);
        return including_zero((double)o->min, (double)o->max);
    }
}
