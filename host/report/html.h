/* html.h - the page: its text and its sections. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_REPORT_HTML_H
#define MOTE_HOST_REPORT_HTML_H
#include "report/layer.h"

/* The style sheet, page.css as it stands; the build makes a string of it. */
extern const char page_style[];

/* A text as content or as a quoted attribute, in the arena: & < > " ' are escaped, control
 * characters become U+FFFD. Whatever comes from a model goes through it. */
const char *html(struct arena *a, const char *s);

/* The sections of the page. */
void page_memory(const struct report *r, struct text *out);
void page_layers(const struct report *r, const struct layers *l, struct text *out);
/* Nothing when there was no run. */
void page_classes(const struct report *r, const struct layers *l, struct text *out);
void page_graph(const struct report *r, struct text *out);
void page_passes(const struct report *r, struct text *out);
#endif
