/* info.c - `mote info`: what is in a model. SPDX-License-Identifier: Apache-2.0 */
#include "compile.h"
#include "ir/text.h"
#include "model.h"
#include "output.h"
#include "pass/pass.h"
#include "pass/rewrite.h"
#include "verb.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: mote info MODEL [--json | --text] [--io int8]\n\n"
    "List a model's operators, shapes, multiply-accumulates, constants and quantisation, what\n"
    "each pass that compilation starts with saves of them, and the memory that is needed then.\n"
    "Weights have one scale, or one a channel: then their number and range are shown.\n\n"
    "  --json           the same for scripts\n"
    "  --text           the graph in its text form, constants inline "
    "(docs/spec/ir.md)\n" MODEL_IO_USAGE MODEL_ONNX_USAGE "\n"
    "example:\n"
    "  mote info out/fashion.mote\n";

/* The model and what compilation will make of it. */
struct info {
    const struct graph *g;
    int64_t n_parameters;
    const struct compiled *compiled; /* NULL: it cannot be compiled as it is */
    struct size size, after;
    struct saving savings[N_PASSES];
};

/* Numbers in constants that nodes read, each constant once. */
static int64_t count_parameters(const struct graph *g)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < g->tensors.n; i++)
        if (g->tensors.items[i].data)
            sum += shape_count(&g->tensors.items[i].shape);
    return sum;
}

/* The weights of a node, NULL if it has none. */
static const struct tensor *weights_of(const struct graph *g, const struct node *n)
{
    return has_weights(n->op) ? &g->tensors.items[n->in[1]] : NULL;
}

struct scales {
    float min, max;
};

static struct scales scales_of(const struct quant *q)
{
    struct scales s = {q->scale[0], q->scale[0]};
    for (uint32_t i = 1; i < q->n; i++) {
        s.min = q->scale[i] < s.min ? q->scale[i] : s.min;
        s.max = q->scale[i] > s.max ? q->scale[i] : s.max;
    }
    return s;
}

static bool info_find(struct arena *a, const struct graph *g, struct info *info, struct diag *d)
{
    struct graph *simplified = graph_clone(a, g);
    *info = (struct info){.g = g, .size = graph_size(g)};
    if (!simplify_tell(simplified, info->savings, d))
        return false;
    info->after = graph_size(simplified);
    info->n_parameters = count_parameters(g);
    struct compiled *c = ARENA_NEW(a, struct compiled);
    struct diag why_not = {0};
    const struct choice choice = target_choice(target_find(TARGET_DEFAULT));
    if (compile(a, g, "model", &choice, c, &why_not))
        info->compiled = c;
    return true;
}

/* Passes that saved nothing are not worth a line. */
static bool saved(const struct saving *s)
{
    return s->size.n_nodes || s->size.macs || s->size.weight_bytes || s->size.bias_bytes;
}

/* Where the layer came from that needs the most memory. */
static const char *peak_origin(const struct compiled *c)
{
    if (c->program->n_steps == 0)
        return "";
    const char *origin =
        c->graph->nodes.items[c->program->steps[compiled_peak_step(c)].i_node].origin;
    return origin ? origin : "";
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

static void json_weights(struct json *j, const struct tensor *w)
{
    json_object(j, "weights");
    json_str(j, "type", dtype_name(w->dtype));
    json_int(j, "scales", w->quant.n);
    if (w->quant.n > 0) {
        const struct scales s = scales_of(&w->quant);
        json_float(j, "scale_min", s.min);
        json_float(j, "scale_max", s.max);
    }
    json_end(j);
}

static void json_memory(struct json *j, const struct info *info)
{
    if (!info->compiled) {
        json_null(j, "memory");
        return;
    }
    const struct plan *p = &info->compiled->memory->plan;
    json_object(j, "memory");
    json_int(j, "arena_bytes", (int64_t)p->arena_bytes);
    json_int(j, "arena_lower_bound", (int64_t)p->lower_bound);
    json_int(j, "peak_step", compiled_peak_step(info->compiled));
    json_str(j, "peak_origin", peak_origin(info->compiled));
    json_end(j);
}

static void json_quant(struct json *j, const struct quant *q)
{
    if (q->n != 1)
        return;
    json_float(j, "scale", q->scale[0]);
    json_int(j, "zero_point", q->zero[0]);
}

static void json_tensor(struct arena *a, struct json *j, const struct tensor *t)
{
    json_object(j, NULL);
    json_str(j, "name", t->name);
    json_str(j, "type", dtype_name(t->dtype));
    json_str(j, "shape", out_shape(a, &t->shape));
    json_quant(j, &t->quant);
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
    json_int(&j, "parameters", info->n_parameters);
    json_size(&j, &info->size);
    json_after_passes(&j, info);
    json_memory(&j, info);
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
        json_quant(&j, &g->tensors.items[n->out[0]].quant);
        const struct tensor *w = weights_of(g, n);
        if (w)
            json_weights(&j, w);
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

/* "s8 x64 0.0012..0.037": type of the weights, how many scales, and their range. */
static const char *out_weights(struct arena *a, const struct tensor *w)
{
    if (!w)
        return "";
    if (w->quant.n == 0)
        return dtype_name(w->dtype);
    const struct scales s = scales_of(&w->quant);
    if (w->quant.n == 1)
        return arena_printf(a, "%s %.3g", dtype_name(w->dtype), (double)s.min);
    return arena_printf(a, "%s x%" PRIu32 " %.3g..%.3g", dtype_name(w->dtype), w->quant.n,
                        (double)s.min, (double)s.max);
}

static const char *out_quant(struct arena *a, const struct quant *q)
{
    return q->n == 1 ? arena_printf(a, "%.3g, %" PRId32, (double)q->scale[0], q->zero[0]) : "";
}

static void print_memory(struct arena *a, const struct info *info)
{
    if (!info->compiled) {
        printf("memory  not known: the model cannot be compiled as it is, see `mote check`\n");
        return;
    }
    const struct plan *p = &info->compiled->memory->plan;
    printf("memory  arena %s bytes, lower bound %s", str_count(a, p->arena_bytes),
           str_count(a, p->lower_bound));
    if (info->compiled->program->n_steps > 0)
        printf("; the most in step %" PRIu32 ", %s", compiled_peak_step(info->compiled),
               peak_origin(info->compiled));
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
    printf("params  %s\n", str_count(a, (uint64_t)info->n_parameters));
    print_memory(a, info);
    printf("\n  #  %-18s %-14s %-4s %12s %12s  %-16s %-26s %s\n", "operator", "output", "type",
           "MACs", "constants", "scale, zero", "weights: scales, range", "origin");
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        const struct tensor *out = &g->tensors.items[n->out[0]];
        printf("%3" PRIu32 "  %-18s %-14s %-4s %12s %12s  %-16s %-26s %s\n", i, op_name(n->op),
               out_shape(a, &out->shape), dtype_name(out->dtype),
               str_count(a, (uint64_t)node_macs(g, n)), str_count(a, node_const_bytes(g, n)),
               out_quant(a, &out->quant), out_weights(a, weights_of(g, n)),
               n->origin ? n->origin : "");
    }
    print_total(a, "total", &info->size);
    print_savings(a, info);
}

static enum exit_status run(struct arena *a, int argc, char **argv, struct diag *d)
{
    bool as_json = false, as_text = false;
    const char *path;
    struct model_args model = {0};
    const struct arg args[] = {
        {"--json", ARG_FLAG, &as_json}, {"--text", ARG_FLAG, &as_text}, MODEL_ARGS(&model)};
    if (!args_parse(args, sizeof args / sizeof args[0], argc, argv, &path, 1, "MODEL", d))
        return EXIT_USAGE;
    struct graph *g = model_open(a, path, &model, d);
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
