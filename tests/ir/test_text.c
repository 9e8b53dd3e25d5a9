/* test_text.c - the text form: round trips, spelling, every error message, hostile input.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "check.h"
#include "ir/random_graph.h"
#include "ir/text.h"

/* Uses most of the grammar; canonical, so that it prints back as it stands. */
static const char sample[] =
    "mote 1\n"
    "graph \"a \\\"sample\\\"\"\n"
    "\n"
    "%0 \"x\" s8 [1,4,4,2] quant 0.5:-3\n"
    "%1 \"w\" s8 [2,3,3,2] quant axis 0 [0.25:0, 0.125:0] = [1, -2, 3, 4, 5, 6, 7, 8, 9, 10, 11, "
    "12, 13, 14, 15, 16,\n"
    "    17, 18, -19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,\n"
    "    33, 34, 35, 127]\n"
    "%2 \"b\" s32 [2] quant axis 0 [0.125:0, 0.0625:0] = [-70000, 2147483]\n"
    "%3 \"conv\\n\\xc3\\x01\" s8 [1,2,2,2] quant 20:5\n"
    "%4 \"\" s8 [1,1,1,2] quant 20:5\n"
    "%5 \"flat\" s8 [1,2] quant 20:5\n"
    "%6 \"real\" f32 [1,2]\n"
    "%7 \"soft\" f32 [1,2]\n"
    "%8 \"pad\" f32 [1,4]\n"
    "%9 \"k\" f32 [1,4] = [0.100000001, -0, 1.40129846e-45, 3.40282347e+38]\n"
    "%10 \"sum\" f32 [1,4]\n"
    "\n"
    "input %0\n"
    "output %7, %10\n"
    "\n"
    "%3 = conv2d(%0, %1, %2) stride [2,2] pad [0,1,1,0] act relu6 origin \"first+relu6\"\n"
    "%4 = max_pool2d(%3) kernel [2,2]\n"
    "%5 = reshape(%4) shape [1,2]\n"
    "%6 = dequantize(%5)\n"
    "%7 = softmax(%6) beta 0.5\n"
    "%8 = pad(%6) pads [0,0,1,1]\n"
    "%10 = add(%8, %9)\n";

static struct graph *parse(struct arena *a, const char *text, struct diag *d)
{
    return graph_parse(a, (struct bytes){(const uint8_t *)text, strlen(text)}, "t.ir", d);
}

static const char *print(struct arena *a, const struct graph *g)
{
    struct text out = {.arena = a};
    graph_print(g, &out);
    return text_cstr(&out);
}

TEST(sample_prints_back_byte_for_byte)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    const struct graph *g = parse(a, sample, &d);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    CHECK_STR(print(a, g), sample);
    CHECK_STR(g->tensors.items[3].name, "conv\n\xc3\x01");
    CHECK_EQ(((const int32_t *)g->tensors.items[2].data)[0], -70000);
    CHECK_EQ(g->nodes.items[0].attrs.dilation_h, 1);
    CHECK_EQ(g->nodes.items[0].attrs.pad_bottom, 1);
    CHECK(((const float *)g->tensors.items[9].data)[0] == 0.1f);
    arena_free(a);
}

TEST(random_graphs_print_parse_and_print_alike)
{
    struct arena *a = arena_new("test");
    for (uint32_t i = 0; i < 300; i++) {
        struct rng r = rng_split(test_seed(), i);
        struct diag d = {0};
        const struct graph *g =
            random_graph(a, &r, (enum random_kind)(i % N_RANDOM_KINDS), 1 + i % 15);
        const char *first = print(a, g);
        const struct graph *back = parse(a, first, &d);
        if (!back)
            test_fail(__FILE__, __LINE__, "graph %u: %s: %s", i, d.place, d.message);
        CHECK_STR(print(a, back), first);
        for (uint32_t t = 0; t < g->tensors.n; t++)
            if (g->tensors.items[t].data)
                CHECK_BYTES(back->tensors.items[t].data, g->tensors.items[t].data,
                            tensor_bytes(&g->tensors.items[t]));
        arena_reset(a);
    }
    arena_free(a);
}

TEST(a_clone_prints_like_its_original)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    const struct graph *g = random_graph(a, &r, RANDOM_ENDS, 12);
    CHECK_STR(print(a, graph_clone(a, g)), print(a, g));
    arena_free(a);
}

TEST(blanks_comments_and_presets_do_not_matter)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    const char *loose = "# run: nothing\nmote 1 graph \"g\" %0 \"x\" f32 [ 1 , 4 ]\r\n"
                        "%1 \"y\" f32 [1,4] # a comment\ninput %0 output %1\n"
                        "%1=softmax( %0 )\tbeta 1.0";
    const char *canonical = "mote 1\ngraph \"g\"\n\n%0 \"x\" f32 [1,4]\n%1 \"y\" f32 [1,4]\n\n"
                            "input %0\noutput %1\n\n%1 = softmax(%0)\n";
    const struct graph *g = parse(a, loose, &d);
    CHECK(g);
    CHECK_STR(print(a, g), canonical);
    arena_free(a);
}

/* The example of docs/spec/ir.md, section 7, without its indentation. */
TEST(the_example_of_the_specification_is_valid_and_canonical)
{
    struct arena *a = arena_new("test");
    struct text example = {.arena = a};
    struct bytes doc;
    struct diag d = {0};
    CHECK(file_map(MOTE_SOURCE_DIR "/docs/spec/ir.md", &doc, &d));
    const char *text = arena_printf(a, "%.*s", (int)doc.len, (const char *)doc.data);
    const char *line = strstr(text, "    mote 1\n");
    CHECK(line);
    while (strncmp(line, "Grammar", 7) != 0) {
        size_t len = strcspn(line, "\n") + 1, indent = len > 4 ? 4 : 0;
        text_add_bytes(&example, line + indent, len - indent);
        line += len;
    }
    example.data[example.len - 1] = '\0'; /* the empty line behind the example */
    const struct graph *g = parse(a, example.data, &d);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    CHECK_STR(print(a, g), example.data);
    arena_free(a);
}

/* The head of a graph with one float input %0 [1,4] and an unwritten %1 of the same shape. */
#define HEAD "mote 1\ngraph \"g\"\n%0 \"x\" f32 [1,4]\n%1 \"y\" f32 [1,4]\ninput %0\noutput %1\n"

TEST(every_error_says_where_and_what)
{
    const struct {
        const char *text, *place, *message;
    } cases[] = {
        {"", "t.ir:1:1", "expected 'mote', found the end"},
        {"onnx 1", "t.ir:1:1", "expected 'mote', found 'onnx'"},
        {"mote 2", "t.ir:1:6", "version 2 of the IR, this program reads 1"},
        {"mote 1 graph g", "t.ir:1:14", "expected '\"', found 'g'"},
        {"mote 1 graph \"g", "t.ir:1:14", "a string without end"},
        {"mote 1 graph \"g\n\"", "t.ir:1:16", "byte 0x0a in a string, write \\x0a"},
        {"mote 1 graph \"\\q\"", "t.ir:1:15", "unknown escape"},
        {"mote 1 graph \"\\x00\"", "t.ir:1:15", "a string cannot hold byte 0"},
        {"mote 1\ngraph \"g\"\n%1 \"x\"", "t.ir:3:1", "tensor %1, expected %0"},
        {"mote 1\ngraph \"g\"\n%0 \"x\" f64", "t.ir:3:8", "unknown type 'f64', expected f32"},
        {"mote 1\ngraph \"g\"\n%0 \"x\" f32 [1,2,3,4,5,6,7]", "t.ir:3:12", "more than 6 numbers"},
        {"mote 1\ngraph \"g\"\n%0 \"x\" f32 []", "t.ir:3:12", "the rank is outside 1..6"},
        {"mote 1\ngraph \"g\"\n%0 \"x\" f32 [1,0]", "t.ir:3:12", "a dimension is outside"},
        {"mote 1\ngraph \"g\"\n%0 \"x\" f32 [16777216,17]", "t.ir:3:12", "more than 268435456"},
        {"mote 1\ngraph \"g\"\n%0 \"x\" f32 [1,4294967296]", "t.ir:3:15", "is outside -2147483648"},
        {"mote 1\ngraph \"g\"\n%0 \"x\" f32 [1,2.5]", "t.ir:3:15",
         "expected an integer, found '2.5'"},
        {"mote 1\ngraph \"g\"\n%0 \"x\" f32 [2] = [1]", "t.ir:3:20", "1 values or a missing ','"},
        {"mote 1\ngraph \"g\"\n%0 \"x\" f32 [2] = [1,2,3]", "t.ir:3:22", "expected ']', found ','"},
        {"mote 1\ngraph \"g\"\n%0 \"x\" f32 [9000] = [1]", "t.ir:3:22",
         "the text ends before 9000"},
        {"mote 1\ngraph \"g\"\n%0 \"x\" f32 [1] = [1e39]", "t.ir:3:19",
         "1e39 is outside the range"},
        {"mote 1\ngraph \"g\"\n%0 \"x\" f32 [1] = [nan]", "t.ir:3:19", "infinities and NaN"},
        {"mote 1\ngraph \"g\"\n%0 \"x\" f32 [1] = [-inf]", "t.ir:3:19", "infinities and NaN"},
        {"mote 1\ngraph \"g\"\n%0 \"x\" f32 [1] = [1.2.3]", "t.ir:3:19", "expected a number"},
        {"mote 1\ngraph \"g\"\n%0 \"x\" s8 [1] = [128]", "t.ir:3:18", "128 is outside -128..127"},
        {"mote 1\ngraph \"g\"\n%0 \"x\" s8 [1] = @0", "t.ir:3:17", "no binary part"},
        {"mote 1\ngraph \"g\"\n%0 \"x\" s8 [1] quant 1", "t.ir:3:22",
         "expected ':', found the end"},
        {HEAD "%2 = relu(%0)", "t.ir:7:1", "tensor %2 is not declared, there are 2"},
        {HEAD "%1 = rleu(%0)", "t.ir:7:6", "unknown operator 'rleu'"},
        {HEAD "%1 = relu(%0) act relu", "t.ir:7:15", "relu has no attribute 'act'"},
        {HEAD "%1 = relu(%0) colour 3", "t.ir:7:15", "unknown attribute 'colour'"},
        {HEAD "%1 = softmax(%0) beta 1 beta 2", "t.ir:7:25", "attribute 'beta' is given twice"},
        {HEAD "%1 = reshape(%0)", "t.ir:7:1", "reshape needs the attribute 'shape'"},
        {HEAD "%1 = add(%0, %0) act tanh", "t.ir:7:22", "unknown activation 'tanh'"},
        {HEAD "%1 = max_pool2d(%0) kernel [2]", "t.ir:7:28", "kernel has 1 numbers, expected 2"},
        {HEAD "%1 = relu(%0) origin \"a\" origin \"b\"", "t.ir:7:26", "'origin' is given twice"},
        {HEAD "%1 = relu(%0", "t.ir:7:13", "expected ')', found the end"},
        {HEAD "%1 = relu(%0)\n%1 = relu(%0)", "t.ir:8:1", "y (relu): writes a tensor"},
        {HEAD "%1 = relu(%1)", "t.ir:7:1", "y (relu): reads 'y' before it is written"},
        {HEAD, "t.ir:1:1", "tensor 'y': a graph output is never written"},
        {HEAD "%1 = reshape(%0) shape [1,5]", "t.ir:7:1", "y (reshape): input 1x4 has 4 elements"},
        {"mote 1 graph \"g\"\n%0 \"x\" f32 [2]\ninput %0\noutput %0\nstate %0", "t.ir:5:7",
         "a state is the tensor before the call"},
        {HEAD "state %1, %0, %0\n", "t.ir:1:1", "the first contents of a state are not a constant"},
        {"mote 1 graph \"g\" input output", "t.ir:1:1", "the graph has no input"},
    };
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct diag d = {0};
        if (parse(a, cases[i].text, &d))
            test_fail(__FILE__, __LINE__, "accepted: %s", cases[i].text);
        if (strcmp(d.place, cases[i].place) != 0 || !strstr(d.message, cases[i].message))
            test_fail(__FILE__, __LINE__, "'%s' gave %s: %s", cases[i].text, d.place, d.message);
    }
    arena_free(a);
}

TEST(a_mistyped_operator_gets_a_hint)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    CHECK(!parse(a, HEAD "%1 = rleu(%0)", &d));
    CHECK_STR(d.hint, "did you mean 'relu'?");
    arena_free(a);
}

/* Parse a copy that ends exactly where its memory ends, so that ASan sees a byte too far. Whatever
 * is accepted must be valid and print. */
static void survive(struct arena *a, const char *text, size_t len)
{
    struct diag d = {0};
    uint8_t *copy = malloc(len ? len : 1);
    CHECK(copy);
    if (len)
        memcpy(copy, text, len);
    const struct graph *g = graph_parse(a, (struct bytes){copy, len}, "t.ir", &d);
    CHECK(d.failed == !g);
    if (g) {
        CHECK(graph_verify(g, &d));
        CHECK(strlen(print(a, g)) > 0);
    }
    free(copy);
    arena_reset(a);
}

TEST(text_cut_at_any_byte_is_refused_or_valid)
{
    struct arena *a = arena_new("test");
    for (size_t len = 0; len < sizeof sample; len++)
        survive(a, sample, len);
    arena_free(a);
}

TEST(text_with_changed_bytes_is_refused_or_valid)
{
    static const char likely[] = "%[](),=@#\"\\-+.:_0123456789eE \nabcxyz\x80\xff";
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    char text[sizeof sample];
    for (uint32_t i = 0; i < 20000; i++) {
        size_t len = sizeof sample - 1;
        memcpy(text, sample, sizeof sample);
        for (uint32_t k = 1 + rng_below(&r, 4); k > 0; k--) {
            size_t at = rng_below(&r, (uint32_t)len);
            switch (rng_below(&r, 3)) {
            case 0: /* change */
                text[at] = likely[rng_below(&r, sizeof likely - 1)];
                break;
            case 1: /* remove some */
                if (len > 20) {
                    size_t n = 1 + rng_below(&r, 8);
                    n = n < len - at ? n : len - at;
                    memmove(text + at, text + at + n, len - at - n);
                    len -= n;
                }
                break;
            default: /* copy from elsewhere */
                text[at] = sample[rng_below(&r, sizeof sample - 1)];
            }
        }
        survive(a, text, len);
    }
    arena_free(a);
}

TEST_MAIN(T(sample_prints_back_byte_for_byte), T(random_graphs_print_parse_and_print_alike),
          T(a_clone_prints_like_its_original),
          T(the_example_of_the_specification_is_valid_and_canonical),
          T(blanks_comments_and_presets_do_not_matter), T(every_error_says_where_and_what),
          T(a_mistyped_operator_gets_a_hint), T(text_cut_at_any_byte_is_refused_or_valid),
          T(text_with_changed_bytes_is_refused_or_valid))
