/* main.c - run a model on inputs from a file and measure it. SPDX-License-Identifier: Apache-2.0
 *
 * in.bin holds the bytes of all inputs of one run, then of the next, to its end. out.bin receives
 * the bytes of all outputs of each run; a model with states goes on from run to run. report.txt then says, one fact a line:
 *
 *     runs 200          inferences
 *     step 0 31416      instructions of each step of the last run; none on a board that cannot
 *                       count
 *     total 271828      instructions of the whole last run
 *     stack 812         most bytes of stack that an inference had in use, the hook included
 *
 * Compile with -DModel=kws -DMODEL_UPPER=KWS -DMOTE_STEP_HOOK=measure_step (host/emit/emit.h has
 * the interface of the model). The hook is why this file has state of its own.
 *
 * With -DMEASURE_MARKS it also tells an observer of stores, host/sim/plugin, which step runs. */
#include "port/port.h"

#include "mote/types.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)
#define STRING_(a)  #a
#define STRING(a)   STRING_(a)
#include STRING(Model.h)

#define ARENA_BYTES   JOIN(MODEL_UPPER, _ARENA_BYTES)
#define ARENA_ALIGN   JOIN(MODEL_UPPER, _ARENA_ALIGN)
#define N_STEPS       JOIN(MODEL_UPPER, _N_STEPS)
#define N_INPUTS      JOIN(MODEL_UPPER, _N_INPUTS)
#define N_OUTPUTS     JOIN(MODEL_UPPER, _N_OUTPUTS)
#define N_FED         JOIN(MODEL_UPPER, _N_FED)
#define IN0_ROW_BYTES JOIN(MODEL_UPPER, _IN0_ROW_BYTES)
#define MODEL_INPUTS  JOIN(Model, _inputs)
#define MODEL_OUTPUTS JOIN(Model, _outputs)
#define MODEL_INVOKE  JOIN(Model, _invoke)
#if JOIN(MODEL_UPPER, _STATE_BYTES) > 0
#define MODEL_RESET JOIN(Model, _reset)
#else
#define MODEL_RESET (void)
#endif

void measure_step(uint32_t step);

static uint8_t arena[ARENA_BYTES] __attribute__((aligned(ARENA_ALIGN)));
static uint32_t step_instructions[N_STEPS];
static uint32_t total_instructions;
static uint32_t overhead;       /* of a hook, found by calling it twice */
static uint32_t i_step;         /* the step that runs, or N_STEPS      */
static struct port_stamp since; /* the end of the last hook             */

#ifdef MEASURE_MARKS
/* A byte stored to place k says: step k begins; k = N_STEPS: the inference outside of its steps;
 * one more: what is not of the counted inference. */
extern volatile uint8_t measure_marks[N_STEPS + 2];
volatile uint8_t measure_marks[N_STEPS + 2];
static bool is_marking;
#define MARK(k)        (measure_marks[is_marking ? (k) : N_STEPS + 1] = 0)
#define MARK_BEGIN()   (is_marking = true, MARK(N_STEPS))
#define MARK_NOTHING() (measure_marks[N_STEPS + 1] = 0)
#define MARK_END()     (is_marking = false)
#else
#define MARK(k)        ((void)0)
#define MARK_BEGIN()   ((void)0)
#define MARK_NOTHING() ((void)0)
#define MARK_END()     ((void)0)
#endif

/* Add without wrapping: UINT32_MAX stands for "too many to count". */
static uint32_t add_saturated(uint32_t a, uint32_t b)
{
    return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

/* Instructions since the last hook or start_run. What happens between the two stamps of one hook
 * counts for nobody. */
static uint32_t instructions_since(void)
{
    struct port_stamp now;
    port_stamp(&now);
    MARK_NOTHING();
    uint32_t n = port_instructions(&since, &now);
    return n > overhead ? n - overhead : 0;
}

/* What ran since the last hook belongs to the step that it named. */
static void charge(void)
{
    const uint32_t n = instructions_since();
    total_instructions = add_saturated(total_instructions, n);
    if (i_step < N_STEPS)
        step_instructions[i_step] = add_saturated(step_instructions[i_step], n);
}

/* The emitted program calls this before a step, or before some rows of one, and after the last.
 * noinline: the overhead must be the same wherever it is called from. */
__attribute__((noinline)) void measure_step(uint32_t step)
{
    charge();
    i_step = step;
    MARK(step);
    port_stamp(&since);
}

/* A model with one empty step. Nothing else is in it, or the compiler would move a part of that
 * between the calls; the third call keeps the second from becoming a jump. */
static __attribute__((noinline)) void invoke_nothing(void)
{
    measure_step(0);
    measure_step(1);
    measure_step(0);
}

static void forget_steps(void)
{
    i_step = N_STEPS;
    for (uint32_t i = 0; i < N_STEPS; i++)
        step_instructions[i] = 0;
}

static void learn_overhead(void)
{
    forget_steps();
    invoke_nothing();
    overhead = step_instructions[0];
}

static void put_text(char **at, const char *s)
{
    while (*s)
        *(*at)++ = *s++;
}

static void put_number(char **at, uint32_t v, uint32_t base)
{
    char digits[10];
    uint32_t n = 0;
    do
        digits[n++] = "0123456789abcdef"[v % base];
    while ((v /= base) > 0);
    while (n > 0)
        *(*at)++ = digits[--n];
}

void port_on_fault(uint32_t cause, uint32_t pc, uint32_t link)
{
    char line[96], *at = line;
    put_text(&at, "fault in step ");
    put_number(&at, i_step, 10);
    put_text(&at, ": pc 0x");
    put_number(&at, pc, 16);
    put_text(&at, ", link 0x");
    put_number(&at, link, 16);
    put_text(&at, ", cause 0x");
    put_number(&at, cause, 16);
    *at = '\0';
    port_log(line);
    port_exit(3);
}

void port_on_overflow(void)
{
    port_log("stack overflow");
    port_exit(1);
}

static bool fail(const char *why)
{
    port_log(why);
    return false;
}

enum next { NEXT_RUN, NEXT_END, NEXT_CUT };

#if N_FED == 0
static void invoke(void)
{
    MODEL_INVOKE(arena);
}

static enum next read_inputs(int32_t file)
{
    for (uint32_t i = 0; i < N_INPUTS; i++) {
        const struct mote_slot *slot = &MODEL_INPUTS[i];
        size_t n = port_read(file, arena + slot->offset, slot->bytes);
        if (n == 0 && i == 0)
            return NEXT_END;
        if (n != slot->bytes)
            return NEXT_CUT;
    }
    return NEXT_RUN;
}
#else
/* Where rows come from. The first byte of an input is read ahead: so one sees that there is one. */
struct source {
    int32_t file; /* negative: rows of any contents do */
    uint8_t first_byte;
    bool is_cut;
};
static struct source source = {.file = -1};

/* Reading a file is not part of an inference: nothing is counted meanwhile. */
static void read_rows(void *context, uint32_t first, uint32_t n_rows, void *to)
{
    struct source *s = context;
    charge();
    const size_t n_bytes = n_rows * (size_t)IN0_ROW_BYTES, n_ahead = first == 0;
    uint8_t *at = to;
    if (s->file >= 0) {
        at[0] = s->first_byte;
        if (port_read(s->file, at + n_ahead, n_bytes - n_ahead) != n_bytes - n_ahead)
            s->is_cut = true;
    }
    MARK(i_step);
    port_stamp(&since);
}

static void invoke(void)
{
    const struct mote_feed feed = {read_rows, &source};
    MODEL_INVOKE(arena, &feed);
}

/* The rows themselves are read while the model runs. */
static enum next read_inputs(int32_t file)
{
    if (source.is_cut)
        return NEXT_CUT;
    const bool is_there = port_read(file, &source.first_byte, 1) == 1;
    source.file = is_there ? file : -1;
    return is_there ? NEXT_RUN : NEXT_END;
}
#endif

/* What runs between the last hook and the end counts to the total, and the call itself with it. */
static void invoke_counted(void)
{
    forget_steps();
    total_instructions = 0;
    MARK_BEGIN();
    port_stamp(&since);
    invoke();
    total_instructions = add_saturated(total_instructions, instructions_since());
    MARK_END();
}

static bool write_outputs(int32_t file)
{
    for (uint32_t i = 0; i < N_OUTPUTS; i++)
        if (!port_write(file, arena + MODEL_OUTPUTS[i].offset, MODEL_OUTPUTS[i].bytes))
            return fail("cannot write out.bin");
    return true;
}

static bool run_all(uint32_t *n_runs)
{
    int32_t in = port_open("in.bin", PORT_READ);
    int32_t out = port_open("out.bin", PORT_WRITE);
    if (in < 0 || out < 0)
        return fail("cannot open in.bin or out.bin");
    learn_overhead();
    MODEL_RESET(arena);
    enum next next;
    while ((next = read_inputs(in)) == NEXT_RUN) {
        invoke_counted();
        if (!write_outputs(out))
            return false;
        *n_runs += 1;
    }
    return next == NEXT_END || fail("in.bin ends within an input");
}

/* Key, optional index, value. */
static bool report_line(int32_t file, const char *key, const uint32_t *index, uint32_t value)
{
    char line[48], *at = line;
    put_text(&at, key);
    if (index) {
        put_text(&at, " ");
        put_number(&at, *index, 10);
    }
    put_text(&at, " ");
    put_number(&at, value, 10);
    put_text(&at, "\n");
    return port_write(file, line, (size_t)(at - line));
}

/* The counts are written before `stack` is measured: that takes one more run, on whatever lies in
 * the arena. */
static bool report(uint32_t n_runs)
{
    int32_t file = port_open("report.txt", PORT_WRITE);
    bool ok = file >= 0 && report_line(file, "runs", NULL, n_runs);
    for (uint32_t i = 0; i < N_STEPS && total_instructions > 0; i++)
        ok = ok && report_line(file, "step", &i, step_instructions[i]);
    ok = ok && report_line(file, "total", NULL, total_instructions);
    uint32_t stack = port_stack_of(invoke);
    if (stack == PORT_STACK_OVERFLOW)
        port_on_overflow();
    ok = ok && report_line(file, "stack", NULL, stack);
    return ok || fail("cannot write report.txt");
}

int main(void)
{
    uint32_t n_runs = 0;
    port_exit(run_all(&n_runs) && report(n_runs) ? 0 : 1);
}
