/* recipe.c - reading of a recipe: one function a section, defaults first, then what is written.
 * docs/recipe.md is the reference of keys, defaults and ranges; keep them in step.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "recipe/recipe.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/file.h"
#include "recipe/fields.h"
#include "recipe/layers.h"

#define N_ELEMENTS(x)  (sizeof(x) / sizeof(x)[0])
#define NAME_BYTES_MAX 40

/* What reading carries along. */
struct reading {
    struct arena *a;
    struct recipe *r;
    const char *folder; /* of the recipe; "" when it is here */
    struct diag *d;
};

/* The mapping under `key`, its keys checked; NULL when absent (then *ok stays as it was). */
static const struct yaml *section(const struct yaml *map, const char *key, const char *const *keys,
                                  size_t n_keys, bool *ok, struct diag *d)
{
    const struct yaml *y = field_find(map, key);
    if (!y)
        return NULL;
    *ok = fields_check(y, key, keys, n_keys, d);
    return *ok ? y : NULL;
}

static bool read_name(struct reading *x, const struct yaml *root)
{
    const struct yaml *y = field_need(root, "name", x->d);
    const char *name = NULL;
    if (!y || !field_text(root, "name", &name, x->d))
        return false;
    bool good = strlen(name) <= NAME_BYTES_MAX && !isdigit((unsigned char)name[0]);
    for (const char *p = name; *p; p++)
        good = good && (isalnum((unsigned char)*p) || *p == '_');
    if (!good)
        return diag_error(x->d, yaml_place(y).text,
                          "name \"%.60s\" cannot name C code: letters, digits and _, at most %d, "
                          "no digit first",
                          name, NAME_BYTES_MAX);
    x->r->name = name;
    return true;
}

/* A path in the recipe counts from the recipe's folder. */
static const char *resolve(const struct reading *x, const char *path)
{
    return path[0] == '/' ? path : path_join(x->a, x->folder, path);
}

static bool need_path(struct reading *x, const struct yaml *map, const char *key, const char **out)
{
    const char *path = NULL;
    if (!field_need(map, key, x->d) || !field_text(map, key, &path, x->d))
        return false;
    *out = resolve(x, path);
    return true;
}

/* `train` or `test`: two files for IDX, one path for the others. */
static bool read_source(struct reading *x, const struct yaml *data, const char *key,
                        struct data_source *out)
{
    static const char *const keys[] = {"images", "labels"};
    const struct yaml *y = field_find(data, key);
    if (!y)
        return true;
    if (out->format != DATA_IDX)
        return need_path(x, data, key, &out->samples);
    return fields_check(y, key, keys, N_ELEMENTS(keys), x->d) &&
           need_path(x, y, "images", &out->samples) && need_path(x, y, "labels", &out->labels);
}

/* A key that belongs to one format: needed there, an error elsewhere. */
static bool check_format_key(const struct reading *x, const struct yaml *data, const char *key,
                             bool belongs)
{
    const struct yaml *y = field_find(data, key);
    if (belongs)
        return field_need(data, key, x->d) != NULL;
    return !y || diag_error(x->d, yaml_place(y).text, "\"%s\" does not belong to this format", key);
}

static bool read_normalise(struct reading *x, const struct yaml *data)
{
    static const char *const keys[] = {"mean", "std"};
    const struct yaml *y = field_find(data, "normalise");
    x->r->mean = x->r->std = NAN;
    if (!y || (y->kind == YAML_TEXT && strcmp(y->text, "auto") == 0))
        return true;
    if (y->kind == YAML_TEXT)
        return unknown_word(y, "normalise", (const char *const[]){"auto"}, 1, x->d);
    return fields_check(y, "normalise", keys, N_ELEMENTS(keys), x->d) &&
           field_need(y, "mean", x->d) && field_need(y, "std", x->d) &&
           field_f32(y, "mean", (struct range){-1e6, 1e6}, &x->r->mean, x->d) &&
           field_f32(y, "std", (struct range){1e-6, 1e6}, &x->r->std, x->d);
}

static bool read_augment(struct reading *x, const struct yaml *data)
{
    static const char *const keys[] = {"flip", "shift", "crop"};
    static const char *const flips[] = {"none", "horizontal"};
    struct augment *out = &x->r->train_options.augment;
    bool ok = true;
    const struct yaml *y = section(data, "augment", keys, N_ELEMENTS(keys), &ok, x->d);
    if (!y)
        return ok;
    if (x->r->train.format != DATA_IDX)
        return diag_error(x->d, yaml_place(y).text, "augment is for images, so for format idx");
    uint32_t flip = FLIP_NONE, shift = 0, crop = 0;
    if (!field_choice(y, "flip", flips, N_ELEMENTS(flips), &flip, x->d) ||
        !field_u32(y, "shift", 0, 1000, &shift, x->d) ||
        !field_u32(y, "crop", 0, 1000, &crop, x->d))
        return false;
    *out = (struct augment){(enum flip)flip, (int32_t)shift, (int32_t)crop};
    return true;
}

static bool read_data(struct reading *x, const struct yaml *root)
{
    static const char *const keys[] = {"format",    "train",   "test",    "validation",
                                       "normalise", "augment", "samples", "label"};
    static const char *const formats[] = {"idx", "wav", "csv"};
    struct recipe *r = x->r;
    bool ok = true;
    uint32_t format = 0;
    if (!field_need(root, "data", x->d))
        return false;
    const struct yaml *y = section(root, "data", keys, N_ELEMENTS(keys), &ok, x->d);
    if (!y || !field_need(y, "format", x->d) || !field_need(y, "train", x->d) ||
        !field_choice(y, "format", formats, N_ELEMENTS(formats), &format, x->d))
        return false;
    r->train.format = r->test.format = (enum data_format)format;
    if (!check_format_key(x, y, "samples", format == DATA_WAV) ||
        !check_format_key(x, y, "label", format == DATA_CSV) ||
        !read_source(x, y, "train", &r->train) || !read_source(x, y, "test", &r->test) ||
        !field_u32(y, "samples", 1, DIM_MAX, &r->train.wav_samples, x->d))
        return false;
    r->test.wav_samples = r->train.wav_samples;
    if (format == DATA_CSV && !field_text(y, "label", &r->train.labels, x->d))
        return false;
    if (format == DATA_CSV)
        r->test.labels = r->train.labels;
    float share = 0;
    if (!field_f32(y, "validation", (struct range){0, 0.5}, &share, x->d))
        return false;
    r->validation_share = (double)share;
    return read_normalise(x, y) && read_augment(x, y);
}

/* Keys that only the other optimizer has would be ignored silently. */
static bool check_optimizer_keys(const struct reading *x, const struct yaml *train,
                                 enum optimizer optimizer)
{
    static const char *const sgd[] = {"momentum"};
    static const char *const adamw[] = {"beta1", "beta2", "eps"};
    const bool is_sgd = optimizer == OPTIMIZER_SGD;
    const char *const *foreign = is_sgd ? adamw : sgd;
    const size_t n = is_sgd ? N_ELEMENTS(adamw) : N_ELEMENTS(sgd);
    for (size_t i = 0; i < n; i++) {
        const struct yaml *y = field_find(train, foreign[i]);
        if (y)
            return diag_error(x->d, yaml_place(y).text, "\"%s\" is a setting of %s, not of %s",
                              foreign[i], is_sgd ? "adamw" : "sgd", is_sgd ? "sgd" : "adamw");
    }
    return true;
}

static const struct train_options train_defaults = {.epochs = 10,
                                                    .batch = 128,
                                                    .optimizer = OPTIMIZER_SGD,
                                                    .lr = 0.1f,
                                                    .momentum = 0.9f,
                                                    .beta1 = 0.9f,
                                                    .beta2 = 0.999f,
                                                    .eps = 1e-8f,
                                                    .weight_decay = 5e-4f,
                                                    .schedule = SCHEDULE_COSINE,
                                                    .bn_momentum = 0.1f};

static bool read_train_numbers(struct reading *x, const struct yaml *y)
{
    struct train_options *o = &x->r->train_options;
    const struct range below_1 = {0, 0.999999};
    return field_u32(y, "epochs", 1, 100000, &o->epochs, x->d) &&
           field_u32(y, "batch", 1, 65536, &o->batch, x->d) &&
           field_f32(y, "lr", (struct range){1e-9, 1000}, &o->lr, x->d) &&
           field_f32(y, "momentum", below_1, &o->momentum, x->d) &&
           field_f32(y, "beta1", below_1, &o->beta1, x->d) &&
           field_f32(y, "beta2", below_1, &o->beta2, x->d) &&
           field_f32(y, "eps", (struct range){1e-12, 1}, &o->eps, x->d) &&
           field_f32(y, "weight_decay", (struct range){0, 1}, &o->weight_decay, x->d) &&
           field_f32(y, "warmup_epochs", (struct range){0, o->epochs}, &o->warmup_epochs, x->d) &&
           field_f32(y, "label_smoothing", below_1, &o->label_smoothing, x->d) &&
           field_f32(y, "bn_momentum", (struct range){1e-6, 1}, &o->bn_momentum, x->d);
}

static bool read_train(struct reading *x, const struct yaml *root)
{
    static const char *const keys[] = {
        "epochs",        "batch",           "optimizer",  "lr",           "momentum",
        "beta1",         "beta2",           "eps",        "weight_decay", "schedule",
        "warmup_epochs", "label_smoothing", "bn_momentum"};
    static const char *const optimizers[] = {"sgd", "adamw"};
    static const char *const schedules[] = {"constant", "cosine"};
    struct train_options *o = &x->r->train_options;
    bool ok = true;
    const struct yaml *y = section(root, "train", keys, N_ELEMENTS(keys), &ok, x->d);
    if (!y)
        return ok;
    uint32_t optimizer = o->optimizer, schedule = o->schedule;
    if (!field_choice(y, "optimizer", optimizers, N_ELEMENTS(optimizers), &optimizer, x->d) ||
        !field_choice(y, "schedule", schedules, N_ELEMENTS(schedules), &schedule, x->d))
        return false;
    o->optimizer = (enum optimizer)optimizer;
    o->schedule = (enum schedule)schedule;
    if (o->optimizer == OPTIMIZER_ADAMW)
        o->lr = 0.001f;
    return check_optimizer_keys(x, y, o->optimizer) && read_train_numbers(x, y);
}

static bool read_quantize(struct reading *x, const struct yaml *root)
{
    static const char *const keys[] = {"ranges", "calibration", "percentile"};
    static const char *const methods[] = {[RANGE_MINMAX] = "minmax",
                                          [RANGE_PERCENTILE] = "percentile",
                                          [RANGE_MSE] = "mse",
                                          [RANGE_KL] = "kl",
                                          [RANGE_AUTO] = "auto"};
    struct recipe *r = x->r;
    bool ok = true;
    uint32_t method = RANGE_AUTO;
    r->calibration_n = 512;
    r->quantize_options.percentile = 99.99f;
    r->quantize_options.weight_bits = 8;
    const struct yaml *y = section(root, "quantize", keys, N_ELEMENTS(keys), &ok, x->d);
    if (y)
        ok = field_choice(y, "ranges", methods, N_ELEMENTS(methods), &method, x->d) &&
             field_u32(y, "calibration", 2, 65536, &r->calibration_n, x->d) &&
             field_f32(y, "percentile", (struct range){50, 100}, &r->quantize_options.percentile,
                       x->d);
    r->quantize_options.ranges = (enum range_method)method;
    r->calibration_fit_n = r->calibration_n / 2;
    return ok;
}

static bool find_target(struct reading *x, const struct yaml *y, const char *name)
{
    x->r->target = target_find(name);
    if (x->r->target)
        return true;
    uint32_t n;
    const struct target *list = target_list(&n);
    const char **names = ARENA_ARRAY(x->a, const char *, n);
    for (uint32_t i = 0; i < n; i++)
        names[i] = list[i].name;
    return unknown_word(y, "board", names, n, x->d);
}

static bool check_budget(const struct reading *x, const struct yaml *map, const char *key,
                         uint64_t bytes, uint32_t board_bytes)
{
    if (bytes <= board_bytes || board_bytes == 0)
        return true;
    return diag_error(x->d, yaml_place(field_find(map, key)).text,
                      "%s is %" PRIu64 " bytes, the board %s has %" PRIu32, key, bytes,
                      x->r->target->name, board_bytes);
}

static bool read_target(struct reading *x, const struct yaml *root)
{
    static const char *const keys[] = {"board", "flash", "arena"};
    struct recipe *r = x->r;
    bool ok = true;
    const char *board = "cortex-m4";
    const struct yaml *y = section(root, "target", keys, N_ELEMENTS(keys), &ok, x->d);
    if (!ok || (y && !field_text(y, "board", &board, x->d)))
        return false;
    const struct yaml *at = y ? field_find(y, "board") : NULL;
    if (!find_target(x, at ? at : root, board))
        return false;
    return !y || (field_bytes(y, "flash", &r->flash_bytes, x->d) &&
                  field_bytes(y, "arena", &r->arena_bytes, x->d) &&
                  check_budget(x, y, "flash", r->flash_bytes, r->target->flash_bytes) &&
                  check_budget(x, y, "arena", r->arena_bytes, r->target->ram_bytes));
}

static bool read_sections(struct reading *x, const struct yaml *root)
{
    static const char *const keys[] = {"name",  "seed",     "data",  "network",
                                       "train", "quantize", "target"};
    struct recipe *r = x->r;
    r->seed = 1;
    r->train_options = train_defaults;
    if (!fields_check(root, "the recipe", keys, N_ELEMENTS(keys), x->d) || !read_name(x, root) ||
        !field_u64(root, "seed", &r->seed, x->d) || !read_data(x, root))
        return false;
    const struct yaml *network = field_need(root, "network", x->d);
    r->network = network ? layers_parse(x->a, network, x->d) : NULL;
    if (!r->network)
        return false;
    r->train_options.seed = r->seed;
    return read_train(x, root) && read_quantize(x, root) && read_target(x, root);
}

struct recipe *recipe_read(struct arena *a, const char *path, struct diag *d)
{
    const struct yaml *root = yaml_read(a, path, d);
    if (!root)
        return NULL;
    const char *slash = strrchr(path, '/');
    struct recipe *r = ARENA_NEW(a, struct recipe);
    r->path = arena_strdup(a, path);
    struct reading x = {.a = a, .r = r, .d = d};
    x.folder = slash ? arena_printf(a, "%.*s", (int)(slash - path + 1), path) : "";
    return read_sections(&x, root) ? r : NULL;
}
