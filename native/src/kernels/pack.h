/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * pack.h - packing by whole strides, for CPUs that cannot mask a load. A piece is copied rounded up to the stride, which
 * takes no branch on its length below that; what that brings along from behind it is overwritten by the next piece, or
 * lies behind the last one. Where a stride would reach out of base or target, the bytes alone are copied.
 */
#ifndef KAELIX_PACK_H
#define KAELIX_PACK_H

#include "bytes.h"

#define PACK_STRIDE 32

/* The last word of a piece, at source, of which the gap behind it is zero. At most seven bytes are gap. */
static inline void pack_last_word(const uint8_t *source, int64_t gap, uint8_t *target) {
    uint64_t word;
    memcpy(&word, source, sizeof(word));
    word &= ~(uint64_t) 0 >> (8 * gap);
    memcpy(target, &word, sizeof(word));
}

static inline void pack_strides(const kaelix_pieces *from, const uint32_t *selection, int64_t selected, uint8_t *target,
                                int64_t capacity, uint32_t *target_offsets, int64_t *result) {
    int64_t used = 0;
    int64_t copied = 0;
    for (; copied < selected; copied++) {
        const kaelix_piece piece = selected_piece(from, selection, copied);
        const int64_t length = piece.length;
        const int64_t rounded = pack_rounded(length);
        if (rounded > capacity - used) {
            break;
        }
        target_offsets[copied] = (uint32_t) used;
        if (rounded == 0) {
            continue;
        }
        const int64_t whole = (length + PACK_STRIDE - 1) & -(int64_t) PACK_STRIDE;
        uint8_t *to = target + used;
        if (whole <= from->base + from->bytes - piece.data && whole <= capacity - used) {
            for (int64_t at = 0; at < whole; at += PACK_STRIDE) {
                memcpy(to + at, piece.data + at, PACK_STRIDE);
            }
            pack_last_word(piece.data + rounded - KAELIX_PACK_ALIGNMENT, rounded - length, to + rounded - KAELIX_PACK_ALIGNMENT);
        } else {
            memcpy(to, piece.data, (size_t) length);
            memset(to + length, 0, (size_t) (rounded - length));
        }
        used += rounded;
    }
    result[0] = copied;
    result[1] = used;
}

#endif /* KAELIX_PACK_H */
