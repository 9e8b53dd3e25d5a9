/* assert.h - assertions on the device. SPDX-License-Identifier: Apache-2.0
 *
 * The verifier on the host established every range before the program was emitted, so a release
 * build checks nothing. A checked build (MOTE_CHECKED) stops at the faulty line: there is no stdio
 * to report with, but a debugger or an emulator shows where. */
#ifndef MOTE_COMMON_ASSERT_H
#define MOTE_COMMON_ASSERT_H

#ifdef MOTE_CHECKED
#define MOTE_ASSERT(cond) ((cond) ? (void)0 : __builtin_trap())
#else
#define MOTE_ASSERT(cond) ((void)0)
#endif
#endif
