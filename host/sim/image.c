/* image.c - reads firmware by libelf. SPDX-License-Identifier: Apache-2.0 */
#include "sim/image.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <string.h>
#include <unistd.h>

static bool add_section(struct arena *a, Elf_Scn *section, const GElf_Shdr *h, struct image *out)
{
    const Elf_Data *data = elf_getdata(section, NULL);
    if (!data || !data->d_buf)
        return h->sh_size == 0;
    *VEC_PUSH(a, &out->sections) = (struct image_section){
        .address = (uint32_t)h->sh_addr,
        .bytes = {arena_copy(a, data->d_buf, data->d_size), data->d_size},
    };
    return true;
}

static bool add_symbols(struct arena *a, Elf *elf, Elf_Scn *section, const GElf_Shdr *h,
                        struct image *out)
{
    Elf_Data *data = elf_getdata(section, NULL);
    if (!data || h->sh_entsize == 0)
        return false;
    for (size_t i = 0; i < h->sh_size / h->sh_entsize; i++) {
        GElf_Sym s;
        if (!gelf_getsym(data, (int)i, &s))
            return false;
        const char *name = elf_strptr(elf, h->sh_link, s.st_name);
        if (!name || !name[0])
            continue;
        const bool is_thumb = out->machine == MACHINE_ARM && GELF_ST_TYPE(s.st_info) == STT_FUNC;
        *VEC_PUSH(a, &out->symbols) = (struct image_symbol){
            .name = arena_strdup(a, name),
            .address = (uint32_t)s.st_value & ~(is_thumb ? 1u : 0u),
            .n_bytes = (uint32_t)s.st_size,
        };
    }
    return true;
}

static bool read_elf(struct arena *a, Elf *elf, struct image *out)
{
    GElf_Ehdr header;
    if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header) ||
        (header.e_machine != EM_ARM && header.e_machine != EM_RISCV))
        return false;
    out->machine = header.e_machine == EM_ARM ? MACHINE_ARM : MACHINE_RISCV;
    for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section)) != NULL;) {
        GElf_Shdr h;
        if (!gelf_getshdr(section, &h))
            return false;
        const bool is_loaded = (h.sh_flags & SHF_ALLOC) && h.sh_type == SHT_PROGBITS;
        if (is_loaded && !add_section(a, section, &h, out))
            return false;
        if (h.sh_type == SHT_SYMTAB && !add_symbols(a, elf, section, &h, out))
            return false;
    }
    return true;
}

bool image_read(struct arena *a, const char *path, struct image *out, struct diag *d)
{
    *out = (struct image){0};
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return diag_error(d, path, "cannot read the firmware");
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
    const bool ok = elf && read_elf(a, elf, out);
    elf_end(elf);
    close(fd);
    return ok || diag_error(d, path, "not an ELF file for Arm or RISC-V");
}

const struct image_symbol *image_find(const struct image *m, const char *name)
{
    for (uint32_t i = 0; i < m->symbols.n; i++)
        if (strcmp(m->symbols.items[i].name, name) == 0)
            return &m->symbols.items[i];
    return NULL;
}

const struct image_symbol *image_at(const struct image *m, uint32_t address)
{
    for (uint32_t i = 0; i < m->symbols.n; i++) {
        const struct image_symbol *s = &m->symbols.items[i];
        if (address >= s->address && address - s->address < s->n_bytes)
            return s;
    }
    return NULL;
}

bool image_insn(const struct image *m, uint32_t address, struct insn *out)
{
    for (uint32_t i = 0; i < m->sections.n; i++) {
        const struct image_section *s = &m->sections.items[i];
        if (address >= s->address && address - s->address < s->bytes.len) {
            const uint32_t at = address - s->address;
            return insn_decode(m->machine, address, s->bytes.data + at, s->bytes.len - at, out);
        }
    }
    return false;
}
