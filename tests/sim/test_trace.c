/* test_trace.c - what the plugin writes, read; what does not fit, refused.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "sim/profile.h"

/* movs r0,#1; adds r0,#2; bne .; nop at 0x1000 */
static const uint8_t code[] = {0x01, 0x20, 0x02, 0x30, 0xfe, 0xd1, 0x00, 0xbf};

static struct image image_of(struct arena *a)
{
    struct image m = {.machine = MACHINE_ARM};
    *VEC_PUSH(a, &m.sections) =
        (struct image_section){.address = 0x1000, .bytes = {code, sizeof code}};
    return m;
}

static bool read_text(struct arena *a, const char *text, struct trace *out, struct diag *d)
{
    *d = (struct diag){0};
    return trace_read(a, (struct bytes){(const uint8_t *)text, strlen(text)}, 2, out, d);
}

#define REGIONS "region 0 1 40 30 20 3 2\nregion 1 0 0 0 0 0 0\nend\n"

TEST(blocks_come_in_order_of_region_and_address)
{
    struct arena *a = arena_new("test");
    struct trace t;
    struct diag d;
    CHECK(read_text(
        a, "block 1 1000 1004 2 7 0\nblock 0 1004 1008 2 5 1\nblock 0 1000 1004 2 6 5\n" REGIONS,
        &t, &d));
    CHECK_EQ(t.blocks.n, 3);
    CHECK_EQ(t.blocks.items[0].start, 0x1000);
    CHECK_EQ(t.blocks.items[0].executions, 6);
    CHECK_EQ(t.blocks.items[1].followed, 1);
    CHECK_EQ(t.blocks.items[2].region, 1);
    CHECK_EQ(t.regions[0].marks, 1);
    CHECK_EQ(t.regions[0].loaded, 40);
    CHECK_EQ(t.regions[0].stored, 30);
    CHECK_EQ(t.regions[0].flash, 20);
    CHECK_EQ(t.regions[0].data_misses, 3);
    CHECK_EQ(t.regions[0].code_misses, 2);
    arena_free(a);
}

TEST(a_text_that_is_not_the_plugins_is_refused)
{
    static const char *const texts[] = {
        "",                                             /* nothing             */
        "region 0 0 0 0 0 0 0\nregion 1 0 0 0 0 0 0\n", /* no end              */
        "region 0 0 0 0 0 0 0\nend\n",                  /* a region too few    */
        REGIONS "region 0 0 0 0 0 0 0\n",               /* more after the end  */
        "block 2 1000 1004 2 1 0\n" REGIONS,            /* no such region      */
        "block 0 1004 1000 2 1 0\n" REGIONS,            /* ends before it begins */
        "block 0 1000 1004 0 1 0\n" REGIONS,            /* no instructions     */
        "block 0 1000 1004 9 1 0\n" REGIONS,            /* more than bytes     */
        "block 0 1000 1004 2 1 2\n" REGIONS,            /* followed too often  */
        "block 0 1000 1004 2 1\n" REGIONS,              /* a number too few    */
        "block 0 1000 1004 2 1 0 0\n" REGIONS,          /* a number too many   */
        "block 0 1000 1004 2 99999999999999999999 0\n" REGIONS,
        "block 0 1000 1ffffffff 2 1 0\n" REGIONS,
        "hello\n" REGIONS,
    };
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct trace t;
        struct diag d;
        if (read_text(a, texts[i], &t, &d))
            test_fail(__FILE__, __LINE__, "accepted: %s", texts[i]);
        CHECK_STR(d.place, "the emulator's plugin");
    }
    arena_free(a);
}

static bool join(struct arena *a, const char *blocks, uint64_t board,
                 const struct profile_wish *wish, struct profile *out, struct diag *d)
{
    struct trace t;
    const struct image m = image_of(a);
    const struct firmware_run run = {.step_instructions = &board, .instructions = board + 9};
    CHECK(read_text(a, arena_printf(a, "%s" REGIONS, blocks), &t, d));
    return profile_join(a, &m, &t, &run, wish, out, d);
}

TEST(a_step_is_what_ran_in_it_less_two_instructions_a_hook)
{
    struct arena *a = arena_new("test");
    struct profile p;
    struct diag d;
    /* movs, adds, bne five times, of which four go back to bne alone: 3 + 4, less a hook's two */
    const struct profile_wish wish = {0};
    CHECK(join(a, "block 0 1000 1006 3 1 0\nblock 0 1004 1006 1 4 1\n", 5, &wish, &p, &d));
    CHECK_EQ(p.n_steps, 1);
    CHECK_EQ(p.steps[0].instructions, 5);
    CHECK_EQ(p.steps[0].weighted, 5);
    CHECK_EQ(p.steps[0].by_class[CLASS_OTHER], 2 - 1);
    CHECK_EQ(p.steps[0].by_class[CLASS_BRANCH], 5 - 1);
    CHECK_EQ(p.steps[0].loaded, 40);
    CHECK_EQ(p.steps[0].cycles, 0);
    /* call and return are the board's nine */
    CHECK_EQ(p.total.instructions, 14);
    CHECK_EQ(p.total.by_class[CLASS_OTHER], 10);
    arena_free(a);
}

TEST(a_count_that_is_not_the_boards_is_refused)
{
    struct arena *a = arena_new("test");
    struct profile p;
    struct diag d;
    const struct profile_wish wish = {0}, fed = {.is_fed = true};
    CHECK(!join(a, "block 0 1000 1006 3 2 0\n", 5, &wish, &p, &d));
    CHECK_HAS(d.message, "4 instructions in step 0, but the board counts 5");
    /* rows that are fed may cost the board a few more */
    CHECK(join(a, "block 0 1000 1006 3 2 0\n", 4 + FED_SLACK, &fed, &p, &d));
    CHECK_EQ(p.steps[0].instructions, 4);
    CHECK(!join(a, "block 0 1000 1006 3 2 0\n", 5 + FED_SLACK, &fed, &p, &d));
    arena_free(a);
}

TEST(code_that_the_firmware_does_not_have_is_refused)
{
    struct arena *a = arena_new("test");
    struct profile p;
    struct diag d;
    const struct profile_wish wish = {0};
    CHECK(!join(a, "block 0 2000 2006 3 2 0\n", 4, &wish, &p, &d));
    CHECK_HAS(d.message, "where the firmware has none");
    CHECK(!join(a, "block 0 1000 1008 3 2 0\n", 4, &wish, &p, &d));
    CHECK_HAS(d.message, "ends at 0x1006, not 0x1008");
    arena_free(a);
}

TEST_MAIN(T(blocks_come_in_order_of_region_and_address),
          T(a_text_that_is_not_the_plugins_is_refused),
          T(a_step_is_what_ran_in_it_less_two_instructions_a_hook),
          T(a_count_that_is_not_the_boards_is_refused),
          T(code_that_the_firmware_does_not_have_is_refused))
