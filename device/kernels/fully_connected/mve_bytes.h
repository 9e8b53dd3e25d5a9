/* mve_bytes.h - sums that become int8: what mve_outputs.h takes in. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_FULLY_CONNECTED_MVE_BYTES_H
#define MOTE_FULLY_CONNECTED_MVE_BYTES_H

#define ELEMENT_BYTES 1

#define MULH(y, k) "vmulh.s32 " y ", " y ", " k "\n"
#define STORE(y)                                                                                   \
    "vqmovnb.s16 " y ", " y "\n"                                                                   \
    "vstrb.32 " y ", [r7], #4\n"
#define CLAMP mve_clamp
#endif
