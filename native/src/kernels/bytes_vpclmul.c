/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * bytes_vpclmul.c - CRC32C by carry-less multiplication of four times 128 bits at once, for x86-64 with AVX-512 and
 * VPCLMULQDQ. The crc32 instruction takes eight bytes a cycle at the most; this is faster from 64 bytes on.
 *
 * A CRC is the remainder of a polynomial, and the remainder stays the same if a part of the polynomial is replaced by one
 * that leaves the same. So 64 bytes are moved to where the next 64 are, which is a multiplication by the remainder of x^512,
 * and added to them. In the end three quarters of the last 64 are moved to where the fourth is, and 16 bytes are left for the
 * instruction. After Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel 2009.
 */
#include "bytes.h"

#include <immintrin.h>

#define BLOCK 64
#define STRETCH (4 * BLOCK) /* a multiplication takes several cycles, but one begins with each: four go side by side */

/*
 * What moves the low and the high half of 128 bits by so many: the remainder of x^(n + 32), and of x^(n - 32), in 32 bits,
 * reflected as the bits of this CRC are, and shifted by one for it.
 */
#define LOW_BY_128 0x0F20C0DFELL
#define HIGH_BY_128 0x14CD00BD6LL
#define LOW_BY_256 0x1384AA63ALL
#define HIGH_BY_256 0x0BA4FC28ELL
#define LOW_BY_384 0x01C291D04LL
#define HIGH_BY_384 0x1D82C63DALL
#define LOW_BY_512 0x0740EEF02LL
#define HIGH_BY_512 0x09E4ADDF8LL
#define LOW_BY_2048 0x0DCB17AA4LL
#define HIGH_BY_2048 0x0B9E02B86LL

#define LAST_QUARTER 0xC0 /* of eight words, those that stay where they are */
#define XOR_OF_THREE 0x96

/* a * factors, moved, plus b. */
static inline __m512i move_and_add(__m512i a, __m512i factors, __m512i b) {
    const __m512i low = _mm512_clmulepi64_epi128(a, factors, 0x00);
    const __m512i high = _mm512_clmulepi64_epi128(a, factors, 0x11);
    return _mm512_ternarylogic_epi64(low, high, b, XOR_OF_THREE);
}

/* The remainder of 64 bytes, which 128 bits stand for in the end. */
static inline uint32_t remainder_of(__m512i block) {
    const __m512i to_the_last = _mm512_set_epi64(0, 0, HIGH_BY_128, LOW_BY_128, HIGH_BY_256, LOW_BY_256, HIGH_BY_384, LOW_BY_384);
    const __m512i moved = move_and_add(block, to_the_last, _mm512_maskz_mov_epi64(LAST_QUARTER, block));
    const __m256i half = _mm256_xor_si256(_mm512_castsi512_si256(moved), _mm512_extracti64x4_epi64(moved, 1));
    const __m128i quarter = _mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    const uint64_t crc = _mm_crc32_u64(0, (uint64_t) _mm_cvtsi128_si64(quarter));
    return (uint32_t) _mm_crc32_u64(crc, (uint64_t) _mm_extract_epi64(quarter, 1));
}

static inline __m512i four_times(int64_t high, int64_t low) {
    return _mm512_set_epi64(high, low, high, low, high, low, high, low);
}

static inline __m512i load(const uint8_t *from) {
    return _mm512_loadu_si512(from);
}

/* The remainder of whole blocks, at least one. */
static inline uint32_t crc32c_blocks(const uint8_t *data, int64_t bytes) {
    const __m512i by_a_block = four_times(HIGH_BY_512, LOW_BY_512);
    // The remainder before the first byte is added to the first four.
    const __m512i start = _mm512_zextsi128_si512(_mm_cvtsi32_si128((int32_t) CRC32C_START));
    __m512i block = _mm512_xor_si512(load(data), start);
    int64_t at = BLOCK;
    if (bytes >= 2 * STRETCH) {
        const __m512i by_a_stretch = four_times(HIGH_BY_2048, LOW_BY_2048);
        __m512i second = load(data + BLOCK);
        __m512i third = load(data + 2 * BLOCK);
        __m512i fourth = load(data + 3 * BLOCK);
        for (at = STRETCH; at + STRETCH <= bytes; at += STRETCH) {
            block = move_and_add(block, by_a_stretch, load(data + at));
            second = move_and_add(second, by_a_stretch, load(data + at + BLOCK));
            third = move_and_add(third, by_a_stretch, load(data + at + 2 * BLOCK));
            fourth = move_and_add(fourth, by_a_stretch, load(data + at + 3 * BLOCK));
        }
        block = move_and_add(block, by_a_block, second);
        block = move_and_add(block, by_a_block, third);
        block = move_and_add(block, by_a_block, fourth);
    }
    for (; at < bytes; at += BLOCK) {
        block = move_and_add(block, by_a_block, load(data + at));
    }
    return remainder_of(block);
}

static inline uint32_t crc32c_of(const uint8_t *data, int64_t length) {
    int64_t at = length & -(int64_t) BLOCK;
    uint64_t crc = at > 0 ? crc32c_blocks(data, at) : CRC32C_START;
    for (; at + (int64_t) sizeof(uint64_t) <= length; at += (int64_t) sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, data + at, sizeof(word));
        crc = _mm_crc32_u64(crc, word);
    }
    for (; at < length; at++) {
        crc = _mm_crc32_u8((uint32_t) crc, data[at]);
    }
    return ~(uint32_t) crc;
}

/* One after the other: a CPU that has these instructions looks far enough ahead to work on several pieces. */
bool kaelix_crc32c_batch_vpclmul(const kaelix_pieces *from, uint32_t *crcs) {
    int64_t left = KAELIX_KERNEL_MAX_BYTES;
    for (int64_t i = 0; i < from->count; i++) {
        kaelix_piece piece;
        if (!take_piece(from, i, &left, &piece)) {
            return false;
        }
        crcs[i] = crc32c_of(piece.data, piece.length);
    }
    return true;
}
