/* file.c - reading and writing of whole files.
 *
 * A written file appears under its name only when it is complete and on the disk: the data goes
 * to a new file beside it, which is flushed and then renamed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#define ZLIB_CONST /* input of the inflater is const */
#include <zlib.h>

#define PATH_BYTES_MAX 4096

static bool map_fd(int fd, const char *path, struct bytes *out, struct diag *d)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return diag_errno(d, path, "cannot read", errno);
    if (S_ISDIR(st.st_mode))
        return diag_error(d, path, "this is a folder, expected a file");
    if (!S_ISREG(st.st_mode))
        return diag_error(d, path, "this is not a regular file");
    *out = (struct bytes){NULL, 0};
    if (st.st_size == 0)
        return true;
    const size_t len = (size_t)st.st_size;
    void *p = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        return diag_errno(d, path, "cannot map", errno);
    *out = (struct bytes){p, len};
    return true;
}

bool file_map(const char *path, struct bytes *out, struct diag *d)
{
    /* O_NONBLOCK: a named pipe without a writer must not hang the tool. */
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        const int error = errno;
        diag_errno(d, path, "cannot open", error);
        if (error == ENOENT)
            diag_hint(d, "check the path %s", path);
        return false;
    }
    const bool ok = map_fd(fd, path, out, d);
    close(fd);
    return ok;
}

void file_unmap(struct bytes mapped)
{
    void *p; /* munmap takes no const pointer, and a cast that drops const is an error here */
    memcpy(&p, &mapped.data, sizeof p);
    if (mapped.len)
        munmap(p, mapped.len);
}

/* Where to start with the output buffer: the size that the stream's last four bytes state (RFC
 * 1952: modulo 2^32), but no more than deflate can reach (1032 : 1), nor than allowed. */
static size_t inflated_guess(struct bytes in, size_t len_max)
{
    size_t guess = 4096;
    if (in.len >= 18) {
        const uint8_t *end = in.data + in.len - 4;
        const uint32_t stated = (uint32_t)end[0] | (uint32_t)end[1] << 8 | (uint32_t)end[2] << 16 |
                                (uint32_t)end[3] << 24;
        guess = stated;
        if (guess / 1032 > in.len)
            guess = in.len * 1032;
    }
    return guess < len_max ? guess : len_max;
}

/* What may follow a gzip stream: another one, or zeros (tape padding). */
enum tail { TAIL_NONE, TAIL_STREAM, TAIL_GARBAGE };

static enum tail tail_kind(const uint8_t *p, size_t n)
{
    if (n >= 2 && p[0] == 0x1f && p[1] == 0x8b)
        return TAIL_STREAM;
    for (size_t i = 0; i < n; i++)
        if (p[i])
            return TAIL_GARBAGE;
    return TAIL_NONE;
}

/* Output of the inflater while it grows. */
struct growing {
    uint8_t *data;
    size_t len, cap;
};

static void grow(struct arena *a, struct growing *g, size_t cap_max)
{
    assert(g->cap < cap_max);
    g->cap = g->cap > cap_max / 2 ? cap_max : 2 * g->cap;
    uint8_t *wider = arena_alloc(a, g->cap);
    memcpy(wider, g->data, g->len);
    g->data = wider;
}

/* Inflate all members of a gzip stream. Returns zlib's verdict: Z_OK, or why not. zlib counts in
 * 32 bits, so it is fed in pieces; `out` ends with one byte more than len_max when the data is too
 * long. */
static int inflate_members(struct arena *a, z_stream *z, struct bytes in, size_t len_max,
                           struct growing *out)
{
    const size_t piece_max = (size_t)1 << 30;
    size_t taken = 0;
    while (out->len <= len_max) {
        if (out->len == out->cap)
            grow(a, out, len_max + 1);
        const size_t left = in.len - taken, room = out->cap - out->len;
        const uInt in_piece = (uInt)(left < piece_max ? left : piece_max);
        const uInt out_piece = (uInt)(room < piece_max ? room : piece_max);
        z->next_in = in.data + taken;
        z->avail_in = in_piece;
        z->next_out = out->data + out->len;
        z->avail_out = out_piece;
        const int status = inflate(z, Z_NO_FLUSH);
        taken += in_piece - z->avail_in;
        out->len += out_piece - z->avail_out;
        if (status == Z_STREAM_END) {
            const enum tail tail = tail_kind(in.data + taken, in.len - taken);
            if (tail != TAIL_STREAM)
                return tail == TAIL_NONE ? Z_OK : Z_DATA_ERROR;
            inflateReset(z);
        } else if (status != Z_OK) {
            return status; /* Z_BUF_ERROR: the input ended */
        }
    }
    return Z_OK;
}

static bool gunzip(struct arena *a, const char *path, struct bytes in, size_t len_max,
                   struct bytes *out, struct diag *d)
{
    z_stream z = {0};
    if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) /* 16: gzip header and checksum */
        return diag_error(d, path, "cannot start zlib");
    const size_t cap = inflated_guess(in, len_max) + 1;
    struct growing g = {arena_alloc(a, cap), 0, cap};
    const int status = inflate_members(a, &z, in, len_max, &g);
    inflateEnd(&z);
    if (status == Z_BUF_ERROR) {
        diag_error(d, path, "the gzip stream is truncated: it ends after %zu bytes", in.len);
        return diag_hint(d, "fetch the file again");
    }
    if (status != Z_OK) {
        diag_error(d, path, "the gzip stream is corrupt after %zu inflated bytes", g.len);
        return diag_hint(d, "fetch the file again");
    }
    if (g.len > len_max)
        return diag_error(d, path, "more than %zu bytes when inflated", len_max);
    *out = (struct bytes){g.data, g.len};
    return true;
}

bool file_read(struct arena *a, const char *path, size_t len_max, struct bytes *out, struct diag *d)
{
    assert(len_max < SIZE_MAX);
    struct bytes raw = {0};
    if (!file_map(path, &raw, d))
        return false;
    if (raw.len >= 2 && raw.data[0] == 0x1f && raw.data[1] == 0x8b) {
        const bool ok = gunzip(a, path, raw, len_max, out, d);
        file_unmap(raw);
        return ok;
    }
    if (raw.len > len_max)
        return diag_error(d, path, "%zu bytes, at most %zu are allowed", raw.len, len_max);
    *out = raw;
    return true;
}

static bool write_all(int fd, const uint8_t *data, size_t len)
{
    while (len > 0) {
        const ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        data += n;
        len -= (size_t)n;
    }
    return true;
}

/* A new file beside `path`, its name in `temp`. Like open: -1 and errno. */
static int open_temporary(const char *path, char *temp, size_t temp_bytes)
{
    for (int i = 0; i < 100; i++) {
        const int n = snprintf(temp, temp_bytes, "%s.tmp-%ld-%d", path, (long)getpid(), i);
        if (n < 0 || (size_t)n >= temp_bytes) {
            errno = ENAMETOOLONG;
            return -1;
        }
        const int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

bool file_write(const char *path, const void *data, size_t len, struct diag *d)
{
    /* Renaming over a device such as /dev/null would replace it. */
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return diag_error(d, path, "exists and is not a regular file");

    char temp[PATH_BYTES_MAX];
    const int fd = open_temporary(path, temp, sizeof temp);
    if (fd < 0) {
        const int error = errno;
        diag_errno(d, path, "cannot create", error);
        if (error == ENOENT)
            diag_hint(d, "create the folder first");
        return false;
    }
    int error = 0;
    if (!write_all(fd, data, len) || fsync(fd) != 0)
        error = errno;
    if (close(fd) != 0 && !error)
        error = errno;
    if (!error && rename(temp, path) != 0)
        error = errno;
    if (error) {
        unlink(temp);
        return diag_errno(d, path, "cannot write", error);
    }
    return true;
}

bool file_make_dir(const char *path, struct diag *d)
{
    char part[PATH_BYTES_MAX];
    const size_t n = strlen(path);
    if (n == 0 || n >= sizeof part)
        return diag_error(d, path, "not a usable folder name");
    memcpy(part, path, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        part[i] = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return diag_errno(d, part, "cannot create folder", errno);
        part[i] = path[i];
    }
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return diag_error(d, path, "exists and is not a folder");
    return true;
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool file_temp_dir(struct arena *a, const char **path, struct diag *d)
{
    const char *root = getenv("TMPDIR");
    if (!root || !root[0])
        root = "/tmp";
    char *name = path_join(a, root, "mote-XXXXXX");
    if (!mkdtemp(name))
        return diag_errno(d, root, "cannot create a temporary folder", errno);
    *path = name;
    return true;
}

static int compare_names(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

bool file_list(struct arena *a, const char *folder, struct file_names *out, struct diag *d)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return diag_errno(d, folder, "cannot open folder", errno);
    *out = (struct file_names){0};
    for (const struct dirent *e; (e = readdir(dir)) != NULL;)
        if (e->d_name[0] != '.')
            *VEC_PUSH(a, &out->list) = arena_strdup(a, e->d_name);
    closedir(dir);
    if (out->list.n > 0)
        qsort(out->list.items, out->list.n, sizeof *out->list.items, compare_names);
    return true;
}

/* Remove what is in an open folder; folders inside down to `depth` more levels. */
static void empty_dir(int fd, int depth)
{
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return;
    }
    for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (unlinkat(fd, e->d_name, 0) == 0 || depth == 0)
            continue;
        const int sub = openat(fd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (sub < 0)
            continue;
        empty_dir(sub, depth - 1);
        unlinkat(fd, e->d_name, AT_REMOVEDIR);
    }
    closedir(dir);
}

void file_remove_dir(const char *path)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return;
    empty_dir(fd, 1);
    rmdir(path);
}

char *path_join(struct arena *a, const char *dir, const char *name)
{
    if (!dir || !dir[0])
        return arena_strdup(a, name);
    const char *slash = dir[strlen(dir) - 1] == '/' ? "" : "/";
    return arena_printf(a, "%s%s%s", dir, slash, name);
}
