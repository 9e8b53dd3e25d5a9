/* test_choose.c - kernels by their price in flash. SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "sched/choose.h"

static const struct kernel slow = {.name = "slow"}, fast = {.name = "fast"},
                           huge = {.name = "huge"};

/* Three ways to compute a layer of `size`. */
static struct menu menu_of(struct arena *a, double size)
{
    struct option *o = ARENA_ARRAY(a, struct option, 3);
    o[0] = (struct option){.step = {.kernel = &slow},
                           .cycles = 1000 * size,
                           .flash_bytes = (size_t)(100 * size),
                           .code_bytes = 300,
                           .is_measured = true};
    o[1] = (struct option){.step = {.kernel = &fast},
                           .cycles = 300 * size,
                           .flash_bytes = (size_t)(110 * size),
                           .code_bytes = 2000,
                           .is_measured = true};
    o[2] = (struct option){.step = {.kernel = &huge},
                           .cycles = 200 * size,
                           .flash_bytes = (size_t)(350 * size),
                           .code_bytes = 1500,
                           .is_measured = true};
    return (struct menu){.options = o, .n = 3};
}

static const struct kernel *kernel_of(const struct menu *m)
{
    return m->options[m->chosen].step.kernel;
}

static void choose_for(struct menu *menus, uint32_t n, enum objective objective, size_t flash_bytes)
{
    const struct choice choice = {.objective = objective, .flash_bytes = flash_bytes};
    choose(menus, n, &choice);
}

TEST(speed_takes_the_fastest_and_size_the_smallest)
{
    struct arena *a = arena_new("test");
    struct menu menus[2] = {menu_of(a, 50), menu_of(a, 80)};
    choose_for(menus, 2, OPTIMIZE_SPEED, 0);
    CHECK(kernel_of(&menus[0]) == &huge && kernel_of(&menus[1]) == &huge);
    choose_for(menus, 2, OPTIMIZE_SIZE, 0);
    CHECK(kernel_of(&menus[0]) == &slow && kernel_of(&menus[1]) == &slow);
    arena_free(a);
}

TEST(balanced_pays_for_constants_only_where_they_save_more_time)
{
    struct arena *a = arena_new("test");
    struct menu menus[2] = {menu_of(a, 50), menu_of(a, 80)};
    /* From fast to huge: a third less time for more than twice the flash. */
    choose_for(menus, 2, OPTIMIZE_BALANCED, 0);
    CHECK(kernel_of(&menus[0]) == &fast && kernel_of(&menus[1]) == &fast);
    arena_free(a);
}

TEST(a_kernel_for_a_small_layer_alone_does_not_earn_its_code)
{
    struct arena *a = arena_new("test");
    struct menu menus[2] = {menu_of(a, 1000), menu_of(a, 1)};
    menus[0].options++; /* the large layer cannot be computed slowly */
    menus[0].n--;
    choose_for(menus, 2, OPTIMIZE_BALANCED, 0);
    CHECK(kernel_of(&menus[0]) == &fast);
    CHECK(kernel_of(&menus[1]) == &fast); /* its code is there already */
    menus[1].n = 1;                       /* only slowly */
    choose_for(menus, 2, OPTIMIZE_BALANCED, 0);
    CHECK(kernel_of(&menus[1]) == &slow);
    arena_free(a);
}

TEST(code_that_several_layers_move_to_counts_once)
{
    struct option o[2] = {
        {.step = {.kernel = &huge}, .cycles = 1000, .flash_bytes = 100, .code_bytes = 3000},
        {.step = {.kernel = &slow}, .cycles = 1001, .flash_bytes = 100, .code_bytes = 2000}};
    o[0].is_measured = o[1].is_measured = true;
    struct menu menus[3];
    for (int i = 0; i < 3; i++)
        menus[i] = (struct menu){.options = o, .n = 2};
    choose_for(menus, 3, OPTIMIZE_SPEED, 0);
    for (int i = 0; i < 3; i++)
        CHECK(kernel_of(&menus[i]) == &huge);
    choose_for(menus, 3, OPTIMIZE_BALANCED, 0); /* a thousandth slower, a third less flash */
    for (int i = 0; i < 3; i++)
        CHECK(kernel_of(&menus[i]) == &slow);
}

TEST(a_limit_on_flash_is_kept_where_that_is_possible)
{
    struct arena *a = arena_new("test");
    struct menu menus[3] = {menu_of(a, 10), menu_of(a, 20), menu_of(a, 30)};
    choose_for(menus, 3, OPTIMIZE_SPEED, 0);
    const size_t most = chosen_bytes(menus, 3);
    choose_for(menus, 3, OPTIMIZE_SIZE, 0);
    const size_t least = chosen_bytes(menus, 3);
    CHECK(least < most);
    for (size_t limit = least; limit < most; limit += 100) {
        choose_for(menus, 3, OPTIMIZE_SPEED, limit);
        CHECK(chosen_bytes(menus, 3) <= limit);
    }
    choose_for(menus, 3, OPTIMIZE_SPEED, least - 1);
    CHECK_EQ((long long)chosen_bytes(menus, 3), (long long)least);
    arena_free(a);
}

TEST(more_flash_never_makes_it_slower)
{
    struct arena *a = arena_new("test");
    struct menu menus[3] = {menu_of(a, 10), menu_of(a, 20), menu_of(a, 30)};
    double before = 1e12;
    for (size_t limit = 6000; limit < 30000; limit += 500) {
        choose_for(menus, 3, OPTIMIZE_SPEED, limit);
        double cycles = 0;
        for (int i = 0; i < 3; i++)
            cycles += menus[i].options[menus[i].chosen].cycles;
        CHECK(cycles <= before);
        before = cycles;
    }
    arena_free(a);
}

TEST(a_variant_that_nobody_measured_counts_as_the_fastest)
{
    struct arena *a = arena_new("test");
    struct menu menu = menu_of(a, 50);
    menu.options[1].is_measured = false;
    choose_for(&menu, 1, OPTIMIZE_SPEED, 0);
    CHECK(kernel_of(&menu) == &fast);
    arena_free(a);
}

/* A layer computed by `slow` or by `fast`. */
static struct menu menu_of_two(struct arena *a, double slow_cycles, size_t slow_bytes,
                               double fast_cycles, size_t fast_bytes)
{
    struct option *o = ARENA_ARRAY(a, struct option, 2);
    o[0] = (struct option){.step = {.kernel = &slow},
                           .cycles = slow_cycles,
                           .flash_bytes = slow_bytes,
                           .is_measured = true};
    o[1] = (struct option){.step = {.kernel = &fast},
                           .cycles = fast_cycles,
                           .flash_bytes = fast_bytes,
                           .is_measured = true};
    return (struct menu){.options = o, .n = 2};
}

TEST(a_layer_that_could_have_huge_constants_does_not_make_bytes_cheap_for_others)
{
    struct arena *a = arena_new("test");
    /* The second layer: a fifth of all time for a fifth of all bytes, beside the first one's 100. */
    struct menu menus[2] = {menu_of_two(a, 100, 100, 99, 5000), menu_of_two(a, 100, 10, 60, 32)};
    choose_for(menus, 2, OPTIMIZE_BALANCED, 0);
    CHECK(kernel_of(&menus[0]) == &slow);
    CHECK(kernel_of(&menus[1]) == &slow);
    menus[1].options[1].flash_bytes = 19; /* a twelfth of all bytes */
    choose_for(menus, 2, OPTIMIZE_BALANCED, 0);
    CHECK(kernel_of(&menus[0]) == &slow);
    CHECK(kernel_of(&menus[1]) == &fast);
    arena_free(a);
}

TEST_MAIN(T(speed_takes_the_fastest_and_size_the_smallest),
          T(balanced_pays_for_constants_only_where_they_save_more_time),
          T(a_layer_that_could_have_huge_constants_does_not_make_bytes_cheap_for_others),
          T(a_kernel_for_a_small_layer_alone_does_not_earn_its_code),
          T(code_that_several_layers_move_to_counts_once),
          T(a_limit_on_flash_is_kept_where_that_is_possible), T(more_flash_never_makes_it_slower),
          T(a_variant_that_nobody_measured_counts_as_the_fastest))
