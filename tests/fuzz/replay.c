/* replay.c - runs a fuzz target on files, so that what it found stays a test.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "fuzz.h"

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct bytes file;
        struct diag d = {0};
        if (!file_map(argv[i], &file, &d)) {
            diag_print(&d, stderr);
            return 1;
        }
        LLVMFuzzerTestOneInput(file.data, file.len);
        file_unmap(file);
    }
    printf("%d files replayed\n", argc - 1);
    return 0;
}
