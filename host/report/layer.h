/* layer.h - what the page and the JSON say of one step, of one name.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_REPORT_LAYER_H
#define MOTE_HOST_REPORT_LAYER_H
#include "report/report.h"

/* One kernel call. */
struct layer {
    const struct node *node;
    const char *kernel; /* "conv2d_s8_opt" */
    const struct tensor *out;
    uint64_t macs, const_bytes;
    uint64_t live_bytes;   /* of the arena, while it runs */
    uint64_t instructions; /* 0 when not counted          */
    uint64_t cycles;       /* 0 when not predicted        */
    struct cost cost;      /* all 0 when not profiled     */
};

/* The sums of all layers, and the largest of each, for bars. */
struct layers {
    struct layer *items;
    uint32_t n;
    struct layer sum, max;
    bool counted; /* are there instructions? */
};

struct layers layers_of(struct arena *a, const struct report *r);

/* Milliseconds of a layer or of their sum at the report's clock: of its predicted cycles or, where
 * there are none, of its instructions at one a cycle. */
double report_ms(const struct report *r, const struct layer *l);
/* The model by which cycles are predicted, or NULL: they are not. */
const struct core *report_core(const struct report *r);

/* "12:model/conv_1/Relu;model/bn_1+13:model/add" -> "12 conv_1/Relu + 13 model/add": of each part
 * its number and the last two components of its first name, at most ORIGIN_MAX bytes in all. */
#define ORIGIN_MAX 96
const char *origin_short(struct arena *a, const char *origin);

/* At most n bytes of a text, with "..." when it was longer; no character of UTF-8 is cut in two. */
const char *text_short(struct arena *a, const char *s, size_t n);
#endif
