/* test_file.c - file.h, the error paths above all. SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "base/file.h"
#include "base/rng.h"
#include "check.h"
#include "fixture.h"

static int count_entries(const char *path)
{
    DIR *dir = opendir(path);
    CHECK(dir != NULL);
    int n = 0;
    for (const struct dirent *e; (e = readdir(dir)) != NULL;)
        n += e->d_name[0] != '.';
    closedir(dir);
    return n;
}

TEST(what_is_written_is_mapped_and_read_back)
{
    struct fixture f = begin();
    const char *path = path_join(f.a, f.dir, "x.bin");
    struct bytes got;
    CHECK(file_write(path, "12345", 5, &f.d));
    CHECK(file_map(path, &got, &f.d));
    CHECK_EQ((int64_t)got.len, 5);
    CHECK_BYTES(got.data, "12345", 5);
    CHECK(file_write(path, "other", 5, &f.d)); /* replaces; the mapping keeps the old contents */
    CHECK_BYTES(got.data, "12345", 5);
    CHECK(file_read(f.a, path, 5, &got, &f.d));
    CHECK_BYTES(got.data, "other", 5);
    CHECK_EQ(count_entries(f.dir), 1);
    end(&f);
}

TEST(an_empty_file_has_length_0)
{
    struct fixture f = begin();
    const char *path = path_join(f.a, f.dir, "empty");
    struct bytes got = {(const uint8_t *)"x", 1};
    CHECK(file_write(path, NULL, 0, &f.d));
    CHECK(file_map(path, &got, &f.d));
    CHECK_EQ((int64_t)got.len, 0);
    CHECK(file_read(f.a, path, 0, &got, &f.d));
    CHECK_EQ((int64_t)got.len, 0);
    end(&f);
}

TEST(missing_files_folders_and_pipes_are_named)
{
    struct fixture f = begin();
    struct bytes got;
    const char *missing = path_join(f.a, f.dir, "nothing");
    CHECK(!file_map(missing, &got, &f.d));
    CHECK_STR(f.d.place, missing);
    CHECK_HAS(f.d.message, "cannot open: No such file");
    CHECK_HAS(f.d.hint, missing);
    f.d = (struct diag){0};
    CHECK(!file_map(f.dir, &got, &f.d));
    CHECK_HAS(f.d.message, "this is a folder");
    f.d = (struct diag){0};
    const char *fifo = path_join(f.a, f.dir, "pipe");
    CHECK_EQ(mkfifo(fifo, 0600), 0);
    CHECK(!file_map(fifo, &got, &f.d)); /* and does not hang */
    CHECK_HAS(f.d.message, "not a regular file");
    end(&f);
}

TEST(a_file_longer_than_allowed_is_an_error)
{
    struct fixture f = begin();
    struct bytes got;
    const char *path = path_join(f.a, f.dir, "six");
    CHECK(file_write(path, "123456", 6, &f.d));
    CHECK(!file_read(f.a, path, 5, &got, &f.d));
    CHECK_STR(f.d.message, "6 bytes, at most 5 are allowed");
    end(&f);
}

/* A gzip stream of n pseudo-random letters from `seed`; returns the letters. */
static uint8_t *make_gzip(struct arena *a, uint64_t seed, size_t n, uint8_t *out, size_t *out_len)
{
    struct rng r = rng_seed(seed);
    uint8_t *letters = arena_alloc(a, n + 1);
    for (size_t i = 0; i < n; i++)
        letters[i] = (uint8_t)('a' + rng_below(&r, 5));
    z_stream z = {
        .next_in = letters, .avail_in = (uInt)n, .next_out = out, .avail_out = (uInt)*out_len};
    CHECK_EQ(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    CHECK_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
    *out_len = z.total_out;
    deflateEnd(&z);
    return letters;
}

TEST(gzip_is_inflated_also_in_several_members_and_with_padding)
{
    struct fixture f = begin();
    const char *path = path_join(f.a, f.dir, "x.gz");
    enum { N = 300000, M = 70001 };
    uint8_t *file = arena_alloc(f.a, 400000);
    size_t n1 = 200000, n2 = 100000;
    const uint8_t *first = make_gzip(f.a, test_seed(), N, file, &n1);
    struct bytes got;
    CHECK(file_write(path, file, n1, &f.d));
    CHECK(file_read(f.a, path, N, &got, &f.d)); /* exactly the limit */
    CHECK_EQ((int64_t)got.len, N);
    CHECK_BYTES(got.data, first, N);

    const uint8_t *second = make_gzip(f.a, test_seed() + 1, M, file + n1, &n2);
    CHECK(file_write(path, file, n1 + n2 + 100, &f.d)); /* 100 zeros at the end */
    CHECK(file_read(f.a, path, 1 << 20, &got, &f.d));
    CHECK_EQ((int64_t)got.len, N + M);
    CHECK_BYTES(got.data, first, N);
    CHECK_BYTES(got.data + N, second, M);
    end(&f);
}

TEST(an_empty_gzip_stream_has_length_0)
{
    struct fixture f = begin();
    const char *path = path_join(f.a, f.dir, "x.gz");
    uint8_t file[100];
    size_t n = sizeof file;
    make_gzip(f.a, 1, 0, file, &n);
    struct bytes got;
    CHECK(file_write(path, file, n, &f.d));
    CHECK(file_read(f.a, path, 0, &got, &f.d));
    CHECK_EQ((int64_t)got.len, 0);
    end(&f);
}

TEST(gzip_that_inflates_to_more_than_allowed_is_an_error)
{
    struct fixture f = begin();
    const char *path = path_join(f.a, f.dir, "x.gz");
    uint8_t *file = arena_alloc(f.a, 200000);
    size_t n = 200000;
    make_gzip(f.a, 1, 300000, file, &n);
    struct bytes got;
    CHECK(file_write(path, file, n, &f.d));
    CHECK(!file_read(f.a, path, 299999, &got, &f.d));
    CHECK_STR(f.d.message, "more than 299999 bytes when inflated");
    end(&f);
}

TEST(gzip_truncated_anywhere_is_an_error)
{
    struct fixture f = begin();
    const char *path = path_join(f.a, f.dir, "x.gz");
    uint8_t file[4000];
    size_t n = sizeof file;
    make_gzip(f.a, 1, 500, file, &n);
    for (size_t cut = 2; cut < n; cut++) {
        struct bytes got;
        f.d = (struct diag){0};
        CHECK(file_write(path, file, cut, &f.d));
        CHECK(!file_read(f.a, path, 1 << 20, &got, &f.d));
        CHECK_HAS(f.d.message, "the gzip stream is truncated");
        CHECK_HAS(f.d.hint, "fetch the file again");
    }
    end(&f);
}

TEST(gzip_with_a_flipped_bit_is_never_taken_for_other_data)
{
    struct fixture f = begin();
    const char *path = path_join(f.a, f.dir, "x.gz");
    uint8_t file[4000];
    size_t n = sizeof file;
    const uint8_t *letters = make_gzip(f.a, 1, 500, file, &n);
    for (size_t i = 2; i < n; i++) {
        file[i] ^= 0x10;
        struct bytes got;
        struct diag d = {0};
        CHECK(file_write(path, file, n, &d));
        /* Flips of the time stamp, or of the padding of the last byte, change nothing. */
        if (file_read(f.a, path, 1 << 20, &got, &d))
            CHECK_BYTES(got.data, letters, 500);
        else
            CHECK_HAS(d.message, "gzip stream is");
        file[i] ^= 0x10;
    }
    end(&f);
}

TEST(garbage_after_a_gzip_stream_is_an_error)
{
    struct fixture f = begin();
    const char *path = path_join(f.a, f.dir, "x.gz");
    uint8_t file[4000];
    size_t n = sizeof file - 10;
    make_gzip(f.a, 1, 500, file, &n);
    file[n] = 'x';
    struct bytes got;
    CHECK(file_write(path, file, n + 1, &f.d));
    CHECK(!file_read(f.a, path, 1 << 20, &got, &f.d));
    CHECK_HAS(f.d.message, "corrupt after 500 inflated bytes");
    end(&f);
}

/* In a child process that may not write files longer than 1000 bytes, as on a disk that fills up
 * in the middle. */
TEST(a_write_that_fails_half_way_keeps_the_old_file_and_leaves_nothing)
{
    struct fixture f = begin();
    const char *path = path_join(f.a, f.dir, "model.c");
    CHECK(file_write(path, "old", 3, &f.d));
    fflush(NULL);
    const pid_t pid = fork();
    if (pid == 0) {
        signal(SIGXFSZ, SIG_IGN);
        const struct rlimit limit = {1000, 1000};
        setrlimit(RLIMIT_FSIZE, &limit);
        struct diag d = {0};
        const bool written = file_write(path, arena_alloc(f.a, 5000), 5000, &d);
        _exit(!written && strstr(d.message, "cannot write: ") && strcmp(d.place, path) == 0 ? 0
                                                                                            : 1);
    }
    int status;
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), 0);
    struct bytes got;
    CHECK(file_map(path, &got, &f.d));
    CHECK_EQ((int64_t)got.len, 3);
    CHECK_BYTES(got.data, "old", 3);
    CHECK_EQ(count_entries(f.dir), 1);
    end(&f);
}

TEST(writing_into_a_missing_folder_or_over_a_device_fails)
{
    struct fixture f = begin();
    CHECK(!file_write(path_join(f.a, f.dir, "no/such/file"), "x", 1, &f.d));
    CHECK_HAS(f.d.message, "cannot create: No such file or directory");
    CHECK_HAS(f.d.hint, "create the folder first");
    f.d = (struct diag){0};
    CHECK(!file_write("/dev/null", "x", 1, &f.d));
    CHECK_HAS(f.d.message, "not a regular file");
    f.d = (struct diag){0};
    CHECK(!file_write(f.dir, "x", 1, &f.d));
    CHECK_HAS(f.d.message, "not a regular file");
    f.d = (struct diag){0};
    char name[5000];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    CHECK(!file_write(name, "x", 1, &f.d));
    CHECK_HAS(f.d.message, "cannot create: File name too long");
    end(&f);
}

TEST(folders_are_made_with_their_parents_and_may_exist)
{
    struct fixture f = begin();
    const char *path = path_join(f.a, f.dir, "a/b//c/");
    CHECK(file_make_dir(path, &f.d));
    CHECK(file_make_dir(path, &f.d));
    CHECK(file_exists(path_join(f.a, f.dir, "a/b/c")));
    const char *file = path_join(f.a, f.dir, "file");
    CHECK(file_write(file, "x", 1, &f.d));
    CHECK(!file_make_dir(file, &f.d));
    CHECK_HAS(f.d.message, "not a folder");
    f.d = (struct diag){0};
    CHECK(!file_make_dir(path_join(f.a, file, "below"), &f.d));
    CHECK_HAS(f.d.message, "cannot create folder: Not a directory");
    f.d = (struct diag){0};
    CHECK(!file_make_dir("", &f.d));
    CHECK_EQ(rmdir(path_join(f.a, f.dir, "a/b/c")), 0); /* end() removes one level */
    CHECK_EQ(rmdir(path_join(f.a, f.dir, "a/b")), 0);
    end(&f);
}

TEST(temporary_folders_are_fresh_and_removed_with_their_sub_folders)
{
    struct fixture f = begin(), g = begin();
    CHECK(strcmp(f.dir, g.dir) != 0);
    CHECK(file_make_dir(path_join(f.a, f.dir, "sub"), &f.d));
    CHECK(file_write(path_join(f.a, f.dir, "sub/x"), "x", 1, &f.d));
    CHECK(file_write(path_join(f.a, f.dir, ".hidden"), "x", 1, &f.d));
    CHECK(file_write(path_join(g.a, g.dir, "kept"), "x", 1, &g.d));
    CHECK_EQ(symlink(g.dir, path_join(f.a, f.dir, "link")), 0);
    end(&f); /* checks that it is gone; a link is removed, not followed */
    CHECK(file_exists(path_join(g.a, g.dir, "kept")));
    end(&g);
    file_remove_dir("/nonexistent/folder"); /* nothing to do, no crash */
}

TEST(paths_are_joined_with_one_slash)
{
    struct arena *a = arena_new("test");
    CHECK_STR(path_join(a, "dir", "x"), "dir/x");
    CHECK_STR(path_join(a, "dir/", "x"), "dir/x");
    CHECK_STR(path_join(a, "", "x"), "x");
    CHECK_STR(path_join(a, NULL, "x"), "x");
    arena_free(a);
}

TEST_MAIN(T(what_is_written_is_mapped_and_read_back), T(an_empty_file_has_length_0),
          T(missing_files_folders_and_pipes_are_named), T(a_file_longer_than_allowed_is_an_error),
          T(gzip_is_inflated_also_in_several_members_and_with_padding),
          T(an_empty_gzip_stream_has_length_0),
          T(gzip_that_inflates_to_more_than_allowed_is_an_error),
          T(gzip_truncated_anywhere_is_an_error),
          T(gzip_with_a_flipped_bit_is_never_taken_for_other_data),
          T(garbage_after_a_gzip_stream_is_an_error),
          T(a_write_that_fails_half_way_keeps_the_old_file_and_leaves_nothing),
          T(writing_into_a_missing_folder_or_over_a_device_fails),
          T(folders_are_made_with_their_parents_and_may_exist),
          T(temporary_folders_are_fresh_and_removed_with_their_sub_folders),
          T(paths_are_joined_with_one_slash))
