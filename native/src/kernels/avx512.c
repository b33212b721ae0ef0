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

const kaelix_kernels kaelix_kernels_avx512 = {
    .name = "avx512",
    .isa = KAELIX_ISA_AVX512,
    .needs = KAELIX_CPU_AVX512 | KAELIX_CPU_BMI2,
    .newlines = newlines,
};
