/* plan.c - `mote plan`: where every buffer lies. SPDX-License-Identifier: Apache-2.0 */
#include "compile.h"
#include "model.h"
#include "output.h"
#include "verb.h"
#include "wish.h"
#include <inttypes.h>
#include <stdio.h>

static const char usage[] =
    "usage: mote plan MODEL [--target BOARD] [--ram BYTES] [--feed rows] [--json]\n\n"
    "Plan the memory of a model and draw it over time: columns are steps, rows addresses.\n\n"
    "  --target T    the board whose kernels it is planned for (default: " TARGET_DEFAULT ")\n"
    "  --ram BYTES   find a schedule within so many bytes, such as 16K: layers in cascades, a few\n"
    "                rows at a time, or in tiles with some MACs more; or say what the least is\n"
    "  --feed rows   the caller gives the input row by row: it is never whole in memory\n"
    "  --optimize WHAT   as for mote compile: kernels differ in scratch\n" MODEL_ONNX_USAGE "\n"
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
    json_float(&j, "more_macs_percent", program_more_macs(c->program));
    json_array(&j, "buffers");
    for (uint32_t i = 0; i < m->n_buffers; i++) {
        json_object(&j, NULL);
        json_str(&j, "name", m->buffers[i].name);
        json_int(&j, "bytes", (int64_t)m->buffers[i].bytes);
        json_int(&j, "offset", (int64_t)m->plan.offset[i]);
        json_int(&j, "first_step", program_step(c->program, m->buffers[i].first));
        json_int(&j, "last_step", program_step(c->program, m->buffers[i].last + 1) - 1);
        json_end(&j);
    }
    json_end(&j);
    json_array(&j, "cascades");
    for (uint32_t i = 0; i < c->program->n_cascades; i++) {
        const struct cascade *cascade = c->program->cascades[i];
        json_object(&j, NULL);
        json_int(&j, "first_step", cascade->first_step);
        json_int(&j, "last_step", cascade->first_step + cascade->n_steps - 1);
        json_int(&j, "stripe_rows", cascade_stripe(cascade));
        json_bool(&j, "is_fed", cascade->is_fed);
        json_int(&j, "calls", cascade->n_calls);
        json_int(&j, "moved_bytes", (int64_t)cascade->moved_bytes);
        json_int(&j, "blocks", cascade->cut.blocks);
        json_int(&j, "strips", cascade->cut.strips);
        json_int(&j, "more_macs", cascade->more_macs);
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
    fputs(text_cstr(&t), stdout);
}

static enum exit_status run(struct arena *a, int argc, char **argv, struct diag *d)
{
    bool as_json = false;
    const char *target = TARGET_DEFAULT;
    struct wish_args wish_args = {0};
    struct model_args model = {0};
    const struct arg args[] = {
        {"--target", ARG_STRING, &target},       {"--ram", ARG_BYTES, &wish_args.ram_bytes},
        {"--feed", ARG_STRING, &wish_args.feed}, {"--optimize", ARG_STRING, &wish_args.optimize},
        {"--json", ARG_FLAG, &as_json},          MODEL_ONNX_ARGS(&model),
    };
    const char *path;
    struct wish wish;
    if (!args_parse(args, sizeof args / sizeof args[0], argc, argv, &path, 1, "MODEL", d) ||
        !wish_of(&wish_args, &wish, d))
        return EXIT_USAGE;
    const struct target *t = find_target(a, target, d);
    struct graph *g = t ? model_open(a, path, &model, d) : NULL;
    if (!g)
        return EXIT_FAILED;
    struct compiled c;
    const struct choice choice = wish_choice(&wish, t);
    if (!compile_within(a, g, out_identifier(a, out_stem(a, path)), &choice, &wish.memory, &c, d))
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
