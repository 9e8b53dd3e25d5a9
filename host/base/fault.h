/* fault.h - all that stands in the way of one model, as a list.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A struct diag keeps the first error. Where a user has to know everything at once, as of a model
 * that needs what Mote does not have, each fault is one item of this list: `mote check` prints it
 * whole, everything else puts its beginning into a diag. */
#ifndef MOTE_HOST_FAULT_H
#define MOTE_HOST_FAULT_H
#include "base/diag.h"
#include "base/vec.h"

#define FAULT_NO_OPERATOR UINT32_MAX

struct fault {
    uint32_t i_op;    /* number of the operator in the model, or FAULT_NO_OPERATOR: an input or
                         output of the graph                                                      */
    const char *op;   /* "CONV_2D", "conv2d"; "" without an operator                              */
    const char *name; /* of the operator's output                                                 */
    const char *type; /* of it, "int8"                                                            */
    const char *what; /* "CONV_2D: the fused activation TANH is not supported"                    */
    const char *hint; /* what to do; may be empty                                                 */
};

struct faults {
    VEC(struct fault) list;
};

/* The beginning of the list as one error at `place`, faults that say the same in one line, and the
 * first remedy as its hint. `tmp` is for text under way. Returns false. */
bool faults_report(const struct faults *f, struct arena *tmp, const char *place, struct diag *d);
#endif
