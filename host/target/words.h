/* words.h - command lines under construction. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_TARGET_WORDS_H
#define MOTE_HOST_TARGET_WORDS_H
#include "base/arena.h"
#include "base/vec.h"

/* A list of arguments. Strings are borrowed; words_argv ends it with NULL. */
struct words {
    struct arena *arena;
    VEC(const char *) list;
};

void words_add(struct words *w, const char *word);
/* Every blank-separated word of `text`, which may be NULL. */
void words_split(struct words *w, const char *text);
const char *const *words_argv(struct words *w);
#endif
