/* test_diag.c - diag.h. SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>

#include "base/diag.h"
#include "check.h"

static const char *printed(const struct diag *d, char *buffer, size_t size)
{
    memset(buffer, 0, size);
    FILE *f = fmemopen(buffer, size, "w");
    CHECK(f != NULL);
    diag_print(d, f);
    fclose(f);
    return buffer;
}

TEST(an_error_prints_place_message_and_hint)
{
    char text[512];
    struct diag d = {0};
    CHECK_STR(printed(&d, text, sizeof text), "");
    CHECK(!diag_error(&d, "recipe.yaml:12:5", "kernel %dx%d does not fit", 9, 9));
    CHECK(d.failed);
    CHECK_STR(printed(&d, text, sizeof text), "recipe.yaml:12:5: error: kernel 9x9 does not fit\n");
    CHECK(!diag_hint(&d, "use pad: %s", "same"));
    CHECK_STR(printed(&d, text, sizeof text),
              "recipe.yaml:12:5: error: kernel 9x9 does not fit\n  hint: use pad: same\n");
}

TEST(an_error_without_a_place_starts_with_error)
{
    char text[512];
    struct diag d = {0};
    diag_error(&d, NULL, "no compiler");
    CHECK_STR(printed(&d, text, sizeof text), "error: no compiler\n");
}

TEST(the_first_error_stays_and_the_hint_of_a_later_one_is_dropped)
{
    struct diag d = {0};
    diag_error(&d, "a", "first");
    diag_error(&d, "b", "second");
    diag_hint(&d, "hint of the second");
    CHECK_STR(d.place, "a");
    CHECK_STR(d.message, "first");
    CHECK_STR(d.hint, "");
}

TEST(a_hint_without_an_error_is_ignored)
{
    struct diag d = {0};
    diag_hint(&d, "no error");
    CHECK_STR(d.hint, "");
}

TEST(a_message_longer_than_its_field_is_cut_not_overrun)
{
    char text[4000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct diag d = {0};
    diag_error(&d, text, "%s", text);
    diag_hint(&d, "%s", text);
    CHECK_EQ((int64_t)strlen(d.place), (int64_t)sizeof d.place - 1);
    CHECK_EQ((int64_t)strlen(d.message), (int64_t)sizeof d.message - 1);
    CHECK_EQ((int64_t)strlen(d.hint), (int64_t)sizeof d.hint - 1);
}

TEST(errno_values_become_words_and_a_full_disk_says_so)
{
    struct diag d = {0};
    CHECK(!diag_errno(&d, "out/model.c", "cannot write", ENOSPC));
    CHECK_STR(d.message, "cannot write: disk full");
    CHECK_HAS(d.hint, "free some space");
    struct diag e = {0};
    diag_errno(&e, "out/model.c", "cannot write", EACCES);
    CHECK_STR(e.message, "cannot write: Permission denied");
    CHECK_STR(e.hint, "");
}

TEST_MAIN(T(an_error_prints_place_message_and_hint), T(an_error_without_a_place_starts_with_error),
          T(the_first_error_stays_and_the_hint_of_a_later_one_is_dropped),
          T(a_hint_without_an_error_is_ignored),
          T(a_message_longer_than_its_field_is_cut_not_overrun),
          T(errno_values_become_words_and_a_full_disk_says_so))
