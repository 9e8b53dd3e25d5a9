/* onnx_external.c - constants that lie in files beside an ONNX model.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The name of such a file comes from the model, which may be hostile: it is followed only downwards
 * from the model's folder, by plain names, none of which is a link. */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "import/onnx_parts.h"

#define DEPTH_MAX 8 /* folders below the model's */

/* The folder of the model, "" for the present one. */
static const char *folder_of(struct onnx *t)
{
    const char *slash = strrchr(t->pb->place, '/');
    return slash ? arena_printf(t->tmp, "%.*s/", (int)(slash - t->pb->place), t->pb->place) : "";
}

static bool is_link(const char *path)
{
    struct stat s;
    return lstat(path, &s) != 0 || S_ISLNK(s.st_mode);
}

/* Each part of the path is a name, there, and no link. NULL, or why not. */
static const char *path_fault(struct onnx *t, const char *folder, const char *location)
{
    size_t from = 0;
    for (int depth = 0; depth <= DEPTH_MAX; depth++) {
        const size_t len = strcspn(location + from, "/");
        const char *name = location + from;
        if (len == 0)
            return depth == 0 ? "an absolute path" : "a path with an empty name";
        if ((len == 1 && name[0] == '.') || (len == 2 && name[0] == '.' && name[1] == '.'))
            return "a path with '.' or '..'";
        from += len;
        if (is_link(arena_printf(t->tmp, "%s%.*s", folder, (int)from, location)))
            return "not there, or a link";
        if (!location[from])
            return NULL;
        from++;
    }
    return "too many folders down";
}

static bool open_file(const struct onnx_op *op, struct bytes location, struct bytes *contents)
{
    struct onnx *t = op->t;
    for (uint32_t i = 0; i < t->files.n; i++)
        if (t->files.items[i].location.len == location.len &&
            memcmp(t->files.items[i].location.data, location.data, location.len) == 0) {
            *contents = t->files.items[i].contents;
            return true;
        }
    const char *name = onnx_text(t, location), *folder = folder_of(t);
    struct diag d = {0};
    if (location.len >= ONNX_NAME_MAX || strlen(name) != location.len ||
        memcmp(name, location.data, location.len) != 0)
        return onnx_refuse(op, "external data in '%s': no name of a file", name);
    const char *fault = path_fault(t, folder, name);
    if (fault) {
        onnx_refuse(op, "external data in '%s': %s", name, fault);
        return diag_hint(op->d, "put the file into the model's folder, or export the model as one "
                                "file");
    }
    if (t->files.n >= ONNX_FILES_MAX)
        return onnx_refuse(op, "external data in more than %d files", ONNX_FILES_MAX);
    if (!file_map(arena_printf(t->tmp, "%s%s", folder, name), contents, &d))
        return onnx_refuse(op, "external data: %s: %s", d.place, d.message);
    *VEC_PUSH(t->tmp, &t->files) = (struct onnx_file){location, *contents};
    return true;
}

bool onnx_external(const struct onnx_op *op, const struct onnx_tensor *from, struct bytes *out)
{
    struct bytes all = {0};
    if (from->location.len == 0)
        return onnx_refuse(op, "external data without the name of a file");
    if (!open_file(op, from->location, &all))
        return false;
    const char *name = onnx_text(op->t, from->name);
    if (from->offset > all.len)
        return onnx_refuse(op, "the data of '%s' begins at %" PRIu64 " of a file of %zu bytes",
                           name, from->offset, all.len);
    const uint64_t left = all.len - from->offset, len = from->has_length ? from->length : left;
    if (len > left)
        return onnx_refuse(
            op, "the data of '%s', %" PRIu64 " bytes at %" PRIu64 ", reaches beyond a file of %zu",
            name, len, from->offset, all.len);
    *out = (struct bytes){all.data + from->offset, (size_t)len};
    return true;
}
