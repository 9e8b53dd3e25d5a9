/* import.h - reads any model file that Mote understands. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_IMPORT_IMPORT_H
#define MOTE_HOST_IMPORT_IMPORT_H
#include "ir/graph.h"

/* The verified graph in a file, .mote or .tflite; its first bytes say which, not its name.
 * Constants point into the mapped file. NULL with `d` set on error. */
struct graph *import_read(struct arena *a, const char *path, struct diag *d);
#endif
