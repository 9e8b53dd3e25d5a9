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
#include "sim/profile.h"

struct report {
    const char *version; /* of the tool */
    const struct graph *source;
    const struct compiled *compiled;
    struct saving savings[N_PASSES];
    const struct target *target;
    const struct firmware *firmware; /* NULL: not built */
    const struct firmware_run *run;  /* of one inference; NULL: not run               */
    const char *not_measured;        /* why not, a sentence; NULL when all is known   */
    const struct profile *profile;   /* of that run; NULL: not profiled               */
    const char *not_profiled;        /* why not, a sentence; NULL where there is no run either */
    uint32_t wait_states;            /* of flash, for predicted cycles                */
    double clock_mhz;                /* > 0; for times                                */
};

/* The whole page. */
void report_html(const struct report *r, struct text *out);
/* The same as one JSON object. */
void report_json(struct arena *a, const struct report *r, struct text *out);
#endif
