/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * avx512_vbmi2.c - the kernels of avx512.c that gain from compressing bytes (VBMI2).
 */
#include "kernels.h"
#include "newlines.h"

#include <immintrin.h>

static inline uint64_t newline_mask(__m512i block) {
    return _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(NEWLINE));
}

/* 0, 1, 2 ... 63: the position of each byte in its block. */
static inline __m512i byte_positions(void) {
    return _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41,
                           40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18,
                           17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}

/*
 * Positions of a block as one byte each, compressed in a register (compressing into memory is microcoded on some CPUs),
 * then widened. Eight are stored whether they are there or not, which covers lines down to eight bytes without a branch
 * on their number. The caller guarantees room for BLOCK_BYTES positions from out on.
 */
static inline int64_t flatten_by_compress(uint64_t mask, uint32_t base, uint32_t *out) {
    const int64_t count = __builtin_popcountll(mask);
    const __m512i compressed = _mm512_maskz_compress_epi8(mask, byte_positions());
    const __m128i first = _mm512_castsi512_si128(compressed);
    const __m256i eight = _mm256_add_epi32(_mm256_cvtepu8_epi32(first), _mm256_set1_epi32((int) base));
    _mm256_storeu_si256((__m256i *) (void *) out, eight);
    if (__builtin_expect(count > 8, 0)) {
        const __m512i bases = _mm512_set1_epi32((int) base);
        _mm512_storeu_si512(out, _mm512_add_epi32(_mm512_cvtepu8_epi32(first), bases));
        if (count > 16) {
            const __m128i second = _mm512_extracti32x4_epi32(compressed, 1);
            const __m128i third = _mm512_extracti32x4_epi32(compressed, 2);
            const __m128i fourth = _mm512_extracti32x4_epi32(compressed, 3);
            _mm512_storeu_si512(out + 16, _mm512_add_epi32(_mm512_cvtepu8_epi32(second), bases));
            _mm512_storeu_si512(out + 32, _mm512_add_epi32(_mm512_cvtepu8_epi32(third), bases));
            _mm512_storeu_si512(out + 48, _mm512_add_epi32(_mm512_cvtepu8_epi32(fourth), bases));
        }
    }
    return count;
}

static void newlines(const uint8_t *data, int64_t length, uint32_t *positions, int64_t capacity, int64_t *result) {
    int64_t written = 0;
    int64_t at = 0;
    for (; at + BLOCK_BYTES <= length && written + BLOCK_BYTES <= capacity; at += BLOCK_BYTES) {
        const uint64_t mask = newline_mask(_mm512_loadu_si512(data + at));
        written += flatten_by_compress(mask, (uint32_t) at, positions + written);
    }
    for (; at < length && written < capacity; at += BLOCK_BYTES) {
        const uint64_t present = _bzhi_u64(~(uint64_t) 0, length - at < BLOCK_BYTES ? (uint32_t) (length - at) : 64);
        const uint64_t mask = newline_mask(_mm512_maskz_loadu_epi8(present, data + at));
        written = flatten_exactly(mask, (uint32_t) at, positions, written, capacity);
    }
    newlines_result(positions, written, capacity, length, result);
}

const kaelix_kernels kaelix_kernels_avx512_vbmi2 = {
    .name = "avx512+vbmi2",
    .isa = KAELIX_ISA_AVX512,
    .needs = KAELIX_CPU_AVX512 | KAELIX_CPU_VBMI2 | KAELIX_CPU_BMI2,
    .newlines = newlines,
};
