/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * columns_avx2.c - kernels over columns for x86-64 with AVX2, BMI1 and BMI2. Tails go one value at a time.
 *
 * AVX2 compares signed only: a - first is compared with span unsigned by flipping the sign bit of both, and flipping that
 * of first does so for the difference, since a - (first ^ sign) == (a - first) ^ sign.
 */
#include "columns.h"
#include "aggregate.h"
#include "filter.h"

#include <immintrin.h>

#define SIGN_32 0x80000000U
#define SIGN_64 ((uint64_t) 1 << 63)

static inline __m256i load(const void *values) {
    return _mm256_loadu_si256((const __m256i *) values);
}

static inline __m128i load_half(const void *values) {
    return _mm_loadu_si128((const __m128i *) values);
}

/* ---- filters ------------------------------------------------------------------------------------------------ */

/* Indices of the matches among four values from `at` on; returns how many. Fits: count <= at, at + 4 <= length. */
static inline int64_t store_four(uint32_t matches, int64_t at, uint32_t *out) {
    const __m128i index = _mm_add_epi32(load_half(filter_places[matches]), _mm_set1_epi32((int32_t) at));
    _mm_storeu_si128((__m128i *) (void *) out, index);
    return __builtin_popcount(matches);
}

static inline int64_t store_eight(uint32_t matches, int64_t at, uint32_t *out) {
    const int64_t count = store_four(matches & FILTER_ALL, at, out);
    return count + store_four(matches >> FILTER_STEP, at + FILTER_STEP, out + count);
}

static int64_t filter_int32(const int32_t *values, int64_t length, uint32_t first, uint32_t span, uint32_t *indices) {
    const __m256i flipped_first = _mm256_set1_epi32((int32_t) (first ^ SIGN_32));
    const __m256i flipped_span = _mm256_set1_epi32((int32_t) (span ^ SIGN_32));
    int64_t count = 0;
    int64_t at = 0;
    for (; at + 2 * FILTER_STEP <= length; at += 2 * FILTER_STEP) {
        const __m256i outside = _mm256_cmpgt_epi32(_mm256_sub_epi32(load(values + at), flipped_first), flipped_span);
        const uint32_t matches = (uint32_t) _mm256_movemask_ps(_mm256_castsi256_ps(outside)) ^ 0xFF;
        count += store_eight(matches, at, indices + count);
    }
    return filter_each_int32(values, at, length, first, span, indices, count);
}

static inline uint32_t matches_four(__m256i values, __m256i flipped_first, __m256i flipped_span) {
    const __m256i outside = _mm256_cmpgt_epi64(_mm256_sub_epi64(values, flipped_first), flipped_span);
    return (uint32_t) _mm256_movemask_pd(_mm256_castsi256_pd(outside)) ^ FILTER_ALL;
}

static int64_t filter_int64(const int64_t *values, int64_t length, uint64_t first, uint64_t span, uint32_t *indices) {
    const __m256i flipped_first = _mm256_set1_epi64x((int64_t) (first ^ SIGN_64));
    const __m256i flipped_span = _mm256_set1_epi64x((int64_t) (span ^ SIGN_64));
    int64_t count = 0;
    int64_t at = 0;
    for (; at + FILTER_STEP <= length; at += FILTER_STEP) {
        count += store_four(matches_four(load(values + at), flipped_first, flipped_span), at, indices + count);
    }
    return filter_each_int64(values, at, length, first, span, indices, count);
}

/* double_key of four. */
static inline __m256i double_keys(__m256i bits) {
    const __m256i signs = _mm256_cmpgt_epi64(_mm256_setzero_si256(), bits);
    return _mm256_xor_si256(bits, _mm256_srli_epi64(signs, 1));
}

static int64_t filter_double(const double *values, int64_t length, uint64_t first, uint64_t span, uint32_t *indices) {
    const __m256i flipped_first = _mm256_set1_epi64x((int64_t) (first ^ SIGN_64));
    const __m256i flipped_span = _mm256_set1_epi64x((int64_t) (span ^ SIGN_64));
    int64_t count = 0;
    int64_t at = 0;
    for (; at + FILTER_STEP <= length; at += FILTER_STEP) {
        const __m256i keys = double_keys(load(values + at));
        count += store_four(matches_four(keys, flipped_first, flipped_span), at, indices + count);
    }
    return filter_each_double(values, at, length, first, span, indices, count);
}

/*
 * Which of eight ids are in the set. Halves of its words are gathered, and the bit asked for is shifted to the top. An id
 * outside looks at the first word, and is left out whatever that is.
 */
static inline uint64_t matches_ids(const int32_t *ids, const uint64_t *bitmap, __m256i highest) {
    const __m256i id = load(ids);
    const __m256i inside = _mm256_cmpeq_epi32(_mm256_min_epu32(id, highest), id);
    const __m256i half = _mm256_and_si256(_mm256_srli_epi32(id, 5), inside);
    const __m256i words = _mm256_i32gather_epi32((const int *) (const void *) bitmap, half, 4);
    const __m256i to_top = _mm256_andnot_si256(id, _mm256_set1_epi32(31)); // 31 - id % 32
    const __m256i bit = _mm256_and_si256(_mm256_sllv_epi32(words, to_top), inside);
    return (uint32_t) _mm256_movemask_ps(_mm256_castsi256_ps(bit));
}

#define IDS_BLOCK 64

/* All lookups of a block, then all stores: a gather behind a store whose place is not known yet waits for it. */
static int64_t filter_ids(const int32_t *ids, int64_t length, const uint64_t *bitmap, uint32_t bits, uint32_t *indices) {
    const __m256i highest = _mm256_set1_epi32((int32_t) (bits - 1));
    int64_t count = 0;
    int64_t at = 0;
    for (; at + IDS_BLOCK <= length; at += IDS_BLOCK) {
        uint64_t matches = 0;
        for (int i = 0; i < IDS_BLOCK; i += 8) {
            matches |= matches_ids(ids + at + i, bitmap, highest) << i;
        }
        for (int i = 0; i < IDS_BLOCK; i += 8) {
            count += store_eight((uint32_t) (matches >> i & 0xFF), at + i, indices + count);
        }
    }
    return filter_each_id(ids, at, length, bitmap, bits, indices, count);
}

/* ---- gathers ------------------------------------------------------------------------------------------------ */

static bool gather_int32(const uint8_t *start, uint32_t first, uint32_t span, const uint32_t *offsets, int64_t count,
                         int32_t *column) {
    const __m256i firsts = _mm256_set1_epi32((int32_t) first);
    const __m256i spans = _mm256_set1_epi32((int32_t) span);
    int64_t at = 0;
    for (; at + 8 <= count; at += 8) {
        const __m256i distance = _mm256_sub_epi32(load(offsets + at), firsts);
        const __m256i inside = _mm256_cmpeq_epi32(_mm256_min_epu32(distance, spans), distance);
        if (_mm256_movemask_epi8(inside) != -1) {
            return false;
        }
        const __m256i values = _mm256_i32gather_epi32((const int *) (const void *) start, distance, 1);
        _mm256_storeu_si256((__m256i *) (void *) (column + at), values);
    }
    return gather_each_int32(start, first, span, offsets, at, count, column);
}

static bool gather_int64(const uint8_t *start, uint32_t first, uint32_t span, const uint32_t *offsets, int64_t count,
                         int64_t *column) {
    const __m128i firsts = _mm_set1_epi32((int32_t) first);
    const __m128i spans = _mm_set1_epi32((int32_t) span);
    int64_t at = 0;
    for (; at + 4 <= count; at += 4) {
        const __m128i distance = _mm_sub_epi32(load_half(offsets + at), firsts);
        const __m128i inside = _mm_cmpeq_epi32(_mm_min_epu32(distance, spans), distance);
        if (_mm_movemask_epi8(inside) != 0xFFFF) {
            return false;
        }
        const __m256i values = _mm256_i32gather_epi64((const long long *) (const void *) start, distance, 1);
        _mm256_storeu_si256((__m256i *) (void *) (column + at), values);
    }
    return gather_each_int64(start, first, span, offsets, at, count, column);
}

/* ---- aggregates --------------------------------------------------------------------------------------------- */

#define LANES 4

typedef struct int64_lanes {
    __m256i sum;
    __m256i min;
    __m256i max;
} int64_lanes;

static inline int64_lanes int64_lanes_of_none(void) {
    return (int64_lanes){_mm256_setzero_si256(), _mm256_set1_epi64x(INT64_MAX), _mm256_set1_epi64x(INT64_MIN)};
}

static inline void add_int64(int64_lanes *lanes, __m256i values) {
    lanes->sum = _mm256_add_epi64(lanes->sum, values);
    lanes->min = _mm256_blendv_epi8(lanes->min, values, _mm256_cmpgt_epi64(lanes->min, values));
    lanes->max = _mm256_blendv_epi8(lanes->max, values, _mm256_cmpgt_epi64(values, lanes->max));
}

static inline int64_aggregate int64_aggregate_of(const int64_lanes *lanes) {
    uint64_t sums[LANES];
    int64_t lows[LANES];
    int64_t highs[LANES];
    _mm256_storeu_si256((__m256i *) (void *) sums, lanes->sum);
    _mm256_storeu_si256((__m256i *) (void *) lows, lanes->min);
    _mm256_storeu_si256((__m256i *) (void *) highs, lanes->max);
    int64_aggregate aggregate = int64_aggregate_of_none;
    for (int i = 0; i < LANES; i++) {
        const int64_aggregate lane = {sums[i], lows[i], highs[i]};
        aggregate_int64_merge(&aggregate, &lane);
    }
    return aggregate;
}

static void aggregate_int64(const int64_t *values, int64_t length, int64_t *result) {
    int64_lanes lanes = int64_lanes_of_none();
    int64_t at = 0;
    for (; at + LANES <= length; at += LANES) {
        add_int64(&lanes, load(values + at));
    }
    int64_aggregate aggregate = int64_aggregate_of(&lanes);
    for (; at < length; at++) {
        aggregate_int64_value(&aggregate, values[at]);
    }
    aggregate_int64_result(&aggregate, length, result);
}

/* Eight partial sums are two registers; all else is twice as wide for that alone. */
typedef struct double_lanes {
    __m256d sums[2];
    __m256d mins[2]; /* never NaN */
    __m256d maxs[2];
} double_lanes;

static inline double_lanes double_lanes_of_none(void) {
    const __m256d zero = _mm256_setzero_pd();
    const __m256d high = _mm256_set1_pd(INFINITY);
    const __m256d low = _mm256_set1_pd(-INFINITY);
    return (double_lanes){{zero, zero}, {high, high}, {low, low}};
}

/*
 * MINPD and MAXPD give their second operand where it equals the first: of a 0.0 and a -0.0, asked for in both orders, each
 * once. Their bits united have the sign, and so are the minimum; what they share has none, and is the maximum. Of any other
 * pair both orders give the same. A NaN is replaced before, as it would be taken.
 */
static inline void add_double(double_lanes *lanes, int half, __m256d values) {
    const __m256d numbers = _mm256_cmp_pd(values, values, _CMP_ORD_Q);
    const __m256d lows = _mm256_blendv_pd(_mm256_set1_pd(INFINITY), values, numbers);
    const __m256d highs = _mm256_blendv_pd(_mm256_set1_pd(-INFINITY), values, numbers);
    const __m256d min = lanes->mins[half];
    const __m256d max = lanes->maxs[half];
    lanes->sums[half] = _mm256_add_pd(lanes->sums[half], values);
    lanes->mins[half] = _mm256_or_pd(_mm256_min_pd(lows, min), _mm256_min_pd(min, lows));
    lanes->maxs[half] = _mm256_and_pd(_mm256_max_pd(highs, max), _mm256_max_pd(max, highs));
}

static inline double_aggregate double_aggregate_of(const double_lanes *lanes) {
    double_aggregate aggregate = double_aggregate_of_none;
    for (int half = 0; half < 2; half++) {
        double lows[LANES];
        double highs[LANES];
        _mm256_storeu_pd(aggregate.sums + half * LANES, lanes->sums[half]);
        _mm256_storeu_pd(lows, lanes->mins[half]);
        _mm256_storeu_pd(highs, lanes->maxs[half]);
        for (int i = 0; i < LANES; i++) {
            aggregate.min = double_lower(lows[i], aggregate.min);
            aggregate.max = double_higher(highs[i], aggregate.max);
        }
    }
    return aggregate;
}

static void aggregate_double(const double *values, int64_t length, double *result) {
    double_lanes lanes = double_lanes_of_none();
    int64_t at = 0;
    for (; at + DOUBLE_SUMS <= length; at += DOUBLE_SUMS) {
        add_double(&lanes, 0, _mm256_loadu_pd(values + at));
        add_double(&lanes, 1, _mm256_loadu_pd(values + at + LANES));
    }
    double_aggregate aggregate = double_aggregate_of(&lanes);
    for (; at < length; at++) {
        aggregate_double_value(&aggregate, at, values[at]);
    }
    aggregate_double_result(&aggregate, length, result);
}

/* Whether one of four indices is above the highest that may be followed. */
static inline bool any_above(__m128i index, __m128i highest) {
    return _mm_movemask_epi8(_mm_cmpeq_epi32(_mm_min_epu32(index, highest), index)) != 0xFFFF;
}

static bool aggregate_int64_selected(const int64_t *values, int64_t length, const uint32_t *selection, int64_t selected,
                                     int64_t *result) {
    const __m128i highest = _mm_set1_epi32((int32_t) (length - 1));
    int64_lanes lanes = int64_lanes_of_none();
    int64_t at = 0;
    for (; at + LANES <= selected; at += LANES) {
        const __m128i index = load_half(selection + at);
        if (any_above(index, highest)) {
            return false;
        }
        add_int64(&lanes, _mm256_i32gather_epi64((const long long *) (const void *) values, index, 8));
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
    const __m128i highest = _mm_set1_epi32((int32_t) (length - 1));
    double_lanes lanes = double_lanes_of_none();
    int64_t at = 0;
    for (; at + DOUBLE_SUMS <= selected; at += DOUBLE_SUMS) {
        const __m128i low = load_half(selection + at);
        const __m128i high = load_half(selection + at + LANES);
        if (any_above(low, highest) || any_above(high, highest)) {
            return false;
        }
        add_double(&lanes, 0, _mm256_i32gather_pd(values, low, 8));
        add_double(&lanes, 1, _mm256_i32gather_pd(values, high, 8));
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

const kaelix_column_kernels kaelix_column_kernels_avx2 = {
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
