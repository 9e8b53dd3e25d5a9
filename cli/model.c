/* model.c - how verbs read a model whose ends may be chosen. SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include "import/import.h"
#include "pass/pass.h"
#include <string.h>

struct graph *model_open(struct arena *a, const char *path, const char *io, struct diag *d)
{
    if (io && strcmp(io, "int8") != 0) {
        diag_error(d, "--io", "'%s' is not known", io);
        diag_hint(d, "--io int8, or without --io as the model is");
        return NULL;
    }
    struct graph *g = import_read(a, path, d);
    return g && (!io || int8_ends(g, d)) ? g : NULL;
}
