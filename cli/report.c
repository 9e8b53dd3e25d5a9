/* report.c - `mote report`: what a model costs on a board, as a page.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/report.h"

#include "base/file.h"
#include "base/process.h"
#include "model.h"
#include "output.h"
#include "profile.h"
#include "verb.h"
#include "wish.h"
#include <stdio.h>

static const char usage[] =
    "usage: mote report MODEL --target BOARD -o FILE.html [options]\n\n"
    "Compile a model for a board, run it there once on zeros, and write one page that needs\n"
    "nothing else: flash, arena and stack, memory over time as a picture, MACs, bytes,\n"
    "instructions by class, predicted cycles and time of every layer, the graph, and what the\n"
    "passes did.\n\n"
    "  --target BOARD   cortex-m3, cortex-m4, cortex-m7, cortex-m33, cortex-m55, rv32imc, native\n"
    "  -o FILE          the page; not needed with --json\n"
    "  --clock MHZ      for times (default 100)\n"
    "  --wait-states N  of flash, for predicted cycles (default 0)\n" WISH_OPTIMIZE_USAGE
    "  --json           print the same data for scripts\n" MODEL_IO_USAGE MODEL_ONNX_USAGE "\n"
    "Without the board's compiler or emulator the page says so and has no instructions; without\n"
    "the emulator's plugin, no classes and no predicted cycles.\n\n"
    "example:\n"
    "  mote report out/fashion.mote --target cortex-m4 --clock 168 -o out/fashion.html\n";

#define CLOCK_MHZ_DEFAULT 100.0
#define CLOCK_MHZ_MAX     1e6
#define WAIT_STATES_MAX   100

struct settings {
    const char *target, *path;
    struct model_args model;
    double clock_mhz;
    uint64_t wait_states;
    bool json;
    struct wish_args wish_args;
    struct wish wish;
};

static const char *missing(struct arena *a, const struct target *t, const char *tool,
                           const char *what)
{
    return arena_printf(a, "%s is not installed, so %s are not known (apt-get install %s).", tool,
                        what, t->package);
}

static const void *zeros(struct arena *a, const struct graph *g)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < g->inputs.n; i++)
        bytes += tensor_bytes(&g->tensors.items[g->inputs.items[i]]);
    return arena_alloc(a, bytes);
}

/* One inference of zeros on the board. */
static bool run_zeros(struct arena *a, struct compiled *c, struct report *r, struct diag *d)
{
    struct firmware *fw = ARENA_NEW(a, struct firmware);
    struct firmware_run *run = ARENA_NEW(a, struct firmware_run);
    r->firmware = fw;
    r->run = run;
    return compile_and_run(a, c, r->target, zeros(a, c->graph), 1, fw, run, d);
}

static bool profile_zeros(struct arena *a, struct compiled *c, struct report *r, struct diag *d)
{
    struct profiled *p = ARENA_NEW(a, struct profiled);
    r->firmware = &p->firmware;
    r->run = &p->run;
    r->profile = &p->profile;
    return compile_and_profile(a, c, r->target, zeros(a, c->graph), r->wait_states, p, d);
}

/* Flash, stack and instructions, as far as the tools at hand allow. */
static bool measure(struct arena *a, struct compiled *c, struct report *r, struct diag *d)
{
    const struct target *t = r->target;
    struct diag why = {0};
    if (!process_found(t->compiler)) {
        r->not_measured = missing(a, t, t->compiler, "flash, stack, instructions and times");
        return true;
    }
    if (!t->emulator)
        return run_zeros(a, c, r, d);
    if (!process_found(t->emulator)) {
        struct firmware *fw = ARENA_NEW(a, struct firmware);
        r->firmware = fw;
        r->not_measured = missing(a, t, t->emulator, "instructions and times");
        return compile_firmware(a, c, t, NULL, fw, d);
    }
    if (profile_plugin(&why))
        return profile_zeros(a, c, r, d);
    r->not_profiled =
        arena_printf(a, "Classes and cycles are not known: %s (%s).", why.message, why.place);
    return run_zeros(a, c, r, d);
}

static bool report(struct arena *a, const char *path, const struct settings *s, struct diag *d)
{
    struct compiled c;
    struct report r = {.version = MOTE_VERSION,
                       .compiled = &c,
                       .clock_mhz = s->clock_mhz,
                       .wait_states = (uint32_t)s->wait_states};
    r.target = find_target(a, s->target, d);
    r.source = r.target ? model_open(a, path, &s->model, d) : NULL;
    if (!r.source)
        return false;
    const struct choice choice = wish_choice(&s->wish, r.target);
    if (!compile(a, r.source, out_identifier(a, out_stem(a, path)), &choice, &c, d))
        return false;
    if (!simplify_tell(graph_clone(a, r.source), r.savings, d) || !measure(a, &c, &r, d))
        return false;
    struct text page = {.arena = a}, data = {.arena = a};
    if (s->path) {
        report_html(&r, &page);
        if (!file_write(s->path, text_cstr(&page), page.len, d))
            return false;
    }
    if (s->json) {
        report_json(a, &r, &data);
        fputs(text_cstr(&data), stdout);
    } else {
        printf("%s: %s on %s%s\n", s->path, r.source->name, r.target->name,
               r.not_measured ? ", not measured" : "");
        if (r.not_measured)
            printf("%s\n", r.not_measured);
        if (r.not_profiled)
            printf("%s\n", r.not_profiled);
    }
    return true;
}

static enum exit_status run(struct arena *a, int argc, char **argv, struct diag *d)
{
    struct settings s = {.clock_mhz = CLOCK_MHZ_DEFAULT};
    const struct arg args[] = {
        {"--target", ARG_STRING, &s.target},
        {"-o", ARG_STRING, &s.path},
        {"--clock", ARG_FLOAT, &s.clock_mhz},
        {"--json", ARG_FLAG, &s.json},
        MODEL_ARGS(&s.model),
        {"--wait-states", ARG_COUNT, &s.wait_states},
        {"--optimize", ARG_STRING, &s.wish_args.optimize},
    };
    const char *path;
    if (!args_parse(args, sizeof args / sizeof args[0], argc, argv, &path, 1, "MODEL", d) ||
        !wish_of(&s.wish_args, &s.wish, d))
        return EXIT_USAGE;
    if (!s.target || (!s.path && !s.json)) {
        diag_error(d, "mote report", "%s is needed", s.target ? "-o FILE" : "--target BOARD");
        return EXIT_USAGE;
    }
    if (!(s.clock_mhz > 0 && s.clock_mhz <= CLOCK_MHZ_MAX)) {
        diag_error(d, "--clock", "expects megahertz above 0, up to %.0f", CLOCK_MHZ_MAX);
        return EXIT_USAGE;
    }
    if (s.wait_states > WAIT_STATES_MAX) {
        diag_error(d, "--wait-states", "expects cycles up to %d", WAIT_STATES_MAX);
        return EXIT_USAGE;
    }
    return report(a, path, &s, d) ? EXIT_DONE : EXIT_FAILED;
}

const struct verb verb_report = {"report", "write a page of what a model costs on a board", usage,
                                 run};
