/* elf_sizes.h - what a linked firmware takes. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_TARGET_ELF_SIZES_H
#define MOTE_HOST_TARGET_ELF_SIZES_H
#include "target/target.h"

/* Fill in the sizes of the ELF file at `path`. */
bool elf_sizes(const char *path, struct firmware *out, struct diag *d);

/* Bytes of code and constants in an object file. */
bool elf_code_bytes(const char *path, size_t *bytes, struct diag *d);
#endif
