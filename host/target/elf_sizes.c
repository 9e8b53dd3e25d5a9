/* elf_sizes.c - sizes of a firmware from its section headers, by libelf.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Flash holds every allocated section with contents, initial values of .data included. RAM holds
 * the writable ones. The stack is a section of its own, so that it is not mistaken for data. */
#include "target/elf_sizes.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <string.h>
#include <unistd.h>

static bool add_sections(Elf *elf, struct firmware *out)
{
    size_t names;
    if (elf_kind(elf) != ELF_K_ELF || elf_getshdrstrndx(elf, &names) != 0)
        return false;
    for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section)) != NULL;) {
        GElf_Shdr h;
        if (!gelf_getshdr(section, &h))
            return false;
        if (!(h.sh_flags & SHF_ALLOC))
            continue;
        const char *name = elf_strptr(elf, names, h.sh_name);
        if (name && strcmp(name, ".stack") == 0) {
            out->stack_bytes += h.sh_size;
            continue;
        }
        if (h.sh_type != SHT_NOBITS)
            out->flash_bytes += h.sh_size;
        if (h.sh_flags & SHF_WRITE)
            out->data_bytes += h.sh_size;
    }
    return true;
}

static bool read_sections(const char *path, struct firmware *out)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
    out->flash_bytes = out->data_bytes = out->stack_bytes = 0;
    const bool ok = elf && add_sections(elf, out);
    elf_end(elf);
    close(fd);
    return ok;
}

bool elf_sizes(const char *path, struct firmware *out, struct diag *d)
{
    return read_sections(path, out) ||
           diag_error(d, path, "the linked firmware is not a readable ELF file");
}

bool elf_code_bytes(const char *path, size_t *bytes, struct diag *d)
{
    struct firmware sizes;
    if (!read_sections(path, &sizes))
        return diag_error(d, path, "the compiled kernel is not a readable ELF file");
    *bytes = sizes.flash_bytes;
    return true;
}
