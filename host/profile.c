/* profile.c - compile a model, run it once under observation, price every step.
 * SPDX-License-Identifier: Apache-2.0 */
#include "profile.h"

#include "base/file.h"

static bool profile_in_dir(struct arena *a, const struct compiled *c, const struct target *t,
                           const void *inputs, uint32_t wait_states, const char *dir,
                           struct profile *out, struct diag *d)
{
    const struct program *p = c->program;
    const struct firmware_model model = {.name = c->name, .program = p};
    const struct firmware_parts parts = {.name = c->name,
                                         .dir = dir,
                                         .elf_dir = dir,
                                         .models = &model,
                                         .n_models = 1,
                                         .marked = true};
    const struct profile_wish wish = {
        .core = core_find(t->name), .wait_states = wait_states, .is_fed = program_fed(p) != NULL};
    struct firmware fw;
    struct firmware_watch watch;
    struct firmware_run run;
    struct image image;
    struct trace trace;
    return compile_write(a, c, dir, d) && firmware_build(a, t, &parts, &fw, d) &&
           image_read(a, fw.elf_path, &image, d) &&
           profile_watch(a, &image, p->n_steps, &watch, d) &&
           firmware_run_watched(a, t, &fw, p, inputs, 1, &watch, &run, d) &&
           trace_read(a, watch.seen, p->n_steps + 1, &trace, d) &&
           profile_join(a, &image, &trace, &run, &wish, out, d);
}

bool compile_and_profile(struct arena *a, const struct compiled *c, const struct target *t,
                         const void *inputs, uint32_t wait_states, struct profile *out,
                         struct diag *d)
{
    const char *dir;
    if (!t->emulator)
        return diag_error(d, t->name, "only an emulated board can be profiled");
    if (!file_temp_dir(a, &dir, d))
        return false;
    const bool ok = profile_in_dir(a, c, t, inputs, wait_states, dir, out, d);
    file_remove_dir(dir);
    return ok;
}
