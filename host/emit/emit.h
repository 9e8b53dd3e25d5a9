/* emit.h - print a planned program as C.
 * SPDX-License-Identifier: Apache-2.0
 *
 * <name>.h: sizes as macros, the interface. <name>.c: constants and one function that calls the
 * kernels in order. Compiles with -std=c99 -Wall -Wextra -Wconversion -Werror, the header also as
 * C++. Every external name starts with the model's. Same program, same bytes.
 *
 * The interface of a model called kws, on which firmware and scripts rely:
 *
 *     #define KWS_ARENA_BYTES  8640u     the arena, aligned to KWS_ARENA_ALIGN (16)
 *     #define KWS_STATE_BYTES  0u        the beginning of it that lasts from call to call
 *     #define KWS_WEIGHT_BYTES 23016u    constants in flash
 *     #define KWS_STACK_BYTES  352u      stack below the call of kws_invoke, for one board, without
 *                                        what a function that feeds rows needs itself; only in
 *                                        a header that was written when the board's compiler was at
 *                                        hand
 *     #define KWS_N_STEPS      11u       steps of one inference
 *     #define KWS_N_INPUTS     1u        ... KWS_N_OUTPUTS
 *     #define KWS_N_FED        0u        1: input 0 is fed by rows, see below
 *     #define KWS_IN0_BYTES    490u      per input and output: also KWS_IN0_OFFSET (in the arena),
 *                                        KWS_IN0_SCALE (float), KWS_IN0_ZERO; KWS_OUT0_...
 *     extern const struct mote_slot kws_inputs[KWS_N_INPUTS], kws_outputs[KWS_N_OUTPUTS];
 *     extern const char *const kws_step_names[KWS_N_STEPS];   only with MOTE_STEP_NAMES defined
 *     void kws_reset(void *arena);       only if the model has states: before the first call and to
 *                                        begin anew
 *     void kws_invoke(void *arena);      write the inputs at their slots first; inputs do not
 *                                        survive, outputs stay until the next call
 *
 * A fed model has KWS_IN0_ROWS and KWS_IN0_ROW_BYTES instead of KWS_IN0_OFFSET, no kws_inputs, and
 *
 *     void kws_invoke(void *arena, const struct mote_feed *feed);     mote/cascade.h
 *
 * The source calls MOTE_STEP(i) before step i, in a cascade before each of its stripes, and
 * MOTE_STEP(KWS_N_STEPS) after the last step; it is empty unless the build defines MOTE_STEP_HOOK
 * as the name of a void function (uint32_t step). */
#ifndef MOTE_HOST_EMIT_H
#define MOTE_HOST_EMIT_H
#include "base/str.h"
#include "plan/plan.h"
#include "sched/sched.h"

struct emitted {
    struct text header, source;
    /* All constant arrays: weights, biases, multipliers, shifts. The const structs of the kernels
     * also lie in flash, but their size is the target compiler's affair; they do not count. */
    size_t weight_bytes;
};

/* What the header states about the stack below the call of invoke: it depends on a compiler, so it
 * is known only for a board, once a firmware was built. */
struct emit_stack {
    const char *board;
    size_t bytes;
};

/* `name`: a C identifier in lower case. */
void emit_c(struct arena *a, const struct program *p, const struct memory_plan *m, const char *name,
            struct emitted *out);

/* Print the header again, now with the stack; out->weight_bytes stands from emit_c. */
void emit_header(struct arena *a, const struct program *p, const struct memory_plan *m,
                 const char *name, const struct emit_stack *stack, struct emitted *out);
#endif
