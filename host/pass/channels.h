/* channels.h - which channels of an int8 graph can go? SPDX-License-Identifier: Apache-2.0
 *
 * The answer only: eliminate_channels.c says why it is right and takes them out. */
#ifndef MOTE_HOST_PASS_CHANNELS_H
#define MOTE_HOST_PASS_CHANNELS_H
#include "pass/ranges.h"

/* Channels that operators tie to each other form classes, which stay or go as one. */
struct channels {
    uint32_t n;
    uint32_t *first;  /* [tensors] number of channel 0; NO_CHANNEL: the tensor stays as it is */
    uint32_t *parent; /* [n] union-find: the root stands for the class                        */
    bool *stays;      /* [n] valid at roots                                                   */
};

#define NO_CHANNEL UINT32_MAX

struct channels channels_find(struct arena *a, const struct graph *g, const struct ranges *r);

bool channel_stays(const struct channels *ch, uint32_t t, uint32_t c);
#endif
