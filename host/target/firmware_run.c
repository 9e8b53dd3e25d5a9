/* firmware_run.c - run a firmware in its emulator, in a folder of its own, and read its report.
 * SPDX-License-Identifier: Apache-2.0
 *
 * device/port/measure/main.c defines in.bin, out.bin and report.txt. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "target/target.h"
#include "target/words.h"

enum { STATUS_FAULT = 3 }; /* port_on_fault in main.c */

static size_t tensors_bytes(const struct graph *g, const uint32_t *ids, uint32_t n)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < n; i++)
        bytes += tensor_bytes(&g->tensors.items[ids[i]]);
    return bytes;
}

static bool emulator_found(const struct target *t, struct diag *d)
{
    if (!t->emulator || process_found(t->emulator))
        return true;
    diag_error(d, t->name, "the emulator %s is not installed", t->emulator);
    return diag_hint(d, "apt-get install %s", t->package);
}

static const char *const *command(struct arena *a, const struct target *t,
                                  const struct firmware *fw, const struct firmware_watch *watch)
{
    struct words w = {.arena = a};
    if (t->emulator) {
        words_add(&w, t->emulator);
        words_add(&w, "-M");
        words_add(&w, t->machine);
        words_split(&w, t->emulator_args);
        words_add(&w, "-icount");
        words_add(&w, arena_printf(a, "shift=%d", t->icount_shift));
        if (watch) {
            words_add(&w, "-plugin");
            words_add(&w, watch->plugin);
        }
        words_split(&w, "-semihosting-config enable=on,target=native -display none -serial null"
                        " -monitor none -kernel");
    }
    words_add(&w, watch ? fw->marked_path : fw->elf_path);
    return words_argv(&w);
}

static int timeout_s(void)
{
    const char *named = getenv("MOTE_RUN_TIMEOUT_S");
    int64_t s;
    return named && str_parse_i64(named, &s) && s > 0 && s <= 86400 ? (int)s : FIRMWARE_TIMEOUT_S;
}

/* Step over `word`; false, and nothing happens, when something else is there. */
static bool take(const char **at, const char *word)
{
    const size_t n = strlen(word);
    if (strncmp(*at, word, n) != 0)
        return false;
    *at += n;
    return true;
}

/* Step over a decimal number below 2^32. */
static bool take_u32(const char **at, uint32_t *out)
{
    uint64_t v = 0;
    const char *p = *at;
    while (*p >= '0' && *p <= '9' && v <= UINT32_MAX)
        v = v * 10 + (uint64_t)(*p++ - '0');
    if (p == *at || v > UINT32_MAX)
        return false;
    *at = p;
    *out = (uint32_t)v;
    return true;
}

static const char *step_origin(const struct program *p, uint32_t i_step)
{
    if (i_step >= p->n_steps)
        return "the end";
    const char *origin = p->graph->nodes.items[p->steps[i_step].i_node].origin;
    return origin ? origin : "unnamed";
}

/* Say what a run that did not end with status 0 left behind. */
static bool run_failed(const struct target *t, const struct program *p,
                       const struct process_result *r, struct diag *d)
{
    const char *fault = strstr(r->output, "fault in step "), *at = fault;
    uint32_t i_step;
    if (r->status == STATUS_FAULT && fault && take(&at, "fault in step ") && take_u32(&at, &i_step))
        return diag_error(d, t->name, "the firmware failed at \"%s\": %.*s", step_origin(p, i_step),
                          (int)strcspn(fault, "\n"), fault);
    if (r->status > 128)
        diag_error(d, t->name, "%s was stopped by signal %d",
                   t->emulator ? t->emulator : "the firmware", r->status - 128);
    else
        diag_error(d, t->name, "the firmware stopped with status %d", r->status);
    return r->output[0] ? diag_hint(d, "it said: %s", r->output) : false;
}

static bool execute(struct arena *a, const struct target *t, const struct firmware *fw,
                    const struct program *p, const struct firmware_watch *watch, const char *dir,
                    struct diag *d)
{
    struct process_result r;
    const int limit = timeout_s();
    if (!process_run(a, command(a, t, fw, watch), dir, limit, &r, d))
        return false;
    if (r.timed_out) {
        diag_error(d, t->name, "the firmware ran for more than %d s and was stopped", limit);
        return diag_hint(d, "run fewer samples, or set MOTE_RUN_TIMEOUT_S to more seconds");
    }
    return r.status == 0 || run_failed(t, p, &r, d);
}

/* The lines of report.txt that must be there once, but for the steps. */
enum fact { FACT_RUNS, FACT_TOTAL, FACT_STACK, N_FACTS };

struct report {
    uint32_t fact[N_FACTS];
    bool seen[N_FACTS];
    uint32_t n_steps_seen;
};

/* One line, "step index value" or "key value"; false when it is neither. */
static bool report_line(const char *line, uint32_t n_steps, uint64_t *steps, struct report *r)
{
    static const char *const keys[N_FACTS] = {"runs ", "total ", "stack "};
    uint32_t i, value;
    if (take(&line, "step ")) {
        if (!take_u32(&line, &i) || !take(&line, " ") || !take_u32(&line, &value) || *line)
            return false;
        if (!steps || i != r->n_steps_seen || i >= n_steps)
            return false;
        steps[r->n_steps_seen++] = value;
        return true;
    }
    for (i = 0; i < N_FACTS; i++) {
        if (!take(&line, keys[i]))
            continue;
        r->seen[i] = true;
        return take_u32(&line, &r->fact[i]) && !*line;
    }
    return false;
}

static bool read_report(struct arena *a, const struct target *t, const char *path, uint32_t n_steps,
                        struct firmware_run *out, struct diag *d)
{
    struct bytes file;
    if (!file_exists(path))
        return diag_error(d, t->name, "the firmware ended without a report");
    if (!file_map(path, &file, d))
        return false;
    struct report r = {0};
    char *rest = arena_printf(a, "%.*s", (int)file.len, file.len ? (const char *)file.data : "");
    for (char *line; (line = strtok_r(rest, "\n", &rest)) != NULL;)
        if (!report_line(line, n_steps, out->step_instructions, &r))
            return diag_error(d, t->name, "unexpected line \"%s\" in the report", line);
    if (!r.seen[FACT_RUNS] || !r.seen[FACT_TOTAL] || !r.seen[FACT_STACK])
        return diag_error(d, t->name, "the report ends too early");
    if (out->step_instructions && r.n_steps_seen != n_steps)
        return diag_error(d, t->name, "the report has %" PRIu32 " steps, the program %" PRIu32,
                          r.n_steps_seen, n_steps);
    if (r.fact[FACT_RUNS] != out->n_runs)
        return diag_error(d, t->name, "%" PRIu32 " runs, expected %" PRIu32, r.fact[FACT_RUNS],
                          out->n_runs);
    if (r.fact[FACT_TOTAL] == UINT32_MAX)
        return diag_error(d, t->name, "one inference takes 2^32 instructions or more");
    out->instructions = r.fact[FACT_TOTAL];
    out->stack_bytes = r.fact[FACT_STACK];
    return true;
}

static bool run_in_dir(struct arena *a, const struct target *t, const struct firmware *fw,
                       const struct program *p, struct bytes inputs, const char *dir,
                       struct firmware_watch *watch, struct firmware_run *out, struct diag *d)
{
    const struct graph *g = p->graph;
    const size_t want = out->n_runs * tensors_bytes(g, g->outputs.items, g->outputs.n);
    const char *out_path = path_join(a, dir, "out.bin");
    struct bytes outputs;
    if (!file_write(path_join(a, dir, "in.bin"), inputs.data, inputs.len, d) ||
        !execute(a, t, fw, p, watch, dir, d) ||
        !read_report(a, t, path_join(a, dir, "report.txt"), p->n_steps, out, d) ||
        !file_map(out_path, &outputs, d))
        return false;
    if (outputs.len != want)
        return diag_error(d, t->name, "%zu bytes of output, expected %zu", outputs.len, want);
    out->outputs = (const int8_t *)outputs.data;
    return !watch || file_map(path_join(a, dir, watch->file), &watch->seen, d);
}

bool firmware_run_watched(struct arena *a, const struct target *t, const struct firmware *fw,
                          const struct program *p, const void *inputs, uint32_t n_runs,
                          struct firmware_watch *watch, struct firmware_run *out, struct diag *d)
{
    assert(!watch || t->emulator);
    const struct graph *g = p->graph;
    const char *dir;
    if (!emulator_found(t, d) || !file_temp_dir(a, &dir, d))
        return false;
    *out = (struct firmware_run){.n_runs = n_runs};
    if (t->emulator)
        out->step_instructions = ARENA_ARRAY(a, uint64_t, p->n_steps);
    const struct bytes in = {inputs, n_runs * tensors_bytes(g, g->inputs.items, g->inputs.n)};
    const bool ok = run_in_dir(a, t, fw, p, in, dir, watch, out, d);
    file_remove_dir(dir);
    return ok;
}

bool firmware_run(struct arena *a, const struct target *t, const struct firmware *fw,
                  const struct program *p, const void *inputs, uint32_t n_runs,
                  struct firmware_run *out, struct diag *d)
{
    return firmware_run_watched(a, t, fw, p, inputs, n_runs, NULL, out, d);
}

static bool run_several_in_dir(struct arena *a, const struct target *t, const struct firmware *fw,
                               const struct program *p, struct bytes inputs, const char *dir,
                               struct bytes *outputs, struct diag *d)
{
    return file_write(path_join(a, dir, "in.bin"), inputs.data, inputs.len, d) &&
           execute(a, t, fw, p, NULL, dir, d) && file_map(path_join(a, dir, "out.bin"), outputs, d);
}

bool firmware_run_several(struct arena *a, const struct target *t, const struct firmware *fw,
                          const struct firmware_model *models, uint32_t n_models,
                          const void *inputs, uint32_t n_runs, const int8_t **outputs,
                          struct diag *d)
{
    size_t in_bytes = 0, out_bytes = 0;
    for (uint32_t i = 0; i < n_models; i++) {
        const struct graph *g = models[i].program->graph;
        in_bytes += tensors_bytes(g, g->inputs.items, g->inputs.n);
        out_bytes += tensors_bytes(g, g->outputs.items, g->outputs.n);
    }
    const char *dir;
    if (!emulator_found(t, d) || !file_temp_dir(a, &dir, d))
        return false;
    const struct bytes in = {inputs, n_runs * in_bytes};
    struct bytes out;
    const bool ok = run_several_in_dir(a, t, fw, models[0].program, in, dir, &out, d);
    file_remove_dir(dir);
    if (!ok)
        return false;
    *outputs = (const int8_t *)out.data;
    return out.len == n_runs * out_bytes ||
           diag_error(d, t->name, "%zu bytes of output, expected %zu", out.len, n_runs * out_bytes);
}
