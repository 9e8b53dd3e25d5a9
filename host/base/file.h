/* file.h - files read whole, written whole or not at all. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_FILE_H
#define MOTE_HOST_FILE_H
#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"
#include "base/vec.h"
#include <stdbool.h>
#include <stddef.h>

/* Map a regular file read-only; it stays mapped until the program ends. An empty file gives
 * len 0. Errors: missing (hint names the path), a directory, unreadable. */
bool file_map(const char *path, struct bytes *out, struct diag *d);

/* Release a mapping early, for a reader of many files. Nothing may point into it any more. */
void file_unmap(struct bytes mapped);

/* Like file_map, but a gzip stream (RFC 1952, known by its first two bytes) is inflated into the
 * arena. More than `len_max` bytes, a truncated or corrupt stream are errors. */
bool file_read(struct arena *a, const char *path, size_t len_max, struct bytes *out,
               struct diag *d);

/* Write a temporary file beside `path`, flush it to disk, rename it over `path`. On any error
 * (full disk, no such folder) the old file is untouched and the temporary one is removed. */
bool file_write(const char *path, const void *data, size_t len, struct diag *d);

/* Create a folder and its parents; existing ones are fine. */
bool file_make_dir(const char *path, struct diag *d);
bool file_exists(const char *path);
/* The names in a folder in the order of their bytes; hidden ones are left out. */
struct file_names {
    VEC(const char *) list;
};
bool file_list(struct arena *a, const char *folder, struct file_names *out, struct diag *d);
/* A fresh folder under $TMPDIR or /tmp; file_remove_dir deletes such a folder and its files
 * (one level of plain files and sub-folders). */
bool file_temp_dir(struct arena *a, const char **path, struct diag *d);
void file_remove_dir(const char *path);
/* "dir/name" in the arena; `name` alone when dir is NULL or "". */
char *path_join(struct arena *a, const char *dir, const char *name);
#endif
