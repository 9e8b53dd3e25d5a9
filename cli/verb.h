/* verb.h - the verbs of `mote`, one file each. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_CLI_VERB_H
#define MOTE_CLI_VERB_H
#include "args.h"
#include "base/arena.h"
#include "base/diag.h"

/* Exit status of the program: scripts rely on it. */
enum exit_status { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct verb {
    const char *name;
    const char *summary; /* one line for `mote help`                   */
    const char *usage;   /* the whole text of `mote VERB --help`       */
    /* argv: what follows the verb. Fills `d` and returns the status. */
    enum exit_status (*run)(struct arena *a, int argc, char **argv, struct diag *d);
};

extern const struct verb verb_train, verb_quantize, verb_plan, verb_compile, verb_run, verb_eval,
    verb_info, verb_check, verb_diff, verb_report, verb_profile, verb_tune;
#endif
