/* streams.h - which random streams of the seed training uses, so that they never meet each other
 * or those of data/ (0 for splits, epoch * 2^32 + sample for augmentation).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_TRAIN_STREAMS_H
#define MOTE_HOST_TRAIN_STREAMS_H
#include <stdint.h>

#define STREAM_INIT  (UINT64_C(1) << 63) /* + tensor id */
#define STREAM_ORDER (UINT64_C(3) << 62) /* + epoch     */
#endif
