/* core.c - the table of models. SPDX-License-Identifier: Apache-2.0 */
#include "sim/cores/core.h"

#include <string.h>

static const struct core *const cores[] = {&core_cortex_m3,  &core_cortex_m4,  &core_cortex_m7,
                                           &core_cortex_m33, &core_cortex_m55, &core_rv32imc};

const struct core *core_find(const char *target)
{
    for (size_t i = 0; i < sizeof cores / sizeof cores[0]; i++)
        if (strcmp(cores[i]->name, target) == 0)
            return cores[i];
    return NULL;
}
