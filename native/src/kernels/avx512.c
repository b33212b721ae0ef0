/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * avx512.c - kernels for x86-64 with AVX-512 F, BW, DQ and VL. Masked loads do not fault on the bytes they leave out,
 * so a tail is a block like any other.
 */
#include "kernels.h"
#include "newlines.h"

#include <immintrin.h>

static inline uint64_t newline_mask(__m512i block) {
    return _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(NEWLINE));
}

static void newlines(const uint8_t *data, int64_t length, uint32_t *positions, int64_t capacity, int64_t *result) {
    int64_t written = 0;
    int64_t at = 0;
    for (; at + BLOCK_BYTES <= length && written + BLOCK_BYTES <= capacity; at += BLOCK_BYTES) {
        written += flatten(newline_mask(_mm512_loadu_si512(data + at)), (uint32_t) at, positions + written);
    }
    for (; at < length && written < capacity; at += BLOCK_BYTES) {
        const uint64_t present = _bzhi_u64(~(uint64_t) 0, length - at < BLOCK_BYTES ? (uint32_t) (length - at) : 64);
        const uint64_t mask = newline_mask(_mm512_maskz_loadu_epi8(present, data + at));
        written = flatten_exactly(mask, (uint32_t) at, positions, written, capacity);
    }
    newlines_result(positions, written, capacity, length, result);
}

#define FILTER_BLOCK 16

/* Which of the values present match; those absent are not loaded. */
static inline uint32_t match_mask(uint32_t present, const int64_t *values, __m512i first, __m512i span) {
    const __mmask8 low_present = (__mmask8) present;
    const __mmask8 high_present = (__mmask8) (present >> 8);
    const __m512i low = _mm512_sub_epi64(_mm512_maskz_loadu_epi64(low_present, values), first);
    const __m512i high = _mm512_sub_epi64(_mm512_maskz_loadu_epi64(high_present, values + 8), first);
    const uint32_t low_mask = _mm512_mask_cmple_epu64_mask(low_present, low, span);
    const uint32_t high_mask = _mm512_mask_cmple_epu64_mask(high_present, high, span);
    return low_mask | (high_mask << 8);
}

/* Compressed in a register, then stored whole: compressing into memory is microcoded on some CPUs. */
int64_t kaelix_filter_int64_avx512(const int64_t *values, int64_t length, uint64_t first, uint64_t span,
                                   uint32_t *indices) {
    const __m512i firsts = _mm512_set1_epi64((int64_t) first);
    const __m512i spans = _mm512_set1_epi64((int64_t) span);
    const __m512i step = _mm512_set1_epi32(FILTER_BLOCK);
    __m512i index = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    int64_t count = 0;
    int64_t at = 0;
    for (; at + FILTER_BLOCK <= length; at += FILTER_BLOCK) {
        const uint32_t matches = match_mask(0xFFFF, values + at, firsts, spans);
        // Fits: count <= at, at + 16 <= length.
        _mm512_storeu_si512(indices + count, _mm512_maskz_compress_epi32((__mmask16) matches, index));
        count += __builtin_popcount(matches);
        index = _mm512_add_epi32(index, step);
    }
    if (at < length) {
        const uint32_t present = _bzhi_u32(~0U, (uint32_t) (length - at));
        const uint32_t matches = match_mask(present, values + at, firsts, spans);
        const uint32_t found = (uint32_t) __builtin_popcount(matches);
        const __m512i compressed = _mm512_maskz_compress_epi32((__mmask16) matches, index);
        _mm512_mask_storeu_epi32(indices + count, (__mmask16) _bzhi_u32(~0U, found), compressed);
        count += found;
    }
    return count;
}

const kaelix_kernels kaelix_kernels_avx512 = {
    .name = "avx512",
    .isa = KAELIX_ISA_AVX512,
    .needs = KAELIX_CPU_AVX512 | KAELIX_CPU_BMI2,
    .newlines = newlines,
    .filter_int64 = kaelix_filter_int64_avx512,
};
