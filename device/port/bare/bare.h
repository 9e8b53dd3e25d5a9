/* bare.h - what a processor family supplies to bare.c. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_PORT_BARE_H
#define MOTE_PORT_BARE_H
#include <stdint.h>

/* Placed by sections.ld. The stack grows down from port_stack_top to port_stack_limit, the lowest
 * address of RAM: running over it faults instead of overwriting data. */
extern uint32_t port_stack_limit[], port_stack_top[];

/* The semihosting trap: ask the debugger, here the emulator, for operation `op`. */
int32_t bare_trap(uint32_t op, const void *arg);

/* The caller's stack pointer. */
uint32_t *bare_stack_pointer(void);

/* Keep the counter's interrupt off the stack. Returns what to restore, so that pairs nest: the hook
 * stamps while the stack is measured. */
uint32_t bare_interrupts_off(void);
void bare_interrupts_restore(uint32_t before);

/* Fill .data from flash, clear .bss: the first thing after reset. */
void bare_init_memory(void);
#endif
