/* test_kernels_s16.c - variants with activations of int16 against the reference, byte for byte, with
 * canaries round every buffer. SPDX-License-Identifier: Apache-2.0 */
#include "buffers.h"
#include "check.h"
#include "mote/mote.h"

#define CHANNELS_MAX 20
#define TAPS_MAX     3000
#define VALUES_MAX   20000

/* What layers with weights have in common: random contents. */
struct layer {
    int32_t mult[CHANNELS_MAX];
    int8_t shift[CHANNELS_MAX];
    int64_t wide_bias[CHANNELS_MAX];
    int32_t bias[CHANNELS_MAX];
    struct guarded in, w, want, got;
};

/* Sums of n taps reach 2^22 * n: with 32 bits the inputs are so small that they fit. */
static void fill(struct random *r, struct layer *l, bool is_wide, size_t n_taps)
{
    random_fill(r, l->in.at, l->in.n);
    random_fill(r, l->w.at, l->w.n);
    int16_t *x = (int16_t *)(void *)l->in.at;
    const bool is_extreme = random_u32(r) % 4 == 0;
    for (size_t i = 0; is_extreme && i < l->in.n / 2; i++)
        x[i] = INT16_MIN;
    for (size_t i = 0; is_extreme && i < l->w.n; i++)
        l->w.at[i] = 0x80;
    for (size_t i = 0; !is_wide && n_taps > 255 && i < l->in.n / 2; i++)
        x[i] = (int16_t)(x[i] / 16);
    for (int i = 0; i < CHANNELS_MAX; i++) {
        l->mult[i] = random_in(r, 1 << 30, INT32_MAX);
        l->shift[i] = (int8_t)random_in(r, -20, -5);
        l->bias[i] = random_in(r, -100000, 100000);
        l->wide_bias[i] = l->bias[i] * INT64_C(1000);
    }
}

static void allocate(struct layer *l, size_t n_in, size_t n_w, size_t n_out)
{
    CHECK(n_in <= VALUES_MAX && n_out <= VALUES_MAX);
    l->in = guarded_new(n_in * sizeof(int16_t));
    l->w = guarded_new(n_w);
    l->want = guarded_new(n_out * sizeof(int16_t));
    l->got = guarded_new(n_out * sizeof(int16_t));
}

static void compare_and_free(struct layer *l)
{
    CHECK_BYTES(l->got.at, l->want.at, l->want.n);
    guarded_free(l->in);
    guarded_free(l->w);
    guarded_free(l->want);
    guarded_free(l->got);
}

static int32_t out_size(int32_t in, int32_t pads, int32_t reach, int32_t stride)
{
    return in + pads > reach ? (in + pads - reach - 1) / stride + 1 : 0;
}

#define SMALL(r) (uint8_t) PICK(r, 1, 1, 2, 3, 3, 5)

static bool random_conv2d(struct random *r, struct mote_conv2d_s8 *op)
{
    *op = (struct mote_conv2d_s8){.kh = SMALL(r), .kw = SMALL(r)};
    op->in = (struct mote_hwc){(uint16_t)random_in(r, 1, 9), (uint16_t)random_in(r, 1, 9),
                               (uint16_t)PICK(r, 1, 2, 3, 4, 7, 8, 16, 113)};
    op->sh = (uint8_t)random_in(r, 1, 2), op->sw = (uint8_t)random_in(r, 1, 2);
    op->dh = (uint8_t)PICK(r, 1, 1, 2), op->dw = (uint8_t)PICK(r, 1, 1, 2);
    const int32_t reach_h = (op->kh - 1) * op->dh, reach_w = (op->kw - 1) * op->dw;
    op->pad_top = (uint8_t)random_in(r, 0, reach_h);
    op->pad_left = (uint8_t)random_in(r, 0, reach_w);
    const int32_t h = out_size(op->in.h, op->pad_top + random_in(r, 0, reach_h), reach_h, op->sh);
    const int32_t w = out_size(op->in.w, op->pad_left + random_in(r, 0, reach_w), reach_w, op->sw);
    op->out = (struct mote_hwc){(uint16_t)h, (uint16_t)w, (uint16_t)random_in(r, 1, 9)};
    op->out_min = (int16_t)PICK(r, INT16_MIN, -100, 0),
    op->out_max = (int16_t)PICK(r, 9000, INT16_MAX);
    op->wide = random_u32(r) % 2;
    op->backward = random_u32(r) % 2;
    return h > 0 && w > 0 && (size_t)op->kh * op->kw * op->in.c <= TAPS_MAX;
}

TEST(conv2d_variants_equal_the_reference)
{
    struct random r = random_seed(test_seed());
    static struct layer l;
    for (int i = test_rounds(400); i > 0;) {
        struct mote_conv2d_s8 op;
        if (!random_conv2d(&r, &op))
            continue;
        const size_t n_taps = (size_t)op.kh * op.kw * op.in.c;
        allocate(&l, (size_t)op.in.h * op.in.w * op.in.c, n_taps * op.out.c,
                 (size_t)op.out.h * op.out.w * op.out.c);
        fill(&r, &l, op.wide, n_taps);
        op.mult = l.mult, op.shift = l.shift;
        const int16_t *in = (const int16_t *)(const void *)l.in.at;
        const int8_t *w = (const int8_t *)l.w.at;
        const void *bias = op.wide ? (const void *)l.wide_bias : l.bias;
        mote_conv2d_s16_ref(&op, in, w, bias, (int16_t *)(void *)l.want.at, NULL);
        mote_conv2d_s16_opt(&op, in, w, bias, (int16_t *)(void *)l.got.at, NULL);
        compare_and_free(&l);
        i--;
    }
}

TEST(fully_connected_variants_equal_the_reference)
{
    struct random r = random_seed(test_seed());
    static struct layer l;
    for (int i = test_rounds(200); i > 0; i--) {
        struct mote_fully_connected_s8 op = {.rows = (uint32_t)random_in(&r, 1, 3),
                                             .in_n = (uint32_t)PICK(&r, 1, 3, 8, 511, 512, 2999),
                                             .out_n = (uint32_t)random_in(&r, 1, 17),
                                             .out_min = INT16_MIN,
                                             .out_max = INT16_MAX,
                                             .one_scale = (uint8_t)random_in(&r, 0, 1),
                                             .wide = random_u32(&r) % 2};
        allocate(&l, (size_t)op.rows * op.in_n, (size_t)op.in_n * op.out_n,
                 (size_t)op.rows * op.out_n);
        fill(&r, &l, op.wide, op.in_n);
        op.mult = l.mult, op.shift = l.shift;
        const int16_t *in = (const int16_t *)(const void *)l.in.at;
        const int8_t *w = (const int8_t *)l.w.at;
        const void *bias = op.wide ? (const void *)l.wide_bias : l.bias;
        mote_fully_connected_s16_ref(&op, in, w, bias, (int16_t *)(void *)l.want.at, NULL);
        mote_fully_connected_s16_opt(&op, in, w, bias, (int16_t *)(void *)l.got.at, NULL);
        compare_and_free(&l);
    }
}

TEST_MAIN(T(conv2d_variants_equal_the_reference), T(fully_connected_variants_equal_the_reference))
