/* test_run.c - emitted models, compiled strictly and run here, give the interpreter's bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

/* Pairs of buffers of the plan that are alive together and share bytes. */
static uint32_t count_overlaps(const struct memory_plan *m)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->n_buffers; i++)
        for (uint32_t j = 0; j < i; j++) {
            const struct plan_buffer *x = &m->buffers[i], *y = &m->buffers[j];
            const size_t at = m->plan.offset[i], other = m->plan.offset[j];
            n += x->first <= y->last && y->first <= x->last && at < other + y->bytes &&
                 other < at + x->bytes;
        }
    return n;
}

static void check_random(enum random_kind kind, const struct choice *choice, uint32_t n_graphs)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_split(test_seed(), (uint64_t)kind * 2 + choice->reference);
    struct graph **graphs = ARENA_ARRAY(a, struct graph *, n_graphs);
    uint32_t n_overlaps = 0, n_backward = 0;
    for (uint32_t i = 0; i < n_graphs; i++) {
        graphs[i] = random_graph(a, &r, kind, 2 + i);
        const struct model m = make_model(a, graphs[i], "g", choice);
        n_overlaps += count_overlaps(m.memory);
        for (uint32_t s = 0; s < m.program->n_steps; s++)
            n_backward += m.memory->is_backward[s];
    }
    printf("  steps that overwrite their input: %u; backward: %u\n", n_overlaps, n_backward);
    CHECK(n_overlaps > 0);
    CHECK(n_backward > 0 || n_graphs < 24);
    check_runs(a, graphs, n_graphs, &r, choice);
    arena_free(a);
}

TEST(int8_graphs_with_fast_kernels_give_the_interpreters_bytes)
{
    check_random(RANDOM_S8, &choice_portable, 24);
}

TEST(int8_graphs_with_reference_kernels_give_the_interpreters_bytes)
{
    check_random(RANDOM_S8, &choice_reference, 12);
}

TEST(graphs_with_float_ends_give_the_interpreters_bytes)
{
    check_random(RANDOM_ENDS, &choice_portable, 12);
}

/* Has the graph an operator without a float kernel? */
static bool has_batch_norm(const struct graph *g)
{
    for (uint32_t i = 0; i < g->nodes.n; i++)
        if (g->nodes.items[i].op == OP_BATCH_NORM)
            return true;
    return false;
}

/* A random float graph that has kernels for all its nodes. */
static struct graph *float_graph(struct arena *a, struct rng *r, uint32_t n_nodes)
{
    struct graph *g;
    do
        g = random_graph(a, r, RANDOM_F32, n_nodes);
    while (has_batch_norm(g));
    return g;
}

TEST(float_graphs_give_the_interpreters_bytes)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_split(test_seed(), 200);
    struct graph *graphs[24];
    const uint32_t n = sizeof graphs / sizeof graphs[0];
    uint32_t n_overlaps = 0;
    for (uint32_t i = 0; i < n; i++) {
        graphs[i] = float_graph(a, &r, 2 + i / 2);
        n_overlaps += count_overlaps(make_model(a, graphs[i], "g", &choice_portable).memory);
    }
    CHECK(n_overlaps > 0);
    check_runs(a, graphs, n, &r, &choice_portable);
    arena_free(a);
}

/* One node of float operators of one input each, of operands that have a real result. */
static void add_unaries(struct graph *g, uint32_t x, uint32_t positive)
{
    struct diag d = {0};
    static const enum op ops[] = {
        OP_RELU,
        OP_RELU6,
        OP_SOFTMAX,
#define UNARY(UPPER, lower, attr_mask) OP_##UPPER,
#include "ir/unary.def"
#undef UNARY
    };
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        const enum op op = ops[i];
        const struct attrs at = {.beta = op == OP_SOFTMAX ? 0.7f : 0.0f,
                                 .alpha = op == OP_LEAKY_RELU ? 0.3f : 0.0f};
        const bool is_root = op == OP_LOG || op == OP_SQRT || op == OP_RSQRT;
        const uint32_t y = graph_add_node(g, op, &at, is_root ? &positive : &x, 1, op_name(op), &d);
        CHECK_OK(y != NO_TENSOR, d);
        *VEC_PUSH(g->arena, &g->outputs) = y;
    }
}

TEST(every_float_operator_gives_the_interpreters_bytes)
{
    static const enum op pairs[] = {OP_ADD_BROADCAST,      OP_SUB,     OP_MUL,    OP_DIV, OP_PRELU,
                                    OP_SQUARED_DIFFERENCE, OP_MINIMUM, OP_MAXIMUM};
    static const enum op reductions[] = {OP_MEAN, OP_REDUCE_SUM, OP_REDUCE_MAX, OP_REDUCE_MIN};
    static const float data[5] = {-1.5f, 0.25f, 3.0f, -0.125f, 7.0f};
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct graph *g = graph_new(a, "floats");
    const uint32_t x = graph_add_tensor(
        g, &(struct tensor){.name = "x", .dtype = DT_F32, .shape = {4, {1, 3, 4, 5}}});
    const uint32_t c = graph_add_tensor(
        g, &(struct tensor){.name = "c", .dtype = DT_F32, .shape = {1, {5}}, .data = data});
    *VEC_PUSH(a, &g->inputs) = x;
    const uint32_t positive = graph_add_node(g, OP_EXP, NULL, &x, 1, "positive", &d);
    add_unaries(g, x, positive);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        const struct attrs at = {.act = pairs[i] < OP_PRELU ? ACT_RELU6 : ACT_NONE};
        const uint32_t in[2] = {x, c};
        const uint32_t y = graph_add_node(g, pairs[i], &at, in, 2, op_name(pairs[i]), &d);
        CHECK_OK(y != NO_TENSOR, d);
        *VEC_PUSH(a, &g->outputs) = y;
    }
    for (size_t i = 0; i < sizeof reductions / sizeof reductions[0]; i++) {
        const struct attrs at = {.over = {0, 1, 0, 1}};
        const uint32_t y = graph_add_node(g, reductions[i], &at, &x, 1, op_name(reductions[i]), &d);
        CHECK_OK(y != NO_TENSOR, d);
        *VEC_PUSH(a, &g->outputs) = y;
    }
    CHECK_OK(graph_verify(g, &d), d);
    struct rng r = rng_split(test_seed(), 201);
    check_runs(a, &g, 1, &r, &choice_portable);
    arena_free(a);
}

/* What the cascades of some programs had in them. */
struct coverage {
    uint32_t cascades, fed, windows, moving, forked, cut, copies, blocks;
};

static void count_cascade(struct coverage *n, const struct cascade *c)
{
    n->cascades++;
    n->fed += c->is_fed;
    n->moving += c->moved_bytes > 0;
    n->cut += c->areas != NULL;
    n->blocks += c->cut.blocks > 1;
    for (uint32_t i = 0; i < c->n_bands; i++) {
        n->copies += cascade_copies(c, i);
        n->windows += c->is_windowed[i] && c->bands[i].window < c->bands[i].n_rows;
        n->forked += c->bands[i].from[1] != MOTE_NO_BAND && c->is_windowed[c->bands[i].from[0]] &&
                     c->is_windowed[c->bands[i].from[1]];
    }
}

/* A cascade of random stripes, maybe in random tiles, or NULL. */
static const struct cascade *random_cascade(struct arena *a, const struct program *p,
                                            const struct uses *uses, uint32_t first, uint32_t n,
                                            enum feed feed, struct rng *r)
{
    const uint32_t rows = 1 + rng_below(r, 4);
    const struct cut cut = {1 + rng_below(r, 3), 1 + rng_below(r, 4)};
    if (feed == FEED_WHOLE && cut.blocks * cut.strips > 1)
        return cascade_of_tiles(a, p, uses, first, n, rows, cut);
    return cascade_of(a, p, uses, first, n, rows, feed);
}

/* Make cascades of random runs of the program's steps. */
static void add_random_cascades(struct arena *a, struct program *p, struct rng *r,
                                struct coverage *n)
{
    const struct uses uses = uses_find(a, p);
    const struct cascade **list = ARENA_ARRAY(a, const struct cascade *, p->n_steps);
    const enum feed feed = rng_below(r, 2) && p->graph->inputs.n == 1 ? FEED_ROWS : FEED_WHOLE;
    for (uint32_t s = 0; s < p->n_steps;) {
        const struct cascade *c = NULL;
        for (uint32_t len = 1 + rng_below(r, 9); len > 0 && !c; len--)
            if (s + len <= p->n_steps)
                c = random_cascade(a, p, &uses, s, len, feed, r);
        s += c ? c->n_steps : 1;
        if (!c)
            continue;
        list[p->n_cascades++] = c;
        count_cascade(n, c);
    }
    p->cascades = list;
}

static void check_cascades(enum random_kind kind, const struct choice *choice, uint32_t n_graphs)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_split(test_seed(), 100 + (uint64_t)kind * 2 + choice->reference);
    struct graph **graphs = ARENA_ARRAY(a, struct graph *, n_graphs);
    struct model *models = ARENA_ARRAY(a, struct model, n_graphs);
    struct coverage n = {0};
    struct diag d = {0};
    for (uint32_t i = 0; i < n_graphs; i++) {
        graphs[i] = random_images(a, &r, kind, 2 + i / 2);
        struct program *p = schedule(a, graphs[i], choice, &d);
        CHECK_OK(p != NULL, d);
        add_random_cascades(a, p, &r, &n);
        models[i] = model_of(a, p, arena_printf(a, "g%u_net", (unsigned)i));
    }
    printf("  cascades: %u, fed: %u; windows: %u; cascades that move rows: %u; sums of two windows:"
           " %u; cut: %u, in blocks: %u, copying columns: %u\n",
           n.cascades, n.fed, n.windows, n.moving, n.forked, n.cut, n.blocks, n.copies);
    CHECK(n.cascades > n_graphs / 2 && n.fed > n_graphs / 16 && n.windows > n_graphs / 2);
    CHECK(n.moving > n_graphs / 4 && (n.forked > 0 || n_graphs < 24));
    CHECK(n.cut > n_graphs / 8 && n.blocks > n_graphs / 16 && (n.copies > 4 || n_graphs < 24));
    check_models(a, graphs, models, n_graphs, &r);
    arena_free(a);
}

TEST(int8_cascades_of_fast_kernels_give_the_interpreters_bytes)
{
    check_cascades(RANDOM_S8, &choice_portable, 40);
}

TEST(int8_cascades_of_reference_kernels_give_the_interpreters_bytes)
{
    check_cascades(RANDOM_S8, &choice_reference, 16);
}

TEST(float_cascades_give_the_interpreters_bytes)
{
    check_cascades(RANDOM_F32, &choice_portable, 16);
}

TEST(cascades_with_float_ends_give_the_interpreters_bytes)
{
    check_cascades(RANDOM_ENDS, &choice_portable, 16);
}

static uint32_t add_s8(struct graph *g, const char *name, const int8_t *data)
{
    static const float scale = 0.25f;
    static const int32_t zero = 3;
    const struct tensor t = {.name = name,
                             .dtype = DT_S8,
                             .shape = {.rank = 2, .dim = {1, 6}},
                             .quant = {.n = 1, .scale = &scale, .zero = &zero},
                             .data = data};
    return graph_add_tensor(g, &t);
}

static uint32_t add_op(struct graph *g, enum op op, const struct attrs *at, uint32_t x, uint32_t y,
                       const char *name)
{
    const uint32_t in[2] = {x, y};
    struct diag d = {0};
    const uint32_t out = graph_add_node(g, op, at, in, y == NO_TENSOR ? 1 : 2, name, &d);
    CHECK_OK(out != NO_TENSOR, d);
    struct tensor *tensors = g->tensors.items;
    tensors[out].quant = tensors[x].quant;
    return out;
}

/* An input that is an output by another shape, one tensor twice an output, an operand and an
 * output that are constants, two inputs of which one is not read. */
TEST(odd_inputs_and_outputs_give_the_interpreters_bytes)
{
    static const int8_t data[6] = {1, -2, 3, -128, 127, 0};
    const struct attrs wide = {.new_rank = 3, .new_shape = {1, 2, 3}}, axis = {.axis = 1};
    struct arena *a = arena_new("test");
    struct graph *g = graph_new(a, "odd");
    const uint32_t x = add_s8(g, "x", NULL), unread = add_s8(g, "*/ unread", NULL);
    const uint32_t c = add_s8(g, "c", data);
    *VEC_PUSH(a, &g->inputs) = unread;
    *VEC_PUSH(a, &g->inputs) = x;
    const uint32_t through = add_op(g, OP_RESHAPE, &wide, x, NO_TENSOR, "through");
    const uint32_t constant = add_op(g, OP_RESHAPE, &wide, c, NO_TENSOR, "constant");
    const uint32_t sum = add_op(g, OP_ADD, &(struct attrs){0}, x, c, "sum");
    const uint32_t twice = add_op(g, OP_ADD, &(struct attrs){0}, sum, sum, "twice");
    const uint32_t joined = add_op(g, OP_CONCAT, &axis, c, sum, "joined");
    const uint32_t outputs[] = {through, twice, constant, joined, twice};
    for (size_t i = 0; i < sizeof outputs / sizeof outputs[0]; i++)
        *VEC_PUSH(a, &g->outputs) = outputs[i];
    struct diag d = {0};
    CHECK_OK(graph_verify(g, &d), d);
    struct rng r = rng_seed(test_seed());
    check_runs(a, &g, 1, &r, &choice_portable);
    arena_free(a);
}
TEST(programs_with_states_go_on_from_call_to_call)
{
    check_random(RANDOM_STATES, &choice_portable, 24);
}

TEST_MAIN(T(programs_with_states_go_on_from_call_to_call),
          T(int8_graphs_with_fast_kernels_give_the_interpreters_bytes),
          T(int8_graphs_with_reference_kernels_give_the_interpreters_bytes),
          T(graphs_with_float_ends_give_the_interpreters_bytes),
          T(float_graphs_give_the_interpreters_bytes),
          T(every_float_operator_gives_the_interpreters_bytes),
          T(float_cascades_give_the_interpreters_bytes),
          T(int8_cascades_of_fast_kernels_give_the_interpreters_bytes),
          T(int8_cascades_of_reference_kernels_give_the_interpreters_bytes),
          T(cascades_with_float_ends_give_the_interpreters_bytes),
          T(odd_inputs_and_outputs_give_the_interpreters_bytes))
