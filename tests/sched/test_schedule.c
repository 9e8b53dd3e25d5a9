/* test_schedule.c - programs against the interpreter, packing, messages.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <unistd.h>

#include "call.h"
#include "ir/interp.h"
#include "ir/random_graph.h"

/* Contents of every tensor after running a program on one input, each in memory of its own;
 * in-place steps work on a copy of their first input. */
static void **run_program(struct arena *a, const struct program *p, const void *input)
{
    const struct graph *g = p->graph;
    void **at = ARENA_ARRAY(a, void *, g->tensors.n);
    for (uint32_t t = 0; t < g->tensors.n; t++) {
        const struct tensor *x = &g->tensors.items[t];
        at[t] = x->data ? arena_copy(a, x->data, tensor_bytes(x)) : arena_alloc(a, tensor_bytes(x));
    }
    memcpy(at[g->inputs.items[0]], input, tensor_bytes(&g->tensors.items[g->inputs.items[0]]));
    for (uint32_t t = 0; t < g->tensors.n; t++)
        at[t] = at[p->alias[t]];
    for (uint32_t s = 0; s < p->n_steps; s++) {
        const struct step *step = &p->steps[s];
        const struct node *n = &g->nodes.items[step->i_node];
        const void **in = ARENA_ARRAY(a, const void *, n->n_in);
        for (uint32_t i = 0; i < n->n_in; i++)
            in[i] = n->in[i] == NO_TENSOR ? NULL : at[n->in[i]];
        const size_t out_bytes = tensor_bytes(&g->tensors.items[n->out[0]]);
        const uint32_t k = s % n->n_in; /* on a copy: others may read the input */
        if (step->in_place && tensor_bytes(&g->tensors.items[n->in[k]]) == out_bytes)
            in[k] = memcpy(at[n->out[0]], in[k], out_bytes);
        const struct call c = {&step->args, in, step->packed, at[n->out[0]],
                               arena_alloc(a, step->scratch_bytes)};
        run_kernel(step->kernel->name, &c);
    }
    return at;
}

static void check_against_interpreter(const struct choice *choice, enum random_kind kind)
{
    struct rng r = rng_seed(test_seed());
    struct arena *a = arena_new("test");
    for (int i = 0; i < 150; i++) {
        arena_reset(a);
        struct diag d = {0};
        const struct graph *g = random_graph(a, &r, kind, 8);
        const void *input = random_input(a, g, 0, &r);
        struct interp *it = interp_new(a, g, &d);
        CHECK(it != NULL);
        interp_run(it, &input);
        const struct program *p = schedule(a, g, choice, &d);
        CHECK_STR(d.message, "");
        CHECK(p != NULL);
        void **at = run_program(a, p, input);
        for (uint32_t o = 0; o < g->outputs.n; o++) {
            const uint32_t t = g->outputs.items[o];
            CHECK_BYTES(at[t], interp_tensor(it, t), tensor_bytes(&g->tensors.items[t]));
        }
    }
    arena_free(a);
}

TEST(fastest_programs_equal_the_interpreter)
{
    check_against_interpreter(&choice_portable, RANDOM_S8);
}

TEST(reference_programs_equal_the_interpreter)
{
    check_against_interpreter(&choice_reference, RANDOM_S8);
}

TEST(programs_with_float_ends_equal_the_interpreter)
{
    check_against_interpreter(&choice_portable, RANDOM_ENDS);
}

/* A 1x1 convolution of a 1x2x2x2 input with two channels; `bias` NULL leaves the bias out. */
static struct graph *conv_graph(struct arena *a, const int32_t *bias)
{
    static const int8_t w[4] = {1, -2, 100, 27};
    static const float s_in = 0.5f, s_w = 0.25f, s_bias = 0.125f, s_out = 1.0f;
    static const int32_t zero_in = -3, zero = 0;
    struct graph *g = graph_new(a, "conv");
    struct diag d = {0};
    const uint32_t in[3] = {
        graph_add_tensor(g, &(struct tensor){.name = "x",
                                             .dtype = DT_S8,
                                             .shape = {4, {1, 2, 2, 2}},
                                             .quant = {1, 0, &s_in, &zero_in}}),
        graph_add_tensor(g, &(struct tensor){.name = "w",
                                             .dtype = DT_S8,
                                             .shape = {4, {2, 1, 1, 2}},
                                             .quant = {1, 0, &s_w, &zero},
                                             .data = w}),
        bias ? graph_add_tensor(g, &(struct tensor){.name = "b",
                                                    .dtype = DT_S32,
                                                    .shape = {1, {2}},
                                                    .quant = {1, 0, &s_bias, &zero},
                                                    .data = bias})
             : NO_TENSOR};
    const struct attrs at = {.stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1};
    *VEC_PUSH(a, &g->inputs) = in[0];
    const uint32_t y = graph_add_node(g, OP_CONV2D, &at, in, 3, "y", &d);
    CHECK(y != NO_TENSOR);
    g->tensors.items[y].quant = (struct quant){1, 0, &s_out, &zero};
    *VEC_PUSH(a, &g->outputs) = y;
    CHECK(graph_verify(g, &d));
    return g;
}

static const int32_t *packed_bias(const struct program *p)
{
    CHECK(p != NULL);
    CHECK_EQ(p->n_steps, 1);
    CHECK_EQ(p->steps[0].n_packed, 2);
    CHECK_STR(p->steps[0].packed[0].role, "weights");
    CHECK_EQ(p->steps[0].packed[0].n, 4);
    CHECK_STR(p->steps[0].packed[1].role, "bias");
    CHECK_EQ(p->steps[0].packed[1].n, 2);
    return p->steps[0].packed[1].data;
}

TEST(opt_bias_has_the_zero_point_folded_in)
{
    static const int32_t bias[2] = {10, -20};
    struct arena *a = arena_new("test");
    struct diag d = {0};
    const int32_t *b = packed_bias(schedule(a, conv_graph(a, bias), &choice_portable, &d));
    CHECK_EQ(b[0], 10 + 3 * (1 - 2));
    CHECK_EQ(b[1], -20 + 3 * (100 + 27));
    arena_free(a);
}

TEST(ref_bias_is_the_models)
{
    static const int32_t bias[2] = {10, -20};
    struct arena *a = arena_new("test");
    struct diag d = {0};
    const int32_t *b = packed_bias(schedule(a, conv_graph(a, bias), &choice_reference, &d));
    CHECK_EQ(b[0], 10);
    CHECK_EQ(b[1], -20);
    arena_free(a);
}

TEST(missing_bias_is_packed_as_zeros)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    const int32_t *b = packed_bias(schedule(a, conv_graph(a, NULL), &choice_reference, &d));
    CHECK_EQ(b[0], 0);
    CHECK_EQ(b[1], 0);
    arena_free(a);
}

TEST(fastest_and_reference_choose_their_variants)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    const struct graph *g = conv_graph(a, NULL);
    const struct program *fast = schedule(a, g, &choice_portable, &d);
    const struct program *ref = schedule(a, g, &choice_reference, &d);
    CHECK(fast != NULL && ref != NULL);
    CHECK_STR(fast->steps[0].kernel->name, "mote_conv2d_s8_opt");
    CHECK_STR(ref->steps[0].kernel->name, "mote_conv2d_s8_ref");
    CHECK_STR(ref->steps[0].kernel->variant, "ref");
    arena_free(a);
}

/* Append a node with the quantisation of its input. */
static uint32_t append(struct graph *g, enum op op, const struct attrs *at, uint32_t x,
                       const char *name)
{
    struct diag d = {0};
    const uint32_t y = graph_add_node(g, op, at, &x, 1, name, &d);
    CHECK(y != NO_TENSOR);
    g->tensors.items[y].quant = g->tensors.items[x].quant;
    return y;
}

TEST(reshapes_cost_nothing_and_chain_to_one_root)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct graph *g = conv_graph(a, NULL);
    const uint32_t y = g->outputs.items[0];
    const struct attrs flat = {.new_rank = 2, .new_shape = {1, 8}};
    const struct attrs image = {.new_rank = 4, .new_shape = {1, 1, 1, 8}};
    const uint32_t r1 = append(g, OP_RESHAPE, &flat, y, "r1");
    const uint32_t r2 = append(g, OP_RESHAPE, &image, r1, "r2");
    const uint32_t z = append(g, OP_RELU, NULL, r2, "z");
    g->outputs.items[0] = z;
    const struct program *p = schedule(a, g, &choice_portable, &d);
    CHECK(p != NULL);
    CHECK_EQ(p->n_steps, 2);
    CHECK_EQ(p->alias[r1], y);
    CHECK_EQ(p->alias[r2], y);
    CHECK_EQ(p->alias[z], z);
    CHECK(!p->steps[0].in_place);
    CHECK(p->steps[1].in_place);
    CHECK_STR(p->steps[1].kernel->name, "mote_requantize_s8_ref");
    arena_free(a);
}

/* Batch norms in a row: the one operator that has no kernel, since passes fold it. */
static struct graph *batch_norms(struct arena *a, int n)
{
    static const float ones[2] = {1, 1};
    struct diag d = {0};
    struct graph *g = graph_new(a, "float");
    uint32_t in[5] = {graph_add_tensor(
        g, &(struct tensor){.name = "x", .dtype = DT_F32, .shape = {4, {1, 2, 2, 2}}})};
    for (int i = 1; i < 5; i++)
        in[i] = graph_add_tensor(
            g, &(struct tensor){.name = "k", .dtype = DT_F32, .shape = {1, {2}}, .data = ones});
    *VEC_PUSH(a, &g->inputs) = in[0];
    const struct attrs at = {.eps = 1e-3f};
    for (int i = 0; i < n; i++)
        in[0] = graph_add_node(g, OP_BATCH_NORM, &at, in, 5, arena_printf(a, "node_%d", i), &d);
    CHECK(!d.failed);
    *VEC_PUSH(a, &g->outputs) = in[0];
    return g;
}

TEST(every_node_without_a_kernel_is_named_in_one_message)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct graph *g = batch_norms(a, 2);
    CHECK(schedule(a, g, &choice_portable, &d) == NULL);
    CHECK_STR(d.message, "operators 0, 1: no kernel for batch_norm, f32 -> f32");
    CHECK_HAS(d.hint, "quantise");
    arena_free(a);
}

TEST(a_long_list_of_faults_is_cut_in_the_message_and_whole_in_the_account)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct graph *g = batch_norms(a, 200);
    CHECK(schedule(a, g, &choice_portable, &d) == NULL);
    CHECK_STR(d.message,
              "operators 0, 1, 2, 3, 4, 5, 6, 7, ...: no kernel for batch_norm, f32 -> f32");
    struct faults all = {0};
    schedule_account(a, g, &all);
    CHECK_EQ(all.list.n, 200);
    CHECK_EQ(all.list.items[199].i_op, 199);
    CHECK_STR(all.list.items[199].name, "node_199");
    arena_free(a);
}

TEST(every_kernel_has_its_source_and_every_operator_a_reference)
{
    uint32_t n;
    const struct kernel_row *rows = kernel_rows(&n);
    for (uint32_t i = 0; i < n; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/device/kernels/%s", MOTE_SOURCE_DIR, rows[i].kernel.source);
        CHECK(access(path, R_OK) == 0);
        int n_ref = 0;
        for (uint32_t j = 0; j < n; j++)
            n_ref += strcmp(rows[j].op, rows[i].op) == 0 &&
                     strcmp(rows[j].dtype, rows[i].dtype) == 0 &&
                     strcmp(rows[j].kernel.variant, "ref") == 0;
        CHECK_EQ(n_ref, 1);
    }
}

TEST_MAIN(T(fastest_programs_equal_the_interpreter), T(reference_programs_equal_the_interpreter),
          T(programs_with_float_ends_equal_the_interpreter),
          T(opt_bias_has_the_zero_point_folded_in), T(ref_bias_is_the_models),
          T(missing_bias_is_packed_as_zeros), T(fastest_and_reference_choose_their_variants),
          T(reshapes_cost_nothing_and_chain_to_one_root),
          T(every_node_without_a_kernel_is_named_in_one_message),
          T(a_long_list_of_faults_is_cut_in_the_message_and_whole_in_the_account),
          T(every_kernel_has_its_source_and_every_operator_a_reference))
