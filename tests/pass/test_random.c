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

TEST_MAIN(T(each_pass_alone_keeps_the_meaning), T(simplify_keeps_the_meaning),
          T(fold_bn_leaves_no_batch_norm), T(a_second_simplify_finds_nothing),
          T(simplify_loses_no_origin))
