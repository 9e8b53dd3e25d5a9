/* check_fit.c - does a network fit a data set? SPDX-License-Identifier: Apache-2.0 */
#include "train/check_fit.h"
#include <inttypes.h>

bool check_fit(const struct graph *g, const struct dataset *ds, struct diag *d)
{
    if (g->inputs.n != 1 || g->outputs.n != 1)
        return diag_error(d, g->name,
                          "the network has %" PRIu32 " inputs and %" PRIu32
                          " outputs, training needs one of each",
                          g->inputs.n, g->outputs.n);
    const struct tensor *in = &g->tensors.items[g->inputs.items[0]];
    const struct tensor *out = &g->tensors.items[g->outputs.items[0]];
    if (in->dtype != DT_F32) {
        diag_error(d, g->name, "the input is %s, training needs f32", dtype_name(in->dtype));
        return diag_hint(d, "train the float graph, then quantise it");
    }
    if (!shape_equal(&in->shape, &ds->sample))
        return diag_error(d, g->name,
                          "the network takes %" PRId64 " values a sample, the data has %" PRId64
                          " or another shape",
                          shape_count(&in->shape), shape_count(&ds->sample));
    if (shape_count(&out->shape) != (int64_t)ds->n_classes)
        return diag_error(d, g->name,
                          "the network has %" PRId64 " outputs, the data %" PRIu32 " classes",
                          shape_count(&out->shape), ds->n_classes);
    return true;
}
