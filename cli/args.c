/* args.c - command-line options from a table. SPDX-License-Identifier: Apache-2.0 */
#include "args.h"

#include "base/str.h"
#include <string.h>

#define N_ARGS_MAX 32

static const struct arg *find(const struct arg *args, uint32_t n, const char *name, size_t len)
{
    for (uint32_t i = 0; i < n; i++)
        if (strlen(args[i].name) == len && strncmp(args[i].name, name, len) == 0)
            return &args[i];
    return NULL;
}

static bool unknown(const struct arg *args, uint32_t n, const char *word, struct diag *d)
{
    const char *names[N_ARGS_MAX];
    for (uint32_t i = 0; i < n && i < N_ARGS_MAX; i++)
        names[i] = args[i].name;
    const char *close = str_closest(word, names, n < N_ARGS_MAX ? n : N_ARGS_MAX);
    diag_error(d, "", "unknown option %s", word);
    return close ? diag_hint(d, "did you mean %s?", close) : false;
}

static bool set(const struct arg *arg, const char *value, struct diag *d)
{
    int64_t number;
    switch (arg->kind) {
    case ARG_FLAG:
        *(bool *)arg->value = true;
        return true;
    case ARG_STRING:
        *(const char **)arg->value = value;
        return true;
    case ARG_LIST: {
        struct arg_list *list = arg->value;
        if (list->n == sizeof list->items / sizeof list->items[0])
            return diag_error(d, "", "%s is given more than %u times", arg->name, list->n);
        list->items[list->n++] = value;
        return true;
    }
    case ARG_COUNT:
        if (!str_parse_i64(value, &number) || number < 0)
            return diag_error(d, "", "%s expects a whole number, not \"%s\"", arg->name, value);
        *(uint64_t *)arg->value = (uint64_t)number;
        return true;
    case ARG_BYTES:
        if (!str_parse_bytes(value, arg->value))
            return diag_error(d, "", "%s expects bytes such as 65536 or 64K, not \"%s\"", arg->name,
                              value);
        return true;
    case ARG_FLOAT:
        if (!str_parse_f64(value, arg->value))
            return diag_error(d, "", "%s expects a number, not \"%s\"", arg->name, value);
        return true;
    }
    return false;
}

/* Up to n_positional; returns how many there are in *n_given. */
static bool parse(const struct arg *args, uint32_t n_args, int argc, char **argv,
                  const char **positional, uint32_t n_positional, uint32_t *n_given, struct diag *d)
{
    uint32_t n = 0;
    bool options = true;
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        if (options && strcmp(word, "--") == 0) {
            options = false;
        } else if (!options || word[0] != '-' || word[1] == '\0') {
            if (n == n_positional)
                return diag_error(d, "", "unexpected argument \"%s\"", word);
            positional[n++] = word;
        } else {
            size_t len = strcspn(word, "=");
            const struct arg *arg = find(args, n_args, word, len);
            if (!arg)
                return unknown(args, n_args, word, d);
            const char *value = word[len] ? word + len + 1 : NULL;
            if (arg->kind == ARG_FLAG && value)
                return diag_error(d, "", "%s takes no value", arg->name);
            if (arg->kind != ARG_FLAG && !value) {
                if (i + 1 == argc)
                    return diag_error(d, "", "%s expects a value", arg->name);
                value = argv[++i];
            }
            if (!set(arg, value, d))
                return false;
        }
    }
    *n_given = n;
    return true;
}

bool args_parse(const struct arg *args, uint32_t n_args, int argc, char **argv,
                const char **positional, uint32_t n_positional, const char *what, struct diag *d)
{
    uint32_t n = 0;
    return parse(args, n_args, argc, argv, positional, n_positional, &n, d) &&
           (n == n_positional || diag_error(d, "", "expected %s", what));
}

bool args_parse_some(const struct arg *args, uint32_t n_args, int argc, char **argv,
                     const char **positional, uint32_t *n_positional, const char *what,
                     struct diag *d)
{
    return parse(args, n_args, argc, argv, positional, *n_positional, n_positional, d) &&
           (*n_positional > 0 || diag_error(d, "", "expected %s", what));
}
