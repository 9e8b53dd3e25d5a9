/* wish.h - --ram and --feed, of the verbs that plan memory. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_CLI_WISH_H
#define MOTE_CLI_WISH_H
#include "compile.h"

/* As given: 0 and NULL where they were left out. */
struct wish_args {
    uint64_t ram_bytes;
    const char *feed;
};
bool wish_of(const struct wish_args *args, struct memory_wish *out, struct diag *d);
#endif
