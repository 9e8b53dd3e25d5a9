/* test_random.c - every pass keeps the meaning of random graphs. SPDX-License-Identifier:
 * Apache-2.0
 */
#include "ir/text.h"
#include "ir/verify.h"
#include "pass/pass.h"
#include "pass/same_meaning.h"

#define N_GRAPHS 300
#define N_RUNS   2

typedef bool pass(struct graph *g, struct diag *d);

static void check_pass(pass *run, enum random_kind kind, uint64_t stream)
{
    for (uint64_t i = 0; i < N_GRAPHS; i++) {
        struct arena *a = arena_new("test");
        struct rng r = rng_split(test_seed(), stream * N_GRAPHS + i);
        struct graph *source = random_graph(a, &r, kind, 1 + rng_below(&r, 14));
        struct graph *g = graph_clone(a, source);
        struct diag d = {0};
        run(g, &d);
        graph_verify(g, &d);
        check_no_error(&d);
        check_same_meaning(a, source, g, N_RUNS, &r);
        arena_free(a);
    }
}

static void check_pass_on_all_kinds(pass *run, uint64_t stream)
{
    for (int kind = 0; kind < N_RANDOM_KINDS; kind++)
        check_pass(run, (enum random_kind)kind, stream + (uint64_t)kind);
}

TEST(each_pass_alone_keeps_the_meaning)
{
    static pass *const passes[N_PASSES] = {
#define PASS(name) name,
#include "pass/passes.def"
#undef PASS
    };
    for (uint64_t i = 0; i < N_PASSES; i++)
        check_pass_on_all_kinds(passes[i], 10 * i);
}

TEST(simplify_keeps_the_meaning)
{
    check_pass_on_all_kinds(simplify, 10 * N_PASSES);
}

/* The graph with its input as a constant, added to an input of each output's shape: all of it can
 * be computed beforehand. */
static void freeze(struct graph *g, struct rng *r)
{
    struct random_builder b = {.g = g, .r = r, .n_names = 1000};
    const uint32_t frozen = g->inputs.items[0];
    g->tensors.items[frozen].data = random_input(g->arena, g, 0, r);
    g->inputs.n = 0;
    for (uint32_t i = 0; i < g->outputs.n; i++) {
        struct tensor fresh = g->tensors.items[g->outputs.items[i]];
        fresh.name = random_name(&b, "fresh");
        const uint32_t in[2] = {g->outputs.items[i], graph_add_tensor(g, &fresh)};
        const struct attrs none = {0};
        *VEC_PUSH(g->arena, &g->inputs) = in[1];
        g->outputs.items[i] = random_append(&b, OP_ADD, &none, in, 2);
        if (fresh.dtype == DT_S8)
            random_set_scale(&b, g->outputs.items[i], fresh.quant.scale[0]);
    }
}

TEST(frozen_graphs_fold_to_their_last_additions)
{
    uint32_t n_folded = 0;
    for (uint64_t i = 0; i < N_GRAPHS; i++) {
        struct arena *a = arena_new("test");
        struct rng r = rng_split(test_seed(), 8000 + i);
        struct diag d = {0};
        struct graph *source =
            random_graph(a, &r, i % 2 ? RANDOM_S8 : RANDOM_F32, 1 + rng_below(&r, 14));
        freeze(source, &r);
        struct graph *g = graph_clone(a, source);
        CHECK(graph_verify(g, &d) && fold_constants(g, &d) && graph_verify(g, &d));
        check_same_meaning(a, source, g, N_RUNS, &r);
        n_folded += g->nodes.n == g->outputs.n;
        arena_free(a);
    }
    CHECK(n_folded > N_GRAPHS / 2); /* but for large or infinite ones */
}

/* What the first output was in the call before is added to it: it becomes the next value of a state,
 * and what reads that an output. */
static void remember(struct graph *g, struct rng *r)
{
    struct random_builder b = {.g = g, .r = r, .n_names = 1000};
    const uint32_t now = g->outputs.items[0];
    struct tensor past = g->tensors.items[now];
    past.name = random_name(&b, "past");
    const uint32_t in[2] = {now, graph_add_tensor(g, &past)};
    const struct attrs relu = {.act = ACT_RELU};
    g->outputs.items[0] = random_append(&b, OP_ADD, &relu, in, 2);
    random_set_scale(&b, g->outputs.items[0], past.quant.scale[0]);
    *VEC_PUSH(g->arena, &g->states) = (struct state){.in = in[1], .out = now, .init = NO_TENSOR};
}

TEST(simplify_keeps_the_bytes_of_graphs_with_states_call_after_call)
{
    for (uint64_t i = 0; i < N_GRAPHS; i++) {
        struct arena *a = arena_new("test");
        struct rng r = rng_split(test_seed(), 14000 + i);
        struct diag d = {0};
        struct graph *source = random_graph(a, &r, RANDOM_S8, 1 + rng_below(&r, 12));
        remember(source, &r);
        struct graph *g = graph_clone(a, source);
        CHECK(graph_verify(source, &d) && simplify(g, &d));
        CHECK_EQ(g->states.n, 1);
        check_same_meaning(a, source, g, 4, &r);
        arena_free(a);
    }
}

static uint32_t count_op(const struct graph *g, enum op op)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->nodes.n; i++)
        n += g->nodes.items[i].op == op;
    return n;
}

TEST(fold_bn_leaves_no_batch_norm)
{
    uint32_t n_before = 0;
    for (uint64_t i = 0; i < N_GRAPHS; i++) {
        struct arena *a = arena_new("test");
        struct rng r = rng_split(test_seed(), 5000 + i);
        struct graph *g = random_graph(a, &r, RANDOM_F32, 12);
        struct diag d = {0};
        n_before += count_op(g, OP_BATCH_NORM);
        CHECK(fold_bn(g, &d));
        CHECK_EQ(count_op(g, OP_BATCH_NORM), 0);
        arena_free(a);
    }
    CHECK(n_before > N_GRAPHS / 4); /* the test saw some */
}

static const char *text_of(struct arena *a, const struct graph *g)
{
    struct text t = {.arena = a};
    graph_print(g, &t);
    return text_cstr(&t);
}

TEST(a_second_simplify_finds_nothing)
{
    for (uint64_t i = 0; i < N_GRAPHS; i++) {
        struct arena *a = arena_new("test");
        struct rng r = rng_split(test_seed(), 6000 + i);
        struct graph *g = random_graph(a, &r, (enum random_kind)(i % N_RANDOM_KINDS), 14);
        struct diag d = {0};
        CHECK(simplify(g, &d));
        const char *once = text_of(a, g);
        CHECK(simplify(g, &d));
        CHECK_STR(text_of(a, g), once);
        arena_free(a);
    }
}

/* Transposes, what they can pass and what they cannot; outputs as of any random graph. */
static struct graph *random_turns(struct arena *a, struct rng *r)
{
    static const enum op ops[] = {OP_RELU,
                                  OP_ABS,
                                  OP_LOGISTIC,
                                  OP_ADD,
                                  OP_MUL,
                                  OP_PAD,
                                  OP_SUB,
                                  OP_MEAN,
                                  OP_CONCAT,
                                  OP_SLICE,
                                  OP_RELU6,
                                  OP_MAX_POOL2D,
                                  OP_REDUCE_MAX,
                                  OP_SOFTMAX,
                                  OP_RESIZE_NEAREST,
                                  OP_FULLY_CONNECTED,
                                  OP_RESHAPE};
    struct random_builder b = {.g = graph_new(a, "turns"), .r = r};
    struct tensor in = {.name = "x", .dtype = DT_S8};
    in.shape = (struct shape){.rank = random_int(r, 3, 4), .dim = {1}};
    for (int32_t i = 1; i < in.shape.rank; i++)
        in.shape.dim[i] = random_int(r, 1, 5);
    const uint32_t x = graph_add_tensor(b.g, &in);
    random_set_scale(&b, x, 0.03f);
    *VEC_PUSH(a, &b.g->inputs) = x;
    *VEC_PUSH(a, &b.pool) = x;
    while (b.g->nodes.n < 12) {
        const uint32_t last = b.pool.items[b.pool.n - 1 - rng_below(r, b.pool.n > 1 ? 2 : 1)];
        const enum op op = ops[rng_below(r, sizeof ops / sizeof ops[0])];
        if (rng_below(r, 2))
            random_view(&b, OP_TRANSPOSE, last);
        else if (op == OP_ADD)
            random_add(&b, last);
        else if (op == OP_MUL || op == OP_SUB)
            random_binary(&b, op, last);
        else if (op == OP_PAD)
            random_pad(&b, last);
        else if (op == OP_MEAN || op == OP_REDUCE_MAX)
            random_reduce(&b, op, last);
        else if (op == OP_CONCAT)
            random_concat(&b, last);
        else if (op == OP_SLICE)
            random_view(&b, op, last);
        else if (op == OP_MAX_POOL2D)
            random_pool(&b, op, last);
        else if (op == OP_RESIZE_NEAREST)
            random_resize(&b, op, last);
        else if (op == OP_FULLY_CONNECTED)
            random_weighted(&b, op, last);
        else if (op == OP_RESHAPE)
            random_reshape(&b, last);
        else
            random_elementwise(&b, op, last);
    }
    random_close(&b, RANDOM_S8);
    graph_drop_dead(b.g);
    return b.g;
}

TEST(transposes_cancel_and_no_byte_changes)
{
    uint32_t n_before = 0, n_after = 0;
    for (uint64_t i = 0; i < 2 * N_GRAPHS; i++) {
        struct arena *a = arena_new("test");
        struct rng r = rng_split(test_seed(), 9000 + i);
        struct diag d = {0};
        const struct graph *source = random_turns(a, &r);
        struct graph *g = graph_clone(a, source);
        CHECK(graph_verify(source, &d));
        i % 2 ? simplify(g, &d) : cancel_transposes(g, &d);
        graph_verify(g, &d);
        check_no_error(&d);
        check_same_meaning(a, source, g, N_RUNS, &r);
        n_before += count_op(source, OP_TRANSPOSE);
        n_after += count_op(g, OP_TRANSPOSE);
        const char *once = text_of(a, g);
        CHECK(i % 2 ? simplify(g, &d) : cancel_transposes(g, &d));
        CHECK_STR(text_of(a, g), once);
        arena_free(a);
    }
    CHECK(n_after < n_before / 3);
}

/* Is `part` one of the names that '+' joins in `origin`? */
static bool origin_has(const char *origin, const char *part)
{
    const size_t len = strlen(part);
    for (const char *p = origin; p; p = strchr(p, '+') ? strchr(p, '+') + 1 : NULL)
        if (strncmp(p, part, len) == 0 && (p[len] == '+' || p[len] == '\0'))
            return true;
    return false;
}

static bool some_node_has(const struct graph *g, const char *origin)
{
    for (uint32_t i = 0; i < g->nodes.n; i++)
        if (g->nodes.items[i].origin && origin_has(g->nodes.items[i].origin, origin))
            return true;
    return false;
}

TEST(simplify_loses_no_origin)
{
    for (uint64_t i = 0; i < N_GRAPHS; i++) {
        struct arena *a = arena_new("test");
        struct rng r = rng_split(test_seed(), 7000 + i);
        const struct graph *source =
            random_graph(a, &r, (enum random_kind)(i % N_RANDOM_KINDS), 14);
        struct graph *g = graph_clone(a, source);
        struct diag d = {0};
        CHECK(simplify(g, &d));
        for (uint32_t n = 0; n < source->nodes.n; n++)
            if (!some_node_has(g, source->nodes.items[n].origin))
                test_fail(__FILE__, __LINE__, "graph %d: no node has origin %s", (int)i,
                          source->nodes.items[n].origin);
        arena_free(a);
    }
}

/* Quantise by hand what goes in, run, dequantise by hand what comes out. */
static void run_with_int8_ends(struct arena *a, const struct graph *g, const float *in,
                               float **outputs)
{
    struct diag d = {0};
    const struct tensor *x = &g->tensors.items[g->inputs.items[0]];
    int8_t *q = arena_alloc(a, tensor_bytes(x));
    for (size_t i = 0; i < tensor_bytes(x); i++) {
        const float v = roundf(in[i] / x->quant.scale[0]) + (float)x->quant.zero[0];
        q[i] = (int8_t)fmaxf(-128.0f, fminf(127.0f, v));
    }
    struct interp *it = interp_new(a, g, &d);
    const void *inputs = q;
    interp_run(it, &inputs);
    for (uint32_t k = 0; k < g->outputs.n; k++) {
        const struct tensor *y = &g->tensors.items[g->outputs.items[k]];
        const int8_t *v = interp_tensor(it, g->outputs.items[k]);
        CHECK(y->dtype == DT_S8);
        outputs[k] = ARENA_ARRAY(a, float, tensor_bytes(y));
        for (size_t i = 0; i < tensor_bytes(y); i++)
            outputs[k][i] = y->quant.scale[0] * (float)(v[i] - y->quant.zero[0]);
    }
}

TEST(a_caller_who_converts_gets_the_same_floats)
{
    for (uint64_t i = 0; i < N_GRAPHS; i++) {
        struct arena *a = arena_new("test");
        struct rng r = rng_split(test_seed(), 12000 + i);
        struct diag d = {0};
        const struct graph *source = random_graph(a, &r, RANDOM_ENDS, 2 + rng_below(&r, 12));
        struct graph *g = graph_clone(a, source);
        int8_ends(g, &d);
        graph_verify(g, &d);
        check_no_error(&d);
        CHECK(count_op(g, OP_DEQUANTIZE) == 0 && g->nodes.n < source->nodes.n);
        struct interp *it = interp_new(a, source, &d);
        const void *in = random_input(a, source, 0, &r);
        interp_run(it, &in);
        float **outputs = ARENA_ARRAY(a, float *, g->outputs.n);
        run_with_int8_ends(a, g, in, outputs);
        for (uint32_t k = 0; k < g->outputs.n; k++) {
            const uint32_t t = source->outputs.items[k];
            CHECK_STR(g->tensors.items[g->outputs.items[k]].name, source->tensors.items[t].name);
            CHECK_BYTES(outputs[k], interp_tensor(it, t), tensor_bytes(&source->tensors.items[t]));
        }
        arena_free(a);
    }
}

TEST(an_end_that_is_float_inside_is_named)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    struct diag d = {0};
    CHECK(!int8_ends(random_graph(a, &r, RANDOM_F32, 3), &d));
    CHECK(strstr(d.message, "input 'input' is read as float"));
    arena_free(a);
}

TEST_MAIN(T(each_pass_alone_keeps_the_meaning), T(simplify_keeps_the_meaning),
          T(frozen_graphs_fold_to_their_last_additions),
          T(simplify_keeps_the_bytes_of_graphs_with_states_call_after_call),
          T(fold_bn_leaves_no_batch_norm), T(a_second_simplify_finds_nothing),
          T(transposes_cancel_and_no_byte_changes), T(transposes_cancel_and_no_byte_changes),
          T(a_caller_who_converts_gets_the_same_floats), T(an_end_that_is_float_inside_is_named),
          T(simplify_loses_no_origin))
