/* csv.h - tables of numbers with one label column (RFC 4180).
 *
 * The first line names the columns. Every other column than the label holds decimal numbers and
 * becomes a feature, in the order of the file: samples are [1, features]. Classes are the distinct
 * labels: by value when all are integers, else by their bytes. Empty lines are skipped.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_CSV_H
#define MOTE_HOST_CSV_H
#include "base/str.h"
#include "data/dataset.h"

/* Parse a whole file in memory; `place` names it in messages ("place:line: ..."). */
bool csv_parse(struct arena *a, struct bytes file, const char *place, const char *label_column,
               struct dataset *out, struct diag *d);
/* Read a file, which may be compressed with gzip. */
bool csv_read(struct arena *a, const char *path, const char *label_column, struct dataset *out,
              struct diag *d);
#endif
