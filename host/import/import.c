/* import.c - chooses the reader of a model file by its first bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "import/import.h"

#include <string.h>

#include "base/file.h"
#include "import/tflite.h"
#include "ir/text.h"

struct graph *import_account(struct arena *a, const char *path, struct faults *faults,
                             struct diag *d)
{
    struct bytes file;
    if (!file_map(path, &file, d))
        return NULL;
    if (tflite_is(file))
        return tflite_account(a, file, path, faults, d);
    bool is_mote = file.len >= 4 && memcmp(file.data, "mote", 4) == 0;
    file_unmap(file);
    if (is_mote)
        return model_read(a, path, d);
    diag_error(d, path, "neither a .mote nor a .tflite file, by its first bytes");
    diag_hint(d, "`mote train` and `mote quantize` write .mote files");
    return NULL;
}

struct graph *import_read(struct arena *a, const char *path, struct diag *d)
{
    struct faults faults = {0};
    struct graph *g = import_account(a, path, &faults, d);
    if (g && faults.list.n > 0) {
        faults_report(&faults, a, path, d);
        return NULL;
    }
    return g;
}
