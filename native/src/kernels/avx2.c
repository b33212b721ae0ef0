/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * avx2.c - kernels for x86-64 with AVX2, BMI1 and BMI2. AVX2 has no masked byte load, so tails are scalar.
 */
#include "kernels.h"
#include "filter.h"
#include "newlines.h"

#include <immintrin.h>

static inline uint64_t newline_mask(const uint8_t *block) {
    const __m256i newline = _mm256_set1_epi8(NEWLINE);
    const __m256i low = _mm256_loadu_si256((const __m256i *) (const void *) block);
    const __m256i high = _mm256_loadu_si256((const __m256i *) (const void *) (block + 32));
    const uint32_t low_mask = (uint32_t) _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, newline));
    const uint32_t high_mask = (uint32_t) _mm256_movemask_epi8(_mm256_cmpeq_epi8(high, newline));
    return ((uint64_t) high_mask << 32) | low_mask;
}

static void newlines(const uint8_t *data, int64_t length, uint32_t *positions, int64_t capacity, int64_t *result) {
    int64_t written = 0;
    int64_t at = 0;
    for (; at + BLOCK_BYTES <= length && written + BLOCK_BYTES <= capacity; at += BLOCK_BYTES) {
        written += flatten(newline_mask(data + at), (uint32_t) at, positions + written);
    }
    for (; at + BLOCK_BYTES <= length && written < capacity; at += BLOCK_BYTES) {
        written = flatten_exactly(newline_mask(data + at), (uint32_t) at, positions, written, capacity);
    }
    for (; at < length && written < capacity; at++) {
        if (data[at] == NEWLINE) {
            positions[written++] = (uint32_t) at;
        }
    }
    newlines_result(positions, written, capacity, length, result);
}

/* Which of four values are outside. AVX2 compares signed only: flipping the sign of both sides makes it unsigned. */
static inline uint32_t outside_mask(const int64_t *values, __m256i flipped_first, __m256i flipped_span) {
    const __m256i value = _mm256_loadu_si256((const __m256i *) (const void *) values);
    const __m256i outside = _mm256_cmpgt_epi64(_mm256_sub_epi64(value, flipped_first), flipped_span);
    return (uint32_t) _mm256_movemask_pd(_mm256_castsi256_pd(outside));
}

static int64_t filter_int64(const int64_t *values, int64_t length, uint64_t first, uint64_t span, uint32_t *indices) {
    const uint64_t sign = (uint64_t) 1 << 63;
    const __m256i flipped_first = _mm256_set1_epi64x((int64_t) (first ^ sign)); // v - (f ^ sign) == (v - f) ^ sign
    const __m256i flipped_span = _mm256_set1_epi64x((int64_t) (span ^ sign));
    int64_t count = 0;
    int64_t at = 0;
    for (; at + FILTER_STEP <= length; at += FILTER_STEP) {
        const uint32_t matches = outside_mask(values + at, flipped_first, flipped_span) ^ FILTER_ALL;
        const __m128i places = _mm_loadu_si128((const __m128i *) (const void *) filter_places[matches]);
        const __m128i index = _mm_add_epi32(places, _mm_set1_epi32((int32_t) at));
        _mm_storeu_si128((__m128i *) (void *) (indices + count), index); // fits: count <= at, at + 4 <= length
        count += __builtin_popcount(matches);
    }
    return filter_each(values, at, length, first, span, indices, count);
}

const kaelix_kernels kaelix_kernels_avx2 = {
    .name = "avx2",
    .isa = KAELIX_ISA_AVX2,
    .needs = KAELIX_CPU_AVX2 | KAELIX_CPU_BMI2,
    .newlines = newlines,
    .filter_int64 = filter_int64,
};
