/* info.c - `mote info`: what is in a model. SPDX-License-Identifier: Apache-2.0 */
#include "import/import.h"
#include "ir/text.h"
#include "output.h"
#include "verb.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: mote info MODEL [--json | --text]\n\n"
    "List a model's operators, shapes, multiply-accumulates, constants and quantisation.\n\n"
    "  --json   the same for scripts\n"
    "  --text   the graph in its text form, constants inline (docs/spec/ir.md)\n\n"
    "example:\n"
    "  mote info out/fashion.mote\n";

struct totals {
    int64_t macs;
    size_t weight_bytes;
};

static struct totals count(const struct graph *g)
{
    struct totals t = {0};
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        t.macs += node_macs(g, &g->nodes.items[i]);
        t.weight_bytes += node_const_bytes(g, &g->nodes.items[i]);
    }
    return t;
}

static void json_tensor(struct arena *a, struct json *j, const struct tensor *t)
{
    json_object(j, NULL);
    json_str(j, "name", t->name);
    json_str(j, "type", dtype_name(t->dtype));
    json_str(j, "shape", out_shape(a, &t->shape));
    if (t->quant.n == 1) {
        json_float(j, "scale", t->quant.scale[0]);
        json_int(j, "zero_point", t->quant.zero[0]);
    }
    json_end(j);
}

static void print_json(struct arena *a, const struct graph *g)
{
    struct totals total = count(g);
    struct text t = {.arena = a};
    struct json j;
    json_begin(&j, &t);
    json_object(&j, NULL);
    json_str(&j, "name", g->name);
    json_int(&j, "macs", total.macs);
    json_int(&j, "weight_bytes", (int64_t)total.weight_bytes);
    json_array(&j, "inputs");
    for (uint32_t i = 0; i < g->inputs.n; i++)
        json_tensor(a, &j, &g->tensors.items[g->inputs.items[i]]);
    json_end(&j);
    json_array(&j, "outputs");
    for (uint32_t i = 0; i < g->outputs.n; i++)
        json_tensor(a, &j, &g->tensors.items[g->outputs.items[i]]);
    json_end(&j);
    json_array(&j, "nodes");
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        json_object(&j, NULL);
        json_str(&j, "operator", op_name(n->op));
        json_str(&j, "origin", n->origin ? n->origin : "");
        json_str(&j, "output_shape", out_shape(a, &g->tensors.items[n->out[0]].shape));
        json_int(&j, "macs", node_macs(g, n));
        json_int(&j, "constant_bytes", (int64_t)node_const_bytes(g, n));
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
    fputs(text_cstr(&t), stdout);
}

static void print_tensor(struct arena *a, const char *what, const struct tensor *t)
{
    printf("%-8s%s  %s %s", what, t->name, dtype_name(t->dtype), out_shape(a, &t->shape));
    if (t->quant.n == 1)
        printf("  real = %.6g * (q - %" PRId32 ")", (double)t->quant.scale[0], t->quant.zero[0]);
    putchar('\n');
}

static void print_table(struct arena *a, const struct graph *g)
{
    struct totals total = count(g);
    printf("%s\n", g->name);
    for (uint32_t i = 0; i < g->inputs.n; i++)
        print_tensor(a, "input", &g->tensors.items[g->inputs.items[i]]);
    for (uint32_t i = 0; i < g->outputs.n; i++)
        print_tensor(a, "output", &g->tensors.items[g->outputs.items[i]]);
    printf("\n  #  %-18s %-14s %-4s %12s %12s  %s\n", "operator", "output", "type", "MACs",
           "constants", "origin");
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        const struct tensor *out = &g->tensors.items[n->out[0]];
        printf("%3" PRIu32 "  %-18s %-14s %-4s %12s %12s  %s\n", i, op_name(n->op),
               out_shape(a, &out->shape), dtype_name(out->dtype),
               out_count(a, (uint64_t)node_macs(g, n)), out_count(a, node_const_bytes(g, n)),
               n->origin ? n->origin : "");
    }
    printf("     %-38s %12s %12s\n", "total", out_count(a, (uint64_t)total.macs),
           out_count(a, total.weight_bytes));
}

static enum exit_status run(struct arena *a, int argc, char **argv, struct diag *d)
{
    bool as_json = false, as_text = false;
    const struct arg args[] = {{"--json", ARG_FLAG, &as_json}, {"--text", ARG_FLAG, &as_text}};
    const char *path;
    if (!args_parse(args, 2, argc, argv, &path, 1, "MODEL", d))
        return EXIT_USAGE;
    struct graph *g = import_read(a, path, d);
    if (!g)
        return EXIT_FAILED;
    if (as_json) {
        print_json(a, g);
    } else if (as_text) {
        struct text t = {.arena = a};
        graph_print(g, &t);
        fputs(text_cstr(&t), stdout);
    } else {
        print_table(a, g);
    }
    return EXIT_DONE;
}

const struct verb verb_info = {"info", "list a model's operators, sizes and quantisation", usage,
                               run};
