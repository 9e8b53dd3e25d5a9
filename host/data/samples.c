/* samples.c - samples for calibration, from files as they lie about.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/samples.h"

#include "base/file.h"
#include "base/vec.h"
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#define MAGIC "\x93NUMPY"

/* "'key': value" in the Python dictionary of an .npy header: the text behind the colon, or NULL. */
static const char *header_value(const char *header, const char *key)
{
    const char *at = strstr(header, key);
    at = at ? strchr(at, ':') : NULL;
    while (at && (*at == ':' || *at == ' '))
        at++;
    return at;
}

static bool parse_header(const char *header, const char *place, struct diag *d)
{
    const char *type = header_value(header, "'descr'");
    const char *order = header_value(header, "'fortran_order'");
    if (!type || strncmp(type, "'<f4'", 5) != 0) {
        diag_error(d, place, "holds %.12s, expected little-endian float32 ('<f4')",
                   type ? type : "an unknown type");
        return diag_hint(d, "save it with numpy.save(file, x.astype('float32'))");
    }
    if (!order || strncmp(order, "False", 5) != 0)
        return diag_error(d, place, "is in Fortran order, expected C order");
    return true;
}

bool npy_parse(struct bytes file, const char *place, struct bytes *values, struct diag *d)
{
    const uint8_t *p = file.data;
    if (file.len < 12 || memcmp(p, MAGIC, 6) != 0)
        return diag_error(d, place, "is no .npy file: it does not begin with \\x93NUMPY");
    const bool is_old = p[6] == 1;
    const size_t begin = is_old ? 10 : 12;
    const size_t header_len =
        is_old ? (size_t)p[8] | (size_t)p[9] << 8
               : (size_t)p[8] | (size_t)p[9] << 8 | (size_t)p[10] << 16 | (size_t)p[11] << 24;
    if (header_len > file.len - begin)
        return diag_error(d, place, "truncated: its header of %zu bytes ends behind byte %zu",
                          header_len, file.len);
    struct arena *tmp = arena_new("npy header");
    char *header = arena_printf(tmp, "%.*s", (int)header_len, (const char *)p + begin);
    const bool ok = parse_header(header, place, d);
    arena_free(tmp);
    *values = (struct bytes){p + begin + header_len, file.len - begin - header_len};
    return ok;
}

struct list {
    VEC(const char *) paths;
    VEC(uint16_t) labels;
    VEC(const char *) classes;
};

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The paths in a folder, sorted by name. */
static bool list_paths(struct arena *a, const char *folder, struct list *out, struct diag *d)
{
    struct file_names names;
    if (!file_list(a, folder, &names, d))
        return false;
    for (uint32_t i = 0; i < names.list.n; i++)
        *VEC_PUSH(a, &out->paths) = path_join(a, folder, names.list.items[i]);
    if (out->paths.n == 0)
        return diag_error(d, folder, "the folder is empty, expected files of samples");
    return true;
}

static bool list_classes(struct arena *a, const struct list *folders, struct list *out,
                         struct diag *d)
{
    for (uint32_t c = 0; c < folders->paths.n; c++) {
        struct list files = {0};
        *VEC_PUSH(a, &out->classes) = strrchr(folders->paths.items[c], '/') + 1;
        if (!is_folder(folders->paths.items[c]))
            return diag_error(d, folders->paths.items[c],
                              "a file beside folders; expected one folder for each class");
        if (!list_paths(a, folders->paths.items[c], &files, d))
            return false;
        for (uint32_t i = 0; i < files.paths.n; i++) {
            *VEC_PUSH(a, &out->paths) = files.paths.items[i];
            *VEC_PUSH(a, &out->labels) = (uint16_t)c;
        }
    }
    return true;
}

static bool list_files(struct arena *a, const char *path, struct list *out, struct diag *d)
{
    if (!is_folder(path)) {
        *VEC_PUSH(a, &out->paths) = path;
        return true;
    }
    struct list names = {0};
    if (!list_paths(a, path, &names, d))
        return false;
    if (names.paths.n > 0 && is_folder(names.paths.items[0]))
        return list_classes(a, &names, out, d);
    *out = names;
    return true;
}

/* The samples of one file, appended. */
static bool read_samples(const char *path, size_t len, struct text *to, uint32_t *n, struct diag *d)
{
    struct bytes file = {0};
    if (!file_map(path, &file, d))
        return false;
    struct bytes values = file;
    const size_t path_len = strlen(path), sample_bytes = len * sizeof(float);
    const bool is_npy = path_len > 4 && strcmp(path + path_len - 4, ".npy") == 0;
    bool ok = !is_npy || npy_parse(file, path, &values, d);
    if (ok && (values.len == 0 || values.len % sample_bytes != 0))
        ok = diag_error(d, path, "has %zu bytes of values, a sample has %zu (%zu float32)",
                        values.len, sample_bytes, len);
    *n = ok ? (uint32_t)(values.len / sample_bytes) : 0;
    if (ok)
        text_add_bytes(to, values.data, values.len);
    file_unmap(file);
    return ok;
}

bool samples_read(struct arena *a, const char *path, size_t len, struct samples *out,
                  struct diag *d)
{
    struct list list = {0};
    struct text values = {.arena = a};
    VEC(uint16_t) labels = {0};
    *out = (struct samples){0};
    if (!list_files(a, path, &list, d))
        return false;
    for (uint32_t i = 0; i < list.paths.n; i++) {
        uint32_t n;
        if (!read_samples(list.paths.items[i], len, &values, &n, d))
            return false;
        if (n > SAMPLES_MAX - out->n)
            return diag_error(d, path, "more than %d samples", SAMPLES_MAX);
        for (uint32_t k = 0; k < n && list.classes.n > 0; k++)
            *VEC_PUSH(a, &labels) = list.labels.items[i];
        out->n += n;
    }
    out->values = arena_copy(a, text_cstr(&values), out->n * len * sizeof(float));
    out->labels = labels.items;
    out->n_classes = list.classes.n;
    out->class_names = list.classes.items;
    return true;
}

struct dataset samples_dataset(struct arena *a, const struct samples *s, struct shape sample)
{
    static const char *const one[] = {"sample"};
    return (struct dataset){
        .n = s->n,
        .sample = sample,
        .n_classes = s->labels ? s->n_classes : 1,
        .class_names = s->labels ? s->class_names : one,
        .f32 = s->values,
        .label = s->labels ? s->labels : ARENA_ARRAY(a, uint16_t, s->n),
        .std = 1.0f,
    };
}
