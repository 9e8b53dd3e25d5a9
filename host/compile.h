/* compile.h - the pipeline from an int8 graph to C, as one function, and on to firmware.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_COMPILE_H
#define MOTE_HOST_COMPILE_H
#include "emit/emit.h"
#include "plan/plan_choose.h"
#include "plan/plan_search.h"
#include "sched/sched.h"
#include "target/target.h"

/* Everything that compilation produced; lives in the arena. */
struct compiled {
    const char *name;
    struct graph *graph; /* after the passes */
    struct program *program;
    struct memory_plan *memory;
    struct emitted code;
};

/* `source` is not changed. `name` is the C identifier of the model. */
bool compile(struct arena *a, const struct graph *source, const char *name,
             const struct choice *choice, struct compiled *out, struct diag *d);

/* ... into an arena of `ram_bytes` at most (RAM_ANY: whatever the plain schedule needs), with the
 * input fed as the caller wants it: by cascades of layers, see plan_search.h. */
struct memory_wish {
    size_t ram_bytes;
    enum feed feed;
};
bool compile_within(struct arena *a, const struct graph *source, const char *name,
                    const struct choice *choice, const struct memory_wish *wish,
                    struct compiled *out, struct diag *d);

/* Write <dir>/<name>.c and .h. The folder is made when it is missing. */
bool compile_write(struct arena *a, const struct compiled *c, const char *dir, struct diag *d);

/* The step during which the most bytes of the arena are alive, the first of several. */
uint32_t compiled_peak_step(const struct compiled *c);

/* What a model may use. 0: whatever the board has. */
struct budget {
    uint64_t flash_bytes; /* model, kernels and start-up together */
    uint64_t arena_bytes;
};

/* Does the plan keep to the budget? The message says by how many bytes it does not, which step
 * needs the memory and what would fit. */
bool budget_check_arena(struct arena *a, const struct compiled *c, const struct budget *b,
                        struct diag *d);
bool budget_check_flash(const struct compiled *c, const struct firmware *fw, const struct budget *b,
                        struct diag *d);

/* Let the header state the stack, where it is known. */
void compile_state_stack(struct arena *a, struct compiled *c, const struct target *t,
                         const struct firmware_stack *stack);

/* Build the firmware for a board into `elf_dir`, or (NULL) only to measure it. Where the stack is
 * known then, the header of `c` states it. */
bool compile_firmware(struct arena *a, struct compiled *c, const struct target *t,
                      const char *elf_dir, struct firmware *fw, struct diag *d);

/* Compile and build firmware that keeps to a budget of flash, 0 for none: where the first is too
 * large, again with kernels that take less, as often as that helps. The last firmware that was built is in `fw`,
 * within the budget or not: budget_check_flash says. */
bool compile_firmware_within(struct arena *a, const struct graph *source, const char *name,
                             const struct choice *choice, const struct memory_wish *wish,
                             const struct target *t, const char *elf_dir, uint64_t flash_bytes,
                             struct compiled *out, struct firmware *fw, struct diag *d);

/* Build firmware in a temporary folder, run it there on n_runs inputs and remove the folder. */
bool compile_and_run(struct arena *a, struct compiled *c, const struct target *t,
                     const void *inputs, uint32_t n_runs, struct firmware *fw,
                     struct firmware_run *out, struct diag *d);
#endif
