/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * crc32c.h - CRC32C by an instruction that takes eight bytes, of which a CPU begins one per cycle but has the result only
 * after about three: four pieces advance side by side as far as the shortest of them goes. A file that includes this
 * defines crc32c_word (eight bytes) and crc32c_byte before.
 */
#ifndef KAELIX_CRC32C_H
#define KAELIX_CRC32C_H

#include "bytes.h"

#define CRC32C_LANES 4

static inline uint64_t crc32c_load(const uint8_t *at) {
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return word;
}

/* Goes on with crc over the piece from `at` on, and inverts. */
static inline uint32_t crc32c_finish(uint32_t crc, const kaelix_piece *piece, int64_t at) {
    for (; at + (int64_t) sizeof(uint64_t) <= piece->length; at += (int64_t) sizeof(uint64_t)) {
        crc = crc32c_word(crc, crc32c_load(piece->data + at));
    }
    for (; at < piece->length; at++) {
        crc = crc32c_byte(crc, piece->data[at]);
    }
    return ~crc;
}

static inline int64_t crc32c_shorter(int64_t one, int64_t other) {
    return one < other ? one : other;
}

static inline bool crc32c_batch_lanes(const kaelix_pieces *from, uint32_t *crcs) {
    int64_t left = KAELIX_KERNEL_MAX_BYTES;
    int64_t i = 0;
    for (; i + CRC32C_LANES <= from->count; i += CRC32C_LANES) {
        kaelix_piece first;
        kaelix_piece second;
        kaelix_piece third;
        kaelix_piece fourth;
        if (!take_piece(from, i, &left, &first) || !take_piece(from, i + 1, &left, &second)
            || !take_piece(from, i + 2, &left, &third) || !take_piece(from, i + 3, &left, &fourth)) {
            return false;
        }
        const int64_t shortest = crc32c_shorter(crc32c_shorter(first.length, second.length),
                                                crc32c_shorter(third.length, fourth.length));
        uint32_t crc[CRC32C_LANES] = {CRC32C_START, CRC32C_START, CRC32C_START, CRC32C_START};
        int64_t at = 0;
        for (; at + (int64_t) sizeof(uint64_t) <= shortest; at += (int64_t) sizeof(uint64_t)) {
            crc[0] = crc32c_word(crc[0], crc32c_load(first.data + at));
            crc[1] = crc32c_word(crc[1], crc32c_load(second.data + at));
            crc[2] = crc32c_word(crc[2], crc32c_load(third.data + at));
            crc[3] = crc32c_word(crc[3], crc32c_load(fourth.data + at));
        }
        crcs[i] = crc32c_finish(crc[0], &first, at);
        crcs[i + 1] = crc32c_finish(crc[1], &second, at);
        crcs[i + 2] = crc32c_finish(crc[2], &third, at);
        crcs[i + 3] = crc32c_finish(crc[3], &fourth, at);
    }
    for (; i < from->count; i++) {
        kaelix_piece piece;
        if (!take_piece(from, i, &left, &piece)) {
            return false;
        }
        crcs[i] = crc32c_finish(CRC32C_START, &piece, 0);
    }
    return true;
}

#endif /* KAELIX_CRC32C_H */
