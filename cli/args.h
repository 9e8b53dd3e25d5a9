/* args.h - command-line options from a table. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_CLI_ARGS_H
#define MOTE_CLI_ARGS_H
#include "base/arena.h"
#include "base/diag.h"
#include <stdint.h>

enum arg_kind {
    ARG_FLAG,   /* bool                                                        */
    ARG_STRING, /* const char *                                                */
    ARG_LIST,   /* struct arg_list, the option may be repeated                 */
    ARG_COUNT,  /* uint64_t, decimal                                           */
    ARG_BYTES,  /* uint64_t, decimal with an optional K or M                   */
    ARG_FLOAT   /* double                                                      */
};

struct arg_list {
    const char *items[1024];
    uint32_t n;
};

struct arg {
    const char *name; /* "--threads", or "-o" */
    enum arg_kind kind;
    void *value; /* written when the option is given; set it to the default before */
};

/* Parse argv[0..argc-1]. Words that are no options go to positional[0..n_positional-1]; exactly
 * n_positional are expected, `what` names them in the message ("MODEL"). "--" ends the options,
 * "--x=y" is "--x y". False with `d` set (wrong usage). */
bool args_parse(const struct arg *args, uint32_t n_args, int argc, char **argv,
                const char **positional, uint32_t n_positional, const char *what, struct diag *d);

/* The same for one to *n_positional of them; sets how many there are. */
bool args_parse_some(const struct arg *args, uint32_t n_args, int argc, char **argv,
                     const char **positional, uint32_t *n_positional, const char *what,
                     struct diag *d);
#endif
