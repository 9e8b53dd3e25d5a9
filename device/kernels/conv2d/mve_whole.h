/* mve_whole.h - the multiplications of mve_blocks.h where every weight has a byte, or widens to a
 * half-word. SPDX-License-Identifier: Apache-2.0
 *
 *     LANES       "s8" or "s16"
 *     WEIGHTS(q)  code of four bytes that loads the next weights, at W */
#ifndef MOTE_CONV2D_MVE_WHOLE_H
#define MOTE_CONV2D_MVE_WHOLE_H

/* clang-format off */
#define ONE_PASS                                                                                   \
    WEIGHTS("q3")                                                                                  \
    "vmladav." LANES " r0, q0, q3\n"                                                               \
    WEIGHTS("q4")                                                                                  \
    "vmladav." LANES " r4, q1, q3\n"                                                               \
    "vmladav." LANES " r8, q2, q3\n"                                                               \
    "vmladav." LANES " r2, q0, q4\n"                                                               \
    "vmladav." LANES " r6, q1, q4\n"                                                               \
    "vmladav." LANES " r10, q2, q4\n"

/* The last step is the first one of the weights. */
#define TWO_PASS                                                                                   \
    WEIGHTS("q4")                                                                                  \
    "vmladav." LANES " r0, q0, q4\n"                                                               \
    WEIGHTS("q7")                                                                                  \
    "vmladav." LANES " r4, q2, q4\n"                                                               \
    "vmladav." LANES " r2, q0, q7\n"                                                               \
    WEIGHTS("q4")                                                                                  \
    "vmladav." LANES " r6, q2, q7\n"                                                               \
    "vmladava." LANES " r0, q1, q4\n"                                                              \
    WEIGHTS("q7")                                                                                  \
    "vmladava." LANES " r4, q3, q4\n"                                                              \
    "vmladava." LANES " r2, q1, q7\n"                                                              \
    "vmladava." LANES " r6, q3, q7\n"

#define BEFORE_STEPS WEIGHTS("q3")
#define STEP_CODE    44u
#define STEP_BY(mac, x0, x1, x2)                                                                   \
    "vldrb.8 q0, [r9, #" x0 "]\n"                                                                  \
    mac "." LANES " r0, q0, q3\n"                                                                  \
    "vldrb.8 q1, [r9, #" x1 "]\n"                                                                  \
    mac "." LANES " r4, q1, q3\n"                                                                  \
    "vldrb.8 q2, [r9, #" x2 "]\n"                                                                  \
    mac "." LANES " r8, q2, q3\n"                                                                  \
    WEIGHTS("q4")                                                                                  \
    mac "." LANES " r2, q0, q4\n"                                                                  \
    WEIGHTS("q3")                                                                                  \
    mac "." LANES " r6, q1, q4\n"                                                                  \
    mac "." LANES " r10, q2, q4\n"

#define APART(b)
/* clang-format on */
#endif
