/* input.h - how verbs read a model's inputs. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_CLI_INPUT_H
#define MOTE_CLI_INPUT_H
#include "args.h"
#include "ir/graph.h"

/* The raw little-endian files of repeated --input FILE[,FILE...]: one item is one call and names
 * one file for each input. All calls, one after the other; NULL with `d` set when a file is missing
 * or has the wrong size. */
const void *input_read(struct arena *a, const struct graph *g, const struct arg_list *calls,
                       struct diag *d);
#endif
