/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * bytes_neon.c - kernels over bytes for AArch64 with Advanced SIMD, of which CRC32C needs a further extension.
 */
#include "bytes.h"
#include "utf8.h"

#include <arm_neon.h>

#define VECTOR_BYTES 16

/* ---- ASCII -------------------------------------------------------------------------------------------------- */

static inline bool is_ascii(uint8x16_t vector) {
    return vmaxvq_u8(vector) < 0x80;
}

static int64_t ascii_valid(const uint8_t *data, int64_t length) {
    int64_t at = 0;
    for (; at + 4 * VECTOR_BYTES <= length; at += 4 * VECTOR_BYTES) {
        const uint8x16_t first = vorrq_u8(vld1q_u8(data + at), vld1q_u8(data + at + VECTOR_BYTES));
        const uint8x16_t second = vorrq_u8(vld1q_u8(data + at + 2 * VECTOR_BYTES), vld1q_u8(data + at + 3 * VECTOR_BYTES));
        if (!is_ascii(vorrq_u8(first, second))) {
            break; // where, the words say
        }
    }
    return ascii_valid_words(data, at, length);
}

/* ---- UTF-8 -------------------------------------------------------------------------------------------------- */

typedef struct utf8_tables {
    uint8x16_t high_before;
    uint8x16_t low_before;
    uint8x16_t high;
} utf8_tables;

/* Not zero where `bytes`, which come behind `before`, hold an error. */
static inline uint8x16_t utf8_errors(const utf8_tables *tables, uint8x16_t before, uint8x16_t bytes) {
    const uint8x16_t one_before = vextq_u8(before, bytes, 15);
    const uint8x16_t two_before = vextq_u8(before, bytes, 14);
    const uint8x16_t three_before = vextq_u8(before, bytes, 13);
    const uint8x16_t by_high_before = vqtbl1q_u8(tables->high_before, vshrq_n_u8(one_before, 4));
    const uint8x16_t by_low_before = vqtbl1q_u8(tables->low_before, vandq_u8(one_before, vdupq_n_u8(0x0F)));
    const uint8x16_t by_high = vqtbl1q_u8(tables->high, vshrq_n_u8(bytes, 4));
    const uint8x16_t special = vandq_u8(vandq_u8(by_high_before, by_low_before), by_high);
    // The highest bit stays where a lead of three is two before, or one of four three before.
    const uint8x16_t third = vqsubq_u8(two_before, vdupq_n_u8(0xE0 - 0x80));
    const uint8x16_t fourth = vqsubq_u8(three_before, vdupq_n_u8(0xF0 - 0x80));
    return veorq_u8(special, vandq_u8(vorrq_u8(third, fourth), vdupq_n_u8(TWO_CONTINUATIONS)));
}

/* Not zero where a sequence goes on behind bytes. */
static inline uint8x16_t utf8_unfinished(uint8x16_t bytes) {
    const uint32x4_t last = vsetq_lane_u32(UTF8_LAST_LEADS, vdupq_n_u32(0xFFFFFFFFU), 3);
    return vqsubq_u8(bytes, vreinterpretq_u8_u32(last));
}

static int64_t utf8_valid(const uint8_t *data, int64_t length) {
    const utf8_tables tables = {vld1q_u8(utf8_high_before), vld1q_u8(utf8_low_before), vld1q_u8(utf8_high)};
    uint8x16_t before = vdupq_n_u8(0);
    for (int64_t at = 0;; at += UTF8_BLOCK) {
        uint8_t padded[UTF8_BLOCK];
        const bool is_last = length - at < UTF8_BLOCK;
        const uint8_t *block = is_last ? utf8_pad(data, at, length, padded) : data + at;
        const uint8x16_t first = vld1q_u8(block);
        const uint8x16_t second = vld1q_u8(block + VECTOR_BYTES);
        const uint8x16_t third = vld1q_u8(block + 2 * VECTOR_BYTES);
        const uint8x16_t fourth = vld1q_u8(block + 3 * VECTOR_BYTES);
        uint8x16_t errors;
        if (is_ascii(vorrq_u8(vorrq_u8(first, second), vorrq_u8(third, fourth)))) {
            errors = utf8_unfinished(before);
        } else {
            errors = vorrq_u8(
                vorrq_u8(utf8_errors(&tables, before, first), utf8_errors(&tables, first, second)),
                vorrq_u8(utf8_errors(&tables, second, third), utf8_errors(&tables, third, fourth)));
        }
        if (vmaxvq_u8(errors) != 0) {
            return utf8_locate(data, at, length);
        }
        if (is_last) {
            return length;
        }
        before = fourth;
    }
}

/* ---- packing ------------------------------------------------------------------------------------------------ */

#define PACK_STRIDE (2 * VECTOR_BYTES)

static inline void pack_stride(const uint8_t *from, uint8_t *to) {
    const uint8x16_t first = vld1q_u8(from);
    vst1q_u8(to + VECTOR_BYTES, vld1q_u8(from + VECTOR_BYTES));
    vst1q_u8(to, first);
}

#include "pack.h"

static bool pack(const kaelix_pieces *from, const uint32_t *selection, int64_t selected, uint8_t *target, int64_t capacity,
                 uint32_t *target_offsets, int64_t *result) {
    return pack_strides(from, selection, selected, target, capacity, target_offsets, result);
}

const kaelix_bytes kaelix_bytes_neon = {
    .crc32c_needs = KAELIX_CPU_CRC32,
    .crc32c_batch = kaelix_crc32c_batch_arm,
    .crc32c_else = kaelix_crc32c_batch_scalar,
    .ascii_valid = ascii_valid,
    .utf8_valid = utf8_valid,
    .pack = pack,
};
