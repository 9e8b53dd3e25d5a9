/* plan.c - `mote plan`: where every buffer lies. SPDX-License-Identifier: Apache-2.0 */
#include "compile.h"
#include "import/import.h"
#include "output.h"
#include "verb.h"
#include <inttypes.h>
#include <stdio.h>

static const char usage[] =
    "usage: mote plan MODEL [--json]\n\n"
    "Plan the memory of an int8 model and draw it over time: columns are steps, rows addresses.\n\n"
    "example:\n"
    "  mote plan out/fashion.mote\n";

#define PICTURE_WIDTH 100 /* columns */

static void print_json(struct arena *a, const struct compiled *c)
{
    const struct memory_plan *m = c->memory;
    struct text t = {.arena = a};
    struct json j;
    json_begin(&j, &t);
    json_object(&j, NULL);
    json_int(&j, "arena_bytes", (int64_t)m->plan.arena_bytes);
    json_int(&j, "arena_lower_bound", (int64_t)m->plan.lower_bound);
    json_int(&j, "gap_bytes", (int64_t)(m->plan.arena_bytes - m->plan.lower_bound));
    json_bool(&j, "optimal", m->plan.optimal);
    json_str(&j, "method", m->plan.method);
    json_array(&j, "buffers");
    for (uint32_t i = 0; i < m->n_buffers; i++) {
        json_object(&j, NULL);
        json_str(&j, "name", m->buffers[i].name);
        json_int(&j, "bytes", (int64_t)m->buffers[i].bytes);
        json_int(&j, "offset", (int64_t)m->plan.offset[i]);
        json_int(&j, "first_step", m->buffers[i].first);
        json_int(&j, "last_step", m->buffers[i].last);
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
    fputs(text_cstr(&t), stdout);
}

static enum exit_status run(struct arena *a, int argc, char **argv, struct diag *d)
{
    bool as_json = false;
    const struct arg args[] = {{"--json", ARG_FLAG, &as_json}};
    const char *path;
    if (!args_parse(args, 1, argc, argv, &path, 1, "MODEL", d))
        return EXIT_USAGE;
    struct graph *g = import_read(a, path, d);
    struct compiled c;
    if (!g || !compile(a, g, out_identifier(a, out_stem(a, path)), VARIANT_FASTEST, &c, d))
        return EXIT_FAILED;
    if (as_json) {
        print_json(a, &c);
        return EXIT_DONE;
    }
    struct text picture = {.arena = a};
    plan_picture(c.program, c.memory, PICTURE_WIDTH, &picture);
    fputs(text_cstr(&picture), stdout);
    return EXIT_DONE;
}

const struct verb verb_plan = {"plan", "show where every buffer lies in memory", usage, run};
