/* yaml.c - from libyaml's document to our tree. SPDX-License-Identifier: Apache-2.0 */
#include "recipe/yaml.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <yaml.h>

#include "base/file.h"

struct place yaml_place(const struct yaml *y)
{
    return place_column(y->path, y->line, y->column);
}

/* One conversion: what all its steps need. */
struct conversion {
    struct arena *a;
    yaml_document_t *doc;
    const char *path;
    uint32_t n_values;
    struct diag *d;
};

static struct place mark_place(const char *path, const yaml_mark_t *m)
{
    return place_column(path, m->line + 1, m->column + 1);
}

static bool convert(struct conversion *c, int id, int depth, struct yaml *out);

static bool convert_list(struct conversion *c, const yaml_node_t *node, int depth, struct yaml *out)
{
    const yaml_node_item_t *items = node->data.sequence.items.start;
    const size_t n = (size_t)(node->data.sequence.items.top - items);
    out->kind = YAML_LIST;
    out->n = (uint32_t)n; /* a file of YAML_BYTES_MAX bytes cannot hold more */
    out->items = ARENA_ARRAY(c->a, struct yaml, n);
    for (size_t i = 0; i < n; i++)
        if (!convert(c, items[i], depth + 1, &out->items[i]))
            return false;
    return true;
}

/* The key just converted: it must be a word, and new. */
static bool check_key(struct conversion *c, const struct yaml *map, uint32_t i)
{
    const struct yaml *key = &map->keys[i];
    if (key->kind != YAML_TEXT)
        return diag_error(c->d, yaml_place(key).text, "a key must be a word");
    assert(key->text);
    for (uint32_t k = 0; k < i; k++)
        if (strcmp(map->keys[k].text, key->text) == 0)
            return diag_error(c->d, yaml_place(key).text,
                              "\"%s\" occurs twice, before on line %" PRIu32, key->text,
                              map->keys[k].line);
    return true;
}

static bool convert_map(struct conversion *c, const yaml_node_t *node, int depth, struct yaml *out)
{
    const yaml_node_pair_t *pairs = node->data.mapping.pairs.start;
    const size_t n = (size_t)(node->data.mapping.pairs.top - pairs);
    if (n > YAML_KEYS_MAX)
        return diag_error(c->d, yaml_place(out).text, "%zu keys, at most %d are allowed", n,
                          YAML_KEYS_MAX);
    out->kind = YAML_MAP;
    out->n = (uint32_t)n;
    out->keys = ARENA_ARRAY(c->a, struct yaml, n);
    out->items = ARENA_ARRAY(c->a, struct yaml, n);
    for (uint32_t i = 0; i < out->n; i++)
        if (!convert(c, pairs[i].key, depth + 1, &out->keys[i]) || !check_key(c, out, i) ||
            !convert(c, pairs[i].value, depth + 1, &out->items[i]))
            return false;
    return true;
}

static bool convert(struct conversion *c, int id, int depth, struct yaml *out)
{
    const yaml_node_t *node = yaml_document_get_node(c->doc, id);
    if (!node)
        return diag_error(c->d, c->path, "the file is empty, expected a recipe");
    *out = (struct yaml){.path = c->path,
                         .line = (uint32_t)node->start_mark.line + 1,
                         .column = (uint32_t)node->start_mark.column + 1};
    if (depth >= YAML_DEPTH_MAX)
        return diag_error(c->d, yaml_place(out).text, "nested deeper than %d levels",
                          YAML_DEPTH_MAX);
    if (++c->n_values > YAML_VALUES_MAX)
        return diag_error(c->d, yaml_place(out).text, "more than %d values", YAML_VALUES_MAX);
    if (node->type == YAML_SEQUENCE_NODE)
        return convert_list(c, node, depth, out);
    if (node->type == YAML_MAPPING_NODE)
        return convert_map(c, node, depth, out);
    const char *text = (const char *)node->data.scalar.value;
    if (strlen(text) != node->data.scalar.length)
        return diag_error(c->d, yaml_place(out).text, "a NUL byte in a value");
    out->kind = YAML_TEXT;
    out->text = arena_strdup(c->a, text);
    return true;
}

static bool parse_error(const yaml_parser_t *p, const char *path, struct diag *d)
{
    const char *problem = p->problem ? p->problem : "unknown error";
    if (p->error == YAML_READER_ERROR)
        return diag_error(d, place_offset(path, p->problem_offset).text, "not a text file: %s",
                          problem);
    return diag_error(d, mark_place(path, &p->problem_mark).text, "not YAML: %s%s%s", problem,
                      p->context ? " " : "", p->context ? p->context : "");
}

/* Parse once for the nesting alone: libyaml's loader takes quadratic time in the depth, 20 s for
 * 100,000 brackets. Also finds every syntax error. */
static bool check_depth(yaml_parser_t *parser, const char *path, struct diag *d)
{
    int depth = 0;
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event))
            return parse_error(parser, path, d);
        const yaml_event_type_t type = event.type;
        const struct place place = mark_place(path, &event.start_mark);
        yaml_event_delete(&event);
        depth += type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT;
        depth -= type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT;
        if (depth > YAML_DEPTH_MAX)
            return diag_error(d, place.text, "nested deeper than %d levels", YAML_DEPTH_MAX);
        if (type == YAML_STREAM_END_EVENT)
            return true;
    }
}

/* A second document (after "---") would be ignored silently. */
static bool check_end(yaml_parser_t *parser, const char *path, struct diag *d)
{
    yaml_document_t doc;
    if (!yaml_parser_load(parser, &doc))
        return parse_error(parser, path, d);
    const yaml_node_t *root = yaml_document_get_root_node(&doc);
    if (root)
        diag_error(d, mark_place(path, &root->start_mark).text,
                   "a second document, expected one recipe in the file");
    yaml_document_delete(&doc);
    return root == NULL;
}

static bool read_document(struct arena *a, yaml_parser_t *parser, const char *path,
                          struct yaml *root, struct diag *d)
{
    yaml_document_t doc;
    if (!yaml_parser_load(parser, &doc))
        return parse_error(parser, path, d);
    struct conversion c = {.a = a, .doc = &doc, .path = path, .d = d};
    const bool ok = convert(&c, 1, 0, root); /* libyaml numbers nodes from 1, the root first */
    yaml_document_delete(&doc);
    return ok && check_end(parser, path, d);
}

static bool start_parser(yaml_parser_t *parser, const char *path, struct bytes file, struct diag *d)
{
    if (!yaml_parser_initialize(parser))
        return diag_error(d, path, "cannot start libyaml: out of memory");
    const uint8_t *text = file.len ? file.data : (const uint8_t *)""; /* libyaml refuses NULL */
    yaml_parser_set_input_string(parser, text, file.len);
    return true;
}

const struct yaml *yaml_read(struct arena *a, const char *path, struct diag *d)
{
    struct bytes file;
    yaml_parser_t parser;
    if (!file_read(a, path, YAML_BYTES_MAX, &file, d))
        return NULL;
    if (!start_parser(&parser, path, file, d))
        return NULL;
    bool ok = check_depth(&parser, path, d);
    yaml_parser_delete(&parser);
    if (!ok)
        return NULL;
    struct yaml *root = ARENA_NEW(a, struct yaml);
    if (!start_parser(&parser, path, file, d))
        return NULL;
    ok = read_document(a, &parser, path, root, d);
    yaml_parser_delete(&parser);
    return ok ? root : NULL;
}
