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
 * So a kernel has one loop for all six, and for ranges: v matches if v - first, unsigned and wrapping, is at most span.
 * What accepts nothing (v < -2^63, v > 2^63 - 1, a range whose ends are swapped) no span says; it never reaches a kernel.
 *
 * 32-bit numbers are a circle of their own: first and span are computed in 64 bits, and their low halves hold there. Doubles
 * are compared as the integers that double_key makes of them, where the same picture reads
 *
 *     NaN │ -inf ... -denormal │ -0.0 │ 0.0 │ denormal ... inf │ NaN
 *
 * Both zeros count as the operand where it is one of them, and what differs from an operand includes the NaN at both ends.
 */
#ifndef KAELIX_FILTER_H
#define KAELIX_FILTER_H

#include "internal.h"

#include <string.h>

/* ---- from a comparison to a range --------------------------------------------------------------------------- */

typedef struct filter_range {
    uint64_t first; /* lowest value accepted                  */
    uint64_t span;  /* how far the last one is from the first */
    bool is_empty;  /* nothing is accepted                    */
} filter_range;

static const filter_range filter_nothing = {0, 0, true};
static const filter_range filter_everything = {0, UINT64_MAX, false};

/* Both ends included; they may lie over the top. */
static inline filter_range filter_between(uint64_t first, uint64_t last) {
    return (filter_range){first, last - first, false};
}

/* Both ends included, and nothing if they are swapped. */
static inline filter_range filter_ordered(int64_t low, int64_t high) {
    return low <= high ? filter_between((uint64_t) low, (uint64_t) high) : filter_nothing;
}

/*
 * The comparison, one of KAELIX_COMPARE_*, with an operand that is every number from low to high, among numbers from lowest
 * to highest.
 */
static inline filter_range filter_compared(int32_t comparison, int64_t low, int64_t high, int64_t lowest, int64_t highest) {
    const uint64_t before = (uint64_t) low - 1;
    const uint64_t behind = (uint64_t) high + 1;
    switch (comparison) {
        case KAELIX_COMPARE_LT:
            return low == lowest ? filter_nothing : filter_between((uint64_t) lowest, before);
        case KAELIX_COMPARE_LE:
            return filter_between((uint64_t) lowest, (uint64_t) high);
        case KAELIX_COMPARE_GT:
            return high == highest ? filter_nothing : filter_between(behind, (uint64_t) highest);
        case KAELIX_COMPARE_GE:
            return filter_between((uint64_t) low, (uint64_t) highest);
        case KAELIX_COMPARE_EQ:
            return filter_between((uint64_t) low, (uint64_t) high);
        default:
            return filter_between(behind, before);
    }
}

static inline filter_range filter_int32_compared(int32_t comparison, int32_t operand) {
    return filter_compared(comparison, operand, operand, INT32_MIN, INT32_MAX);
}

static inline filter_range filter_int64_compared(int32_t comparison, int64_t operand) {
    return filter_compared(comparison, operand, operand, INT64_MIN, INT64_MAX);
}

/* ---- doubles as integers ------------------------------------------------------------------------------------ */

#define DOUBLE_KEY_INFINITY 0x7FF0000000000000LL
#define DOUBLE_KEY_MINUS_INFINITY (-DOUBLE_KEY_INFINITY - 1)

/* Bits of doubles below zero ascend as the number descends: they are turned around. */
static inline uint64_t double_key(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return bits ^ ((0 - (bits >> 63)) >> 1);
}

static inline bool double_key_is_nan(int64_t key) {
    return key > DOUBLE_KEY_INFINITY || key < DOUBLE_KEY_MINUS_INFINITY;
}

/* Keys of a number and all that equal it: one, but for the two zeros, whose keys are -1 and 0. */
static inline int64_t double_low_key(double value) {
    const int64_t key = (int64_t) double_key(value);
    return key == 0 ? -1 : key;
}

static inline int64_t double_high_key(double value) {
    const int64_t key = (int64_t) double_key(value);
    return key == -1 ? 0 : key;
}

static inline filter_range filter_double_compared(int32_t comparison, double operand) {
    const int64_t low = double_low_key(operand);
    if (double_key_is_nan(low)) {
        return comparison == KAELIX_COMPARE_NE ? filter_everything : filter_nothing;
    }
    return filter_compared(comparison, low, double_high_key(operand), DOUBLE_KEY_MINUS_INFINITY, DOUBLE_KEY_INFINITY);
}

static inline filter_range filter_double_ordered(double low, double high) {
    const int64_t low_key = double_low_key(low);
    const int64_t high_key = double_high_key(high);
    return double_key_is_nan(low_key) || double_key_is_nan(high_key) ? filter_nothing : filter_ordered(low_key, high_key);
}

/* ---- one value at a time, for columns_scalar.c and for tails ------------------------------------------------- */

/*
 * Each goes on from values[at] with count indices written, and returns how many there are then. Every index is written where
 * the next match belongs, and stays if it is one: count <= at, so it is always inside. Without a branch on the data: at half
 * of the values matching, a CPU mispredicts every second one.
 */
static inline int64_t filter_each_int32(const int32_t *values, int64_t at, int64_t length, uint32_t first, uint32_t span,
                                        uint32_t *indices, int64_t count) {
    for (; at < length; at++) {
        indices[count] = (uint32_t) at;
        count += (uint32_t) values[at] - first <= span;
    }
    return count;
}

static inline int64_t filter_each_int64(const int64_t *values, int64_t at, int64_t length, uint64_t first, uint64_t span,
                                        uint32_t *indices, int64_t count) {
    for (; at < length; at++) {
        indices[count] = (uint32_t) at;
        count += (uint64_t) values[at] - first <= span;
    }
    return count;
}

static inline int64_t filter_each_double(const double *values, int64_t at, int64_t length, uint64_t first, uint64_t span,
                                         uint32_t *indices, int64_t count) {
    for (; at < length; at++) {
        indices[count] = (uint32_t) at;
        count += double_key(values[at]) - first <= span;
    }
    return count;
}

/* bits is not 0: an id outside looks at bit 0, and is left out whatever that is. */
static inline int64_t filter_each_id(const int32_t *ids, int64_t at, int64_t length, const uint64_t *bitmap, uint32_t bits,
                                     uint32_t *indices, int64_t count) {
    for (; at < length; at++) {
        const uint32_t id = (uint32_t) ids[at];
        const uint32_t inside = id < bits;
        const uint32_t bit = id & (0 - inside);
        indices[count] = (uint32_t) at;
        count += (int64_t) (bitmap[bit / 64] >> (bit % 64) & inside);
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
