/* test_control.c - loops and branches of TensorFlow Lite, which are gone when they have been read.
 * SPDX-License-Identifier: Apache-2.0 */
#include "import/tiny_read.h"

enum { FILL, WHILE, LESS, ADD, SLICE, PACK, CONCAT, N_CODES };
enum { B_NONE, B_0, B_DIMS, B_ZERO, B_TRIPS, B_1, B_BEGIN, B_MINUS, B_REST, N_BUFFERS };

static struct tiny_tensor f32(const char *name, int32_t rows)
{
    return (struct tiny_tensor){.name = name, .type = TFL_FLOAT32, .rank = 2, .dim = {rows, 4}};
}

/* A scalar of rank 0, or a pair. */
static struct tiny_tensor ints(const char *name, uint32_t rank, uint32_t buffer)
{
    return (struct tiny_tensor){
        .name = name, .type = TFL_INT32, .rank = rank, .dim = {2}, .buffer = buffer};
}

static struct tiny_tensor open(struct tiny_tensor t)
{
    t.is_open = true;
    return t;
}

struct loop {
    struct tiny main, cond, body;
    int32_t trips;
};

/* i < trips */
static struct tiny cond_of(void)
{
    return (struct tiny){.n_tensors = 5,
                         .tensor = {ints("i", 0, 0),
                                    f32("x", 1),
                                    f32("list", 3),
                                    ints("trips", 0, B_TRIPS),
                                    {.name = "more", .type = TFL_BOOL}},
                         .n_ops = 1,
                         .op = {{.code = LESS, .n_in = 2, .in = {0, 3}, .n_out = 1, .out = {4}}},
                         .in = {0, 1, 2},
                         .n_in = 3,
                         .out = {4},
                         .n_out = 1};
}

/* i + 1; x + x; the list with x + x in place of its row i, as converters write it. */
static struct tiny body_of(void)
{
    struct tiny m = {.n_tensors = 14,
                     .tensor = {ints("i", 0, 0), f32("x", 1), f32("list", 3), ints("one", 0, B_1),
                                ints("next", 0, 0), f32("twice", 1), ints("begin", 1, B_BEGIN),
                                ints("minus", 0, B_MINUS), ints("size", 1, 0),
                                open(f32("before", 1)), ints("from", 1, 0), ints("rest", 1, B_REST),
                                open(f32("behind", 1)), f32("changed", 3)},
                     .n_ops = 7,
                     .op = {{.code = ADD, .n_in = 2, .in = {0, 3}, .n_out = 1, .out = {4}},
                            {.code = ADD, .n_in = 2, .in = {1, 1}, .n_out = 1, .out = {5}},
                            {.code = PACK, .n_in = 2, .in = {0, 7}, .n_out = 1, .out = {8}},
                            {.code = SLICE, .n_in = 3, .in = {2, 6, 8}, .n_out = 1, .out = {9}},
                            {.code = PACK, .n_in = 2, .in = {4, 0}, .n_out = 1, .out = {10}},
                            {.code = SLICE, .n_in = 3, .in = {2, 10, 11}, .n_out = 1, .out = {12}},
                            {.code = CONCAT, .n_in = 3, .in = {9, 5, 12}, .n_out = 1, .out = {13}}},
                     .in = {0, 1, 2},
                     .n_in = 3,
                     .out = {4, 5, 13},
                     .n_out = 3};
    m.op[4].in[1] = 14; /* a row begins at column 0 */
    m.tensor[m.n_tensors++] = ints("zero", 0, B_0);
    m.op[2].options_type = m.op[4].options_type = OPTIONS_PACK;
    m.op[2].option[0] = m.op[4].option[0] = (struct tiny_option){PACK_COUNT, 4, 2};
    return m;
}

static struct loop loop_of(int32_t trips)
{
    static const int32_t zero = 0, one = 1, minus = -1;
    static const int32_t dims[2] = {3, 4}, begin[2] = {0, 0}, rest[2] = {-1, -1};
    static const float nothing = 0.0f;
    struct loop l = {
        .main = {.version = TFL_VERSION,
                 .n_codes = N_CODES,
                 .code = {{TFL_FILL, TFL_FILL, NULL},
                          {TFL_WHILE, TFL_WHILE, NULL},
                          {TFL_LESS, TFL_LESS, NULL},
                          {TFL_ADD, TFL_ADD, NULL},
                          {TFL_SLICE, TFL_SLICE, NULL},
                          {TFL_PACK, TFL_PACK, NULL},
                          {TFL_CONCATENATION, TFL_CONCATENATION, NULL}},
                 .n_tensors = 8,
                 .tensor = {f32("x", 1),
                            ints("first", 0, B_0),
                            ints("dims", 1, B_DIMS),
                            {.name = "zero", .type = TFL_FLOAT32, .buffer = B_ZERO},
                            f32("empty", 3),
                            ints("last", 0, 0),
                            f32("y", 1),
                            f32("list", 3)},
                 .n_ops = 2,
                 .op = {{.code = FILL, .n_in = 2, .in = {2, 3}, .n_out = 1, .out = {4}},
                        {.code = WHILE,
                         .n_in = 3,
                         .in = {1, 0, 4},
                         .n_out = 3,
                         .out = {5, 6, 7},
                         .options_type = OPTIONS_WHILE,
                         .option = {{WHILE_COND, 4, 1}, {WHILE_BODY, 4, 2}}}},
                 .n_buffers = N_BUFFERS,
                 .buffer = {[B_0] = {&zero, 4, 0, 0},
                            [B_DIMS] = {dims, 8, 0, 0},
                            [B_ZERO] = {&nothing, 4, 0, 0},
                            [B_1] = {&one, 4, 0, 0},
                            [B_BEGIN] = {begin, 8, 0, 0},
                            [B_MINUS] = {&minus, 4, 0, 0},
                            [B_REST] = {rest, 8, 0, 0}},
                 .in = {0},
                 .n_in = 1,
                 .out = {6, 7},
                 .n_out = 2},
        .cond = cond_of(),
        .body = body_of(),
        .trips = trips};
    return l;
}

/* The pointers, where the struct stands now. */
static const struct tiny *of(struct loop *l)
{
    l->main.second = &l->cond;
    l->main.third = &l->body;
    l->main.buffer[B_TRIPS] = (struct tiny_buffer){&l->trips, 4, 0, 0};
    return &l->main;
}

TEST(a_loop_over_a_counter_becomes_its_body_as_often_as_it_runs)
{
    struct arena *a = arena_new("test");
    struct loop l = loop_of(3);
    const struct graph *g = read_ok(a, of(&l));
    struct diag d = {0};
    struct interp *it = interp_new(a, g, &d);
    CHECK(it);
    static const float x[4] = {1, 2, 3, -4};
    interp_run(it, (const void *const[]){x});
    const float *y = interp_tensor(it, g->outputs.items[0]);
    const float *list = interp_tensor(it, g->outputs.items[1]);
    for (int k = 0; k < 4; k++) {
        CHECK(y[k] == 8.0f * x[k]);
        for (int row = 0; row < 3; row++)
            CHECK(list[4 * row + k] == (float)(2 << row) * x[k]);
    }
    l.trips = 1;
    CHECK_HAS(text_of(a, of(&l)), "slice(%1) begin [1,0] size [2,4]");
    arena_free(a);
}

static void expect(struct loop *l, const char *message)
{
    expect_refused(of(l), message);
}

TEST(constants_that_a_loop_makes_again_and_again_are_bounded)
{
    static const int32_t dims[2] = {1024, 1024}; /* 4 MiB in every trip */
    struct loop l = loop_of(65);
    l.body.tensor[8] = ints("dims", 1, B_REST);
    l.body.tensor[9] = (struct tiny_tensor){.name = "0", .type = TFL_FLOAT32, .buffer = B_ZERO};
    l.body.tensor[12] =
        (struct tiny_tensor){.name = "big", .type = TFL_FLOAT32, .rank = 2, .dim = {1024, 1024}};
    l.body.op[2] = (struct tiny_op){.code = FILL, .n_in = 2, .in = {8, 9}, .n_out = 1, .out = {12}};
    l.body.n_ops = 3;
    l.body.out[2] = 2;
    l.main.buffer[B_REST] = (struct tiny_buffer){dims, sizeof dims, 0, 0};
    expect(&l, "constants that are widened, filled or moved take more than 268435456 bytes");
}

TEST(loops_that_cannot_be_unrolled_are_refused)
{
    struct loop l = loop_of(4); /* row 3 of 3 */
    expect(&l, "begin 4 and size -1 of dimension 0, which is 3");
    l = loop_of(100000000);
    l.body.out[2] = 2;
    l.body.n_ops = 2;
    expect(&l, "its subgraphs have more than 32768 operators and tensors");
    l = loop_of(3);
    l.main.op[1].option[1].value = 3;
    expect(&l, "operator 1 (WHILE) runs subgraph 3 of 3");
    l = loop_of(3);
    l.main.op[1].option[1].value = 0; /* itself */
    expect(&l, "expected 3");
    l = loop_of(3);
    l.body.n_out = 2;
    expect(&l, "a subgraph with 2 inputs or outputs, expected 3");
    l = loop_of(3);
    l.body.out[0] = 99;
    expect(&l, "input or output 0 of a subgraph names tensor 99 of 15");
    l = loop_of(3);
    l.cond.out[0] = 1; /* x */
    expect(&l, "its condition depends on what the model computes");
    l = loop_of(3);
    l.main.n_out = 1;
    l.main.out[0] = 5;
    expect(&l, "graph output 0 'last' is a shape, known beforehand");
    l = loop_of(3);
    l.body.op[1].code = WHILE; /* with neither options nor as many outputs */
    expect(&l, "2 inputs and 1 outputs, expected as many");
}

TEST(of_a_branch_only_the_one_taken_is_left)
{
    struct arena *a = arena_new("test");
    static const uint8_t yes = 1, no = 0;
    struct tiny then = {.n_tensors = 2,
                        .tensor = {f32("p", 1), f32("q", 1)},
                        .n_ops = 1,
                        .op = {{.code = 1, .n_in = 2, .in = {0, 0}, .n_out = 1, .out = {1}}},
                        .in = {0},
                        .n_in = 1,
                        .out = {1},
                        .n_out = 1};
    struct tiny otherwise = then;
    otherwise.op[0].code = 2;
    struct tiny m = {
        .version = TFL_VERSION,
        .n_codes = 3,
        .code = {{TFL_IF, TFL_IF, NULL}, {TFL_ADD, TFL_ADD, NULL}, {TFL_MUL, TFL_MUL, NULL}},
        .n_tensors = 3,
        .tensor = {f32("x", 1), {.name = "c", .type = TFL_BOOL, .buffer = 1}, f32("y", 1)},
        .n_ops = 1,
        .op = {{.n_in = 2,
                .in = {1, 0},
                .n_out = 1,
                .out = {2},
                .options_type = OPTIONS_IF,
                .option = {{IF_THEN, 4, 1}, {IF_ELSE, 4, 2}}}},
        .n_buffers = 2,
        .buffer = {{0}, {&yes, 1, 0, 0}},
        .in = {0},
        .n_in = 1,
        .out = {2},
        .n_out = 1,
        .second = &then,
        .third = &otherwise};
    CHECK_HAS(text_of(a, &m), "%1 = add(%0, %0)");
    m.buffer[1].data = &no;
    CHECK_HAS(text_of(a, &m), "%1 = mul(%0, %0)");
    m.tensor[1].buffer = 0; /* an input of the model */
    m.n_in = 2;
    m.in[1] = 1;
    m.tensor[1].rank = 1;
    m.tensor[1].dim[0] = 1;
    expect_refused(&m, "its condition depends on what the model computes");
    arena_free(a);
}

TEST_MAIN(T(a_loop_over_a_counter_becomes_its_body_as_often_as_it_runs),
          T(constants_that_a_loop_makes_again_and_again_are_bounded),
          T(loops_that_cannot_be_unrolled_are_refused), T(of_a_branch_only_the_one_taken_is_left))
