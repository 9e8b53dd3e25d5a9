/* test_page.c - the page and the data of a report. SPDX-License-Identifier: Apache-2.0
 *
 * How the page looks is tests/report/run.sh's affair. */
#include "check.h"
#include "report/html.h"
#include <string.h>

#define EVIL "<script>alert('1')</script>\"&"

static const struct target board = {.name = "cortex-m4", .core = "a core"};

/* x -> logistic -> add(x, .), with names that a page must not believe. */
static struct graph *skip_graph(struct arena *a)
{
    static const float scale = 1.0f / 256;
    static const int32_t zero = -128;
    struct diag d = {0};
    struct graph *g = graph_new(a, "<b>net</b>");
    const struct quant q = {.n = 1, .scale = &scale, .zero = &zero};
    const uint32_t x = graph_add_tensor(
        g, &(struct tensor){.name = EVIL, .dtype = DT_S8, .shape = {4, {1, 4, 4, 2}}, .quant = q});
    *VEC_PUSH(a, &g->inputs) = x;
    const uint32_t y = graph_add_node(g, OP_LOGISTIC, NULL, &x, 1, EVIL "2", &d);
    g->tensors.items[y].quant = q;
    g->nodes.items[0].origin = "0:" EVIL;
    const uint32_t z = graph_add_node(g, OP_ADD, NULL, (const uint32_t[]){x, y}, 2, "sum", &d);
    g->tensors.items[z].quant = q;
    g->nodes.items[1].origin = "1:a/b/c;d+2:e";
    *VEC_PUSH(a, &g->outputs) = z;
    CHECK(!d.failed);
    return g;
}

/* A report on it, as if it had run. */
struct made {
    struct arena *a;
    struct compiled compiled;
    struct firmware firmware;
    struct firmware_stack stack;
    struct firmware_run run;
    uint64_t instructions[2];
    struct cost costs[2];
    struct profile profile;
    struct report report;
};

/* Half of it loads, the rest divided; a cycle and a half each. */
static struct cost cost_of(uint64_t n)
{
    return (struct cost){
        .instructions = n,
        .weighted = n + 7,
        .by_class =
            {[CLASS_LOAD] = n / 2, [CLASS_MULTIPLY] = n / 4, [CLASS_OTHER] = n - n / 2 - n / 4},
        .cycles = n + n / 2,
        .loaded = 4 * n,
        .stored = n};
}

static void make(struct made *m)
{
    struct diag d = {0};
    *m = (struct made){.a = arena_new("test"), .instructions = {1000, 3000}};
    m->report = (struct report){.version = "1.2.3", .target = &board, .clock_mhz = 2.0};
    m->report.source = skip_graph(m->a);
    CHECK(compile(m->a, m->report.source, "net", &choice_portable, &m->compiled, &d));
    CHECK(simplify_tell(graph_clone(m->a, m->report.source), m->report.savings, &d));
    CHECK_STR(d.message, "");
    CHECK_EQ(m->compiled.program->n_steps, 2);
    m->stack.bytes = 777;
    m->firmware = (struct firmware){.flash_bytes = 54321, .stacks = &m->stack};
    m->run = (struct firmware_run){.n_runs = 1,
                                   .step_instructions = m->instructions,
                                   .instructions = 4010,
                                   .stack_bytes = 555};
    m->report.compiled = &m->compiled;
    m->report.firmware = &m->firmware;
    m->report.run = &m->run;
    m->costs[0] = cost_of(1000);
    m->costs[1] = cost_of(3000);
    m->profile = (struct profile){
        .core = core_find("cortex-m4"), .steps = m->costs, .n_steps = 2, .total = cost_of(4010)};
    m->report.profile = &m->profile;
}

static const char *page_of(const struct made *m)
{
    struct text out = {.arena = m->a};
    report_html(&m->report, &out);
    return text_cstr(&out);
}

static const char *json_of(const struct made *m)
{
    struct text out = {.arena = m->a};
    report_json(m->a, &m->report, &out);
    return text_cstr(&out);
}

static uint32_t count(const char *text, const char *part)
{
    uint32_t n = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        n++;
    return n;
}

TEST(names_from_a_model_are_text_and_never_markup)
{
    struct made m;
    make(&m);
    const char *page = page_of(&m);
    CHECK_EQ(count(page, "<script"), 0);
    CHECK_EQ(count(page, "<b>net"), 0);
    CHECK_EQ(count(page, "alert('"), 0);
    CHECK_HAS(page, "<h1>&lt;b&gt;net&lt;/b&gt;</h1>");
    CHECK_HAS(page, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;");
    CHECK_HAS(page, "default-src 'none'; style-src 'unsafe-inline'");
    arena_free(m.a);
}

TEST(the_page_has_each_step_node_and_buffer_once)
{
    struct made m;
    make(&m);
    const char *page = page_of(&m);
    CHECK_EQ(count(page, "<tr id=\"step-"), 2);
    CHECK_EQ(count(page, "<li class=\"end\">"), 2); /* the input and the output */
    CHECK_EQ(count(page, "<span class=\"tag\">output</span>"), 1);
    CHECK_EQ(count(page, "class=\"buffer\""), m.compiled.memory->n_buffers);
    CHECK_EQ(count(page, "<section"), 5);
    CHECK_EQ(count(page, "<section"), count(page, "</section>"));
    CHECK_EQ(count(page, "<svg"), count(page, "</svg>"));
    CHECK_EQ(count(page, "<details"), count(page, "</details>"));
    arena_free(m.a);
}

TEST(a_value_that_is_needed_later_has_a_lane_of_its_own)
{
    struct made m;
    make(&m);
    const char *page = page_of(&m);
    /* logistic: the input goes on in lane 0 and to the dot in lane 1, whose value goes on there */
    CHECK_HAS(page, "<line x1=\"9\" y1=\"0\" x2=\"9\" y2=\"100%\"/>"
                    "<line x1=\"9\" y1=\"0\" x2=\"27\" y2=\"19\"/>"
                    "<line x1=\"27\" y1=\"19\" x2=\"27\" y2=\"100%\"/><circle cx=\"27\"");
    /* add: both end in its dot */
    CHECK_HAS(page, "<line x1=\"9\" y1=\"0\" x2=\"9\" y2=\"19\"/>"
                    "<line x1=\"27\" y1=\"0\" x2=\"9\" y2=\"19\"/><circle cx=\"9\"");
    arena_free(m.a);
}

TEST(the_statement_has_what_was_measured)
{
    struct made m;
    make(&m);
    const char *page = page_of(&m);
    CHECK_HAS(page, "<b>54,321</b>");
    CHECK_HAS(page, "<b>777</b>");
    CHECK_HAS(page, "555 in this run");
    CHECK_HAS(page, "<b>4,010</b>");
    CHECK_HAS(page, "Cycles, predicted</dt><dd><b>6,015</b>");
    CHECK_HAS(page, "Time at 2 MHz</dt><dd><b>3.01</b>"); /* 6015 cycles / 2 MHz */
    CHECK_HAS(page, "ms at 2 MHz");
    const char *json = json_of(&m);
    CHECK_HAS(json, "\"flash_bytes\": 54321");
    CHECK_HAS(json, "\"stack_bytes\": 777");
    CHECK_HAS(json, "\"instructions\": 4010");
    CHECK_HAS(json, "\"cycles_predicted\": 6015");
    CHECK_HAS(json, "\"instructions_weighted\": 3007");
    CHECK_HAS(json, "\"ms\": 2.25"); /* 4500 cycles of the second step / 2 MHz */
    arena_free(m.a);
}

TEST(each_layer_has_its_classes_as_bars_of_one_scale)
{
    struct made m;
    make(&m);
    const char *page = page_of(&m);
    /* the longest is 4500 cycles: 1500 loads of the second step are a third of the width */
    CHECK_HAS(page, "<rect class=\"class-load\" x=\"0.000%\" width=\"33.333%\"");
    CHECK_HAS(page, "<rect class=\"class-multiply\" x=\"33.333%\" width=\"16.667%\"");
    CHECK_HAS(page, "<rect class=\"class-load\" x=\"0.000%\" width=\"11.111%\"");
    CHECK_HAS(page, "<rect class=\"cycles\" y=\"16\" width=\"100.000%\"");
    CHECK_HAS(page, "aria-label=\"load 50.0 %, store 0.0 %, multiply 25.0 %, simd 0.0 %");
    CHECK_EQ(count(page, "class=\"class-store\" x="), 0); /* nothing to show */
    arena_free(m.a);
}

TEST(without_the_plugin_the_page_says_so_and_predicts_nothing)
{
    struct made m;
    make(&m);
    m.report.profile = NULL;
    m.report.not_profiled = "no <plugin> here";
    const char *page = page_of(&m);
    CHECK_HAS(page, "no &lt;plugin&gt; here");
    CHECK_HAS(page, "Time at 2 MHz</dt><dd><b>2.00</b>"); /* 4010 instructions / 2 MHz */
    CHECK_EQ(count(page, "Cycles, predicted"), 0);
    CHECK_EQ(count(page, "class=\"class-"), 0);
    const char *json = json_of(&m);
    CHECK_HAS(json, "\"not_profiled\": \"no <plugin> here\"");
    CHECK_EQ(count(json, "\"cycles_predicted\""), 0);
    CHECK_EQ(count(json, "\"classes\""), 0);
    arena_free(m.a);
}

TEST(without_a_run_the_page_says_so_and_has_no_instructions)
{
    struct made m;
    make(&m);
    m.report.firmware = NULL;
    m.report.run = NULL;
    m.report.profile = NULL;
    m.report.not_measured = "no <tool> here";
    const char *page = page_of(&m);
    CHECK_HAS(page, "no &lt;tool&gt; here");
    CHECK_HAS(page, "Flash, constants alone");
    CHECK_EQ(count(page, "an inference</span>"), 0);
    CHECK_EQ(count(page, "ms at 2 MHz"), 0);
    CHECK_EQ(count(page, "<b>777</b>"), 0);
    const char *json = json_of(&m);
    CHECK_HAS(json, "\"not_measured\": \"no <tool> here\"");
    CHECK_EQ(count(json, "\"instructions\""), 0);
    CHECK_EQ(count(json, "\"flash_bytes\""), 0);
    arena_free(m.a);
}

TEST(a_stack_of_unknown_depth_is_told_by_its_high_water_mark)
{
    struct made m;
    make(&m);
    m.stack = (struct firmware_stack){.unknown = "a cycle"};
    const char *page = page_of(&m);
    CHECK_HAS(page, "<b>555</b>");
    CHECK_HAS(page, "the worst case is not known");
    CHECK_EQ(count(json_of(&m), "\"stack_bytes\""), 0);
    arena_free(m.a);
}

TEST(html_escapes_what_markup_is_made_of)
{
    struct arena *a = arena_new("test");
    CHECK_STR(html(a, ""), "");
    CHECK_STR(html(a, "a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
    CHECK_STR(html(a, "\n\x1b\x7f"), "&#xFFFD;&#xFFFD;&#xFFFD;");
    CHECK_STR(html(a, "\xc3\xa9"), "\xc3\xa9");
    arena_free(a);
}

TEST(origins_are_shortened_to_what_tells_them_apart)
{
    struct arena *a = arena_new("test");
    CHECK_STR(origin_short(a, ""), "");
    CHECK_STR(origin_short(a, "conv_1"), "conv_1");
    CHECK_STR(origin_short(a, "12:model/block/conv/Relu;model/bn"), "12 conv/Relu");
    CHECK_STR(origin_short(a, "1:a/b+2:c"), "1 a/b + 2 c");
    CHECK_STR(origin_short(a, "+"), "");
    char many[512] = "";
    for (int i = 0; i < 40; i++)
        strcat(many, "3:layer+");
    const char *cut = origin_short(a, many);
    CHECK_EQ(strlen(cut), ORIGIN_MAX);
    CHECK_STR(cut + ORIGIN_MAX - 3, "...");
    arena_free(a);
}

TEST(a_cut_falls_between_characters)
{
    struct arena *a = arena_new("test");
    CHECK_STR(text_short(a, "12345678", 8), "12345678");
    CHECK_STR(text_short(a, "123456789", 8), "12345...");
    CHECK_STR(text_short(a,
                         "1234\xc3\xa9"
                         "6789",
                         8),
              "1234...");
    arena_free(a);
}

TEST_MAIN(T(names_from_a_model_are_text_and_never_markup),
          T(the_page_has_each_step_node_and_buffer_once),
          T(a_value_that_is_needed_later_has_a_lane_of_its_own),
          T(the_statement_has_what_was_measured),
          T(each_layer_has_its_classes_as_bars_of_one_scale),
          T(without_the_plugin_the_page_says_so_and_predicts_nothing),
          T(without_a_run_the_page_says_so_and_has_no_instructions),
          T(a_stack_of_unknown_depth_is_told_by_its_high_water_mark),
          T(html_escapes_what_markup_is_made_of), T(origins_are_shortened_to_what_tells_them_apart),
          T(a_cut_falls_between_characters))
