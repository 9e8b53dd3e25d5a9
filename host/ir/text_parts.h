/* text_parts.h - what printer, parser and model file share, private to host/ir.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_IR_TEXT_PARTS_H
#define MOTE_HOST_IR_TEXT_PARTS_H
#include "ir/text.h"

#define TEXT_VERSION  1
#define BINARY_ALIGN  64 /* of every constant in the binary part of a model file */
#define VALUES_A_LINE 16
#define TEXT_WORD_MAX 31

/* How an attribute is written after the operands of a node. */
enum attr_form {
    ATTR_FORM_ONE,   /* axis 3         */
    ATTR_FORM_FIXED, /* stride [2,2]   */
    ATTR_FORM_LIST,  /* shape [1,100]  */
    ATTR_FORM_FLOAT, /* eps 0.001      */
    ATTR_FORM_ACT    /* act relu       */
};

enum attr_need { ATTR_REQUIRED, ATTR_OPTIONAL };

struct attr_spec {
    const char *name;
    uint32_t bit; /* ATTR_... of ops.def                             */
    enum attr_form form;
    size_t offset;       /* of its first member in struct attrs     */
    uint32_t n;          /* consecutive int32 members, most of them */
    enum attr_need need; /* optional ones are left out when preset  */
    int32_t preset;
};

/* In the order in which they are printed. */
const struct attr_spec *attr_specs(uint32_t *n);
/* Member i of an attribute of integers. */
int32_t attr_get(const struct attrs *at, const struct attr_spec *spec, uint32_t i);
void attr_set(struct attrs *at, const struct attr_spec *spec, uint32_t i, int32_t value);
float attr_get_float(const struct attrs *at, const struct attr_spec *spec);
void attr_set_float(struct attrs *at, const struct attr_spec *spec, float value);

/* "none", "relu", "relu6". */
const char *act_name(enum act act);

/* Print with constants as "@offset": offset[t] of every constant t. NULL: inline. */
void graph_print_with(const struct graph *g, const uint64_t *offset, struct text *out);

/* Parse; "@offset" points into `binary` and is an error when that has no data. */
struct graph *graph_parse_with(struct arena *a, struct bytes text, struct bytes binary,
                               const char *place, struct diag *d);
#endif
