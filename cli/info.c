/* info.c - `mote info`: what is in a model. SPDX-License-Identifier: Apache-2.0 */
#include "ir/text.h"
#include "model.h"
#include "output.h"
#include "pass/pass.h"
#include "verb.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: mote info MODEL [--json | --text] [--io int8]\n\n"
    "List a model's operators, shapes, multiply-accumulates, constants and quantisation, and\n"
    "what is left of them after the passes that compilation starts with.\n\n"
    "  --json           the same for scripts\n"
    "  --text           the graph in its text form, constants inline "
    "(docs/spec/ir.md)\n" MODEL_IO_USAGE "\n"
    "example:\n"
    "  mote info out/fashion.mote\n";

/* The model and what compilation will make of it. */
struct info {
    const struct graph *g;
    struct size size, after;
    struct saving savings[N_PASSES];
};

static bool info_find(struct arena *a, const struct graph *g, struct info *info, struct diag *d)
{
    struct graph *simplified = graph_clone(a, g);
    *info = (struct info){.g = g, .size = graph_size(g)};
    if (!simplify_tell(simplified, info->savings, d))
        return false;
    info->after = graph_size(simplified);
    return true;
}

/* Passes that saved nothing are not worth a line. */
static bool saved(const struct saving *s)
{
    return s->size.n_nodes || s->size.macs || s->size.weight_bytes || s->size.bias_bytes;
}

static void json_size(struct json *j, const struct size *s)
{
    json_int(j, "macs", s->macs);
    json_int(j, "weight_bytes", s->weight_bytes);
    json_int(j, "bias_bytes", s->bias_bytes);
}

static void json_after_passes(struct json *j, const struct info *info)
{
    json_object(j, "after_passes");
    json_size(j, &info->after);
    json_array(j, "saved");
    for (uint32_t i = 0; i < N_PASSES; i++) {
        if (!saved(&info->savings[i]))
            continue;
        json_object(j, NULL);
        json_str(j, "pass", info->savings[i].pass);
        json_int(j, "nodes", info->savings[i].size.n_nodes);
        json_size(j, &info->savings[i].size);
        json_end(j);
    }
    json_end(j);
    json_end(j);
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

static void print_json(struct arena *a, const struct info *info)
{
    const struct graph *g = info->g;
    struct text t = {.arena = a};
    struct json j;
    json_begin(&j, &t);
    json_object(&j, NULL);
    json_str(&j, "name", g->name);
    json_size(&j, &info->size);
    json_after_passes(&j, info);
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

static const char *out_signed(struct arena *a, int64_t n)
{
    return n < 0 ? arena_printf(a, "-%s", str_count(a, (uint64_t)-n)) : str_count(a, (uint64_t)n);
}

static void print_total(struct arena *a, const char *what, const struct size *s)
{
    printf("     %-38s %12s %12s\n", what, out_signed(a, s->macs),
           out_signed(a, s->weight_bytes + s->bias_bytes));
}

static void print_savings(struct arena *a, const struct info *info)
{
    for (uint32_t i = 0; i < N_PASSES; i++) {
        const struct saving *s = &info->savings[i];
        if (saved(s))
            print_total(
                a, arena_printf(a, "saved by %s (nodes: %" PRId64 ")", s->pass, s->size.n_nodes),
                &s->size);
    }
    print_total(a, "after passes", &info->after);
}

static void print_table(struct arena *a, const struct info *info)
{
    const struct graph *g = info->g;
    printf("%s\n", g->name);
    for (uint32_t i = 0; i < g->inputs.n; i++)
        print_tensor(a, "input", &g->tensors.items[g->inputs.items[i]]);
    for (uint32_t i = 0; i < g->outputs.n; i++)
        print_tensor(a, "output", &g->tensors.items[g->outputs.items[i]]);
    for (uint32_t i = 0; i < g->notes.n; i++)
        printf("note: %s\n", g->notes.items[i]);
    printf("\n  #  %-18s %-14s %-4s %12s %12s  %s\n", "operator", "output", "type", "MACs",
           "constants", "origin");
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        const struct tensor *out = &g->tensors.items[n->out[0]];
        printf("%3" PRIu32 "  %-18s %-14s %-4s %12s %12s  %s\n", i, op_name(n->op),
               out_shape(a, &out->shape), dtype_name(out->dtype),
               str_count(a, (uint64_t)node_macs(g, n)), str_count(a, node_const_bytes(g, n)),
               n->origin ? n->origin : "");
    }
    print_total(a, "total", &info->size);
    print_savings(a, info);
}

static enum exit_status run(struct arena *a, int argc, char **argv, struct diag *d)
{
    bool as_json = false, as_text = false;
    const char *path, *io = NULL;
    const struct arg args[] = {
        {"--json", ARG_FLAG, &as_json}, {"--text", ARG_FLAG, &as_text}, {"--io", ARG_STRING, &io}};
    if (!args_parse(args, sizeof args / sizeof args[0], argc, argv, &path, 1, "MODEL", d))
        return EXIT_USAGE;
    struct graph *g = model_open(a, path, io, d);
    if (!g)
        return EXIT_FAILED;
    if (as_text) {
        struct text t = {.arena = a};
        graph_print(g, &t);
        fputs(text_cstr(&t), stdout);
        return EXIT_DONE;
    }
    struct info info;
    if (!info_find(a, g, &info, d))
        return EXIT_FAILED;
    if (as_json)
        print_json(a, &info);
    else
        print_table(a, &info);
    return EXIT_DONE;
}

const struct verb verb_info = {"info", "list a model's operators, sizes and quantisation", usage,
                               run};
