/* check.h - the test harness: named tests, checks that print both values, skips with a reason.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     TEST(requant_rounds_half_away_from_zero)
 *     {
 *         CHECK_EQ(mote_requant(3, 1 << 30, 0), 2);
 *     }
 *     TEST_MAIN(T(requant_rounds_half_away_from_zero))
 *
 * A failed check ends its test, not the program. The last line states passed, failed, skipped.
 * Arguments: names of tests to run. Random tests take test_seed(), which MOTE_SEED overrides and
 * a failure prints. */
#ifndef MOTE_TESTS_CHECK_H
#define MOTE_TESTS_CHECK_H
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct test {
    const char *name;
    void (*run)(void);
};

#define TEST(name) static void name(void)
#define T(name)                                                                                    \
    {                                                                                              \
#name, name                                                                                \
    }
#define TEST_MAIN(...)                                                                             \
    int main(int argc, char **argv)                                                                \
    {                                                                                              \
        const struct test tests[] = {__VA_ARGS__};                                                 \
        return test_main(tests, sizeof tests / sizeof tests[0], argc, argv);                       \
    }

int test_main(const struct test *tests, size_t n, int argc, char **argv);
_Noreturn void test_fail(const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
_Noreturn void test_skip(const char *reason);
/* 1, or the number in MOTE_SEED. */
uint64_t test_seed(void);
/* How many of n random rounds to do: all of them on the workstation, fewer where each takes long
 * (tests/CMakeLists.txt), or MOTE_ROUNDS per cent; always one. */
int test_rounds(int n);
/* "<MOTE_DATA or ../shared/data>/<relative>" when it exists; else the test is skipped. */
const char *test_data(const char *relative);

void check_eq_i64(const char *file, int line, const char *expr, long long got, long long want);
void check_near(const char *file, int line, const char *expr, double got, double want,
                double tolerance);
void check_str(const char *file, int line, const char *expr, const char *got, const char *want);
/* Compares n bytes; prints the index of the first difference. */
void check_bytes(const char *file, int line, const char *expr, const void *got, const void *want,
                 size_t n);

#define CHECK(cond)                                                                                \
    do {                                                                                           \
        if (!(cond))                                                                               \
            test_fail(__FILE__, __LINE__, "%s", #cond);                                            \
    } while (0)
#define CHECK_EQ(got, want)                                                                        \
    check_eq_i64(__FILE__, __LINE__, #got, (long long)(got), (long long)(want))
#define CHECK_NEAR(got, want, tol) check_near(__FILE__, __LINE__, #got, (got), (want), (tol))
#define CHECK_STR(got, want)       check_str(__FILE__, __LINE__, #got, (got), (want))
#define CHECK_BYTES(got, want, n)  check_bytes(__FILE__, __LINE__, #got, (got), (want), (n))
/* The text contains the fragment. */
#define CHECK_HAS(text, part)                                                                      \
    do {                                                                                           \
        if (!strstr((text), (part)))                                                               \
            test_fail(__FILE__, __LINE__, "\"%s\" not in: %s", (part), (text));                    \
    } while (0)
#endif
