/* choose.h - which variant computes which node. SPDX-License-Identifier: Apache-2.0
 *
 * Private to host/sched. */
#ifndef MOTE_HOST_SCHED_CHOOSE_H
#define MOTE_HOST_SCHED_CHOOSE_H
#include "sched/sched.h"

/* One way to compute a node. */
struct option {
    struct step step;
    double cycles;       /* predicted                                            */
    size_t flash_bytes;  /* of its constants                                     */
    uint32_t code_bytes; /* of its kernel, which all steps with that kernel share */
    bool is_measured;    /* are the cycles known?                                */
    bool is_barred;      /* not to be chosen; never the first one                */
};

/* All ways, slowest first as in kernels.def. */
struct menu {
    struct option *options;
    uint32_t n, chosen;
    uint32_t other; /* what it may be without a kernel: choose.c */
};

/* Set `chosen` of every menu: the fastest, the smallest, or in between, as `choice` wants it, within
 * its flash if that can be. */
void choose(struct menu *menus, uint32_t n, const struct choice *choice);

/* Bytes of the constants and kernels of what is chosen, and its cycles. */
size_t chosen_bytes(const struct menu *menus, uint32_t n);
double chosen_cycles(const struct menu *menus, uint32_t n);

/* What would be faster than what is chosen of menu `i`. */
void find_faster(const struct menu *menus, uint32_t n, uint32_t i, struct faster *out);
#endif
