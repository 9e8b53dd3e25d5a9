/* bare.c - what all boards without an operating system share: files through semihosting, memory
 * at reset, the stack's high-water mark. SPDX-License-Identifier: Apache-2.0
 *
 * Semihosting for AArch32 and AArch64 (Arm, 2.0) defines the operations; RISC-V uses the same
 * numbers and argument blocks. */
#include "port/bare/bare.h"

#include "port/port.h"

enum semihosting {
    SYS_OPEN = 0x01,
    SYS_WRITE0 = 0x04,
    SYS_WRITE = 0x05,
    SYS_READ = 0x06,
    SYS_EXIT_EXTENDED = 0x20
};

enum { MODE_RB = 1, MODE_WB = 5 };        /* of SYS_OPEN, as in fopen */
enum { APPLICATION_EXIT = 0x20026 };      /* of SYS_EXIT_EXTENDED     */
enum { PAINT = 0x5afec0de, MARGIN = 64 }; /* stack: colour, and what painting itself may use */

extern uint32_t port_data_load[], port_data_start[], port_data_end[];
extern uint32_t port_bss_start[], port_bss_end[];

int32_t port_open(const char *name, enum port_mode mode)
{
    uint32_t len = 0;
    while (name[len])
        len++;
    const uintptr_t args[3] = {(uintptr_t)name, mode == PORT_READ ? MODE_RB : MODE_WB, len};
    return bare_trap(SYS_OPEN, args);
}

/* SYS_READ and SYS_WRITE return the number of bytes they did not transfer. */
size_t port_read(int32_t file, void *to, size_t n_bytes)
{
    const uintptr_t args[3] = {(uintptr_t)file, (uintptr_t)to, n_bytes};
    return n_bytes - (size_t)bare_trap(SYS_READ, args);
}

bool port_write(int32_t file, const void *from, size_t n_bytes)
{
    const uintptr_t args[3] = {(uintptr_t)file, (uintptr_t)from, n_bytes};
    return bare_trap(SYS_WRITE, args) == 0;
}

void port_log(const char *line)
{
    bare_trap(SYS_WRITE0, line);
    bare_trap(SYS_WRITE0, "\n");
}

void port_exit(int status)
{
    const uintptr_t args[2] = {APPLICATION_EXIT, (uintptr_t)status};
    for (;;)
        bare_trap(SYS_EXIT_EXTENDED, args);
}

void bare_init_memory(void)
{
    const uint32_t *from = port_data_load;
    for (uint32_t *to = port_data_start; to < port_data_end; to++)
        *to = *from++;
    for (uint32_t *to = port_bss_start; to < port_bss_end; to++)
        *to = 0;
}

/* noinline: its own frame must lie within MARGIN below the stack pointer of its caller. */
static __attribute__((noinline)) void paint(volatile uint32_t *end)
{
    for (volatile uint32_t *p = port_stack_limit; p < end; p++)
        *p = PAINT;
}

uint32_t port_stack_of(void (*work)(void))
{
    uint32_t *sp = bare_stack_pointer();
    const uint32_t before = bare_interrupts_off();
    paint(sp - MARGIN / sizeof *sp);
    work();
    bare_interrupts_restore(before);

    volatile uint32_t *p = port_stack_limit;
    if (*p != PAINT)
        return PORT_STACK_OVERFLOW;
    while (p < sp - MARGIN / sizeof *sp && *p == PAINT)
        p++;
    return (uint32_t)((uintptr_t)sp - (uintptr_t)p);
}
