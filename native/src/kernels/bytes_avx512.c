/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * bytes_avx512.c - kernels over bytes for x86-64 with AVX-512 F and BW. A masked load or store does not touch what it
 * leaves out, so that ends are vectors like any other.
 */
#include "bytes.h"
#include "utf8.h"

#include <immintrin.h>

#define VECTOR_BYTES 64

_Static_assert(VECTOR_BYTES == UTF8_BLOCK, "a block is one vector");

/* One bit for each of the first `bytes`, at most 64, of a vector. */
static inline uint64_t present(int64_t bytes) {
    return _bzhi_u64(~(uint64_t) 0, (uint64_t) bytes);
}

/* ---- ASCII -------------------------------------------------------------------------------------------------- */

#define STRETCH_BYTES (4 * VECTOR_BYTES)

/* Whether STRETCH_BYTES from there on are all ASCII: one mask for four vectors. */
static inline bool is_ascii_stretch(const uint8_t *from) {
    const __m512i first = _mm512_or_si512(_mm512_loadu_si512(from), _mm512_loadu_si512(from + VECTOR_BYTES));
    const __m512i second = _mm512_or_si512(_mm512_loadu_si512(from + 2 * VECTOR_BYTES),
                                           _mm512_loadu_si512(from + 3 * VECTOR_BYTES));
    return _mm512_movepi8_mask(_mm512_or_si512(first, second)) == 0;
}

/* Offset behind all stretches of ASCII from `at` on. */
static inline int64_t skip_ascii(const uint8_t *data, int64_t at, int64_t length) {
    while (at + STRETCH_BYTES <= length && is_ascii_stretch(data + at)) {
        at += STRETCH_BYTES;
    }
    return at;
}

static int64_t ascii_valid(const uint8_t *data, int64_t length) {
    int64_t at = skip_ascii(data, 0, length);
    for (; at + VECTOR_BYTES <= length; at += VECTOR_BYTES) {
        const uint64_t above = _mm512_movepi8_mask(_mm512_loadu_si512(data + at));
        if (above != 0) {
            return at + __builtin_ctzll(above);
        }
    }
    if (at < length) {
        const uint64_t above = _mm512_movepi8_mask(_mm512_maskz_loadu_epi8(present(length - at), data + at));
        if (above != 0) {
            return at + __builtin_ctzll(above);
        }
    }
    return length;
}

/* ---- UTF-8 -------------------------------------------------------------------------------------------------- */

typedef struct utf8_tables {
    __m512i high_before;
    __m512i low_before;
    __m512i high;
} utf8_tables;

static inline __m512i table_of(const uint8_t *values) {
    return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *) (const void *) values));
}

static inline __m512i high_halves(__m512i bytes) {
    return _mm512_and_si512(_mm512_srli_epi16(bytes, 4), _mm512_set1_epi8(0x0F));
}

/* Not zero where `bytes`, which come behind `before`, hold an error. */
static inline __m512i utf8_errors(const utf8_tables *tables, __m512i before, __m512i bytes) {
    const __m512i seam = _mm512_alignr_epi32(bytes, before, 12); // last quarter of before, first three of bytes
    const __m512i one_before = _mm512_alignr_epi8(bytes, seam, 15);
    const __m512i two_before = _mm512_alignr_epi8(bytes, seam, 14);
    const __m512i three_before = _mm512_alignr_epi8(bytes, seam, 13);
    const __m512i by_high_before = _mm512_shuffle_epi8(tables->high_before, high_halves(one_before));
    const __m512i low = _mm512_and_si512(one_before, _mm512_set1_epi8(0x0F));
    const __m512i by_low_before = _mm512_shuffle_epi8(tables->low_before, low);
    const __m512i by_high = _mm512_shuffle_epi8(tables->high, high_halves(bytes));
    const __m512i special = _mm512_and_si512(_mm512_and_si512(by_high_before, by_low_before), by_high);
    // The highest bit stays where a lead of three is two before, or one of four three before.
    const __m512i third = _mm512_subs_epu8(two_before, _mm512_set1_epi8(0xE0 - 0x80));
    const __m512i fourth = _mm512_subs_epu8(three_before, _mm512_set1_epi8(0xF0 - 0x80));
    const __m512i wanted = _mm512_and_si512(_mm512_or_si512(third, fourth), _mm512_set1_epi8((char) TWO_CONTINUATIONS));
    return _mm512_xor_si512(special, wanted);
}

/* Not zero where a sequence goes on behind bytes. */
static inline __m512i utf8_unfinished(__m512i bytes) {
    const __m512i all = _mm512_set1_epi8((char) 0xFF);
    return _mm512_subs_epu8(bytes, _mm512_mask_set1_epi32(all, 0x8000, (int32_t) UTF8_LAST_LEADS));
}

static int64_t utf8_valid(const uint8_t *data, int64_t length) {
    const utf8_tables tables = {table_of(utf8_high_before), table_of(utf8_low_before), table_of(utf8_high)};
    __m512i before = _mm512_setzero_si512();
    for (int64_t at = 0;;) {
        const bool is_last = length - at < VECTOR_BYTES;
        const uint64_t inside = is_last ? present(length - at) : ~(uint64_t) 0;
        const __m512i block = _mm512_maskz_loadu_epi8(inside, data + at);
        const bool is_ascii = _mm512_movepi8_mask(block) == 0;
        const __m512i errors = is_ascii ? utf8_unfinished(before) : utf8_errors(&tables, before, block);
        if (_mm512_test_epi8_mask(errors, errors) != 0) {
            return utf8_locate(data, at, length);
        }
        if (is_last) {
            return length;
        }
        before = block; // one of ASCII is like any other: nothing goes on behind it
        at = is_ascii ? skip_ascii(data, at + VECTOR_BYTES, length) : at + VECTOR_BYTES;
    }
}

/* ---- packing ------------------------------------------------------------------------------------------------ */

#define PACK_STRIDE VECTOR_BYTES

static inline void pack_stride(const uint8_t *from, uint8_t *to) {
    _mm512_storeu_si512(to, _mm512_loadu_si512(from));
}

#include "pack.h"

static bool pack(const kaelix_pieces *from, const uint32_t *selection, int64_t selected, uint8_t *target, int64_t capacity,
                 uint32_t *target_offsets, int64_t *result) {
    return pack_strides(from, selection, selected, target, capacity, target_offsets, result);
}

const kaelix_bytes kaelix_bytes_avx512 = {
    .crc32c_needs = KAELIX_CPU_VPCLMULQDQ,
    .crc32c_batch = kaelix_crc32c_batch_vpclmul,
    .crc32c_else = kaelix_crc32c_batch_sse42,
    .ascii_valid = ascii_valid,
    .utf8_valid = utf8_valid,
    .pack = pack,
};
