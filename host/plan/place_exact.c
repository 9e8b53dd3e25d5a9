/* place_exact.c - the smallest arena, by branch and bound over canonical placements.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Take an optimal placement and let buffers fall, into gaps too, until none can fall further:
 * each then lies at 0 or item_gap above a buffer that is alive with it: on its end, or nearer where
 * the one may overwrite the other. Such a stable placement is found by placing buffers in
 * order of rising offset, each at its floor, the highest such place among the placed buffers that
 * are alive with it. The search tries all such orders, except where
 *
 * P1  a buffer's floor lies below the last offset: it waits until a later one raises its floor;
 * P2  another waiting buffer would fit whole below this one's floor, so it could fall there;
 * P3  two buffers of one offset, or two identical ones, would only trade names: rank decides;
 * P4  some section cannot hold what still waits there below the best arena known. What waits will
 *     lie apart, but for an heir and what it overwrites; these meet in no section but the heir's
 *     first, and share shared_bytes_max at most. */
#include "plan/place.h"
#include <assert.h>
#include <string.h>

struct raised {
    uint32_t i_item;
    size_t floor;
};

struct search {
    const struct item *items;
    uint32_t n;
    struct sections sections;
    struct neighbours neighbours;
    bool *is_heir;       /* [n] may the item overwrite another?                       */
    size_t *floor;       /* [n] of waiting items                                      */
    size_t *offset;      /* [n] of placed items                                       */
    bool *placed;        /* [n]                                                       */
    size_t *waiting;     /* [sections] bytes not yet placed                           */
    size_t *lowest;      /* [sections] work: lowest possible offset of what waits     */
    size_t *shared;      /* [sections] work: the most that what waits can share       */
    struct raised *undo; /* floors that were raised, oldest first                     */
    uint32_t n_undo;
    size_t lower_bound, best;
    size_t *best_offset; /* [n], the caller's */
    uint64_t nodes_left;
    bool out_of_budget;
};

/* The path so far: how many are placed, and the last of them. */
struct path {
    uint32_t n_placed;
    size_t height; /* highest end                                       */
    size_t offset; /* of the last; later ones lie no lower              */
    uint32_t rank; /* of the last; later ones of its offset rank later */
};

static size_t max_size(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Does item i lie apart from all others? */
static bool is_plain(const struct search *s, uint32_t i)
{
    return s->items[i].heir == NO_HEIR && !s->is_heir[i];
}

static bool identical(const struct search *s, uint32_t i, uint32_t j)
{
    return is_plain(s, i) && is_plain(s, j) && s->items[i].bytes == s->items[j].bytes &&
           s->sections.first[i] == s->sections.first[j] &&
           s->sections.last[i] == s->sections.last[j];
}

static void put(struct search *s, uint32_t i)
{
    s->placed[i] = true;
    s->offset[i] = s->floor[i];
    for (uint32_t k = s->neighbours.at[i]; k < s->neighbours.at[i + 1]; k++) {
        const uint32_t j = s->neighbours.list[k];
        const size_t floor = s->floor[i] + s->neighbours.gap[k];
        if (s->placed[j] || s->floor[j] >= floor)
            continue;
        s->undo[s->n_undo++] = (struct raised){.i_item = j, .floor = s->floor[j]};
        s->floor[j] = floor;
    }
    for (uint32_t t = s->sections.first[i]; t <= s->sections.last[i]; t++)
        s->waiting[t] -= s->items[i].bytes;
}

static void take_back(struct search *s, uint32_t i, uint32_t n_undo)
{
    for (uint32_t t = s->sections.first[i]; t <= s->sections.last[i]; t++)
        s->waiting[t] += s->items[i].bytes;
    while (s->n_undo > n_undo) {
        const struct raised *r = &s->undo[--s->n_undo];
        s->floor[r->i_item] = r->floor;
    }
    s->placed[i] = false;
}

/* Must item i wait for its floor to rise (P1, P3)? */
static bool is_held(const struct search *s, const struct path *p, uint32_t i)
{
    return s->floor[i] < p->offset || (s->floor[i] == p->offset && p->n_placed && i < p->rank);
}

/* Can every section still end below the best (P4)? Sets *ceiling, the lowest end that a waiting
 * item could have: nothing is placed at it or above now (P2). */
static bool is_promising(struct search *s, const struct path *p, size_t *ceiling)
{
    *ceiling = SIZE_MAX;
    memset(s->lowest, 0xff, s->sections.n * sizeof *s->lowest);
    memset(s->shared, 0, s->sections.n * sizeof *s->shared);
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->placed[i])
            continue;
        const size_t end = s->floor[i] + s->items[i].bytes;
        *ceiling = end < *ceiling ? end : *ceiling;
        const size_t at = max_size(s->floor[i], p->offset);
        for (uint32_t t = s->sections.first[i]; t <= s->sections.last[i]; t++)
            s->lowest[t] = at < s->lowest[t] ? at : s->lowest[t];
        const uint32_t heir = s->items[i].heir;
        if (heir != NO_HEIR && !s->placed[heir])
            s->shared[s->sections.last[i]] += shared_bytes_max(
                s->items[i].bytes, s->items[i].lead, s->items[i].trail, s->items[heir].bytes);
    }
    for (uint32_t t = 0; t < s->sections.n; t++)
        if (s->waiting[t] && s->lowest[t] + s->waiting[t] - s->shared[t] >= s->best)
            return false;
    return true;
}

/* The next item to try, in order of (floor, rank), after the one that `after` ends with (none yet
 * when its n_placed is 0); s->n when none is left. */
static uint32_t next_candidate(const struct search *s, const struct path *p, size_t ceiling,
                               const struct path *after)
{
    uint32_t found = s->n;
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->placed[i] || s->floor[i] >= ceiling || is_held(s, p, i))
            continue;
        if (after->n_placed &&
            (s->floor[i] < after->offset || (s->floor[i] == after->offset && i <= after->rank)))
            continue;
        if (found == s->n || s->floor[i] < s->floor[found])
            found = i;
    }
    return found;
}

/* Does an identical item of lower rank wait (P3)? */
static bool has_twin_before(const struct search *s, uint32_t i)
{
    for (uint32_t k = s->neighbours.at[i]; k < s->neighbours.at[i + 1]; k++) {
        const uint32_t j = s->neighbours.list[k];
        if (j < i && !s->placed[j] && identical(s, i, j))
            return true;
    }
    return false;
}

static void keep_best(struct search *s, const struct path *p)
{
    s->best = p->height;
    memcpy(s->best_offset, s->offset, s->n * sizeof *s->offset);
}

/* Try every continuation of the path. As deep as there are items. */
static void descend(struct search *s, const struct path *p)
{
    if (p->n_placed == s->n) {
        keep_best(s, p);
        return;
    }
    if (s->nodes_left == 0) {
        s->out_of_budget = true;
        return;
    }
    s->nodes_left--;
    size_t ceiling;
    if (!is_promising(s, p, &ceiling))
        return;

    struct path after = {0};
    while (p->height < s->best) {
        const uint32_t i = next_candidate(s, p, ceiling, &after);
        if (i == s->n)
            return;
        after = (struct path){.n_placed = 1, .offset = s->floor[i], .rank = i};
        const size_t end = s->floor[i] + s->items[i].bytes;
        if (end >= s->best || has_twin_before(s, i))
            continue;
        const uint32_t n_undo = s->n_undo;
        const struct path next = {.n_placed = p->n_placed + 1,
                                  .height = max_size(p->height, end),
                                  .offset = s->floor[i],
                                  .rank = i};
        put(s, i);
        descend(s, &next);
        take_back(s, i, n_undo);
        if (s->out_of_budget || s->best == s->lower_bound)
            return;
    }
}

static void find_heirs(struct arena *a, struct search *s)
{
    s->is_heir = ARENA_ARRAY(a, bool, s->n);
    for (uint32_t i = 0; i < s->n; i++) {
        const uint32_t heir = s->items[i].heir;
        if (heir == NO_HEIR)
            continue;
        s->is_heir[heir] = true;
        assert(s->sections.last[i] == s->sections.first[heir]); /* P4 */
    }
}

bool place_exact(struct arena *a, const struct item *items, uint32_t n, size_t lower_bound,
                 uint64_t node_budget, size_t *offset, size_t *arena_bytes)
{
    assert(*arena_bytes >= lower_bound);
    if (*arena_bytes == lower_bound)
        return true;
    struct search s = {
        .items = items,
        .n = n,
        .sections = sections_find(a, items, n),
        .floor = ARENA_ARRAY(a, size_t, n),
        .offset = ARENA_ARRAY(a, size_t, n),
        .placed = ARENA_ARRAY(a, bool, n),
        .lower_bound = lower_bound,
        .best = *arena_bytes,
        .best_offset = offset,
        .nodes_left = node_budget,
    };
    s.waiting = s.sections.load;
    s.lowest = ARENA_ARRAY(a, size_t, s.sections.n);
    s.shared = ARENA_ARRAY(a, size_t, s.sections.n);
    find_heirs(a, &s);
    s.neighbours = neighbours_find(a, items, n);
    /* Of each pair only the one placed first raises the other. */
    s.undo = ARENA_ARRAY(a, struct raised, s.neighbours.at[n] / 2);
    const struct path start = {0};
    descend(&s, &start);
    *arena_bytes = s.best;
    return s.best == lower_bound || !s.out_of_budget;
}
