/* firmware_run.c - run a firmware in its emulator, in a folder of its own, and read its report.
 * SPDX-License-Identifier: Apache-2.0
 *
 * device/port/measure/main.c defines in.bin, out.bin and report.txt. */
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
                                  const struct firmware *fw)
{
    struct words w = {.arena = a};
    if (t->emulator) {
        words_add(&w, t->emulator);
        words_add(&w, "-M");
        words_add(&w, t->machine);
        words_split(&w, t->emulator_args);
        words_add(&w, "-icount");
        words_add(&w, arena_printf(a, "shift=%d", t->icount_shift));
        words_split(&w, "-semihosting-config enable=on,target=native -display none -serial null"
                        " -monitor none -kernel");
    }
    words_add(&w, fw->elf_path);
    return words_argv(&w);
}

static int timeout_s(void)
{
    const char *named = getenv("MOTE_RUN_TIMEOUT_S");
    int64_t s;
    return named && str_parse_i64(named, &s) && s > 0 && s <= 86400 ? (int)s : FIRMWARE_TIMEOUT_S;
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
    const char *fault = strstr(r->output, "fault in step ");
    uint32_t i_step;
    if (r->status == STATUS_FAULT && fault && sscanf(fault, "fault in step %" SCNu32, &i_step) == 1)
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
                    const struct program *p, const char *dir, struct diag *d)
{
    struct process_result r;
    const int limit = timeout_s();
    if (!process_run(a, command(a, t, fw), dir, limit, &r, d))
        return false;
    if (r.timed_out) {
        diag_error(d, t->name, "the firmware ran for more than %d s and was stopped", limit);
        return diag_hint(d, "run fewer samples, or set MOTE_RUN_TIMEOUT_S to more seconds");
    }
    return r.status == 0 || run_failed(t, p, &r, d);
}

/* What report.txt must say, and which of it was seen. */
struct report {
    uint32_t n_runs, total, stack;
    uint32_t n_steps_seen;
    bool has_runs, has_total, has_stack;
};

/* One line, "key value" or "step index value"; false when it is neither. */
static bool report_line(const char *line, uint32_t n_steps, uint64_t *steps, struct report *r)
{
    uint32_t i, value;
    if (sscanf(line, "step %" SCNu32 " %" SCNu32, &i, &value) == 2) {
        if (i != r->n_steps_seen || i >= n_steps || !steps)
            return false;
        steps[r->n_steps_seen++] = value;
        return true;
    }
    char key[16];
    if (sscanf(line, "%15[a-z] %" SCNu32, key, &value) != 2)
        return false;
    if (strcmp(key, "runs") == 0)
        r->n_runs = value, r->has_runs = true;
    else if (strcmp(key, "total") == 0)
        r->total = value, r->has_total = true;
    else if (strcmp(key, "stack") == 0)
        r->stack = value, r->has_stack = true;
    else
        return false;
    return true;
}

static bool read_report(struct arena *a, const char *path, uint32_t n_steps,
                        struct firmware_run *out, struct diag *d)
{
    struct bytes file;
    if (!file_map(path, &file, d))
        return false;
    struct report r = {0};
    struct text text = {.arena = a};
    text_add_bytes(&text, file.data, file.len);
    char *rest = NULL;
    for (char *line = strtok_r(text.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        if (!report_line(line, n_steps, out->step_instructions, &r))
            return diag_error(d, path, "unexpected line \"%s\"", line);
    if (!r.has_runs || !r.has_total || !r.has_stack)
        return diag_error(d, path, "the report ends too early");
    if (out->step_instructions && r.n_steps_seen != n_steps)
        return diag_error(d, path, "%" PRIu32 " steps, the program has %" PRIu32, r.n_steps_seen,
                          n_steps);
    if (r.n_runs != out->n_runs)
        return diag_error(d, path, "%" PRIu32 " runs, expected %" PRIu32, r.n_runs, out->n_runs);
    if (r.total == UINT32_MAX)
        return diag_error(d, path, "one inference takes 2^32 instructions or more");
    out->instructions = r.total;
    out->stack_bytes = r.stack;
    return true;
}

static bool run_in_dir(struct arena *a, const struct target *t, const struct firmware *fw,
                       const struct program *p, struct bytes inputs, const char *dir,
                       struct firmware_run *out, struct diag *d)
{
    const struct graph *g = p->graph;
    const size_t want = out->n_runs * tensors_bytes(g, g->outputs.items, g->outputs.n);
    const char *out_path = path_join(a, dir, "out.bin");
    struct bytes outputs;
    if (!file_write(path_join(a, dir, "in.bin"), inputs.data, inputs.len, d) ||
        !execute(a, t, fw, p, dir, d) ||
        !read_report(a, path_join(a, dir, "report.txt"), p->n_steps, out, d) ||
        !file_map(out_path, &outputs, d))
        return false;
    if (outputs.len != want)
        return diag_error(d, out_path, "%zu bytes of output, expected %zu", outputs.len, want);
    out->outputs = (const int8_t *)outputs.data;
    return true;
}

bool firmware_run(struct arena *a, const struct target *t, const struct firmware *fw,
                  const struct program *p, const void *inputs, uint32_t n_runs,
                  struct firmware_run *out, struct diag *d)
{
    const struct graph *g = p->graph;
    const char *dir;
    if (!emulator_found(t, d) || !file_temp_dir(a, &dir, d))
        return false;
    *out = (struct firmware_run){.n_runs = n_runs};
    if (t->emulator)
        out->step_instructions = ARENA_ARRAY(a, uint64_t, p->n_steps);
    const struct bytes in = {inputs, n_runs * tensors_bytes(g, g->inputs.items, g->inputs.n)};
    const bool ok = run_in_dir(a, t, fw, p, in, dir, out, d);
    file_remove_dir(dir);
    return ok;
}
