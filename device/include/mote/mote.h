/* mote.h - the whole device library. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_MOTE_H
#define MOTE_MOTE_H
#include "mote/add.h"
#include "mote/broadcast.h"
#include "mote/concat.h"
#include "mote/conv2d.h"
#include "mote/depthwise_conv2d.h"
#include "mote/extremum.h"
#include "mote/fully_connected.h"
#include "mote/lut.h"
#include "mote/mul.h"
#include "mote/pad.h"
#include "mote/pool2d.h"
#include "mote/quantize.h"
#include "mote/reduce.h"
#include "mote/requantize.h"
#include "mote/resize_nearest.h"
#include "mote/softmax.h"
#include "mote/sum.h"
#include "mote/types.h"
#include "mote/view.h"
#endif
