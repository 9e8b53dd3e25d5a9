/* model.c - how verbs read a model whose ends may be chosen. SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include "base/str.h"
#include "pass/pass.h"
#include <string.h>

/* "NAME=SIZE" */
static bool read_dim(struct arena *a, const char *text, struct import_dim *out, struct diag *d)
{
    const char *equals = strrchr(text, '=');
    int64_t size = 0;
    if (!equals || equals == text || !str_parse_i64(equals + 1, &size) || size < 1 ||
        size > DIM_MAX) {
        diag_error(d, "--dim", "'%s', expected NAME=SIZE with a size of 1..%d", text, DIM_MAX);
        return diag_hint(d, "--dim time=16");
    }
    out->name = arena_printf(a, "%.*s", (int)(equals - text), text);
    out->size = (int32_t)size;
    return true;
}

bool model_options(struct arena *a, const struct model_args *m, struct import_options *out,
                   struct diag *d)
{
    struct import_dim *dims = ARENA_ARRAY(a, struct import_dim, m->dims.n);
    *out = (struct import_options){.n_dims = m->dims.n, .dims = dims};
    for (uint32_t i = 0; i < m->dims.n; i++)
        if (!read_dim(a, m->dims.items[i], &dims[i], d))
            return false;
    if (m->layout && strcmp(m->layout, "nhwc") != 0 && strcmp(m->layout, "nchw") != 0) {
        diag_error(d, "--layout", "'%s' is not known", m->layout);
        return diag_hint(d, "--layout nhwc, or without --layout as the model is");
    }
    out->channels_last = m->layout && strcmp(m->layout, "nhwc") == 0;
    return true;
}

struct graph *model_open(struct arena *a, const char *path, const struct model_args *m,
                         struct diag *d)
{
    struct import_options options;
    if (m->io && strcmp(m->io, "int8") != 0) {
        diag_error(d, "--io", "'%s' is not known", m->io);
        diag_hint(d, "--io int8, or without --io as the model is");
        return NULL;
    }
    struct graph *g =
        model_options(a, m, &options, d) ? import_read_as(a, path, &options, d) : NULL;
    return g && (!m->io || int8_ends(g, d)) ? g : NULL;
}
