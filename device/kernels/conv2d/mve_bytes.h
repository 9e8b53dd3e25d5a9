/* mve_bytes.h - int8: what mve_blocks.h takes in. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_CONV2D_MVE_BYTES_H
#define MOTE_CONV2D_MVE_BYTES_H

#define ELEMENT_BYTES 1

/* clang-format off */
#define MULH(y, k)         "vmulh.s32 " y ", " y ", " k "\n"
#define STORE(y, out)      "vqmovnb.s16 " y ", " y "\n" "vstrb.32 " y ", [" out "], #4\n"
#define CLAMP              mve_clamp

#define W                  "r11"
#define N                  "r7"
#define PLACE              "mov r7, r8\n"
#define END_IF_ZERO(label) "cbz r7, " label "\n"
/* clang-format on */
#endif
