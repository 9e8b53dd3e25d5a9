/* wish.h - what of speed, flash and memory a user asks for: --optimize, --reference, --ram, --feed.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_CLI_WISH_H
#define MOTE_CLI_WISH_H
#include "compile.h"

/* Lines for the usage of a verb. */
#define WISH_OPTIMIZE_USAGE                                                                        \
    "  --optimize WHAT  speed: the fastest kernels, whatever flash they take; size: the least "    \
    "flash;\n"                                                                                     \
    "                   balanced (default): more flash or RAM only where it pays\n"

/* As given: 0, NULL and false where they were left out. */
struct wish_args {
    uint64_t ram_bytes;
    const char *feed, *optimize;
    bool reference;
};

struct wish {
    struct memory_wish memory;
    enum objective objective;
    bool reference;
};
bool wish_of(const struct wish_args *args, struct wish *out, struct diag *d);

/* How to choose kernels for a target. */
struct choice wish_choice(const struct wish *w, const struct target *t);
#endif
