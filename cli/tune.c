/* tune.c - `mote tune`: measure what kernels take on a core. SPDX-License-Identifier: Apache-2.0 */
#include "tune/tune.h"

#include "base/file.h"
#include "output.h"
#include "verb.h"
#include <inttypes.h>
#include <stdio.h>

static const char usage[] =
    "usage: mote tune --target BOARD -o FILE [--json]\n\n"
    "Measure every kernel variant of a board on layers that networks consist of, and write the "
    "table\n"
    "by which the compiler chooses among them: cycles as predicted by the model of the core, "
    "fitted\n"
    "by rows, pixels, channels and products, and bytes of code. Mote's own tables are in\n"
    "host/target/costs; write there and rebuild to choose by the new figures.\n\n"
    "  --target BOARD   cortex-m3, cortex-m4, cortex-m7, cortex-m33, cortex-m55, rv32imc\n"
    "  -o FILE          where to write the table\n"
    "  --json           say how well each kernel is predicted as JSON\n\n"
    "example:\n"
    "  mote tune --target cortex-m4 -o host/target/costs/cortex-m4.def\n";

static void say(void *context, const char *what, uint32_t i, uint32_t n)
{
    const bool *quiet = context;
    if (*quiet)
        return;
    if (what)
        fprintf(stderr, "measuring variant %s (%" PRIu32 " of %" PRIu32 ")\n", what, i + 1, n);
}

static void print_text(const struct tuned *t, const char *path)
{
    printf("%-36s %7s %14s\n", "kernel", "layers", "largest error");
    for (uint32_t i = 0; i < t->n_kernels; i++)
        printf("%-36s %7" PRIu32 " %12.0f %%\n", t->kernels[i].kernel, t->kernels[i].n_probes,
               100 * t->kernels[i].worst_error);
    printf("%s: %" PRIu32 " kernels\n", path, t->n_kernels);
}

static void print_json(struct arena *a, const struct tuned *t)
{
    struct text text = {.arena = a};
    struct json j;
    json_begin(&j, &text);
    json_array(&j, NULL);
    for (uint32_t i = 0; i < t->n_kernels; i++) {
        json_object(&j, NULL);
        json_str(&j, "kernel", t->kernels[i].kernel);
        json_int(&j, "layers", t->kernels[i].n_probes);
        json_float(&j, "largest_error", t->kernels[i].worst_error);
        json_end(&j);
    }
    json_end(&j);
    fputs(text_cstr(&text), stdout);
}

static enum exit_status run(struct arena *a, int argc, char **argv, struct diag *d)
{
    const char *target = NULL, *path = NULL;
    bool as_json = false;
    const struct arg args[] = {
        {"--target", ARG_STRING, &target},
        {"-o", ARG_STRING, &path},
        {"--json", ARG_FLAG, &as_json},
    };
    if (!args_parse(args, sizeof args / sizeof args[0], argc, argv, NULL, 0, "nothing", d))
        return EXIT_USAGE;
    if (!target || !path) {
        diag_error(d, "mote tune", "%s is needed", target ? "-o FILE" : "--target BOARD");
        return EXIT_USAGE;
    }
    const struct target *t = find_target(a, target, d);
    struct tuned tuned;
    if (!t || !tune(a, t, say, &as_json, &tuned, d) ||
        !file_write(path, text_cstr(&tuned.table), tuned.table.len, d))
        return EXIT_FAILED;
    if (as_json)
        print_json(a, &tuned);
    else
        print_text(&tuned, path);
    return EXIT_DONE;
}

const struct verb verb_tune = {"tune", "measure what kernels take on a board", usage, run};
