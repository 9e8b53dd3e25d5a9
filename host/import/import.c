/* import.c - chooses the reader of a model file by its bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "import/import.h"

#include <string.h>

#include "base/file.h"
#include "import/onnx.h"
#include "import/stem.h"
#include "import/tflite.h"
#include "ir/text.h"

#define STEM_MAX 1024

const char *import_stem(struct arena *a, const char *place)
{
    const char *slash = strrchr(place, '/');
    const char *base = slash ? slash + 1 : place;
    const size_t len = strcspn(base, ".");
    return arena_printf(a, "%.*s", (int)(len < STEM_MAX ? len : STEM_MAX), base);
}

struct graph *import_account(struct arena *a, const char *path,
                             const struct import_options *options, struct faults *faults,
                             struct diag *d)
{
    struct bytes file;
    if (!file_map(path, &file, d))
        return NULL;
    if (tflite_is(file))
        return tflite_account(a, file, path, faults, d);
    if (onnx_is_model(file))
        return onnx_account(a, file, path, options, faults, d);
    bool is_mote = file.len >= 4 && memcmp(file.data, "mote", 4) == 0;
    file_unmap(file);
    if (is_mote)
        return model_read(a, path, d);
    diag_error(d, path, "neither a .mote, a .tflite nor an .onnx file, by its bytes");
    diag_hint(d, "`mote train` and `mote quantize` write .mote files");
    return NULL;
}

struct graph *import_read_as(struct arena *a, const char *path,
                             const struct import_options *options, struct diag *d)
{
    struct faults faults = {0};
    struct graph *g = import_account(a, path, options, &faults, d);
    if (g && faults.list.n > 0) {
        faults_report(&faults, a, path, d);
        return NULL;
    }
    return g;
}

struct graph *import_read(struct arena *a, const char *path, struct diag *d)
{
    return import_read_as(a, path, NULL, d);
}
