/* quantize.c - `mote quantize`: from a float model to int8. SPDX-License-Identifier: Apache-2.0 */
#include "quant/quantize.h"
#include "import/import.h"
#include "ir/text.h"
#include "output.h"
#include "pass/pass.h"
#include "recipe/recipe.h"
#include "verb.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: mote quantize MODEL --recipe RECIPE [options]\n\n"
    "Quantise a float model to int8 after training: batch norm is folded, ranges are chosen on\n"
    "calibration samples from the recipe's training data and judged on others.\n\n"
    "  -o FILE          what to write (default: MODEL without \"-float\")\n"
    "  --ranges METHOD  minmax, percentile, mse or auto (default: the recipe's)\n"
    "  --threads N      default: one per processor\n"
    "  --json           print the report as JSON\n\n"
    "example:\n"
    "  mote quantize out/fashion-float.mote --recipe apps/fashion-mnist/recipe.yaml\n";

static const char *const method_names[N_RANGE_METHODS] = {"minmax", "percentile", "mse", "auto"};

static bool find_method(const char *name, enum range_method *out, struct diag *d)
{
    for (int i = 0; i < N_RANGE_METHODS; i++)
        if (strcmp(method_names[i], name) == 0) {
            *out = (enum range_method)i;
            return true;
        }
    return diag_error(d, "--ranges", "\"%s\" is none of minmax, percentile, mse, auto", name);
}

/* "out/kws-float.mote" -> "out/kws.mote", "kws.mote" -> "kws-int8.mote" */
static const char *default_output(struct arena *a, const char *path)
{
    static const char suffix[] = "-float.mote";
    size_t len = strlen(path);
    if (len > sizeof suffix - 1 && strcmp(path + len - (sizeof suffix - 1), suffix) == 0)
        return arena_printf(a, "%.*s.mote", (int)(len - (sizeof suffix - 1)), path);
    const char *dot = strrchr(path, '.');
    return arena_printf(a, "%.*s-int8.mote", (int)(dot ? (size_t)(dot - path) : len), path);
}

static void print_report(struct arena *a, const char *path, const struct graph *g,
                         const struct quantize_report *r, bool as_json)
{
    size_t const_bytes = 0;
    for (uint32_t i = 0; i < g->nodes.n; i++)
        const_bytes += node_const_bytes(g, &g->nodes.items[i]);
    if (as_json) {
        struct text t = {.arena = a};
        struct json j;
        json_begin(&j, &t);
        json_object(&j, NULL);
        json_str(&j, "model", path);
        json_int(&j, "constant_bytes", (int64_t)const_bytes);
        json_str(&j, "ranges", method_names[r->chosen]);
        json_array(&j, "tried");
        for (int i = 0; i < RANGE_AUTO; i++) {
            if (isnan(r->output_mse[i]))
                continue;
            json_object(&j, NULL);
            json_str(&j, "ranges", method_names[i]);
            json_float(&j, "output_mse", r->output_mse[i]);
            json_float(&j, "agreement", r->agreement[i]);
            json_end(&j);
        }
        json_end(&j);
        json_end(&j);
        fputs(text_cstr(&t), stdout);
        return;
    }
    printf("ranges       output error (MSE)   same answer as float\n");
    for (int i = 0; i < RANGE_AUTO; i++)
        if (!isnan(r->output_mse[i]))
            printf("%-12s %18.6g   %18.2f %%%s\n", method_names[i], r->output_mse[i],
                   100 * r->agreement[i], i == (int)r->chosen ? "   chosen" : "");
    printf("%s: %s bytes of constants\n", path, str_count(a, const_bytes));
}

struct settings {
    const char *output, *recipe, *ranges;
    uint64_t threads;
    bool json;
};

static bool quantize(struct arena *a, const char *path, const struct settings *s, struct diag *d)
{
    struct recipe *r = recipe_read(a, s->recipe, d);
    struct graph *g = r ? import_read(a, path, d) : NULL;
    if (!g)
        return false;
    if (s->ranges && !find_method(s->ranges, &r->quantize_options.method, d))
        return false;
    struct dataset data;
    if (!recipe_data(a, r, &data, NULL, d))
        return false;
    if (g->inputs.n != 1 ||
        shape_count(&g->tensors.items[g->inputs.items[0]].shape) != shape_count(&data.sample))
        return diag_error(d, path, "does not take samples of the shape %s that %s describes",
                          out_shape(a, &data.sample), s->recipe);
    struct dataset_view train, validation;
    recipe_split(a, r, &data, &train, &validation);
    struct calibration c = recipe_calibration(a, r, &train);

    if (!simplify(g, d))
        return false;
    struct pool *pool = pool_new((uint32_t)s->threads);
    struct quantize_report report;
    struct graph *q = quantize_graph(a, g, &c, &r->quantize_options, pool, &report, d);
    pool_free(pool);
    if (!q)
        return false;
    const char *output = s->output ? s->output : default_output(a, path);
    if (!model_write(output, q, d))
        return false;
    print_report(a, output, q, &report, s->json);
    return true;
}

static enum exit_status run(struct arena *a, int argc, char **argv, struct diag *d)
{
    struct settings s = {0};
    const struct arg args[] = {
        {"-o", ARG_STRING, &s.output},       {"--recipe", ARG_STRING, &s.recipe},
        {"--ranges", ARG_STRING, &s.ranges}, {"--threads", ARG_COUNT, &s.threads},
        {"--json", ARG_FLAG, &s.json},
    };
    const char *path;
    if (!args_parse(args, sizeof args / sizeof args[0], argc, argv, &path, 1, "MODEL", d))
        return EXIT_USAGE;
    if (!s.recipe) {
        diag_error(d, "mote quantize", "--recipe is needed: it says where calibration data is");
        return EXIT_USAGE;
    }
    return quantize(a, path, &s, d) ? EXIT_DONE : EXIT_FAILED;
}

const struct verb verb_quantize = {"quantize", "turn a float model into int8", usage, run};
