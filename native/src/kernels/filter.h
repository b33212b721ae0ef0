/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * filter.h - what the filter kernels share.
 *
 * What a comparison accepts is one unbroken stretch of the circle of 64-bit numbers:
 *
 *                  -2^63                x                2^63 - 1
 *     v <  x         ├──────────────────┤                          first = -2^63, up to x - 1
 *     v >  x                             ├──────────────────┤      first = x + 1, up to 2^63 - 1
 *     v == x                             │                         first = x, up to x
 *     v != x         ├──────────────────┤ ├─────────────────┤      first = x + 1, over the top to x - 1
 *
 * So a kernel has one loop for all six: v matches if v - first, unsigned and wrapping, is at most span. Only v < -2^63 and
 * v > 2^63 - 1 accept nothing, which no span says; they never reach a kernel.
 */
#ifndef KAELIX_FILTER_H
#define KAELIX_FILTER_H

#include "internal.h"

/* ---- from a comparison to a range --------------------------------------------------------------------------- */

typedef struct filter_range {
    uint64_t first; /* lowest value accepted                  */
    uint64_t span;  /* how far the last one is from the first */
    bool is_empty;  /* nothing is accepted                    */
} filter_range;

/* Both ends included; they may lie over the top. */
static inline filter_range filter_between(uint64_t first, uint64_t last) {
    return (filter_range){first, last - first, false};
}

/* The comparison is one of KAELIX_COMPARE_*. */
static inline filter_range filter_range_of(int32_t comparison, int64_t operand) {
    const uint64_t lowest = (uint64_t) INT64_MIN;
    const uint64_t highest = (uint64_t) INT64_MAX;
    const uint64_t x = (uint64_t) operand;
    switch (comparison) {
        case KAELIX_COMPARE_LT:
            return x == lowest ? (filter_range){0, 0, true} : filter_between(lowest, x - 1);
        case KAELIX_COMPARE_LE:
            return filter_between(lowest, x);
        case KAELIX_COMPARE_GT:
            return x == highest ? (filter_range){0, 0, true} : filter_between(x + 1, highest);
        case KAELIX_COMPARE_GE:
            return filter_between(x, highest);
        case KAELIX_COMPARE_EQ:
            return filter_between(x, x);
        default:
            return filter_between(x + 1, x - 1);
    }
}

/* ---- one value at a time, for scalar.c and for tails -------------------------------------------------------- */

/*
 * Goes on from values[at] with count indices written, and returns how many there are then. Every index is written where
 * the next match belongs, and stays if it is one: count <= at, so it is always inside.
 */
static inline int64_t filter_each(const int64_t *values, int64_t at, int64_t length, uint64_t first, uint64_t span,
                                  uint32_t *indices, int64_t count) {
    for (; at < length; at++) {
        indices[count] = (uint32_t) at;
        count += (uint64_t) values[at] - first <= span;
    }
    return count;
}

/* ---- four values at a time, for CPUs that cannot compress --------------------------------------------------- */

#define FILTER_STEP 4
#define FILTER_ALL 0xFU

/* By a mask of matches among four values: their places, ascending, then zeros. */
static const uint32_t filter_places[1 << FILTER_STEP][FILTER_STEP] = {
    {0, 0, 0, 0}, {0, 0, 0, 0}, {1, 0, 0, 0}, {0, 1, 0, 0}, {2, 0, 0, 0}, {0, 2, 0, 0}, {1, 2, 0, 0}, {0, 1, 2, 0},
    {3, 0, 0, 0}, {0, 3, 0, 0}, {1, 3, 0, 0}, {0, 1, 3, 0}, {2, 3, 0, 0}, {0, 2, 3, 0}, {1, 2, 3, 0}, {0, 1, 2, 3},
};

#endif /* KAELIX_FILTER_H */
