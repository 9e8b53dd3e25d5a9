/* run.c - `mote run`: a model on raw tensors. SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "compile.h"
#include "input.h"
#include "ir/interp.h"
#include "model.h"
#include "output.h"
#include "verb.h"
#include "wish.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: mote run MODEL --input FILE[,FILE...] --output DIR [options]\n\n"
    "Run a model on raw little-endian tensors, one file for each of the model's inputs. Repeated\n"
    "--input are successive calls: call K writes output I to DIR/K.outI.bin.\n\n"
    "  --target T   host (the interpreter, default), native (the emitted C on this machine) or\n"
    "               a board, which is emulated: cortex-m3, cortex-m4, cortex-m7, cortex-m33,\n"
    "               cortex-m55, rv32imc\n" MODEL_IO_USAGE MODEL_ONNX_USAGE
    "  --ram BYTES, --feed rows, --optimize WHAT   as for mote compile; the results are the same\n"
    "  --json       print instructions and stack as JSON\n\n"
    "example:\n"
    "  mote run out/fashion.mote --target cortex-m4 --input shirt.bin --output out\n";

struct settings {
    const char *target, *dir;
    struct model_args model;
    struct arg_list inputs;
    bool json;
    struct wish_args wish_args;
    struct wish wish;
};

static size_t bytes_of(const struct graph *g, const uint32_t *ids, uint32_t n)
{
    size_t sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += tensor_bytes(&g->tensors.items[ids[i]]);
    return sum;
}

static bool write_outputs(struct arena *a, const struct graph *g, const uint8_t *out,
                          uint32_t n_calls, const char *dir, struct diag *d)
{
    if (!file_make_dir(dir, d))
        return false;
    for (uint32_t k = 0; k < n_calls; k++)
        for (uint32_t i = 0; i < g->outputs.n; i++) {
            size_t len = tensor_bytes(&g->tensors.items[g->outputs.items[i]]);
            const char *name = arena_printf(a, "%" PRIu32 ".out%" PRIu32 ".bin", k, i);
            if (!file_write(path_join(a, dir, name), out, len, d))
                return false;
            out += len;
        }
    return true;
}

static const uint8_t *run_on_host(struct arena *a, const struct graph *g, const uint8_t *in,
                                  uint32_t n_calls, struct diag *d)
{
    struct interp *it = interp_new(a, g, d);
    if (!it)
        return NULL;
    uint8_t *outputs = arena_alloc_array(a, n_calls, bytes_of(g, g->outputs.items, g->outputs.n));
    const void **inputs = ARENA_ARRAY(a, const void *, g->inputs.n);
    uint8_t *out = outputs;
    for (uint32_t k = 0; k < n_calls; k++) {
        for (uint32_t i = 0; i < g->inputs.n; i++) {
            inputs[i] = in;
            in += tensor_bytes(&g->tensors.items[g->inputs.items[i]]);
        }
        interp_run(it, inputs);
        for (uint32_t i = 0; i < g->outputs.n; i++) {
            size_t len = tensor_bytes(&g->tensors.items[g->outputs.items[i]]);
            memcpy(out, interp_tensor(it, g->outputs.items[i]), len);
            out += len;
        }
    }
    return outputs;
}

static const uint8_t *run_on_target(struct arena *a, const struct graph *g, const char *name,
                                    const uint8_t *in, const struct settings *s, struct diag *d)
{
    const struct target *t = find_target(a, s->target, d);
    struct compiled c;
    struct firmware fw;
    struct firmware_run r;
    if (!t)
        return NULL;
    const struct choice choice = wish_choice(&s->wish, t);
    if (!compile_within(a, g, name, &choice, &s->wish.memory, &c, d) ||
        !compile_and_run(a, &c, t, in, s->inputs.n, &fw, &r, d))
        return NULL;
    if (s->json) {
        struct text text = {.arena = a};
        struct json j;
        json_begin(&j, &text);
        json_object(&j, NULL);
        json_str(&j, "target", t->name);
        json_int(&j, "calls", r.n_runs);
        json_int(&j, "instructions", (int64_t)r.instructions);
        json_int(&j, "stack_bytes", (int64_t)r.stack_bytes);
        json_int(&j, "flash_bytes", (int64_t)fw.flash_bytes);
        json_int(&j, "arena_bytes", (int64_t)c.memory->plan.arena_bytes);
        json_end(&j);
        fputs(text_cstr(&text), stdout);
    }
    return (const uint8_t *)r.outputs;
}

static bool run_model(struct arena *a, const char *path, const struct settings *s, struct diag *d)
{
    struct graph *g = model_open(a, path, &s->model, d);
    const uint8_t *in = g ? input_read(a, g, &s->inputs, d) : NULL;
    if (!in)
        return false;
    const uint8_t *out = strcmp(s->target, "host") == 0
                             ? run_on_host(a, g, in, s->inputs.n, d)
                             : run_on_target(a, g, out_identifier(a, out_stem(a, path)), in, s, d);
    return out && write_outputs(a, g, out, s->inputs.n, s->dir, d);
}

static enum exit_status run(struct arena *a, int argc, char **argv, struct diag *d)
{
    struct settings s = {.target = "host"};
    const struct arg args[] = {
        {"--target", ARG_STRING, &s.target},
        {"--input", ARG_LIST, &s.inputs},
        {"--output", ARG_STRING, &s.dir},
        MODEL_ARGS(&s.model),
        {"--ram", ARG_BYTES, &s.wish_args.ram_bytes},
        {"--feed", ARG_STRING, &s.wish_args.feed},
        {"--optimize", ARG_STRING, &s.wish_args.optimize},
        {"--json", ARG_FLAG, &s.json},
    };
    const char *path;
    if (!args_parse(args, sizeof args / sizeof args[0], argc, argv, &path, 1, "MODEL", d) ||
        !wish_of(&s.wish_args, &s.wish, d))
        return EXIT_USAGE;
    if (s.inputs.n == 0 || !s.dir) {
        diag_error(d, "mote run", "%s is needed", s.dir ? "--input FILE" : "--output DIR");
        return EXIT_USAGE;
    }
    return run_model(a, path, &s, d) ? EXIT_DONE : EXIT_FAILED;
}

const struct verb verb_run = {"run", "run a model on raw tensors, here or on a board", usage, run};
