/* test_train.c - whole trainings: they learn, repeat to the byte, stop and go on.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/rng.h"
#include "base/str.h"
#include "check.h"
#include "ir/graph.h"
#include "train/train.h"
#include <math.h>
#include <stdio.h>

#define SIDE    8
#define CLASSES 3
#define SAMPLES 100

/* Noisy images: a horizontal bar, a vertical bar, or nothing. */
static struct dataset bars(struct arena *a)
{
    uint8_t *x = ARENA_ARRAY(a, uint8_t, SAMPLES * SIDE * SIDE);
    uint16_t *label = ARENA_ARRAY(a, uint16_t, SAMPLES);
    struct rng r = rng_seed(test_seed());
    for (uint32_t i = 0; i < SAMPLES; i++) {
        const uint32_t at = 2 + rng_below(&r, SIDE - 4);
        label[i] = (uint16_t)(i % CLASSES);
        for (uint32_t p = 0; p < SIDE * SIDE; p++) {
            const bool lit = label[i] == 0 ? p / SIDE == at : label[i] == 1 && p % SIDE == at;
            x[i * SIDE * SIDE + p] = (uint8_t)((lit ? 160 : 0) + rng_below(&r, 90));
        }
    }
    struct dataset ds = {.n = SAMPLES, .n_classes = CLASSES, .u8 = x, .label = label};
    ds.sample = (struct shape){.rank = 4, .dim = {1, SIDE, SIDE, 1}};
    dataset_measure(&ds, 0);
    return ds;
}

static uint32_t constant(struct graph *g, const char *name, int32_t rank, int32_t d0, int32_t d1,
                         int32_t d2, int32_t d3)
{
    struct tensor t = {
        .name = name, .dtype = DT_F32, .shape = {.rank = rank, .dim = {d0, d1, d2, d3}}};
    t.data = arena_alloc(g->arena, tensor_bytes(&t));
    return graph_add_tensor(g, &t);
}

static uint32_t node(struct graph *g, enum op op, const struct attrs *at, const uint32_t *in,
                     uint32_t n_in, const char *name)
{
    struct diag d = {0};
    const uint32_t out = graph_add_node(g, op, at, in, n_in, name, &d);
    diag_print(&d, stderr);
    CHECK(out != NO_TENSOR);
    return out;
}

static uint32_t norm_relu(struct graph *g, uint32_t x, int32_t channels, int i)
{
    const char *names[] = {"gamma", "beta", "mean", "variance", "norm", "relu"};
    const struct attrs at = {.eps = 1e-3f}, none = {0};
    uint32_t in[5] = {x};
    for (int k = 0; k < 4; k++)
        in[k + 1] = constant(g, arena_printf(g->arena, "%s%d", names[k], i), 1, channels, 0, 0, 0);
    const uint32_t y = node(g, OP_BATCH_NORM, &at, in, 5, arena_printf(g->arena, "norm%d", i));
    return node(g, OP_RELU, &none, &y, 1, arena_printf(g->arena, "relu%d", i));
}

/* conv, pool, depthwise, global average, classifier. */
static struct graph *network(struct arena *a, int32_t channels)
{
    struct graph *g = graph_new(a, "bars");
    const struct tensor x = {
        .name = "x", .dtype = DT_F32, .shape = {.rank = 4, .dim = {1, SIDE, SIDE, 1}}};
    const uint32_t input = graph_add_tensor(g, &x);
    *VEC_PUSH(a, &g->inputs) = input;
    const struct attrs same = {.stride_h = 1,
                               .stride_w = 1,
                               .dilation_h = 1,
                               .dilation_w = 1,
                               .pad_top = 1,
                               .pad_bottom = 1,
                               .pad_left = 1,
                               .pad_right = 1};
    const struct attrs half = {.kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2};
    const struct attrs whole = {.kernel_h = 4, .kernel_w = 4, .stride_h = 1, .stride_w = 1};
    const struct attrs none = {0}, softmax = {.beta = 1.0f};
    const uint32_t conv[] = {input, constant(g, "w1", 4, channels, 3, 3, 1)};
    uint32_t y = norm_relu(g, node(g, OP_CONV2D, &same, conv, 2, "conv"), channels, 1);
    y = node(g, OP_MAX_POOL2D, &half, &y, 1, "pool");
    const uint32_t dw[] = {y, constant(g, "w2", 4, 1, 3, 3, channels)};
    y = norm_relu(g, node(g, OP_DEPTHWISE_CONV2D, &same, dw, 2, "dw"), channels, 2);
    y = node(g, OP_AVERAGE_POOL2D, &whole, &y, 1, "average");
    const uint32_t fc[] = {y, constant(g, "w3", 2, CLASSES, channels, 0, 0),
                           constant(g, "b3", 1, CLASSES, 0, 0, 0)};
    y = node(g, OP_FULLY_CONNECTED, &none, fc, 3, "fc");
    *VEC_PUSH(a, &g->outputs) = node(g, OP_SOFTMAX, &softmax, &y, 1, "p");
    return g;
}

static struct train_options options(enum optimizer optimizer)
{
    return (struct train_options){
        .epochs = 6,
        .batch = 20,
        .optimizer = optimizer,
        .lr = optimizer == OPTIMIZER_SGD ? 0.1f : 0.02f,
        .momentum = 0.9f,
        .beta1 = 0.9f,
        .beta2 = 0.999f,
        .eps = 1e-8f,
        .weight_decay = 1e-3f,
        .schedule = SCHEDULE_COSINE,
        .warmup_epochs = 1.0f,
        .label_smoothing = 0.05f,
        .bn_momentum = 0.1f,
        .augment = {.flip = FLIP_HORIZONTAL, .shift = 1},
        .seed = test_seed(),
    };
}

/* All constants of the graph after each other. */
static struct bytes constants(struct arena *a, const struct graph *g)
{
    struct text all = {.arena = a};
    for (uint32_t i = 0; i < g->tensors.n; i++)
        if (g->tensors.items[i].data)
            text_add_bytes(&all, g->tensors.items[i].data, tensor_bytes(&g->tensors.items[i]));
    return (struct bytes){(const uint8_t *)all.data, all.len};
}

struct session {
    struct arena *a;
    struct dataset ds;
    struct train_options opt;
    struct train_control control;
    struct train_result result;
    struct diag d;
    uint32_t n_threads;
    const char *dir;
};

static void session_start(struct session *s)
{
    *s = (struct session){.a = arena_new("test"), .n_threads = 1};
    s->ds = bars(s->a);
    s->opt = options(OPTIMIZER_SGD);
    CHECK(file_temp_dir(s->a, &s->dir, &s->d));
}

static void session_end(struct session *s)
{
    file_remove_dir(s->dir);
    arena_free(s->a);
}

/* Train a fresh network; its constants afterwards, or none on failure. */
static struct bytes train(struct session *s)
{
    struct graph *g = network(s->a, 12);
    const struct dataset_view training = dataset_split(s->a, &s->ds, 7, 0, 70);
    const struct dataset_view validation = dataset_split(s->a, &s->ds, 7, 70, 30);
    struct pool *pool = pool_new(s->n_threads);
    train_init(g, s->opt.seed);
    s->d = (struct diag){0};
    const bool ok =
        train_run(s->a, g, &training, &validation, &s->opt, &s->control, pool, &s->result, &s->d);
    pool_free(pool);
    CHECK_EQ(ok, !s->d.failed);
    return ok ? constants(s->a, g) : (struct bytes){0};
}

static void check_same(struct bytes got, struct bytes want)
{
    CHECK(want.len > 0);
    CHECK_EQ((long long)got.len, (long long)want.len);
    CHECK_BYTES(got.data, want.data, want.len);
}

TEST(training_learns_what_it_is_shown)
{
    for (enum optimizer o = OPTIMIZER_SGD; o <= OPTIMIZER_ADAMW; o++) {
        struct session s;
        session_start(&s);
        s.opt = options(o);
        s.opt.epochs = 30;
        train(&s);
        CHECK(!s.d.failed);
        CHECK_EQ(s.result.epochs_done, 30);
        CHECK(s.result.loss < 0.5);
        CHECK(s.result.train_accuracy > 0.95);
        CHECK(s.result.val_accuracy > 0.95);
        session_end(&s);
    }
}

TEST(one_two_and_three_threads_give_the_same_bytes)
{
    struct session s;
    session_start(&s);
    const struct bytes one = train(&s), again = train(&s);
    check_same(again, one);
    for (s.n_threads = 2; s.n_threads <= 3; s.n_threads++)
        check_same(train(&s), one);
    s.n_threads = 1;
    s.opt.seed++;
    const struct bytes other = train(&s);
    CHECK(memcmp(other.data, one.data, one.len) != 0);
    session_end(&s);
}

/* Stop after `steps` steps, of 3 an epoch and 18 altogether, and go on with two threads. */
static void check_resume(enum optimizer optimizer, uint64_t steps)
{
    struct session s;
    session_start(&s);
    s.opt = options(optimizer);
    const struct bytes whole = train(&s);
    const struct train_result result = s.result;
    const char *path = path_join(s.a, s.dir, "run.ckpt");
    s.control = (struct train_control){.checkpoint_path = path, .steps_max = steps};
    const struct bytes part = train(&s);
    CHECK(s.result.interrupted);
    CHECK_EQ(s.result.epochs_done, (long long)steps / 3);
    CHECK(memcmp(part.data, whole.data, whole.len) != 0);
    s.control = (struct train_control){.resume_path = path};
    s.n_threads = 2;
    check_same(train(&s), whole);
    CHECK(!s.result.interrupted);
    CHECK_NEAR(s.result.loss, result.loss, 0.0);
    CHECK_NEAR(s.result.train_accuracy, result.train_accuracy, 0.0);
    session_end(&s);
}

TEST(a_resumed_training_equals_an_uninterrupted_one)
{
    for (uint64_t steps = 1; steps < 18; steps++)
        check_resume(steps % 2 ? OPTIMIZER_SGD : OPTIMIZER_ADAMW, steps);
}

/* What the caller of a training saw. */
struct witness {
    volatile int stop;
    uint32_t epochs, stop_at;
    double val_accuracy;
};

static void witness_progress(void *ctx, const struct train_progress *p)
{
    struct witness *w = ctx;
    CHECK_EQ(p->epochs, 6);
    CHECK_EQ(p->steps, 3);
    CHECK(p->step <= p->steps && p->epoch >= 1 && p->epoch <= p->epochs);
    if (!p->epoch_end)
        return;
    CHECK_EQ(p->epoch, ++w->epochs);
    CHECK(isfinite(p->loss) && p->accuracy >= 0.0 && p->accuracy <= 1.0);
    w->val_accuracy = p->val_accuracy;
    w->stop = w->epochs == w->stop_at;
}

TEST(progress_tells_of_every_epoch_and_the_stop_flag_is_seen)
{
    struct session s;
    session_start(&s);
    struct witness w = {0};
    s.control = (struct train_control){.stop = &w.stop, .progress = witness_progress, .ctx = &w};
    const struct bytes whole = train(&s);
    CHECK_EQ(w.epochs, 6);
    CHECK_NEAR(w.val_accuracy, s.result.val_accuracy, 0.0);
    const char *path = path_join(s.a, s.dir, "run.ckpt");
    w = (struct witness){.stop_at = 2};
    s.control.checkpoint_path = path;
    train(&s);
    CHECK(s.result.interrupted);
    CHECK_EQ(s.result.epochs_done, 2);
    s.control = (struct train_control){.resume_path = path};
    check_same(train(&s), whole);
    session_end(&s);
}

/* The checkpoint of the end says that nothing is left to do. */
TEST(resuming_a_finished_training_gives_its_weights)
{
    struct session s;
    session_start(&s);
    const char *path = path_join(s.a, s.dir, "run.ckpt");
    s.control = (struct train_control){.checkpoint_path = path};
    const struct bytes whole = train(&s);
    const double accuracy = s.result.val_accuracy;
    s.control = (struct train_control){.resume_path = path};
    check_same(train(&s), whole);
    CHECK_NEAR(s.result.val_accuracy, accuracy, 0.0);
    session_end(&s);
}

static const char *write_copy(struct session *s, struct bytes file, size_t len)
{
    const char *path = path_join(s->a, s->dir, "damaged.ckpt");
    CHECK(file_write(path, file.data, len, &s->d));
    return path;
}

static void check_refused(struct session *s, const char *path, const char *message)
{
    s->control = (struct train_control){.resume_path = path};
    train(s);
    CHECK(s->d.failed);
    CHECK_HAS(s->d.message, message);
    CHECK_STR(s->d.place, path);
}

/* Every cut, and a flipped bit in a sample of places; the first bytes name the kind of file. */
TEST(a_damaged_checkpoint_is_refused_with_a_reason)
{
    struct session s;
    session_start(&s);
    const char *path = path_join(s.a, s.dir, "run.ckpt");
    struct bytes map;
    s.control = (struct train_control){.checkpoint_path = path, .steps_max = 4};
    train(&s);
    CHECK(file_map(path, &map, &s.d));
    uint8_t *copy = arena_copy(s.a, map.data, map.len);
    const struct bytes file = {copy, map.len};
    check_refused(&s, write_copy(&s, file, 0), "not a checkpoint");
    check_refused(&s, write_copy(&s, file, 7), "not a checkpoint");
    check_refused(&s, write_copy(&s, file, 8), "truncated: 8 bytes");
    check_refused(&s, write_copy(&s, file, 83), "truncated: 83 bytes");
    check_refused(&s, write_copy(&s, file, 84), "truncated or damaged");
    check_refused(&s, write_copy(&s, file, file.len - 1), "truncated or damaged");
    for (size_t at = 0; at < file.len; at += at < 84 ? 1 : 97) {
        copy[at] ^= 0x10;
        const char *want = at < 8    ? "not a checkpoint"
                           : at < 12 ? "checkpoint version"
                           : at < 32 ? "belongs to another network"
                                     : "damaged: checksum";
        check_refused(&s, write_copy(&s, file, file.len), want);
        copy[at] ^= 0x10;
    }
    check_refused(&s, path_join(s.a, s.dir, "missing.ckpt"), "");
    session_end(&s);
}

TEST(a_checkpoint_of_other_options_or_data_is_refused)
{
    struct session s;
    session_start(&s);
    const char *path = path_join(s.a, s.dir, "run.ckpt");
    s.control = (struct train_control){.checkpoint_path = path, .steps_max = 4};
    train(&s);
    s.opt.lr *= 2.0f;
    check_refused(&s, path, "belongs to another network, other options or data");
    CHECK_HAS(s.d.hint, "resume with the recipe");
    s.opt.lr /= 2.0f;
    s.ds.mean += 0.5f;
    check_refused(&s, path, "belongs to another network, other options or data");
    session_end(&s);
}

TEST(a_checkpoint_that_cannot_be_written_ends_the_training)
{
    struct session s;
    session_start(&s);
    s.control.checkpoint_path = path_join(s.a, s.dir, "no/such/folder/run.ckpt");
    train(&s);
    CHECK(s.d.failed);
    session_end(&s);
}

TEST(a_loss_that_is_not_finite_is_reported_with_a_hint)
{
    struct session s;
    session_start(&s);
    s.opt.lr = 1e6f;
    s.opt.epochs = 60;
    s.opt.momentum = 1.0f;
    s.opt.warmup_epochs = 0.0f;
    s.opt.weight_decay = 10.0f;
    train(&s);
    CHECK(s.d.failed);
    CHECK_HAS(s.d.message, "the loss is not finite in epoch");
    CHECK_HAS(s.d.hint, "lower the learning rate");
    session_end(&s);
}

static void check_options_refused(struct session *s, const char *message)
{
    train(s);
    CHECK(s->d.failed);
    CHECK_HAS(s->d.message, message);
}

TEST(options_out_of_range_are_refused)
{
    struct session s;
    session_start(&s);
    const struct train_options good = s.opt;
    s.opt.batch = 71;
    check_options_refused(&s, "batch is 71, expected 1..70");
    s.opt.batch = 0;
    check_options_refused(&s, "batch is 0, expected 1..70");
    s.opt = good;
    s.opt.epochs = 0;
    check_options_refused(&s, "epochs is 0");
    s.opt = good;
    s.opt.lr = NAN;
    check_options_refused(&s, "lr is nan");
    s.opt = good;
    s.opt.label_smoothing = 1.5f;
    check_options_refused(&s, "label_smoothing is 1.5, expected 0..1");
    session_end(&s);
}

TEST(a_network_that_does_not_fit_the_data_is_refused)
{
    struct session s;
    session_start(&s);
    s.ds.n_classes = 4;
    check_options_refused(&s, "the network has 3 outputs, the data 4 classes");
    s.ds.n_classes = CLASSES;
    s.ds.sample.dim[1] = 4;
    check_options_refused(&s, "the network takes 64 values a sample, the data has 32");
    session_end(&s);
}

TEST(a_network_without_softmax_at_its_end_is_refused)
{
    struct session s;
    session_start(&s);
    struct graph *g = network(s.a, 4);
    struct pool *pool = pool_new(1);
    const struct dataset_view all = dataset_all(s.a, &s.ds);
    double accuracy;
    train_init(g, 1);
    CHECK(train_evaluate(g, &all, pool, &accuracy, &s.d));
    g->outputs.items[0] = g->nodes.items[g->nodes.n - 1].in[0];
    graph_drop_dead(g);
    CHECK(!train_evaluate(g, &all, pool, &accuracy, &s.d));
    CHECK_HAS(s.d.message, "the last node is fully_connected, expected softmax");
    pool_free(pool);
    session_end(&s);
}

/* The constants whose name starts with `prefix`. */
static struct bytes named(struct arena *a, const struct graph *g, char prefix)
{
    struct text all = {.arena = a};
    for (uint32_t i = 0; i < g->tensors.n; i++)
        if (g->tensors.items[i].data && g->tensors.items[i].name[0] == prefix)
            text_add_bytes(&all, g->tensors.items[i].data, tensor_bytes(&g->tensors.items[i]));
    return (struct bytes){(const uint8_t *)all.data, all.len};
}

static struct graph *train_graph(struct session *s)
{
    struct graph *g = network(s->a, 12);
    struct pool *pool = pool_new(1);
    const struct dataset_view all = dataset_all(s->a, &s->ds), none = {.ds = &s->ds};
    train_init(g, 3);
    CHECK(train_run(s->a, g, &all, &none, &s->opt, &s->control, pool, &s->result, &s->d));
    CHECK(isnan(s->result.val_accuracy));
    pool_free(pool);
    return g;
}

TEST(weight_decay_acts_on_weights_only)
{
    struct session s;
    session_start(&s);
    s.control.steps_max = 1;
    for (enum optimizer o = OPTIMIZER_SGD; o <= OPTIMIZER_ADAMW; o++) {
        s.opt = options(o);
        s.opt.weight_decay = 0.0f;
        const struct graph *plain = train_graph(&s);
        s.opt.weight_decay = 0.5f;
        const struct graph *decayed = train_graph(&s);
        check_same(named(s.a, decayed, 'g'), named(s.a, plain, 'g'));
        check_same(named(s.a, decayed, 'b'), named(s.a, plain, 'b'));
        const struct bytes w = named(s.a, plain, 'w');
        CHECK(memcmp(named(s.a, decayed, 'w').data, w.data, w.len) != 0);
    }
    session_end(&s);
}

/* With a rate of 0 and statistics that forget everything, the means tell what the last batch was:
 * it is another one in the second epoch. */
TEST(every_epoch_has_an_order_of_its_own)
{
    struct session s;
    session_start(&s);
    s.opt.lr = 0.0f;
    s.opt.bn_momentum = 1.0f;
    s.opt.augment = (struct augment){0};
    s.opt.epochs = 1;
    const struct bytes one = named(s.a, train_graph(&s), 'm');
    s.opt.epochs = 2;
    const struct bytes two = named(s.a, train_graph(&s), 'm');
    CHECK(memcmp(one.data, two.data, one.len) != 0);
    session_end(&s);
}

/* The evaluation of a trained graph is that of the last epoch's end. */
TEST(evaluation_agrees_with_the_validation_during_training)
{
    struct session s;
    session_start(&s);
    struct graph *g = network(s.a, 12);
    struct pool *pool = pool_new(2);
    const struct dataset_view training = dataset_split(s.a, &s.ds, 7, 0, 70);
    const struct dataset_view validation = dataset_split(s.a, &s.ds, 7, 70, 30);
    double accuracy = -1.0;
    train_init(g, 3);
    CHECK(train_run(s.a, g, &training, &validation, &s.opt, &s.control, pool, &s.result, &s.d));
    CHECK(train_evaluate(g, &validation, pool, &accuracy, &s.d));
    CHECK_NEAR(accuracy, s.result.val_accuracy, 0.0);
    pool_free(pool);
    session_end(&s);
}

/* Variance 2 / fan-in for layers before a relu, 1 / fan-in for the classifier, 0 for biases. */
TEST(first_weights_have_the_spread_of_he_and_follow_the_seed)
{
    struct arena *a = arena_new("test");
    struct graph *g = network(a, 2000), *same = network(a, 2000), *other = network(a, 2000);
    train_init(g, 5);
    train_init(same, 5);
    train_init(other, 6);
    check_same(constants(a, same), constants(a, g));
    CHECK(memcmp(constants(a, other).data, constants(a, g).data, constants(a, g).len) != 0);
    for (uint32_t i = 0; i < g->tensors.n; i++) {
        const struct tensor *t = &g->tensors.items[i];
        const double want = strcmp(t->name, "w3") == 0 ? 1.0 / 2000
                            : t->name[0] == 'w'        ? 2.0 / 9
                                                       : 0.0;
        double squares = 0.0;
        for (int64_t k = 0; t->data && k < shape_count(&t->shape); k++)
            squares += pow((double)((const float *)t->data)[k], 2.0);
        if (t->data && (t->name[0] == 'w' || t->name[0] == 'b'))
            CHECK_NEAR(squares / (double)shape_count(&t->shape), want, 0.1 * want);
    }
    arena_free(a);
}

TEST_MAIN(T(training_learns_what_it_is_shown), T(one_two_and_three_threads_give_the_same_bytes),
          T(a_resumed_training_equals_an_uninterrupted_one),
          T(progress_tells_of_every_epoch_and_the_stop_flag_is_seen),
          T(resuming_a_finished_training_gives_its_weights),
          T(a_damaged_checkpoint_is_refused_with_a_reason),
          T(a_checkpoint_of_other_options_or_data_is_refused),
          T(a_checkpoint_that_cannot_be_written_ends_the_training),
          T(a_loss_that_is_not_finite_is_reported_with_a_hint), T(options_out_of_range_are_refused),
          T(a_network_that_does_not_fit_the_data_is_refused),
          T(a_network_without_softmax_at_its_end_is_refused), T(weight_decay_acts_on_weights_only),
          T(every_epoch_has_an_order_of_its_own),
          T(evaluation_agrees_with_the_validation_during_training),
          T(first_weights_have_the_spread_of_he_and_follow_the_seed))
