/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * neon.c - kernels for AArch64 with Advanced SIMD. There are no masked loads, so tails are scalar.
 */
#include "kernels.h"
#include "filter.h"
#include "newlines.h"

#include <arm_neon.h>

/*
 * NEON has no instruction that gathers one bit per byte. Each byte of a comparison keeps the bit of its place among
 * eight; adding neighbours three times then leaves eight bytes, each the mask of eight.
 */
static inline uint64_t newline_mask(const uint8_t *block) {
    static const uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t place = vld1q_u8(places);
    const uint8x16_t newline = vdupq_n_u8(NEWLINE);
    const uint8x16_t first = vandq_u8(vceqq_u8(vld1q_u8(block), newline), place);
    const uint8x16_t second = vandq_u8(vceqq_u8(vld1q_u8(block + 16), newline), place);
    const uint8x16_t third = vandq_u8(vceqq_u8(vld1q_u8(block + 32), newline), place);
    const uint8x16_t fourth = vandq_u8(vceqq_u8(vld1q_u8(block + 48), newline), place);
    const uint8x16_t halves = vpaddq_u8(vpaddq_u8(first, second), vpaddq_u8(third, fourth));
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(halves, halves)), 0);
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

/* Which of four values match, as a number of four bits. */
static inline uint32_t match_mask(const int64_t *values, uint64x2_t first, uint64x2_t span) {
    static const uint32_t places[FILTER_STEP] = {1, 2, 4, 8};
    const uint64x2_t low = vsubq_u64(vreinterpretq_u64_s64(vld1q_s64(values)), first);
    const uint64x2_t high = vsubq_u64(vreinterpretq_u64_s64(vld1q_s64(values + 2)), first);
    const uint32x4_t matches = vcombine_u32(vmovn_u64(vcleq_u64(low, span)), vmovn_u64(vcleq_u64(high, span)));
    return vaddvq_u32(vandq_u32(matches, vld1q_u32(places)));
}

static int64_t filter_int64(const int64_t *values, int64_t length, uint64_t first, uint64_t span, uint32_t *indices) {
    const uint64x2_t firsts = vdupq_n_u64(first);
    const uint64x2_t spans = vdupq_n_u64(span);
    int64_t count = 0;
    int64_t at = 0;
    for (; at + FILTER_STEP <= length; at += FILTER_STEP) {
        const uint32_t matches = match_mask(values + at, firsts, spans);
        const uint32x4_t index = vaddq_u32(vld1q_u32(filter_places[matches]), vdupq_n_u32((uint32_t) at));
        vst1q_u32(indices + count, index); // fits: count <= at, at + 4 <= length
        count += __builtin_popcount(matches);
    }
    return filter_each(values, at, length, first, span, indices, count);
}

const kaelix_kernels kaelix_kernels_neon = {
    .name = "neon",
    .isa = KAELIX_ISA_NEON,
    .needs = KAELIX_CPU_NEON,
    .newlines = newlines,
    .filter_int64 = filter_int64,
};
