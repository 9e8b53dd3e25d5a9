/* test_batches.c - batches of images of a TensorFlow Lite model, and what is made of blocks.
 * SPDX-License-Identifier: Apache-2.0 */
#include "import/tiny_read.h"
#include "ir/verify.h"
#include "pass/pass.h"
#include "pass/same_meaning.h"

#define N_RUNS 4

/* An operator of x, and a block and sides as its further inputs, from tensor `at` on. */
static void put_blocks(struct tiny *m, uint32_t op, int32_t builtin, uint32_t at,
                       const int32_t *block, const int32_t *sides, int32_t n)
{
    m->code[op] = (struct tiny_code){builtin, (uint8_t)builtin, NULL};
    m->tensor[at] = tiny_ints("block", n, m->n_buffers);
    m->buffer[m->n_buffers++] = (struct tiny_buffer){block, (uint32_t)n * 4, 0, 0};
    m->tensor[at + 1] = tiny_ints("sides", 2 * n, m->n_buffers);
    m->buffer[m->n_buffers++] = (struct tiny_buffer){sides, (uint32_t)n * 8, 0, 0};
    m->op[op].code = op;
    m->op[op].n_in = 3;
    m->op[op].in[1] = (int32_t)at;
    m->op[op].in[2] = (int32_t)at + 1;
    m->op[op].n_out = 1;
}

/* x -> one of the operators on blocks -> y. */
static struct tiny blocks(int32_t builtin, struct tiny_tensor x, struct tiny_tensor y,
                          const int32_t *block, const int32_t *sides, int32_t n)
{
    struct tiny m = tiny_unary(builtin, y);
    m.tensor[0] = x;
    m.n_tensors = 4;
    put_blocks(&m, 0, builtin, 2, block, sides, n);
    return m;
}

#define TO_BATCH(x, y, n, block, sides)                                                            \
    blocks(TFL_SPACE_TO_BATCH_ND, (x), (y), (block), (sides), (n))
#define TO_SPACE(x, y, n, block, sides)                                                            \
    blocks(TFL_BATCH_TO_SPACE_ND, (x), (y), (block), (sides), (n))

/* The only output after one run on 0, 1, 2, ... */
static const int8_t *run_counted(struct arena *a, const struct graph *g)
{
    struct diag d = {0};
    struct interp *it = interp_new(a, g, &d);
    check_no_error(&d);
    const size_t n = tensor_bytes(&g->tensors.items[g->inputs.items[0]]);
    int8_t *x = ARENA_ARRAY(a, int8_t, n);
    for (size_t i = 0; i < n; i++)
        x[i] = (int8_t)i;
    const void *in = x;
    interp_run(it, &in);
    return interp_tensor(it, g->outputs.items[0]);
}

TEST(space_becomes_images_of_every_nth_row_and_column)
{
    struct arena *a = arena_new("test");
    const struct tiny m =
        TO_BATCH(TINY_S8("x", 0.5f, -9, 1, 3, 2, 1), TINY_S8("y", 0.5f, -9, 4, 2, 1, 1), 2,
                 ROW(2, 2), ROW(1, 0, 0, 0));
    const struct graph *g = read_ok(a, &m);
    /* rows of x: padding, 0 1, 2 3, 4 5; the padding is the zero point */
    static const int8_t want[8] = {-9, 2, -9, 3, 0, 4, 1, 5};
    CHECK_BYTES(run_counted(a, g), want, sizeof want);
    arena_free(a);
}

TEST(images_become_space_again_but_for_what_is_cut_off)
{
    struct arena *a = arena_new("test");
    const struct tiny m =
        TO_SPACE(TINY_S8("x", 0.5f, -9, 4, 2, 1, 1), TINY_S8("y", 0.5f, -9, 1, 3, 2, 1), 2,
                 ROW(2, 2), ROW(1, 0, 0, 0));
    const struct graph *g = read_ok(a, &m);
    static const int8_t want[6] = {4, 6, 1, 3, 5, 7};
    CHECK_BYTES(run_counted(a, g), want, sizeof want);
    arena_free(a);
}

TEST(a_sequence_is_an_image_of_one_row)
{
    struct arena *a = arena_new("test");
    struct tiny m = TO_BATCH(TINY_S8("x", 0.5f, 0, 1, 5, 2), TINY_S8("y", 0.5f, 0, 3, 2, 2), 1,
                             ROW(3), ROW(1, 0));
    static const int8_t want[12] = {0, 0, 4, 5, 0, 1, 6, 7, 2, 3, 8, 9};
    CHECK_BYTES(run_counted(a, read_ok(a, &m)), want, sizeof want);
    arena_free(a);
}

TEST(blocks_that_make_no_sense_are_refused)
{
    const struct tiny_tensor x = TINY_S8("x", 0.5f, 0, 1, 4, 4, 1);
    const struct tiny_tensor y = TINY_S8("y", 0.5f, 0, 4, 2, 2, 1);
    struct tiny m = TO_BATCH(x, y, 2, ROW(2, 0), ROW(0, 0, 0, 0));
    expect_refused(&m, "SPACE_TO_BATCH_ND: a block of 0");
    m = TO_BATCH(x, y, 2, ROW(2, 2000000000), ROW(0, 0, 0, 0));
    expect_refused(&m, "SPACE_TO_BATCH_ND: a block of 2000000000");
    m = TO_BATCH(x, y, 2, ROW(200, 200), ROW(0, 196, 0, 196));
    expect_refused(&m, "SPACE_TO_BATCH_ND: a batch of 40000 images, at most 256");
    m = TO_BATCH(x, y, 2, ROW(2, 2), ROW(0, -1, 0, 0));
    expect_refused(&m, "SPACE_TO_BATCH_ND: -1 at a side, expected 0..");
    m = TO_BATCH(x, y, 2, ROW(2, 2), ROW(0, 2147483647, 0, 0));
    expect_refused(&m, "SPACE_TO_BATCH_ND: 2147483647 at a side, expected 0..");
    m = TO_BATCH(x, y, 2, ROW(3, 2), ROW(0, 0, 0, 0));
    expect_refused(&m, "SPACE_TO_BATCH_ND: ");
    m = TO_BATCH(x, y, 1, ROW(2), ROW(0, 0));
    expect_refused(&m, "rank 4, a block of 1 and 2 numbers for the sides; expected rank 3 or 4");
    m = TO_BATCH(y, x, 2, ROW(2, 2), ROW(0, 0, 0, 0));
    expect_refused(&m, "SPACE_TO_BATCH_ND: of a batch of 4, supported for 1");
    m = TO_SPACE(x, y, 2, ROW(2, 2), ROW(0, 0, 0, 0));
    expect_refused(&m,
                   "BATCH_TO_SPACE_ND: 1 images for blocks of 2x2: supported for one block each");
    m = TO_SPACE(y, x, 2, ROW(2, 2), ROW(2, 2, 0, 0));
    expect_refused(&m, "BATCH_TO_SPACE_ND: 2 and 2 cut off 4");
    m = TO_SPACE(y, x, 2, ROW(2, 2), ROW(0, 1, 0, 0));
    expect_refused(&m, "BATCH_TO_SPACE_ND: its output has 16 elements, its inputs make 12");
}

/* As Keras exports a causal Conv1D of 3 taps that is dilated by 2: [1,10,2] -> [1,10,2]. */
static struct tiny dilated_sequence(void)
{
    enum { X, W, B, Y, BATCH, ROWS, CONV, FLAT, PADDED = 10, CUT = 12, AXIS = 14 };
    static const int32_t one = 1, by = 2, pads[2] = {4, 0}, crops[2] = {0, 0};
    struct tiny m = tiny_conv();
    m.tensor[X] = TINY_S8("x", 0.5f, 1, 1, 10, 2);
    m.tensor[W] = TINY_S8("w", 0.25f, 0, 2, 1, 3, 2);
    m.tensor[W].buffer = 1;
    m.tensor[Y] = TINY_S8("y", 4.0f, -3, 1, 10, 2);
    m.tensor[BATCH] = TINY_S8("batch", 0.5f, 1, 2, 7, 2);
    m.tensor[ROWS] = TINY_S8("rows", 0.5f, 1, 2, 1, 7, 2);
    m.tensor[CONV] = TINY_S8("conv", 4.0f, -3, 2, 1, 5, 2);
    m.tensor[FLAT] = TINY_S8("flat", 4.0f, -3, 2, 5, 2);
    m.tensor[AXIS] = tiny_ints("axis", 1, m.n_buffers);
    m.buffer[m.n_buffers++] = (struct tiny_buffer){&one, sizeof one, 0, 0};
    m.buffer[1].len = 12; /* of the weights */
    m.n_tensors = AXIS + 1;
    m.op[2] = m.op[0];
    m.op[2].in[0] = ROWS;
    m.op[2].out[0] = CONV;
    m.op[2].option[0].value = TFL_VALID;
    m.op[0] = (struct tiny_op){.in = {X}, .out = {BATCH}};
    m.op[4] = (struct tiny_op){.in = {FLAT}, .out = {Y}};
    put_blocks(&m, 0, TFL_SPACE_TO_BATCH_ND, PADDED, &by, pads, 1);
    put_blocks(&m, 4, TFL_BATCH_TO_SPACE_ND, CUT, &by, crops, 1);
    m.code[1] = (struct tiny_code){TFL_EXPAND_DIMS, TFL_EXPAND_DIMS, NULL};
    m.code[2] = (struct tiny_code){TFL_CONV_2D, TFL_CONV_2D, NULL};
    m.code[3] = (struct tiny_code){TFL_SQUEEZE, TFL_SQUEEZE, NULL};
    m.n_codes = m.n_ops = 5;
    m.op[1] =
        (struct tiny_op){.code = 1, .in = {BATCH, AXIS}, .n_in = 2, .out = {ROWS}, .n_out = 1};
    m.op[2].code = 2;
    m.op[3] = (struct tiny_op){.code = 3, .in = {CONV}, .n_in = 1, .out = {FLAT}, .n_out = 1};
    return m;
}

TEST(blocks_around_a_convolution_become_its_dilation)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    struct diag d = {0};
    const struct tiny m = dilated_sequence();
    const struct graph *source = read_ok(a, &m);
    struct graph *g = graph_clone(a, source);
    CHECK(simplify(g, &d));
    graph_verify(g, &d);
    check_no_error(&d);
    CHECK_EQ(g->nodes.n, 3);
    CHECK_EQ(g->nodes.items[0].op, OP_RESHAPE);
    CHECK_EQ(g->nodes.items[1].op, OP_CONV2D);
    CHECK_EQ(g->nodes.items[2].op, OP_RESHAPE);
    const struct attrs *at = &g->nodes.items[1].attrs;
    CHECK_EQ(at->dilation_w, 2);
    CHECK_EQ(at->pad_left, 4);
    CHECK_EQ(at->pad_right, 0);
    check_same_meaning(a, source, g, N_RUNS, &r);
    arena_free(a);
}

TEST(a_batch_is_computed_image_by_image)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct tiny m = tiny_conv();
    const struct graph *one = read_ok(a, &m);
    m.tensor[0].dim[0] = m.tensor[3].dim[0] = 2;
    const struct graph *two = read_ok(a, &m);
    int8_t x[2 * 4 * 4 * 2];
    for (size_t i = 0; i < sizeof x; i++)
        x[i] = (int8_t)(i * 7);
    struct interp *of_one = interp_new(a, one, &d), *of_two = interp_new(a, two, &d);
    check_no_error(&d);
    const void *in = x;
    interp_run(of_two, &in);
    const int8_t *y = interp_tensor(of_two, two->outputs.items[0]);
    for (int i = 0; i < 2; i++) {
        in = x + i * 32;
        interp_run(of_one, &in);
        CHECK_BYTES(interp_tensor(of_one, one->outputs.items[0]), y + i * 32, 32);
    }
    m.tensor[0].dim[0] = m.tensor[3].dim[0] = 257;
    expect_refused(&m, "CONV_2D: a batch of 257 images, at most 256");
    m.tensor[0].dim[0] = 2;
    m.tensor[3].dim[0] = 3;
    expect_refused(&m, "CONV_2D: its output is s8 3x4x4x2, its inputs make s8 2x4x4x2");
    arena_free(a);
}

TEST_MAIN(T(space_becomes_images_of_every_nth_row_and_column),
          T(images_become_space_again_but_for_what_is_cut_off),
          T(a_sequence_is_an_image_of_one_row), T(blocks_that_make_no_sense_are_refused),
          T(blocks_around_a_convolution_become_its_dilation), T(a_batch_is_computed_image_by_image))
