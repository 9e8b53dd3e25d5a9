/* report.h - what a compiled model costs on a board, as one page and as data.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The page is one HTML file that loads nothing: no network, no script, no font; its own policy
 * (Content-Security-Policy) forbids them. Every name from a model is escaped. JSON has the same
 * data. Same report, same bytes. */
#ifndef MOTE_HOST_REPORT_H
#define MOTE_HOST_REPORT_H
#include "base/json.h"
#include "compile.h"
#include "pass/pass.h"

struct report {
    const char *version; /* of the tool */
    const struct graph *source;
    const struct compiled *compiled;
    struct saving savings[N_PASSES];
    const struct target *target;
    const struct firmware *firmware; /* NULL: not built */
    const struct firmware_run *run;  /* of one inference; NULL: not run               */
    const char *not_measured;        /* why not, a sentence; NULL when all is known   */
    double clock_mhz;                /* > 0; for times at one instruction a cycle     */
};

/* The whole page. */
void report_html(const struct report *r, struct text *out);
/* The same as one JSON object. */
void report_json(struct arena *a, const struct report *r, struct text *out);
#endif
