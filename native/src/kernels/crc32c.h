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

/* Goes on with crc over piece[at, length), and inverts. */
static inline uint32_t crc32c_finish(uint32_t crc, const uint8_t *piece, uint64_t at, uint64_t length) {
    for (; at + sizeof(uint64_t) <= length; at += sizeof(uint64_t)) {
        crc = crc32c_word(crc, crc32c_load(piece + at));
    }
    for (; at < length; at++) {
        crc = crc32c_byte(crc, piece[at]);
    }
    return ~crc;
}

static inline uint64_t crc32c_shorter(uint64_t one, uint64_t other) {
    return one < other ? one : other;
}

static inline void crc32c_batch_lanes(const uint8_t *base, const uint32_t *offsets, const uint32_t *lengths,
                                      int64_t count, uint32_t *crcs) {
    int64_t i = 0;
    for (; i + CRC32C_LANES <= count; i += CRC32C_LANES) {
        const uint8_t *const first = base + offsets[i];
        const uint8_t *const second = base + offsets[i + 1];
        const uint8_t *const third = base + offsets[i + 2];
        const uint8_t *const fourth = base + offsets[i + 3];
        const uint64_t shortest = crc32c_shorter(crc32c_shorter(lengths[i], lengths[i + 1]),
                                                 crc32c_shorter(lengths[i + 2], lengths[i + 3]));
        uint32_t crc[CRC32C_LANES] = {CRC32C_START, CRC32C_START, CRC32C_START, CRC32C_START};
        uint64_t at = 0;
        for (; at + sizeof(uint64_t) <= shortest; at += sizeof(uint64_t)) {
            crc[0] = crc32c_word(crc[0], crc32c_load(first + at));
            crc[1] = crc32c_word(crc[1], crc32c_load(second + at));
            crc[2] = crc32c_word(crc[2], crc32c_load(third + at));
            crc[3] = crc32c_word(crc[3], crc32c_load(fourth + at));
        }
        crcs[i] = crc32c_finish(crc[0], first, at, lengths[i]);
        crcs[i + 1] = crc32c_finish(crc[1], second, at, lengths[i + 1]);
        crcs[i + 2] = crc32c_finish(crc[2], third, at, lengths[i + 2]);
        crcs[i + 3] = crc32c_finish(crc[3], fourth, at, lengths[i + 3]);
    }
    for (; i < count; i++) {
        crcs[i] = crc32c_finish(CRC32C_START, base + offsets[i], 0, lengths[i]);
    }
}

#endif /* KAELIX_CRC32C_H */
