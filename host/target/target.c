/* target.c - the table of targets. SPDX-License-Identifier: Apache-2.0 */
#include "target/target.h"
#include "target/costs.h"

#include <string.h>

static const struct target targets[] = {
#define TARGET(...) {__VA_ARGS__},
#include "target/targets.def"
#undef TARGET
};

const struct target *target_list(uint32_t *n)
{
    *n = sizeof targets / sizeof targets[0];
    return targets;
}

struct choice target_choice(const struct target *t)
{
    return (struct choice){.isas = t->isas, .costs = costs_find(t->name)};
}

const struct target *target_find(const char *name)
{
    uint32_t n;
    const struct target *all = target_list(&n);
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(all[i].name, name) == 0)
            return &all[i];
    return NULL;
}
