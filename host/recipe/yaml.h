/* yaml.h - a YAML file as a tree of values with their places. Private to recipe/.
 *
 * libyaml parses; this adds limits, so that no file of any bytes takes long or much memory
 * (cyclic aliases, "billion laughs"), and refuses duplicate keys. Typed access with messages is
 * fields.h. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_RECIPE_YAML_H
#define MOTE_HOST_RECIPE_YAML_H
#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

#define YAML_BYTES_MAX  ((size_t)1 << 18)
#define YAML_DEPTH_MAX  32    /* levels of nesting; a cyclic alias exceeds it */
#define YAML_VALUES_MAX 20000 /* values, aliases counted each time            */
#define YAML_KEYS_MAX   64    /* keys of one mapping                          */

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml {
    enum yaml_kind kind;
    const char *path;      /* of the file, for messages             */
    uint32_t line, column; /* of its start, counted from 1          */
    const char *text;      /* YAML_TEXT: as written, without quotes */
    uint32_t n;            /* YAML_LIST, YAML_MAP: items            */
    struct yaml *items;    /* [n]                                   */
    struct yaml *keys;     /* YAML_MAP: [n], each YAML_TEXT         */
};

/* Read a file. NULL with `d` set on any error. */
const struct yaml *yaml_read(struct arena *a, const char *path, struct diag *d);

/* The place of a value, for diag_error. */
struct place yaml_place(const struct yaml *y);
#endif
