/* cortex-m.c - Cortex-M3 to M55: vectors, reset, faults, the semihosting trap and the instruction
 * counter. SPDX-License-Identifier: Apache-2.0
 *
 * The counter is SysTick under QEMU's -icount: one instruction takes 2^shift ns of virtual time,
 * SysTick ticks at the board's clock, so that
 *     instructions = ticks * tick_ns / 2^shift = ticks * PORT_TICK_MUL / 2^PORT_TICK_SHIFT.
 * Both come from the compiler's command line; with shift = 7 every board has more than two ticks
 * an instruction, hence rounding a difference of ticks gives the exact count.
 *
 * 24 bits of ticks last about five million instructions; the interrupt at zero counts the wraps.
 * Its handler's own instructions are measured once at reset and subtracted. */
#include "port/bare/bare.h"
#include "port/port.h"

#define REG(address) (*(volatile uint32_t *)(uintptr_t)(address))
#define SYST_CSR     REG(0xe000e010u)
#define SYST_RVR     REG(0xe000e014u)
#define SYST_CVR     REG(0xe000e018u)
#define SCB_ICSR     REG(0xe000ed04u)
#define SCB_CFSR     REG(0xe000ed28u)
#define SCB_CPACR    REG(0xe000ed88u)

enum { TICK_BITS = 24 };
#define TICK_MASK     ((1u << TICK_BITS) - 1)
#define SYST_RUN      7u /* processor clock, interrupt, enable */
#define PENDSTSET_BIT 26
#define CPACR_FPU     (0xfu << 20) /* full access to CP10 and CP11; ignored without an FPU */

void port_reset(void);
void port_fault(void);
void port_fault_on_fresh_stack(const uint32_t *frame);

static volatile uint32_t wraps;
static uint32_t handler_cost;

/* ---- The semihosting trap, interrupts, the stack pointer ---- */

__attribute__((naked, noinline)) int32_t bare_trap(uint32_t op __attribute__((unused)),
                                                   const void *arg __attribute__((unused)))
{
    __asm__ volatile("bkpt 0xab\n bx lr");
}

__attribute__((naked, noinline)) uint32_t *bare_stack_pointer(void)
{
    __asm__ volatile("mov r0, sp\n bx lr");
}

uint32_t bare_interrupts_off(void)
{
    uint32_t before;
    __asm__ volatile("mrs %0, primask\n cpsid i" : "=r"(before)::"memory");
    return before;
}

void bare_interrupts_restore(uint32_t before)
{
    __asm__ volatile("msr primask, %0" ::"r"(before) : "memory");
}

/* ---- The counter ---- */

static void count_wrap(void)
{
    wraps++;
}

/* No branches: every stamp costs the same. The phase runs from 0 at the interrupt up to 2^24 - 1.
 * An interrupt that is pending while the phase is still large came after it was read. */
void port_stamp(struct port_stamp *s)
{
    const uint32_t before = bare_interrupts_off();
    uint32_t phase = (0u - SYST_CVR) & TICK_MASK;
    uint32_t pending = (SCB_ICSR >> PENDSTSET_BIT) & 1u;
    uint32_t handled = wraps;
    bare_interrupts_restore(before);
    uint32_t early = (phase >> (TICK_BITS - 1)) ^ 1u;
    s->at = ((uint64_t)(handled + (pending & early)) << TICK_BITS) | phase;
    s->handled = handled;
}

uint32_t port_instructions(const struct port_stamp *from, const struct port_stamp *to)
{
    /* Fewer than 2^40 ticks, PORT_TICK_MUL < 2^8: fits. */
    uint64_t scaled = (to->at - from->at) * PORT_TICK_MUL + (1u << (PORT_TICK_SHIFT - 1));
    uint64_t n =
        (scaled >> PORT_TICK_SHIFT) - (uint64_t)(to->handled - from->handled) * handler_cost;
    return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

/* Write `icsr` to ICSR between two stamps. */
static __attribute__((noinline)) void stamp_around(uint32_t icsr, struct port_stamp s[2])
{
    port_stamp(&s[0]);
    SCB_ICSR = icsr;
    port_stamp(&s[1]);
}

/* Start SysTick and learn what its handler costs: pend it by hand, compare with not pending it. */
static void start_counter(void)
{
    struct port_stamp without[2], with[2];
    SYST_RVR = TICK_MASK;
    SYST_CVR = 0;
    SYST_CSR = SYST_RUN;
    while (SYST_CVR == 0) /* it reloads a tick or more after it is enabled */
        continue;
    stamp_around(0, without);
    stamp_around(1u << PENDSTSET_BIT, with);
    with[1].at -= 1u << TICK_BITS; /* no wrap happened */
    handler_cost =
        port_instructions(&with[0], &with[1]) - port_instructions(&without[0], &without[1]);
}

/* ---- Reset and faults ---- */

void port_reset(void)
{
    SCB_CPACR |= CPACR_FPU;
    __asm__ volatile("dsb\n isb" ::: "memory");
    bare_init_memory();
    start_counter();
    port_exit(main());
}

/* Whatever made the processor fault may have been the stack, so the report starts on a fresh one.
 */
__attribute__((naked)) void port_fault(void)
{
    __asm__ volatile("mrs r0, msp\n"
                     "ldr r1, =port_stack_top\n"
                     "mov sp, r1\n"
                     "b port_fault_on_fresh_stack\n"
                     ".ltorg");
}

/* The processor stacked r0-r3, r12, lr, pc, xpsr at `frame`, if there was memory. */
void port_fault_on_fresh_stack(const uint32_t *frame)
{
    if (frame < port_stack_limit)
        port_on_overflow();
    port_on_fault(SCB_CFSR, frame[6], frame[5]);
}

struct vectors {
    uint32_t *stack_top;
    void (*handler[15])(void);
};

extern const struct vectors port_vectors;
__attribute__((section(".vectors"), used)) const struct vectors port_vectors = {
    port_stack_top,
    {port_reset, port_fault, port_fault, port_fault, port_fault, port_fault, port_fault, port_fault,
     port_fault, port_fault, port_fault, port_fault, port_fault, port_fault, count_wrap}};
