/* output.c - how verbs read models and print numbers. SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *out_shape(struct arena *a, const struct shape *s)
{
    return shape_text(s, arena_alloc(a, SHAPE_TEXT));
}

const char *out_stem(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *stem = arena_strdup(a, slash ? slash + 1 : path);
    char *dot = strrchr(stem, '.');
    if (dot && dot != stem)
        *dot = '\0';
    return stem;
}

const char *out_identifier(struct arena *a, const char *name)
{
    struct text t = {.arena = a};
    if (!isalpha((unsigned char)name[0]))
        text_add(&t, "model_");
    for (const char *p = name; *p; p++) {
        char c = isalnum((unsigned char)*p) ? (char)tolower((unsigned char)*p) : '_';
        text_add_bytes(&t, &c, 1);
    }
    return text_cstr(&t);
}

const struct target *find_target(struct arena *a, const char *name, struct diag *d)
{
    const struct target *t = target_find(name);
    if (t)
        return t;
    struct text names = {.arena = a};
    uint32_t n;
    const struct target *all = target_list(&n);
    for (uint32_t i = 0; i < n; i++)
        text_printf(&names, "%s%s", i ? ", " : "", all[i].name);
    diag_error(d, "--target", "unknown board \"%s\"", name);
    diag_hint(d, "known: %s", text_cstr(&names));
    return NULL;
}
