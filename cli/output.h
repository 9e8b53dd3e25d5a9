/* output.h - how verbs read models and print numbers. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_CLI_OUTPUT_H
#define MOTE_CLI_OUTPUT_H
#include "base/json.h"
#include "base/str.h"
#include "ir/graph.h"
#include "target/target.h"

/* "1x28x28x16" */
const char *out_shape(struct arena *a, const struct shape *s);
/* What comes before the extension of the last path component: "out/kws.mote" -> "kws". */
const char *out_stem(struct arena *a, const char *path);
/* A C identifier in lower case made from any name: "kws-v2" -> "kws_v2". */
const char *out_identifier(struct arena *a, const char *name);

/* --target: the board, or NULL with `d` set and the known names as hint. */
const struct target *find_target(struct arena *a, const char *name, struct diag *d);
#endif
