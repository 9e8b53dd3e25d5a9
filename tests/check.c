/* check.c - the test harness of check.h. SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum outcome { PASSED = 1, FAILED, SKIPPED };

static jmp_buf end_of_test;

_Noreturn void test_fail(const char *file, int line, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fprintf(stderr, "%s:%d: ", file, line);
    vfprintf(stderr, fmt, args);
    fprintf(stderr, " [seed %llu]\n", (unsigned long long)test_seed());
    va_end(args);
    longjmp(end_of_test, FAILED);
}

_Noreturn void test_skip(const char *reason)
{
    printf("  skipped: %s\n", reason);
    longjmp(end_of_test, SKIPPED);
}

uint64_t test_seed(void)
{
    const char *seed = getenv("MOTE_SEED");
    return seed ? strtoull(seed, NULL, 10) : 1;
}

int test_rounds(int n)
{
    const char *percent = getenv("MOTE_ROUNDS");
    const double part = percent ? strtod(percent, NULL) : MOTE_ROUNDS_DEFAULT;
    const int rounds = (int)(n * part / 100.0);
    return rounds > 0 ? rounds : 1;
}

const char *test_data(const char *relative)
{
    static char path[1024];
    static char reason[1100];
    const char *root = getenv("MOTE_DATA");
    snprintf(path, sizeof path, "%s/%s", root ? root : MOTE_SHARED_DATA, relative);
    if (access(path, R_OK) != 0) {
        snprintf(reason, sizeof reason, "no %s (set MOTE_DATA)", relative);
        test_skip(reason);
    }
    return path;
}

void check_eq_i64(const char *file, int line, const char *expr, long long got, long long want)
{
    if (got != want)
        test_fail(file, line, "%s is %lld, expected %lld", expr, got, want);
}

void check_near(const char *file, int line, const char *expr, double got, double want,
                double tolerance)
{
    if (!(fabs(got - want) <= tolerance))
        test_fail(file, line, "%s is %.9g, expected %.9g within %.3g", expr, got, want, tolerance);
}

void check_str(const char *file, int line, const char *expr, const char *got, const char *want)
{
    if (strcmp(got, want) != 0)
        test_fail(file, line, "%s is \"%s\", expected \"%s\"", expr, got, want);
}

void check_bytes(const char *file, int line, const char *expr, const void *got, const void *want,
                 size_t n)
{
    const uint8_t *g = got, *w = want;
    for (size_t i = 0; i < n; i++)
        if (g[i] != w[i])
            test_fail(file, line, "%s[%zu] of %zu bytes is 0x%02x, expected 0x%02x", expr, i, n,
                      g[i], w[i]);
}

static bool wanted(const char *name, int argc, char **argv)
{
    if (argc < 2)
        return true;
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return true;
    return false;
}

int test_main(const struct test *tests, size_t n, int argc, char **argv)
{
    static int count[4]; /* static: longjmp leaves it alone */
    static size_t i;
    for (i = 0; i < n; i++) {
        if (!wanted(tests[i].name, argc, argv))
            continue;
        int outcome = setjmp(end_of_test);
        if (outcome == 0) {
            tests[i].run();
            outcome = PASSED;
        }
        count[outcome]++;
        if (outcome == FAILED)
            fprintf(stderr, "FAILED %s\n", tests[i].name);
    }
    printf("%d passed, %d failed, %d skipped\n", count[PASSED], count[FAILED], count[SKIPPED]);
    if (count[FAILED] == 0 && count[SKIPPED] == 0)
        return 0;
    /* A test that ended early leaves its memory behind: no leak check at the exit. */
    fflush(stdout);
    _exit(count[FAILED] ? 1 : 0);
}
