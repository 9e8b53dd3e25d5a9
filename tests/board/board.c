/* board.c - lets a test program of the workstation run on an emulated board: the C library's memory
 * and files, arguments, and what to say when the processor faults. SPDX-License-Identifier:
 * Apache-2.0
 *
 * Start-up is the port's own (device/port), the one that firmware has. Files and console go through
 * semihosting: newlib's librdimon on Arm, picolibc's libsemihost on RISC-V. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "port/bare/bare.h"
#include "port/port.h"

enum { SYS_GET_CMDLINE = 0x15 };
enum { STATUS_FAULT = 3 };
enum { LINE_BYTES = 1024, WORDS_MAX = 32 };

/* ---- Memory: every board has 4 MB of RAM at least ---- */

static _Alignas(16) char heap[2 << 20];
static size_t heap_used;

static void *more_memory(ptrdiff_t n_bytes)
{
    if (n_bytes > (ptrdiff_t)(sizeof heap - heap_used))
        return (void *)-1; /* NOLINT(performance-no-int-to-ptr): what POSIX says */
    void *at = heap + heap_used;
    heap_used += (size_t)n_bytes;
    return at;
}

/* picolibc and newlib call it by different names. */
void *sbrk(ptrdiff_t n_bytes);
void *sbrk(ptrdiff_t n_bytes)
{
    return more_memory(n_bytes);
}

void *_sbrk(ptrdiff_t n_bytes);
void *_sbrk(ptrdiff_t n_bytes)
{
    return more_memory(n_bytes);
}

#ifdef __riscv
/* picolibc keeps errno where the thread pointer says. There is one thread. */
static void start_library(void)
{
    static _Alignas(16) char thread[64];
    __asm__ volatile("mv tp, %0" ::"r"(thread));
}
#else
void initialise_monitor_handles(void);
static void start_library(void)
{
    initialise_monitor_handles();
}
#endif

int access(const char *path, int mode)
{
    (void)mode; /* nothing asks for more than reading */
    const int file = open(path, O_RDONLY);
    return file < 0 ? -1 : close(file);
}

/* ---- Faults ---- */

void port_on_fault(uint32_t cause, uint32_t pc, uint32_t link)
{
    char line[128];
    snprintf(line, sizeof line,
             "fault: pc 0x%" PRIx32 ", link 0x%" PRIx32 ", cause 0x%" PRIx32
             " (addr2line -e PROGRAM tells where)",
             pc, link, cause);
    port_log(line);
    port_exit(STATUS_FAULT);
}

void port_on_overflow(void)
{
    port_log("fault: the stack overflowed");
    port_exit(STATUS_FAULT);
}

/* ---- Arguments: NAME=VALUE is put into the environment ---- */

int __real_main(int argc, char **argv);
int __wrap_main(void);

/* The linker lets the port call this for main, and calls the program's own main __real_main. */
int __wrap_main(void)
{
    static char line[LINE_BYTES];
    static char *words[WORDS_MAX + 1];
    struct {
        char *at;
        size_t n_bytes;
    } command_line = {line, sizeof line};
    start_library();
    bare_trap(SYS_GET_CMDLINE, &command_line);
    int n = 0;
    for (char *word = strtok(line, " "); word && n < WORDS_MAX; word = strtok(NULL, " "))
        if (strchr(word, '='))
            putenv(word);
        else
            words[n++] = word;
    exit(__real_main(n, words));
}
