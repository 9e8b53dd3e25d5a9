/* test_layers.c - single layers at the sizes where the inner loops change: vectors that are full or
 * not, odd channels, strides, dilations, padding, scales that the float forms cannot express.
 * SPDX-License-Identifier: Apache-2.0 */
#include "fast/engines.h"

/* A graph with one input of int8. */
static struct random_builder open_image(struct arena *a, struct rng *r, struct shape s)
{
    struct random_builder b = {.g = graph_new(a, "layer"), .r = r};
    struct tensor in = {.name = "input", .dtype = DT_S8, .shape = s};
    const uint32_t x = graph_add_tensor(b.g, &in);
    *VEC_PUSH(a, &b.g->inputs) = x;
    *VEC_PUSH(a, &b.pool) = x;
    random_set_scale(&b, x, random_between(r, 0.01f, 0.1f));
    return b;
}

static void check_layer(struct random_builder *b)
{
    check_variants(random_end(b, RANDOM_S8), 1, b->r);
}

struct layer {
    enum op op;
    struct shape in, w;
    struct attrs attrs;
};

/* One layer with weights. Output scales are such that some sums are cut off, or `scale` times that;
 * some weights are -128. */
static void check_weighted(struct rng *r, const struct layer *l, float scale)
{
    struct arena *a = arena_new("layer");
    struct random_builder b = open_image(a, r, l->in);
    const int32_t axis = l->op == OP_DEPTHWISE_CONV2D ? 3 : 0, channels = l->w.dim[axis];
    const float fan_in = (float)(shape_count(&l->w) / channels);
    const uint32_t w = random_s8_weights(&b, l->w, axis), x = b.g->inputs.items[0];
    int8_t *first = arena_copy(a, b.g->tensors.items[w].data, (size_t)shape_count(&l->w));
    first[rng_below(r, (uint32_t)shape_count(&l->w))] = INT8_MIN;
    b.g->tensors.items[w].data = first;
    const uint32_t in[3] = {x, w, random_s8_bias(&b, x, w, channels, 2000.0f * sqrtf(fan_in))};
    struct attrs at = l->attrs;
    at.act = (enum act)rng_below(r, N_ACTS);
    const uint32_t y = random_append(&b, l->op, &at, in, rng_below(r, 4) ? 3 : 2);
    CHECK(y != NO_TENSOR);
    const struct tensor *t = b.g->tensors.items;
    random_set_scale(&b, y,
                     scale * t[x].quant.scale[0] * t[w].quant.scale[0] * sqrtf(fan_in) *
                         random_between(r, 30.0f, 300.0f));
    check_layer(&b);
    arena_free(a);
}

static struct shape image(int32_t h, int32_t w, int32_t c)
{
    return (struct shape){.rank = 4, .dim = {1, h, w, c}};
}

static struct shape filters(int32_t n, int32_t h, int32_t w, int32_t c)
{
    return (struct shape){.rank = 4, .dim = {n, h, w, c}};
}

/* Around the ends of vectors of 8 and 16 channels and blocks of 16 and 64. */
static const int32_t sizes[] = {1,  2,  3,  4,  5,  7,  8,  9,  15, 16, 17,  24,  31,
                                32, 33, 40, 47, 48, 49, 57, 63, 64, 65, 100, 128, 130};
#define N_SIZES (sizeof sizes / sizeof sizes[0])

static int32_t random_size(struct rng *r)
{
    return sizes[rng_below(r, N_SIZES)];
}

TEST(pointwise_convolutions_of_every_number_of_channels)
{
    struct rng r = rng_seed(test_seed());
    for (size_t i = 0; i < N_SIZES; i++) {
        const int32_t in_c = random_size(&r), h = random_int(&r, 1, 4), w = random_int(&r, 1, 9);
        const struct layer l = {OP_CONV2D,
                                image(h, w, in_c),
                                filters(sizes[i], 1, 1, in_c),
                                {.stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1}};
        check_weighted(&r, &l, 1.0f);
    }
}

TEST(every_number_of_outputs_up_to_forty)
{
    struct rng r = rng_seed(test_seed());
    for (int32_t i = 0; i < 160; i++) { /* half a vector of channels, one, any number */
        const int32_t w = 1 + i / 4, numbers[] = {4, 8, 16, random_size(&r)};
        const int32_t out_c = numbers[i % 4];
        const struct layer l = {OP_CONV2D,
                                image(1, w, 3),
                                filters(out_c, 1, 1, 3),
                                {.stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1}};
        check_weighted(&r, &l, 1.0f);
    }
}

/* A window with padding up to its extent, that fits its image. */
static struct layer random_windows(struct rng *r, enum op op, int32_t in_c, int32_t out_c)
{
    const int32_t kh = random_int(r, 1, 6), kw = random_int(r, 1, 6);
    struct attrs at = {.stride_h = random_int(r, 1, 3),
                       .stride_w = random_int(r, 1, 3),
                       .dilation_h = random_int(r, 1, 2),
                       .dilation_w = random_int(r, 1, 3)};
    const int32_t reach_h = (kh - 1) * at.dilation_h, reach_w = (kw - 1) * at.dilation_w;
    at.pad_top = random_int(r, 0, reach_h), at.pad_bottom = random_int(r, 0, reach_h);
    at.pad_left = random_int(r, 0, reach_w), at.pad_right = random_int(r, 0, reach_w);
    const int32_t least_h = reach_h + 1 - at.pad_top - at.pad_bottom;
    const int32_t least_w = reach_w + 1 - at.pad_left - at.pad_right;
    const int32_t h = random_int(r, least_h > 1 ? least_h : 1, 12);
    const int32_t w = random_int(r, least_w > 1 ? least_w : 1, 17);
    return (struct layer){
        op, image(h, w, in_c),
        op == OP_CONV2D ? filters(out_c, kh, kw, in_c) : filters(1, kh, kw, out_c), at};
}

TEST(convolutions_with_windows_of_every_kind)
{
    struct rng r = rng_seed(test_seed());
    for (int i = 0; i < 150; i++) {
        const int32_t in_c = rng_below(&r, 2) ? random_int(&r, 1, 4) : random_int(&r, 1, 40);
        const struct layer l = random_windows(&r, OP_CONV2D, in_c, random_int(&r, 1, 70));
        check_weighted(&r, &l, 1.0f);
    }
}

TEST(depthwise_convolutions_with_windows_of_every_kind)
{
    struct rng r = rng_seed(test_seed());
    for (int i = 0; i < 200; i++) {
        const int32_t c = rng_below(&r, 4) ? random_size(&r) : 1;
        const int32_t multiplier = rng_below(&r, 3) ? 1 : random_int(&r, 1, 8);
        const struct layer l = random_windows(&r, OP_DEPTHWISE_CONV2D, c, c * multiplier);
        check_weighted(&r, &l, 1.0f);
    }
}

TEST(dense_layers)
{
    struct rng r = rng_seed(test_seed());
    for (size_t i = 0; i < N_SIZES; i++) {
        const int32_t in_n = random_int(&r, 1, 300), rows = random_int(&r, 1, 3);
        const struct layer l = {OP_FULLY_CONNECTED,
                                {.rank = 2, .dim = {rows, in_n}},
                                {.rank = 2, .dim = {sizes[i], in_n}},
                                {0}};
        check_weighted(&r, &l, 1.0f);
    }
}

TEST(output_scales_from_far_too_large_to_far_too_small)
{
    struct rng r = rng_seed(test_seed());
    for (float scale = 1e-2f; scale < 1e5f; scale *= 3.0f) {
        const struct layer conv = random_windows(&r, OP_CONV2D, 5, 70);
        const struct layer depthwise = random_windows(&r, OP_DEPTHWISE_CONV2D, 40, 40);
        check_weighted(&r, &conv, scale);
        check_weighted(&r, &depthwise, scale);
    }
}

/* y = a + b over all 65,536 pairs of bytes: a and b are slices of one input. */
TEST(sums_of_all_pairs_of_bytes)
{
    struct rng r = rng_seed(test_seed());
    for (int i = 0; i < 40; i++) {
        struct arena *a = arena_new("sum");
        struct random_builder b = open_image(a, &r, image(1, 300, 256));
        const uint32_t x = b.g->inputs.items[0];
        int8_t *k = ARENA_ARRAY(a, int8_t, 300 * 256);
        for (int p = 0; p < 300 * 256; p++)
            k[p] = (int8_t)(p / 256 % 256 - 128);
        struct tensor t = {.name = "k", .dtype = DT_S8, .shape = image(1, 300, 256), .data = k};
        const float own = b.g->tensors.items[x].quant.scale[0];
        t.quant =
            random_quant(&b, 1, rng_below(&r, 4) ? own * random_between(&r, 0.1f, 10.0f) : own,
                         random_int(&r, -128, 127));
        const float other = t.quant.scale[0];
        const uint32_t in[2] = {x, graph_add_tensor(b.g, &t)};
        const struct attrs at = {.act = (enum act)rng_below(&r, N_ACTS)};
        const uint32_t y = random_append(&b, OP_ADD, &at, in, 2);
        random_set_scale(&b, y,
                         rng_below(&r, 4) ? (own + other) * random_between(&r, 0.3f, 1.5f) : own);
        check_layer(&b);
        arena_free(a);
    }
}

TEST(pools_of_every_kind)
{
    struct rng r = rng_seed(test_seed());
    for (int i = 0; i < 100; i++) {
        struct arena *a = arena_new("pool");
        const struct shape s = image(random_int(&r, 1, 20), random_int(&r, 1, 20), random_size(&r));
        struct random_builder b = open_image(a, &r, s);
        int32_t kh, kw;
        struct attrs at = random_window(&b, &s, &kh, &kw, false);
        if (rng_below(&r, 4) == 0) /* all of the image */
            at = (struct attrs){.stride_h = 1, .stride_w = 1}, kh = s.dim[1], kw = s.dim[2];
        at.kernel_h = kh, at.kernel_w = kw;
        const enum op op = i % 2 ? OP_AVERAGE_POOL2D : OP_MAX_POOL2D;
        CHECK(random_append(&b, op, &at, b.pool.items, 1) != NO_TENSOR);
        check_layer(&b);
        arena_free(a);
    }
}

TEST(softmax_of_long_and_short_rows)
{
    struct rng r = rng_seed(test_seed());
    for (int i = 0; i < 40; i++) {
        struct arena *a = arena_new("softmax");
        const struct shape s = {.rank = 2, .dim = {random_int(&r, 1, 3), random_int(&r, 1, 1500)}};
        struct random_builder b = open_image(a, &r, s);
        random_set_scale(&b, b.pool.items[0], powf(2.0f, random_between(&r, -10.0f, 2.0f)));
        const struct attrs at = {.beta = 1.0f};
        const uint32_t y = random_append(&b, OP_SOFTMAX, &at, b.pool.items, 1);
        b.g->tensors.items[y].quant = random_quant(&b, 1, 1.0f / 256.0f, -128);
        check_layer(&b);
        arena_free(a);
    }
}

TEST_MAIN(T(pointwise_convolutions_of_every_number_of_channels),
          T(every_number_of_outputs_up_to_forty), T(convolutions_with_windows_of_every_kind),
          T(depthwise_convolutions_with_windows_of_every_kind), T(dense_layers),
          T(output_scales_from_far_too_large_to_far_too_small), T(sums_of_all_pairs_of_bytes),
          T(pools_of_every_kind), T(softmax_of_long_and_short_rows))
