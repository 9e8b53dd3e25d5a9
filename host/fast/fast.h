/* fast.h - runs a graph as the interpreter does, with the processor's vector instructions.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every byte equals the interpreter's. int8 convolutions, dense layers, sums, pools, softmax and
 * functions of one element have packed constants and inner loops in variants (kernels.h); every other
 * node is the interpreter's. A graph is best simplified first (pass/pass.h): that is not done here,
 * since it would give tensors other ids. Re-entrant: threads use one instance each. */
#ifndef MOTE_HOST_FAST_H
#define MOTE_HOST_FAST_H
#include "fast/kernels.h"
#include "ir/graph.h"

struct fast;

/* As interp_new, in `a`; fast_best() is the usual variant. */
struct fast *fast_new(struct arena *a, const struct graph *g, const struct fast_kernels *k,
                      struct diag *d);
/* Another instance that shares the packed constants of the first, which must outlive it. */
struct fast *fast_another(struct arena *a, const struct fast *f, struct diag *d);
/* n instances of the best variant, for n threads: made before they start, because an arena is no
 * shared thing. */
struct fast **fast_many(struct arena *a, const struct graph *g, uint32_t n, struct diag *d);
/* As interp_run, interp_reset, interp_tensor. */
void fast_run(struct fast *f, const void *const *inputs);
void fast_reset(struct fast *f);
const void *fast_tensor(const struct fast *f, uint32_t tensor);
#endif
