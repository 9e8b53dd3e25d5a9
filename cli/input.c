/* input.c - how verbs read a model's inputs. SPDX-License-Identifier: Apache-2.0 */
#include "input.h"

#include "base/file.h"
#include "output.h"
#include <inttypes.h>
#include <string.h>

/* The file of one input, appended to `to`. */
static bool read_file(struct arena *a, const struct tensor *t, const char *file, struct text *to,
                      struct diag *d)
{
    struct bytes b;
    if (!file_map(file, &b, d))
        return false;
    if (b.len != tensor_bytes(t))
        return diag_error(d, file, "is %zu bytes, the model's input \"%s\" takes %zu (%s %s)",
                          b.len, t->name, tensor_bytes(t), dtype_name(t->dtype),
                          out_shape(a, &t->shape));
    text_add_bytes(to, b.data, b.len);
    file_unmap(b);
    return true;
}

const void *input_read(struct arena *a, const struct graph *g, const struct arg_list *calls,
                       struct diag *d)
{
    struct text all = {.arena = a};
    for (uint32_t k = 0; k < calls->n; k++) {
        uint32_t n_files = 0;
        char *rest = arena_strdup(a, calls->items[k]);
        for (char *file; (file = strtok_r(rest, ",", &rest)) != NULL; n_files++)
            if (n_files < g->inputs.n &&
                !read_file(a, &g->tensors.items[g->inputs.items[n_files]], file, &all, d))
                return NULL;
        if (n_files != g->inputs.n) {
            diag_error(d, "--input", "%s names %" PRIu32 " files, the model has %" PRIu32 " inputs",
                       calls->items[k], n_files, g->inputs.n);
            return NULL;
        }
    }
    return text_cstr(&all);
}
