/* faults.c - how verbs print all that is not supported. SPDX-License-Identifier: Apache-2.0 */
#include "faults.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WHAT_WIDTH_MAX 64

/* The width of the column `what` for faults with one remedy, from fault `first` on. */
static int what_width(const struct faults *f, uint32_t first)
{
    size_t width = 0;
    for (uint32_t i = first; i < f->list.n; i++) {
        const struct fault *one = &f->list.items[i];
        const size_t len = strlen(one->what);
        if (strcmp(one->hint, f->list.items[first].hint) == 0 && len > width)
            width = len < WHAT_WIDTH_MAX ? len : WHAT_WIDTH_MAX;
    }
    return (int)width;
}

static void print_one(const struct fault *f, int width)
{
    if (f->i_op == FAULT_NO_OPERATOR)
        printf("  %8s", "graph");
    else
        printf("  %8" PRIu32, f->i_op);
    printf("  %-8s  %-*s  %s\n", f->type, width, f->what, f->name);
}

void faults_print(struct arena *a, const struct faults *f)
{
    bool *told = ARENA_ARRAY(a, bool, f->list.n);
    for (uint32_t i = 0; i < f->list.n; i++) {
        const char *hint = f->list.items[i].hint;
        if (told[i])
            continue;
        const int width = what_width(f, i);
        printf("\n  %8s  %-8s  %-*s  %s\n", "operator", "type", width, "what", "output");
        for (uint32_t k = i; k < f->list.n; k++)
            if (!told[k] && strcmp(hint, f->list.items[k].hint) == 0) {
                told[k] = true;
                print_one(&f->list.items[k], width);
            }
        printf("            to do: %s\n", hint);
    }
}

void faults_json(struct json *j, const struct faults *f)
{
    json_array(j, "faults");
    for (uint32_t i = 0; i < f->list.n; i++) {
        const struct fault *one = &f->list.items[i];
        json_object(j, NULL);
        if (one->i_op != FAULT_NO_OPERATOR)
            json_int(j, "index", one->i_op);
        json_str(j, "operator", one->op);
        json_str(j, "name", one->name);
        json_str(j, "type", one->type);
        json_str(j, "what", one->what);
        json_str(j, "to_do", one->hint);
        json_end(j);
    }
    json_end(j);
}
