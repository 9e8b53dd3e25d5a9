/* target.h - the chips and boards that Mote knows, and how to build for and run on them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_TARGET_H
#define MOTE_HOST_TARGET_H
#include "base/diag.h"
#include "base/str.h"
#include "sched/sched.h"

/* One board: what it has, how a compiler and an emulator address it. targets.def has the rows. */
struct target {
    const char *name; /* "cortex-m4"; "native" is this machine                          */
    const char *core; /* "Arm Cortex-M4F (Armv7E-M)"                                    */
    uint32_t flash_bytes, ram_bytes; /* of the emulated board; a recipe may ask for less        */
    const char *compiler;      /* "arm-none-eabi-gcc"                                            */
    const char *cflags;        /* separated by blanks                                            */
    const char *port;          /* folder below device/port/                                      */
    const char *script;        /* linker script in that folder; NULL: the compiler's own         */
    const char *emulator;      /* "qemu-system-arm"; NULL: run directly                          */
    const char *machine;       /* QEMU -M                                                        */
    const char *emulator_args; /* more of them, separated by blanks; or NULL                   */
    int icount_shift;          /* QEMU -icount shift                                             */
    uint32_t isas;             /* what the core has beyond C: bits of enum isa                   */
    const char *package;       /* Debian packages that bring compiler and emulator               */
};

/* The board that a verb speaks of when none is named. */
#define TARGET_DEFAULT "cortex-m4"

const struct target *target_find(const char *name); /* NULL when unknown */
const struct target *target_list(uint32_t *n);

/* What the scheduler chooses kernels by for this target. */
struct choice target_choice(const struct target *t);

/* Worst-case stack below the call of a model's invoke, by call graph: the hook of the measuring
 * main included, interrupts not. 0 where it is not known, and then why not. */
struct firmware_stack {
    size_t bytes;
    const char *unknown;
};

/* A file below device/kernels that a firmware is made of. */
struct firmware_source {
    const char *path;
    size_t code_bytes; /* of its code and constants, before the linker drops what is unused */
};

struct firmware {
    const char *elf_path;            /* NULL: not kept                                            */
    const char *marked_path;         /* NULL: not asked for                                       */
    size_t flash_bytes;              /* everything the chip stores: code, constants, initial data */
    size_t data_bytes;               /* .data + .bss, arena included                              */
    size_t stack_bytes;              /* what the linker script reserves; 0 on "native"            */
    struct firmware_stack *stacks;   /* [models]                                                  */
    struct firmware_source *sources; /* of the kernels that a model calls, model by model       */
    uint32_t n_sources;
};

struct firmware_model {
    const char *name; /* the C identifier */
    const struct program *program;
};

/* What a firmware is made of. */
struct firmware_parts {
    const char *name;    /* of the ELF file: <elf_dir>/<name>-<target>.elf */
    const char *dir;     /* with <model>.c and <model>.h of every model    */
    const char *elf_dir; /* NULL: measure the firmware and keep nothing    */
    const struct firmware_model *models;
    uint32_t n_models;
    bool marked; /* also with marks of the step that runs: <elf_dir>/<name>-<target>-marked.elf */
};

/* Compile the models with the kernels they use and the measuring main of device/port; several with
 * models.h in `dir` (host/several.h) and the main for them. The ELF file
 * appears only when all went well. The device library is where this program was built from, or in
 * the folder that MOTE_DEVICE_DIR in the environment names. Errors: no compiler (hint: package),
 * compiler messages, too large for the board (by how many bytes, and which boards would do). */
bool firmware_build(struct arena *a, const struct target *t, const struct firmware_parts *parts,
                    struct firmware *out, struct diag *d);

#define FIRMWARE_TIMEOUT_S 600

struct firmware_run {
    uint32_t n_runs;
    const int8_t *outputs;       /* n_runs * all output bytes                             */
    uint64_t *step_instructions; /* [steps] of the last run; NULL on "native"             */
    uint64_t instructions;       /* of one inference                                      */
    size_t stack_bytes;          /* high-water mark while invoking                        */
};

/* Run the firmware on n_runs inputs, each the concatenated bytes of the graph inputs. Errors: no
 * emulator (hint: package), a fault on the board (where), a run longer than FIRMWARE_TIMEOUT_S or
 * MOTE_RUN_TIMEOUT_S in the environment, output that does not fit the program. */
bool firmware_run(struct arena *a, const struct target *t, const struct firmware *fw,
                  const struct program *p, const void *inputs, uint32_t n_runs,
                  struct firmware_run *out, struct diag *d);

/* A plugin of the emulator that observes a run. */
struct firmware_watch {
    const char *plugin; /* its path and arguments, as the option -plugin takes them */
    const char *file;   /* what it writes where the firmware runs                   */
    struct bytes seen;  /* the contents of that file, once it ran                   */
};

/* The same on a board, of the firmware with marks, with a plugin. */
bool firmware_run_watched(struct arena *a, const struct target *t, const struct firmware *fw,
                          const struct program *p, const void *inputs, uint32_t n_runs,
                          struct firmware_watch *watch, struct firmware_run *out, struct diag *d);

/* Run a firmware of several models: inputs and outputs of a run are those of the first model, then
 * of the next. */
bool firmware_run_several(struct arena *a, const struct target *t, const struct firmware *fw,
                          const struct firmware_model *models, uint32_t n_models,
                          const void *inputs, uint32_t n_runs, const int8_t **outputs,
                          struct diag *d);
#endif
