/* peers.c - the table of peers. SPDX-License-Identifier: Apache-2.0 */
#include "sim/peers.h"

#include <string.h>

static const struct peer peers[] = {
#define PEER(model, macs, n_weighted, target, stack, kilocycles)                                   \
    {model, macs, n_weighted, target, stack, kilocycles},
#include "sim/peers.def"
#undef PEER
};

const struct peer *peer_next(const struct peer *after, const struct graph *source,
                             const char *target)
{
    uint64_t macs = 0;
    uint32_t n_weighted = 0;
    for (uint32_t i = 0; i < source->nodes.n; i++) {
        const uint64_t n = (uint64_t)node_macs(source, &source->nodes.items[i]);
        macs += n;
        n_weighted += n > 0;
    }
    for (const struct peer *p = after ? after + 1 : peers;
         p < peers + sizeof peers / sizeof peers[0]; p++)
        if (p->macs == macs && p->n_weighted == n_weighted && strcmp(p->target, target) == 0)
            return p;
    return NULL;
}
