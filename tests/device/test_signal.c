/* test_signal.c - the audio front end against plain arithmetic. SPDX-License-Identifier: Apache-2.0
 *
 * The transform is held to the bytes of Kiss FFT 131 (FIXED_POINT=16), which the reference uses,
 * on one vector, and to a plain transform in double within the rounding of its stages. */
#include "check.h"
#include "kernels/common/bits.h"
#include "mote/signal.h"
#include <math.h>
#include <stdlib.h>

#define PI    3.14159265358979323846
#define N_MAX 2048

struct rig {
    int16_t twiddle[2 * N_MAX], super_twiddle[N_MAX];
    int16_t in[N_MAX], out[N_MAX + 2], scratch[N_MAX];
};

static int16_t q15(double x)
{
    return (int16_t)floor(0.5 + 32767 * x);
}

static void transform(struct rig *r, uint32_t n, uint32_t in_n)
{
    const uint32_t half = n / 2;
    for (uint32_t k = 0; k < half; k++) {
        r->twiddle[2 * k] = q15(cos(-2 * PI * k / half));
        r->twiddle[2 * k + 1] = q15(sin(-2 * PI * k / half));
    }
    for (uint32_t k = 0; k < half / 2; k++) {
        const double phase = -PI * ((double)(k + 1) / half + 0.5);
        r->super_twiddle[2 * k] = q15(cos(phase));
        r->super_twiddle[2 * k + 1] = q15(sin(phase));
    }
    const struct mote_rfft_s16 op = {in_n, n, r->twiddle, r->super_twiddle};
    CHECK(mote_rfft_s16_ref_scratch(&op) <= sizeof r->scratch);
    mote_rfft_s16_ref(&op, r->in, r->out, r->scratch);
}

static uint32_t random_u32(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    return *state ^= *state << 5;
}

TEST(a_transform_gives_the_bytes_of_kiss_fft)
{
    static const int16_t in[32] = {0,      29397,  -9959,  1403,   -14256, 29809, 13598,  -82,
                                   7830,   28660,  3707,   -21069, 19175,  3941,  -29761, -22747,
                                   -20760, -29602, -10289, 29385,  -29915, 27783, 542,    -27755,
                                   -29926, -29339, -10008, 29660,  -21080, 23083, -29680, -4604};
    static const int16_t want[34] = {-2901, 0,     2974,  -3982, -1964, -1520, 2183, 3513, -3877,
                                     -786,  2311,  -3385, 2227,  -2007, 3024,  531,  -533, -3110,
                                     -2822, -2747, 1722,  3268,  24,    -4121, 4077, 386,  248,
                                     2998,  -1818, -1527, -2756, 2399,  -7145, 0};
    static struct rig r;
    memcpy(r.in, in, sizeof in);
    transform(&r, 32, 32);
    CHECK_BYTES(r.out, want, sizeof want);
}

/* Each of log2(n) stages rounds once or twice by half a unit; the spectrum is scaled by 1 / n. */
TEST(transforms_of_all_lengths_are_near_the_plain_one)
{
    static struct rig r;
    uint32_t seed = (uint32_t)test_seed() * 2654435761u + 1;
    for (uint32_t n = 4; n <= N_MAX; n *= 2) {
        const uint32_t in_n = n - n / 8; /* zeros behind it */
        for (uint32_t i = 0; i < in_n; i++)
            r.in[i] = (int16_t)(random_u32(&seed) >> 17) - 16384;
        transform(&r, n, in_n);
        for (uint32_t k = 0; k <= n / 2; k += 1 + n / 64) {
            double re = 0, im = 0;
            for (uint32_t i = 0; i < in_n; i++) {
                re += r.in[i] * cos(2 * PI * k * i / n) / n;
                im -= r.in[i] * sin(2 * PI * k * i / n) / n;
            }
            CHECK_NEAR(r.out[2 * k], re, 8);
            CHECK_NEAR(r.out[2 * k + 1], im, 8);
        }
    }
}

TEST(samples_are_scaled_until_the_largest_fills_its_type)
{
    int16_t out[3];
    int32_t bits;
    const struct mote_fft_auto_scale_s16 op = {3};
    mote_fft_auto_scale_s16_ref(&op, (const int16_t[]){1, -5, 3}, out, &bits, NULL);
    CHECK_EQ(bits, 12);
    CHECK_EQ(out[1], -5 * 4096);
    mote_fft_auto_scale_s16_ref(&op, (const int16_t[]){0, 0, 0}, out, &bits, NULL);
    CHECK_EQ(bits, 15);
    CHECK_EQ(out[0], 0);
    mote_fft_auto_scale_s16_ref(&op, (const int16_t[]){-32768, 1, 2}, out, &bits, NULL);
    CHECK_EQ(bits, 0);
    CHECK_EQ(out[0], -32768);
}

TEST(a_window_multiplies_shifts_down_and_saturates)
{
    int16_t out[3];
    const struct mote_signal_window_s16 op = {3, 12};
    mote_signal_window_s16_ref(&op, (const int16_t[]){-1, 32767, 4096},
                               (const int16_t[]){1, 32767, 100}, out, NULL);
    CHECK_EQ(out[0], -1); /* floor, not towards zero */
    CHECK_EQ(out[1], 32767);
    CHECK_EQ(out[2], 100);
}

TEST(energy_is_zero_outside_of_its_lines)
{
    uint32_t out[3];
    const struct mote_spectrum_energy_s16 op = {3, 1, 2};
    mote_spectrum_energy_s16_ref(&op, (const int16_t[]){1, 1, -32768, -32768, 5, 5}, out, NULL);
    CHECK_EQ(out[0], 0);
    CHECK_EQ(out[1], 2147483648);
    CHECK_EQ(out[2], 0);
}

/* Lines 1..4 under two triangles: what the first filter leaves of a line belongs to the next. */
TEST(neighbouring_filters_share_a_line)
{
    uint64_t out[2];
    const struct mote_filter_bank_u32 op = {2};
    mote_filter_bank_u32_ref(&op, (const uint32_t[]){9, 10, 20, 30, 40},
                             (const int16_t[]){100, 75, 50, 25}, (const int16_t[]){0, 25, 50, 75},
                             (const int16_t[]){1, 3, 5}, (const int16_t[]){0, 2, 4},
                             (const int16_t[]){2, 2, 0}, out, NULL);
    CHECK_EQ((long long)out[0], 25 * 20 + 50 * 30 + 25 * 40);
    CHECK_EQ((long long)out[1], 50 * 30 + 75 * 40);
}

TEST(square_roots_are_rounded_to_nearest)
{
    uint32_t seed = (uint32_t)test_seed() * 2654435761u + 1;
    const struct mote_filter_bank_square_root_u64 op = {1};
    const int32_t none = 0, three = 3;
    uint32_t root;
    for (int i = test_rounds(20000); i > 0; i--) {
        const uint64_t x = ((uint64_t)random_u32(&seed) << 32 | random_u32(&seed)) >> i % 64;
        mote_filter_bank_square_root_u64_ref(&op, &x, &none, &root, NULL);
        const long double exact = sqrtl((long double)x);
        if (x >> 32 == 0 && exact > 65535.0L)
            CHECK_EQ(root, 65535); /* the reference's 16 bits for what fits 32 */
        else
            CHECK(fabsl((long double)root - exact) <= 0.5L || root == UINT32_MAX);
    }
    mote_filter_bank_square_root_u64_ref(&op, &(uint64_t){UINT64_C(1) << 40}, &three, &root, NULL);
    CHECK_EQ(root, (1 << 20) >> 3);
}

TEST(noise_is_averaged_and_subtracted_but_never_all_of_the_signal)
{
    const struct mote_spectral_subtraction_u32 op = {.n = 2,
                                                     .smoothing = {1 << 12, 1 << 10},
                                                     .one_minus_smoothing = {3 << 12, 15 << 10},
                                                     .min_signal_remaining = 1 << 11,
                                                     .smoothing_bits = 4,
                                                     .bits = 14};
    uint32_t noise[2] = {0, 0}, out[2];
    mote_spectral_subtraction_u32_ref(&op, (const uint32_t[]){1000, 1000}, noise, out, noise, NULL);
    CHECK_EQ(noise[0], 16000 / 4);
    CHECK_EQ(noise[1], 16000 / 16);
    CHECK_EQ(out[0], 750);
    CHECK_EQ(out[1], (16000 - 1000) / 16);
    mote_spectral_subtraction_u32_ref(&op, (const uint32_t[]){80, 80}, noise, out, noise, NULL);
    CHECK_EQ(noise[0], (1280 + 3 * 4000) / 4); /* not held: clamping is off */
    CHECK_EQ(out[0], 80 / 8);
}

TEST(clamping_holds_the_noise_at_the_signal)
{
    const struct mote_spectral_subtraction_u32 op = {
        .n = 1, .smoothing = {0}, .one_minus_smoothing = {1 << 14}, .bits = 14, .clamping = 1};
    uint32_t noise = 500, out;
    mote_spectral_subtraction_u32_ref(&op, (const uint32_t[]){80}, &noise, &out, &noise, NULL);
    CHECK_EQ(noise, 80);
    CHECK_EQ(out, 0);
}

/* With a flat gain of 1 (in 2^12) the signal is its own ratio to the noise. */
TEST(gain_has_a_knee_at_two)
{
    int16_t flat[125] = {0};
    const struct mote_pcan_u32 op = {1, 0};
    uint32_t out;
    for (uint32_t i = 0; i < 125; i++)
        flat[i] = i < 3 || (i - 2) % 4 == 0 ? 4096 : 0;
    for (uint32_t noise = 0; noise < 3000000000u; noise += 1 + noise / 2) {
        mote_pcan_u32_ref(&op, (const uint32_t[]){1}, &noise, flat, &out, NULL);
        CHECK_EQ(out, 64 / 4); /* 1: 1^2 / 4 */
        mote_pcan_u32_ref(&op, (const uint32_t[]){5}, &noise, flat, &out, NULL);
        CHECK_EQ(out, 64 * 4); /* 5: 5 - 1 */
    }
}

/* The reference hardly interpolates (it shifts by 16 where a step of its table has 9 bits), and so
 * does the kernel: off by at most one step of 224 / 65536 of an octave, and rounding. */
TEST(logarithms_are_near_the_exact_ones)
{
    uint32_t seed = (uint32_t)test_seed() * 2654435761u + 1;
    const struct mote_filter_bank_log_u32 op = {1, 1600, 3};
    int16_t out;
    for (int i = test_rounds(20000); i > 0; i--) {
        const uint32_t x = (random_u32(&seed) >> 3) >> i % 29;
        mote_filter_bank_log_u32_ref(&op, &x, &out, NULL);
        const double exact = x ? 1600 * log(8.0 * x) : 0;
        CHECK_NEAR(out, fmin(exact, 32767), 1600 * 224.0 / 65536 * log(2) + 1);
    }
}

TEST(shifts_and_bit_lengths_at_their_ends)
{
    CHECK_EQ(mote_bit_length(0), 0);
    CHECK_EQ(mote_bit_length(1), 1);
    CHECK_EQ(mote_bit_length(UINT64_MAX), 64);
    CHECK_EQ(mote_shift_right(-1, 31), -1);
    CHECK_EQ(mote_shift_right(INT32_MIN, 31), -1);
    CHECK_EQ(mote_shift_right(-5, 1), -3);
    CHECK_EQ(mote_shift_right_s64(INT64_MIN, 63), -1);
    CHECK_EQ(mote_wrap_s16(32768), -32768);
    CHECK_EQ(mote_wrap_s16(-32769), 32767);
}

TEST_MAIN(T(a_transform_gives_the_bytes_of_kiss_fft),
          T(transforms_of_all_lengths_are_near_the_plain_one),
          T(samples_are_scaled_until_the_largest_fills_its_type),
          T(a_window_multiplies_shifts_down_and_saturates), T(energy_is_zero_outside_of_its_lines),
          T(neighbouring_filters_share_a_line), T(square_roots_are_rounded_to_nearest),
          T(noise_is_averaged_and_subtracted_but_never_all_of_the_signal),
          T(clamping_holds_the_noise_at_the_signal), T(gain_has_a_knee_at_two),
          T(logarithms_are_near_the_exact_ones), T(shifts_and_bit_lengths_at_their_ends))
