/* test_detect.c - the custom operator at the end of SSD models. SPDX-License-Identifier: Apache-2.0 */
#include "import/flex.h"
#include "import/tiny_read.h"

enum { MAX, CLASSES_OF_A_BOX, CLASSES, OVERLAP, THRESHOLD, PER_CLASS, REGULAR, SCALES };

static struct tiny_tensor f32(const char *name, uint32_t rank, int32_t a, int32_t b, int32_t c)
{
    return (struct tiny_tensor){.name = name, .type = TFL_FLOAT32, .rank = rank, .dim = {a, b, c}};
}

struct ssd {
    struct flex_entry options[11];
    struct tiny m;
};

/* Boxes of 2 anchors and 3 classes with a background, as models of the detection API have them: the
 * shapes of the outputs are open. */
static struct ssd ssd(void)
{
    static const float anchors[8] = {0.5f, 0.5f, 1, 1, 0.5f, 0.5f, 0.5f, 0.5f};
    struct ssd s = {
        .options = {{"max_detections", false, 2},
                    {"max_classes_per_detection", false, 1},
                    {"num_classes", false, 3},
                    {"nms_iou_threshold", true, 0.5},
                    {"nms_score_threshold", true, 0.25},
                    {"detections_per_class", false, 7},
                    {"use_regular_nms", false, 0},
                    {"y_scale", true, 10},
                    {"x_scale", true, 10},
                    {"h_scale", false, 5},
                    {"w_scale", true, 5}},
        .m = {.version = TFL_VERSION,
              .n_codes = 1,
              .code = {{TFL_CUSTOM, TFL_CUSTOM, "TFLite_Detection_PostProcess"}},
              .n_tensors = 7,
              .tensor = {f32("codes", 3, 1, 2, 4), f32("scores", 3, 1, 2, 4), f32("a", 2, 2, 4, 0),
                         f32("boxes", 0, 0, 0, 0), f32("labels", 0, 0, 0, 0),
                         f32("quality", 2, 1, 2, 0), f32("count", 0, 0, 0, 0)},
              .n_ops = 1,
              .op = {{.n_in = 3, .in = {0, 1, 2}, .n_out = 4, .out = {3, 4, 5, 6}}},
              .n_buffers = 2,
              .buffer = {{0}, {anchors, sizeof anchors, 0, 0}},
              .in = {0, 1},
              .n_in = 2,
              .out = {3, 4, 5, 6},
              .n_out = 4},
    };
    s.m.tensor[2].buffer = 1;
    return s;
}

static const struct tiny *with_options(struct arena *a, struct ssd *s)
{
    s->m.op[0].custom = flex_map(a, s->options, 11);
    return &s->m;
}

TEST(boxes_of_an_ssd_model_are_found)
{
    struct arena *a = arena_new("test");
    struct ssd s = ssd();
    const char *text = text_of(a, with_options(a, &s));
    CHECK_HAS(text, "\"boxes\" f32 [1,2,4]\n");
    CHECK_HAS(text, "\"count\" f32 [1]\n");
    CHECK_HAS(text, "= [10, 10, 5, 5]\n");
    CHECK_HAS(text, "= div(%0, %3)");
    CHECK_HAS(text, "params [2,0,3,0,0,0,0,0] threshold 0.25 overlap 0.5");
    s.options[REGULAR].value = 1;
    s.m.tensor[0].dim[2] = 6; /* keypoints behind the box */
    text = text_of(a, with_options(a, &s));
    CHECK_HAS(text, "slice(%0) begin [0,0,0] size [1,2,4]");
    CHECK_HAS(text, "params [2,7,3,0,0,0,0,0]");
    s.m.tensor[1] = TINY_S8("scores", 0.5f, 3, 1, 2, 4);
    CHECK_HAS(text_of(a, with_options(a, &s)), "dequantize(%1)");
    arena_free(a);
}

static void expect(struct ssd s, const char *message)
{
    struct arena *a = arena_new("test");
    expect_refused(with_options(a, &s), message);
    arena_free(a);
}

TEST(options_that_mean_nothing_are_refused)
{
    struct ssd s = ssd();
    s.options[MAX].value = 0;
    expect(s, "0 boxes, 0 of each of 3 classes; expected 1 or more");
    s = ssd();
    s.options[MAX].key = "max";
    expect(s, "its options have no integer 'max_detections'");
    s.options[MAX].key = "max_detections";
    s.options[MAX].value = -3;
    expect(s, "its option 'max_detections' is -3, outside 0..16777216");
    s = ssd();
    s.options[CLASSES_OF_A_BOX].value = 2;
    expect(s, "2 classes per detection, supported is 1");
    s = ssd();
    s.options[OVERLAP].value = 1.5;
    expect(s, "threshold 0.25 and overlap 1.5, expected a finite one and one in 0..1");
    s = ssd();
    s.options[SCALES + 2].value = 0;
    expect(s, "its option 'h_scale' is 0");
    s = ssd();
    s.options[REGULAR].value = 1;
    s.options[PER_CLASS].value = 0;
    expect(s, "its option 'detections_per_class' is 0");
    s = ssd();
    s.options[CLASSES].value = 2;
    expect(s, "expected [1,n,4], [1,n,c] with c = 2 classes or one more, and [n,4]");
    s = ssd();
    s.m.tensor[5].dim[1] = 3;
    expect(s, "its output is f32 1x3, its inputs make f32 1x2");
    s = ssd();
    s.m.op[0].n_out = s.m.n_out = 3;
    expect(s, "3 outputs, expected 4");
}

TEST_MAIN(T(boxes_of_an_ssd_model_are_found), T(options_that_mean_nothing_are_refused))
