/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * pack.h - packing by whole strides. A piece is copied rounded up to the stride, which takes no branch on its length below
 * that; what that brings along from behind it is overwritten by the next piece, or lies behind the last one. Where a stride
 * would reach out of base or target, the bytes alone are copied. A file that includes this defines PACK_STRIDE, a power of
 * two, and pack_stride, which copies as many bytes, before.
 */
#ifndef KAELIX_PACK_H
#define KAELIX_PACK_H

#include "bytes.h"

/* The last word of a piece, at source, of which the gap behind it is zero. At most seven bytes are gap. */
static inline void pack_last_word(const uint8_t *source, int64_t gap, uint8_t *target) {
    uint64_t word;
    memcpy(&word, source, sizeof(word));
    word &= ~(uint64_t) 0 >> (8 * gap);
    memcpy(target, &word, sizeof(word));
}

static inline bool pack_strides(const kaelix_pieces *from, const uint32_t *selection, int64_t selected, uint8_t *target,
                                int64_t capacity, uint32_t *target_offsets, int64_t *result) {
    const uint8_t *end = from->base + from->bytes;
    int64_t left = KAELIX_KERNEL_MAX_BYTES;
    int64_t used = 0;
    int64_t copied = 0;
    for (; copied < selected; copied++) {
        kaelix_piece piece;
        if (!take_selected(from, selection, copied, &left, &piece)) {
            return false;
        }
        const int64_t length = piece.length;
        const int64_t rounded = pack_rounded(length);
        if (rounded > capacity - used) {
            break;
        }
        target_offsets[copied] = (uint32_t) used;
        if (rounded == 0) { // nothing may be at NULL
            continue;
        }
        const int64_t whole = (length + PACK_STRIDE - 1) & -(int64_t) PACK_STRIDE;
        uint8_t *to = target + used;
        if (whole <= end - piece.data && whole <= capacity - used) {
            for (int64_t at = 0; at < whole; at += PACK_STRIDE) {
                pack_stride(piece.data + at, to + at);
            }
            if (rounded != length) {
                pack_last_word(piece.data + rounded - KAELIX_PACK_ALIGNMENT, rounded - length,
                               to + rounded - KAELIX_PACK_ALIGNMENT);
            }
        } else {
            memcpy(to, piece.data, (size_t) length);
            memset(to + length, 0, (size_t) (rounded - length));
        }
        used += rounded;
    }
    result[0] = copied;
    result[1] = used;
    return true;
}

#endif /* KAELIX_PACK_H */
