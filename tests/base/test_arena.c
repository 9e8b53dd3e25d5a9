/* test_arena.c - arena.h and vec.h. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/vec.h"
#include "check.h"

static bool all_zero(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i])
            return false;
    return true;
}

TEST(every_block_is_aligned_zeroed_and_apart_from_the_others)
{
    static const size_t sizes[] = {0, 1, 63, 64, 65, 4095, 65536, 70000, 3 << 20, 7, 40 << 20, 1};
    enum { N = sizeof sizes / sizeof sizes[0] };
    uint8_t *blocks[N];
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < N; i++) {
        blocks[i] = arena_alloc(a, sizes[i]);
        CHECK(blocks[i] != NULL);
        CHECK_EQ((uintptr_t)blocks[i] % ARENA_ALIGN, 0);
        CHECK(all_zero(blocks[i], sizes[i]));
        memset(blocks[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < sizes[i]; k++)
            CHECK(blocks[i][k] == i + 1);
    arena_free(a);
}

/* Fill the arena with a random sequence of dirty blocks. Returns the sum of the addresses. */
static uintptr_t fill(struct arena *a, uint64_t seed)
{
    struct rng r = rng_seed(seed);
    uintptr_t sum = 0;
    for (int i = 0; i < 300; i++) {
        const size_t n = rng_below(&r, i % 50 == 0 ? 1u << 20 : 3000);
        uint8_t *p = arena_alloc(a, n);
        CHECK(all_zero(p, n));
        memset(p, 0xa5, n);
        sum += (uintptr_t)p;
    }
    return sum;
}

TEST(memory_after_a_reset_is_the_same_and_zeroed_again)
{
    struct arena *a = arena_new("test");
    const uintptr_t first = fill(a, test_seed());
    for (int turn = 0; turn < 5; turn++) {
        arena_reset(a);
        CHECK_EQ((int64_t)arena_used(a), 0);
        CHECK(fill(a, test_seed()) == first);
    }
    arena_reset(a);
    fill(a, test_seed() + 1); /* other sizes, other overlaps with old contents */
    arena_free(a);
}

TEST(used_counts_whole_cache_lines)
{
    struct arena *a = arena_new("test");
    CHECK_EQ((int64_t)arena_used(a), 0);
    arena_alloc(a, 1);
    arena_alloc(a, 64);
    arena_alloc(a, 65);
    CHECK_EQ((int64_t)arena_used(a), 64 + 64 + 128);
    arena_free(a);
}

TEST(copy_and_array_hold_what_was_asked_for)
{
    struct arena *a = arena_new("test");
    const char text[] = "some text";
    CHECK_STR(arena_copy(a, text, sizeof text), text);
    CHECK(arena_copy(a, NULL, 0) != NULL);
    uint64_t *numbers = ARENA_ARRAY(a, uint64_t, 1000);
    for (uint64_t i = 0; i < 1000; i++)
        CHECK(numbers[i] == 0);
    struct rng *r = ARENA_NEW(a, struct rng);
    CHECK(r->s[3] == 0);
    arena_free(a);
}

TEST(an_impossible_request_names_the_arena_and_exits_with_1)
{
    int fd[2];
    CHECK_EQ(pipe(fd), 0);
    fflush(NULL);
    const pid_t pid = fork();
    if (pid == 0) {
        dup2(fd[1], STDERR_FILENO);
        arena_alloc_array(arena_new("model"), SIZE_MAX / 2, 4);
        _exit(77);
    }
    close(fd[1]);
    char text[256] = "";
    CHECK(read(fd[0], text, sizeof text - 1) > 0);
    close(fd[0]);
    int status;
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), 1);
    CHECK_HAS(text, "out of memory: arena \"model\" asked for ");
}

TEST(a_vector_keeps_its_items_while_it_grows)
{
    struct arena *a = arena_new("test");
    VEC(uint32_t) v = {0};
    for (uint32_t i = 0; i < 10000; i++) {
        uint32_t *item = VEC_PUSH(a, &v);
        CHECK_EQ(*item, 0);
        *item = i * 3;
    }
    CHECK_EQ(v.n, 10000);
    for (uint32_t i = 0; i < 10000; i++)
        CHECK_EQ(v.items[i], i * 3);
    arena_free(a);
}

TEST_MAIN(T(every_block_is_aligned_zeroed_and_apart_from_the_others),
          T(memory_after_a_reset_is_the_same_and_zeroed_again), T(used_counts_whole_cache_lines),
          T(copy_and_array_hold_what_was_asked_for),
          T(an_impossible_request_names_the_arena_and_exits_with_1),
          T(a_vector_keeps_its_items_while_it_grows))
