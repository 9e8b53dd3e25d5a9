/* fault.c - a list of faults as one message. SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/str.h"

#define FAULTS_TEXT_MAX 800 /* bytes of the message; what is beyond is counted */
#define FAULT_OPS_MAX   8   /* numbers of operators named in one line          */
#define FAULT_NAME_MAX  64  /* bytes of a name shown                           */

/* One line for all faults that say the same, beginning with fault `first`: "operators 1, 3: ...",
 * or "operator 1 'name': ...". Marks them as told. Returns how many they are. */
static uint32_t fault_line(const struct faults *f, uint32_t first, bool *told, struct text *out)
{
    const struct fault *one = &f->list.items[first];
    uint32_t n = 0;
    struct text ops = {.arena = out->arena};
    for (uint32_t i = first; i < f->list.n; i++) {
        const struct fault *g = &f->list.items[i];
        if (told[i] || strcmp(one->what, g->what) != 0)
            continue;
        told[i] = true;
        if (n++ < FAULT_OPS_MAX && g->i_op != FAULT_NO_OPERATOR)
            text_printf(&ops, "%s%" PRIu32, n > 1 ? ", " : "", g->i_op);
    }
    if (ops.len && n == 1)
        text_printf(out, "operator %s '%.*s': ", text_cstr(&ops), FAULT_NAME_MAX, one->name);
    else if (ops.len)
        text_printf(out, "operators %s%s: ", text_cstr(&ops), n > FAULT_OPS_MAX ? ", ..." : "");
    text_add(out, one->what);
    return n;
}

bool faults_report(const struct faults *f, struct arena *tmp, const char *place, struct diag *d)
{
    assert(f->list.n > 0);
    bool *told = ARENA_ARRAY(tmp, bool, f->list.n);
    struct text lines = {.arena = tmp};
    const char *hint = "";
    uint32_t n_lines = 0, n_left = f->list.n;
    for (uint32_t i = 0; i < f->list.n; i++) {
        if (told[i])
            continue;
        struct text line = {.arena = tmp};
        const uint32_t n = fault_line(f, i, told, &line);
        if (!hint[0])
            hint = f->list.items[i].hint;
        if (lines.len + line.len > FAULTS_TEXT_MAX && n_lines)
            break;
        n_left -= n;
        text_printf(&lines, "%s%s", n_lines++ ? "\n  " : "", text_cstr(&line));
    }
    if (n_left)
        text_printf(&lines, "\n  and %" PRIu32 " more, `mote check` lists all", n_left);
    diag_error(d, place, "%s%s", n_lines > 1 ? "not supported:\n  " : "", text_cstr(&lines));
    return hint[0] ? diag_hint(d, "%s", hint) : false;
}
