/* text.h - the IR as text, and the model file `.mote`.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Printing and parsing round-trip byte for byte (docs/spec/ir.md has the grammar). In the text
 * form constants stand inline; a `.mote` file is the same text with constants as offsets into a
 * binary part that follows it, so that a mapped file needs no copy. The parser treats its input
 * as hostile. */
#ifndef MOTE_HOST_IR_TEXT_H
#define MOTE_HOST_IR_TEXT_H
#include "base/str.h"
#include "ir/graph.h"

void graph_print(const struct graph *g, struct text *out);
/* A node's attributes as they stand there: " stride 2x2 pad 0,1,0,1 act relu". */
void graph_print_attrs(const struct graph *g, const struct node *n, struct text *out);
/* `place` names the source in messages: "place:line:column: ...". NULL with `d` set on error. */
struct graph *graph_parse(struct arena *a, struct bytes text, const char *place, struct diag *d);

bool model_write(const char *path, const struct graph *g, struct diag *d);
/* Constants point into the mapped file. The graph is verified. */
struct graph *model_read(struct arena *a, const char *path, struct diag *d);
#endif
