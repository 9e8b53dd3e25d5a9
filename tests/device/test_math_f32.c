/* test_math_f32.c - the elementary functions of float kernels stay within their stated errors of
 * the C library's in double, over every exponent. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "buffers.h"
#include "check.h"
#include "kernels/common/floor_f32.h"
#include "kernels/common/gelu_f32.h"
#include "kernels/common/pow_f32.h"
#include "kernels/common/trig_f32.h"

/* How many of the 2^32 numbers are tried: fewer on chips, which have no double. */
static uint32_t n_tried(void)
{
    return (uint32_t)test_rounds(sizeof(void *) < 8 ? 1 << 18 : 1 << 22);
}

/* |y - exact| in units in the last place of the exact value, denormal ones from 2^-149 on. */
static double error_of(float y, double exact)
{
    if (isnan(exact) || isnan(y))
        return isnan(exact) && isnan(y) ? 0.0 : HUGE_VAL;
    if ((float)exact == y)
        return 0.0;
    if (isinf(y)) /* one beyond the largest number */
        return fabs(exact) >= 0x1.fffffep127 ? 1.0 : HUGE_VAL;
    int exponent;
    frexp(exact, &exponent);
    return fabs((double)y - exact) / ldexp(1.0, (exponent < -125 ? -125 : exponent) - 24);
}

struct function {
    const char *name;
    float (*f)(float x);
    double (*exact)(double x);
    double units;      /* the stated error                      */
    double exact_from; /* smaller exact results are not measured */
};

static float sine(float x)
{
    return mote_sine_f32(x, 0);
}

static float cosine(float x)
{
    return mote_sine_f32(x, 1);
}

static double logistic(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

/* Not the library's: picolibc 1.8 says that the floor of -2113618.25 is -2113621. */
static double rounded_down(double x)
{
    const double near = nearbyint(x);
    return near > x ? near - 1.0 : near;
}

static double rounded_up(double x)
{
    return -rounded_down(-x);
}

static const struct function functions[] = {
    {"exp", mote_exp_f32, exp, 2.0, 0.0},
    {"log", mote_log_f32, log, 1.0, 0.0},
    {"tanh", mote_tanh_f32, tanh, 2.0, 0.0},
    {"logistic", mote_logistic_f32, logistic, 2.5, 0.0},
    {"sin", sine, sin, 3.0, 0.0},
    {"cos", cosine, cos, 3.0, 0.0},
    {"erfc", mote_erfc_f32, erfc, 8.0, 0x1p-126},
    {"sqrt", mote_sqrt_f32, sqrt, 0.5, 0.0},
    {"round", mote_round_f32, nearbyint, 0.0, 0.0},
    {"floor", mote_floor_f32, rounded_down, 0.0, 0.0},
    {"ceil", mote_ceil_f32, rounded_up, 0.0, 0.0},
};

TEST(functions_stay_within_their_stated_errors)
{
    /* odd, so that all mantissas come by */
    const uint32_t stride = UINT32_MAX / n_tried() | 1;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        const struct function *f = &functions[i];
        double worst = 0.0;
        float worst_at = 0.0f;
        for (uint64_t bits = test_seed() % stride; bits <= UINT32_MAX; bits += stride) {
            const float x = mote_of_bits_f32((uint32_t)bits);
            const double exact = f->exact((double)x);
            const double error = fabs(exact) < f->exact_from ? 0.0 : error_of(f->f(x), exact);
            if (error > worst)
                worst = error, worst_at = x;
        }
        printf("  %s: %.3f units at %.9g\n", f->name, worst, (double)worst_at);
        if (!(worst <= f->units))
            test_fail(__FILE__, __LINE__, "%s: %g units at %.9g, stated: %g", f->name, worst,
                      (double)worst_at, f->units);
    }
}

/* Not the library's: newlib 3.3 says that (-1)^NaN is 1. */
static double power(double x, double y)
{
    return isnan(y) && x != 1.0 ? y : pow(x, y);
}

/* Exponents that give results of every size, and bases near 1, where the logarithm is small. */
TEST(powers_stay_within_their_stated_error)
{
    double worst = 0.0;
    uint32_t state = (uint32_t)test_seed() | 1u;
    const uint32_t n = n_tried();
    for (uint32_t i = 0; i < n; i++) {
        state = state * 1664525u + 1013904223u;
        const float x = i % 3 ? mote_of_bits_f32((state ^ i * 2654435761u) >> 1)
                              : 1.0f + ((float)(state >> 8) - 0x1p23f) * 0x1p-30f;
        const double target = (double)i / n * 212.0 - 106.0; /* of the result's logarithm */
        const float y = (float)(target / log((double)x));
        if (!isfinite(x) || !isfinite(y))
            continue;
        worst = fmax(worst, error_of(mote_pow_f32(x, y), power((double)x, (double)y)));
    }
    printf("  pow: %.3f units\n", worst);
    CHECK(worst > 1.0 && worst <= 7.0);
}

TEST(powers_of_zero_infinities_and_negative_numbers_are_those_of_iso_c)
{
    static const float values[] = {
        0.0f, -0.0f, 1.0f,     -1.0f,     0.5f, -0.5f, 2.0f,   -2.0f,       3.0f,         -3.0f,
        2.5f, -2.5f, INFINITY, -INFINITY, NAN,  1e30f, -1e30f, 16777217.0f, -16777215.0f, 1e-40f};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
            const float x = values[i], y = values[k], got = mote_pow_f32(x, y);
            const double want = power((double)x, (double)y);
            if (!(error_of(got, want) <= 7.0) || (!isnan(want) && !signbit(got) != !signbit(want)))
                test_fail(__FILE__, __LINE__, "pow(%g, %g) = %g, want %g", (double)x, (double)y,
                          (double)got, want);
        }
}

TEST(functions_have_their_limits_at_the_ends)
{
    const float inf = INFINITY;
    CHECK(mote_exp_f32(inf) == inf && mote_exp_f32(-inf) == 0.0f && isnan(mote_exp_f32(NAN)));
    CHECK(mote_log_f32(inf) == inf && mote_log_f32(0.0f) == -inf && isnan(mote_log_f32(-1.0f)));
    CHECK(mote_tanh_f32(inf) == 1.0f && mote_tanh_f32(-inf) == -1.0f && isnan(mote_tanh_f32(NAN)));
    CHECK(mote_logistic_f32(inf) == 1.0f && mote_logistic_f32(-inf) == 0.0f);
    CHECK(isnan(mote_logistic_f32(NAN)) && isnan(mote_sine_f32(inf, 0)));
    CHECK(mote_erfc_f32(inf) == 0.0f && mote_erfc_f32(-inf) == 2.0f && isnan(mote_erfc_f32(NAN)));
    CHECK(mote_sqrt_f32(inf) == inf && mote_sqrt_f32(0.0f) == 0.0f && isnan(mote_sqrt_f32(-1.0f)));
    CHECK(mote_round_f32(2.5f) == 2.0f && mote_round_f32(-3.5f) == -4.0f);
    CHECK(mote_floor_f32(-inf) == -inf && isnan(mote_floor_f32(NAN)) &&
          mote_ceil_f32(-0.5f) == 0.0f);
}

/* Any bits, or close to a multiple of b. */
static float near_multiple(struct random *r, float b)
{
    if (random_u32(r) & 1)
        return mote_of_bits_f32(random_u32(r));
    const float a = b * (float)random_in(r, -(1 << 24), 1 << 24);
    return mote_of_bits_f32(mote_bits_f32(a) + random_u32(r) % 3 - 1);
}

TEST(rests_are_exact_and_quotients_rounded_down)
{
    struct random r = random_seed(test_seed());
    for (uint32_t i = 0; i < n_tried() / 4; i++) {
        const float b = mote_of_bits_f32(random_u32(&r)), a = near_multiple(&r, b);
        const float rest = mote_fmod_f32(a, b), down = mote_floor_div_f32(a, b);
        CHECK(error_of(rest, fmod((double)a, (double)b)) == 0.0);
        const double exact = rounded_down((double)a / (double)b);
        if (fabs(exact) < 0x1p23)
            CHECK(down == (float)exact);
        else
            CHECK(error_of(down, (double)a / (double)b) <= 1.0);
    }
    CHECK(mote_floor_mod_f32(-7.0f, 3.0f) == 2.0f);
    CHECK(mote_floor_mod_f32(7.0f, -3.0f) == -2.0f);
    CHECK(mote_floor_div_f32(-7.0f, 2.0f) == -4.0f);
    CHECK(mote_floor_div_f32(-1e-30f, 1e30f) == -1.0f);
}

TEST_MAIN(T(functions_stay_within_their_stated_errors),
          T(rests_are_exact_and_quotients_rounded_down), T(powers_stay_within_their_stated_error),
          T(powers_of_zero_infinities_and_negative_numbers_are_those_of_iso_c),
          T(functions_have_their_limits_at_the_ends))
