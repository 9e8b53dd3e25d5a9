/* train.c - `mote train`: from a recipe to a float model. SPDX-License-Identifier: Apache-2.0 */
#include "train/train.h"
#include "base/file.h"
#include "ir/text.h"
#include "output.h"
#include "recipe/recipe.h"
#include "verb.h"
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: mote train RECIPE [options]\n\n"
    "Train the recipe's network on its data. Writes <name>-float.mote, and a checkpoint after\n"
    "every epoch and on Ctrl-C; --resume continues from it and gives the very weights that an\n"
    "uninterrupted run gives.\n\n"
    "  -o DIR        where to write (default: .)\n"
    "  --resume      continue from DIR/<name>.checkpoint\n"
    "  --threads N   default: one per processor; the result does not depend on it\n"
    "  --epochs N    instead of the recipe's; 0 writes the network as the seed made it\n"
    "  --seed N      instead of the recipe's\n"
    "  --json        print the result as JSON\n\n"
    "example:\n"
    "  mote train apps/fashion-mnist/recipe.yaml -o out\n";

/* Set by the first Ctrl-C; the second one ends the program at once. The only mutable global: a
 * signal handler can reach nothing else. */
static volatile sig_atomic_t stop_requested;

static void on_interrupt(int signal_number)
{
    stop_requested = 1;
    signal(signal_number, SIG_DFL);
}

static void print_progress(void *ctx, const struct train_progress *p)
{
    (void)ctx;
    fprintf(stderr,
            "\repoch %3" PRIu32 "/%" PRIu32 "  step %5" PRIu32 "/%" PRIu32
            "  %6.0f samples/s  loss %.4f  accuracy %5.2f %%",
            p->epoch, p->epochs, p->step, p->steps, p->samples_per_s, p->loss, 100 * p->accuracy);
    if (p->epoch_end && !isnan(p->val_accuracy))
        fprintf(stderr, "  validation %5.2f %%", 100 * p->val_accuracy);
    else
        fprintf(stderr, "  ETA %d:%02d", (int)(p->eta_s / 60), (int)p->eta_s % 60);
    fputs(p->epoch_end ? "\033[K\n" : "\033[K", stderr);
    fflush(stderr);
}

struct settings {
    const char *dir;
    bool resume, json;
    uint64_t threads, epochs, seed;
};

static void print_result(struct arena *a, const struct train_result *r, const char *model,
                         const struct settings *s)
{
    if (!s->json && r->epochs_done == 0) {
        printf("%s: not trained\n", model);
        return;
    }
    if (!s->json) {
        printf("%s: %" PRIu32 " epochs in %.0f s, %s samples/s, loss %.4f, accuracy %.2f %% "
               "(training)",
               model, r->epochs_done, r->seconds, str_count(a, (uint64_t)r->samples_per_s), r->loss,
               100 * r->train_accuracy);
        if (!isnan(r->val_accuracy))
            printf(", %.2f %% (validation)", 100 * r->val_accuracy);
        putchar('\n');
        return;
    }
    struct text t = {.arena = a};
    struct json j;
    json_begin(&j, &t);
    json_object(&j, NULL);
    json_str(&j, "model", model);
    json_int(&j, "epochs", r->epochs_done);
    json_float(&j, "seconds", r->seconds);
    json_float(&j, "samples_per_s", r->samples_per_s);
    json_float(&j, "loss", r->loss);
    json_float(&j, "train_accuracy", r->train_accuracy);
    json_float(&j, "validation_accuracy", r->val_accuracy);
    json_end(&j);
    fputs(text_cstr(&t), stdout);
}

/* Train until the last epoch or Ctrl-C, which counts as failure: `d` says how to go on. */
static bool learn(struct arena *a, struct graph *g, const struct dataset *data,
                  const struct recipe *r, const struct settings *s, struct train_result *result,
                  struct diag *d)
{
    struct dataset_view train_view, val_view;
    recipe_split(a, r, data, &train_view, &val_view);
    const char *checkpoint = path_join(a, s->dir, arena_printf(a, "%s.checkpoint", r->name));
    struct train_control control = {.checkpoint_path = checkpoint,
                                    .resume_path = s->resume ? checkpoint : NULL,
                                    .stop = &stop_requested,
                                    .progress = isatty(STDERR_FILENO) ? print_progress : NULL};
    struct pool *pool = pool_new((uint32_t)s->threads);
    signal(SIGINT, on_interrupt);
    bool ok = train_run(a, g, &train_view, &val_view, &r->train_options, &control, pool, result, d);
    pool_free(pool);
    if (!ok || !result->interrupted)
        return ok;
    diag_error(d, "mote train", "interrupted after %" PRIu32 " epochs; %s is written",
               result->epochs_done, checkpoint);
    return diag_hint(d, "go on with: mote train %s -o %s --resume", r->path, s->dir);
}

/* Read the data, build the network, train it, write it. */
static bool train(struct arena *a, const struct recipe *r, const struct settings *s, struct diag *d)
{
    struct dataset data;
    if (!recipe_data(a, r, &data, NULL, d))
        return false;
    struct graph *g = recipe_network(a, r, &data.sample, data.n_classes, d);
    if (!g || !file_make_dir(s->dir, d))
        return false;
    train_init(g, r->train_options.seed);

    struct train_result result = {
        .loss = (double)NAN, .train_accuracy = (double)NAN, .val_accuracy = (double)NAN};
    if (r->train_options.epochs > 0 && !learn(a, g, &data, r, s, &result, d))
        return false;
    const char *model = path_join(a, s->dir, arena_printf(a, "%s-float.mote", r->name));
    if (!model_write(model, g, d))
        return false;
    print_result(a, &result, model, s);
    return true;
}

static enum exit_status run(struct arena *a, int argc, char **argv, struct diag *d)
{
    struct settings s = {.dir = ".", .epochs = UINT64_MAX, .seed = UINT64_MAX};
    const struct arg args[] = {
        {"-o", ARG_STRING, &s.dir},           {"--resume", ARG_FLAG, &s.resume},
        {"--threads", ARG_COUNT, &s.threads}, {"--epochs", ARG_COUNT, &s.epochs},
        {"--seed", ARG_COUNT, &s.seed},       {"--json", ARG_FLAG, &s.json},
    };
    const char *path;
    if (!args_parse(args, sizeof args / sizeof args[0], argc, argv, &path, 1, "RECIPE", d))
        return EXIT_USAGE;
    struct recipe *r = recipe_read(a, path, d);
    if (!r)
        return EXIT_FAILED;
    if (s.epochs != UINT64_MAX)
        r->train_options.epochs = s.epochs < UINT32_MAX ? (uint32_t)s.epochs : UINT32_MAX;
    if (s.seed != UINT64_MAX)
        r->train_options.seed = s.seed;
    return train(a, r, &s, d) ? EXIT_DONE : EXIT_FAILED;
}

const struct verb verb_train = {"train", "train a recipe's network on its data", usage, run};
