/* count.c - a plugin for QEMU: how often each piece of straight-line code ran in each region of a
 * program, and what memory it moved. SPDX-License-Identifier: Apache-2.0
 *
 * The program says which region it is in by storing to byte k of an array of marks. Of every
 * translation block (straight-line code, left only at its end) its executions are counted by the
 * region in which it began, so an instruction costs nothing and a block one call. Also counted is
 * how often a block was followed by the code right behind it: for a block that ends with a
 * conditional branch, how often that was not taken.
 *
 *     -plugin libmote-count.so,isa=thumb,marks=0x20004010,regions=12,ram=0x20000000,
 *             out=blocks.txt,skip=0x29b0-0x2a04,...
 *
 * Region n, the one after the last, is nowhere: nothing counts there, and the program starts in it.
 * Code in a skipped range counts for nobody, but its marks do. The text that it writes, addresses in hexadecimal and all else in decimal:
 *
 *     block REGION START END INSTRUCTIONS EXECUTIONS FOLLOWED
 *     region REGION MARKS LOADED STORED FLASH DATA_MISSES CODE_MISSES
 *
 * LOADED and STORED are bytes, FLASH those of LOADED from below `ram`. Misses are of two small
 * caches in front of flash, as cache.h has them: of loads, and of code that was jumped to. `end`
 * closes the text, so that a truncated file is known for one.
 *
 * One processor, one thread: QEMU runs with -icount. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/plugin/cache.h"
#include "sim/plugin/qemu_plugin.h"

#define PLUGIN_EXPORT __attribute__((visibility("default")))

enum { N_SKIPS_MAX = 32, N_BUCKETS = 4096 };

struct tally {
    uint64_t executions, followed;
};

/* A block. The same code is translated again at times, and is found again. */
struct block {
    struct block *next;     /* in its bucket */
    uint64_t start, end, n; /* addresses, instructions */
    struct tally tallies[]; /* [n_regions] */
};

struct region {
    uint64_t marks, loaded, stored, flash, data_misses, code_misses;
};

static struct {
    bool is_thumb;
    uint64_t marks, ram;
    uint64_t n_regions;
    const char *out;
    struct {
        uint64_t from, to;
    } skips[N_SKIPS_MAX];
    uint32_t n_skips;
    struct block *buckets[N_BUCKETS];
    struct region *regions; /* [n_regions] */
    uint64_t now;           /* the region; n_regions: nowhere */
    struct block *last;     /* that ran, of this region */
    struct cache data, code;
} counter;

PLUGIN_EXPORT int qemu_plugin_version = 1;

/* The emulator has no use for half a profile. */
static void *allocate(size_t bytes)
{
    void *p = calloc(1, bytes);
    if (!p) {
        fprintf(stderr, "mote's plugin: out of memory\n");
        exit(1);
    }
    return p;
}

static bool is_skipped(uint64_t address)
{
    for (uint32_t i = 0; i < counter.n_skips; i++)
        if (address >= counter.skips[i].from && address < counter.skips[i].to)
            return true;
    return false;
}

/* Code behind code is there in time, it was fetched ahead. */
static void fetch(const struct block *b, bool follows)
{
    if (b->start >= counter.ram)
        return;
    uint64_t line = b->start >> LINE_BITS;
    const bool misses = !cache_has(&counter.code, line);
    if (misses && !follows)
        counter.regions[counter.now].code_misses++;
    while (++line <= (b->end - 1) >> LINE_BITS)
        cache_has(&counter.code, line);
}

static void block_ran(unsigned int cpu, void *user)
{
    (void)cpu;
    struct block *b = user;
    if (counter.now == counter.n_regions)
        return;
    const bool follows = counter.last && counter.last->end == b->start;
    if (follows)
        counter.last->tallies[counter.now].followed++;
    fetch(b, follows);
    b->tallies[counter.now].executions++;
    counter.last = b;
}

/* Does this store say which region begins? Memory is cleared at reset by words: no marks. */
static bool is_mark(qemu_plugin_meminfo_t info, uint64_t address)
{
    if (address < counter.marks || address > counter.marks + counter.n_regions ||
        qemu_plugin_mem_size_shift(info) > 0)
        return false;
    counter.now = address - counter.marks;
    counter.last = NULL;
    if (counter.now < counter.n_regions)
        counter.regions[counter.now].marks++;
    return true;
}

static void stored_in_skipped(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address,
                              void *user)
{
    (void)cpu;
    (void)user;
    is_mark(info, address);
}

static void accessed(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address, void *user)
{
    (void)cpu;
    (void)user;
    const bool is_store = qemu_plugin_mem_is_store(info);
    if ((is_store && is_mark(info, address)) || counter.now == counter.n_regions)
        return;
    struct region *r = &counter.regions[counter.now];
    const uint64_t bytes = UINT64_C(1) << qemu_plugin_mem_size_shift(info);
    if (is_store) {
        r->stored += bytes;
        return;
    }
    r->loaded += bytes;
    if (address >= counter.ram)
        return;
    r->flash += bytes;
    if (!cache_has(&counter.data, address >> LINE_BITS))
        r->data_misses++;
}

static struct block *block_find(uint64_t start, uint64_t end, uint64_t n)
{
    struct block **bucket = &counter.buckets[(start >> 1) % N_BUCKETS];
    for (struct block *b = *bucket; b; b = b->next)
        if (b->start == start && b->n == n)
            return b;
    struct block *b = allocate(sizeof *b + counter.n_regions * sizeof b->tallies[0]);
    b->next = *bucket;
    b->start = start;
    b->end = end;
    b->n = n;
    *bucket = b;
    return b;
}

/* QEMU adds to a Thumb instruction at the end of a page the halfword behind it, which it looked at to
 * see whether the next one fits. */
static uint64_t insn_end(const struct qemu_plugin_insn *insn)
{
    uint8_t code[2];
    memcpy(code, qemu_plugin_insn_data(insn), sizeof code);
    const size_t thumb_bytes = code[1] < 0xe8 ? 2 : 4;
    return qemu_plugin_insn_vaddr(insn) +
           (counter.is_thumb ? thumb_bytes : qemu_plugin_insn_size(insn));
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    const size_t n = qemu_plugin_tb_n_insns(tb);
    struct qemu_plugin_insn *first = qemu_plugin_tb_get_insn(tb, 0);
    struct qemu_plugin_insn *last = qemu_plugin_tb_get_insn(tb, n - 1);
    const uint64_t start = qemu_plugin_insn_vaddr(first);
    const bool skipped = is_skipped(start);
    for (size_t i = 0; i < n; i++)
        qemu_plugin_register_vcpu_mem_cb(
            qemu_plugin_tb_get_insn(tb, i), skipped ? stored_in_skipped : accessed,
            QEMU_PLUGIN_CB_NO_REGS, skipped ? QEMU_PLUGIN_MEM_W : QEMU_PLUGIN_MEM_RW, NULL);
    if (skipped)
        return;
    qemu_plugin_register_vcpu_tb_exec_cb(tb, block_ran, QEMU_PLUGIN_CB_NO_REGS,
                                         block_find(start, insn_end(last), n));
}

static void write_block(FILE *f, const struct block *b)
{
    for (uint64_t r = 0; r < counter.n_regions; r++)
        if (b->tallies[r].executions > 0)
            fprintf(f,
                    "block %" PRIu64 " %" PRIx64 " %" PRIx64 " %" PRIu64 " %" PRIu64 " %" PRIu64
                    "\n",
                    r, b->start, b->end, b->n, b->tallies[r].executions, b->tallies[r].followed);
}

static void ended(qemu_plugin_id_t id, void *user)
{
    (void)id;
    (void)user;
    FILE *f = fopen(counter.out, "w");
    if (!f) {
        fprintf(stderr, "mote's plugin: cannot write %s\n", counter.out);
        return;
    }
    for (uint32_t i = 0; i < N_BUCKETS; i++)
        for (const struct block *b = counter.buckets[i]; b; b = b->next)
            write_block(f, b);
    for (uint64_t r = 0; r < counter.n_regions; r++) {
        const struct region *g = &counter.regions[r];
        fprintf(f,
                "region %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
                " %" PRIu64 "\n",
                r, g->marks, g->loaded, g->stored, g->flash, g->data_misses, g->code_misses);
    }
    fprintf(f, "end\n");
    fclose(f);
}

/* Does the argument begin with the key? Then *value is what follows. */
static bool is_key(const char *argument, const char *key, const char **value)
{
    const size_t n = strlen(key);
    *value = argument + n;
    return strncmp(argument, key, n) == 0;
}

static bool take_argument(const char *argument)
{
    const char *value;
    char *end;
    if (is_key(argument, "isa=", &value))
        counter.is_thumb = strcmp(value, "thumb") == 0;
    else if (is_key(argument, "marks=", &value))
        counter.marks = strtoull(value, NULL, 0);
    else if (is_key(argument, "regions=", &value))
        counter.n_regions = strtoull(value, NULL, 0);
    else if (is_key(argument, "ram=", &value))
        counter.ram = strtoull(value, NULL, 0);
    else if (is_key(argument, "out=", &value))
        counter.out = strdup(value);
    else if (is_key(argument, "skip=", &value) && counter.n_skips < N_SKIPS_MAX) {
        counter.skips[counter.n_skips].from = strtoull(value, &end, 0);
        counter.skips[counter.n_skips++].to = *end == '-' ? strtoull(end + 1, NULL, 0) : 0;
    } else
        return false;
    return true;
}

PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
                                      char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++)
        if (!take_argument(argv[i])) {
            fprintf(stderr, "mote's plugin: cannot take the argument %s\n", argv[i]);
            return 1;
        }
    if (!counter.out || counter.n_regions == 0 || counter.n_regions > UINT32_MAX) {
        fprintf(stderr, "mote's plugin: out= and regions= are needed\n");
        return 1;
    }
    counter.regions = allocate(counter.n_regions * sizeof counter.regions[0]);
    counter.now = counter.n_regions;
    cache_init(&counter.data, DATA_LINES);
    cache_init(&counter.code, CODE_LINES);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
