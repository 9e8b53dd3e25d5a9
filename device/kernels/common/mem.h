/* mem.h - the functions of the C library that kernels may call. SPDX-License-Identifier: Apache-2.0
 *
 * Declared here since a freestanding compiler need not bring <string.h>; compilers emit calls to
 * them on their own anyway, so every system has them. */
#ifndef MOTE_COMMON_MEM_H
#define MOTE_COMMON_MEM_H
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
#endif
