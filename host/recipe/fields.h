/* fields.h - typed fields of a YAML mapping, with messages that name key, value and what was
 * expected. Private to recipe/.
 *
 * A field that is absent leaves the output as it was: set the default before. All return false
 * with `d` set on error. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_RECIPE_FIELDS_H
#define MOTE_HOST_RECIPE_FIELDS_H
#include "recipe/yaml.h"

/* The value of a key, or NULL. */
const struct yaml *field_find(const struct yaml *map, const char *key);
/* The value of a key; absent is an error. */
const struct yaml *field_need(const struct yaml *map, const char *key, struct diag *d);

/* `y` is a mapping and has no keys but these; `what` names it: "data", "conv2d". */
bool fields_check(const struct yaml *y, const char *what, const char *const *keys, size_t n_keys,
                  struct diag *d);

/* Range of a number, both ends allowed. */
struct range {
    double min, max;
};

bool field_u32(const struct yaml *map, const char *key, uint32_t min, uint32_t max, uint32_t *out,
               struct diag *d);
bool field_u64(const struct yaml *map, const char *key, uint64_t *out, struct diag *d);
bool field_f32(const struct yaml *map, const char *key, struct range range, float *out,
               struct diag *d);
bool field_bytes(const struct yaml *map, const char *key, uint64_t *out, struct diag *d);
bool field_bool(const struct yaml *map, const char *key, bool *out, struct diag *d);
bool field_text(const struct yaml *map, const char *key, const char **out, struct diag *d);
/* One of n words; *out becomes its index. */
bool field_choice(const struct yaml *map, const char *key, const char *const *words, size_t n,
                  uint32_t *out, struct diag *d);
/* `3` or `[3, 5]`: the same for height and width, or each. */
bool field_pair(const struct yaml *map, const char *key, uint32_t min, uint32_t max, int32_t *h,
                int32_t *w, struct diag *d);

/* Parse one value that is a whole number in min..max; `what` names it. */
bool value_u32(const struct yaml *y, const char *what, uint32_t min, uint32_t max, uint32_t *out,
               struct diag *d);
/* An error that the value of `what` is not one of these words, with "did you mean". */
bool unknown_word(const struct yaml *y, const char *what, const char *const *words, size_t n,
                  struct diag *d);
#endif
