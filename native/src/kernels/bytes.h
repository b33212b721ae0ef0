/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * bytes.h - kernels over bytes: the table that each instruction set fills, and what their versions share. Arguments are
 * those of the functions in kaelix.h, checked: see kernels.h for what holds for every version.
 */
#ifndef KAELIX_BYTES_H
#define KAELIX_BYTES_H

#include "kernels.h"

#include <string.h>

/* Many pieces of one memory: base[offsets[i], + lengths[i]). */
typedef struct kaelix_pieces {
    const uint8_t *base; /* never NULL */
    int64_t bytes;
    const uint32_t *offsets;
    const uint32_t *lengths;
    int64_t count;
} kaelix_pieces;

typedef struct kaelix_piece {
    const uint8_t *data;
    int64_t length;
} kaelix_piece;

/*
 * The piece with this index, below count: false if it lies outside, or is longer than what may be `left` of a call. Each word is
 * loaded once, so that nothing else than what was checked is used if a caller breaks the contract and changes them.
 */
static inline bool take_piece(const kaelix_pieces *from, int64_t index, int64_t *left, kaelix_piece *piece) {
    const uint64_t offset = __atomic_load_n(from->offsets + index, __ATOMIC_RELAXED);
    const uint64_t length = __atomic_load_n(from->lengths + index, __ATOMIC_RELAXED);
    if (offset + length > (uint64_t) from->bytes || length > (uint64_t) *left) {
        return false;
    }
    *left -= (int64_t) length;
    *piece = (kaelix_piece){from->base + offset, (int64_t) length};
    return true;
}

/* False if a piece lies outside, or they are too long together. */
typedef bool kaelix_crc32c_batch_kernel(const kaelix_pieces *from, uint32_t *crcs);

/* Return how many bytes are valid, up to the beginning of the first sequence that is not. */
typedef int64_t kaelix_ascii_valid_kernel(const uint8_t *data, int64_t length);
typedef int64_t kaelix_utf8_valid_kernel(const uint8_t *data, int64_t length);

/* False as above, or if an index is not below count. */
typedef bool kaelix_pack_kernel(const kaelix_pieces *from, const uint32_t *selection, int64_t selected, uint8_t *target,
                                int64_t capacity, uint32_t *target_offsets, int64_t *result);

typedef struct kaelix_bytes {
    uint64_t crc32c_needs;                    /* features beyond the instruction set's                                */
    kaelix_crc32c_batch_kernel *crc32c_batch; /* see kaelix_crc32c_batch                                              */
    kaelix_crc32c_batch_kernel *crc32c_else;  /* serves where the CPU lacks those features                            */
    kaelix_ascii_valid_kernel *ascii_valid;   /* see kaelix_ascii_valid                                               */
    kaelix_utf8_valid_kernel *utf8_valid;     /* see kaelix_utf8_valid                                                */
    kaelix_pack_kernel *pack;                 /* see kaelix_pack                                                      */
} kaelix_bytes;

/* Versions that more than one table holds. */
kaelix_crc32c_batch_kernel kaelix_crc32c_batch_scalar;
kaelix_crc32c_batch_kernel kaelix_crc32c_batch_sse42;   /* of bytes_avx2.c    */
kaelix_crc32c_batch_kernel kaelix_crc32c_batch_vpclmul; /* of bytes_vpclmul.c */
kaelix_crc32c_batch_kernel kaelix_crc32c_batch_arm;     /* of bytes_arm_crc.c */

extern const kaelix_bytes kaelix_bytes_scalar;
extern const kaelix_bytes kaelix_bytes_avx2;
extern const kaelix_bytes kaelix_bytes_avx512;
extern const kaelix_bytes kaelix_bytes_neon;

/* In the order of kaelix_kernel_tables, so that one index serves both. */
extern const kaelix_bytes *const kaelix_bytes_tables[];

/* ---- CRC32C ------------------------------------------------------------------------------------------------- */

#define CRC32C_START 0xFFFFFFFFU /* the remainder before the first byte; the result is inverted in the end */

/* ---- ASCII and UTF-8, one sequence at a time ---------------------------------------------------------------- */

/* Offset of the first byte from `at` on that is not ASCII, or length. */
static inline int64_t ascii_valid_from(const uint8_t *data, int64_t at, int64_t length) {
    while (at < length && data[at] < 0x80) {
        at++;
    }
    return at;
}

/* The same, eight at a time; for the ends that vector versions leave over. */
static inline int64_t ascii_valid_words(const uint8_t *data, int64_t at, int64_t length) {
    for (; at + 8 <= length; at += 8) {
        uint64_t word;
        memcpy(&word, data + at, sizeof(word));
        const uint64_t above = word & 0x8080808080808080U;
        if (above != 0) {
            return at + __builtin_ctzll(above) / 8; // the lowest byte is the first: both architectures are little-endian
        }
    }
    return ascii_valid_from(data, at, length);
}

static inline bool is_between(uint8_t byte, uint8_t first, uint8_t last) {
    return byte >= first && byte <= last;
}

static inline bool is_continuation(uint8_t byte) {
    return is_between(byte, 0x80, 0xBF);
}

/* Length of the well-formed sequence at the front of left > 0 bytes, 0 if there is none: Unicode, table 3-7. */
static inline int64_t utf8_sequence(const uint8_t *bytes, int64_t left) {
    const uint8_t lead = bytes[0];
    if (lead < 0x80) {
        return 1;
    }
    if (lead < 0xC2) { // a continuation, or the overlong form of ASCII
        return 0;
    }
    if (lead < 0xE0) {
        return left >= 2 && is_continuation(bytes[1]) ? 2 : 0;
    }
    if (lead < 0xF0) {
        const uint8_t first = lead == 0xE0 ? 0xA0 : 0x80; // below: overlong
        const uint8_t last = lead == 0xED ? 0x9F : 0xBF;  // above: surrogates
        return left >= 3 && is_between(bytes[1], first, last) && is_continuation(bytes[2]) ? 3 : 0;
    }
    if (lead < 0xF5) {
        const uint8_t first = lead == 0xF0 ? 0x90 : 0x80; // below: overlong
        const uint8_t last = lead == 0xF4 ? 0x8F : 0xBF;  // above: past U+10FFFF
        return left >= 4 && is_between(bytes[1], first, last) && is_continuation(bytes[2])
            && is_continuation(bytes[3]) ? 4 : 0;
    }
    return 0;
}

/* Offset of the first sequence from `at`, where one begins, that is not well-formed, or length. */
static inline int64_t utf8_valid_from(const uint8_t *data, int64_t at, int64_t length) {
    while (at < length) {
        const int64_t sequence = utf8_sequence(data + at, length - at);
        if (sequence == 0) {
            break;
        }
        at += sequence;
    }
    return at;
}

/* ---- packing ------------------------------------------------------------------------------------------------ */

/* The i-th selected: of all, where there is no selection. */
static inline bool take_selected(const kaelix_pieces *from, const uint32_t *selection, int64_t i, int64_t *left,
                                 kaelix_piece *piece) {
    const int64_t index = selection == NULL ? i : (int64_t) __atomic_load_n(selection + i, __ATOMIC_RELAXED);
    return index < from->count && take_piece(from, index, left, piece);
}

static inline int64_t pack_rounded(int64_t length) {
    return (length + KAELIX_PACK_ALIGNMENT - 1) & -(int64_t) KAELIX_PACK_ALIGNMENT;
}

#endif /* KAELIX_BYTES_H */
