/* test_eliminate.c - channels that go leave every output byte as it was.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/str.h"
#include "ir/text.h"
#include "ir/verify.h"
#include "pass/pass.h"
#include "pass/ranges.h"
#include "pass/rewrite.h"
#include "pass/same_channels.h"

#define N_GRAPHS 400
#define N_RUNS   3

static int64_t graph_macs(const struct graph *g)
{
    int64_t macs = 0;
    for (uint32_t i = 0; i < g->nodes.n; i++)
        macs += node_macs(g, &g->nodes.items[i]);
    return macs;
}

static size_t graph_const_bytes(const struct graph *g)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < g->nodes.n; i++)
        bytes += node_const_bytes(g, &g->nodes.items[i]);
    return bytes;
}

/* One random input: what is left in the middle is what it was. */
static void check_channels(struct arena *a, const struct graph *source, const struct graph *g,
                           struct rng *r)
{
    struct diag d = {0};
    struct interp *x = interp_new(a, source, &d), *y = interp_new(a, g, &d);
    check_no_error(&d);
    const void *in = random_input(a, source, 0, r);
    interp_run(x, &in);
    interp_run(y, &in);
    check_same_channels(source, x, g, y);
}

static uint32_t count_channels(const struct graph *g)
{
    uint32_t n = 0;
    for (uint32_t t = 0; t < g->tensors.n; t++)
        n += g->tensors.items[t].data ? 0 : last_dim(&g->tensors.items[t]);
    return n;
}

static int64_t weight_sum(const struct tensor *w, int32_t axis, int32_t channel)
{
    const int8_t *v = w->data;
    int64_t sum = 0;
    for (size_t i = 0; i < tensor_bytes(w); i++)
        if (channel_of(w, axis, i) == (size_t)channel)
            sum += abs(v[i]);
    return sum;
}

/* Whole filters of zeros, whole inputs that no filter reads, and biases that no input outweighs,
 * to both sides. */
static void thin_out(struct graph *g, struct rng *r)
{
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        struct node *n = &g->nodes.items[i];
        if (!has_weights(n->op))
            continue;
        struct tensor w = g->tensors.items[n->in[1]];
        const int32_t axis = channel_axis(n->op), n_out = w.shape.dim[axis];
        const size_t n_last = last_dim(&w);
        int8_t *v = arena_copy(g->arena, w.data, tensor_bytes(&w));
        w.data = v;
        const uint32_t share = rng_below(r, 4), unread = rng_below(r, (uint32_t)n_last);
        bool *zero = ARENA_ARRAY(g->arena, bool, (size_t)n_out);
        for (int32_t c = 0; c < n_out; c++)
            zero[c] = rng_below(r, 4) < share;
        for (size_t k = 0; k < tensor_bytes(&w); k++)
            if (zero[channel_of(&w, axis, k)] || k % n_last == unread || rng_below(r, 4) < share)
                v[k] = 0;
        g->tensors.items[n->in[1]] = w;
        if (n->n_in < 3 || n->in[2] == NO_TENSOR)
            continue;
        struct tensor *b = &g->tensors.items[n->in[2]];
        int32_t *bias = arena_copy(g->arena, b->data, tensor_bytes(b));
        for (int32_t c = 0; c < n_out; c++) {
            const int64_t enough = 256 * weight_sum(&w, axis, c) + 30000;
            const uint32_t kind = rng_below(r, 4);
            if (kind < 2 && enough < 1 << 24)
                bias[c] = kind ? (int32_t)enough : -(int32_t)enough;
        }
        b->data = bias;
    }
}

static struct graph *eliminated(struct arena *a, const struct graph *source)
{
    struct diag d = {0};
    struct graph *g = graph_clone(a, source);
    eliminate_channels(g, &d);
    graph_verify(g, &d);
    check_no_error(&d);
    return g;
}

/* Outputs keep their channels: put a layer behind each, that need not read all of them. */
static void close_with_weights(struct graph *g, struct rng *r)
{
    struct random_builder b = {.g = g, .r = r, .n_names = 1000};
    for (uint32_t i = 0; i < g->outputs.n; i++) {
        random_weighted(&b, rng_below(r, 2) ? OP_CONV2D : OP_FULLY_CONNECTED, g->outputs.items[i]);
        if (b.pool.n > 0)
            g->outputs.items[i] = b.pool.items[b.pool.n - 1];
        b.pool.n = 0;
    }
}

TEST(elimination_keeps_the_bytes_of_random_graphs)
{
    uint32_t n_smaller = 0;
    for (uint64_t i = 0; i < N_GRAPHS; i++) {
        struct arena *a = arena_new("test");
        struct rng r = rng_split(test_seed(), i);
        struct diag d = {0};
        struct graph *source = random_graph(a, &r, RANDOM_S8, 14);
        close_with_weights(source, &r);
        thin_out(source, &r);
        graph_verify(source, &d);
        check_no_error(&d);
        const struct graph *g = eliminated(a, source);
        n_smaller += count_channels(g) < count_channels(source);
        check_same_meaning(a, source, g, N_RUNS, &r);
        check_channels(a, source, g, &r);
        arena_free(a);
    }
    CHECK(n_smaller > N_GRAPHS / 2);
}

/* The layers of small vision networks. */
static uint32_t add_filters(struct random_builder *b, enum op op, uint32_t x, int32_t n_out,
                            int32_t kernel, int32_t stride)
{
    const struct shape s = b->g->tensors.items[x].shape;
    struct shape w = {.rank = 4, .dim = {n_out, kernel, kernel, s.dim[3]}};
    struct attrs at = {.stride_h = stride, .stride_w = stride, .dilation_h = 1, .dilation_w = 1};
    same_pad(s.dim[1], kernel, stride, 1, &at.pad_top, &at.pad_bottom);
    same_pad(s.dim[2], kernel, stride, 1, &at.pad_left, &at.pad_right);
    at.act = rng_below(b->r, 4) ? ACT_RELU6 : ACT_NONE;
    if (op == OP_DEPTHWISE_CONV2D)
        w.dim[0] = 1;
    const int32_t axis = channel_axis(op);
    uint32_t in[3] = {x, random_s8_weights(b, w, axis), NO_TENSOR};
    const float fan_in = (float)(shape_count(&w) / w.dim[axis]);
    const uint32_t n_in = rng_below(b->r, 4) ? 3 : 2;
    if (n_in == 3)
        in[2] = random_s8_bias(b, x, in[1], w.dim[axis], 2000.0f * sqrtf(fan_in));
    const uint32_t y = random_append(b, op, &at, in, n_in);
    b->g->tensors.items[y].quant =
        random_quant(b, 1, 0.05f, rng_below(b->r, 2) ? -128 : random_int(b->r, -128, 0));
    return y;
}

static uint32_t add_block(struct random_builder *b, uint32_t x)
{
    const int32_t n = b->g->tensors.items[x].shape.dim[3];
    uint32_t y = add_filters(b, OP_CONV2D, x, 3 * n, 1, 1);
    y = add_filters(b, OP_DEPTHWISE_CONV2D, y, 3 * n, 3, 1);
    y = add_filters(b, OP_CONV2D, y, n, rng_below(b->r, 4) ? 1 : 3, 1);
    const struct attrs none = {0};
    const uint32_t both[2] = {x, y};
    y = random_append(b, OP_ADD, &none, both, 2);
    random_set_scale(b, y, 0.08f);
    return y;
}

static struct graph *random_mobile_net(struct arena *a, struct rng *r)
{
    struct random_builder b = {.g = graph_new(a, "mobile"), .r = r};
    struct tensor in = {.name = "image", .dtype = DT_S8};
    in.shape = (struct shape){.rank = 4, .dim = {1, 9, 8, 3}};
    uint32_t x = graph_add_tensor(b.g, &in);
    random_set_scale(&b, x, 0.02f);
    *VEC_PUSH(a, &b.g->inputs) = x;
    x = add_filters(&b, OP_CONV2D, x, 8, 3, 2);
    for (uint32_t i = 0; i < 3; i++)
        x = add_block(&b, x);
    struct attrs pool = {.kernel_h = 5, .kernel_w = 4, .stride_h = 1, .stride_w = 1};
    x = random_append(&b, OP_AVERAGE_POOL2D, &pool, &x, 1);
    const struct attrs flat = {.new_rank = 2, .new_shape = {1, 8}};
    x = random_append(&b, OP_RESHAPE, &flat, &x, 1);
    const struct attrs none = {0};
    const uint32_t dense[2] = {x,
                               random_s8_weights(&b, (struct shape){.rank = 2, .dim = {4, 8}}, 0)};
    x = random_append(&b, OP_FULLY_CONNECTED, &none, dense, 2);
    random_set_scale(&b, x, 0.1f);
    *VEC_PUSH(a, &b.g->outputs) = x;
    return b.g;
}

TEST(elimination_keeps_the_bytes_of_thinned_residual_networks)
{
    uint32_t n_cheaper = 0;
    for (uint64_t i = 0; i < N_GRAPHS; i++) {
        struct arena *a = arena_new("test");
        struct rng r = rng_split(test_seed(), 10000 + i);
        struct diag d = {0};
        struct graph *source = random_mobile_net(a, &r);
        thin_out(source, &r);
        graph_verify(source, &d);
        check_no_error(&d);
        const struct graph *g = eliminated(a, source);
        n_cheaper += graph_macs(g) < graph_macs(source);
        check_same_meaning(a, source, g, N_RUNS, &r);
        check_channels(a, source, g, &r);
        arena_free(a);
    }
    CHECK(n_cheaper > N_GRAPHS * 3 / 4);
}

TEST(elimination_takes_nothing_from_a_dense_network)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    struct random_builder b = {.g = graph_new(a, "dense"), .r = &r};
    struct tensor in = {.name = "x", .dtype = DT_S8};
    in.shape = (struct shape){.rank = 4, .dim = {1, 6, 6, 3}};
    uint32_t x = graph_add_tensor(b.g, &in);
    random_set_scale(&b, x, 0.02f);
    *VEC_PUSH(a, &b.g->inputs) = x;
    x = add_filters(&b, OP_CONV2D, x, 16, 3, 1);
    x = add_filters(&b, OP_CONV2D, x, 16, 3, 1);
    *VEC_PUSH(a, &b.g->outputs) = x;
    const struct graph *g = eliminated(a, b.g);
    CHECK_EQ(graph_macs(g), graph_macs(b.g));
    for (uint32_t t = 0; t < g->tensors.n; t++)
        CHECK(g->tensors.items[t].data == b.g->tensors.items[t].data); /* not even copied */
    arena_free(a);
}

TEST(a_second_elimination_finds_nothing)
{
    for (uint64_t i = 0; i < N_GRAPHS; i++) {
        struct arena *a = arena_new("test");
        struct rng r = rng_split(test_seed(), 20000 + i);
        struct graph *source =
            i % 2 ? random_mobile_net(a, &r) : random_graph(a, &r, RANDOM_S8, 14);
        if (i % 2 == 0)
            close_with_weights(source, &r);
        thin_out(source, &r);
        const struct graph *once = eliminated(a, source);
        const struct graph *twice = eliminated(a, once);
        CHECK_EQ(graph_macs(twice), graph_macs(once));
        CHECK_EQ(graph_const_bytes(twice), graph_const_bytes(once));
        CHECK_EQ(count_channels(twice), count_channels(once));
        arena_free(a);
    }
}

static const char *text_of(struct arena *a, const struct graph *g)
{
    struct text t = {.arena = a};
    graph_print(g, &t);
    return text_cstr(&t);
}

TEST(all_passes_together_reach_an_end_on_thinned_graphs)
{
    for (uint64_t i = 0; i < N_GRAPHS; i++) {
        struct arena *a = arena_new("test");
        struct rng r = rng_split(test_seed(), 30000 + i);
        struct diag d = {0};
        struct graph *source =
            i % 2 ? random_mobile_net(a, &r) : random_graph(a, &r, RANDOM_S8, 14);
        if (i % 2 == 0)
            close_with_weights(source, &r);
        thin_out(source, &r);
        struct graph *g = graph_clone(a, source);
        CHECK(simplify(g, &d));
        check_same_meaning(a, source, g, N_RUNS, &r);
        const char *once = text_of(a, g);
        CHECK(simplify(g, &d));
        CHECK_STR(text_of(a, g), once);
        arena_free(a);
    }
}

TEST_MAIN(T(elimination_keeps_the_bytes_of_random_graphs),
          T(elimination_keeps_the_bytes_of_thinned_residual_networks),
          T(elimination_takes_nothing_from_a_dense_network), T(a_second_elimination_finds_nothing),
          T(all_passes_together_reach_an_end_on_thinned_graphs))
