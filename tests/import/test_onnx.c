/* test_onnx.c - ONNX models built by hand: layouts, choices of the user, and files that lie.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rng.h"
#include "check.h"
#include "import/onnx.h"
#include "import/tiny_onnx.h"
#include "ir/interp.h"
#include "ir/verify.h"

static struct graph *read_as(struct arena *a, struct bytes file,
                             const struct import_options *options)
{
    struct diag d = {0};
    struct graph *g = onnx_read(a, file, "tiny.onnx", options, &d);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    return g;
}

static void expect_bytes(struct bytes file, const char *place, const char *message)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    CHECK(!onnx_read(a, file, "tiny.onnx", NULL, &d));
    CHECK(d.failed);
    CHECK_HAS(d.place, place);
    CHECK_HAS(d.message, message);
    CHECK(d.hint[0]);
    arena_free(a);
}

/* A damaged file: refused at an offset. */
static void expect_damaged(struct tiny *m, const char *message)
{
    expect_bytes(tiny_write(m), "tiny.onnx:+", message);
}

/* A sound file with something that Mote cannot do. */
static void expect_refused(struct tiny *m, const char *message)
{
    expect_bytes(tiny_write(m), "tiny.onnx", message);
}

static uint32_t count_ops(const struct graph *g, enum op op)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->nodes.n; i++)
        n += g->nodes.items[i].op == op;
    return n;
}

/* A residual network of two convolutions, a pool over all and a dense layer. */
static struct tiny cnn(struct arena *a)
{
    static const float w[4 * 3 * 9] = {0.5f, -0.25f, 1.0f}, w2[4 * 4 * 9] = {1.0f, 0.5f};
    static const float b[4] = {1.0f, 2.0f, 3.0f, 4.0f}, dense[4 * 2] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct tiny m = tiny_model(a, 13);
    tiny_input(&m, "x", ONNX_FLOAT, "N,3,8,8");
    tiny_constant(&m, "w", ONNX_FLOAT, "4,3,3,3", w, sizeof w);
    tiny_constant(&m, "w2", ONNX_FLOAT, "4,4,3,3", w2, sizeof w2);
    tiny_constant(&m, "b", ONNX_FLOAT, "4", b, sizeof b);
    tiny_constant(&m, "dense", ONNX_FLOAT, "4,2", dense, sizeof dense);
    tiny_node(&m, "Conv", "x,w,b", "c1");
    tiny_attr_ints(&m, "pads", "1,1,1,1");
    tiny_node(&m, "Relu", "c1", "r1");
    tiny_node(&m, "Conv", "r1,w2,b", "c2");
    tiny_attr_string(&m, "auto_pad", "SAME_UPPER");
    tiny_node(&m, "Add", "c2,r1", "sum");
    tiny_node(&m, "GlobalAveragePool", "sum", "mean");
    tiny_node(&m, "Flatten", "mean", "flat");
    tiny_node(&m, "Gemm", "flat,dense", "y");
    tiny_output(&m, "y", ONNX_FLOAT, "N,2");
    return m;
}

TEST(a_cnn_has_transposes_at_its_ends_only)
{
    struct arena *a = arena_new("test");
    const struct import_options last = {.channels_last = true};
    struct tiny m = cnn(a);
    const struct bytes file = tiny_write(&m);
    const struct graph *g = read_as(a, file, NULL);
    CHECK_EQ(count_ops(g, OP_TRANSPOSE), 2); /* the input; 1x1 pixels behind the pool: no copy */
    CHECK_EQ(g->tensors.items[g->inputs.items[0]].shape.dim[1], 3);
    g = read_as(a, file, &last);
    CHECK_EQ(count_ops(g, OP_TRANSPOSE), 1);
    CHECK_EQ(g->tensors.items[g->inputs.items[0]].shape.dim[3], 3);
    arena_free(a);
}

/* The same image in both orders gives the same. */
TEST(channels_last_changes_the_ends_alone)
{
    struct arena *a = arena_new("test");
    const struct import_options options = {.channels_last = true};
    struct rng rng = rng_seed(test_seed());
    struct diag d = {0};
    float first[3 * 64], last[3 * 64];
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < 64; i++)
            last[3 * i + c] = first[64 * c + i] = rng_f32(&rng) - 0.5f;
    struct tiny m = cnn(a);
    const struct bytes file = tiny_write(&m);
    const struct graph *g = read_as(a, file, NULL), *h = read_as(a, file, &options);
    struct interp *it = interp_new(a, g, &d), *jt = interp_new(a, h, &d);
    const void *in = first, *jn = last;
    interp_run(it, &in);
    interp_run(jt, &jn);
    CHECK_BYTES(interp_tensor(it, g->outputs.items[0]), interp_tensor(jt, h->outputs.items[0]),
                2 * sizeof(float));
    arena_free(a);
}

TEST(transposes_of_exporters_around_a_convolution_go_away)
{
    struct arena *a = arena_new("test");
    static const float w[2 * 3] = {1, 2, 3, 4, 5, 6};
    struct tiny m = tiny_model(a, 11);
    tiny_input(&m, "x", ONNX_FLOAT, "1,4,4,3");
    tiny_constant(&m, "w", ONNX_FLOAT, "2,3,1,1", w, sizeof w);
    tiny_node(&m, "Transpose", "x", "t");
    tiny_attr_ints(&m, "perm", "0,3,1,2");
    tiny_node(&m, "Conv", "t,w", "c");
    tiny_node(&m, "Transpose", "c", "y");
    tiny_attr_ints(&m, "perm", "0,2,3,1");
    tiny_output(&m, "y", ONNX_FLOAT, "1,4,4,2");
    const struct graph *g = read_as(a, tiny_write(&m), NULL);
    CHECK_EQ(count_ops(g, OP_TRANSPOSE), 0);
    CHECK_EQ(g->nodes.n, 1);
    arena_free(a);
}

TEST(shapes_that_are_computed_become_constants)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_model(a, 13);
    tiny_input(&m, "x", ONNX_FLOAT, "1,6,4");
    tiny_ints(&m, "two", "2");
    tiny_ints(&m, "rest", "-1");
    tiny_ints(&m, "zero", "0");
    tiny_node(&m, "Shape", "x", "shape");
    tiny_node(&m, "Gather", "shape,zero", "batch");
    tiny_node(&m, "Mul", "batch,two", "rows");
    tiny_node(&m, "Concat", "rows,rest", "to");
    tiny_attr_int(&m, "axis", 0);
    tiny_node(&m, "Reshape", "x,to", "y");
    tiny_output(&m, "y", ONNX_FLOAT, NULL);
    const struct graph *g = read_as(a, tiny_write(&m), NULL);
    CHECK_EQ(g->nodes.n, 1);
    CHECK_EQ(g->nodes.items[0].op, OP_RESHAPE);
    CHECK_EQ(g->nodes.items[0].attrs.new_shape[1], 12);
    arena_free(a);
}

TEST(a_symbolic_dimension_takes_a_size)
{
    struct arena *a = arena_new("test");
    const struct import_dim dim = {"T", 7};
    const struct import_options options = {.n_dims = 1, .dims = &dim};
    struct tiny m = tiny_model(a, 13);
    tiny_input(&m, "x", ONNX_FLOAT, "N,T,4");
    tiny_node(&m, "Relu", "x", "y");
    tiny_output(&m, "y", ONNX_FLOAT, NULL);
    const struct graph *g = read_as(a, tiny_write(&m), &options);
    CHECK_EQ(g->tensors.items[g->inputs.items[0]].shape.dim[0], 1);
    CHECK_EQ(g->tensors.items[g->inputs.items[0]].shape.dim[1], 7);
    expect_refused(&m, "input 'x': dimension 1, 'T', is open");
    arena_free(a);
}

/* What is not supported, all of it at once. */

TEST(every_operator_that_is_not_supported_is_named_at_once)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_model(a, 13);
    struct faults faults = {0};
    struct diag d = {0};
    tiny_input(&m, "x", ONNX_FLOAT, "1,4");
    tiny_node(&m, "Det", "x", "p");
    tiny_node(&m, "Unheard", "p", "q");
    tiny_node(&m, "Relu", "x", "r");
    tiny_attr_int(&m, "slope", 1);
    tiny_output(&m, "q", ONNX_FLOAT, "1,4");
    const struct bytes file = tiny_write(&m);
    CHECK(onnx_account(a, file, "tiny.onnx", NULL, &faults, &d));
    CHECK_EQ(faults.list.n, 3);
    CHECK_HAS(faults.list.items[0].what, "Det: this operator is not supported");
    CHECK_HAS(faults.list.items[1].what, "Unheard: this operator is not supported");
    CHECK_HAS(faults.list.items[2].what, "Relu: the attribute 'slope' is not supported");
    for (uint32_t i = 0; i < faults.list.n; i++)
        CHECK(faults.list.items[i].hint[0]);
    arena_free(a);
}

TEST(an_opset_of_the_future)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_model(a, 40);
    tiny_input(&m, "x", ONNX_FLOAT, "1,4");
    tiny_node(&m, "Relu", "x", "y");
    tiny_output(&m, "y", ONNX_FLOAT, "1,4");
    expect_refused(&m, "opset 40, supported are 7 to 21");
    arena_free(a);
}

/* Damaged files. */

static struct tiny sum(struct arena *a)
{
    struct tiny m = tiny_model(a, 13);
    tiny_input(&m, "x", ONNX_FLOAT, "1,4");
    tiny_node(&m, "Add", "x,c", "y");
    tiny_output(&m, "y", ONNX_FLOAT, "1,4");
    return m;
}

TEST(a_constant_whose_data_is_shorter_or_longer_than_its_shape)
{
    static const float c[5] = {1, 2, 3, 4, 5};
    for (size_t n = 0; n <= sizeof c; n++) {
        struct arena *a = arena_new("test");
        struct tiny m = sum(a);
        tiny_constant(&m, "c", ONNX_FLOAT, "4", c, n);
        if (n == 4 * sizeof c[0])
            read_as(a, tiny_write(&m), NULL);
        else
            expect_damaged(&m, "the constant 'c' takes 16 bytes, its data has");
        arena_free(a);
    }
}

TEST(sizes_that_overflow)
{
    static const struct {
        const char *dims, *message;
    } cases[] = {
        {"4294967296,4294967296", "dimension 0 is 4294967296, outside 1..16777216"},
        {"65536,65536,65536,65536", "has more than 268435456 elements"},
        {"16777216,16777216", "has more than 268435456 elements"},
        {"1,1,1,1,1,1,1", "has 7 dimensions, at most 6"},
        {"0", "has no elements"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *a = arena_new("test");
        struct tiny m = sum(a);
        tiny_constant(&m, "c", ONNX_FLOAT, cases[i].dims, "", 0);
        expect_refused(&m, cases[i].message);
        arena_free(a);
    }
    struct arena *a = arena_new("test");
    struct tiny m = sum(a);
    tiny_constant(&m, "c", ONNX_FLOAT, "-4", "", 0);
    expect_damaged(&m, "a constant has a dimension of -4");
    m = sum(a); /* a claim of 1 GB by a file of 100 bytes */
    struct text t = tiny_tensor(a, "c", ONNX_FLOAT, "16777216,16");
    tiny_field(&m.graph, GRAPH_INITIALIZER, tiny_bytes(&t));
    expect_damaged(&m, "the constant 'c' has fewer elements than its shape");
    arena_free(a);
}

TEST(names_that_nothing_writes_or_two_write)
{
    struct arena *a = arena_new("test");
    struct tiny m = sum(a);
    expect_damaged(&m, "node 0 (Add) reads 'c', which nothing before it writes");
    m = tiny_model(a, 13);
    tiny_input(&m, "x", ONNX_FLOAT, "4");
    tiny_node(&m, "Relu", "x", "x");
    tiny_output(&m, "x", ONNX_FLOAT, NULL);
    expect_damaged(&m, "node 0 (Relu) writes 'x', which is an input");
    m = tiny_model(a, 13);
    tiny_input(&m, "x", ONNX_FLOAT, "4");
    tiny_output(&m, "y", ONNX_FLOAT, NULL);
    expect_damaged(&m, "graph output 0 'y' is never written");
    m = tiny_model(a, 13);
    tiny_input(&m, "x", ONNX_FLOAT, "4");
    tiny_input(&m, "x", ONNX_FLOAT, "4");
    expect_damaged(&m, "the graph has the input 'x' twice");
    arena_free(a);
}

TEST(weights_that_are_no_weights)
{
    static const float w[9] = {0};
    static const struct {
        const char *dims, *message;
    } cases[] = {
        {"9", "weights of rank 1, expected 4"},
        {"1,9,1,1", "weights for 9 channels, the input has 3"},
        {"3,3,1,1", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *a = arena_new("test");
        struct tiny m = tiny_model(a, 13);
        tiny_input(&m, "x", ONNX_FLOAT, "1,3,4,4");
        tiny_constant(&m, "w", ONNX_FLOAT, cases[i].dims, w, sizeof w);
        tiny_node(&m, "Conv", "x,w", "y");
        tiny_output(&m, "y", ONNX_FLOAT, NULL);
        if (cases[i].message)
            expect_refused(&m, cases[i].message);
        else
            read_as(a, tiny_write(&m), NULL);
        arena_free(a);
    }
}

TEST(attributes_of_another_type_or_out_of_range)
{
    static const struct {
        const char *name, *value, *message;
    } cases[] = {
        {"strides", "0,1", "the attribute 'strides' has 0, expected 1.."},
        {"strides", "1,-1", "the attribute 'strides' has -1"},
        {"strides", "1", "the attribute 'strides' has 1 numbers, expected 2"},
        {"dilations", "999999999999,1", "has 999999999999, expected 1.."},
        {"pads", "1,1,1", "3 pads, expected 4"},
        {"pads", "0,0,-1,0", "a pad of -1"},
        {"kernel_shape", "2,2", "kernel_shape is not that of the weights"},
        {"group", "1", "the attribute 'group' is of type 7, expected 2"},
    };
    static const float w[3] = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *a = arena_new("test");
        struct tiny m = tiny_model(a, 13);
        tiny_input(&m, "x", ONNX_FLOAT, "1,3,4,4");
        tiny_constant(&m, "w", ONNX_FLOAT, "1,3,1,1", w, sizeof w);
        tiny_node(&m, "Conv", "x,w", "y");
        tiny_attr_ints(&m, cases[i].name, cases[i].value);
        tiny_output(&m, "y", ONNX_FLOAT, NULL);
        expect_refused(&m, cases[i].message);
        arena_free(a);
    }
}

TEST(a_constant_that_would_grow_without_end)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_model(a, 13);
    tiny_input(&m, "x", ONNX_FLOAT, "1");
    tiny_ints(&m, "much", "16000000,5");
    tiny_node(&m, "ConstantOfShape", "much", "a");
    tiny_node(&m, "Relu", "a", "b");
    tiny_node(&m, "Add", "x,b", "y");
    tiny_output(&m, "y", ONNX_FLOAT, NULL);
    expect_refused(&m, "what follows from constants alone takes more than");
    arena_free(a);
}

TEST(a_file_is_known_by_its_bytes_cut_or_whole)
{
    struct arena *a = arena_new("test");
    struct tiny m = cnn(a);
    const struct bytes file = tiny_write(&m);
    CHECK(onnx_is_model(file));
    CHECK(onnx_is_model((struct bytes){file.data, file.len / 2}));
    CHECK(!onnx_is_model((struct bytes){file.data, 2})); /* a whole message, without a graph */
    CHECK(!onnx_is_model((struct bytes){(const uint8_t *)"mote 1\n", 7}));
    CHECK(!onnx_is_model((struct bytes){(const uint8_t *)"\x89PNG\r\n\x1a\n", 8}));
    CHECK(!onnx_is_model((struct bytes){file.data, 0}));
    arena_free(a);
}

/* However a file is cut, it is refused or read; the sanitizers watch. */
TEST(a_file_cut_anywhere)
{
    struct arena *a = arena_new("test");
    struct tiny m = cnn(a);
    const struct bytes file = tiny_write(&m);
    for (size_t n = 0; n < file.len; n++) {
        struct arena *b = arena_new("cut");
        struct diag d = {0};
        uint8_t *cut = arena_copy(b, file.data, n);
        const struct graph *g = onnx_read(b, (struct bytes){cut, n}, "cut.onnx", NULL, &d);
        CHECK(d.failed == !g);
        arena_free(b);
    }
    arena_free(a);
}

TEST(files_with_wrong_bytes)
{
    struct arena *a = arena_new("test");
    struct rng rng = rng_seed(test_seed());
    struct tiny m = cnn(a);
    const struct bytes file = tiny_write(&m);
    const int n_rounds = test_rounds(3000);
    for (int round = 0; round < n_rounds; round++) {
        struct arena *b = arena_new("wrong");
        struct diag d = {0};
        uint8_t *wrong = arena_copy(b, file.data, file.len);
        for (uint32_t k = 0; k <= rng_below(&rng, 3); k++)
            wrong[rng_below(&rng, (uint32_t)file.len)] = (uint8_t)rng_u64(&rng);
        const struct graph *g = onnx_read(b, (struct bytes){wrong, file.len}, "x.onnx", NULL, &d);
        CHECK(d.failed == !g);
        if (g)
            CHECK(graph_verify(g, &d));
        arena_free(b);
    }
    arena_free(a);
}

TEST(nested_messages_take_no_stack)
{
    struct arena *a = arena_new("test");
    struct text inner = {.arena = a};
    for (int depth = 0; depth < 2000; depth++) { /* an attribute with a graph with a node ... */
        struct text attr = {.arena = a}, node = {.arena = a}, graph = {.arena = a};
        tiny_field(&attr, 6, tiny_bytes(&inner));
        tiny_field(&node, NODE_ATTRIBUTE, tiny_bytes(&attr));
        tiny_field(&graph, GRAPH_NODE, tiny_bytes(&node));
        inner = graph;
    }
    struct tiny m = tiny_model(a, 13);
    tiny_input(&m, "x", ONNX_FLOAT, "1");
    text_add_bytes(&m.graph, inner.data, inner.len);
    tiny_node(&m, "Relu", "x", "y");
    tiny_output(&m, "y", ONNX_FLOAT, NULL);
    expect_refused(&m, "this operator is not supported");
    arena_free(a);
}

/* External data. */

static struct tiny external(struct arena *a, const char *location, const char *offset,
                            const char *length)
{
    const char *const entries[3][2] = {
        {"location", location}, {"offset", offset}, {"length", length}};
    struct tiny m = sum(a);
    struct text t = tiny_tensor(a, "c", ONNX_FLOAT, "4");
    for (int i = 0; i < 3; i++) {
        struct text entry = {.arena = a};
        if (!entries[i][1])
            continue;
        tiny_field(&entry, ENTRY_KEY, tiny_string(entries[i][0]));
        tiny_field(&entry, ENTRY_VALUE, tiny_string(entries[i][1]));
        tiny_field(&t, TENSOR_EXTERNAL_DATA, tiny_bytes(&entry));
    }
    tiny_number(&t, TENSOR_LOCATION, 1);
    tiny_field(&m.graph, GRAPH_INITIALIZER, tiny_bytes(&t));
    return m;
}

TEST(external_data_lies_in_the_folder_of_the_model)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    const char *dir;
    static const float c[6] = {0, 0, 1, 2, 3, 4}, x[4] = {10, 20, 30, 40},
                       want[4] = {11, 22, 33, 44};
    CHECK(file_temp_dir(a, &dir, &d));
    CHECK(file_write(path_join(a, dir, "weights.bin"), c, sizeof c, &d));
    struct tiny m = external(a, "weights.bin", "8", "16");
    const struct graph *g = onnx_read(a, tiny_write(&m), path_join(a, dir, "model.onnx"), NULL, &d);
    CHECK(g);
    struct interp *it = interp_new(a, g, &d);
    const void *in = x;
    interp_run(it, &in);
    CHECK_BYTES(interp_tensor(it, g->outputs.items[0]), want, sizeof want);
    file_remove_dir(dir);
    arena_free(a);
}

TEST(external_data_elsewhere_is_refused)
{
    struct arena *a = arena_new("test");
    struct diag made = {0};
    const char *dir;
    CHECK(file_temp_dir(a, &dir, &made));
    CHECK(file_write(path_join(a, dir, "weights.bin"), "0123456789abcdef", 16, &made));
    CHECK(symlink("weights.bin", path_join(a, dir, "link.bin")) == 0);
    static const struct {
        const char *location, *offset, *length, *message;
    } cases[] = {
        {"/etc/hostname", NULL, NULL, "an absolute path"},
        {"../weights.bin", NULL, NULL, "a path with '.' or '..'"},
        {"a/../../weights.bin", NULL, NULL, "not there, or a link"},
        {"./weights.bin", NULL, NULL, "a path with '.' or '..'"},
        {"link.bin", NULL, NULL, "not there, or a link"},
        {"none.bin", NULL, NULL, "not there, or a link"},
        {"", NULL, NULL, "external data without the name of a file"},
        {NULL, NULL, NULL, "external data without the name of a file"},
        {"weights.bin", "17", NULL, "begins at 17 of a file of 16 bytes"},
        {"weights.bin", "8", "16", "16 bytes at 8, reaches beyond a file of 16"},
        {"weights.bin", "8", NULL, "the constant 'c' takes 16 bytes, its data has 8"},
        {"weights.bin", "-1", NULL, "the offset of external data is '-1'"},
        {"weights.bin", "9223372036854775807", NULL, "begins at 9223372036854775807"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct diag d = {0};
        struct tiny m = external(a, cases[i].location, cases[i].offset, cases[i].length);
        CHECK(!onnx_read(a, tiny_write(&m), path_join(a, dir, "model.onnx"), NULL, &d));
        CHECK_HAS(d.message, cases[i].message);
    }
    unlink(path_join(a, dir, "link.bin"));
    file_remove_dir(dir);
    arena_free(a);
}

TEST_MAIN(T(a_cnn_has_transposes_at_its_ends_only), T(channels_last_changes_the_ends_alone),
          T(transposes_of_exporters_around_a_convolution_go_away),
          T(shapes_that_are_computed_become_constants), T(a_symbolic_dimension_takes_a_size),
          T(every_operator_that_is_not_supported_is_named_at_once), T(an_opset_of_the_future),
          T(a_constant_whose_data_is_shorter_or_longer_than_its_shape), T(sizes_that_overflow),
          T(names_that_nothing_writes_or_two_write), T(weights_that_are_no_weights),
          T(attributes_of_another_type_or_out_of_range), T(a_constant_that_would_grow_without_end),
          T(a_file_is_known_by_its_bytes_cut_or_whole), T(a_file_cut_anywhere),
          T(files_with_wrong_bytes), T(nested_messages_take_no_stack),
          T(external_data_lies_in_the_folder_of_the_model), T(external_data_elsewhere_is_refused))
