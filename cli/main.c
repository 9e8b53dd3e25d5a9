/* main.c - finds the verb, prints help and errors, turns them into the exit status.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "verb.h"
#include <stdio.h>
#include <string.h>

static const struct verb *const verbs[] = {
    &verb_train, &verb_quantize, &verb_plan, &verb_compile, &verb_run,     &verb_eval,
    &verb_info,  &verb_check,    &verb_diff, &verb_report,  &verb_profile, &verb_tune,
};
#define N_VERBS (sizeof verbs / sizeof verbs[0])

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < N_VERBS; i++)
        if (strcmp(verbs[i]->name, name) == 0)
            return verbs[i];
    return NULL;
}

static void print_help(FILE *to)
{
    fprintf(to,
            "mote %s - deep learning for chips with kilobytes\n\n"
            "usage: mote VERB [arguments]\n\n",
            MOTE_VERSION);
    for (size_t i = 0; i < N_VERBS; i++)
        fprintf(to, "  %-10s%s\n", verbs[i]->name, verbs[i]->summary);
    fprintf(to, "  %-10s%s\n\n", "help", "this text, or `mote help VERB` for one verb");
    fprintf(to, "example:\n"
                "  mote train recipe.yaml -o out\n"
                "  mote quantize out/fashion-float.mote --recipe recipe.yaml\n"
                "  mote compile out/fashion.mote --target cortex-m4 -o out --firmware\n\n"
                "exit status: 0 done, 1 failed, 2 wrong usage\n");
}

static int unknown_verb(const char *name)
{
    const char *names[N_VERBS];
    for (size_t i = 0; i < N_VERBS; i++)
        names[i] = verbs[i]->name;
    struct diag d = {0};
    diag_error(&d, "mote", "unknown verb \"%s\"", name);
    const char *close = str_closest(name, names, N_VERBS);
    if (close)
        diag_hint(&d, "did you mean %s?", close);
    else
        diag_hint(&d, "`mote help` lists the verbs");
    diag_print(&d, stderr);
    return EXIT_USAGE;
}

static int help(const char *name)
{
    if (!name) {
        print_help(stdout);
        return EXIT_DONE;
    }
    const struct verb *verb = find_verb(name);
    if (!verb)
        return unknown_verb(name);
    fputs(verb->usage, stdout);
    return EXIT_DONE;
}

/* A report that did not reach its reader is a failure: `mote info x > /dev/full`. */
static int flush_output(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fprintf(stderr, "mote: error: cannot write to standard output\n");
    return EXIT_FAILED;
}

static int run_verb(const struct verb *verb, int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return help(verb->name);

    struct arena *a = arena_new("model");
    struct diag d = {0};
    enum exit_status status = verb->run(a, argc, argv, &d);
    if (d.failed && !d.place[0])
        snprintf(d.place, sizeof d.place, "mote %s", verb->name);
    diag_print(&d, stderr);
    if (status == EXIT_USAGE)
        fprintf(stderr, "  see `mote %s --help`\n", verb->name);
    arena_free(a);
    return (int)status;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    const char *word = argv[1];
    if (strcmp(word, "--version") == 0) {
        printf("mote %s\n", MOTE_VERSION);
        return flush_output(EXIT_DONE);
    }
    if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return flush_output(help(argc > 2 ? argv[2] : NULL));
    const struct verb *verb = find_verb(word);
    if (!verb)
        return unknown_verb(word);
    return flush_output(run_verb(verb, argc - 2, argv + 2));
}
