/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * bytes_avx2.c - kernels over bytes for x86-64 with AVX2, and SSE4.2 for the crc32 instruction.
 */
#include "bytes.h"
#include "utf8.h"

#include <immintrin.h>

static inline uint32_t crc32c_word(uint32_t crc, uint64_t word) {
    return (uint32_t) _mm_crc32_u64(crc, word);
}

static inline uint32_t crc32c_byte(uint32_t crc, uint8_t byte) {
    return _mm_crc32_u8(crc, byte);
}

#include "crc32c.h"

#define VECTOR_BYTES 32

bool kaelix_crc32c_batch_sse42(const kaelix_pieces *from, uint32_t *crcs) {
    return crc32c_batch_lanes(from, crcs);
}

static inline __m256i load(const uint8_t *from) {
    return _mm256_loadu_si256((const __m256i *) (const void *) from);
}

/* ---- ASCII -------------------------------------------------------------------------------------------------- */

static inline uint32_t above_ascii(__m256i vector) {
    return (uint32_t) _mm256_movemask_epi8(vector);
}

static int64_t ascii_valid(const uint8_t *data, int64_t length) {
    int64_t at = 0;
    for (; at + 4 * VECTOR_BYTES <= length; at += 4 * VECTOR_BYTES) {
        const __m256i first = _mm256_or_si256(load(data + at), load(data + at + VECTOR_BYTES));
        const __m256i second = _mm256_or_si256(load(data + at + 2 * VECTOR_BYTES), load(data + at + 3 * VECTOR_BYTES));
        if (above_ascii(_mm256_or_si256(first, second)) != 0) {
            break; // which of the four, the next loop sees
        }
    }
    for (; at + VECTOR_BYTES <= length; at += VECTOR_BYTES) {
        const uint32_t above = above_ascii(load(data + at));
        if (above != 0) {
            return at + __builtin_ctz(above);
        }
    }
    return ascii_valid_words(data, at, length);
}

/* ---- UTF-8 -------------------------------------------------------------------------------------------------- */

typedef struct utf8_tables {
    __m256i high_before;
    __m256i low_before;
    __m256i high;
} utf8_tables;

static inline __m256i table_of(const uint8_t *values) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *) (const void *) values));
}

static inline __m256i high_halves(__m256i bytes) {
    return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0F));
}

/* Not zero where `bytes`, which come behind `before`, hold an error. */
static inline __m256i utf8_errors(const utf8_tables *tables, __m256i before, __m256i bytes) {
    const __m256i seam = _mm256_permute2x128_si256(before, bytes, 0x21); // upper half of before, lower half of bytes
    const __m256i one_before = _mm256_alignr_epi8(bytes, seam, 15);
    const __m256i two_before = _mm256_alignr_epi8(bytes, seam, 14);
    const __m256i three_before = _mm256_alignr_epi8(bytes, seam, 13);
    const __m256i by_high_before = _mm256_shuffle_epi8(tables->high_before, high_halves(one_before));
    const __m256i low = _mm256_and_si256(one_before, _mm256_set1_epi8(0x0F));
    const __m256i by_low_before = _mm256_shuffle_epi8(tables->low_before, low);
    const __m256i by_high = _mm256_shuffle_epi8(tables->high, high_halves(bytes));
    const __m256i special = _mm256_and_si256(_mm256_and_si256(by_high_before, by_low_before), by_high);
    // The highest bit stays where a lead of three is two before, or one of four three before.
    const __m256i third = _mm256_subs_epu8(two_before, _mm256_set1_epi8(0xE0 - 0x80));
    const __m256i fourth = _mm256_subs_epu8(three_before, _mm256_set1_epi8(0xF0 - 0x80));
    const __m256i wanted = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char) TWO_CONTINUATIONS));
    return _mm256_xor_si256(special, wanted);
}

/* Not zero where a sequence goes on behind bytes. */
static inline __m256i utf8_unfinished(__m256i bytes) {
    const __m256i last = _mm256_insert_epi32(_mm256_set1_epi8((char) 0xFF), (int32_t) UTF8_LAST_LEADS, 7);
    return _mm256_subs_epu8(bytes, last);
}

static inline bool is_zero(__m256i vector) {
    return _mm256_testz_si256(vector, vector) != 0;
}

static int64_t utf8_valid(const uint8_t *data, int64_t length) {
    const utf8_tables tables = {table_of(utf8_high_before), table_of(utf8_low_before), table_of(utf8_high)};
    __m256i before = _mm256_setzero_si256();
    for (int64_t at = 0;; at += UTF8_BLOCK) {
        uint8_t padded[UTF8_BLOCK];
        const bool is_last = length - at < UTF8_BLOCK;
        const uint8_t *block = is_last ? utf8_pad(data, at, length, padded) : data + at;
        const __m256i first = load(block);
        const __m256i second = load(block + VECTOR_BYTES);
        __m256i errors;
        if (above_ascii(_mm256_or_si256(first, second)) == 0) {
            errors = utf8_unfinished(before);
        } else {
            errors = _mm256_or_si256(utf8_errors(&tables, before, first), utf8_errors(&tables, first, second));
        }
        if (!is_zero(errors)) {
            return utf8_locate(data, at, length);
        }
        if (is_last) {
            return length;
        }
        before = second;
    }
}

/* ---- packing ------------------------------------------------------------------------------------------------ */

#define PACK_STRIDE VECTOR_BYTES

static inline void pack_stride(const uint8_t *from, uint8_t *to) {
    _mm256_storeu_si256((__m256i *) (void *) to, load(from));
}

#include "pack.h"

static bool pack(const kaelix_pieces *from, const uint32_t *selection, int64_t selected, uint8_t *target, int64_t capacity,
                 uint32_t *target_offsets, int64_t *result) {
    return pack_strides(from, selection, selected, target, capacity, target_offsets, result);
}

const kaelix_bytes kaelix_bytes_avx2 = {
    .crc32c_needs = 0,
    .crc32c_batch = kaelix_crc32c_batch_sse42,
    .ascii_valid = ascii_valid,
    .utf8_valid = utf8_valid,
    .pack = pack,
};
