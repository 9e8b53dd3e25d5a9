/* compile_several.h - `mote compile` for more than one model. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_CLI_COMPILE_SEVERAL_H
#define MOTE_CLI_COMPILE_SEVERAL_H
#include "compile.h"
#include "model.h"
#include "wish.h"

#define MODELS_MAX 16

/* What is asked for. */
struct several_wish {
    const char *target, *dir;
    const struct model_args *model;
    bool firmware, json;
    const struct wish *wish; /* without its memory: that is for one model */
    enum plan_sharing sharing;
    struct budget budget; /* of all together */
};

/* Compile models into one arena and one firmware, and print sizes. */
bool compile_several(struct arena *a, const char *const *paths, uint32_t n,
                     const struct several_wish *w, struct diag *d);
#endif
