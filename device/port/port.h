/* port.h - what a board offers to a program that measures a model. SPDX-License-Identifier:
 * Apache-2.0
 *
 * The rest of the device library knows nothing of boards. A folder beside this file implements
 * the interface for one family: cortex-m and riscv (both over bare/, which speaks to the debugger
 * by semihosting), native (this machine's operating system). A product needs none of it. */
#ifndef MOTE_PORT_H
#define MOTE_PORT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum port_mode { PORT_READ, PORT_WRITE };

/* Files of the computer that the board is attached to. A handle is negative when the file could
 * not be opened; open files are closed by port_exit. */
int32_t port_open(const char *name, enum port_mode mode);
/* Bytes read: fewer than asked for only at the end of the file. */
size_t port_read(int32_t file, void *to, size_t n_bytes);
/* False when not everything was written. */
bool port_write(int32_t file, const void *from, size_t n_bytes);
/* One line on the console. */
void port_log(const char *line);
/* End the program; 0 is success. */
void port_exit(int status) __attribute__((noreturn));

/* A moment in the stream of instructions. */
struct port_stamp {
    uint64_t at;      /* in the port's own unit, 2^40 of them at least before it wraps */
    uint32_t handled; /* interrupts of the counter itself until then                   */
};
void port_stamp(struct port_stamp *s);

/* Instructions executed between two stamps, exact, except for those of the counter's own interrupt
 * handler; UINT32_MAX when there are more than that; always 0 on a board without a counter. A
 * constant number of instructions of port_stamp itself is included: measure nothing to learn it. */
uint32_t port_instructions(const struct port_stamp *from, const struct port_stamp *to);

#define PORT_STACK_UNKNOWN  0u
#define PORT_STACK_OVERFLOW UINT32_MAX
/* Call work() with interrupts off and return how many bytes of stack it used, rounded up to 64 at
 * least, or one of the values above. */
uint32_t port_stack_of(void (*work)(void));

/* Of the program, not of the port: called once by a fault handler, on a fresh stack, the second
 * when the old one was exhausted. `cause` is CFSR on Arm, mcause on RISC-V. */
void port_on_fault(uint32_t cause, uint32_t pc, uint32_t link) __attribute__((noreturn));
void port_on_overflow(void) __attribute__((noreturn));
int main(void);
#endif
