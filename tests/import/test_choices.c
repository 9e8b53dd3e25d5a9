/* test_choices.c - comparisons of a TensorFlow Lite model, what is made of bool, places, and gates.
 * SPDX-License-Identifier: Apache-2.0 */
#include "import/tiny_read.h"

static struct tiny_tensor bools(struct tiny_tensor t)
{
    t.type = TFL_BOOL;
    t.n_scales = t.n_zeros = 0;
    return t;
}

static struct tiny_tensor of_type(struct tiny_tensor t, uint8_t type)
{
    t.type = type;
    t.n_scales = t.n_zeros = 0;
    return t;
}

TEST(comparisons_make_bool)
{
    static const struct {
        int32_t builtin;
        const char *name;
    } rows[] = {{TFL_EQUAL, "equal"},     {TFL_NOT_EQUAL, "not_equal"},
                {TFL_LESS, "less"},       {TFL_LESS_EQUAL, "less_equal"},
                {TFL_GREATER, "greater"}, {TFL_GREATER_EQUAL, "greater_equal"}};
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tiny m = with_constant(rows[i].builtin, OPTIONS_NONE);
        m.tensor[1] = bools(m.tensor[1]);
        const char *text = text_of(a, &m);
        CHECK_HAS(text, "%2 \"y\" bool [1,2,3]\n");
        CHECK_HAS(text, arena_printf(a, "%%2 = %s(%%0, %%1) origin \"0:y\"", rows[i].name));
    }
    struct tiny m = with_constant(TFL_LESS, OPTIONS_NONE);
    expect_refused(&m, "LESS: its output is s8 1x2x3, its inputs make bool 1x2x3");
    m.tensor[0] = bools(m.tensor[0]);
    m.tensor[1] = bools(m.tensor[1]);
    m.tensor[2] = bools(m.tensor[2]);
    expect_refused(&m, "LESS: 'c': a constant of bool is neither 0 nor 1");
    m.buffer[1].data = "\0\1\1";
    expect_refused(&m, "LESS: input type bool, expected f32, s8, s16 or s32");
    m.code[0] = (struct tiny_code){TFL_EQUAL, TFL_EQUAL, NULL};
    CHECK_HAS(text_of(a, &m), "%1 \"c\" bool [1,1,3] = [0, 1, 1]");
    m = with_constant(TFL_GREATER, OPTIONS_NONE);
    m.tensor[1] = bools(m.tensor[1]);
    m.tensor[2].scale[0] = 32768.0f;
    expect_refused(&m, "GREATER: a scale of 2^14 or more");
    arena_free(a);
}

TEST(and_or_not_take_bool)
{
    struct arena *a = arena_new("test");
    const int32_t pair[2] = {TFL_LOGICAL_AND, TFL_LOGICAL_OR};
    const char *const names[2] = {"logical_and(%0, %1)", "logical_or(%0, %1)"};
    for (int i = 0; i < 2; i++) {
        struct tiny m = with_constant(pair[i], OPTIONS_NONE);
        expect_refused(&m, "input type s8, expected bool");
        for (uint32_t k = 0; k < 3; k++)
            m.tensor[k] = bools(m.tensor[k]);
        m.buffer[1].data = "\0\1\1";
        CHECK_HAS(text_of(a, &m), names[i]);
    }
    struct tiny m = tiny_unary(TFL_LOGICAL_NOT, bools(TINY_S8("y", 0.5f, 1, 1, 2, 3)));
    m.tensor[0] = bools(m.tensor[0]);
    CHECK_HAS(text_of(a, &m), "%1 = logical_not(%0) origin \"0:y\"");
    arena_free(a);
}

/* A condition, x [1,2,3] and a constant c [1,1,3] -> y [1,2,3]. */
static struct tiny choice(int32_t builtin, struct tiny_tensor condition)
{
    struct tiny m = with_constant(builtin, OPTIONS_NONE);
    m.tensor[m.n_tensors] = bools(condition);
    m.op[0].in[2] = m.op[0].in[1];
    m.op[0].in[1] = m.op[0].in[0];
    m.op[0].in[0] = (int32_t)m.n_tensors++;
    m.op[0].n_in = 3;
    m.n_in = 2;
    m.in[1] = m.op[0].in[0];
    return m;
}

TEST(a_choice_broadcasts_and_keeps_one_scale)
{
    struct arena *a = arena_new("test");
    struct tiny m = choice(TFL_SELECT_V2, TINY_S8("if", 0.5f, 1, 1, 2, 1));
    CHECK_HAS(text_of(a, &m), "%3 = select(%1, %0, %2) origin \"0:y\"");
    m.tensor[2].scale[0] = 0.25f;
    expect_refused(&m, "SELECT_V2: ");
    m = choice(TFL_SELECT_V2, TINY_S8("if", 0.5f, 1, 1, 2, 1));
    m.tensor[3].type = TFL_INT8;
    m.tensor[3].n_scales = m.tensor[3].n_zeros = 1;
    expect_refused(&m, "SELECT_V2: a condition of type s8, expected bool");
    m = choice(TFL_SELECT_V2, TINY_S8("if", 0.5f, 1, 1, 4, 1));
    expect_refused(&m, "SELECT_V2: shapes 1x4x1, 1x2x3 and 1x1x3 do not broadcast");
    m = choice(TFL_SELECT, TINY_S8("if", 0.5f, 1, 1)); /* of one element: of all */
    CHECK_HAS(text_of(a, &m), "= select(%1, %0, %2)");
    arena_free(a);
}

TEST(an_old_choice_may_go_by_the_first_dimension)
{
    struct arena *a = arena_new("test");
    struct tiny m = choice(TFL_SELECT, TINY_S8("if", 0.5f, 1, 2));
    m.tensor[0] = TINY_S8("x", 0.5f, 1, 2, 1, 3);
    m.tensor[1] = TINY_S8("y", 0.5f, 1, 2, 1, 3);
    const char *text = text_of(a, &m);
    CHECK_HAS(text, "= reshape(%1) shape [2,1,1]");
    CHECK_HAS(text, "= select(%3, %0, %2)");
    arena_free(a);
}

TEST(places_of_the_largest_and_least)
{
    struct arena *a = arena_new("test");
    const struct tiny_tensor y = of_type(TINY_S8("y", 0.5f, 1, 1, 2), TFL_INT32);
    struct tiny m = WITH_ROW(TFL_ARG_MAX, y, 1, -1);
    CHECK_HAS(text_of(a, &m), "%1 \"y\" s32 [1,2]\n");
    CHECK_HAS(text_of(a, &m), "%1 = arg_max(%0) axis 2 origin \"0:y\"");
    m = WITH_ROW(TFL_ARG_MIN, of_type(TINY_S8("y", 0.5f, 1, 1, 3), TFL_INT32), 1, 1);
    CHECK_HAS(text_of(a, &m), "%1 = arg_min(%0) axis 1 origin \"0:y\"");
    m = WITH_ROW(TFL_ARG_MAX, y, 1, 3);
    expect_refused(&m, "ARG_MAX: axis 3 is outside -3..2");
    m = WITH_ROW(TFL_ARG_MAX, y, 2, 1, 1);
    expect_refused(&m, "ARG_MAX: 2 axes, expected 1");
    m = WITH_ROW(TFL_ARG_MAX, of_type(y, TFL_INT64), 1, 2);
    expect_refused(&m, "ARG_MAX: its output is s64 1x2, its inputs make s32 1x2");
    m = WITH_ROW(TFL_ARG_MAX, y, 1, 0);
    m.tensor[0].rank = 1;
    m.tensor[0].dim[0] = 4;
    m.tensor[1].rank = 0; /* a scalar */
    CHECK_HAS(text_of(a, &m), "%1 \"y\" s32 [1]\n");
    arena_free(a);
}

/* SHAPE(x [1,2,3]) < [3,2,1] -> where that holds 3,2,1, else 0,2,1 -> RESHAPE x. */
static struct tiny chosen_shape(int32_t comparison)
{
    static const int32_t row[3] = {3, 2, 1}, other[3] = {0, 2, 1};
    struct tiny m = tiny_unary(TFL_SHAPE, tiny_ints("shape", 3, 0));
    m.n_codes = 4;
    m.code[1] = (struct tiny_code){comparison, (uint8_t)comparison, NULL};
    m.code[2] = (struct tiny_code){TFL_SELECT_V2, TFL_SELECT_V2, NULL};
    m.code[3] = (struct tiny_code){TFL_RESHAPE, TFL_RESHAPE, NULL};
    m.n_tensors = 7;
    m.tensor[2] = tiny_ints("row", 3, 1);
    m.tensor[3] = of_type(tiny_ints("less", 3, 0), TFL_BOOL);
    m.tensor[4] = tiny_ints("new", 3, 0);
    m.tensor[5] = TINY_S8("y", 0.5f, 1, 3, 2, 1);
    m.tensor[6] = tiny_ints("other", 3, 2);
    m.n_buffers = 3;
    m.buffer[1] = (struct tiny_buffer){row, sizeof row, 0, 0};
    m.buffer[2] = (struct tiny_buffer){other, sizeof other, 0, 0};
    m.n_ops = 4;
    m.op[1] = (struct tiny_op){.code = 1, .n_in = 2, .in = {1, 2}, .n_out = 1, .out = {3}};
    m.op[2] = (struct tiny_op){.code = 2, .n_in = 3, .in = {3, 2, 6}, .n_out = 1, .out = {4}};
    m.op[3] = (struct tiny_op){.code = 3, .n_in = 2, .in = {0, 4}, .n_out = 1, .out = {5}};
    m.out[0] = 5;
    return m;
}

TEST(choices_between_shapes_leave_no_node)
{
    struct arena *a = arena_new("test");
    struct tiny m = chosen_shape(TFL_LESS);
    CHECK_HAS(text_of(a, &m), "output %1\n\n%1 = reshape(%0) shape [3,2,1] origin \"3:y\"");
    m = chosen_shape(TFL_NOT_EQUAL);
    CHECK_HAS(text_of(a, &m), "reshape(%0) shape [3,2,1]");
    m = chosen_shape(TFL_GREATER);
    expect_refused(&m, "RESHAPE: dimension 0 of its new shape is 0");
    m = chosen_shape(TFL_EQUAL);
    expect_refused(&m, "RESHAPE: dimension 0 of its new shape is 0");
    arena_free(a);
}

TEST(where_needs_a_condition_that_is_known)
{
    struct tiny m = tiny_unary(TFL_WHERE, of_type(TINY_S8("y", 0.5f, 1, 2, 3), TFL_INT64));
    m.tensor[0] = bools(m.tensor[0]);
    expect_refused(&m, "WHERE: ");
}

/* x [1,2,6] -> SPLIT into a and b -> a * sigmoid(b), as converters write a gated linear unit. */
TEST(a_gated_linear_unit_is_a_split_a_sigmoid_and_a_product)
{
    struct arena *a = arena_new("test");
    static const int32_t axis = 2;
    struct tiny m = tiny_unary(TFL_SPLIT, TINY_S8("a", 0.5f, 1, 1, 2, 3));
    m.tensor[0] = TINY_S8("x", 0.5f, 1, 1, 2, 6);
    m.tensor[2] = TINY_S8("b", 0.5f, 1, 1, 2, 3);
    m.tensor[3] = TINY_S8("s", 1.0f / 256.0f, -128, 1, 2, 3);
    m.tensor[4] = TINY_S8("y", 0.25f, -3, 1, 2, 3);
    m.tensor[5] = tiny_ints("axis", 1, 1);
    m.buffer[1] = (struct tiny_buffer){&axis, sizeof axis, 0, 0};
    m.n_tensors = 6, m.n_buffers = 2, m.n_codes = m.n_ops = 3;
    m.code[1] = (struct tiny_code){TFL_LOGISTIC, TFL_LOGISTIC, NULL};
    m.code[2] = (struct tiny_code){TFL_MUL, TFL_MUL, NULL};
    m.op[0] = (struct tiny_op){.n_in = 2, .in = {5, 0}, .n_out = 2, .out = {1, 2}};
    m.op[1] = (struct tiny_op){.code = 1, .n_in = 1, .in = {2}, .n_out = 1, .out = {3}};
    m.op[2] = (struct tiny_op){.code = 2, .n_in = 2, .in = {1, 3}, .n_out = 1, .out = {4}};
    m.out[0] = 4;
    const char *text = text_of(a, &m);
    CHECK_HAS(text, "= logistic(%2) origin \"1:s\"");
    CHECK_HAS(text, "= mul(%1, %3) origin \"2:y\"");
    arena_free(a);
}

/* relu6(x + 3) * (1/6), as Keras writes a hard sigmoid. */
TEST(a_hard_sigmoid_is_a_sum_a_clamp_and_a_product)
{
    struct arena *a = arena_new("test");
    static const int8_t three = 127, sixth = 127;
    struct tiny m = tiny_unary(TFL_ADD, TINY_S8("r", 6.0f / 255.0f, -128, 1, 2, 3));
    m.tensor[2] = TINY_S8("three", 3.0f / 127.0f, 0, 1);
    m.tensor[2].buffer = 1;
    m.tensor[3] = TINY_S8("sixth", 1.0f / 762.0f, 0, 1);
    m.tensor[3].buffer = 2;
    m.tensor[4] = TINY_S8("y", 1.0f / 255.0f, -128, 1, 2, 3);
    m.buffer[1] = (struct tiny_buffer){&three, 1, 0, 0};
    m.buffer[2] = (struct tiny_buffer){&sixth, 1, 0, 0};
    m.n_tensors = 5, m.n_buffers = 3, m.n_codes = m.n_ops = 2;
    m.code[1] = (struct tiny_code){TFL_MUL, TFL_MUL, NULL};
    m.op[0] = (struct tiny_op){.n_in = 2, .in = {0, 2}, .n_out = 1, .out = {1}};
    m.op[0].options_type = OPTIONS_ADD;
    set_option(&m.op[0], ADD_ACT, 1, TFL_ACT_RELU6);
    m.op[1] = (struct tiny_op){.code = 1, .n_in = 2, .in = {1, 3}, .n_out = 1, .out = {4}};
    m.out[0] = 4;
    const char *text = text_of(a, &m);
    CHECK_HAS(text, "= add_broadcast(%0, %1) act relu6 origin \"0:r\"");
    CHECK_HAS(text, "= mul(%2, %3) origin \"1:y\"");
    arena_free(a);
}

TEST_MAIN(T(comparisons_make_bool), T(and_or_not_take_bool),
          T(a_choice_broadcasts_and_keeps_one_scale),
          T(an_old_choice_may_go_by_the_first_dimension), T(places_of_the_largest_and_least),
          T(choices_between_shapes_leave_no_node), T(where_needs_a_condition_that_is_known),
          T(a_gated_linear_unit_is_a_split_a_sigmoid_and_a_product),
          T(a_hard_sigmoid_is_a_sum_a_clamp_and_a_product))
