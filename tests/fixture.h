/* fixture.h - an arena and an empty folder for a test that writes files.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     struct fixture f = begin();
 *     ... path_join(f.a, f.dir, "name") ... &f.d ...
 *     end(&f); */
#ifndef MOTE_TESTS_FIXTURE_H
#define MOTE_TESTS_FIXTURE_H
#include "base/file.h"
#include "check.h"

struct fixture {
    struct arena *a;
    const char *dir;
    struct diag d;
};

static inline struct fixture begin(void)
{
    struct fixture f = {.a = arena_new("test")};
    CHECK(file_temp_dir(f.a, &f.dir, &f.d));
    return f;
}

static inline void end(struct fixture *f)
{
    file_remove_dir(f->dir);
    CHECK(!file_exists(f->dir));
    arena_free(f->a);
}
#endif
