/* test_plain.c - numbers as they are: casts, and arithmetic on int32 that wraps.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "mote/mote.h"
#include <math.h>

static uint8_t bytes_of(uint8_t type)
{
    static const uint8_t bytes[] = {1, 1, 2, 4, 4, 4};
    return bytes[type];
}

TEST(casts_between_integers_keep_the_low_bits)
{
    static const uint32_t in[5] = {0, 127, 0x80, 0xFFFF8001, 0x7FFFFFFF};
    static const int8_t s8[5] = {0, 127, -128, 1, -1};
    static const uint8_t u8[5] = {0, 127, 128, 1, 255};
    static const int16_t s16[5] = {0, 127, 128, -32767, -1};
    static const void *const want[] = {s8, u8, s16, in, in};
    for (uint8_t to = MOTE_NUMBER_S8; to <= MOTE_NUMBER_U32; to++)
        for (uint8_t from = MOTE_NUMBER_S32; from <= MOTE_NUMBER_U32; from++) {
            const struct mote_cast op = {5, from, to};
            uint32_t out[5];
            mote_cast_any_ref(&op, in, out, NULL);
            CHECK_BYTES(out, want[to], 5u * bytes_of(to));
        }
}

TEST(casts_to_wider_integers_keep_the_sign)
{
    static const uint8_t bytes[2] = {0x80, 0x7F};
    static const int32_t from_s8[2] = {-128, 127}, from_u8[2] = {128, 127};
    static const int16_t shorts[2] = {-32768, 32767};
    static const int32_t from_s16[2] = {-32768, 32767};
    int32_t out[2];
    mote_cast_any_ref(&(struct mote_cast){2, MOTE_NUMBER_S8, MOTE_NUMBER_S32}, bytes, out, NULL);
    CHECK_BYTES(out, from_s8, sizeof out);
    mote_cast_any_ref(&(struct mote_cast){2, MOTE_NUMBER_U8, MOTE_NUMBER_U32}, bytes, out, NULL);
    CHECK_BYTES(out, from_u8, sizeof out);
    mote_cast_any_ref(&(struct mote_cast){2, MOTE_NUMBER_S16, MOTE_NUMBER_U32}, shorts, out, NULL);
    CHECK_BYTES(out, from_s16, sizeof out);
}

TEST(floats_are_cut_toward_zero_and_held_within_the_type)
{
    static const float in[8] = {1.9f, -1.9f, -0.5f, 3e9f, -3e9f, 5e9f, -INFINITY, NAN};
    static const int8_t s8[8] = {1, -1, 0, 127, -128, 127, -128, 0};
    static const uint8_t u8[8] = {1, 0, 0, 255, 0, 255, 0, 0};
    static const int16_t s16[8] = {1, -1, 0, 32767, -32768, 32767, -32768, 0};
    static const int32_t s32[8] = {1, -1, 0, INT32_MAX, INT32_MIN, INT32_MAX, INT32_MIN, 0};
    static const uint32_t u32[8] = {1, 0, 0, 3000000000u, 0, UINT32_MAX, 0, 0};
    static const void *const want[] = {s8, u8, s16, s32, u32, in};
    for (uint8_t to = MOTE_NUMBER_S8; to <= MOTE_NUMBER_F32; to++) {
        const struct mote_cast op = {8, MOTE_NUMBER_F32, to};
        uint32_t out[8];
        mote_cast_f32_ref(&op, in, out, NULL);
        CHECK_BYTES(out, want[to], 8u * bytes_of(to));
    }
}

TEST(bools_say_what_is_not_zero)
{
    static const float in[4] = {0.0f, -0.0f, 0.25f, NAN};
    static const int32_t ints[4] = {0, 256, -1, 0};
    static const uint8_t want[4] = {0, 0, 1, 1}, from_ints[4] = {0, 1, 1, 0};
    static const float back[4] = {0.0f, 0.0f, 1.0f, 1.0f};
    uint8_t out[4];
    float floats[4];
    mote_cast_f32_ref(&(struct mote_cast){4, MOTE_NUMBER_F32, MOTE_NUMBER_BOOL}, in, out, NULL);
    CHECK_BYTES(out, want, sizeof want);
    mote_cast_f32_ref(&(struct mote_cast){4, MOTE_NUMBER_BOOL, MOTE_NUMBER_F32}, want, floats,
                      NULL);
    CHECK_BYTES(floats, back, sizeof back);
    mote_cast_any_ref(&(struct mote_cast){4, MOTE_NUMBER_S32, MOTE_NUMBER_BOOL}, ints, out, NULL);
    CHECK_BYTES(out, from_ints, sizeof out);
}

TEST(integers_become_the_nearest_float)
{
    static const uint32_t in[3] = {16777217, 0xFFFFFFFF, 0x80000000};
    static const float from_u32[3] = {16777216.0f, 0x1p32f, 0x1p31f};
    static const float from_s32[3] = {16777216.0f, -1.0f, -0x1p31f};
    float out[3];
    mote_cast_f32_ref(&(struct mote_cast){3, MOTE_NUMBER_U32, MOTE_NUMBER_F32}, in, out, NULL);
    CHECK_BYTES(out, from_u32, sizeof out);
    mote_cast_f32_ref(&(struct mote_cast){3, MOTE_NUMBER_S32, MOTE_NUMBER_F32}, in, out, NULL);
    CHECK_BYTES(out, from_s32, sizeof out);
}

typedef void kernel_fn(const struct mote_binary_s32 *op, const int32_t *a, const int32_t *b,
                       int32_t *out, void *scratch);

static void check_pairs(kernel_fn *f, const int32_t *want)
{
    static const int32_t a[6] = {7, -7, INT32_MAX, INT32_MIN, INT32_MIN, 65536};
    static const int32_t b[6] = {2, 2, 1, -1, 0, 65536};
    const struct mote_binary_s32 op = {
        .walk = {.n = {1, 1, 1, 6}, .a_step = {0, 0, 0, 1}, .b_step = {0, 0, 0, 1}}};
    int32_t out[6];
    memcpy(out, a, sizeof out);
    f(&op, out, b, out, NULL); /* in place */
    CHECK_BYTES(out, want, sizeof out);
}

TEST(arithmetic_on_int32_wraps_and_quotients_are_cut)
{
    check_pairs(mote_add_broadcast_s32_ref,
                (const int32_t[6]){9, -5, INT32_MIN, INT32_MAX, INT32_MIN, 131072});
    check_pairs(mote_sub_s32_ref,
                (const int32_t[6]){5, -9, INT32_MAX - 1, INT32_MIN + 1, INT32_MIN, 0});
    check_pairs(mote_mul_s32_ref, (const int32_t[6]){14, -14, INT32_MAX, INT32_MIN, 0, 0});
    check_pairs(mote_div_s32_ref, (const int32_t[6]){3, -3, INT32_MAX, INT32_MIN, 0, 1});
    check_pairs(mote_minimum_s32_ref, (const int32_t[6]){2, -7, 1, INT32_MIN, INT32_MIN, 65536});
    check_pairs(mote_maximum_s32_ref, (const int32_t[6]){7, 2, INT32_MAX, -1, 0, 65536});
}

TEST_MAIN(T(casts_between_integers_keep_the_low_bits), T(casts_to_wider_integers_keep_the_sign),
          T(floats_are_cut_toward_zero_and_held_within_the_type),
          T(integers_become_the_nearest_float), T(bools_say_what_is_not_zero),
          T(arithmetic_on_int32_wraps_and_quotients_are_cut))
