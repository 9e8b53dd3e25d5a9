/* test_cache.c - the small caches in front of flash. SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "sim/plugin/cache.h"

TEST(a_line_is_there_after_it_was_read)
{
    struct cache c;
    cache_init(&c, DATA_LINES);
    CHECK(!cache_has(&c, 0));
    CHECK(cache_has(&c, 0));
    CHECK(!cache_has(&c, N_HINTS)); /* the same low bits, another line */
    CHECK(cache_has(&c, 0));
    CHECK(cache_has(&c, N_HINTS));
}

TEST(the_line_that_was_not_used_for_longest_goes)
{
    struct cache c;
    cache_init(&c, 2);
    CHECK(!cache_has(&c, 1));
    CHECK(!cache_has(&c, 2));
    CHECK(cache_has(&c, 1));
    CHECK(!cache_has(&c, 3)); /* takes the place of 2 */
    CHECK(cache_has(&c, 1));
    CHECK(!cache_has(&c, 2));
}

TEST(a_loop_over_more_lines_than_there_are_always_misses)
{
    struct cache c;
    uint32_t n_misses = 0;
    cache_init(&c, CODE_LINES);
    for (uint32_t turn = 0; turn < 3; turn++)
        for (uint32_t line = 0; line < CODE_LINES; line++)
            n_misses += !cache_has(&c, line);
    CHECK_EQ(n_misses, CODE_LINES);
    cache_init(&c, CODE_LINES);
    n_misses = 0;
    for (uint32_t turn = 0; turn < 3; turn++)
        for (uint32_t line = 0; line <= CODE_LINES; line++)
            n_misses += !cache_has(&c, line);
    CHECK_EQ(n_misses, 3 * (CODE_LINES + 1));
}

TEST_MAIN(T(a_line_is_there_after_it_was_read), T(the_line_that_was_not_used_for_longest_goes),
          T(a_loop_over_more_lines_than_there_are_always_misses))
