/* several.h - several models in one firmware and one arena. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_SEVERAL_H
#define MOTE_HOST_SEVERAL_H
#include "compile.h"

/* The arena of all, and models.h, which states it:
 *
 *     #define MOTE_ARENA_BYTES 37760u      one arena for all calls, aligned to MOTE_ARENA_ALIGN
 *     #define MOTE_MODELS(DO) ...          DO(kws, KWS, 0) for each: its name, its macros' prefix
 *                                          and its reset function, or 0
 */
struct several {
    struct compiled *models; /* with names of their own */
    uint32_t n;
    enum plan_sharing sharing;
    size_t arena_bytes;
    struct text header;
};

/* Put the models, compiled each by itself, into one arena: prints their code again. */
void several_share(struct arena *a, struct several *s);

/* Write the files of all models and <dir>/models.h. */
bool several_write(struct arena *a, const struct several *s, const char *dir, struct diag *d);

/* As compile_firmware; the ELF file is <elf_dir>/models-<target>.elf. */
bool several_firmware(struct arena *a, struct several *s, const struct target *t,
                      const char *elf_dir, struct firmware *fw, struct diag *d);
#endif
