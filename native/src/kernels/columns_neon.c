/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * columns_neon.c - kernels over columns for AArch64 with Advanced SIMD. Tails go one value at a time.
 *
 * NEON loads lanes from one place only: what has to be looked up by index (ids, offsets, selections) is checked in lanes,
 * and loaded one by one.
 */
#include "columns.h"
#include "aggregate.h"
#include "filter.h"

#include <arm_neon.h>

/* ---- filters ------------------------------------------------------------------------------------------------ */

/* Four lanes of all ones or zeros as a number of four bits. */
static inline uint32_t mask_of(uint32x4_t matches) {
    static const uint32_t places[FILTER_STEP] = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(matches, vld1q_u32(places)));
}

/* Indices of the matches among four values from `at` on; returns how many. Fits: count <= at, at + 4 <= length. */
static inline int64_t store_four(uint32_t matches, int64_t at, uint32_t *out) {
    vst1q_u32(out, vaddq_u32(vld1q_u32(filter_places[matches]), vdupq_n_u32((uint32_t) at)));
    return __builtin_popcount(matches);
}

static int64_t filter_int32(const int32_t *values, int64_t length, uint32_t first, uint32_t span, uint32_t *indices) {
    const uint32x4_t firsts = vdupq_n_u32(first);
    const uint32x4_t spans = vdupq_n_u32(span);
    int64_t count = 0;
    int64_t at = 0;
    for (; at + FILTER_STEP <= length; at += FILTER_STEP) {
        const uint32x4_t distance = vsubq_u32(vreinterpretq_u32_s32(vld1q_s32(values + at)), firsts);
        count += store_four(mask_of(vcleq_u32(distance, spans)), at, indices + count);
    }
    return filter_each_int32(values, at, length, first, span, indices, count);
}

static inline uint32_t matches_four(uint64x2_t low, uint64x2_t high, uint64x2_t first, uint64x2_t span) {
    const uint64x2_t low_matches = vcleq_u64(vsubq_u64(low, first), span);
    const uint64x2_t high_matches = vcleq_u64(vsubq_u64(high, first), span);
    return mask_of(vcombine_u32(vmovn_u64(low_matches), vmovn_u64(high_matches)));
}

static int64_t filter_int64(const int64_t *values, int64_t length, uint64_t first, uint64_t span, uint32_t *indices) {
    const uint64x2_t firsts = vdupq_n_u64(first);
    const uint64x2_t spans = vdupq_n_u64(span);
    int64_t count = 0;
    int64_t at = 0;
    for (; at + FILTER_STEP <= length; at += FILTER_STEP) {
        const uint64x2_t low = vreinterpretq_u64_s64(vld1q_s64(values + at));
        const uint64x2_t high = vreinterpretq_u64_s64(vld1q_s64(values + at + 2));
        count += store_four(matches_four(low, high, firsts, spans), at, indices + count);
    }
    return filter_each_int64(values, at, length, first, span, indices, count);
}

/* double_key of two. */
static inline uint64x2_t double_keys(float64x2_t values) {
    const int64x2_t signs = vshrq_n_s64(vreinterpretq_s64_f64(values), 63);
    return veorq_u64(vreinterpretq_u64_f64(values), vshrq_n_u64(vreinterpretq_u64_s64(signs), 1));
}

static int64_t filter_double(const double *values, int64_t length, uint64_t first, uint64_t span, uint32_t *indices) {
    const uint64x2_t firsts = vdupq_n_u64(first);
    const uint64x2_t spans = vdupq_n_u64(span);
    int64_t count = 0;
    int64_t at = 0;
    for (; at + FILTER_STEP <= length; at += FILTER_STEP) {
        const uint64x2_t low = double_keys(vld1q_f64(values + at));
        const uint64x2_t high = double_keys(vld1q_f64(values + at + 2));
        count += store_four(matches_four(low, high, firsts, spans), at, indices + count);
    }
    return filter_each_double(values, at, length, first, span, indices, count);
}

/* An id outside looks at the first word, and is left out whatever that is. */
static int64_t filter_ids(const int32_t *ids, int64_t length, const uint64_t *bitmap, uint32_t bits, uint32_t *indices) {
    const uint32x4_t all_bits = vdupq_n_u32(bits);
    const uint32x4_t one = vdupq_n_u32(1);
    int64_t count = 0;
    int64_t at = 0;
    for (; at + FILTER_STEP <= length; at += FILTER_STEP) {
        const uint32x4_t id = vreinterpretq_u32_s32(vld1q_s32(ids + at));
        const uint32x4_t inside = vcltq_u32(id, all_bits);
        const uint32x4_t half = vandq_u32(vshrq_n_u32(id, 5), inside);
        const uint32_t *words = (const uint32_t *) (const void *) bitmap;
        uint32x4_t word = vld1q_dup_u32(words + vgetq_lane_u32(half, 0));
        word = vld1q_lane_u32(words + vgetq_lane_u32(half, 1), word, 1);
        word = vld1q_lane_u32(words + vgetq_lane_u32(half, 2), word, 2);
        word = vld1q_lane_u32(words + vgetq_lane_u32(half, 3), word, 3);
        const uint32x4_t bit = vshlq_u32(one, vreinterpretq_s32_u32(vandq_u32(id, vdupq_n_u32(31))));
        count += store_four(mask_of(vandq_u32(vtstq_u32(word, bit), inside)), at, indices + count);
    }
    return filter_each_id(ids, at, length, bitmap, bits, indices, count);
}

/* ---- gathers ------------------------------------------------------------------------------------------------ */

static bool gather_int32(const uint8_t *start, uint32_t first, uint32_t span, const uint32_t *offsets, int64_t count,
                         int32_t *column) {
    const uint32x4_t firsts = vdupq_n_u32(first);
    int64_t at = 0;
    for (; at + 4 <= count; at += 4) {
        const uint32x4_t distance = vsubq_u32(vld1q_u32(offsets + at), firsts);
        if (vmaxvq_u32(distance) > span) {
            return false;
        }
        memcpy(column + at, start + vgetq_lane_u32(distance, 0), sizeof(*column));
        memcpy(column + at + 1, start + vgetq_lane_u32(distance, 1), sizeof(*column));
        memcpy(column + at + 2, start + vgetq_lane_u32(distance, 2), sizeof(*column));
        memcpy(column + at + 3, start + vgetq_lane_u32(distance, 3), sizeof(*column));
    }
    return gather_each_int32(start, first, span, offsets, at, count, column);
}

static bool gather_int64(const uint8_t *start, uint32_t first, uint32_t span, const uint32_t *offsets, int64_t count,
                         int64_t *column) {
    const uint32x4_t firsts = vdupq_n_u32(first);
    int64_t at = 0;
    for (; at + 4 <= count; at += 4) {
        const uint32x4_t distance = vsubq_u32(vld1q_u32(offsets + at), firsts);
        if (vmaxvq_u32(distance) > span) {
            return false;
        }
        memcpy(column + at, start + vgetq_lane_u32(distance, 0), sizeof(*column));
        memcpy(column + at + 1, start + vgetq_lane_u32(distance, 1), sizeof(*column));
        memcpy(column + at + 2, start + vgetq_lane_u32(distance, 2), sizeof(*column));
        memcpy(column + at + 3, start + vgetq_lane_u32(distance, 3), sizeof(*column));
    }
    return gather_each_int64(start, first, span, offsets, at, count, column);
}

/* ---- aggregates --------------------------------------------------------------------------------------------- */

#define LANES 2

typedef struct int64_lanes {
    int64x2_t sum;
    int64x2_t min;
    int64x2_t max;
} int64_lanes;

static inline int64_lanes int64_lanes_of_none(void) {
    return (int64_lanes){vdupq_n_s64(0), vdupq_n_s64(INT64_MAX), vdupq_n_s64(INT64_MIN)};
}

static inline void add_int64(int64_lanes *lanes, int64x2_t values) {
    lanes->sum = vaddq_s64(lanes->sum, values);
    lanes->min = vbslq_s64(vcltq_s64(values, lanes->min), values, lanes->min);
    lanes->max = vbslq_s64(vcgtq_s64(values, lanes->max), values, lanes->max);
}

static inline int64_aggregate int64_aggregate_of(const int64_lanes *lanes) {
    int64_aggregate aggregate = {(uint64_t) vgetq_lane_s64(lanes->sum, 0), vgetq_lane_s64(lanes->min, 0),
                                 vgetq_lane_s64(lanes->max, 0)};
    const int64_aggregate other = {(uint64_t) vgetq_lane_s64(lanes->sum, 1), vgetq_lane_s64(lanes->min, 1),
                                   vgetq_lane_s64(lanes->max, 1)};
    aggregate_int64_merge(&aggregate, &other);
    return aggregate;
}

static void aggregate_int64(const int64_t *values, int64_t length, int64_t *result) {
    int64_lanes lanes = int64_lanes_of_none();
    int64_t at = 0;
    for (; at + LANES <= length; at += LANES) {
        add_int64(&lanes, vld1q_s64(values + at));
    }
    int64_aggregate aggregate = int64_aggregate_of(&lanes);
    for (; at < length; at++) {
        aggregate_int64_value(&aggregate, values[at]);
    }
    aggregate_int64_result(&aggregate, length, result);
}

/* Eight partial sums are four registers; minimum and maximum need one. */
typedef struct double_lanes {
    float64x2_t sums[DOUBLE_SUMS / LANES];
    float64x2_t min; /* never NaN */
    float64x2_t max;
} double_lanes;

static inline double_lanes double_lanes_of_none(void) {
    const float64x2_t zero = vdupq_n_f64(0);
    return (double_lanes){{zero, zero, zero, zero}, vdupq_n_f64(INFINITY), vdupq_n_f64(-INFINITY)};
}

/* FMIN and FMAX know that -0.0 is below 0.0; a NaN is replaced before, as they would give it back. */
static inline void add_double(double_lanes *lanes, int pair, float64x2_t values) {
    const uint64x2_t numbers = vceqq_f64(values, values);
    lanes->sums[pair] = vaddq_f64(lanes->sums[pair], values);
    lanes->min = vminq_f64(lanes->min, vbslq_f64(numbers, values, vdupq_n_f64(INFINITY)));
    lanes->max = vmaxq_f64(lanes->max, vbslq_f64(numbers, values, vdupq_n_f64(-INFINITY)));
}

static inline double_aggregate double_aggregate_of(const double_lanes *lanes) {
    double_aggregate aggregate;
    for (int pair = 0; pair < DOUBLE_SUMS / LANES; pair++) {
        vst1q_f64(aggregate.sums + pair * LANES, lanes->sums[pair]);
    }
    aggregate.min = vminvq_f64(lanes->min);
    aggregate.max = vmaxvq_f64(lanes->max);
    return aggregate;
}

static void aggregate_double(const double *values, int64_t length, double *result) {
    double_lanes lanes = double_lanes_of_none();
    int64_t at = 0;
    for (; at + DOUBLE_SUMS <= length; at += DOUBLE_SUMS) {
        for (int pair = 0; pair < DOUBLE_SUMS / LANES; pair++) {
            add_double(&lanes, pair, vld1q_f64(values + at + pair * LANES));
        }
    }
    double_aggregate aggregate = double_aggregate_of(&lanes);
    for (; at < length; at++) {
        aggregate_double_value(&aggregate, at, values[at]);
    }
    aggregate_double_result(&aggregate, length, result);
}

static bool aggregate_int64_selected(const int64_t *values, int64_t length, const uint32_t *selection, int64_t selected,
                                     int64_t *result) {
    int64_lanes lanes = int64_lanes_of_none();
    int64_t at = 0;
    for (; at + LANES <= selected; at += LANES) {
        const uint32_t first = selection[at];
        const uint32_t second = selection[at + 1];
        if (first >= length || second >= length) {
            return false;
        }
        add_int64(&lanes, vld1q_lane_s64(values + second, vld1q_dup_s64(values + first), 1));
    }
    int64_aggregate aggregate = int64_aggregate_of(&lanes);
    for (; at < selected; at++) {
        if (selection[at] >= length) {
            return false;
        }
        aggregate_int64_value(&aggregate, values[selection[at]]);
    }
    aggregate_int64_result(&aggregate, selected, result);
    return true;
}

static bool aggregate_double_selected(const double *values, int64_t length, const uint32_t *selection, int64_t selected,
                                      double *result) {
    double_lanes lanes = double_lanes_of_none();
    int64_t at = 0;
    for (; at + DOUBLE_SUMS <= selected; at += DOUBLE_SUMS) {
        const uint32_t *index = selection + at;
        if (vmaxvq_u32(vmaxq_u32(vld1q_u32(index), vld1q_u32(index + 4))) >= length) {
            return false;
        }
        for (int pair = 0; pair < DOUBLE_SUMS / LANES; pair++) {
            const float64x2_t both = vld1q_dup_f64(values + index[pair * LANES]);
            add_double(&lanes, pair, vld1q_lane_f64(values + index[pair * LANES + 1], both, 1));
        }
    }
    double_aggregate aggregate = double_aggregate_of(&lanes);
    for (; at < selected; at++) {
        if (selection[at] >= length) {
            return false;
        }
        aggregate_double_value(&aggregate, at, values[selection[at]]);
    }
    aggregate_double_result(&aggregate, selected, result);
    return true;
}

const kaelix_column_kernels kaelix_column_kernels_neon = {
    .filter_int32 = filter_int32,
    .filter_int64 = filter_int64,
    .filter_double = filter_double,
    .filter_ids = filter_ids,
    .gather_int32 = gather_int32,
    .gather_int64 = gather_int64,
    .aggregate_int64 = aggregate_int64,
    .aggregate_int64_selected = aggregate_int64_selected,
    .aggregate_double = aggregate_double,
    .aggregate_double_selected = aggregate_double_selected,
};
