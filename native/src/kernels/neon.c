/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * neon.c - kernels for AArch64 with Advanced SIMD. There are no masked loads, so tails are scalar.
 */
#include "kernels.h"
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

const kaelix_kernels kaelix_kernels_neon = {
    .name = "neon",
    .isa = KAELIX_ISA_NEON,
    .needs = KAELIX_CPU_NEON,
    .newlines = newlines,
};
