/* flexbuffer.h - reads the options of custom operators, believing nothing.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A FlexBuffer ends with its root: the value, its type, and how many bytes the value takes. Here
 * the root must be a map of numbers: a vector of values, one byte of type for each, and a vector
 * of keys, sorted, which begins at an offset that stands three places before the first value.
 * Offsets count backwards from where they stand. Every one is checked before it is used. */
#ifndef MOTE_HOST_IMPORT_FLEXBUFFER_H
#define MOTE_HOST_IMPORT_FLEXBUFFER_H
#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

/* The integer or truth value at `key` of the map. False when the buffer is damaged, is no map, or
 * has no such key with an integer. */
bool flex_int(struct bytes buffer, const char *key, int64_t *out);

/* The same for a number of any kind. */
bool flex_number(struct bytes buffer, const char *key, double *out);
#endif
