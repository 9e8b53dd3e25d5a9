/* riscv.c - 32-bit RISC-V in machine mode: reset, faults, the semihosting trap and the instruction
 * counter. SPDX-License-Identifier: Apache-2.0
 *
 * The counter is minstret, exact under QEMU's -icount shift=0 (version 7.2 multiplies it by the
 * tick length for any other shift). */
#include "port/bare/bare.h"
#include "port/port.h"

void port_reset(void);
void port_trap(void);
void port_start(void);
void port_trap_on_fresh_stack(const uint32_t *sp, uint32_t link, uint32_t pc, uint32_t cause);

/* Three instructions, all uncompressed and in one page, are the trap (RISC-V semihosting, 0.4). */
__attribute__((naked, noinline, aligned(16))) int32_t
bare_trap(uint32_t op __attribute__((unused)), const void *arg __attribute__((unused)))
{
    __asm__ volatile(".option push\n"
                     ".option norvc\n"
                     "slli zero, zero, 0x1f\n"
                     "ebreak\n"
                     "srai zero, zero, 7\n"
                     ".option pop\n"
                     "ret");
}

__attribute__((naked, noinline)) uint32_t *bare_stack_pointer(void)
{
    __asm__ volatile("mv a0, sp\n ret");
}

/* Nothing interrupts: the counter has 64 bits. */
uint32_t bare_interrupts_off(void)
{
    return 0;
}

void bare_interrupts_restore(uint32_t before)
{
    (void)before;
}

/* The low half alone wraps; reading high, low, high again and repeating when they differ is the
 * manual's way. A repeat happens once in 2^32 instructions. */
void port_stamp(struct port_stamp *s)
{
    uint32_t low, high, again;
    do {
        __asm__ volatile(".option push\n"
                         ".option arch, +zicsr\n"
                         "csrr %0, minstreth\n"
                         "csrr %1, minstret\n"
                         "csrr %2, minstreth\n"
                         ".option pop"
                         : "=r"(high), "=r"(low), "=r"(again));
    } while (high != again);
    s->at = (uint64_t)high << 32 | low;
    s->handled = 0;
}

uint32_t port_instructions(const struct port_stamp *from, const struct port_stamp *to)
{
    uint64_t n = to->at - from->at;
    return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

__attribute__((naked)) void port_reset(void)
{
    __asm__ volatile(".option push\n"
                     ".option norelax\n"
                     ".option arch, +zicsr\n"
                     "la gp, __global_pointer$\n"
                     "la sp, port_stack_top\n"
                     "la t0, port_trap\n"
                     "csrw mtvec, t0\n"
                     "j port_start\n"
                     ".option pop");
}

void port_start(void)
{
    bare_init_memory();
    port_exit(main());
}

__attribute__((naked, aligned(4))) void port_trap(void)
{
    __asm__ volatile(".option push\n"
                     ".option arch, +zicsr\n"
                     "mv a0, sp\n"
                     "mv a1, ra\n"
                     "csrr a2, mepc\n"
                     "csrr a3, mcause\n"
                     "la sp, port_stack_top\n"
                     "j port_trap_on_fresh_stack\n"
                     ".option pop");
}

void port_trap_on_fresh_stack(const uint32_t *sp, uint32_t link, uint32_t pc, uint32_t cause)
{
    if (sp < port_stack_limit)
        port_on_overflow();
    port_on_fault(cause, pc, link);
}
