/* record.c - how a channel's sum becomes an output byte. SPDX-License-Identifier: Apache-2.0
 *
 * The proof. Let T(k) be the least sum whose output is at least k, for the k that occur. With
 * s = sum + d, where d goes into the bias,
 *
 *     high32(s * m) + a >= k  for sum = T(k),  < k  for sum = T(k) - 1
 *
 * for all k is the same staircase, since both sides never fall. With C = d * m + a * 2^32 that is
 *
 *     k * 2^32 - T(k) * m  <=  C  <  k * 2^32 - (T(k) - 1) * m.
 *
 * At the ends of the sums is no step, but none may be made: the least sum must give the first output,
 * the left side for it, and the greatest the last, the right side for the output behind. Unless the clamp
 * sees to it.
 *
 * The intersection over k is an interval; for some a near its place there is a d with C inside. All
 * numbers fit 64 bits: |T| < 2^30, m < 2^31, |k| < 2^8. */
#include "pack/record.h"

#include "kernels/common/requant.h"

#define SUM_MAX     (INT64_C(1) << 30)
#define STEPS_MAX   255
#define MULT_SEARCH 6   /* multipliers tried on either side of the nearest */
#define ADD_SEARCH  512 /* values of a tried on either side               */
#define RIGHT_MAX   22  /* shift of ROUND_EXACT, so that 128 * 2^shift fits */
#define SCALE_MAX   256 /* of ROUND_SCALED                                  */
#define SCALES      16  /* tried below the largest                          */
#define SLOPES      32  /* multipliers tried on either side of the nearest, */
#define SLOPE_BITS  22  /* 2^-22 of it apart                                */
#define SCALED_BITS 40  /* ROUND_SCALED divides by 2^32, then by 2^8        */

/* Where the outputs of a channel rise. */
struct staircase {
    int32_t first_output;  /* of the least sum; step i is where it becomes first_output + 1 + i */
    int32_t at[STEPS_MAX]; /* T(first_output + 1 + i)                                           */
    uint32_t n;
    int32_t low, high;          /* the least and the greatest sum                       */
    bool holds_low, holds_high; /* they give no end of the clamp, which holds all beyond */
};

struct scale {
    int32_t mult, shift;
    int32_t zero, low, high; /* of the output */
};

static int32_t output_of(const struct scale *s, int32_t sum)
{
    return mote_to_s8(mote_requant(sum, s->mult, s->shift), s->zero, s->low, s->high);
}

/* The channel's sums, bias and zero point included: inputs take any value in -128..127. */
static bool find_span(const struct weighted *l, uint32_t c, struct record *out)
{
    int64_t folded = l->bias[c], low = 0, high = 0;
    for (uint32_t t = 0; t < l->n_taps; t++) {
        const int64_t w = l->w[c * (size_t)l->channel_step + t * (size_t)l->tap_step];
        folded -= w * l->in_zero;
        low += w > 0 ? -128 * w : 127 * w;
        high += w > 0 ? 127 * w : -128 * w;
    }
    if (folded <= -SUM_MAX || folded >= SUM_MAX || low + folded <= -SUM_MAX ||
        high + folded >= SUM_MAX)
        return false;
    out->bias = (int32_t)folded;
    out->low = (int32_t)(low + folded);
    out->high = (int32_t)(high + folded);
    return true;
}

/* The real multiplier times 2^bits, to the nearest; shift < 0, bits 32 or 40. */
static int64_t mult_of(const struct scale *s, int32_t bits)
{
    const int32_t right = 31 - bits - s->shift; /* mult / 2^31 * 2^shift * 2^bits */
    return right <= 0 ? (int64_t)s->mult << -right
                      : ((int64_t)s->mult + (INT64_C(1) << (right - 1))) >> right;
}

/* T(k), starting from a guess that is at most a few sums off. */
static int32_t find_step(const struct scale *s, int32_t k, int64_t guess, int32_t low, int32_t high)
{
    int32_t at = (int32_t)(guess < low ? low : guess > high ? high : guess);
    while (at > low && output_of(s, at - 1) >= k)
        at--;
    while (output_of(s, at) < k)
        at++;
    return at;
}

/* `m` is the real multiplier times 2^bits, about. */
static void find_staircase(const struct scale *s, int64_t m, int32_t bits, const struct record *c,
                           struct staircase *out)
{
    const int64_t one = INT64_C(1) << bits;
    out->first_output = output_of(s, c->low);
    out->n = (uint32_t)(output_of(s, c->high) - out->first_output);
    out->low = c->low, out->high = c->high;
    out->holds_low = out->first_output > s->low;
    out->holds_high = output_of(s, c->high) < s->high;
    for (uint32_t i = 0; i < out->n; i++) {
        const int64_t k = out->first_output + 1 + (int32_t)i - s->zero;
        /* round(sum * m / one) >= k from k - 1/2 on */
        out->at[i] = find_step(s, (int32_t)k + s->zero, (k * one - one / 2) / m, c->low, c->high);
    }
}

/* The interval of C for multiplier m / 2^bits; false when it is empty. */
static bool find_interval(const struct staircase *stairs, int64_t m, int32_t bits, int64_t *from,
                          int64_t *end)
{
    const int64_t one = INT64_C(1) << bits, first = stairs->first_output;
    *from = stairs->holds_low ? first * one - stairs->low * m : INT64_MIN;
    *end = stairs->holds_high ? (first + stairs->n + 1) * one - stairs->high * m : INT64_MAX;
    for (uint32_t i = 0; i < stairs->n; i++) {
        const int64_t low = (first + 1 + i) * one - stairs->at[i] * m, high = low + m;
        *from = low > *from ? low : *from;
        *end = high < *end ? high : *end;
    }
    return *from < *end;
}

static int64_t divide_up(int64_t a, int64_t b)
{
    const int64_t q = a / b;
    return q * b < a ? q + 1 : q;
}

/* d and a with from <= d * m + a * 2^32 < end. */
static bool find_sum(int64_t m, int64_t from, int64_t end, int64_t *d, int64_t *a)
{
    const int64_t near = from >> 32;
    for (int64_t i = 0; i <= 2 * ADD_SEARCH; i++) {
        *a = near + (i % 2 ? -(i + 1) / 2 : i / 2);
        const int64_t rest = *a * (INT64_C(1) << 32);
        *d = divide_up(from - rest, m);
        if (rest + *d * m < end)
            return true;
    }
    return false;
}

/* By a record of PROVED before it is clamped; `sum` without its bias. */
static int64_t proved_output(const struct record *c, int64_t sum)
{
    return ((sum + c->bias) * c->mult >> 32) + c->add;
}

/* Two multiplications and a comparison a step: what makes the search trustworthy. */
static bool is_same(const struct staircase *stairs, const struct record *c)
{
    const int64_t first = stairs->first_output, last = first + stairs->n;
    for (uint32_t i = 0; i < stairs->n; i++) {
        const int64_t k = first + 1 + i, s = stairs->at[i];
        if (proved_output(c, s) < k || proved_output(c, s - 1) >= k)
            return false;
    }
    return (!stairs->holds_low || proved_output(c, stairs->low) >= first) &&
           (!stairs->holds_high || proved_output(c, stairs->high) <= last);
}

/* No step at all: any sum gives the same byte. */
static void make_constant(const struct staircase *stairs, struct record *out)
{
    out->mult = 0;
    out->add = stairs->first_output;
}

static bool prove(const struct scale *s, struct record *out)
{
    struct staircase stairs;
    if (s->shift >= 0 && s->mult > 0) /* the definition shifts to the left and may wrap */
        return false;
    if (s->mult == 0 || output_of(s, out->low) == output_of(s, out->high)) {
        stairs.first_output = output_of(s, out->low);
        make_constant(&stairs, out);
        return true;
    }
    const int64_t nearest = mult_of(s, 32);
    if (nearest <= MULT_SEARCH || nearest + MULT_SEARCH > INT32_MAX)
        return false;
    find_staircase(s, nearest, 32, out, &stairs);
    for (int64_t i = 0; i <= 2 * MULT_SEARCH; i++) {
        const int64_t m = nearest + (i % 2 ? -(i + 1) / 2 : i / 2);
        int64_t from, end, d, a;
        if (!find_interval(&stairs, m, 32, &from, &end) || !find_sum(m, from, end, &d, &a) ||
            d <= -SUM_MAX || d >= SUM_MAX)
            continue;
        struct record shifted = {.bias = (int32_t)d, .mult = (int32_t)m, .add = (int32_t)a};
        if (!is_same(&stairs, &shifted))
            continue;
        out->bias += (int32_t)d;
        out->low += (int32_t)d;
        out->high += (int32_t)d;
        out->mult = (int32_t)m;
        out->add = (int32_t)a;
        return true;
    }
    return false;
}

/* A multiplier of 0: h is half the sum, too little to reach another output than the zero point. */
static bool make_zero(const struct scale *s, struct record *out)
{
    if (out->low < -(1 << (RIGHT_MAX - 1)) || out->high > 1 << (RIGHT_MAX - 1))
        return false;
    out->mult = INT32_MIN;
    out->shift = RIGHT_MAX;
    out->add = (1 << (RIGHT_MAX - 1)) + s->zero * (1 << RIGHT_MAX);
    return true;
}

/* |h| <= |sum| < 2^30 since the multiplier is below 1, and |add| <= 2^29: their sum fits. */
static bool make_exact(const struct scale *s, struct record *out)
{
    if (s->mult == 0)
        return make_zero(s, out);
    const int32_t right = -s->shift;
    if (right < 1 || right > RIGHT_MAX)
        return false;
    /* 2q - 2^32, in -2^31..-2 for a Q31 multiplier in 2^30..2^31 - 1; one below 2^30 is never made */
    const int64_t m = 2 * (int64_t)s->mult - (INT64_C(1) << 32);
    if (m < INT32_MIN)
        return false;
    out->mult = (int32_t)m;
    out->shift = right;
    out->add = (1 << (right - 1)) + s->zero * (1 << right);
    return true;
}

/* Weights of 0 and a bias that gives the byte: k * 2^10 * 2^30 / 2^40. */
static bool make_scaled_constant(int32_t output, struct record *out)
{
    out->scale = 0;
    out->mult = 1 << 30;
    out->bias = out->low = out->high = output * (1 << 10);
    return true;
}

static int64_t scaled_output(const struct record *c, int64_t d, int64_t sum)
{
    return (sum * c->scale + d) * c->mult >> SCALED_BITS;
}

/* The same staircase with scale * mult in place of m: C = d * mult. With scale at 128 and more there
 * is nearly always a d, since the interval is some m / 128 wide. */
static bool is_same_scaled(const struct staircase *stairs, const struct record *c, int64_t d)
{
    const int64_t first = stairs->first_output, last = first + stairs->n;
    for (uint32_t i = 0; i < stairs->n; i++) {
        const int64_t k = first + 1 + i, s = stairs->at[i];
        if (scaled_output(c, d, s) < k || scaled_output(c, d, s - 1) >= k)
            return false;
    }
    return (!stairs->holds_low || scaled_output(c, d, stairs->low) >= first) &&
           (!stairs->holds_high || scaled_output(c, d, stairs->high) <= last);
}

static bool fits_32(int64_t v)
{
    return v >= INT32_MIN && v <= INT32_MAX;
}

/* `out` has the sums before they are scaled. */
static bool take_scaled(const struct staircase *stairs, int32_t scale, int64_t mult,
                        struct record *out)
{
    int64_t from, end;
    struct record c = {.scale = scale, .mult = (int32_t)mult};
    if (mult < 1 || mult > INT32_MAX ||
        !find_interval(stairs, scale * mult, SCALED_BITS, &from, &end))
        return false;
    const int64_t d = divide_up(from, mult), bias = d + (int64_t)out->bias * scale;
    const int64_t low = d + (int64_t)out->low * scale, high = d + (int64_t)out->high * scale;
    if (d * mult >= end || !fits_32(bias) || !fits_32(low) || !fits_32(high) ||
        !is_same_scaled(stairs, &c, d))
        return false;
    c.bias = (int32_t)bias, c.low = (int32_t)low, c.high = (int32_t)high;
    *out = c;
    return true;
}

/* Scales up to `most`. |sum * m| < 2^49 at a step: sums there are outputs over the multiplier. */
static bool scale_up(const struct scale *s, int32_t most, struct record *out)
{
    struct staircase stairs;
    if (s->shift >= 0 && s->mult > 0)
        return false;
    if (s->mult == 0 || output_of(s, out->low) == output_of(s, out->high))
        return make_scaled_constant(output_of(s, out->low), out);
    const int64_t m = mult_of(s, SCALED_BITS);
    if (m < 1)
        return false;
    find_staircase(s, m, SCALED_BITS, out, &stairs);
    /* a multiplier of some 20 bits is fine enough */
    most = (int32_t)(m >> 20 < most ? (m >> 20) + 1 : most);
    for (int32_t scale = most; scale > 0 && scale > most - SCALES; scale--) {
        const int64_t nearest = (m + scale / 2) / scale, step = 1 + (nearest >> SLOPE_BITS);
        for (int64_t i = 0; i <= 2 * SLOPES; i++)
            if (take_scaled(&stairs, scale, nearest + step * (i % 2 ? -(i + 1) / 2 : i / 2), out))
                return true;
    }
    return false;
}

/* So that all weights times it fit 16 bits. */
static int32_t scale_most(const struct weighted *l, uint32_t c)
{
    int32_t heaviest = 1;
    for (uint32_t t = 0; t < l->n_taps; t++) {
        const int32_t w = l->w[c * (size_t)l->channel_step + t * (size_t)l->tap_step];
        heaviest = mote_max_s32(heaviest, w < 0 ? -w : w);
    }
    return mote_min_s32(INT16_MAX / heaviest, SCALE_MAX);
}

static struct scale scale_of(const struct weighted *l, uint32_t c)
{
    return (struct scale){.mult = l->mult[c * (size_t)l->scale_step],
                          .shift = l->shift[c * (size_t)l->scale_step],
                          .zero = l->out_zero,
                          .low = l->out_min,
                          .high = l->out_max};
}

/* out->low and out->high are the sums that can occur, out->bias may move. */
static bool find_form(const struct scale *s, enum rounding rounding, struct record *out)
{
    return rounding == ROUND_PROVED ? prove(s, out) : make_exact(s, out);
}

bool record_find(const struct weighted *l, uint32_t c, enum rounding rounding, struct record *out)
{
    const struct scale s = scale_of(l, c);
    *out = (struct record){0};
    if (!find_span(l, c, out))
        return false;
    return rounding == ROUND_SCALED ? scale_up(&s, scale_most(l, c), out)
                                    : find_form(&s, rounding, out);
}

static bool find_all(const struct weighted *l, enum rounding rounding, struct record *out)
{
    for (uint32_t c = 0; c < l->n_channels; c++)
        if (!record_find(l, c, rounding, &out[c]))
            return false;
    return true;
}

bool records_find(const struct weighted *l, enum rounding *rounding, struct record *out)
{
    *rounding = ROUND_PROVED;
    if (find_all(l, ROUND_PROVED, out))
        return true;
    *rounding = ROUND_EXACT;
    return find_all(l, ROUND_EXACT, out);
}

/* All sums of the layer as those of one channel. */
static bool find_widest_span(const struct weighted *l, struct record *out)
{
    *out = (struct record){.low = INT32_MAX, .high = INT32_MIN};
    for (uint32_t c = 0; c < l->n_channels; c++) {
        struct record span;
        if (!find_span(l, c, &span))
            return false;
        out->low = mote_min_s32(out->low, span.low);
        out->high = mote_max_s32(out->high, span.high);
    }
    return true;
}

bool records_find_one(const struct weighted *l, enum rounding *rounding, struct record *out)
{
    const struct scale s = scale_of(l, 0);
    struct record widest, one;
    if (!find_widest_span(l, &widest))
        return false;
    one = widest;
    *rounding = ROUND_PROVED;
    if (!find_form(&s, ROUND_PROVED, &one)) {
        one = widest;
        *rounding = ROUND_EXACT;
        if (!find_form(&s, ROUND_EXACT, &one))
            return false;
    }
    for (uint32_t c = 0; c < l->n_channels; c++) {
        const bool is_found = find_span(l, c, &out[c]); /* as above */
        MOTE_ASSERT(is_found);
        (void)is_found;
        out[c].mult = one.mult, out[c].add = one.add, out[c].shift = one.shift;
        out[c].bias += one.bias, out[c].low += one.bias, out[c].high += one.bias;
    }
    return true;
}

uint32_t record_words(enum rounding rounding)
{
    return rounding == ROUND_PROVED ? 2 : 3;
}

struct record record_or_zero(const struct weighted *l, const struct record *records, uint32_t c)
{
    return c < l->n_channels ? records[c] : (struct record){.shift = 1};
}

int32_t *record_write(const struct record *r, enum rounding rounding, int32_t *to)
{
    *to++ = r->mult;
    *to++ = r->add;
    if (rounding == ROUND_EXACT)
        *to++ = r->shift;
    return to;
}

int32_t *records_write(const struct weighted *l, const struct record *records,
                       enum rounding rounding, uint32_t first, uint32_t end, int32_t *to)
{
    for (uint32_t c = first; c < end; c++) {
        const struct record r = record_or_zero(l, records, c);
        to = record_write(&r, rounding, to);
    }
    return to;
}
