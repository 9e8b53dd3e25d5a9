/* qemu_plugin.h - the part of QEMU's plugin interface, version 1, that count.c uses.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Debian has no header for it. Names, values and types are those of QEMU's documentation ("QEMU TCG
 * Plugins", API version 1); the emulator supplies the functions when it loads the plugin. */
#ifndef MOTE_HOST_SIM_PLUGIN_QEMU_PLUGIN_H
#define MOTE_HOST_SIM_PLUGIN_QEMU_PLUGIN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t qemu_plugin_id_t;
typedef struct qemu_info_t qemu_info_t; /* about the emulated machine: not looked at */
struct qemu_plugin_tb;                  /* a translation block: straight-line code   */
struct qemu_plugin_insn;

/* May a callback read registers? */
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_mem_rw { QEMU_PLUGIN_MEM_R = 1, QEMU_PLUGIN_MEM_W, QEMU_PLUGIN_MEM_RW };
typedef uint32_t qemu_plugin_meminfo_t;

typedef void (*qemu_plugin_translated)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*qemu_plugin_executed)(unsigned int cpu, void *user);
typedef void (*qemu_plugin_accessed)(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address,
                                     void *user);
typedef void (*qemu_plugin_ended)(qemu_plugin_id_t id, void *user);

/* What a plugin defines: the version that it speaks, and what is called when it is loaded, with the
 * key=value arguments of its command line. 0: all is well. */
extern int qemu_plugin_version;
int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv);

/* Call when a block was translated; when the machine ends. */
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, qemu_plugin_translated call);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, qemu_plugin_ended call, void *user);

/* During translation: call whenever the block begins, whenever the instruction accesses memory. */
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, qemu_plugin_executed call,
                                          enum qemu_plugin_cb_flags flags, void *user);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn, qemu_plugin_accessed call,
                                      enum qemu_plugin_cb_flags flags, enum qemu_plugin_mem_rw rw,
                                      void *user);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn); /* its encoding */

unsigned int qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info); /* log2 of the bytes */
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t info);
#endif
