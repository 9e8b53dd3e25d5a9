/* import.h - reads any model file that Mote understands. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_IMPORT_IMPORT_H
#define MOTE_HOST_IMPORT_IMPORT_H
#include "base/fault.h"
#include "ir/graph.h"

/* The verified graph in a file, .mote or .tflite; its first bytes say which, not its name.
 * Constants point into the mapped file. NULL with `d` set on error. */
struct graph *import_read(struct arena *a, const char *path, struct diag *d);

/* The same, but what is not supported goes to `faults`, whole; `d` is for what cannot be read at
 * all. With faults the graph is only good for looking at its nodes: import/tflite.h. */
struct graph *import_account(struct arena *a, const char *path, struct faults *faults,
                             struct diag *d);
#endif
