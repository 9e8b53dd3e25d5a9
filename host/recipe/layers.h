/* layers.h - the network section of a recipe, parsed but not yet fitted to any data. Private to
 * recipe/; network.c makes a graph of it. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_RECIPE_LAYERS_H
#define MOTE_HOST_RECIPE_LAYERS_H
#include "recipe/yaml.h"

#define LAYERS_MAX      1000 /* of a network, branches included       */
#define LAYER_DEPTH_MAX 8    /* residual and concat inside each other */

enum layer_kind {
    LAYER_CONV2D,
    LAYER_DEPTHWISE_CONV2D,
    LAYER_FULLY_CONNECTED,
    LAYER_BATCH_NORM,
    LAYER_RELU,
    LAYER_RELU6,
    LAYER_SOFTMAX,
    LAYER_MAX_POOL,
    LAYER_AVERAGE_POOL,
    LAYER_GLOBAL_MAX_POOL,
    LAYER_GLOBAL_AVERAGE_POOL,
    LAYER_PAD,
    LAYER_FLATTEN,
    LAYER_RESIDUAL,
    LAYER_CONCAT,
    N_LAYER_KINDS
};

enum layer_pad { PAD_VALID, PAD_SAME };

struct yaml_layer {
    enum layer_kind kind;
    const struct yaml *at; /* its place in the file                                       */
    const char *number;    /* "3", or inside others "3.body.1", "3.shortcut.1", "3.2.1"   */
    int32_t filters;       /* conv2d                                                      */
    int32_t multiplier;    /* depthwise_conv2d                                            */
    int32_t units;         /* fully_connected; 0: the number of classes                   */
    int32_t kernel_h, kernel_w, stride_h, stride_w;
    enum layer_pad pad;
    bool bias;
    float eps;                                        /* batch_norm                  */
    int32_t pad_top, pad_bottom, pad_left, pad_right; /* pad                         */
    uint32_t n_branches;               /* residual: 2, body and shortcut; concat: 2 or more */
    const struct layer_list *branches; /* [n_branches]                                    */
};

/* Layers one after the other; none: the identity. */
struct layer_list {
    uint32_t n;
    const struct yaml_layer *items;
};

const char *layer_name(enum layer_kind kind);

/* Parse the value of "network". NULL with `d` set on error. */
const struct layer_list *layers_parse(struct arena *a, const struct yaml *network, struct diag *d);
#endif
