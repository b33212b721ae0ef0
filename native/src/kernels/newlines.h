/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * newlines.h - the part of the newline kernels that comes after the comparison, the same for every instruction set: a
 * word with one bit per byte of a block becomes ascending positions.
 */
#ifndef KAELIX_NEWLINES_H
#define KAELIX_NEWLINES_H

#include <stdint.h>

#define NEWLINE 0x0A
#define BLOCK_BYTES 64

/* Number of trailing zeros, 64 for none set. Compiled to one instruction where it is defined for zero. */
static inline uint32_t trailing_zeros(uint64_t mask) {
    return mask == 0 ? BLOCK_BYTES : (uint32_t) __builtin_ctzll(mask);
}

static inline uint64_t clear_lowest(uint64_t mask) {
    return mask & (mask - 1);
}

/* Writes min(bits set, capacity - written) positions, and nothing more. Returns how many are written then in all. */
static inline int64_t flatten_exactly(uint64_t mask, uint32_t base, uint32_t *positions, int64_t written,
                                      int64_t capacity) {
    while (mask != 0 && written < capacity) {
        positions[written++] = base + trailing_zeros(mask);
        mask = clear_lowest(mask);
    }
    return written;
}

/*
 * The same with fewer mispredictions: lines rarely fall below 16 bytes, so four positions are written whether they are
 * there or not, eight if there are more than four. Those past the last are overwritten by the next block or ignored.
 * The caller guarantees room for BLOCK_BYTES positions from out on; returns how many are valid.
 */
static inline int64_t flatten(uint64_t mask, uint32_t base, uint32_t *out) {
    const int64_t count = __builtin_popcountll(mask);
    for (int i = 0; i < 4; i++) {
        out[i] = base + trailing_zeros(mask);
        mask = clear_lowest(mask);
    }
    if (__builtin_expect(count > 4, 0)) {
        for (int i = 4; i < 8; i++) {
            out[i] = base + trailing_zeros(mask);
            mask = clear_lowest(mask);
        }
        for (int64_t i = 8; i < count; i++) {
            out[i] = base + trailing_zeros(mask);
            mask = clear_lowest(mask);
        }
    }
    return count;
}

/* Ends a kernel: a full output stops the scan right behind the last newline in it, as the scalar kernel does. */
static inline void newlines_result(const uint32_t *positions, int64_t written, int64_t capacity, int64_t length,
                                   int64_t *result) {
    result[0] = written;
    if (written < capacity) {
        result[1] = length;
    } else {
        result[1] = capacity == 0 ? 0 : (int64_t) positions[capacity - 1] + 1;
    }
}

#endif /* KAELIX_NEWLINES_H */
