/* same_channels.h - are the channels that a pass left what they were?
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sharper than equal outputs: an error in the middle may vanish behind clamps. */
#ifndef MOTE_TESTS_SAME_CHANNELS_H
#define MOTE_TESTS_SAME_CHANNELS_H
#include "pass/ranges.h"
#include "pass/same_meaning.h"

static inline bool channel_equal(const int8_t *x, uint32_t n_x, const int8_t *y, uint32_t n_y,
                                 size_t n_positions)
{
    for (size_t i = 0; i < n_positions; i++)
        if (x[i * n_x] != y[i * n_y])
            return false;
    return true;
}

/* The channels of tensor u of g are, in order, some of those of tensor t of the source. Behind a
 * reshape positions may have become channels, and every element counts for itself. */
static inline void check_subset(const struct tensor *was, const int8_t *x, const struct tensor *is,
                                const int8_t *y)
{
    const uint32_t n_was = last_dim(was), n_is = last_dim(is);
    const size_t n_positions = tensor_bytes(is) / n_is;
    CHECK_EQ(tensor_bytes(was) / n_was, n_positions);
    uint32_t from = 0;
    for (uint32_t c = 0; c < n_is; c++, from++) {
        while (from < n_was && !channel_equal(x + from, n_was, y + c, n_is, n_positions))
            from++;
        if (from == n_was)
            test_fail(__FILE__, __LINE__, "'%s': channel %u is none of the source's", is->name,
                      (unsigned)c);
    }
}

/* Every int8 activation of g after a run, with the one of the same name in the source. */
static inline void check_same_channels(const struct graph *source, const struct interp *was,
                                       const struct graph *g, const struct interp *is)
{
    uint32_t n_compared = 0;
    for (uint32_t t = 0; t < source->tensors.n; t++)
        for (uint32_t u = 0; u < g->tensors.n; u++) {
            const struct tensor *x = &source->tensors.items[t], *y = &g->tensors.items[u];
            if (x->data || y->data || x->dtype != DT_S8 || strcmp(x->name, y->name) != 0)
                continue;
            check_subset(x, interp_tensor(was, t), y, interp_tensor(is, u));
            n_compared++;
        }
    uint32_t n_made = 0;
    for (uint32_t i = 0; i < g->nodes.n; i++)
        n_made += g->tensors.items[g->nodes.items[i].out[0]].dtype == DT_S8;
    CHECK(n_compared >= n_made);
}
#endif
