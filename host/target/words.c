/* words.c - command lines under construction. SPDX-License-Identifier: Apache-2.0 */
#include "target/words.h"

#include <string.h>

#include "base/str.h"

void words_add(struct words *w, const char *word)
{
    *VEC_PUSH(w->arena, &w->list) = word;
}

void words_split(struct words *w, const char *text)
{
    for (const char *p = text ? text : ""; *p;) {
        size_t n = strcspn(p, " ");
        if (n > 0)
            words_add(w, arena_printf(w->arena, "%.*s", (int)n, p));
        p += n;
        p += strspn(p, " ");
    }
}

const char *const *words_argv(struct words *w)
{
    words_add(w, NULL);
    return w->list.items;
}
