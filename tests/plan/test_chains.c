/* test_chains.c - plans of well-known networks, with and without layers that overwrite their
 * input. SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "plan/plan.h"
#include "sched/lead.h"

#define BUFFERS_MAX 40
#define NODE_BUDGET 10000

/* A convolution, depthwise or not, with "same" padding; or a global pool, kernel = 0. */
struct layer {
    uint32_t kernel_h, kernel_w, stride, channels;
};

struct chain {
    struct plan_buffer buffers[BUFFERS_MAX];
    uint32_t n;
    uint32_t h, w, c; /* of the last buffer */
};

static struct chain chain_of(uint32_t h, uint32_t w, uint32_t c)
{
    return (struct chain){
        .buffers = {{.bytes = (size_t)h * w * c}}, .n = 1, .h = h, .w = w, .c = c};
}

/* Append a buffer written by step n - 1 from the last one, which dies there. */
static void add_layer(struct chain *chain, const struct layer *layer)
{
    const bool is_pool = layer->kernel_h == 0;
    const uint32_t s = layer->stride;
    const uint32_t h = is_pool ? 1 : (chain->h + s - 1) / s;
    const uint32_t w = is_pool ? 1 : (chain->w + s - 1) / s;
    const uint32_t kernel = is_pool ? chain->h : layer->kernel_h;
    const uint32_t reach = (h - 1) * s + kernel;
    const struct walk walk = {.in_rows = chain->h,
                              .out_rows = h,
                              .in_row_bytes = (size_t)chain->w * chain->c,
                              .out_row_bytes = (size_t)w * layer->channels,
                              .stride = s,
                              .pad = reach > chain->h ? (reach - chain->h) / 2 : 0,
                              .height = kernel};
    struct plan_buffer *in = &chain->buffers[chain->n - 1];
    CHECK(chain->n < BUFFERS_MAX);
    in->last = chain->n - 1;
    in->heir = chain->n;
    in->lead = walk_lead(&walk);
    in->trail = walk_trail(&walk);
    chain->buffers[chain->n] = (struct plan_buffer){
        .bytes = (size_t)h * w * layer->channels, .first = chain->n - 1, .last = chain->n - 1};
    chain->n++;
    chain->h = h;
    chain->w = w;
    chain->c = layer->channels;
}

/* The smallest arena, proved: apart, overlapping forward only, overlapping either way. */
static void check_plans(struct chain *chain, size_t either, size_t forward, size_t apart)
{
    struct arena *a = arena_new("test");
    const size_t want[] = {either, forward, apart};
    for (int i = 0; i < 3; i++) {
        for (uint32_t k = 0; k < chain->n; k++) {
            chain->buffers[k].trail = i < 1 ? chain->buffers[k].trail : 0;
            chain->buffers[k].lead = i < 2 ? chain->buffers[k].lead : 0;
        }
        const struct plan plan = plan_place(a, chain->buffers, chain->n, NODE_BUDGET);
        CHECK(plan_check(chain->buffers, chain->n, &plan));
        CHECK_EQ((long long)plan.arena_bytes, (long long)want[i]);
        CHECK(plan.optimal || i == 1); /* forward only is far from its bound */
    }
    arena_free(a);
}

/* Visual wake words: MobileNetV1 0.25 on 96x96 images. The widest pair, 48x48x8 -> 48x48x16, is
 * 37,248 bytes alone. */
TEST(mobilenet_takes_no_more_than_its_widest_layer)
{
    static const struct {
        uint32_t stride, channels;
    } blocks[] = {{1, 16},  {2, 32},  {1, 32},  {2, 64},  {1, 64},  {2, 128}, {1, 128},
                  {1, 128}, {1, 128}, {1, 128}, {1, 128}, {2, 256}, {1, 256}};
    struct chain chain = chain_of(96, 96, 3);
    add_layer(&chain, &(struct layer){3, 3, 2, 8});
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        add_layer(&chain, &(struct layer){3, 3, blocks[i].stride, chain.c});
        add_layer(&chain, &(struct layer){1, 1, 1, blocks[i].channels});
    }
    add_layer(&chain, &(struct layer){0, 0, 1, 256});
    check_plans(&chain, 37248, 37632, 55296);
}

/* Keyword spotting: a depthwise-separable net on 49x10 features. Equal layers in a row would drift
 * down forward only. */
TEST(keyword_spotting_takes_one_image_and_two_rows)
{
    struct chain chain = chain_of(49, 10, 1);
    add_layer(&chain, &(struct layer){10, 4, 2, 64});
    for (int i = 0; i < 4; i++) {
        add_layer(&chain, &(struct layer){3, 3, 1, 64});
        add_layer(&chain, &(struct layer){1, 1, 1, 64});
    }
    add_layer(&chain, &(struct layer){0, 0, 1, 64});
    check_plans(&chain, 8640, 11840, 16000);
}

/* ResNet-8 on 32x32 images: three 32x32x16 images are alive in the first block's second layer, of
 * which the shortcut stays whole. The sum goes in place of the layer's output. */
TEST(resnet_takes_two_images_and_two_rows)
{
    struct chain chain = chain_of(32, 32, 3);
    const struct layer layer = {3, 3, 1, 16};
    for (int i = 0; i < 3; i++)
        add_layer(&chain, &layer);
    struct plan_buffer *shortcut = &chain.buffers[1], *sum = &chain.buffers[3];
    shortcut->last = 3;
    shortcut->lead = shortcut->trail = 0;
    sum->last = 3;
    check_plans(&chain, 33792, 33792, 49152);
}

TEST_MAIN(T(mobilenet_takes_no_more_than_its_widest_layer),
          T(keyword_spotting_takes_one_image_and_two_rows), T(resnet_takes_two_images_and_two_rows))
