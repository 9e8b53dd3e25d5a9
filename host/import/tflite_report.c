/* tflite_report.c - all that a TensorFlow Lite model needs and Mote does not have, in one message.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "import/tflite_parts.h"

#define FAULTS_TEXT_MAX 800 /* bytes of the report; what is beyond is counted */
#define FAULT_OPS_MAX   8   /* numbers of operators named in one line         */
#define FAULT_NAME_MAX  64  /* bytes of a name shown                           */

void tfl_add_fault(struct tfl *t, uint32_t i_op, const char *name, const struct diag *d)
{
    *VEC_PUSH(t->tmp, &t->faults) = (struct tfl_fault){
        .i_op = i_op,
        .name = name,
        .what = arena_strdup(t->tmp, d->message),
        .hint = arena_strdup(t->tmp, d->hint),
    };
}

/* One line for all faults that say the same, beginning with fault `first`: "operators 1, 3: ...",
 * or "operator 1 'name': ...". Marks them as told. Returns how many they are. */
static uint32_t fault_line(const struct tfl *t, uint32_t first, bool *told, struct text *out)
{
    const struct tfl_fault *f = &t->faults.items[first];
    uint32_t n = 0;
    struct text ops = {.arena = t->tmp};
    for (uint32_t i = first; i < t->faults.n; i++) {
        const struct tfl_fault *g = &t->faults.items[i];
        if (told[i] || strcmp(f->what, g->what) != 0)
            continue;
        told[i] = true;
        if (n++ < FAULT_OPS_MAX && g->i_op != TFL_NO_OPERATOR)
            text_printf(&ops, "%s%" PRIu32, n > 1 ? ", " : "", g->i_op);
    }
    if (ops.len && n == 1)
        text_printf(out, "operator %s '%.*s': ", text_cstr(&ops), FAULT_NAME_MAX, f->name);
    else if (ops.len)
        text_printf(out, "operators %s%s: ", text_cstr(&ops), n > FAULT_OPS_MAX ? ", ..." : "");
    text_add(out, f->what);
    return n;
}

/* All faults in one message, all remedies in its hint. */
void tfl_report(const struct tfl *t, const char *place, struct diag *d)
{
    bool *told = ARENA_ARRAY(t->tmp, bool, t->faults.n);
    struct text lines = {.arena = t->tmp};
    const char *hint = "";
    uint32_t n_lines = 0, n_left = t->faults.n;
    for (uint32_t i = 0; i < t->faults.n; i++) {
        if (told[i])
            continue;
        struct text line = {.arena = t->tmp};
        uint32_t n = fault_line(t, i, told, &line);
        if (!hint[0])
            hint = t->faults.items[i].hint;
        if (lines.len + line.len > FAULTS_TEXT_MAX && n_lines)
            break;
        n_left -= n;
        text_printf(&lines, "%s%s", n_lines++ ? "\n  " : "", text_cstr(&line));
    }
    if (n_left)
        text_printf(&lines, "\n  and %" PRIu32 " more", n_left);
    diag_error(d, place, "%s%s", n_lines > 1 ? "cannot be imported:\n  " : "", text_cstr(&lines));
    if (hint[0])
        diag_hint(d, "%s", hint);
}
