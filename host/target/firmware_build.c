/* firmware_build.c - an emitted model, its kernels and the measuring program become an ELF file.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What measures is built for size, what is measured for speed, and then both are linked. All that the
 * compiler writes goes to a temporary folder, but for the ELF file: it is linked beside its final
 * place under a name of its own and renamed when it is complete and fits the board. A firmware with
 * marks differs in the measuring main alone. */
#define _XOPEN_SOURCE 700 /* realpath */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "target/call_graph.h"
#include "target/elf_sizes.h"
#include "target/target.h"
#include "target/words.h"

#define COMPILE_TIMEOUT_S 300

/* Where the models and kernels are compiled, below the temporary folder: no name there is taken by the
 * port's objects. */
#define MODEL_DIR "model"

#define MARKED "marked" /* the measuring main with marks */

struct build {
    struct arena *arena;
    const struct target *target;
    const struct firmware_parts *parts;
    const char *device;  /* folder of the device library, absolute        */
    const char *dir;     /* of the models, absolute                       */
    const char *scratch; /* temporary folder: where the compiler runs     */
    const char *linked;  /* the new ELF file                              */
    struct words graphs; /* call graphs that the compiler writes there    */
    struct words models; /* objects of the models and their kernels       */
};

/* The absolute form of an existing folder. */
static const char *absolute(struct arena *a, const char *path, struct diag *d)
{
    char *real = realpath(path, NULL);
    if (!real) {
        diag_errno(d, path, "cannot find the folder", errno);
        return NULL;
    }
    char *copy = arena_strdup(a, real);
    free(real); /* realpath's, not an arena's */
    return copy;
}

static const char *device_dir(struct arena *a, struct diag *d)
{
    const char *named = getenv("MOTE_DEVICE_DIR");
    const char *dir = named && named[0] ? named : MOTE_DEVICE_DIR;
    if (!file_exists(path_join(a, dir, "port/port.h"))) {
        diag_error(d, dir, "the device library is not here: no port/port.h");
        diag_hint(d, "set MOTE_DEVICE_DIR to the folder device/ of Mote's source");
        return NULL;
    }
    return absolute(a, dir, d);
}

static bool compiler_found(const struct target *t, struct diag *d)
{
    if (process_found(t->compiler))
        return true;
    diag_error(d, t->name, "the compiler %s is not installed", t->compiler);
    return diag_hint(d, "apt-get install %s", t->package);
}

/* What the measuring main knows a model by. */
static void add_measured(struct arena *a, struct words *w, const char *name)
{
    words_add(w, "-DMOTE_STEP_HOOK=measure_step");
    /* In mixed case: no model's name, nor its form in upper case, can be this macro. */
    words_add(w, arena_printf(a, "-DModel=%s", name));
    char *upper = arena_printf(a, "-DMODEL_UPPER=%s", name);
    for (char *p = upper + strlen("-DMODEL_UPPER="); *p; p++)
        *p = (char)toupper((unsigned char)*p);
    words_add(w, upper);
}

/* What both compiler calls share. */
static struct words compiler_words(const struct build *b)
{
    struct arena *a = b->arena;
    struct words w = {.arena = a};
    words_add(&w, b->target->compiler);
    words_split(&w, b->target->cflags);
    /* Contracted to a fused multiply-add, a * b + c would skip a rounding that the host makes. */
    words_split(&w, "-std=c99 -ffp-contract=off -ffunction-sections -fdata-sections "
                    "-fno-asynchronous-unwind-tables"
                    " -I");
    words_add(&w, b->device);
    words_add(&w, arena_printf(a, "-I%s/include", b->device));
    words_add(&w, "-I");
    words_add(&w, b->dir);
    if (b->parts->n_models == 1)
        add_measured(a, &w, b->parts->models[0].name);
    return w;
}

static const char *main_program(const struct build *b)
{
    return b->parts->n_models == 1 ? "main" : "several";
}

/* The compiler's text from its first error on: warnings before it are not what stopped it. When
 * only the linker failed, its words come first and carry no such mark. */
static const char *first_error(const char *output)
{
    const char *line = strstr(output, "error: ");
    while (line && line > output && line[-1] != '\n')
        line--;
    return line && strncmp(line, "collect2: ", 10) != 0 ? line : output;
}

/* In the folder `sub` of the temporary one, or (NULL) there. */
static bool run_compiler(const struct build *b, struct words *w, const char *sub, struct diag *d)
{
    struct process_result r;
    const char *dir = sub ? path_join(b->arena, b->scratch, sub) : b->scratch;
    if (!process_run(b->arena, words_argv(w), dir, COMPILE_TIMEOUT_S, &r, d))
        return false;
    if (r.timed_out)
        return diag_error(d, b->target->name, "%s took more than %d s", b->target->compiler,
                          COMPILE_TIMEOUT_S);
    if (r.status == 0)
        return true;
    return diag_error(d, b->target->name, "%s stopped with status %d:\n%s", b->target->compiler,
                      r.status, first_error(r.output));
}

/* What the compiler makes of a source in the folder `sub` (NULL: the temporary one) in place of its
 * extension: "main.c" -> "main.o". */
static const char *made_of(const struct build *b, const char *sub, const char *source,
                           const char *extension)
{
    const char *slash = strrchr(source, '/');
    const char *stem = slash ? slash + 1 : source;
    return path_join(b->arena, sub,
                     arena_printf(b->arena, "%.*s.%s", (int)strcspn(stem, "."), stem, extension));
}

/* Compile a source in the folder `sub`. With a call graph, if the target is a board. */
static void add_source(struct build *b, struct words *w, const char *sub, const char *path)
{
    words_add(w, path);
    words_add(&b->graphs, made_of(b, sub, path, "ci"));
}

static void ask_for_graphs(const struct build *b, struct words *w)
{
    if (b->target->script)
        words_add(w, "-fcallgraph-info=su");
}

/* The flag keeps loops loops: a call of memcpy or strlen costs more bytes here. */
#define PORT_FLAGS "-Os -fno-tree-loop-distribute-patterns -c"

/* The port and the measuring main, into <scratch>/<file>.o. */
static bool compile_port(struct build *b, struct diag *d)
{
    struct arena *a = b->arena;
    const char *port = b->target->port;
    struct words w = compiler_words(b);
    words_split(&w, PORT_FLAGS);
    ask_for_graphs(b, &w);
    add_source(b, &w, NULL, arena_printf(a, "%s/port/measure/%s.c", b->device, main_program(b)));
    add_source(b, &w, NULL, arena_printf(a, "%s/port/%s/%s.c", b->device, port, port));
    if (b->target->script)
        add_source(b, &w, NULL, arena_printf(a, "%s/port/bare/bare.c", b->device));
    return run_compiler(b, &w, NULL, d);
}

static bool compile_marked_main(struct build *b, struct diag *d)
{
    struct words w = compiler_words(b);
    words_split(&w, PORT_FLAGS " -DMEASURE_MARKS -o " MARKED ".o");
    words_add(&w, arena_printf(b->arena, "%s/port/measure/%s.c", b->device, main_program(b)));
    return run_compiler(b, &w, NULL, d);
}

static bool words_have(const struct words *w, const char *word)
{
    for (uint32_t i = 0; i < w->list.n; i++)
        if (strcmp(w->list.items[i], word) == 0)
            return true;
    return false;
}

static void add_model_source(struct build *b, struct words *w, const char *path)
{
    add_source(b, w, MODEL_DIR, path);
    words_add(&b->models, made_of(b, MODEL_DIR, path, "o"));
}

/* Add what a program calls of the device library, as far as it is not among the words yet. */
static void add_kernels(struct build *b, const struct program *p, struct words *w)
{
    uint32_t n;
    const char *const *sources = program_sources(b->arena, p, &n);
    for (uint32_t i = 0; i < n; i++) {
        const char *path = arena_printf(b->arena, "%s/kernels/%s", b->device, sources[i]);
        if (!words_have(w, path))
            add_model_source(b, w, path);
    }
}

static bool compile_models(struct build *b, struct diag *d)
{
    struct words w = compiler_words(b);
    words_split(&w, b->parts->models[0].program->objective == OPTIMIZE_SIZE ? "-Os -c" : "-O2 -c");
    ask_for_graphs(b, &w);
    for (uint32_t m = 0; m < b->parts->n_models; m++) {
        const struct firmware_model *model = &b->parts->models[m];
        add_model_source(b, &w, arena_printf(b->arena, "%s/%s.c", b->dir, model->name));
        add_kernels(b, model->program, &w);
    }
    return file_make_dir(path_join(b->arena, b->scratch, MODEL_DIR), d) &&
           run_compiler(b, &w, MODEL_DIR, d);
}

/* Link the objects with one of the measuring mains, into `path`. */
static bool link_with(struct build *b, const char *main_object, const char *path, struct diag *d)
{
    struct arena *a = b->arena;
    const struct target *t = b->target;
    struct words w = {.arena = a};
    words_add(&w, t->compiler);
    words_split(&w, t->cflags);
    for (uint32_t i = 0; i < b->models.list.n; i++)
        words_add(&w, b->models.list.items[i]);
    words_add(&w, arena_printf(a, "%s.o", main_object));
    words_add(&w, arena_printf(a, "%s.o", t->port));
    words_split(&w, "-Wl,--gc-sections -Wl,--build-id=none -o");
    words_add(&w, path);
    if (t->script) {
        words_split(&w, "bare.o -nostartfiles -L");
        words_add(&w, arena_printf(a, "%s/port/bare", b->device));
        words_add(&w, "-T");
        words_add(&w, arena_printf(a, "%s/port/%s/%s", b->device, t->port, t->script));
    }
    return run_compiler(b, &w, NULL, d);
}

/* ---- the stack ---- */

/* The stack of a fed model is stated without the caller's function that gives the rows, the only one
 * that emitted code calls through a pointer. */
static void leave_out_feed(struct call_graph *g)
{
    const uint32_t i = call_graph_find(g, INDIRECT_CALL); /* may move the functions */
    g->functions.items[i].frame = FRAME_KNOWN;
}

/* The text of the firmware as instructions; NULL, with the reason, without a disassembler. */
static const char *disassemble(const struct build *b, const char **why)
{
    struct arena *a = b->arena;
    const char *compiler = b->target->compiler;
    const int prefix = (int)(strlen(compiler) - strlen("gcc"));
    struct words w = {.arena = a};
    words_add(&w, arena_printf(a, "%.*sobjdump", prefix, compiler));
    words_split(&w, "-t -d --no-show-raw-insn");
    words_add(&w, b->linked);
    struct process_result r;
    struct diag ignored = {0};
    if (process_run(a, words_argv(&w), b->scratch, COMPILE_TIMEOUT_S, &r, &ignored) &&
        r.status == 0)
        return r.output;
    *why = arena_printf(a, "%s did not run", w.list.items[0]);
    return NULL;
}

static bool read_graphs(const struct build *b, struct call_graph *g, const char **why)
{
    for (uint32_t i = 0; i < b->graphs.list.n; i++) {
        const char *name = b->graphs.list.items[i];
        struct bytes file;
        struct diag ignored = {0};
        if (!file_map(path_join(b->arena, b->scratch, name), &file, &ignored)) {
            *why = arena_printf(b->arena, "the compiler wrote no call graph %s", name);
            return false;
        }
        call_graph_add_compiled(g, file);
        file_unmap(file);
    }
    return true;
}

/* What stays unknown is stated with its reason: the firmware is sound without it. */
static void bound_stacks(const struct build *b, struct firmware *out)
{
    struct arena *a = b->arena;
    out->stacks = ARENA_ARRAY(a, struct firmware_stack, b->parts->n_models);
    struct call_graph g = {.arena = a};
    const char *why = "only boards have a bound on the stack", *text = NULL;
    if (b->target->script && read_graphs(b, &g, &why) && (text = disassemble(b, &why)) != NULL)
        call_graph_add_disassembly(&g, text);
    for (uint32_t m = 0; m < b->parts->n_models; m++) {
        struct firmware_stack *s = &out->stacks[m];
        const char *name = arena_printf(a, "%s_invoke", b->parts->models[m].name);
        if (program_fed(b->parts->models[m].program))
            leave_out_feed(&g);
        if (!text)
            s->unknown = why;
        else
            stack_bound(&g, name, &s->bytes, &s->unknown);
    }
}

/* The boards with at least so much, for the hint. */
static const char *boards_with(struct arena *a, size_t flash, size_t ram)
{
    uint32_t n;
    const struct target *all = target_list(&n);
    struct text t = {.arena = a};
    for (uint32_t i = 0; i < n; i++)
        if (all[i].emulator && flash <= all[i].flash_bytes && ram <= all[i].ram_bytes)
            text_printf(&t, "%s%s", t.len ? ", " : "", all[i].name);
    return text_cstr(&t);
}

static bool fits(struct arena *a, const struct target *t, const struct firmware *fw, struct diag *d)
{
    const size_t flash = fw->flash_bytes, ram = fw->data_bytes + fw->stack_bytes;
    const bool flash_fits = flash <= t->flash_bytes, ram_fits = ram <= t->ram_bytes;
    if (flash_fits && ram_fits)
        return true;
    struct text why = {.arena = a};
    if (!flash_fits)
        text_printf(&why, "flash: needs %zu bytes, the board has %u: %zu too many", flash,
                    t->flash_bytes, flash - t->flash_bytes);
    if (!ram_fits)
        text_printf(
            &why,
            "%sRAM: needs %zu bytes, %zu of them for the stack, the board has %u: %zu too many",
            why.len ? "; " : "", ram, fw->stack_bytes, t->ram_bytes, ram - t->ram_bytes);
    diag_error(d, t->name, "%s", text_cstr(&why));
    const char *others = boards_with(a, flash, ram);
    return others[0] ? diag_hint(d, "it would fit: %s", others)
                     : diag_hint(d, "it fits no board: use a smaller network");
}

/* What each kernel's file came to. */
static bool measure_kernels(const struct build *b, struct firmware *out, struct diag *d)
{
    VEC(struct firmware_source) sources = {0};
    for (uint32_t m = 0; m < b->parts->n_models; m++) {
        uint32_t n;
        const char *const *paths = program_sources(b->arena, b->parts->models[m].program, &n);
        for (uint32_t i = 0; i < n; i++) {
            struct firmware_source s = {.path = paths[i]};
            const char *object =
                path_join(b->arena, b->scratch, made_of(b, MODEL_DIR, paths[i], "o"));
            if (!elf_code_bytes(object, &s.code_bytes, d))
                return false;
            *VEC_PUSH(b->arena, &sources) = s;
        }
    }
    out->sources = sources.items;
    out->n_sources = sources.n;
    return true;
}

static bool build_in_scratch(struct build *b, struct firmware *out, struct diag *d)
{
    if (!compile_port(b, d) || !compile_models(b, d) ||
        !link_with(b, main_program(b), b->linked, d) || !elf_sizes(b->linked, out, d) ||
        !measure_kernels(b, out, d) || !fits(b->arena, b->target, out, d))
        return false;
    bound_stacks(b, out);
    if (out->marked_path &&
        (!compile_marked_main(b, d) || !link_with(b, MARKED, out->marked_path, d)))
        return false;
    if (out->elf_path && rename(b->linked, out->elf_path) != 0)
        return diag_errno(d, out->elf_path, "cannot write", errno);
    return true;
}

bool firmware_build(struct arena *a, const struct target *t, const struct firmware_parts *parts,
                    struct firmware *out, struct diag *d)
{
    assert(parts->n_models > 0);
    assert(!parts->marked || (parts->n_models == 1 && parts->elf_dir));
    struct build b = {
        .arena = a, .target = t, .parts = parts, .graphs = {.arena = a}, .models = {.arena = a}};
    const char *elf_dir = NULL;
    if (!compiler_found(t, d) || !(b.device = device_dir(a, d)) ||
        !(b.dir = absolute(a, parts->dir, d)) ||
        (parts->elf_dir && !(elf_dir = absolute(a, parts->elf_dir, d))) ||
        !file_temp_dir(a, &b.scratch, d))
        return false;
    *out = (struct firmware){0};
    b.linked = path_join(a, b.scratch, "firmware.elf");
    if (elf_dir) {
        out->elf_path = arena_printf(a, "%s/%s-%s.elf", elf_dir, parts->name, t->name);
        /* The last part of the temporary folder's name makes it unique among builds side by side.
         */
        b.linked = arena_printf(a, "%s.%s", out->elf_path, strrchr(b.scratch, '/') + 1);
        if (parts->marked)
            out->marked_path =
                arena_printf(a, "%s/%s-%s-" MARKED ".elf", elf_dir, parts->name, t->name);
    }
    const bool ok = build_in_scratch(&b, out, d);
    if (!ok)
        unlink(b.linked);
    if (!ok && out->marked_path)
        unlink(out->marked_path);
    file_remove_dir(b.scratch);
    return ok;
}
