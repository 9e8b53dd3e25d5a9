/* test_emit.c - the text of emitted models. SPDX-License-Identifier: Apache-2.0
 *
 * golden/tiny.c and golden/tiny.h are what a tiny model looks like; MOTE_GOLDEN=1 refreshes
 * them. */
#include "build.h"
#include "emit/print.h"
#include "ir/random_graph.h"
#include <float.h>
#include <stdlib.h>

#define GOLDEN MOTE_SOURCE_DIR "/tests/emit/golden/"

static struct quant per_tensor(struct arena *a, float scale, int32_t zero)
{
    float *s = ARENA_NEW(a, float);
    int32_t *z = ARENA_NEW(a, int32_t);
    *s = scale;
    *z = zero;
    return (struct quant){.n = 1, .scale = s, .zero = z};
}

static uint32_t add_constant(struct graph *g, const char *name, enum dtype dtype,
                             struct shape shape, float scale, const void *data)
{
    const struct tensor t = {.name = name,
                             .dtype = dtype,
                             .shape = shape,
                             .quant = per_tensor(g->arena, scale, 0),
                             .data = data};
    return graph_add_tensor(g, &t);
}

static uint32_t add_op(struct graph *g, enum op op, const struct attrs *at, const uint32_t *in,
                       uint32_t n_in, const char *name, struct quant quant)
{
    struct diag d = {0};
    const uint32_t out = graph_add_node(g, op, at, in, n_in, name, &d);
    CHECK_OK(out != NO_TENSOR, d);
    g->tensors.items[out].quant = quant;
    return out;
}

/* conv2d -> reshape -> fully_connected -> softmax on a 4x4 image. `first_name` is the image's name
 * and the convolution's origin. */
static struct graph *tiny_graph(struct arena *a, const char *first_name)
{
    static const int8_t w[2 * 3 * 3] = {1,   -2,   3,  4,  -5,  6, 7,  -8, 9,
                                        127, -127, 64, 32, -16, 8, -4, 2,  1};
    static const int32_t b[2] = {100, -1000};
    static const int8_t fc[3 * 8] = {1,  2,  3,  4,  5,  6,   7,  8,   -8, -7,  -6, -5,
                                     -4, -3, -2, -1, 10, -20, 30, -40, 50, -60, 70, -80};
    struct graph *g = graph_new(a, "tiny");
    const struct tensor image = {.name = first_name,
                                 .dtype = DT_S8,
                                 .shape = {.rank = 4, .dim = {1, 4, 4, 1}},
                                 .quant = per_tensor(a, 0.5f, -128)};
    const uint32_t x = graph_add_tensor(g, &image);
    *VEC_PUSH(a, &g->inputs) = x;
    struct attrs conv = {.stride_h = 2, .stride_w = 2, .dilation_h = 1, .dilation_w = 1};
    conv.act = ACT_RELU;
    same_pad(4, 3, 2, 1, &conv.pad_top, &conv.pad_bottom);
    same_pad(4, 3, 2, 1, &conv.pad_left, &conv.pad_right);
    const uint32_t in_conv[] = {
        x,
        add_constant(g, "w", DT_S8, (struct shape){4, {2, 3, 3, 1}}, 0.125f, w),
        add_constant(g, "b", DT_S32, (struct shape){1, {2}}, 0.0625f, b),
    };
    const uint32_t u = add_op(g, OP_CONV2D, &conv, in_conv, 3, "conv", per_tensor(a, 1.0f, -128));
    g->nodes.items[g->nodes.n - 1].origin = first_name;
    const struct attrs flat = {.new_rank = 2, .new_shape = {1, 8}};
    const uint32_t v = add_op(g, OP_RESHAPE, &flat, &u, 1, "flat", per_tensor(a, 1.0f, -128));
    const uint32_t in_fc[] = {v,
                              add_constant(g, "fc_w", DT_S8, (struct shape){2, {3, 8}}, 0.01f, fc)};
    const uint32_t y =
        add_op(g, OP_FULLY_CONNECTED, &(struct attrs){0}, in_fc, 2, "fc", per_tensor(a, 0.1f, 5));
    const uint32_t p = add_op(g, OP_SOFTMAX, &(struct attrs){.beta = 1.0f}, &y, 1, "probability",
                              per_tensor(a, 1.0f / 256.0f, -128));
    *VEC_PUSH(a, &g->outputs) = p;
    struct diag d = {0};
    CHECK_OK(graph_verify(g, &d), d);
    return g;
}

static void check_golden(struct arena *a, const char *path, const char *got)
{
    struct diag d = {0};
    struct bytes want = {0};
    if (getenv("MOTE_GOLDEN"))
        CHECK_OK(file_write(path, got, strlen(got), &d), d);
    CHECK_OK(file_map(path, &want, &d), d);
    CHECK_STR(got, arena_printf(a, "%.*s", (int)want.len, (const char *)want.data));
}

TEST(a_tiny_model_is_printed_as_in_the_golden_files)
{
    struct arena *a = arena_new("test");
    const struct model m = make_model(a, tiny_graph(a, "image"), "tiny", &choice_reference);
    check_golden(a, GOLDEN "tiny.c", text_cstr(&m.code.source));
    check_golden(a, GOLDEN "tiny.h", text_cstr(&m.code.header));
    arena_free(a);
}

TEST(weight_bytes_count_weights_biases_multipliers_and_shifts)
{
    struct arena *a = arena_new("test");
    const struct model m = make_model(a, tiny_graph(a, "image"), "tiny", &choice_reference);
    const size_t conv = 18 + 2 * 4 + 2 * 4 + 2, fc = 24 + 3 * 4 + 4 + 1;
    CHECK_EQ((long long)m.code.weight_bytes, (long long)(conv + fc));
    CHECK_HAS(text_cstr(&m.code.header), "#define TINY_WEIGHT_BYTES 77u\n");
    arena_free(a);
}

TEST(the_same_model_is_the_same_bytes)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    for (int round = 0; round < 20; round++) {
        const struct graph *g = random_graph(a, &r, RANDOM_ENDS, 12);
        const struct model one = make_model(a, g, "net", &choice_portable);
        const struct model two = make_model(a, g, "net", &choice_portable);
        CHECK_STR(text_cstr(&one.code.source), text_cstr(&two.code.source));
        CHECK_STR(text_cstr(&one.code.header), text_cstr(&two.code.header));
    }
    arena_free(a);
}

/* Compile the models of the graphs with step names, and their headers as C99 and as C++. */
static void check_compiles(struct arena *a, struct graph *const *graphs, uint32_t n)
{
    struct build b = build_begin(a);
    struct text user = {.arena = a};
    for (uint32_t i = 0; i < n; i++) {
        const char *name = arena_printf(a, "odd%u", (unsigned)i);
        const struct model m = make_model(a, graphs[i], name, &choice_portable);
        add_model(&b, &m);
        text_printf(&user, "#include \"%s.h\"\n", name);
    }
    text_add(&user, "int main(void)\n{\n    return (int)(odd0_inputs[0].offset & 0u);\n}\n");
    static const char *const words[] = {"main.c", "-o", "main", "-DMOTE_STEP_NAMES"};
    add_file(&b, "main.c", text_cstr(&user));
    add_words(&b, words, sizeof words / sizeof words[0]);
    must_compile(&b);
    if (process_found("c++")) {
        add_file(&b, "main.cc", text_cstr(&user));
        must_run(&b, (const char *const[]){"c++", "-std=c++11", "-pedantic", "-Wall", "-Wextra",
                                           "-Wconversion", "-Werror", "-fsyntax-only", "-I",
                                           MOTE_SOURCE_DIR "/device/include", "main.cc", NULL});
    }
    build_end(&b);
}

/* Compile the tiny model with one more flag; what the compiler says. */
static const char *compiler_output(struct arena *a, const struct choice *choice, const char *flag,
                                   int *status)
{
    struct build b = build_begin(a);
    struct process_result result = {0};
    struct diag d = {0};
    const struct model m = make_model(a, tiny_graph(a, "image"), "tiny", choice);
    add_model(&b, &m);
    add_word(&b, "-c");
    add_word(&b, flag);
    add_word(&b, NULL);
    CHECK_OK(process_run(a, b.argv.items, b.dir, COMPILE_TIMEOUT_S, &result, &d), d);
    build_end(&b);
    *status = result.status;
    return result.output;
}

TEST(a_build_for_another_core_is_told_what_to_do)
{
    static const struct {
        uint32_t isas;
        const char *message;
    } cores[] = {{ISA_DSP, "build with -mcpu=cortex-m4, cortex-m7 or cortex-m33"},
                 {ISA_V7M | ISA_DSP, "build with -mcpu=cortex-m4, cortex-m7 or cortex-m33"},
                 {ISA_V7M, "build with -mcpu=cortex-m3"},
                 {ISA_RV32, "build with -march=rv32imc"}};
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof cores / sizeof cores[0]; i++) {
        int status;
        const struct choice choice = {.isas = cores[i].isas, .objective = OPTIMIZE_SPEED};
        const char *output = compiler_output(a, &choice, "-O2", &status);
        CHECK(status != 0);
        CHECK_HAS(output, cores[i].message);
        CHECK_HAS(output, "mote compile --target");
    }
    arena_free(a);
}

TEST(a_build_without_optimisation_is_noticed_but_not_stopped)
{
    struct arena *a = arena_new("test");
    int status;
    CHECK_HAS(compiler_output(a, &choice_portable, "-O0", &status), "Build with -O2");
    CHECK_EQ(status, 0);
    CHECK_STR(compiler_output(a, &choice_portable, "-O2", &status), "");
    CHECK_EQ(status, 0);
    arena_free(a);
}

#define N_NAMES 15

TEST(names_from_the_model_cannot_break_the_source)
{
    static const char *const names[N_NAMES - 1] = {
        "a*/b",
        "/* a",
        "/*/*/",
        "what\?\?/",
        "ends in \\",
        "\"quoted\" %s %n",
        "two\nlines",
        "tab\tand\r",
        "\xc3\xa4\xff",
        "\x01"
        "2",
        "//",
        "",
        "trigraph \?\?/\n",
        "a/*/b*/c",
    };
    struct arena *a = arena_new("test");
    char long_name[10001];
    memset(long_name, 'n', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    struct graph *graphs[N_NAMES] = {tiny_graph(a, long_name)};
    for (size_t i = 1; i < N_NAMES; i++)
        graphs[i] = tiny_graph(a, names[i - 1]);
    check_compiles(a, graphs, N_NAMES);

    const struct model cut = make_model(a, graphs[0], "odd", &choice_portable);
    CHECK_HAS(text_cstr(&cut.code.source), "nnn...: conv2d");
    CHECK(cut.code.source.len < 10000);
    arena_free(a);
}

static const char *comment_text(struct arena *a, const char *s)
{
    struct text t = {.arena = a};
    print_comment_text(&t, s);
    return text_cstr(&t);
}

static const char *string_literal(struct arena *a, const char *s)
{
    struct text t = {.arena = a};
    print_string(&t, s);
    return text_cstr(&t);
}

TEST(comments_and_strings_are_escaped)
{
    struct arena *a = arena_new("test");
    CHECK_STR(comment_text(a, "conv1+relu1"), "conv1+relu1");
    CHECK_STR(comment_text(a, "a*/b"), "a* /b");
    CHECK_STR(comment_text(a, "/*/"), "/ * /");
    CHECK_STR(comment_text(a, "a\nb\xff"), "a?b?");
    CHECK_STR(string_literal(a, "conv1"), "\"conv1\"");
    CHECK_STR(string_literal(a, "\"\\?\n1"), "\"\\\"\\\\\\?\\0121\"");
    arena_free(a);
}

TEST(floats_are_printed_as_float_constants_and_read_back)
{
    static const struct {
        float value;
        const char *text;
    } cases[] = {{0.0f, "0.0f"},
                 {1.0f, "1.0f"},
                 {0.5f, "0.5f"},
                 {-3.0f, "-3.0f"},
                 {1e-8f, "9.99999994e-09f"},
                 {1e20f, "1.00000002e+20f"},
                 {123456792.0f, "123456792.0f"}};
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text t = {.arena = a};
        print_float(&t, cases[i].value);
        CHECK_STR(text_cstr(&t), cases[i].text);
    }
    struct rng r = rng_seed(test_seed());
    for (int round = 0; round < 1000; round++) {
        const float v = rng_normal(&r) * (float)(1 << rng_below(&r, 30)) / 32768.0f;
        struct text t = {.arena = a};
        print_float(&t, v);
        CHECK(strtof(text_cstr(&t), NULL) == v);
    }
    arena_free(a);
}

TEST(arrays_stand_in_rows_and_are_counted)
{
    static const int32_t v[] = {0, -1, INT32_MAX, INT32_MIN, 5, 6, 7, 8};
    struct arena *a = arena_new("test");
    struct text t = {.arena = a};
    struct constants c = {.t = &t, .names = {.arena = a}};
    print_array(&c, "net_s0", "bias", DT_S32, v, 8);
    CHECK_STR(text_cstr(&t),
              "static const int32_t net_s0_bias[8] = {\n"
              "              0,          -1,  2147483647,   INT32_MIN,           5,           6, "
              "          7,\n"
              "              8,\n"
              "};\n");
    CHECK_EQ((long long)c.bytes, 32);
    CHECK_STR(text_cstr(&c.names), "sizeof net_s0_bias + ");
    arena_free(a);
}

TEST(lines_end_before_the_hundredth_column)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    for (int round = 0; round < 10; round++) {
        const struct graph *g = random_graph(a, &r, RANDOM_S8, 12);
        const struct model m = make_model(a, g, "keywords", &choice_portable);
        for (const char *line = text_cstr(&m.code.source); *line;) {
            const char *end = strchr(line, '\n');
            const bool is_comment = strstr(line, "/*") && strstr(line, "/*") < end;
            CHECK(end - line <= 100 || is_comment);
            CHECK(end == line || end[-1] != ' ');
            line = end + 1;
        }
    }
    arena_free(a);
}

TEST(constants_that_are_the_same_are_in_flash_once)
{
    struct arena *a = arena_new("test");
    struct text t = {.arena = a};
    struct constants c = {.t = &t, .names = {.arena = a}};
    static const int8_t x[2] = {1, 2}, same[2] = {1, 2}, other[2] = {1, 3};
    static const uint8_t unsigned_same[2] = {1, 2};
    print_array(&c, "m_s0", "weights", DT_S8, x, 2);
    print_array(&c, "m_s1", "weights", DT_S8, same, 2);
    print_array(&c, "m_s2", "weights", DT_S8, other, 2);
    print_array(&c, "m_s3", "weights", DT_U8, unsigned_same, 2);
    CHECK_HAS(text_cstr(&t), "#define m_s1_weights m_s0_weights\n");
    CHECK_HAS(text_cstr(&t), "static const int8_t m_s2_weights[2]");
    CHECK_HAS(text_cstr(&t), "static const uint8_t m_s3_weights[2]");
    CHECK_EQ((long long)c.bytes, 6);
    arena_free(a);
}

TEST_MAIN(T(a_build_for_another_core_is_told_what_to_do),
          T(a_build_without_optimisation_is_noticed_but_not_stopped),
          T(constants_that_are_the_same_are_in_flash_once),
          T(a_tiny_model_is_printed_as_in_the_golden_files),
          T(weight_bytes_count_weights_biases_multipliers_and_shifts),
          T(the_same_model_is_the_same_bytes), T(names_from_the_model_cannot_break_the_source),
          T(comments_and_strings_are_escaped),
          T(floats_are_printed_as_float_constants_and_read_back),
          T(arrays_stand_in_rows_and_are_counted), T(lines_end_before_the_hundredth_column))
