/* base.h - everything in host/base, for the files that use most of it. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef MOTE_HOST_BASE_H
#define MOTE_HOST_BASE_H
#include "base/arena.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/json.h"
#include "base/pool.h"
#include "base/process.h"
#include "base/rng.h"
#include "base/str.h"
#include "base/vec.h"
#endif
