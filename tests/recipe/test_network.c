/* test_network.c - recipe_network: names, shapes, layers that do not fit.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "check.h"
#include "fixture.h"
#include "ir/verify.h"
#include "recipe/recipe.h"

/* The graph of a recipe with these layers, on line 3 from column 11, before a softmax. */
static struct graph *build(struct fixture *f, const char *layers, struct shape sample,
                           uint32_t n_classes)
{
    const char *path = path_join(f->a, f->dir, "r.yaml");
    const char *text = arena_printf(f->a,
                                    "name: net\n"
                                    "data: {format: idx, train: {images: x, labels: y}}\n"
                                    "network: [%s, softmax]\n",
                                    layers);
    f->d = (struct diag){0};
    CHECK(file_write(path, text, strlen(text), &f->d));
    const struct recipe *r = recipe_read(f->a, path, &f->d);
    if (!r)
        test_fail(__FILE__, __LINE__, "%s: %s", f->d.place, f->d.message);
    return recipe_network(f->a, r, &sample, n_classes, &f->d);
}

static const struct shape grey_28 = {4, {1, 28, 28, 1}};

/* Shape of the output of the node called `name`, e.g. "14x14x8". */
static const char *output_shape(struct fixture *f, const struct graph *g, const char *name)
{
    for (uint32_t i = 0; i < g->tensors.n; i++) {
        const struct tensor *t = &g->tensors.items[i];
        if (strcmp(t->name, name) != 0)
            continue;
        struct text s = {.arena = f->a};
        for (int32_t k = 0; k < t->shape.rank; k++)
            text_printf(&s, "%s%d", k ? "x" : "", (int)t->shape.dim[k]);
        return text_cstr(&s);
    }
    return "no such tensor";
}

TEST(every_layer_gives_the_documented_shape_under_a_readable_name)
{
    static const struct {
        const char *layers, *name, *shape;
    } cases[] = {
        {"{conv2d: {filters: 8, kernel: 3}}", "conv2d_1", "1x26x26x8"},
        {"{conv2d: {filters: 8, kernel: 3, pad: same}}", "conv2d_1", "1x28x28x8"},
        {"{conv2d: {filters: 8, kernel: [3, 5], stride: [1, 2]}}", "conv2d_1", "1x26x12x8"},
        {"{conv2d: {filters: 8, kernel: [3, 5]}}", "conv2d_1/weights", "8x3x5x1"},
        {"{conv2d: {filters: 8, kernel: 3}}", "conv2d_1/bias", "8"},
        {"{conv2d: {filters: 8, kernel: 3, bias: false}}", "conv2d_1/bias", "no such tensor"},
        {"{conv2d: {filters: 8, kernel: 3, stride: 3, pad: same}}", "conv2d_1", "1x10x10x8"},
        {"{depthwise_conv2d: {kernel: 3, multiplier: 4}}", "depthwise_conv2d_1", "1x26x26x4"},
        {"{depthwise_conv2d: {kernel: 3, multiplier: 4}}", "depthwise_conv2d_1/weights", "1x3x3x4"},
        {"batch_norm", "batch_norm_1/gamma", "1"},
        {"relu, relu", "relu_2", "1x28x28x1"},
        {"relu6", "relu6_1", "1x28x28x1"},
        {"{max_pool: 2}", "max_pool_1", "1x14x14x1"},
        {"{max_pool: {size: 3, stride: 2, pad: same}}", "max_pool_1", "1x14x14x1"},
        {"{average_pool: {size: [7, 28]}}", "average_pool_1", "1x4x1x1"},
        {"global_average_pool", "global_average_pool_1", "1x1x1x1"},
        {"global_max_pool: ", "global_max_pool_1", "1x1x1x1"},
        {"{pad: {top: 1, left: 2, right: 3}}", "pad_1", "1x29x33x1"},
        {"flatten", "flatten_1", "1x784"},
        {"{fully_connected: 12}", "fully_connected_1/weights", "12x784"},
        {"{residual: {body: [relu]}}", "residual_1", "1x28x28x1"},
        {"{concat: [[relu], [], [relu6]]}", "concat_1", "1x28x28x3"},
    };
    struct fixture f = begin();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *layers = arena_printf(f.a, "%s, {fully_connected: classes}", cases[i].layers);
        struct graph *g = build(&f, layers, grey_28, 10);
        if (!g)
            test_fail(__FILE__, __LINE__, "%s: %s", cases[i].layers, f.d.message);
        CHECK_STR(output_shape(&f, g, cases[i].name), cases[i].shape);
        CHECK_STR(g->name, "net");
        CHECK_STR(output_shape(&f, g, "input"), "1x28x28x1");
        CHECK_STR(g->tensors.items[g->outputs.items[0]].name, "softmax_1");
        CHECK_EQ(g->nodes.items[g->nodes.n - 1].op, OP_SOFTMAX);
    }
    end(&f);
}

TEST(a_network_with_all_kinds_of_layers_passes_the_verifier)
{
    struct fixture f = begin();
    struct graph *g = build(
        &f,
        "{conv2d: {filters: 8, kernel: 3, pad: same, bias: false}}, {batch_norm: {eps: 0.001}}, "
        "relu, {residual: {body: [{depthwise_conv2d: {kernel: 3, stride: 2, pad: same}}, "
        "{conv2d: {filters: 16, kernel: 1}}], shortcut: [{conv2d: {filters: 16, kernel: 1, "
        "stride: 2}}]}}, relu6, {concat: [[], [{max_pool: {size: 3, stride: 1, pad: same}}]]}, "
        "{pad: {top: 1}}, {average_pool: 2}, global_max_pool, flatten, "
        "{fully_connected: 20}, relu, {fully_connected: {units: classes, bias: false}}",
        grey_28, 10);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s", f.d.place, f.d.message);
    CHECK_NEAR(g->nodes.items[1].attrs.eps, 0.001, 1e-9);
    /* Constants are zero until train_init; a verifier may ask for more than that later. */
    if (!graph_verify(g, &f.d))
        test_fail(__FILE__, __LINE__, "%s: %s", f.d.place, f.d.message);
    end(&f);
}

TEST(feature_vectors_take_fully_connected_layers)
{
    struct fixture f = begin();
    struct graph *g = build(&f, "{fully_connected: 5}, batch_norm, relu, {fully_connected: 3}",
                            (struct shape){2, {1, 7}}, 3);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s", f.d.place, f.d.message);
    CHECK_STR(output_shape(&f, g, "fully_connected_1/weights"), "5x7");
    CHECK_STR(output_shape(&f, g, "softmax_1"), "1x3");
    end(&f);
}

TEST(a_layer_that_does_not_fit_is_named_with_line_number_kind_and_input)
{
    static const struct {
        const char *layers, *place, *message, *hint;
    } cases[] = {
        {"{max_pool: 4}, {conv2d: {filters: 8, kernel: 9}}, global_max_pool", "3:27",
         "layer 2 (conv2d): a window of 9 does not fit input height 7", ""},
        {"{max_pool: 4}, {conv2d: {filters: 8, kernel: 9}}, global_max_pool", "3:27",
         "its input is 7x7x1", ""},
        {"{max_pool: 29}", "3:12", "layer 1 (max_pool): a window of 29 does not fit", ""},
        {"flatten, {conv2d: {filters: 8, kernel: 1}}", "3:21",
         "layer 2 (conv2d): it needs height x width x channels; its input is 784", ""},
        {"flatten, {max_pool: 2}", "3:21", "layer 2 (max_pool): it needs height x width", ""},
        {"flatten, global_average_pool", "3:20", "it needs height x width x channels", ""},
        {"flatten, {pad: {top: 1}}", "3:21", "layer 2 (pad): it needs height x width", ""},
        {"{residual: {body: [{conv2d: {filters: 8, kernel: 3}}]}}", "3:12",
         "layer 1 (residual): its body ends with 26x26x8, its shortcut with 28x28x1; its input is "
         "28x28x1",
         "a shortcut with a conv2d"},
        {"{residual: {body: [{max_pool: 40}]}}", "3:31",
         "layer 1.body.1 (max_pool): a window of 40", ""},
        {"{concat: [[relu], [{max_pool: 2}]]}", "3:12", "layer 1 (concat): input 1 is ", ""},
        {"{concat: [[relu], [relu, {max_pool: 40}]]}", "3:37", "layer 1.2.2 (max_pool): ", ""},
        {"{conv2d: {filters: 65535, kernel: 28}}, {fully_connected: 65535}", "3:52",
         "layer 2 (fully_connected): more than 67108864 weights", ""},
        {"{conv2d: {filters: 60000, kernel: 1}}, {depthwise_conv2d: {kernel: 1, multiplier: 2}}",
         "3:51", "layer 2 (depthwise_conv2d): more than 65535 output channels", ""},
        {"{fully_connected: 12}", "3:34", "the network has 12 outputs, the data 10 classes",
         "fully_connected: classes"},
        {"relu", "3:17", "the network has 784 outputs, the data 10 classes", ""},
    };
    struct fixture f = begin();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (build(&f, cases[i].layers, grey_28, 10))
            test_fail(__FILE__, __LINE__, "accepted: %s", cases[i].layers);
        CHECK_HAS(f.d.message, cases[i].message);
        CHECK_STR(strstr(f.d.place, "r.yaml:") + 7, cases[i].place);
        CHECK_HAS(f.d.hint, cases[i].hint);
    }
    end(&f);
}

TEST_MAIN(T(every_layer_gives_the_documented_shape_under_a_readable_name),
          T(a_network_with_all_kinds_of_layers_passes_the_verifier),
          T(feature_vectors_take_fully_connected_layers),
          T(a_layer_that_does_not_fit_is_named_with_line_number_kind_and_input))
