/* test_recipe.c - recipe.h: a full example, and every way to get one wrong.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/rng.h"
#include "check.h"
#include "recipe/recipe.h"

struct fixture {
    struct arena *a;
    const char *dir, *path;
    struct diag d;
};

static struct fixture begin(void)
{
    struct fixture f = {.a = arena_new("test")};
    CHECK(file_temp_dir(f.a, &f.dir, &f.d));
    f.path = path_join(f.a, f.dir, "recipe.yaml");
    return f;
}

static void end(struct fixture *f)
{
    file_remove_dir(f->dir);
    arena_free(f->a);
}

static struct recipe *read_text(struct fixture *f, const char *text)
{
    f->d = (struct diag){0};
    CHECK(file_write(f->path, text, strlen(text), &f->d));
    return recipe_read(f->a, f->path, &f->d);
}

/* The text must be refused at "line:column" (or "" for the file) with this message and hint. */
static void check_refused(struct fixture *f, const char *text, const char *place,
                          const char *message, const char *hint)
{
    if (read_text(f, text))
        test_fail(__FILE__, __LINE__, "accepted, expected \"%s\": %s", message, text);
    const size_t n = strlen(f->path);
    CHECK(strncmp(f->d.place, f->path, n) == 0);
    if (strcmp(f->d.place + n + (f->d.place[n] == ':'), place) != 0)
        test_fail(__FILE__, __LINE__, "%s at %s, expected at %s", f->d.message, f->d.place, place);
    CHECK_HAS(f->d.message, message);
    CHECK_HAS(f->d.hint, hint);
}

#define DATA    "data: {format: idx, train: {images: x, labels: y}}\n"
#define NETWORK "network: [{fully_connected: classes}, softmax]\n"
#define MINIMAL "name: kws\n" DATA NETWORK

TEST(the_example_of_the_documentation_is_read_whole)
{
    struct fixture f = begin();
    struct bytes doc;
    CHECK(file_map(MOTE_SOURCE_DIR "/docs/recipe.md", &doc, &f.d));
    struct text all = {.arena = f.a};
    text_add_bytes(&all, doc.data, doc.len);
    char *start = strstr(all.data, "```yaml\n");
    CHECK(start != NULL);
    start += 8;
    char *stop = strstr(start, "```");
    CHECK(stop != NULL);
    *stop = '\0';
    const struct recipe *r = read_text(&f, start);
    if (!r)
        test_fail(__FILE__, __LINE__, "%s: %s", f.d.place, f.d.message);
    CHECK_STR(r->name, "fashion");
    CHECK_EQ((int64_t)r->seed, 1);
    CHECK_EQ(r->train.format, DATA_IDX);
    CHECK_STR(r->train.samples, path_join(f.a, f.dir, "train-images-idx3-ubyte.gz"));
    CHECK_STR(r->test.labels, path_join(f.a, f.dir, "t10k-labels-idx1-ubyte.gz"));
    CHECK_NEAR(r->validation_share, 0.0833, 1e-6);
    CHECK(isnan(r->mean) && isnan(r->std));
    const struct train_options *o = &r->train_options;
    CHECK_EQ(o->augment.flip, FLIP_HORIZONTAL);
    CHECK_EQ(o->augment.shift, 2);
    CHECK_EQ(o->epochs, 12);
    CHECK_EQ(o->batch, 128);
    CHECK_EQ(o->optimizer, OPTIMIZER_SGD);
    CHECK_NEAR(o->lr, 0.1, 1e-7);
    CHECK_NEAR(o->weight_decay, 0.0005, 1e-9);
    CHECK_EQ(o->schedule, SCHEDULE_COSINE);
    CHECK_NEAR(o->warmup_epochs, 1, 0);
    CHECK_NEAR(o->label_smoothing, 0.1, 1e-7);
    CHECK_EQ(r->quantize_options.ranges, RANGE_AUTO);
    CHECK_NEAR(r->quantize_options.percentile, 99.99, 1e-4);
    CHECK_EQ(r->calibration_n, 512);
    CHECK_EQ(r->calibration_fit_n, 256);
    CHECK_STR(r->target->name, "cortex-m4");
    CHECK_EQ((int64_t)r->flash_bytes, 65536);
    CHECK_EQ((int64_t)r->arena_bytes, 16384);
    const struct graph *g = recipe_network(f.a, r, &(struct shape){4, {1, 28, 28, 1}}, 10, &f.d);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s", f.d.place, f.d.message);
    end(&f);
}

TEST(a_minimal_recipe_has_the_documented_defaults)
{
    struct fixture f = begin();
    const struct recipe *r = read_text(&f, MINIMAL);
    CHECK(r != NULL);
    const struct train_options *o = &r->train_options;
    CHECK_EQ((int64_t)r->seed, 1);
    CHECK_EQ((int64_t)o->seed, 1);
    CHECK_EQ(o->epochs, 10);
    CHECK_EQ(o->batch, 128);
    CHECK_EQ(o->optimizer, OPTIMIZER_SGD);
    CHECK_NEAR(o->momentum, 0.9, 1e-7);
    CHECK_NEAR(o->bn_momentum, 0.1, 1e-7);
    CHECK_EQ(o->augment.flip, FLIP_NONE);
    CHECK(r->test.samples == NULL);
    CHECK_NEAR(r->validation_share, 0, 0);
    CHECK_EQ((int64_t)r->flash_bytes, 0);
    CHECK_STR(r->target->name, "cortex-m4");
    CHECK_EQ(r->quantize_options.ranges, RANGE_AUTO);
    CHECK_NEAR(read_text(&f, MINIMAL "train: {optimizer: adamw}\n")->train_options.lr, 0.001, 1e-9);
    end(&f);
}

TEST(absolute_paths_stay_and_other_formats_take_one_path)
{
    struct fixture f = begin();
    const struct recipe *r =
        read_text(&f, "name: a\nseed: 7\n" NETWORK
                      "data: {format: wav, train: /clips, test: test, samples: 16000, "
                      "normalise: {mean: 0.5, std: 2}}\n");
    CHECK(r != NULL);
    CHECK_STR(r->train.samples, "/clips");
    CHECK_STR(r->test.samples, path_join(f.a, f.dir, "test"));
    CHECK_EQ(r->train.wav_samples, 16000);
    CHECK_EQ(r->test.wav_samples, 16000);
    CHECK_NEAR(r->mean, 0.5, 0);
    CHECK_NEAR(r->std, 2, 0);
    CHECK_EQ((int64_t)r->train_options.seed, 7);
    r = read_text(&f, "name: a\n" NETWORK "data: {format: csv, train: t.csv, label: species}\n");
    CHECK(r != NULL);
    CHECK_STR(r->train.labels, "species");
    CHECK_STR(r->train.samples, path_join(f.a, f.dir, "t.csv"));
    end(&f);
}

struct wrong {
    const char *text, *place, *message, *hint;
};

static void check_all(const struct wrong *cases, size_t n)
{
    struct fixture f = begin();
    for (size_t i = 0; i < n; i++)
        check_refused(&f, cases[i].text, cases[i].place, cases[i].message, cases[i].hint);
    end(&f);
}

#define CHECK_ALL(cases) check_all(cases, sizeof(cases) / sizeof(cases)[0])

TEST(what_is_not_yaml_or_not_a_recipe_is_refused)
{
    static const struct wrong cases[] = {
        {"", "", "the file is empty", ""},
        {"# only a comment\n", "", "the file is empty", ""},
        {"name: [a\n", "2:1", "not YAML: ", ""},
        {"name: a\n\tseed: 1\n", "2:1", "not YAML: ", ""},
        {"name: \xff\xfe\n", "+6", "not a text file: ", ""},
        {"just text", "1:1", "the recipe is just text, expected a mapping", "its keys are: name"},
        {"[a, b]", "1:1", "the recipe is a list, expected a mapping", ""},
        {MINIMAL "---\nname: b\n", "5:1", "a second document", ""},
        {"name: a\nname: b\n", "2:1", "\"name\" occurs twice, before on line 1", ""},
        {"? [a, b]\n: c\n", "1:3", "a key must be a word", ""},
        {"name: \"a\\0b\"\n", "1:7", "a NUL byte in a value", ""},
        {"nam: a\n", "1:1", "unknown key \"nam\" in the recipe", "did you mean \"name\"?"},
        {"colour: a\n", "1:1", "unknown key \"colour\" in the recipe", "known are: name, seed"},
    };
    CHECK_ALL(cases);
}

TEST(top_level_values_are_checked)
{
    static const struct wrong cases[] = {
        {DATA NETWORK, "1:1", "\"name\" is missing", ""},
        {"name: a\n" NETWORK, "1:1", "\"data\" is missing", ""},
        {"name: a\n" DATA, "1:1", "\"network\" is missing", ""},
        {"name: 3d\n" DATA NETWORK, "1:7", "name \"3d\" cannot name C code", ""},
        {"name: a-b\n" DATA NETWORK, "1:7", "name \"a-b\" cannot name C code", ""},
        {"name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n" DATA NETWORK, "1:7",
         "cannot name C code", ""},
        {"name: [a]\n" DATA NETWORK, "1:7", "name is a list, expected a word", ""},
        {"name:\n" DATA NETWORK, "1:6", "expected a word", ""},
        {MINIMAL "seed: -1\n", "4:7", "seed is -1, expected a whole number", ""},
        {MINIMAL "seed: 1.5\n", "4:7", "seed is 1.5, expected a whole number", ""},
    };
    CHECK_ALL(cases);
}

#define WITH_DATA(text) "name: a\n" NETWORK "data: {" text "}\n"
#define IDX             "format: idx, train: {images: x, labels: y}"

TEST(the_data_section_is_checked)
{
    static const struct wrong cases[] = {
        {WITH_DATA("train: x"), "3:7", "\"format\" is missing", ""},
        {WITH_DATA("format: idx"), "3:7", "\"train\" is missing", ""},
        {WITH_DATA("format: idy, train: x"), "3:16", "unknown format \"idy\"", "mean \"idx\"?"},
        {WITH_DATA("format: png, train: x"), "3:16", "unknown format", "known are: idx, wav, csv"},
        {WITH_DATA("format: idx, train: x"), "3:28", "train is x, expected a mapping",
         "its keys are: images, labels"},
        {WITH_DATA("format: idx, train: {images: x}"), "3:28", "\"labels\" is missing", ""},
        {WITH_DATA("format: idx, train: {images: x, label: y}"), "3:40", "unknown key \"label\"",
         "did you mean \"labels\"?"},
        {WITH_DATA("format: wav, train: x"), "3:7", "\"samples\" is missing", ""},
        {WITH_DATA("format: wav, train: x, samples: 0"), "3:40", "samples is 0, expected 1..", ""},
        {WITH_DATA("format: csv, train: x"), "3:7", "\"label\" is missing", ""},
        {WITH_DATA(IDX ", samples: 5"), "3:61", "\"samples\" does not belong to this format", ""},
        {WITH_DATA(IDX ", validation: 0.6"), "3:64", "validation is 0.6, expected 0..0.5", ""},
        {WITH_DATA(IDX ", validation: many"), "3:64", "validation is many, expected a number", ""},
        {WITH_DATA(IDX ", normalise: always"), "3:63", "unknown normalise \"always\"", "auto"},
        {WITH_DATA(IDX ", normalise: {mean: 1}"), "3:63", "\"std\" is missing", ""},
        {WITH_DATA(IDX ", normalise: {mean: 1, std: 0}"), "3:78", "std is 0, expected", ""},
        {WITH_DATA(IDX ", augment: {flip: vertical}"), "3:68", "unknown flip", "none, horizontal"},
        {WITH_DATA(IDX ", augment: {shift: -1}"), "3:69", "shift is -1, expected 0..1000", ""},
        {WITH_DATA("format: csv, train: x, label: y, augment: {shift: 1}"), "3:50",
         "augment is for images", ""},
    };
    CHECK_ALL(cases);
}

TEST(train_quantize_and_target_are_checked)
{
    static const struct wrong cases[] = {
        {MINIMAL "train: {epochs: 0}\n", "4:17", "epochs is 0, expected 1..100000", ""},
        {MINIMAL "train: {epochs: 3.5}\n", "4:17", "epochs is 3.5, expected a whole number", ""},
        {MINIMAL "train: {batch: 99999999999}\n", "4:16", "batch is 99999999999, expected", ""},
        {MINIMAL "train: {lr: fast}\n", "4:13", "lr is fast, expected a number", ""},
        {MINIMAL "train: {lr: 0}\n", "4:13", "lr is 0, expected 1e-09..1000", ""},
        {MINIMAL "train: {momentum: 1}\n", "4:19", "momentum is 1, expected 0..0.999999", ""},
        {MINIMAL "train: {optimizer: adam}\n", "4:20", "unknown optimizer", "mean \"adamw\"?"},
        {MINIMAL "train: {schedule: step}\n", "4:19", "unknown schedule", "constant, cosine"},
        {MINIMAL "train: {beta1: 0.9}\n", "4:16", "\"beta1\" is a setting of adamw, not of sgd",
         ""},
        {MINIMAL "train: {optimizer: adamw, momentum: 0.9}\n", "4:37",
         "\"momentum\" is a setting of sgd, not of adamw", ""},
        {MINIMAL "train: {epochs: 3, warmup_epochs: 4}\n", "4:35",
         "warmup_epochs is 4, expected 0..3", ""},
        {MINIMAL "train: {epohcs: 3}\n", "4:9", "unknown key \"epohcs\"", "mean \"epochs\"?"},
        {MINIMAL "train: 3\n", "4:8", "train is 3, expected a mapping", "its keys are: epochs"},
        {MINIMAL "quantize: {ranges: min-max}\n", "4:20", "unknown ranges", "mean \"minmax\"?"},
        {MINIMAL "quantize: {calibration: 1}\n", "4:25", "calibration is 1, expected 2..", ""},
        {MINIMAL "quantize: {percentile: 101}\n", "4:24", "percentile is 101, expected 50..", ""},
        {MINIMAL "target: {board: cortex-m5}\n", "4:17", "unknown board \"cortex-m5\"",
         "did you mean \"cortex-m"},
        {MINIMAL "target: {flash: 64kB}\n", "4:17", "flash is 64kB, expected a number of bytes",
         ""},
        {MINIMAL "target: {arena: 100G}\n", "4:17",
         "arena is 107374182400 bytes, the board cortex-m4 has ", ""},
    };
    CHECK_ALL(cases);
}

#define WITH_NETWORK(text) "name: a\n" DATA "network: [" text ", softmax]\n"

TEST(layers_are_checked_one_by_one)
{
    static const struct wrong cases[] = {
        {"name: a\n" DATA "network: relu\n", "3:10", "expected a list of layers", ""},
        {"name: a\n" DATA "network: []\n", "3:10", "the last layer of the network must be softmax",
         "fully_connected: classes"},
        {"name: a\n" DATA "network: [relu]\n", "3:11", "must be softmax, not relu", ""},
        {WITH_NETWORK("conv2"), "3:11", "unknown layer \"conv2\"", "did you mean \"conv2d\"?"},
        {WITH_NETWORK("lstm"), "3:11", "unknown layer \"lstm\"", "known are: conv2d, "},
        {WITH_NETWORK("[relu]"), "3:11", "a layer is a word", "write it like"},
        {WITH_NETWORK("{conv2d: {}, relu: {}}"), "3:11", "a layer is a word", ""},
        {WITH_NETWORK("{relu: 6}"), "3:18", "relu has no settings", ""},
        {WITH_NETWORK("{relu: {a: 1}}"), "3:18", "relu has no settings", ""},
        {WITH_NETWORK("conv2d"), "3:11", "\"filters\" is missing", ""},
        {WITH_NETWORK("{conv2d: 16}"), "3:20", "conv2d is 16, expected a mapping",
         "its keys are: filters, kernel"},
        {WITH_NETWORK("{conv2d: {filters: 8}}"), "3:20", "\"kernel\" is missing", ""},
        {WITH_NETWORK("{conv2d: {filters: 0, kernel: 3}}"), "3:30", "filters is 0", ""},
        {WITH_NETWORK("{conv2d: {filters: 8, kernel: [3]}}"), "3:41",
         "kernel is a list of 1, expected [height, width]", ""},
        {WITH_NETWORK("{conv2d: {filters: 8, kernel: [3, 0]}}"), "3:45", "kernel is 0", ""},
        {WITH_NETWORK("{conv2d: {filters: 8, kernel: 3, stride: 0}}"), "3:52", "stride is 0", ""},
        {WITH_NETWORK("{conv2d: {filters: 8, kernel: 3, pad: full}}"), "3:49",
         "unknown pad \"full\"", "valid, same"},
        {WITH_NETWORK("{conv2d: {filters: 8, kernel: 3, bias: 1}}"), "3:50",
         "bias is 1, expected true or false", ""},
        {WITH_NETWORK("{conv2d: {filters: 8, kernels: 3}}"), "3:33", "unknown key \"kernels\"",
         "did you mean \"kernel\"?"},
        {WITH_NETWORK("{fully_connected: many}"), "3:29", "units is many, expected a whole",
         "\"classes\" stands for"},
        {WITH_NETWORK("{max_pool: 0}"), "3:22", "size is 0, expected 1..255", ""},
        {WITH_NETWORK("max_pool"), "3:11", "\"size\" is missing", ""},
        {WITH_NETWORK("{residual: {shortcut: []}}"), "3:22", "\"body\" is missing", ""},
        {WITH_NETWORK("{residual: {body: relu}}"), "3:29", "expected a list of layers", ""},
        {WITH_NETWORK("{residual: {body: [relux]}}"), "3:30", "unknown layer", "\"relu\"?"},
        {WITH_NETWORK("{concat: [[relu]]}"), "3:20", "a list of 2..64 branches", ""},
        {WITH_NETWORK("{concat: [relu, relu]}"), "3:21", "expected a list of layers", ""},
        {WITH_NETWORK("softmax"), "3:11", "softmax can only be the last layer", ""},
        {WITH_NETWORK("{residual: {body: [softmax]}}"), "3:30", "softmax can only be the last", ""},
    };
    CHECK_ALL(cases);
}

TEST(nesting_aliases_and_sizes_are_bounded)
{
    struct fixture f = begin();
    struct text t = {.arena = f.a};
    text_add(&t, "name: a\n" DATA "network: ");
    for (int i = 0; i < 9; i++)
        text_add(&t, "[residual: {body: ");
    text_add(&t, "[]");
    for (int i = 0; i < 9; i++)
        text_add(&t, "}]");
    check_refused(&f, t.data, "3:154", "layers nested deeper than 8 levels", "");

    check_refused(&f, "name: &x [*x]\n", "1:7", "nested deeper than 32 levels", "");

    t.len = 0; /* ten aliases of ten aliases ...: 10^7 values if nobody counts */
    text_add(&t, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 7; i++) {
        text_printf(&t, "a%d: &a%d [", i, i);
        for (int k = 0; k < 10; k++)
            text_printf(&t, "*a%d,", i - 1);
        text_add(&t, "]\n");
    }
    CHECK(!read_text(&f, t.data));
    CHECK_HAS(f.d.message, "more than 20000 values");

    t.len = 0;
    text_add(&t, "name: a\n" DATA "network: [relu");
    for (int i = 0; i < 1000; i++)
        text_add(&t, ", relu");
    text_add(&t, "]\n");
    check_refused(&f, t.data, "3:10", "more than 1000 layers", "");

    t.len = 0;
    for (int i = 0; i < 100000; i++)
        text_add(&t, "[");
    check_refused(&f, t.data, "1:33", "nested deeper than 32 levels", "");

    t.len = 0;
    for (int i = 0; i < 65; i++)
        text_printf(&t, "k%d: 1\n", i);
    check_refused(&f, t.data, "1:1", "65 keys, at most 64 are allowed", "");

    t.len = 0;
    text_printf(&t, "# %*s", 1 << 18, "");
    check_refused(&f, t.data, "", "262146 bytes, at most 262144 are allowed", "");
    end(&f);
}

TEST(a_recipe_changed_at_random_never_crashes)
{
    struct fixture f = begin();
    struct bytes app;
    CHECK(file_map(MOTE_SOURCE_DIR "/apps/fashion-mnist/recipe.yaml", &app, &f.d));
    struct rng r = rng_seed(test_seed());
    char *text = arena_alloc(f.a, app.len + 1);
    struct arena *a = arena_new("round");
    int accepted = 0;
    for (int round = 0; round < 500; round++) {
        arena_reset(a);
        memcpy(text, app.data, app.len);
        for (int k = 0; k < 2; k++)
            text[rng_below(&r, (uint32_t)app.len)] = "\n :[]{}-,0a&*\"'#\xc3"[rng_below(&r, 17)];
        struct diag d = {0};
        FILE *file = fopen(f.path, "w"); /* file_write would wait for the disk each time */
        CHECK(file != NULL);
        CHECK_EQ((int64_t)fwrite(text, 1, app.len, file), (int64_t)app.len);
        CHECK_EQ(fclose(file), 0);
        const struct recipe *recipe = recipe_read(a, f.path, &d);
        CHECK(recipe ? !d.failed : d.failed);
        accepted += recipe != NULL;
        if (recipe && !recipe_network(a, recipe, &(struct shape){4, {1, 28, 28, 1}}, 10, &d))
            CHECK(d.failed);
    }
    CHECK(accepted > 30); /* changes in comments and numbers */
    arena_free(a);
    end(&f);
}

TEST(a_missing_recipe_is_named)
{
    struct fixture f = begin();
    CHECK(!recipe_read(f.a, f.path, &f.d));
    CHECK_STR(f.d.place, f.path);
    CHECK_HAS(f.d.message, "cannot open");
    end(&f);
}

TEST(every_recipe_of_the_apps_is_read)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    const struct recipe *r = recipe_read(a, MOTE_SOURCE_DIR "/apps/fashion-mnist/recipe.yaml", &d);
    if (!r)
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    const struct graph *g = recipe_network(a, r, &(struct shape){4, {1, 28, 28, 1}}, 10, &d);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    arena_free(a);
}

TEST_MAIN(T(the_example_of_the_documentation_is_read_whole),
          T(a_minimal_recipe_has_the_documented_defaults),
          T(absolute_paths_stay_and_other_formats_take_one_path),
          T(what_is_not_yaml_or_not_a_recipe_is_refused), T(top_level_values_are_checked),
          T(the_data_section_is_checked), T(train_quantize_and_target_are_checked),
          T(layers_are_checked_one_by_one), T(nesting_aliases_and_sizes_are_bounded),
          T(a_recipe_changed_at_random_never_crashes), T(a_missing_recipe_is_named),
          T(every_recipe_of_the_apps_is_read))
