/* test_state.c - variables of TensorFlow Lite as states, split_v and uint8 ends.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "import/tflite.h"
#include "import/tiny_tflite.h"
#include "ir/interp.h"

static struct graph *read_tiny(struct arena *a, const struct tiny *m)
{
    struct diag d = {0};
    struct graph *g = tflite_read(a, tiny_write(a, m), "tiny.tflite", &d);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    return g;
}

/* The graph's one output of four bytes over two calls on x = 3, 5, 7, 9 (real 1, 2, 3, 4). */
static void expect_calls(struct arena *a, const struct graph *g, const int8_t first[4],
                         const int8_t second[4])
{
    static const int8_t in[4] = {3, 5, 7, 9};
    struct diag d = {0};
    struct interp *it = interp_new(a, g, &d);
    CHECK_STR(d.message, "");
    const void *x = in;
    interp_run(it, &x);
    CHECK_BYTES(interp_tensor(it, g->outputs.items[0]), first, 4);
    interp_run(it, &x);
    CHECK_BYTES(interp_tensor(it, g->outputs.items[0]), second, 4);
}

TEST(a_variable_is_a_state_with_the_contents_that_a_subgraph_assigns)
{
    struct arena *a = arena_new("test");
    const struct tiny first = tiny_first(), m = tiny_sum(&first);
    const struct graph *g = read_tiny(a, &m);
    CHECK_EQ(g->states.n, 1);
    CHECK_EQ(g->nodes.n, 1);
    CHECK_STR(g->tensors.items[g->states.items[0].in].name, "so far");
    CHECK_EQ(g->states.items[0].out, g->outputs.items[0]);
    const int8_t one[4] = {13, 16, 19, 22}, two[4] = {15, 20, 25, 30}; /* zero point 1 */
    expect_calls(a, g, one, two);
    arena_free(a);
}

TEST(without_first_contents_or_with_zeros_a_variable_begins_at_real_0)
{
    static const int8_t zeros[4] = {1, 1, 1, 1}, one[4] = {3, 5, 7, 9}, two[4] = {5, 9, 13, 17};
    const struct tiny first = tiny_first();
    for (int has_zeros = 0; has_zeros < 2; has_zeros++) {
        struct arena *a = arena_new("test");
        struct tiny m = tiny_sum(&first);
        m.buffer[1].data = zeros;
        for (uint32_t i = 0; i + 1 < m.n_ops && !has_zeros; i++)
            m.op[i] = m.op[i + 1];
        m.n_ops -= !has_zeros;
        const struct graph *g = read_tiny(a, &m);
        CHECK_EQ(g->states.n, 1);
        CHECK(g->states.items[0].init == NO_TENSOR);
        expect_calls(a, g, one, two);
        arena_free(a);
    }
}

TEST(a_variable_that_is_never_assigned_is_a_constant)
{
    static const int8_t contents[4] = {11, 12, 13, 14}, zeros[4] = {1, 1, 1, 1};
    const struct tiny first = tiny_first();
    struct arena *a = arena_new("test");
    struct tiny m = tiny_sum(&first);
    m.n_ops = SUM_ASSIGN;
    const struct graph *g = read_tiny(a, &m);
    CHECK_EQ(g->states.n, 0);
    CHECK_BYTES(g->tensors.items[g->nodes.items[0].in[1]].data, contents, 4);
    m.op[SUM_CALL_ONCE] = m.op[SUM_VAR_HANDLE];
    m.op[SUM_VAR_HANDLE] = m.op[SUM_READ];
    m.op[SUM_READ] = m.op[SUM_ADD];
    m.n_ops = SUM_ADD;
    g = read_tiny(a, &m);
    CHECK_BYTES(g->tensors.items[g->nodes.items[0].in[1]].data, zeros, 4);
    arena_free(a);
}

/* v = x, then v is read: no state is left. */
TEST(a_read_after_an_assignment_sees_what_was_assigned)
{
    static const int8_t twice[4] = {5, 9, 13, 17};
    const struct tiny first = tiny_first();
    struct arena *a = arena_new("test");
    struct tiny m = tiny_sum(&first);
    const struct tiny_op read = m.op[SUM_READ], add = m.op[SUM_ADD];
    m.op[SUM_READ] = m.op[SUM_ASSIGN];
    m.op[SUM_READ].in[1] = SUM_X;
    m.op[SUM_ADD] = read;
    m.op[SUM_ASSIGN] = add;
    const struct graph *g = read_tiny(a, &m);
    CHECK_EQ(g->states.n, 0);
    expect_calls(a, g, twice, twice);
    arena_free(a);
}

TEST(the_last_assignment_counts)
{
    static const int8_t one[4] = {13, 16, 19, 22}, two[4] = {5, 9, 13, 17};
    const struct tiny first = tiny_first();
    struct arena *a = arena_new("test");
    struct tiny m = tiny_sum(&first);
    m.op[m.n_ops] = m.op[SUM_ASSIGN];
    m.op[m.n_ops++].in[1] = SUM_X;
    const struct graph *g = read_tiny(a, &m);
    CHECK_EQ(g->states.n, 1);
    CHECK_EQ(g->states.items[0].out, g->inputs.items[0]);
    expect_calls(a, g, one, two);
    arena_free(a);
}

/* Another name is another variable; the same name by another handle is the same. */
TEST(variables_are_known_by_their_names)
{
    struct arena *a = arena_new("test");
    struct tiny first = tiny_first();
    first.op[FIRST_VAR_HANDLE].text = "w";
    struct tiny m = tiny_sum(&first);
    const struct graph *g = read_tiny(a, &m);
    CHECK(g->states.items[0].init == NO_TENSOR);
    first.op[FIRST_VAR_HANDLE].text = "v";
    m.tensor[m.n_tensors] = tiny_handle("again");
    m.op[m.n_ops] = m.op[SUM_ASSIGN];
    m.op[m.n_ops++].in[0] = (int32_t)m.n_tensors;
    m.op[SUM_ASSIGN] = tiny_var_handle(SUM_VAR_HANDLE, "v", (int32_t)m.n_tensors++);
    g = read_tiny(a, &m);
    CHECK_EQ(g->states.n, 1);
    CHECK(g->states.items[0].init != NO_TENSOR);
    arena_free(a);
}

/* x [1,4] in parts of 1 and 3 along axis -1; the sizes are those of the outputs. */
static struct tiny split_v(void)
{
    static const int32_t sizes[2] = {1, 3}, axis[1] = {-1};
    struct tiny m = {
        .version = TFL_VERSION,
        .n_codes = 1,
        .code = {{TFL_SPLIT_V, TFL_SPLIT_V, NULL}},
        .n_tensors = 5,
        .tensor = {TINY_S8("x", 0.5f, 1, 1, 4), tiny_ints("sizes", 2, 1), tiny_ints("axis", 1, 2),
                   TINY_S8("a", 0.5f, 1, 1, 1), TINY_S8("b", 0.5f, 1, 1, 3)},
        .n_ops = 1,
        .op = {{.n_in = 3, .in = {0, 1, 2}, .n_out = 2, .out = {3, 4}}},
        .n_buffers = 3,
        .buffer = {{0}, {sizes, sizeof sizes, 0, 0}, {axis, sizeof axis, 0, 0}},
        .in = {0},
        .n_in = 1,
        .out = {3, 4},
        .n_out = 2,
    };
    return m;
}

static void expect_refused(const struct tiny *m, const char *message)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    CHECK(!tflite_read(a, tiny_write(a, m), "tiny.tflite", &d));
    CHECK_HAS(d.message, message);
    arena_free(a);
}

TEST(a_split_into_unequal_parts_is_slices_of_their_sizes)
{
    struct arena *a = arena_new("test");
    struct tiny m = split_v();
    const struct graph *g = read_tiny(a, &m);
    CHECK_EQ(g->nodes.n, 2);
    CHECK_EQ(g->nodes.items[1].attrs.begin[1], 1);
    CHECK_EQ(g->nodes.items[1].attrs.size[1], 3);
    CHECK_STR(g->tensors.items[g->nodes.items[1].out[0]].name, "b");
    m.tensor[4].dim[1] = 2;
    expect_refused(&m, "SPLIT_V: the parts of a dimension of 4 have only 3");
    m.tensor[4].dim[1] = 4;
    expect_refused(&m, "SPLIT_V: the parts of a dimension of 4 are longer");
    m = split_v();
    m.tensor[3].rank = 1;
    m.tensor[3].dim[0] = 1;
    expect_refused(&m, "SPLIT_V");
    m = split_v();
    m.op[0].n_in = 2;
    expect_refused(&m, "SPLIT_V: 2 inputs and 2 outputs, expected 3 and some");
    arena_free(a);
}

TEST(a_quantize_leads_from_int8_to_uint8_and_back)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_unary(TFL_QUANTIZE, TINY_S8("y", 0.5f, 129, 1, 2, 3));
    m.tensor[1].type = TFL_UINT8;
    const struct graph *g = read_tiny(a, &m);
    struct diag d = {0};
    struct interp *it = interp_new(a, g, &d);
    const int8_t in[6] = {-128, -1, 0, 1, 2, 127};
    const uint8_t want[6] = {0, 127, 128, 129, 130, 255};
    const void *x = in;
    interp_run(it, &x);
    CHECK_BYTES(interp_tensor(it, g->outputs.items[0]), want, 6);

    m.tensor[0].type = TFL_UINT8;
    m.tensor[0].zero[0] = 129;
    m.tensor[1] = TINY_S8("y", 0.5f, 1, 1, 2, 3);
    g = read_tiny(a, &m);
    it = interp_new(a, g, &d);
    x = want;
    interp_run(it, &x);
    CHECK_BYTES(interp_tensor(it, g->outputs.items[0]), in, 6);

    m.tensor[0].zero[0] = 256;
    expect_refused(&m, "zero point 256 is outside 0..255 for u8");
    arena_free(a);
}

TEST_MAIN(T(a_variable_is_a_state_with_the_contents_that_a_subgraph_assigns),
          T(without_first_contents_or_with_zeros_a_variable_begins_at_real_0),
          T(a_variable_that_is_never_assigned_is_a_constant),
          T(a_read_after_an_assignment_sees_what_was_assigned), T(the_last_assignment_counts),
          T(variables_are_known_by_their_names),
          T(a_split_into_unequal_parts_is_slices_of_their_sizes),
          T(a_quantize_leads_from_int8_to_uint8_and_back))
