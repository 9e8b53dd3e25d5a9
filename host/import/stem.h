/* stem.h - the name of a graph from the path of its file. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_IMPORT_STEM_H
#define MOTE_HOST_IMPORT_STEM_H
#include "base/arena.h"

/* "dir/kws.tflite" -> "kws" */
const char *import_stem(struct arena *a, const char *place);
#endif
