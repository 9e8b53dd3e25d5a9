/* cache.h - what stands between flash and core: lines of 16 bytes, the least recently used is given
 * up. SPDX-License-Identifier: Apache-2.0
 *
 * Sizes are those of the accelerator that STM32F4 has in front of its flash of 128 bits (RM0090,
 * 3.5): 64 lines of code, 8 lines of data. docs/spec/cycles.md says what is assumed besides. */
#ifndef MOTE_HOST_SIM_PLUGIN_CACHE_H
#define MOTE_HOST_SIM_PLUGIN_CACHE_H
#include <stdbool.h>
#include <stdint.h>

enum { LINE_BITS = 4, CODE_LINES = 64, DATA_LINES = 8, N_HINTS = 1024 };

struct cache {
    uint32_t n_lines; /* at most CODE_LINES */
    uint64_t tags[CODE_LINES], used[CODE_LINES], now;
    uint8_t hints[N_HINTS]; /* where a line perhaps is, by its low bits */
};

void cache_init(struct cache *c, uint32_t n_lines);
/* Is the line there? It is afterwards. */
bool cache_has(struct cache *c, uint64_t line);
#endif
