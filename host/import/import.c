/* import.c - chooses the reader of a model file by its first bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "import/import.h"

#include "base/file.h"
#include "import/tflite.h"
#include "ir/text.h"

struct graph *import_read(struct arena *a, const char *path, struct diag *d)
{
    struct bytes file;
    if (!file_map(path, &file, d))
        return NULL;
    if (tflite_is(file))
        return tflite_read(a, file, path, d);
    file_unmap(file);
    return model_read(a, path, d);
}
