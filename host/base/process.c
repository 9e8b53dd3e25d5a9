/* process.c - run a program in a process group of its own and collect what it prints.
 *
 * Between fork and exec only async-signal-safe functions are called (the program may have
 * threads), so the PATH is searched before. A failing exec is told through a close-on-exec pipe.
 * The group leader is reaped last: until then its process group cannot be reused, and killing the
 * group is safe.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* pipe2: POSIX since 2024, in glibc 2.36 still an extension */
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

#define OUTPUT_MAX ((size_t)1 << 20)
#define PATH_BYTES 4096
#define TICK_MS    50 /* how long a program that closed its output early may go unnoticed */

static bool is_program(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* The file that `program` names, as execvp would find it. */
static bool find_program(const char *program, char *found, size_t found_bytes)
{
    if (strchr(program, '/')) {
        const int n = snprintf(found, found_bytes, "%s", program);
        return n > 0 && (size_t)n < found_bytes && is_program(found);
    }
    const char *path = getenv("PATH");
    if (!path)
        path = "/usr/bin:/bin";
    while (program[0]) {
        const size_t n_dir = strcspn(path, ":");
        const int n =
            snprintf(found, found_bytes, "%.*s%s%s", (int)n_dir, path, n_dir ? "/" : "./", program);
        if (n > 0 && (size_t)n < found_bytes && is_program(found))
            return true;
        if (path[n_dir] == '\0')
            return false;
        path += n_dir + 1;
    }
    return false;
}

bool process_found(const char *program)
{
    char path[PATH_BYTES];
    return find_program(program, path, sizeof path);
}

/* In a group of its own the program does not see the Ctrl-C that ends its parent: let it end then,
 * too. */
#ifdef __linux__
static void end_with_parent(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}
#else
static void end_with_parent(void)
{
}
#endif

/* In the child: never returns. A failure is written to `status_fd` as an errno value. */
static _Noreturn void become(const char *path, const char *const *argv, const char *dir,
                             int output_fd, int status_fd)
{
    char *const *args; /* execv changes nothing, but takes no const strings */
    memcpy(&args, &argv, sizeof args);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0);
    end_with_parent();
    const int empty = open("/dev/null", O_RDONLY);
    if (empty >= 0 && dup2(empty, 0) == 0 && dup2(output_fd, 1) == 1 && dup2(output_fd, 2) == 2 &&
        (!dir || chdir(dir) == 0))
        execv(path, args);
    const int error = errno;
    if (write(status_fd, &error, sizeof error) < 0)
        _exit(126);
    _exit(127);
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Has the program ended? It stays a zombie. */
static bool has_ended(pid_t pid)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
}

/* Take what is there to read, at most a buffer full. False at the end of the stream. */
static bool read_some(int fd, struct text *output)
{
    char buffer[4096];
    const ssize_t n = read(fd, buffer, sizeof buffer);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN;
    const size_t room = OUTPUT_MAX - output->len;
    text_add_bytes(output, buffer, (size_t)n < room ? (size_t)n : room);
    return n > 0;
}

/* Collect output until the program has ended, or the time is over (false). Children that it left
 * behind may keep the pipe open, so the end of the stream alone does not decide. */
static bool collect(pid_t pid, int fd, int timeout_s, struct text *output)
{
    const int64_t deadline = now_ms() + (int64_t)timeout_s * 1000;
    bool open_end = true;
    for (;;) {
        const bool ended = has_ended(pid);
        struct pollfd p = {.fd = open_end ? fd : -1, .events = POLLIN};
        const int64_t left = deadline - now_ms();
        int wait_ms = open_end ? TICK_MS : 1;
        if (ended || left <= 0)
            wait_ms = 0;
        else if (left < wait_ms)
            wait_ms = (int)left;
        const int ready = poll(&p, 1, wait_ms);
        if (ready > 0)
            open_end = read_some(fd, output);
        if (ended && ready <= 0)
            return true;
        if (!ended && left <= 0)
            return false;
    }
}

static void reap(pid_t pid, struct process_result *out)
{
    int status = 0;
    kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    out->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void close_pair(const int fd[2])
{
    close(fd[0]);
    close(fd[1]);
}

/* Start the program. Returns its id, or -1 with errno. `output_fd` gets its output. */
static pid_t start(const char *path, const char *const *argv, const char *dir, int *output_fd)
{
    int output[2], status[2];
    if (pipe2(output, O_CLOEXEC) != 0)
        return -1;
    if (pipe2(status, O_CLOEXEC) != 0) {
        close_pair(output);
        return -1;
    }
    const pid_t pid = fork();
    if (pid == 0)
        become(path, argv, dir, output[1], status[1]);
    int error = pid < 0 ? errno : 0;
    close(output[1]);
    close(status[1]);
    while (pid > 0 && read(status[0], &error, sizeof error) < 0 && errno == EINTR)
        continue;
    close(status[0]);
    if (!error) {
        *output_fd = output[0];
        return pid;
    }
    close(output[0]);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    errno = error;
    return -1;
}

bool process_run(struct arena *a, const char *const *argv, const char *dir, int timeout_s,
                 struct process_result *out, struct diag *d)
{
    char path[PATH_BYTES];
    if (!find_program(argv[0], path, sizeof path)) {
        diag_error(d, NULL, "cannot run %s: no such program", argv[0]);
        return diag_hint(d, "install %s, or add its folder to PATH", argv[0]);
    }
    int fd = -1;
    const pid_t pid = start(path, argv, dir, &fd);
    if (pid < 0) {
        char doing[512];
        snprintf(doing, sizeof doing, "cannot run %s%s%s", argv[0], dir ? " in " : "",
                 dir ? dir : "");
        return diag_errno(d, NULL, doing, errno);
    }
    struct text output = {.arena = a};
    *out = (struct process_result){0};
    out->timed_out = !collect(pid, fd, timeout_s, &output);
    reap(pid, out);
    close(fd);
    out->output = text_cstr(&output);
    return true;
}
