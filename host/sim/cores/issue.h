/* issue.h - models that issue in order, by a table of what each kind of instruction needs.
 * SPDX-License-Identifier: Apache-2.0
 *
 * An instruction issues in the cycle after the one before it, or with that one if the core pairs
 * the two; later, if an operand is not there or its unit is taken. */
#ifndef MOTE_HOST_SIM_CORES_ISSUE_H
#define MOTE_HOST_SIM_CORES_ISSUE_H
#include "sim/cores/core.h"

/* Of one kind of instruction. */
struct timing {
    uint8_t unit;    /* 0: one that is never short                                          */
    uint8_t busy;    /* cycles until the unit takes another                                 */
    uint8_t latency; /* cycles until the result can be used                                 */
    uint8_t holds;   /* cycles more during which nothing issues                             */
    uint8_t each;    /* 1: and one for every register that it moves, 2: for two of them ... */
};

struct issue_rules {
    const struct timing *timings; /* [N_INSN_KINDS]                                            */
    uint8_t address_early;        /* cycles by which an address must be there before the rest  */
    uint8_t shifted_early;        /* ... an operand that is shifted first                      */
    uint8_t addend_late;          /* ... by which an addend may come after the factors         */
    /* May the second issue in the same cycle? NULL: never. */
    bool (*pairs)(const struct insn *first, const struct insn *second);
};

uint32_t issue_price(const struct issue_rules *rules, struct pipe *p, const struct insn *in);
#endif
