/* test_kernels_s16.c - variants with activations of int16 against the reference, byte for byte, with
 * canaries round every buffer. SPDX-License-Identifier: Apache-2.0 */
#include "buffers.h"
#include "check.h"
#include "mote/mote.h"
#include "pack/pack.h"

#define CHANNELS_MAX 40
#define TAPS_MAX     3000
#define VALUES_MAX   20000

/* ---- variants ---- */

union args {
    struct mote_conv2d_s8 conv2d;
    struct mote_depthwise_conv2d_s8 depthwise_conv2d;
    struct mote_fully_connected_s8 fully_connected;
};

/* All of the operators below, of int16. */
#define VARIANTS(X)                                                                                \
    X(conv2d, ref, ALL, MODEL)                                                                     \
    X(conv2d, opt, ALL, MODEL)                                                                     \
    X(conv2d, narrow, ALL, SHORTS)                                                                 \
    X(conv2d, mve, MVE, DOTS_2_S16)                                                                \
    X(depthwise_conv2d, ref, ALL, MODEL)                                                           \
    X(depthwise_conv2d, opt, ALL, MODEL)                                                           \
    X(depthwise_conv2d, narrow, ALL, SHORTS)                                                       \
    X(depthwise_conv2d, mve, MVE, EIGHTS)                                                          \
    X(fully_connected, ref, ALL, MODEL)                                                            \
    X(fully_connected, opt, ALL, MODEL)                                                            \
    X(fully_connected, narrow, ALL, SHORTS)                                                        \
    X(fully_connected, mve, MVE, DOTS_8_S16)

#define RUN(op, variant, isa, constants)                                                           \
    MOTE_IF_##isa(                                                                                 \
        static void run_##op##_##variant(const union args *a, const int16_t *x, const int8_t *w,   \
                                         const void *second, int16_t *y, void *scratch) {          \
            mote_##op##_s16_##variant(&a->op, x, w, second, y, scratch);                           \
        } static size_t scratch_##op##_##variant(const union args *a) {                            \
            return mote_##op##_s16_##variant##_scratch(&a->op);                                    \
        })
VARIANTS(RUN)

static const struct variant {
    const char *op, *name;
    void (*run)(const union args *a, const int16_t *x, const int8_t *w, const void *second,
                int16_t *y, void *scratch);
    size_t (*scratch)(const union args *a);
    enum packing constants;
} variants[] = {
#define ROW(op, variant, isa, constants)                                                           \
    MOTE_IF_##isa({#op, #variant, run_##op##_##variant, scratch_##op##_##variant, constants}, )
    VARIANTS(ROW)};
#define N_VARIANTS (sizeof variants / sizeof variants[0])

static int n_computed[N_VARIANTS];

/* ---- layers ---- */

/* Random contents. */
struct layer {
    int32_t mult[CHANNELS_MAX];
    int8_t shift[CHANNELS_MAX];
    int64_t wide_bias[CHANNELS_MAX];
    int32_t bias[CHANNELS_MAX];
    struct guarded in, w;
    size_t n_out;
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
    const int32_t least = PICK(r, -17, -17, -17, -20), most = PICK(r, -5, -5, -1);
    for (int i = 0; i < CHANNELS_MAX; i++) {
        l->mult[i] = PICK(r, INT32_MAX, random_in(r, 1 << 30, INT32_MAX));
        l->shift[i] = (int8_t)random_in(r, least, most);
        l->bias[i] = random_in(r, -100000, 100000);
        l->wide_bias[i] = l->bias[i] * INT64_C(1000);
    }
}

static void allocate(struct layer *l, size_t n_in, size_t n_w, size_t n_out)
{
    CHECK(n_in <= VALUES_MAX && n_out <= VALUES_MAX);
    l->in = guarded_new(n_in * sizeof(int16_t));
    l->w = guarded_new(n_w);
    l->n_out = n_out;
}

/* Constants as a variant wants them. */
struct constants {
    union args args;
    struct guarded w, second;
};

static void take_records(const char *op, bool is_proved, union args *a)
{
    if (strcmp(op, "conv2d") == 0)
        a->conv2d.is_proved = is_proved, a->conv2d.mult = NULL, a->conv2d.shift = NULL;
    else if (strcmp(op, "fully_connected") == 0)
        a->fully_connected.is_proved = is_proved, a->fully_connected.mult = NULL,
        a->fully_connected.shift = NULL;
    else
        a->depthwise_conv2d.is_proved = is_proved, a->depthwise_conv2d.mult = NULL,
        a->depthwise_conv2d.shift = NULL;
}

/* False when the variant cannot compute this layer. */
static bool find_constants(const struct variant *v, const union args *args,
                           const struct weighted *l, struct constants *out)
{
    static struct record records[CHANNELS_MAX];
    out->args = *args;
    struct packed_layer packed;
    if (v->constants == MODEL) {
        const size_t bytes = l->n_channels * (l->wide_bias ? sizeof(int64_t) : sizeof(int32_t));
        out->w = guarded_new((size_t)l->n_channels * l->n_taps);
        out->second = guarded_new(bytes);
        memcpy(out->w.at, l->w, out->w.n);
        memcpy(out->second.at, l->wide_bias ? (const void *)l->wide_bias : l->bias, bytes);
        return true;
    }
    if (!pack_find(v->constants, l, records, &packed))
        return false;
    out->w = guarded_new(packed.n_weights);
    out->second = guarded_new(packed.n_records * sizeof(int32_t));
    pack_write(v->constants, l, &packed, out->w.at, (int32_t *)(void *)out->second.at);
    take_records(v->op, packed.rounding == ROUND_PROVED, &out->args);
    return true;
}

/* All variants on one layer. */
static void check_layer(const char *op, const union args *args, const struct layer *from,
                        const struct weighted *l)
{
    struct guarded want = {0};
    for (size_t i = 0; i < N_VARIANTS; i++) {
        const struct variant *v = &variants[i];
        struct constants c;
        if (strcmp(v->op, op) != 0 || !find_constants(v, args, l, &c))
            continue;
        struct guarded in = guarded_new(from->in.n), scratch = guarded_new(v->scratch(&c.args));
        struct guarded got = guarded_new(from->n_out * sizeof(int16_t));
        memcpy(in.at, from->in.at, in.n);
        v->run(&c.args, (const int16_t *)(const void *)in.at, (const int8_t *)c.w.at, c.second.at,
               (int16_t *)(void *)got.at, scratch.at);
        CHECK_BYTES(in.at, from->in.at, in.n);
        n_computed[i]++;
        guarded_free(in);
        guarded_free(scratch);
        guarded_free(c.w);
        guarded_free(c.second);
        if (!want.at) { /* the reference comes first */
            want = got;
            continue;
        }
        CHECK_BYTES(got.at, want.at, want.n);
        guarded_free(got);
    }
    guarded_free(want);
    guarded_free(from->in);
    guarded_free(from->w);
}

/* Each variant has computed a quarter of the layers. */
static void check_counts(const char *op, int n)
{
    for (size_t i = 0; i < N_VARIANTS; i++)
        if (strcmp(variants[i].op, op) == 0 && n_computed[i] < n / 4)
            test_fail(__FILE__, __LINE__, "%s %s has computed %d of %d", op, variants[i].name,
                      n_computed[i], n);
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

/* Const structs of windows have their members by the same names. */
#define WEIGHTED(l, op, channels, taps, channel_at, tap_at)                                        \
    {                                                                                              \
        .w = (const int8_t *)(l)->w.at, .bias = (op)->wide ? NULL : (l)->bias,                     \
        .wide_bias = (op)->wide ? (l)->wide_bias : NULL, .is_s16 = true, .n_channels = (channels), \
        .n_taps = (taps), .channel_step = (channel_at), .tap_step = (tap_at),                      \
        .out_min = (op)->out_min, .out_max = (op)->out_max, .mult = (l)->mult,                     \
        .shift = (l)->shift, .scale_step = 1                                                       \
    }

TEST(conv2d_variants_equal_the_reference)
{
    struct random r = random_seed(test_seed());
    static struct layer l;
    const int n = test_rounds(400);
    for (int i = n; i > 0;) {
        union args a;
        struct mote_conv2d_s8 *op = &a.conv2d;
        if (!random_conv2d(&r, op))
            continue;
        const uint32_t n_taps = (uint32_t)op->kh * op->kw * op->in.c;
        allocate(&l, (size_t)op->in.h * op->in.w * op->in.c, n_taps * op->out.c,
                 (size_t)op->out.h * op->out.w * op->out.c);
        fill(&r, &l, op->wide, n_taps);
        op->mult = l.mult, op->shift = l.shift;
        const struct weighted w = WEIGHTED(&l, op, op->out.c, n_taps, n_taps, 1);
        check_layer("conv2d", &a, &l, &w);
        i--;
    }
    check_counts("conv2d", n);
}

/* Often the channels of several blocks. */
static bool random_depthwise(struct random *r, struct mote_depthwise_conv2d_s8 *op)
{
    struct mote_conv2d_s8 c;
    if (!random_conv2d(r, &c))
        return false;
    *op = (struct mote_depthwise_conv2d_s8){.in = c.in,
                                            .out = c.out,
                                            .kh = c.kh,
                                            .kw = c.kw,
                                            .sh = c.sh,
                                            .sw = c.sw,
                                            .dh = c.dh,
                                            .dw = c.dw,
                                            .pad_top = c.pad_top,
                                            .pad_left = c.pad_left,
                                            .out_min = c.out_min,
                                            .out_max = c.out_max,
                                            .wide = c.wide,
                                            .backward = c.backward};
    op->multiplier = (uint16_t)PICK(r, 1, 1, 1, 2, 3);
    op->in.c = (uint16_t)PICK(r, random_in(r, 1, 12), 8, random_in(r, 8, 40), 16);
    if (op->in.c * op->multiplier > CHANNELS_MAX)
        op->multiplier = 1;
    op->out.c = (uint16_t)(op->in.c * op->multiplier);
    return true;
}

TEST(depthwise_conv2d_variants_equal_the_reference)
{
    struct random r = random_seed(test_seed());
    static struct layer l;
    const int n = test_rounds(400);
    for (int i = n; i > 0;) {
        union args a;
        struct mote_depthwise_conv2d_s8 *op = &a.depthwise_conv2d;
        if (!random_depthwise(&r, op))
            continue;
        const uint32_t n_taps = (uint32_t)op->kh * op->kw;
        allocate(&l, (size_t)op->in.h * op->in.w * op->in.c, n_taps * op->out.c,
                 (size_t)op->out.h * op->out.w * op->out.c);
        fill(&r, &l, op->wide, n_taps);
        op->mult = l.mult, op->shift = l.shift;
        struct weighted w = WEIGHTED(&l, op, op->out.c, n_taps, 1, op->out.c);
        w.in = op->in, w.out = op->out;
        check_layer("depthwise_conv2d", &a, &l, &w);
        i--;
    }
    check_counts("depthwise_conv2d", n);
}

TEST(windows_of_many_taps_equal_the_reference)
{
    struct random r = random_seed(test_seed());
    static struct layer l;
    union args a = {.depthwise_conv2d = {.in = {30, 30, 9},
                                         .out = {30, 30, 9},
                                         .kh = 30,
                                         .kw = 30,
                                         .sh = 29,
                                         .sw = 29,
                                         .dh = 1,
                                         .dw = 1,
                                         .multiplier = 1,
                                         .wide = true,
                                         .out_min = INT16_MIN,
                                         .out_max = INT16_MAX}};
    struct mote_depthwise_conv2d_s8 *op = &a.depthwise_conv2d;
    op->out.h = op->out.w = 1;
    allocate(&l, 30 * 30 * 9, 30 * 30 * 9, 9);
    fill(&r, &l, true, 900);
    op->mult = l.mult, op->shift = l.shift;
    struct weighted w = WEIGHTED(&l, op, 9, 900, 1, 9);
    w.in = op->in, w.out = op->out;
    check_layer("depthwise_conv2d", &a, &l, &w);
}

TEST(fully_connected_variants_equal_the_reference)
{
    struct random r = random_seed(test_seed());
    static struct layer l;
    const int n = test_rounds(200);
    for (int i = n; i > 0; i--) {
        union args a;
        struct mote_fully_connected_s8 *op = &a.fully_connected;
        *op = (struct mote_fully_connected_s8){
            .rows = (uint32_t)random_in(&r, 1, 3),
            .in_n = (uint32_t)PICK(&r, 1, 3, 8, random_in(&r, 1, 200), 511, 512, 2999),
            .out_n = (uint32_t)random_in(&r, 1, 17),
            .out_min = (int16_t)PICK(&r, INT16_MIN, -1000),
            .out_max = (int16_t)PICK(&r, INT16_MAX, 20000),
            .one_scale = (uint8_t)random_in(&r, 0, 1),
            .wide = random_u32(&r) % 2};
        allocate(&l, (size_t)op->rows * op->in_n, (size_t)op->in_n * op->out_n,
                 (size_t)op->rows * op->out_n);
        fill(&r, &l, op->wide, op->in_n);
        op->mult = l.mult, op->shift = l.shift;
        struct weighted w = WEIGHTED(&l, op, op->out_n, op->in_n, op->in_n, 1);
        w.scale_step = !op->one_scale;
        check_layer("fully_connected", &a, &l, &w);
    }
    check_counts("fully_connected", n);
}

/* What kernels.def has of these operators is above. */
TEST(all_variants_of_kernels_def_are_compared)
{
    static const char *const names[] = {
#define KERNEL(op, dtype, variant, isa, args, constants, placement)                                \
    MOTE_IF_##isa(#op "." #dtype "." #variant, )
#include "kernels/kernels.def"
#undef KERNEL
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const size_t n_op = strcspn(names[i], ".");
        bool is_ours = false, is_found = false;
        for (size_t k = 0; k < N_VARIANTS; k++) {
            const struct variant *v = &variants[k];
            const bool is_op = strlen(v->op) == n_op && memcmp(v->op, names[i], n_op) == 0 &&
                               memcmp(names[i] + n_op, ".s16.", 5) == 0;
            is_ours |= is_op;
            is_found |= is_op && strcmp(v->name, names[i] + n_op + 5) == 0;
        }
        CHECK(is_found == is_ours);
    }
}

TEST_MAIN(T(conv2d_variants_equal_the_reference), T(depthwise_conv2d_variants_equal_the_reference),
          T(windows_of_many_taps_equal_the_reference),
          T(fully_connected_variants_equal_the_reference),
          T(all_variants_of_kernels_def_are_compared))
