/* faults.h - how verbs print all that is not supported. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_CLI_FAULTS_H
#define MOTE_CLI_FAULTS_H
#include "base/fault.h"
#include "base/json.h"

/* All of them: operator, type, what, output; those with one remedy together, and it below. */
void faults_print(struct arena *a, const struct faults *f);
/* The array "faults", one object each. */
void faults_json(struct json *j, const struct faults *f);
#endif
