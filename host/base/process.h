/* process.h - run another program, no shell in between. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_PROCESS_H
#define MOTE_HOST_PROCESS_H
#include "base/arena.h"
#include "base/diag.h"
#include <stdbool.h>

struct process_result {
    int status;     /* exit status, or 128 + signal */
    bool timed_out; /* killed after timeout_s        */
    const char
        *output; /* stdout and stderr together, NUL-terminated, at most 1 MiB, in the arena */
};

/* Run argv[0] (searched in PATH), NULL-terminated argv, in folder `dir` (NULL: here), standard
 * input empty, killed with its children after timeout_s seconds. False only when it could not be
 * started: the diag then names the program. */
bool process_run(struct arena *a, const char *const *argv, const char *dir, int timeout_s,
                 struct process_result *out, struct diag *d);

/* Is the program in PATH? */
bool process_found(const char *program);
#endif
