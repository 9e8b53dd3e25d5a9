/* native.c - the measuring program as a process of this machine: files are files, nothing is
 * counted. SPDX-License-Identifier: Apache-2.0 */
#include "port/port.h"

#include <stdio.h>
#include <stdlib.h>

enum { N_FILES_MAX = 4 };

static FILE *files[N_FILES_MAX];

int32_t port_open(const char *name, enum port_mode mode)
{
    for (int32_t i = 0; i < N_FILES_MAX; i++) {
        if (files[i])
            continue;
        files[i] = fopen(name, mode == PORT_READ ? "rb" : "wb");
        return files[i] ? i : -1;
    }
    return -1;
}

size_t port_read(int32_t file, void *to, size_t n_bytes)
{
    return fread(to, 1, n_bytes, files[file]);
}

bool port_write(int32_t file, const void *from, size_t n_bytes)
{
    return fwrite(from, 1, n_bytes, files[file]) == n_bytes;
}

void port_log(const char *line)
{
    fprintf(stderr, "%s\n", line);
}

/* Only closing tells whether everything reached the disk. */
void port_exit(int status)
{
    for (int i = 0; i < N_FILES_MAX; i++)
        if (files[i] && fclose(files[i]) != 0)
            status = 1;
    exit(status);
}

void port_stamp(struct port_stamp *s)
{
    *s = (struct port_stamp){0};
}

uint32_t port_instructions(const struct port_stamp *from, const struct port_stamp *to)
{
    return (uint32_t)(to->at - from->at);
}

uint32_t port_stack_of(void (*work)(void))
{
    work();
    return PORT_STACK_UNKNOWN;
}
