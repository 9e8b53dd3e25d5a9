/* test_call_graph.c - worst-case stack from what compilers and disassemblers print.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"
#include "check.h"
#include "target/call_graph.h"

#define NODE(name, bytes)                                                                          \
    "node: { title: \"" name "\" label: \"" name "\\nf.c:1:1\\n" bytes "\" }\n"
#define EDGE(from, to)                                                                             \
    "edge: { sourcename: \"" from "\" targetname: \"" to "\" label: \"f.c:2:3\" }\n"
#define EXTERN(name) "node: { title: \"" name "\" label: \"" name "\\nf.h:1:1\" shape : ellipse }\n"

static struct call_graph graph_of(const char *compiled, const char *disassembly)
{
    struct call_graph g = {.arena = arena_new("graph")};
    const struct bytes file = {(const uint8_t *)compiled, strlen(compiled)};
    call_graph_add_compiled(&g, file);
    call_graph_add_disassembly(&g, disassembly);
    return g;
}

static void check_bound(const char *compiled, const char *disassembly, size_t want)
{
    struct call_graph g = graph_of(compiled, disassembly);
    size_t bytes;
    const char *why = NULL;
    const bool ok = stack_bound(&g, "top", &bytes, &why);
    if (!ok)
        test_fail(__FILE__, __LINE__, "%s", why);
    CHECK_EQ(bytes, want);
    arena_free(g.arena);
}

static void check_unknown(const char *compiled, const char *disassembly, const char *want)
{
    struct call_graph g = graph_of(compiled, disassembly);
    size_t bytes = 1;
    const char *why = NULL;
    CHECK(!stack_bound(&g, "top", &bytes, &why));
    CHECK_STR(why, want);
    CHECK_EQ(bytes, 0);
    arena_free(g.arena);
}

TEST(the_deepest_path_counts_not_the_sum_of_all)
{
    check_bound(NODE("top", "16 bytes (static)") NODE("a", "100 bytes (static)")
                    NODE("b", "40 bytes (static)") NODE("d/f.c:c", "70 bytes (static)")
                        EDGE("top", "a") EDGE("top", "b") EDGE("b", "d/f.c:c")
                            EDGE("top", "d/f.c:c"),
                "", 16 + 40 + 70);
}

TEST(a_declaration_does_not_hide_the_frame_of_its_function)
{
    check_bound(EXTERN("a") NODE("top", "8 bytes (static)") EDGE("top", "a")
                    NODE("a", "24 bytes (dynamic,bounded)") EXTERN("a"),
                "", 32);
}

TEST(recursion_is_reported)
{
    check_unknown(NODE("top", "8 bytes (static)") NODE("a", "8 bytes (static)") EDGE("top", "a")
                      EDGE("a", "top"),
                  "", "top calls itself, directly or not");
}

TEST(a_frame_without_bound_is_reported)
{
    check_unknown(NODE("top", "8 bytes (static)") NODE("a", "8 bytes (dynamic)") EDGE("top", "a"),
                  "", "the frame of a has no bound");
}

TEST(a_call_through_a_pointer_is_reported)
{
    check_unknown(NODE("top", "8 bytes (static)") EXTERN("__indirect_call")
                      EDGE("top", "__indirect_call"),
                  "", "top calls through a pointer");
}

TEST(a_function_that_nobody_knows_is_reported)
{
    check_unknown(NODE("top", "8 bytes (static)") EXTERN("a") EDGE("top", "a"), "",
                  "nothing is known about a");
    check_unknown("", "", "no function is called top");
}

static const char calls_memset[] =
    NODE("top", "8 bytes (static)") EXTERN("memset") EDGE("top", "memset");

TEST(pushes_of_a_library_function_are_summed_on_arm)
{
    check_bound(calls_memset,
                "00002f50 <memset>:\n"
                "    2f50:\tstmdb\tsp!, {r4, r5, r6-r8, lr}\n"
                "    2f52:\tvpush\t{d8-d9}\n"
                "    2f54:\tsub\tsp, #12\n"
                "    2f56:\tstr.w\tlr, [sp, #-4]!\n"
                "    2f58:\tstrd\tr0, r1, [sp, #-16]!\n"
                "    2f5a:\tstr\tr5, [sp, #8]\n"
                "    2f5c:\tadd\tsp, #48\n"
                "    2f5e:\tpop\t{r4, r5, r6, pc}\n"
                "    2f60:\t.word\t0x12345678\n",
                8 + 24 + 16 + 12 + 4 + 16);
}

TEST(pushes_of_a_library_function_are_summed_on_riscv)
{
    check_bound(calls_memset,
                "800037d2 <memset>:\n"
                "800037d2:\tadd\tsp,sp,-32\n"
                "800037d6:\tsw\tra,28(sp)\n"
                "800037d8:\tbeqz\ta2,800037ea <memset+0x18>\n"
                "800037da:\tadd\tsp,sp,32\n"
                "800037dc:\tret\n",
                8 + 32);
}

TEST(a_second_name_of_a_library_function_is_the_same_function)
{
    check_bound(calls_memset,
                "SYMBOL TABLE:\n"
                "00000100 g     F .text\t00000004 memfill\n"
                "00000100 g     F .text\t00000004 memset\n"
                "00000200 l    d  .text\t00000000 .text\n"
                "\n"
                "00000100 <memfill>:\n"
                "     100:\tpush\t{r4, lr}\n"
                "     102:\tpop\t{r4, pc}\n",
                8 + 8);
}

TEST(library_functions_that_share_a_tail_count_once_together)
{
    check_bound(calls_memset,
                "00000100 <memset>:\n"
                "     100:\tpush\t{r4, lr}\n"
                "     102:\tbeq.n\t202 <helper+0x2>\n"
                "     104:\tbl\t300 <leaf>\n"
                "     108:\tb.w\t200 <helper>\n"
                "00000200 <helper>:\n"
                "     200:\tpush\t{r4}\n"
                "     202:\tbne.n\t100 <memset>\n"
                "     204:\tbx\tlr\n"
                "     206:\tnop\n"
                "00000300 <leaf>:\n"
                "     300:\tpush\t{r4, r5, r6, lr}\n"
                "     302:\tbx\tlr\n",
                8 + 8 + 4 + 16);
}

TEST(what_a_library_function_does_without_bound_is_reported)
{
    check_unknown(calls_memset,
                  "00000100 <memset>:\n     100:\tsub.w\tsp, sp, r3\n     104:\tbx\tlr\n",
                  "the frame of memset has no bound");
    check_unknown(calls_memset, "00000100 <memset>:\n     100:\tblx\tr3\n     104:\tbx\tlr\n",
                  "memset calls through a pointer");
    check_unknown(calls_memset,
                  "00000100 <memset>:\n     100:\tbl\t100 <memset>\n     104:\tbx\tlr\n",
                  "memset calls itself, directly or not");
    check_unknown(calls_memset,
                  "00000100 <memset>:\n     100:\tbl\t900 <elsewhere>\n     104:\tbx\tlr\n",
                  "nothing is known about elsewhere");
}

TEST(the_larger_frame_of_a_compiled_function_counts)
{
    check_bound(NODE("top", "8 bytes (static)") NODE("d/f.c:part", "24 bytes (static)")
                    EDGE("top", "d/f.c:part"),
                "00000100 <part>:\n     100:\tsub.w\tsp, sp, r3\n     104:\tbx\tlr\n"
                "00000200 <top>:\n     200:\tpush\t{r4, r5, lr}\n     202:\tbl\t100 <part>\n",
                12 + 24);
}

TEST_MAIN(T(the_deepest_path_counts_not_the_sum_of_all),
          T(a_declaration_does_not_hide_the_frame_of_its_function), T(recursion_is_reported),
          T(a_frame_without_bound_is_reported), T(a_call_through_a_pointer_is_reported),
          T(a_function_that_nobody_knows_is_reported),
          T(pushes_of_a_library_function_are_summed_on_arm),
          T(pushes_of_a_library_function_are_summed_on_riscv),
          T(a_second_name_of_a_library_function_is_the_same_function),
          T(library_functions_that_share_a_tail_count_once_together),
          T(what_a_library_function_does_without_bound_is_reported),
          T(the_larger_frame_of_a_compiled_function_counts))
