/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * avx2.c - kernels for x86-64 with AVX2, BMI1 and BMI2. AVX2 has no masked byte load, so tails are scalar.
 */
#include "kernels.h"
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

const kaelix_kernels kaelix_kernels_avx2 = {
    .name = "avx2",
    .isa = KAELIX_ISA_AVX2,
    .needs = KAELIX_CPU_AVX2 | KAELIX_CPU_BMI2,
    .newlines = newlines,
};
