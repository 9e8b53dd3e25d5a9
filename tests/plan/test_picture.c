/* test_picture.c - plan_picture: what a person sees of a plan.
 * SPDX-License-Identifier: Apache-2.0 */
#include "handmade.h"

TEST(a_picture_shows_steps_bands_and_a_legend)
{
    struct arena *a = arena_new("test");
    struct graph *g = graph_new(a, "chain");
    const uint32_t x = add_input(g, "image", 16);
    const uint32_t u = add_node(g, OP_CONV2D, x, NO_TENSOR, "conv", 32);
    const uint32_t y = add_node(g, OP_CONV2D, u, NO_TENSOR, "y\n", 10);
    add_output(g, y);
    const struct program *p = program_of(g);
    struct text t = {.arena = a};
    plan_picture(p, plan_program(a, p), 80, &t);
    CHECK_STR(text_cstr(&t),
              "arena 48 bytes, lower bound 48: the smallest possible (greedy, 3 buffers)\n"
              "\n"
              "        step  0  1\n"
              "          32  AAACCC\n"
              "          16  BBBBBB\n"
              "           0  BBBBBB\n"
              "        full  ^^^^^^\n"
              "\n"
              "        bytes         at        steps  name\n"
              " A         16         32      0-0      image\n"
              " B         32          0      0-1      conv\n"
              " C         10         32      1-1      y?\n");
    arena_free(a);
}

/* A chain of n steps, with a picture of `width` columns. */
static const char *picture_of_chain(struct arena *a, uint32_t n, uint32_t width)
{
    struct graph *g = graph_new(a, "chain");
    uint32_t x = add_input(g, "in", 3000);
    for (uint32_t i = 0; i < n; i++)
        x = add_node(g, OP_CONV2D, x, NO_TENSOR,
                     "a name that is far too long to stand at the end of a line of the legend",
                     (int32_t)(1 + i * 37 % 5000));
    add_output(g, x);
    const struct program *p = program_of(g);
    struct text t = {.arena = a};
    plan_picture(p, plan_program(a, p), width, &t);
    return text_cstr(&t);
}

TEST(no_line_is_wider_than_asked_or_ends_in_blanks)
{
    static const uint32_t steps[] = {1, 2, 10, 30, 65, 66, 67, 200, 1000};
    static const uint32_t widths[] = {0, 48, 80, 132};
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        for (size_t k = 0; k < sizeof widths / sizeof widths[0]; k++) {
            const char *text = picture_of_chain(a, steps[i], widths[k]);
            const size_t width_max = widths[k] < 48 ? 48 : widths[k];
            const char *line = strchr(text, '\n') + 1; /* the title is a sentence */
            while (*line) {
                const char *end = strchr(line, '\n');
                CHECK((size_t)(end - line) <= width_max);
                CHECK(end == line || end[-1] != ' ');
                line = end + 1;
            }
        }
    arena_free(a);
}

TEST(every_buffer_of_a_small_net_is_to_be_seen)
{
    struct arena *a = arena_new("test");
    struct graph *g = graph_new(a, "small at the end");
    const uint32_t x = add_input(g, "x", 10000);
    const uint32_t u = add_node(g, OP_CONV2D, x, NO_TENSOR, "u", 5000);
    const uint32_t v = add_node(g, OP_CONV2D, u, NO_TENSOR, "v", 4);
    add_output(g, v);
    const struct program *p = program_of(g);
    struct text t = {.arena = a};
    plan_picture(p, plan_program(a, p), 80, &t);
    /* "v" has 4 bytes of a band of 640, "u" 520, and yet the cell shows v, buffer C. */
    CHECK_HAS(text_cstr(&t), "CCC");
    arena_free(a);
}

TEST(an_empty_arena_has_a_picture_too)
{
    struct arena *a = arena_new("test");
    struct graph *g = graph_new(a, "empty");
    const struct program *p = program_of(g);
    struct text t = {.arena = a};
    plan_picture(p, plan_program(a, p), 80, &t);
    CHECK_STR(text_cstr(&t),
              "arena 0 bytes, lower bound 0: the smallest possible (greedy, 0 buffers)\n\n");
    arena_free(a);
}

TEST_MAIN(T(a_picture_shows_steps_bands_and_a_legend),
          T(no_line_is_wider_than_asked_or_ends_in_blanks),
          T(every_buffer_of_a_small_net_is_to_be_seen), T(an_empty_arena_has_a_picture_too))
