/* test_gradients.c - the gradient of every operator against central differences, in every variant
 * of the inner loops. Each operator is applied twice to the same input, so that gradients are both
 * set and added. SPDX-License-Identifier: Apache-2.0 */
#include "rig.h"

/* A node under test: which operator, on what shapes. */
struct subject {
    enum op op;
    struct shape x;
    int32_t channels, kernel_h, kernel_w; /* of weights */
    struct attrs at;
    enum fill fill;
    enum { BIAS_NO, BIAS_YES } bias;
};

static uint32_t add_weighted(struct graph *g, struct rng *r, const struct subject *s, uint32_t x)
{
    const int32_t in = s->x.dim[s->x.rank - 1];
    struct shape w = SHAPE(s->channels, s->kernel_h, s->kernel_w, in);
    if (s->op == OP_DEPTHWISE_CONV2D)
        w = SHAPE(1, s->kernel_h, s->kernel_w, s->channels);
    if (s->op == OP_FULLY_CONNECTED)
        w = SHAPE(s->channels, (int32_t)shape_count(&s->x));
    const uint32_t ids[] = {x, rig_constant(g, r, FILL_WHOLE, w),
                            rig_constant(g, r, FILL_HALF, SHAPE(s->channels))};
    return rig_node(g, s->op, &s->at, ids, s->bias ? 3 : 2);
}

static uint32_t add_subject(struct graph *g, struct rng *r, const struct subject *s, uint32_t x)
{
    if (s->op == OP_CONV2D || s->op == OP_DEPTHWISE_CONV2D || s->op == OP_FULLY_CONNECTED)
        return add_weighted(g, r, s, x);
    return rig_node(g, s->op, &s->at, &x, 1);
}

static void check_subject(const struct subject *s)
{
    struct arena *a = arena_new("test");
    for (uint32_t v = 0; kernels_variant(v); v++) {
        struct rng r = rng_seed(test_seed());
        struct graph *g = graph_new(a, "subject");
        const uint32_t x = rig_input(g, s->x);
        rig_output(g, add_subject(g, &r, s, x));
        rig_output(g, add_subject(g, &r, s, x));
        struct rig rig;
        rig_start(&rig, g, &r, s->fill);
        rig.t->kernels = kernels_variant(v);
        rig_check(&rig, &r, RIG_STEP, 2e-5);
        rig_end(&rig);
    }
    arena_free(a);
}

#define WINDOW(sh, sw, dh, dw, top, bottom, left, right)                                           \
    .stride_h = (sh), .stride_w = (sw), .dilation_h = (dh), .dilation_w = (dw), .pad_top = (top),  \
    .pad_bottom = (bottom), .pad_left = (left), .pad_right = (right)

TEST(conv2d_gradients_match_differences)
{
    const struct subject table[] = {
        {OP_CONV2D, SHAPE(1, 6, 6, 3), 5, 3, 3, {WINDOW(1, 1, 1, 1, 1, 1, 1, 1)}, 0, 1},
        {OP_CONV2D, SHAPE(1, 5, 16, 1), 17, 3, 3, {WINDOW(1, 1, 1, 1, 0, 0, 0, 0)}, 0, 0},
        {OP_CONV2D, SHAPE(1, 7, 6, 2), 33, 3, 3, {WINDOW(2, 2, 1, 1, 0, 1, 0, 1)}, 0, 1},
        {OP_CONV2D, SHAPE(1, 9, 8, 2), 4, 3, 2, {WINDOW(2, 3, 2, 1, 2, 1, 0, 1)}, 0, 1},
        {OP_CONV2D, SHAPE(1, 8, 9, 3), 2, 2, 3, {WINDOW(1, 2, 3, 2, 0, 2, 3, 1)}, 0, 0},
        {OP_CONV2D, SHAPE(1, 7, 7, 4), 6, 1, 1, {WINDOW(3, 3, 1, 1, 0, 0, 0, 0)}, 0, 1},
        {OP_CONV2D, SHAPE(1, 4, 5, 18), 20, 1, 1, {WINDOW(1, 1, 1, 1, 0, 0, 0, 0)}, 0, 1},
        {OP_CONV2D, SHAPE(1, 1, 20, 2), 3, 1, 5, {WINDOW(1, 1, 1, 1, 0, 0, 4, 0)}, 0, 1},
        {OP_CONV2D, SHAPE(1, 4, 4, 2), 3, 4, 4, {WINDOW(1, 1, 1, 1, 0, 0, 0, 0)}, 0, 1},
        {OP_CONV2D, SHAPE(1, 3, 1, 2), 3, 2, 3, {WINDOW(2, 1, 1, 1, 0, 0, 1, 1)}, 0, 1},
        {OP_CONV2D, SHAPE(1, 5, 5, 2), 3, 3, 3, {WINDOW(4, 4, 1, 1, 2, 2, 2, 2)}, 0, 1},
        {OP_CONV2D, SHAPE(1, 8, 3, 2), 3, 3, 2, {WINDOW(1, 2, 1, 1, 0, 0, 1, 1)}, 0, 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        check_subject(&table[i]);
}

TEST(conv2d_gradients_pass_through_fused_clamps)
{
    for (enum act act = ACT_RELU; act <= ACT_RELU6; act++) {
        struct subject s = {
            OP_CONV2D,  SHAPE(1, 6, 5, 3), 18, 3, 3, {WINDOW(1, 1, 1, 1, 1, 1, 1, 1)},
            FILL_WHOLE, BIAS_YES};
        s.at.act = act;
        check_subject(&s);
    }
}

TEST(depthwise_conv2d_gradients_match_differences)
{
    const struct subject table[] = {
        {OP_DEPTHWISE_CONV2D, SHAPE(1, 6, 6, 3), 3, 3, 3, {WINDOW(1, 1, 1, 1, 1, 1, 1, 1)}, 0, 1},
        {OP_DEPTHWISE_CONV2D, SHAPE(1, 7, 6, 18), 18, 3, 3, {WINDOW(2, 2, 1, 1, 0, 1, 0, 1)}, 0, 1},
        {OP_DEPTHWISE_CONV2D, SHAPE(1, 6, 7, 3), 9, 3, 2, {WINDOW(1, 2, 2, 1, 2, 1, 0, 1)}, 0, 0},
        {OP_DEPTHWISE_CONV2D, SHAPE(1, 7, 7, 4), 4, 1, 1, {WINDOW(2, 2, 1, 1, 0, 0, 0, 0)}, 0, 1},
        {OP_DEPTHWISE_CONV2D, SHAPE(1, 1, 16, 1), 8, 1, 5, {WINDOW(1, 1, 1, 1, 0, 0, 2, 2)}, 0, 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        check_subject(&table[i]);
}

TEST(fully_connected_gradients_match_differences)
{
    struct subject table[] = {
        {OP_FULLY_CONNECTED, SHAPE(1, 7), 10, 0, 0, {0}, 0, 1},
        {OP_FULLY_CONNECTED, SHAPE(1, 40), 1, 0, 0, {0}, 0, 0},
        {OP_FULLY_CONNECTED, SHAPE(1, 2, 3, 3), 35, 0, 0, {.act = ACT_RELU}, 0, 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        check_subject(&table[i]);
}

TEST(pool_gradients_match_differences)
{
    struct subject table[] = {
        {OP_MAX_POOL2D,
         SHAPE(1, 6, 6, 3),
         0,
         0,
         0,
         {.kernel_h = 2, .kernel_w = 2, WINDOW(2, 2, 0, 0, 0, 0, 0, 0)},
         FILL_DISTINCT,
         0},
        {OP_MAX_POOL2D,
         SHAPE(1, 7, 5, 18),
         0,
         0,
         0,
         {.kernel_h = 3, .kernel_w = 2, WINDOW(2, 1, 0, 0, 1, 1, 0, 1)},
         FILL_DISTINCT,
         0},
        {OP_MAX_POOL2D,
         SHAPE(1, 5, 5, 2),
         0,
         0,
         0,
         {.kernel_h = 2, .kernel_w = 2, .act = ACT_RELU6, WINDOW(1, 1, 0, 0, 0, 0, 0, 0)},
         FILL_DISTINCT,
         0},
        {OP_AVERAGE_POOL2D,
         SHAPE(1, 7, 7, 5),
         0,
         0,
         0,
         {.kernel_h = 7, .kernel_w = 7, WINDOW(1, 1, 0, 0, 0, 0, 0, 0)},
         FILL_THIRD,
         0},
        {OP_AVERAGE_POOL2D,
         SHAPE(1, 7, 8, 3),
         0,
         0,
         0,
         {.kernel_h = 3, .kernel_w = 3, .act = ACT_RELU, WINDOW(2, 1, 0, 0, 1, 1, 1, 1)},
         FILL_THIRD,
         0},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        check_subject(&table[i]);
}

TEST(relu_reshape_and_pad_gradients_match_differences)
{
    struct subject table[] = {
        {OP_RELU, SHAPE(1, 3, 3, 5), 0, 0, 0, {0}, FILL_HALF, 0},
        {OP_RELU6, SHAPE(1, 37), 0, 0, 0, {0}, FILL_DISTINCT, 0},
        {OP_RESHAPE, SHAPE(1, 2, 3, 5), 0, 0, 0, {.new_rank = 2, .new_shape = {1, 30}}, 0, 0},
        {OP_PAD, SHAPE(1, 2, 3, 5), 0, 0, 0, {.pads = {0, 0, 1, 2, 3, 0, 1, 1}}, 0, 0},
        {OP_PAD, SHAPE(1, 4), 0, 0, 0, {.pads = {0, 0, 2, 1}}, 0, 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        check_subject(&table[i]);
}

/* Sums of a whole and a half number never stand on a kink. */
TEST(add_gradients_match_differences_also_of_a_tensor_with_itself)
{
    struct arena *a = arena_new("test");
    for (enum act act = ACT_NONE; act <= ACT_RELU6; act++) {
        struct rng r = rng_seed(test_seed());
        struct graph *g = graph_new(a, "add");
        const uint32_t x = rig_input(g, SHAPE(1, 4, 3, 5)), one = rig_input(g, SHAPE(1, 4, 3, 5));
        const struct attrs plain = {0}, clamped = {.act = act};
        const uint32_t ids[] = {x, one}, twice[] = {x, x};
        rig_output(g, rig_node(g, OP_ADD, &clamped, ids, 2));
        rig_output(g, rig_node(g, OP_ADD, &plain, twice, 2));
        struct rig rig;
        rig_start(&rig, g, &r, FILL_WHOLE);
        for (uint32_t s = 0; s < rig.t->n_shards; s++)
            rig_fill(&r, FILL_HALF, rig_value(rig.t, s, one), SHARD_SAMPLES * 60);
        rig_check(&rig, &r, RIG_STEP, 1e-5);
        rig_end(&rig);
    }
    arena_free(a);
}

TEST(concat_gradients_match_differences_on_every_axis)
{
    struct arena *a = arena_new("test");
    for (int32_t axis = 1; axis < 4; axis++) {
        struct rng r = rng_seed(test_seed());
        struct graph *g = graph_new(a, "concat");
        int32_t other[] = {1, 3, 2, 4};
        other[axis] = 5;
        const uint32_t x = rig_input(g, SHAPE(1, 3, 2, 4)), y = rig_input(g, shape_of(4, other));
        const struct attrs at = {.axis = axis};
        const uint32_t ids[] = {x, y, x};
        rig_output(g, rig_node(g, OP_CONCAT, &at, ids, 3));
        struct rig rig;
        rig_start(&rig, g, &r, FILL_WHOLE);
        rig_check(&rig, &r, RIG_STEP, 1e-5);
        rig_end(&rig);
    }
    arena_free(a);
}

static uint32_t add_norm(struct graph *g, struct rng *r, uint32_t x, int32_t channels)
{
    const struct attrs at = {.eps = 1e-3f};
    uint32_t ids[5] = {x};
    for (int i = 1; i < 5; i++)
        ids[i] = rig_constant(g, r, i == 4 ? FILL_SIDES : FILL_NORMAL, SHAPE(channels));
    float *variance =
        arena_copy(g->arena, g->tensors.items[ids[4]].data, (size_t)channels * sizeof(float));
    for (int32_t i = 0; i < channels; i++)
        variance[i] = fabsf(variance[i]);
    g->tensors.items[ids[4]].data = variance;
    return rig_node(g, OP_BATCH_NORM, &at, ids, 5);
}

/* The batch is two shards: its statistics are joined. */
TEST(batch_norm_gradients_match_differences)
{
    struct arena *a = arena_new("test");
    const struct shape shapes[] = {SHAPE(1, 3, 4, 5), SHAPE(1, 2, 2, 33), SHAPE(1, 7)};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        for (uint32_t v = 0; kernels_variant(v); v++) {
            struct rng r = rng_seed(test_seed() + i);
            struct graph *g = graph_new(a, "norm");
            const uint32_t x = rig_input(g, shapes[i]);
            const int32_t channels = shapes[i].dim[shapes[i].rank - 1];
            rig_output(g, add_norm(g, &r, x, channels));
            rig_output(g, add_norm(g, &r, x, channels));
            struct rig rig;
            rig_start(&rig, g, &r, FILL_NORMAL);
            rig.t->kernels = kernels_variant(v);
            rig_check(&rig, &r, RIG_STEP / 4, 1e-3);
            rig_end(&rig);
        }
    arena_free(a);
}

/* Inputs near -1 and +1 keep every value away from the kink at 0. */
TEST(batch_norm_with_fused_relu_gradients_match_differences)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    struct graph *g = graph_new(a, "norm");
    const uint32_t x = rig_input(g, SHAPE(1, 4, 4, 3));
    const uint32_t norm = add_norm(g, &r, x, 3);
    const struct attrs at = {0};
    const float gamma[] = {1.0f, 2.0f, -1.0f}, beta[] = {0.0f, 0.1f, -0.2f};
    g->tensors.items[g->nodes.items[0].in[1]].data = gamma;
    g->tensors.items[g->nodes.items[0].in[2]].data = beta;
    rig_output(g, rig_node(g, OP_RELU, &at, &norm, 1));
    struct rig rig;
    rig_start(&rig, g, &r, FILL_SIDES);
    CHECK_EQ(rig.t->layers.n, 1);
    rig_check(&rig, &r, RIG_STEP / 4, 1e-3);
    rig_end(&rig);
    arena_free(a);
}

/* Mean and unbiased variance of the batch, of 11 samples in two shards, by a tenth. */
TEST(running_statistics_move_towards_the_batch)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    struct graph *g = graph_new(a, "norm");
    const uint32_t x = rig_input(g, SHAPE(1, 1));
    rig_output(g, add_norm(g, &r, x, 1));
    struct rig rig;
    rig_start(&rig, g, &r, FILL_NORMAL);
    const float *running[2];
    double want[2], mean = 0.0, squares = 0.0;
    for (uint32_t i = 0; i < 2; i++) {
        running[i] = rig.t->w + rig.t->params.items[2 + i].first;
        want[i] = 0.9 * (double)*running[i];
    }
    for (uint32_t i = 0; i < RIG_BATCH; i++)
        mean += (double)rig_value(rig.t, i / SHARD_SAMPLES, x)[i % SHARD_SAMPLES] / RIG_BATCH;
    for (uint32_t i = 0; i < RIG_BATCH; i++)
        squares +=
            pow((double)rig_value(rig.t, i / SHARD_SAMPLES, x)[i % SHARD_SAMPLES] - mean, 2.0);
    (void)rig_objective(&rig);
    CHECK_NEAR((double)*running[0], want[0] + 0.1 * mean, 1e-6);
    CHECK_NEAR((double)*running[1], want[1] + 0.1 * squares / (RIG_BATCH - 1), 1e-6);
    rig_end(&rig);
    arena_free(a);
}

/* A residual block: x is read by two branches, relu becomes part of the add. */
TEST(gradients_of_a_residual_block_add_up)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    struct graph *g = graph_new(a, "residual");
    const uint32_t x = rig_input(g, SHAPE(1, 5, 4, 6));
    const struct subject conv = {
        OP_CONV2D,  SHAPE(1, 5, 4, 6), 6, 3, 3, {WINDOW(1, 1, 1, 1, 1, 1, 1, 1)},
        FILL_WHOLE, BIAS_YES};
    const struct subject point = {
        OP_CONV2D, SHAPE(1, 5, 4, 6), 6, 1, 1, {WINDOW(1, 1, 1, 1, 0, 0, 0, 0)}, FILL_WHOLE,
        BIAS_NO};
    const uint32_t sum[] = {add_subject(g, &r, &conv, x), x};
    const struct attrs at = {0};
    const uint32_t add = rig_node(g, OP_ADD, &at, sum, 2);
    const uint32_t relu = rig_node(g, OP_RELU, &at, &add, 1);
    const uint32_t last[] = {add_subject(g, &r, &point, relu), relu};
    rig_output(g, rig_node(g, OP_ADD, &at, last, 2));
    struct rig rig;
    rig_start(&rig, g, &r, FILL_WHOLE);
    CHECK_EQ(rig.t->layers.n, 4);
    rig_check(&rig, &r, RIG_STEP, 2e-5);
    rig_end(&rig);
    arena_free(a);
}

/* Loss and gradient of the classifier, against differences of the loss that training reports. */
static void check_cross_entropy(struct arena *a, float beta, float smoothing)
{
    struct rng r = rng_seed(test_seed());
    struct diag d = {0};
    struct graph *g = graph_new(a, "classifier");
    const uint32_t x = rig_input(g, SHAPE(1, 6));
    const uint32_t ids[] = {x, rig_constant(g, &r, FILL_NORMAL, SHAPE(5, 6)),
                            rig_constant(g, &r, FILL_NORMAL, SHAPE(5))};
    const struct attrs plain = {0}, at = {.beta = beta};
    const uint32_t logits = rig_node(g, OP_FULLY_CONNECTED, &plain, ids, 3);
    rig_output(g, rig_node(g, OP_SOFTMAX, &at, &logits, 1));
    rig_name(g);
    float samples[RIG_BATCH * 6];
    uint16_t labels[RIG_BATCH];
    rig_fill(&r, FILL_NORMAL, samples, RIG_BATCH * 6);
    for (int i = 0; i < RIG_BATCH; i++)
        labels[i] = (uint16_t)rng_below(&r, 5);
    const struct dataset ds = {.n = RIG_BATCH,
                               .sample = SHAPE(1, 6),
                               .n_classes = 5,
                               .f32 = samples,
                               .label = labels,
                               .mean = 0.0f,
                               .std = 1.0f};
    const struct dataset_view all = dataset_all(a, &ds);
    const struct trainer_config config = {
        .batch = RIG_BATCH, .label_smoothing = smoothing, .loss = LOSS_CROSS_ENTROPY};
    struct pool *pool = pool_new(1);
    struct trainer *t = trainer_new(a, g, &config, pool, &d);
    CHECK(t);
    t->batch = (struct batch){.ds = &ds, .index = all.index, .n = RIG_BATCH};
    trainer_step(t);
    float *gradient = ARENA_ARRAY(a, float, (size_t)t->n_w);
    for (ptrdiff_t i = 0; i < t->n_w; i++)
        gradient[i] = t->grads[i] + t->grads[t->n_w + i];
    for (ptrdiff_t i = 0; i < t->n_w; i++) {
        const float old = t->w[i], h = 1.0f / 64;
        double loss[2];
        for (int k = 0; k < 2; k++) {
            t->w[i] = k ? old - h : old + h;
            trainer_step(t);
            loss[k] = (t->results[0].loss + t->results[1].loss) / RIG_BATCH;
        }
        t->w[i] = old;
        CHECK_NEAR((double)gradient[i], (loss[0] - loss[1]) / (2.0 * (double)h), 5e-4);
    }
    pool_free(pool);
}

TEST(cross_entropy_gradients_match_differences)
{
    struct arena *a = arena_new("test");
    check_cross_entropy(a, 1.0f, 0.0f);
    check_cross_entropy(a, 1.0f, 0.1f);
    check_cross_entropy(a, 2.0f, 0.3f);
    arena_free(a);
}

TEST_MAIN(T(conv2d_gradients_match_differences), T(conv2d_gradients_pass_through_fused_clamps),
          T(depthwise_conv2d_gradients_match_differences),
          T(fully_connected_gradients_match_differences), T(pool_gradients_match_differences),
          T(relu_reshape_and_pad_gradients_match_differences),
          T(add_gradients_match_differences_also_of_a_tensor_with_itself),
          T(concat_gradients_match_differences_on_every_axis),
          T(batch_norm_gradients_match_differences),
          T(batch_norm_with_fused_relu_gradients_match_differences),
          T(running_statistics_move_towards_the_batch), T(gradients_of_a_residual_block_add_up),
          T(cross_entropy_gradients_match_differences))
