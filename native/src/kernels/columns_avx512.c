/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * columns_avx512.c - kernels over columns for x86-64 with AVX-512 F, BW, DQ and VL. Masked loads and gathers do not touch
 * what they leave out, so a tail is a block like any other.
 */
#include "columns.h"
#include "aggregate.h"
#include "filter.h"

#include <immintrin.h>
#include <string.h>

/* The first `count` of a block of lanes; all of a wider block if there are more. */
static inline uint32_t first_lanes(int64_t count) {
    return count < 32 ? _bzhi_u32(~0U, (uint32_t) count) : ~0U;
}

/*
 * How many elements lie before the first whole line of the cache, and so before the first block: a block that lies across
 * two lines takes as long as two.
 */
static inline int64_t before_first_line(const void *elements, int64_t length, uint64_t bytes) {
    const int64_t before = (int64_t) ((0 - kaelix_address(elements)) % 64 / bytes);
    return before < length ? before : length;
}

/*
 * Asks for the line so far behind one that is read: from the second cache, what is added up comes a sixth faster than by the
 * CPU's own prefetching, what is filtered some hundredths. A hint, which may name memory that is not there.
 */
#define PREFETCH_BYTES 1024

static inline void prefetch(const void *line) {
    __builtin_prefetch((const void *) (kaelix_address(line) + PREFETCH_BYTES));
}

/* ---- filters ------------------------------------------------------------------------------------------------ */

#define FILTER_BLOCK 16

static inline __m512i first_indices(void) {
    return _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

/*
 * Indices of the matches of a whole block; returns how many. Compressed in a register, then stored whole: compressing into
 * memory is microcoded on some CPUs. Fits: no more indices are written than values were seen before this block.
 */
static inline int64_t store_block(uint32_t matches, __m512i index, uint32_t *out) {
    _mm512_storeu_si512(out, _mm512_maskz_compress_epi32((__mmask16) matches, index));
    return __builtin_popcount(matches);
}

/* The same for the last block, where there is no room for more than what matches. */
static inline int64_t store_last_block(uint32_t matches, __m512i index, uint32_t *out) {
    const int64_t found = __builtin_popcount(matches);
    const __m512i compressed = _mm512_maskz_compress_epi32((__mmask16) matches, index);
    _mm512_mask_storeu_epi32(out, (__mmask16) first_lanes(found), compressed);
    return found;
}

static inline uint32_t matches_int32(uint32_t present, const int32_t *values, __m512i first, __m512i span) {
    const __m512i distance = _mm512_sub_epi32(_mm512_maskz_loadu_epi32((__mmask16) present, values), first);
    return _mm512_mask_cmple_epu32_mask((__mmask16) present, distance, span);
}

static int64_t filter_int32(const int32_t *values, int64_t length, uint32_t first, uint32_t span, uint32_t *indices) {
    const __m512i firsts = _mm512_set1_epi32((int32_t) first);
    const __m512i spans = _mm512_set1_epi32((int32_t) span);
    const __m512i step = _mm512_set1_epi32(FILTER_BLOCK);
    const int64_t head = before_first_line(values, length, sizeof(*values));
    int64_t count = store_last_block(matches_int32(first_lanes(head), values, firsts, spans), first_indices(), indices);
    __m512i index = _mm512_add_epi32(first_indices(), _mm512_set1_epi32((int32_t) head));
    int64_t at = head;
    for (; at + FILTER_BLOCK <= length; at += FILTER_BLOCK) {
        prefetch(values + at);
        count += store_block(matches_int32(0xFFFF, values + at, firsts, spans), index, indices + count);
        index = _mm512_add_epi32(index, step);
    }
    if (at < length) {
        const uint32_t matches = matches_int32(first_lanes(length - at), values + at, firsts, spans);
        count += store_last_block(matches, index, indices + count);
    }
    return count;
}

/* Which of the values present match; those absent are not loaded. */
static inline uint32_t matches_int64(uint32_t present, const int64_t *values, __m512i first, __m512i span) {
    const __mmask8 low_present = (__mmask8) present;
    const __mmask8 high_present = (__mmask8) (present >> 8);
    const __m512i low = _mm512_sub_epi64(_mm512_maskz_loadu_epi64(low_present, values), first);
    const __m512i high = _mm512_sub_epi64(_mm512_maskz_loadu_epi64(high_present, values + 8), first);
    const uint32_t low_mask = _mm512_mask_cmple_epu64_mask(low_present, low, span);
    const uint32_t high_mask = _mm512_mask_cmple_epu64_mask(high_present, high, span);
    return low_mask | (high_mask << 8);
}

static int64_t filter_int64(const int64_t *values, int64_t length, uint64_t first, uint64_t span, uint32_t *indices) {
    const __m512i firsts = _mm512_set1_epi64((int64_t) first);
    const __m512i spans = _mm512_set1_epi64((int64_t) span);
    const __m512i step = _mm512_set1_epi32(FILTER_BLOCK);
    const int64_t head = before_first_line(values, length, sizeof(*values));
    int64_t count = store_last_block(matches_int64(first_lanes(head), values, firsts, spans), first_indices(), indices);
    __m512i index = _mm512_add_epi32(first_indices(), _mm512_set1_epi32((int32_t) head));
    int64_t at = head;
    for (; at + FILTER_BLOCK <= length; at += FILTER_BLOCK) {
        prefetch(values + at);
        prefetch(values + at + FILTER_BLOCK / 2);
        count += store_block(matches_int64(0xFFFF, values + at, firsts, spans), index, indices + count);
        index = _mm512_add_epi32(index, step);
    }
    if (at < length) {
        const uint32_t matches = matches_int64(first_lanes(length - at), values + at, firsts, spans);
        count += store_last_block(matches, index, indices + count);
    }
    return count;
}

/* double_key of eight. */
static inline __m512i double_keys(__m512i bits) {
    return _mm512_xor_si512(bits, _mm512_srli_epi64(_mm512_srai_epi64(bits, 63), 1));
}

static inline uint32_t matches_double(uint32_t present, const double *values, __m512i first, __m512i span) {
    const __mmask8 low_present = (__mmask8) present;
    const __mmask8 high_present = (__mmask8) (present >> 8);
    const __m512i low = double_keys(_mm512_maskz_loadu_epi64(low_present, values));
    const __m512i high = double_keys(_mm512_maskz_loadu_epi64(high_present, values + 8));
    const uint32_t low_mask = _mm512_mask_cmple_epu64_mask(low_present, _mm512_sub_epi64(low, first), span);
    const uint32_t high_mask = _mm512_mask_cmple_epu64_mask(high_present, _mm512_sub_epi64(high, first), span);
    return low_mask | (high_mask << 8);
}

/*
 * Whether comparing doubles finds the same as comparing keys: not where NaN is in the range, as in that of 'not equal', nor where
 * it has but one of the two zeros.
 */
static inline bool is_range_of_numbers(int64_t first, int64_t last) {
    return first <= last && !double_key_is_nan(first) && !double_key_is_nan(last) && first != 0 && last != -1;
}

/* double_key backwards, which is the same. */
static inline double double_of_key(uint64_t key) {
    const uint64_t bits = key ^ (uint64_t) ((int64_t) key >> 63) >> 1;
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* The same by comparisons of doubles, for a range of numbers: to those, too, both zeros are one. */
static inline uint32_t matches_numbers(uint32_t present, const double *values, __m512d low, __m512d high) {
    const __mmask8 low_present = (__mmask8) present;
    const __mmask8 high_present = (__mmask8) (present >> 8);
    const __m512d front = _mm512_maskz_loadu_pd(low_present, values);
    const __m512d back = _mm512_maskz_loadu_pd(high_present, values + 8);
    const __mmask8 front_above = _mm512_mask_cmp_pd_mask(low_present, front, low, _CMP_GE_OQ);
    const __mmask8 back_above = _mm512_mask_cmp_pd_mask(high_present, back, low, _CMP_GE_OQ);
    const uint32_t front_mask = _mm512_mask_cmp_pd_mask(front_above, front, high, _CMP_LE_OQ);
    const uint32_t back_mask = _mm512_mask_cmp_pd_mask(back_above, back, high, _CMP_LE_OQ);
    return front_mask | (back_mask << 8);
}

static int64_t filter_numbers(const double *values, int64_t length, double low, double high, uint32_t *indices) {
    const __m512d lows = _mm512_set1_pd(low);
    const __m512d highs = _mm512_set1_pd(high);
    const __m512i step = _mm512_set1_epi32(FILTER_BLOCK);
    const int64_t head = before_first_line(values, length, sizeof(*values));
    int64_t count = store_last_block(matches_numbers(first_lanes(head), values, lows, highs), first_indices(), indices);
    __m512i index = _mm512_add_epi32(first_indices(), _mm512_set1_epi32((int32_t) head));
    int64_t at = head;
    for (; at + FILTER_BLOCK <= length; at += FILTER_BLOCK) {
        prefetch(values + at);
        prefetch(values + at + FILTER_BLOCK / 2);
        count += store_block(matches_numbers(0xFFFF, values + at, lows, highs), index, indices + count);
        index = _mm512_add_epi32(index, step);
    }
    if (at < length) {
        const uint32_t matches = matches_numbers(first_lanes(length - at), values + at, lows, highs);
        count += store_last_block(matches, index, indices + count);
    }
    return count;
}

static int64_t filter_double(const double *values, int64_t length, uint64_t first, uint64_t span, uint32_t *indices) {
    const uint64_t last = first + span;
    if (is_range_of_numbers((int64_t) first, (int64_t) last)) {
        return filter_numbers(values, length, double_of_key(first), double_of_key(last), indices);
    }
    const __m512i firsts = _mm512_set1_epi64((int64_t) first);
    const __m512i spans = _mm512_set1_epi64((int64_t) span);
    const __m512i step = _mm512_set1_epi32(FILTER_BLOCK);
    const int64_t head = before_first_line(values, length, sizeof(*values));
    int64_t count = store_last_block(matches_double(first_lanes(head), values, firsts, spans), first_indices(), indices);
    __m512i index = _mm512_add_epi32(first_indices(), _mm512_set1_epi32((int32_t) head));
    int64_t at = head;
    for (; at + FILTER_BLOCK <= length; at += FILTER_BLOCK) {
        count += store_block(matches_double(0xFFFF, values + at, firsts, spans), index, indices + count);
        index = _mm512_add_epi32(index, step);
    }
    if (at < length) {
        const uint32_t matches = matches_double(first_lanes(length - at), values + at, firsts, spans);
        count += store_last_block(matches, index, indices + count);
    }
    return count;
}

/* Which of the ids present are in the set. Halves of its words are gathered, and only where an id is below bits. */
static inline uint32_t matches_ids(uint32_t present, const int32_t *ids, const uint64_t *bitmap, __m512i bits) {
    const __m512i id = _mm512_maskz_loadu_epi32((__mmask16) present, ids);
    const __mmask16 inside = _mm512_mask_cmplt_epu32_mask((__mmask16) present, id, bits);
    const __m512i half = _mm512_srli_epi32(id, 5);
    const __m512i words = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), inside, half, bitmap, 4);
    const __m512i bit = _mm512_sllv_epi32(_mm512_set1_epi32(1), _mm512_and_si512(id, _mm512_set1_epi32(31)));
    return _mm512_test_epi32_mask(words, bit);
}

static int64_t filter_ids(const int32_t *ids, int64_t length, const uint64_t *bitmap, uint32_t bits, uint32_t *indices) {
    const __m512i all_bits = _mm512_set1_epi32((int32_t) bits);
    const __m512i step = _mm512_set1_epi32(FILTER_BLOCK);
    __m512i index = first_indices();
    int64_t count = 0;
    int64_t at = 0;
    for (; at + FILTER_BLOCK <= length; at += FILTER_BLOCK) {
        count += store_block(matches_ids(0xFFFF, ids + at, bitmap, all_bits), index, indices + count);
        index = _mm512_add_epi32(index, step);
    }
    if (at < length) {
        count += store_last_block(matches_ids(first_lanes(length - at), ids + at, bitmap, all_bits), index, indices + count);
    }
    return count;
}

/* ---- gathers ------------------------------------------------------------------------------------------------ */

#define GATHER_BLOCK 16

/* How far a block of offsets is from the first that is allowed; false if one of them is further than the last. */
static inline bool distances_of(const uint32_t *offsets, __m512i first, __m512i span, uint32_t *distances) {
    const __m512i distance = _mm512_sub_epi32(_mm512_loadu_si512(offsets), first);
    _mm512_storeu_si512(distances, distance);
    return _mm512_cmpgt_epu32_mask(distance, span) == 0;
}

/* The values are loaded one by one: VPGATHER is a loop of microcode on some CPUs, and no faster where each is on a line of its own. */
static bool gather_int32(const uint8_t *start, uint32_t first, uint32_t span, const uint32_t *offsets, int64_t count,
                         int32_t *column) {
    const __m512i firsts = _mm512_set1_epi32((int32_t) first);
    const __m512i spans = _mm512_set1_epi32((int32_t) span);
    int64_t at = 0;
    for (; at + GATHER_BLOCK <= count; at += GATHER_BLOCK) {
        uint32_t distances[GATHER_BLOCK];
        if (!distances_of(offsets + at, firsts, spans, distances)) {
            return false;
        }
        for (int i = 0; i < GATHER_BLOCK; i++) {
            memcpy(column + at + i, start + distances[i], sizeof(*column));
        }
    }
    return gather_each_int32(start, first, span, offsets, at, count, column);
}

static bool gather_int64(const uint8_t *start, uint32_t first, uint32_t span, const uint32_t *offsets, int64_t count,
                         int64_t *column) {
    const __m512i firsts = _mm512_set1_epi32((int32_t) first);
    const __m512i spans = _mm512_set1_epi32((int32_t) span);
    int64_t at = 0;
    for (; at + GATHER_BLOCK <= count; at += GATHER_BLOCK) {
        uint32_t distances[GATHER_BLOCK];
        if (!distances_of(offsets + at, firsts, spans, distances)) {
            return false;
        }
        for (int i = 0; i < GATHER_BLOCK; i++) {
            memcpy(column + at + i, start + distances[i], sizeof(*column));
        }
    }
    return gather_each_int64(start, first, span, offsets, at, count, column);
}

/* ---- aggregates --------------------------------------------------------------------------------------------- */

#define AGGREGATE_BLOCK 8

typedef struct int64_lanes {
    __m512i sum;
    __m512i min;
    __m512i max;
} int64_lanes;

static inline int64_lanes int64_lanes_of_none(void) {
    return (int64_lanes){_mm512_setzero_si512(), _mm512_set1_epi64(INT64_MAX), _mm512_set1_epi64(INT64_MIN)};
}

static inline void add_int64(int64_lanes *lanes, __mmask8 present, __m512i values) {
    lanes->sum = _mm512_mask_add_epi64(lanes->sum, present, lanes->sum, values);
    lanes->min = _mm512_mask_min_epi64(lanes->min, present, lanes->min, values);
    lanes->max = _mm512_mask_max_epi64(lanes->max, present, lanes->max, values);
}

/* Lane by lane: GCC's reduction adds signed numbers, which may not overflow. */
static inline void int64_result(const int64_lanes *lanes, int64_t count, int64_t *result) {
    uint64_t sums[AGGREGATE_BLOCK];
    int64_t lows[AGGREGATE_BLOCK];
    int64_t highs[AGGREGATE_BLOCK];
    _mm512_storeu_si512(sums, lanes->sum);
    _mm512_storeu_si512(lows, lanes->min);
    _mm512_storeu_si512(highs, lanes->max);
    int64_aggregate aggregate = int64_aggregate_of_none;
    for (int i = 0; i < AGGREGATE_BLOCK; i++) {
        const int64_aggregate lane = {sums[i], lows[i], highs[i]};
        aggregate_int64_merge(&aggregate, &lane);
    }
    aggregate_int64_result(&aggregate, count, result);
}

typedef struct double_lanes {
    __m512d sum; /* the eight partial sums of the contract, in order */
    __m512d min; /* never NaN                                        */
    __m512d max;
} double_lanes;

_Static_assert(DOUBLE_SUMS == AGGREGATE_BLOCK, "a partial sum is a lane");

static inline double_lanes double_lanes_of_none(void) {
    return (double_lanes){_mm512_setzero_pd(), _mm512_set1_pd(INFINITY), _mm512_set1_pd(-INFINITY)};
}

/* VRANGE's choices: the lower or higher of two, with its own sign; -0.0 is below 0.0 for it. */
#define RANGE_MIN 4
#define RANGE_MAX 5

static inline void add_double(double_lanes *lanes, __mmask8 present, __m512d values) {
    const __mmask8 numbers = _mm512_mask_cmp_pd_mask(present, values, values, _CMP_ORD_Q);
    lanes->sum = _mm512_mask_add_pd(lanes->sum, present, lanes->sum, values);
    lanes->min = _mm512_mask_range_pd(lanes->min, numbers, lanes->min, values, RANGE_MIN);
    lanes->max = _mm512_mask_range_pd(lanes->max, numbers, lanes->max, values, RANGE_MAX);
}

static inline void double_result(const double_lanes *lanes, int64_t count, double *result) {
    double_aggregate aggregate = double_aggregate_of_none;
    double lows[AGGREGATE_BLOCK];
    double highs[AGGREGATE_BLOCK];
    _mm512_storeu_pd(aggregate.sums, lanes->sum);
    _mm512_storeu_pd(lows, lanes->min);
    _mm512_storeu_pd(highs, lanes->max);
    for (int i = 0; i < AGGREGATE_BLOCK; i++) {
        aggregate.min = double_lower(lows[i], aggregate.min);
        aggregate.max = double_higher(highs[i], aggregate.max);
    }
    aggregate_double_result(&aggregate, count, result);
}

/* Two sets of lanes, so that no block waits for the one before; the masks of whole blocks are constants. */
static void aggregate_int64(const int64_t *values, int64_t length, int64_t *result) {
    int64_lanes lanes = int64_lanes_of_none();
    int64_lanes others = int64_lanes_of_none();
    int64_t at = before_first_line(values, length, sizeof(*values));
    const __mmask8 head = (__mmask8) first_lanes(at);
    add_int64(&lanes, head, _mm512_maskz_loadu_epi64(head, values));
    for (; at + 2 * AGGREGATE_BLOCK <= length; at += 2 * AGGREGATE_BLOCK) {
        prefetch(values + at);
        prefetch(values + at + AGGREGATE_BLOCK);
        add_int64(&lanes, 0xFF, _mm512_loadu_si512(values + at));
        add_int64(&others, 0xFF, _mm512_loadu_si512(values + at + AGGREGATE_BLOCK));
    }
    lanes.sum = _mm512_add_epi64(lanes.sum, others.sum);
    lanes.min = _mm512_min_epi64(lanes.min, others.min);
    lanes.max = _mm512_max_epi64(lanes.max, others.max);
    for (; at < length; at += AGGREGATE_BLOCK) {
        const __mmask8 present = (__mmask8) first_lanes(length - at);
        add_int64(&lanes, present, _mm512_maskz_loadu_epi64(present, values + at));
    }
    int64_result(&lanes, length, result);
}

static void aggregate_double(const double *values, int64_t length, double *result) {
    double_lanes lanes = double_lanes_of_none();
    for (int64_t at = 0; at < length; at += AGGREGATE_BLOCK) {
        const __mmask8 present = (__mmask8) first_lanes(length - at);
        add_double(&lanes, present, _mm512_maskz_loadu_pd(present, values + at));
    }
    double_result(&lanes, length, result);
}

/* Eight indices; *outside tells whether one of those present is not below length, and must not be followed. */
static inline __m256i load_selection(__mmask8 present, const uint32_t *selection, __m256i length, bool *outside) {
    const __m256i index = _mm256_maskz_loadu_epi32(present, selection);
    *outside = _mm256_mask_cmpge_epu32_mask(present, index, length) != 0;
    return index;
}

static bool aggregate_int64_selected(const int64_t *values, int64_t length, const uint32_t *selection, int64_t selected,
                                     int64_t *result) {
    const __m256i lengths = _mm256_set1_epi32((int32_t) length);
    int64_lanes lanes = int64_lanes_of_none();
    for (int64_t at = 0; at < selected; at += AGGREGATE_BLOCK) {
        const __mmask8 present = (__mmask8) first_lanes(selected - at);
        bool outside;
        const __m256i index = load_selection(present, selection + at, lengths, &outside);
        if (outside) {
            return false;
        }
        add_int64(&lanes, present, _mm512_mask_i32gather_epi64(_mm512_setzero_si512(), present, index, values, 8));
    }
    int64_result(&lanes, selected, result);
    return true;
}

static bool aggregate_double_selected(const double *values, int64_t length, const uint32_t *selection, int64_t selected,
                                      double *result) {
    const __m256i lengths = _mm256_set1_epi32((int32_t) length);
    double_lanes lanes = double_lanes_of_none();
    for (int64_t at = 0; at < selected; at += AGGREGATE_BLOCK) {
        const __mmask8 present = (__mmask8) first_lanes(selected - at);
        bool outside;
        const __m256i index = load_selection(present, selection + at, lengths, &outside);
        if (outside) {
            return false;
        }
        add_double(&lanes, present, _mm512_mask_i32gather_pd(_mm512_setzero_pd(), present, index, values, 8));
    }
    double_result(&lanes, selected, result);
    return true;
}

const kaelix_column_kernels kaelix_column_kernels_avx512 = {
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
