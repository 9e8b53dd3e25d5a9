/* wish.c - what of speed, flash and memory a user asks for. SPDX-License-Identifier: Apache-2.0 */
#include "wish.h"

#include <string.h>

static bool objective_of(const char *name, enum objective *out, struct diag *d)
{
    static const char *const names[] = {
        [OPTIMIZE_BALANCED] = "balanced", [OPTIMIZE_SPEED] = "speed", [OPTIMIZE_SIZE] = "size"};
    *out = OPTIMIZE_BALANCED;
    if (!name)
        return true;
    for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0) {
            *out = (enum objective)i;
            return true;
        }
    return diag_error(d, "", "--optimize expects speed, size or balanced, not \"%s\"", name);
}

bool wish_of(const struct wish_args *args, struct wish *out, struct diag *d)
{
    const bool by_rows = args->feed && strcmp(args->feed, "rows") == 0;
    if (args->feed && !by_rows && strcmp(args->feed, "whole") != 0)
        return diag_error(d, "", "--feed expects rows or whole, not \"%s\"", args->feed);
    *out = (struct wish){
        .memory = {.ram_bytes = args->ram_bytes ? (size_t)args->ram_bytes : RAM_ANY,
                   .feed = by_rows ? FEED_ROWS : FEED_WHOLE},
        .reference = args->reference,
    };
    return objective_of(args->optimize, &out->objective, d);
}

struct choice wish_choice(const struct wish *w, const struct target *t)
{
    struct choice choice = w->reference ? choice_reference : target_choice(t);
    choice.objective = w->objective;
    return choice;
}
