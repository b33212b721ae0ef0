/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * aggregate.h - what the gathering and aggregating kernels share: one value at a time, for columns_scalar.c and for tails,
 * and how an aggregate becomes a result.
 */
#ifndef KAELIX_AGGREGATE_H
#define KAELIX_AGGREGATE_H

#include "internal.h"

#include <math.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "gathered values are little endian, and copied as they are");

/* ---- gathering ---------------------------------------------------------------------------------------------- */

static inline bool gather_each_int32(const uint8_t *start, uint32_t first, uint32_t span, const uint32_t *offsets, int64_t at,
                                     int64_t count, int32_t *column) {
    for (; at < count; at++) {
        const uint32_t distance = offsets[at] - first;
        if (distance > span) {
            return false;
        }
        memcpy(column + at, start + distance, sizeof(*column));
    }
    return true;
}

static inline bool gather_each_int64(const uint8_t *start, uint32_t first, uint32_t span, const uint32_t *offsets, int64_t at,
                                     int64_t count, int64_t *column) {
    for (; at < count; at++) {
        const uint32_t distance = offsets[at] - first;
        if (distance > span) {
            return false;
        }
        memcpy(column + at, start + distance, sizeof(*column));
    }
    return true;
}

/* ---- int64 -------------------------------------------------------------------------------------------------- */

typedef struct int64_aggregate {
    uint64_t sum; /* unsigned, so that it may wrap */
    int64_t min;
    int64_t max;
} int64_aggregate;

static const int64_aggregate int64_aggregate_of_none = {0, INT64_MAX, INT64_MIN};

static inline void aggregate_int64_value(int64_aggregate *aggregate, int64_t value) {
    aggregate->sum += (uint64_t) value;
    aggregate->min = value < aggregate->min ? value : aggregate->min;
    aggregate->max = value > aggregate->max ? value : aggregate->max;
}

static inline void aggregate_int64_merge(int64_aggregate *aggregate, const int64_aggregate *other) {
    aggregate->sum += other->sum;
    aggregate->min = other->min < aggregate->min ? other->min : aggregate->min;
    aggregate->max = other->max > aggregate->max ? other->max : aggregate->max;
}

static inline void aggregate_int64_result(const int64_aggregate *aggregate, int64_t count, int64_t *result) {
    result[0] = count;
    result[1] = (int64_t) aggregate->sum;
    result[2] = aggregate->min;
    result[3] = aggregate->max;
}

/* ---- double ------------------------------------------------------------------------------------------------- */

#define DOUBLE_SUMS 8

typedef struct double_aggregate {
    double sums[DOUBLE_SUMS]; /* the i-th value is added to sums[i % 8]    */
    double min;               /* never NaN                                 */
    double max;
} double_aggregate;

static const double_aggregate double_aggregate_of_none = {{0}, INFINITY, -INFINITY};

/* -0.0 is below 0.0, though neither is less; a NaN is never taken, since no comparison holds for it. */
static inline double double_lower(double value, double min) {
    return value < min || (value == min && signbit(value)) ? value : min;
}

static inline double double_higher(double value, double max) {
    return value > max || (value == max && !signbit(value)) ? value : max;
}

static inline void aggregate_double_value(double_aggregate *aggregate, int64_t i, double value) {
    aggregate->sums[i % DOUBLE_SUMS] += value;
    aggregate->min = double_lower(value, aggregate->min);
    aggregate->max = double_higher(value, aggregate->max);
}

/* The order of additions that the contract names. Sign and payload of a NaN differ between instruction sets: one for all. */
static inline void aggregate_double_result(const double_aggregate *aggregate, int64_t count, double *result) {
    const double *s = aggregate->sums;
    const double sum = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
    result[0] = (double) count;
    result[1] = isnan(sum) ? (double) NAN : sum;
    result[2] = aggregate->min;
    result[3] = aggregate->max;
}

#endif /* KAELIX_AGGREGATE_H */
