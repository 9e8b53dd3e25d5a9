/* layers.c - parsing of layers. One row of `types` describes one kind: its name, its keys, the key
 * that a bare value stands for, and the function that reads the keys.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "recipe/layers.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "recipe/fields.h"

#define FILTERS_MAX  65535
#define KERNEL_MAX   255
#define UNITS_MAX    65535
#define BRANCHES_MAX 64

/* What parsing carries along. */
struct parsing {
    struct arena *a;
    uint32_t n_layers;
    int depth;
    struct diag *d;
};

/* Read the settings `y` (a mapping) into the layer. */
typedef bool layer_parse(struct parsing *p, const struct yaml *y, struct yaml_layer *l);

#define KEYS_MAX 8

struct layer_type {
    const char *name;
    const char *keys[KEYS_MAX]; /* up to the first NULL                                   */
    const char *bare;           /* `max_pool: 2` means `max_pool: {size: 2}`; or NULL     */
    layer_parse *parse;         /* NULL: no settings                                      */
};

static bool need_keys(const struct yaml *y, const char *const *keys, size_t n, struct diag *d)
{
    for (size_t i = 0; i < n; i++)
        if (!field_need(y, keys[i], d))
            return false;
    return true;
}

static bool parse_window(struct parsing *p, const struct yaml *y, struct yaml_layer *l)
{
    static const char *const pads[] = {"valid", "same"};
    uint32_t pad = l->pad;
    if (!field_pair(y, "stride", 1, KERNEL_MAX, &l->stride_h, &l->stride_w, p->d) ||
        !field_choice(y, "pad", pads, 2, &pad, p->d))
        return false;
    l->pad = (enum layer_pad)pad;
    return true;
}

static bool parse_conv2d(struct parsing *p, const struct yaml *y, struct yaml_layer *l)
{
    uint32_t filters = 0;
    if (!need_keys(y, (const char *const[]){"filters", "kernel"}, 2, p->d) ||
        !field_u32(y, "filters", 1, FILTERS_MAX, &filters, p->d) ||
        !field_pair(y, "kernel", 1, KERNEL_MAX, &l->kernel_h, &l->kernel_w, p->d))
        return false;
    l->filters = (int32_t)filters;
    return parse_window(p, y, l) && field_bool(y, "bias", &l->bias, p->d);
}

static bool parse_depthwise(struct parsing *p, const struct yaml *y, struct yaml_layer *l)
{
    uint32_t multiplier = 1;
    if (!field_need(y, "kernel", p->d) ||
        !field_u32(y, "multiplier", 1, FILTERS_MAX, &multiplier, p->d) ||
        !field_pair(y, "kernel", 1, KERNEL_MAX, &l->kernel_h, &l->kernel_w, p->d))
        return false;
    l->multiplier = (int32_t)multiplier;
    return parse_window(p, y, l) && field_bool(y, "bias", &l->bias, p->d);
}

static bool parse_pool(struct parsing *p, const struct yaml *y, struct yaml_layer *l)
{
    if (!field_need(y, "size", p->d) ||
        !field_pair(y, "size", 1, KERNEL_MAX, &l->kernel_h, &l->kernel_w, p->d))
        return false;
    l->stride_h = l->kernel_h;
    l->stride_w = l->kernel_w;
    return parse_window(p, y, l);
}

static bool parse_fully_connected(struct parsing *p, const struct yaml *y, struct yaml_layer *l)
{
    const struct yaml *units = field_need(y, "units", p->d);
    uint32_t n = 0;
    if (!units)
        return false;
    const bool is_classes = units->kind == YAML_TEXT && strcmp(units->text, "classes") == 0;
    if (!is_classes && !value_u32(units, "units", 1, UNITS_MAX, &n, p->d))
        return diag_hint(p->d, "\"classes\" stands for the number of classes of the data");
    l->units = (int32_t)n;
    return field_bool(y, "bias", &l->bias, p->d);
}

static bool parse_batch_norm(struct parsing *p, const struct yaml *y, struct yaml_layer *l)
{
    return field_f32(y, "eps", (struct range){1e-9, 1}, &l->eps, p->d);
}

static bool parse_pad(struct parsing *p, const struct yaml *y, struct yaml_layer *l)
{
    static const char *const keys[] = {"top", "bottom", "left", "right"};
    int32_t *const out[] = {&l->pad_top, &l->pad_bottom, &l->pad_left, &l->pad_right};
    for (int i = 0; i < 4; i++) {
        uint32_t n = 0;
        if (!field_u32(y, keys[i], 0, KERNEL_MAX, &n, p->d))
            return false;
        *out[i] = (int32_t)n;
    }
    return true;
}

static bool parse_list(struct parsing *p, const struct yaml *y, const char *prefix,
                       struct layer_list *out);

static bool parse_residual(struct parsing *p, const struct yaml *y, struct yaml_layer *l)
{
    static const char *const keys[] = {"body", "shortcut"};
    struct layer_list *branches = ARENA_ARRAY(p->a, struct layer_list, 2);
    if (!field_need(y, "body", p->d))
        return false;
    for (int i = 0; i < 2; i++) {
        const struct yaml *list = field_find(y, keys[i]);
        const char *prefix = arena_printf(p->a, "%s.%s.", l->number, keys[i]);
        if (list && !parse_list(p, list, prefix, &branches[i]))
            return false;
    }
    l->n_branches = 2;
    l->branches = branches;
    return true;
}

static bool parse_concat(struct parsing *p, const struct yaml *y, struct yaml_layer *l)
{
    const struct yaml *list = field_need(y, "branches", p->d);
    if (!list)
        return false;
    if (list->kind != YAML_LIST || list->n < 2 || list->n > BRANCHES_MAX)
        return diag_error(p->d, yaml_place(list).text,
                          "concat needs a list of 2..%d branches, each a list of layers",
                          BRANCHES_MAX);
    struct layer_list *branches = ARENA_ARRAY(p->a, struct layer_list, list->n);
    for (uint32_t i = 0; i < list->n; i++) {
        const char *prefix = arena_printf(p->a, "%s.%" PRIu32 ".", l->number, i + 1);
        if (!parse_list(p, &list->items[i], prefix, &branches[i]))
            return false;
    }
    l->n_branches = list->n;
    l->branches = branches;
    return true;
}

static const struct layer_type types[N_LAYER_KINDS] = {
    [LAYER_CONV2D] = {"conv2d", {"filters", "kernel", "stride", "pad", "bias"}, NULL, parse_conv2d},
    [LAYER_DEPTHWISE_CONV2D] = {"depthwise_conv2d",
                                {"kernel", "stride", "pad", "multiplier", "bias"},
                                NULL,
                                parse_depthwise},
    [LAYER_FULLY_CONNECTED] = {"fully_connected",
                               {"units", "bias"},
                               "units",
                               parse_fully_connected},
    [LAYER_BATCH_NORM] = {"batch_norm", {"eps"}, NULL, parse_batch_norm},
    [LAYER_RELU] = {"relu", {NULL}, NULL, NULL},
    [LAYER_RELU6] = {"relu6", {NULL}, NULL, NULL},
    [LAYER_SOFTMAX] = {"softmax", {NULL}, NULL, NULL},
    [LAYER_MAX_POOL] = {"max_pool", {"size", "stride", "pad"}, "size", parse_pool},
    [LAYER_AVERAGE_POOL] = {"average_pool", {"size", "stride", "pad"}, "size", parse_pool},
    [LAYER_GLOBAL_MAX_POOL] = {"global_max_pool", {NULL}, NULL, NULL},
    [LAYER_GLOBAL_AVERAGE_POOL] = {"global_average_pool", {NULL}, NULL, NULL},
    [LAYER_PAD] = {"pad", {"top", "bottom", "left", "right"}, NULL, parse_pad},
    [LAYER_FLATTEN] = {"flatten", {NULL}, NULL, NULL},
    [LAYER_RESIDUAL] = {"residual", {"body", "shortcut"}, NULL, parse_residual},
    [LAYER_CONCAT] = {"concat", {"branches"}, "branches", parse_concat},
};

const char *layer_name(enum layer_kind kind)
{
    return types[kind].name;
}

/* The kind that a word names. */
static bool find_kind(const struct yaml *word, enum layer_kind *out, struct diag *d)
{
    const char *names[N_LAYER_KINDS];
    for (uint32_t i = 0; i < N_LAYER_KINDS; i++) {
        names[i] = types[i].name;
        if (strcmp(word->text, names[i]) == 0) {
            *out = (enum layer_kind)i;
            return true;
        }
    }
    return unknown_word(word, "layer", names, N_LAYER_KINDS, d);
}

/* The settings of a layer as a mapping: as written, a bare value under its key, or none. */
static const struct yaml *settings_of(struct arena *a, const struct layer_type *t,
                                      const struct yaml *name, const struct yaml *value)
{
    struct yaml *map = arena_copy(a, name, sizeof *name);
    map->kind = YAML_MAP;
    map->n = 0;
    if (!value || (value->kind == YAML_TEXT && value->text[0] == '\0'))
        return map;
    if (value->kind == YAML_MAP || !t->bare)
        return value;
    struct yaml *key = arena_copy(a, value, sizeof *value);
    key->kind = YAML_TEXT;
    key->text = t->bare;
    map->n = 1;
    map->keys = key;
    map->items = arena_copy(a, value, sizeof *value);
    return map;
}

static bool parse_layer(struct parsing *p, const struct yaml *y, struct yaml_layer *l)
{
    const struct yaml *name = y, *value = NULL;
    if (y->kind == YAML_MAP && y->n == 1) {
        name = &y->keys[0];
        value = &y->items[0];
    } else if (y->kind != YAML_TEXT) {
        diag_error(p->d, yaml_place(y).text, "a layer is a word, or one word with its settings");
        return diag_hint(p->d, "write it like \"- relu\" or \"- max_pool: {size: 2}\"");
    }
    if (!find_kind(name, &l->kind, p->d))
        return false;
    l->at = name;
    l->stride_h = l->stride_w = 1;
    l->bias = true;
    l->eps = 1e-5f;
    const struct layer_type *t = &types[l->kind];
    size_t n_keys = 0;
    while (n_keys < KEYS_MAX && t->keys[n_keys])
        n_keys++;
    const struct yaml *settings = settings_of(p->a, t, name, value);
    if (n_keys == 0 && (settings->kind != YAML_MAP || settings->n))
        return diag_error(p->d, yaml_place(settings).text, "%s has no settings", t->name);
    if (!fields_check(settings, t->name, t->keys, n_keys, p->d))
        return false;
    return !t->parse || t->parse(p, settings, l);
}

static bool parse_list(struct parsing *p, const struct yaml *y, const char *prefix,
                       struct layer_list *out)
{
    if (y->kind != YAML_LIST)
        return diag_error(p->d, yaml_place(y).text, "expected a list of layers");
    if (p->depth == LAYER_DEPTH_MAX)
        return diag_error(p->d, yaml_place(y).text, "layers nested deeper than %d levels",
                          LAYER_DEPTH_MAX);
    if (y->n > LAYERS_MAX - p->n_layers)
        return diag_error(p->d, yaml_place(y).text, "more than %d layers", LAYERS_MAX);
    p->n_layers += y->n;
    p->depth++;
    struct yaml_layer *items = ARENA_ARRAY(p->a, struct yaml_layer, y->n);
    for (uint32_t i = 0; i < y->n; i++) {
        items[i].number = arena_printf(p->a, "%s%" PRIu32, prefix, i + 1);
        if (!parse_layer(p, &y->items[i], &items[i]))
            return false;
        if (items[i].kind == LAYER_SOFTMAX && (p->depth > 1 || i + 1 < y->n))
            return diag_error(p->d, yaml_place(items[i].at).text,
                              "softmax can only be the last layer of the network");
    }
    p->depth--;
    *out = (struct layer_list){y->n, items};
    return true;
}

const struct layer_list *layers_parse(struct arena *a, const struct yaml *network, struct diag *d)
{
    struct parsing p = {.a = a, .d = d};
    struct layer_list *list = ARENA_NEW(a, struct layer_list);
    if (!parse_list(&p, network, "", list))
        return NULL;
    const struct yaml_layer *last = list->n ? &list->items[list->n - 1] : NULL;
    if (!last || last->kind != LAYER_SOFTMAX) {
        diag_error(d, yaml_place(last ? last->at : network).text,
                   "the last layer of the network must be softmax%s%s", last ? ", not " : "",
                   last ? layer_name(last->kind) : "");
        diag_hint(d, "end it with \"- fully_connected: classes\" and \"- softmax\"");
        return NULL;
    }
    return list;
}
