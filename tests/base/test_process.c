/* test_process.c - process.h. SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "check.h"

/* Run a shell script: what it does is up to the test, the shell is just a program at hand. */
static struct process_result run(struct arena *a, const char *script, const char *dir,
                                 int timeout_s)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    struct diag d = {0};
    struct process_result r;
    CHECK(process_run(a, argv, dir, timeout_s, &r, &d));
    return r;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

TEST(output_of_both_streams_and_the_status_come_back)
{
    struct arena *a = arena_new("test");
    const struct process_result r = run(a, "echo out; echo err >&2; exit 3", NULL, 20);
    CHECK_EQ(r.status, 3);
    CHECK(!r.timed_out);
    CHECK_STR(r.output, "out\nerr\n");
    CHECK_STR(run(a, ":", NULL, 20).output, "");
    CHECK_EQ(run(a, "kill -9 $$", NULL, 20).status, 128 + 9);
    arena_free(a);
}

TEST(arguments_are_passed_without_a_shell)
{
    struct arena *a = arena_new("test");
    const char *const argv[] = {"printf", "%s|", "a b", "$HOME;*", "", NULL};
    struct diag d = {0};
    struct process_result r;
    CHECK(process_run(a, argv, NULL, 20, &r, &d));
    CHECK_STR(r.output, "a b|$HOME;*||");
    arena_free(a);
}

TEST(standard_input_is_empty_and_the_folder_is_the_one_given)
{
    struct arena *a = arena_new("test");
    CHECK_STR(run(a, "cat; pwd", "/", 20).output, "/\n");
    arena_free(a);
}

TEST(output_beyond_one_mebibyte_is_dropped_not_waited_for)
{
    struct arena *a = arena_new("test");
    const struct process_result r =
        run(a, "dd if=/dev/zero bs=1000 count=3000 2>/dev/null | tr '\\0' x; exit 5", NULL, 60);
    CHECK_EQ(r.status, 5);
    CHECK_EQ((int64_t)strlen(r.output), 1 << 20);
    arena_free(a);
}

TEST(a_program_that_takes_too_long_is_killed_with_its_children)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    const char *dir;
    CHECK(file_temp_dir(a, &dir, &d));
    const double start = seconds();
    const struct process_result r =
        run(a, "echo started; (sleep 3; echo x > survived) & sleep 100", dir, 1);
    CHECK(seconds() - start < 50);
    CHECK(r.timed_out);
    CHECK_EQ(r.status, 128 + SIGKILL);
    CHECK_STR(r.output, "started\n");
    nanosleep(&(struct timespec){.tv_sec = 3, .tv_nsec = 500000000}, NULL);
    CHECK(!file_exists(path_join(a, dir, "survived")));
    file_remove_dir(dir);
    arena_free(a);
}

TEST(a_child_left_behind_does_not_delay_the_end)
{
    struct arena *a = arena_new("test");
    const double start = seconds();
    const struct process_result r = run(a, "sleep 100 & echo done", NULL, 60);
    CHECK(seconds() - start < 30);
    CHECK_EQ(r.status, 0);
    CHECK(!r.timed_out);
    CHECK_STR(r.output, "done\n");
    arena_free(a);
}

TEST(a_program_that_closes_its_output_is_waited_for)
{
    struct arena *a = arena_new("test");
    CHECK_EQ(run(a, "exec >&- 2>&-; sleep 0.3; exit 7", NULL, 20).status, 7);
    arena_free(a);
}

/* All that hold the pipe's writing end are the process that runs the program, and the program. */
TEST(a_program_ends_with_the_process_that_runs_it)
{
    int end[2];
    char byte;
    struct arena *a = arena_new("test");
    CHECK_EQ(pipe(end), 0);
    const pid_t parent = fork();
    if (parent == 0) {
        run(a, arena_printf(a, "printf x >&%d; exec sleep 100", end[1]), NULL, 60);
        _exit(0);
    }
    close(end[1]);
    CHECK_EQ(read(end[0], &byte, 1), 1);
    kill(parent, SIGKILL);
    CHECK_EQ(waitpid(parent, NULL, 0), parent);
    struct pollfd closed = {.fd = end[0], .events = POLLIN};
    CHECK_EQ(poll(&closed, 1, 30000), 1);
    CHECK_EQ(read(end[0], &byte, 1), 0);
    close(end[0]);
    arena_free(a);
}

TEST(what_cannot_be_started_is_named)
{
    struct arena *a = arena_new("test");
    struct process_result r;
    struct diag d = {0};
    CHECK(!process_run(a, (const char *const[]){"mote-no-such-program", NULL}, NULL, 5, &r, &d));
    CHECK_STR(d.message, "cannot run mote-no-such-program: no such program");
    CHECK_HAS(d.hint, "install mote-no-such-program");
    d = (struct diag){0};
    CHECK(!process_run(a, (const char *const[]){"/etc", NULL}, NULL, 5, &r, &d));
    CHECK_HAS(d.message, "cannot run /etc");
    d = (struct diag){0};
    CHECK(!process_run(a, (const char *const[]){"sh", NULL}, "/no/such/folder", 5, &r, &d));
    CHECK_STR(d.message, "cannot run sh in /no/such/folder: No such file or directory");
    arena_free(a);
}

TEST(programs_are_found_in_the_path_or_by_their_path)
{
    CHECK(process_found("sh"));
    CHECK(process_found("/bin/sh"));
    CHECK(!process_found("mote-no-such-program"));
    CHECK(!process_found("/etc"));
    CHECK(!process_found("/etc/passwd")); /* not executable */
    CHECK(!process_found(""));
}

TEST_MAIN(T(output_of_both_streams_and_the_status_come_back),
          T(arguments_are_passed_without_a_shell),
          T(standard_input_is_empty_and_the_folder_is_the_one_given),
          T(output_beyond_one_mebibyte_is_dropped_not_waited_for),
          T(a_program_that_takes_too_long_is_killed_with_its_children),
          T(a_child_left_behind_does_not_delay_the_end),
          T(a_program_that_closes_its_output_is_waited_for),
          T(a_program_ends_with_the_process_that_runs_it), T(what_cannot_be_started_is_named),
          T(programs_are_found_in_the_path_or_by_their_path))
