/* wish.c - --ram and --feed, of the verbs that plan memory. SPDX-License-Identifier: Apache-2.0 */
#include "wish.h"

#include <string.h>

bool wish_of(const struct wish_args *args, struct memory_wish *out, struct diag *d)
{
    const bool by_rows = args->feed && strcmp(args->feed, "rows") == 0;
    if (args->feed && !by_rows && strcmp(args->feed, "whole") != 0)
        return diag_error(d, "", "--feed expects rows or whole, not \"%s\"", args->feed);
    *out = (struct memory_wish){.ram_bytes = args->ram_bytes ? (size_t)args->ram_bytes : RAM_ANY,
                                .feed = by_rows ? FEED_ROWS : FEED_WHOLE};
    return true;
}
