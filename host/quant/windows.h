/* windows.h - what the weights of a layer meet: windows of its input.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A convolution is a matrix product in disguise: each output pixel multiplies the weights by one
 * window of the input, whose values lie in the order of one channel's weights. A dense layer has
 * windows of one pixel, as many as its input has rows. Depthwise layers have a group of windows for
 * each input channel, which all output channels made of it share. */
#ifndef MOTE_HOST_QUANT_WINDOWS_H
#define MOTE_HOST_QUANT_WINDOWS_H
#include "ir/graph.h"

struct windows {
    struct attrs attrs;         /* strides, dilations and pads; 1 and 0 for a dense layer */
    int32_t in_h, in_w, in_c;   /* of the input                                           */
    int32_t kernel_h, kernel_w; /* of a window                                            */
    int32_t out_w;              /* windows side by side                                   */
    uint32_t n;                 /* windows of one inference                               */
    uint32_t n_groups, n_taps;  /* in_c and kernel_h * kernel_w where depthwise, else 1 and all */
    uint32_t n_channels;        /* of the output                                          */
    bool is_depthwise;
    uint32_t n_values; /* n_groups * n_taps: of one window                       */
};

/* Of node `n`, which has weights (pass/rewrite.h). */
struct windows windows_of(const struct graph *g, const struct node *n);

/* Window `i` of an image [in_h][in_w][in_c] to `to` [taps][groups]: what lies outside is 0. */
void windows_gather(const struct windows *w, const float *image, uint32_t i, float *to);

/* The group of output channel c, and where tap t of it lies in the layer's weights. */
uint32_t windows_group(const struct windows *w, uint32_t c);
size_t windows_weight(const struct windows *w, uint32_t c, uint32_t t);
#endif
