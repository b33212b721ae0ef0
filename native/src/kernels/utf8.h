/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * utf8.h - what the vector versions of UTF-8 validation share. The method is that of John Keiser and Daniel Lemire,
 * "Validating UTF-8 in less than one instruction per byte", Software: Practice and Experience 51 (5), 2021.
 *
 * Every error but a missing or superfluous third or fourth byte shows in twelve bits: the byte before and the high half
 * of the byte itself. Three tables of sixteen, looked up by the high half before, the low half before and the high half
 * of the byte, say which errors each of them leaves possible; a bit that is in all three answers is an error:
 *
 *     byte before    1110 0000    E0: at 1110 "overlong 3", "surrogate" are possible, at 0000 "overlong 3", ...
 *     byte           1000 ----    at 1000: "overlong 3" is possible: so E0 8x is overlong
 *
 * TWO_CONTINUATIONS is an error unless the byte two or three before is the lead of three or four: kernels compare with
 * that separately, and exclusive-or the two.
 *
 * Kernels find out that a block holds an error; where, the scalar loop says, from the last sequence known to be good on.
 */
#ifndef KAELIX_UTF8_H
#define KAELIX_UTF8_H

#include "bytes.h"

#define TOO_SHORT 0x01         /* a lead, and no continuation                     */
#define TOO_LONG 0x02          /* ASCII, and a continuation                       */
#define OVERLONG_3 0x04        /* E0 80 to E0 9F                                  */
#define TOO_LARGE 0x08         /* F4 90 and up, F5 and up with 9x to Bx           */
#define SURROGATE 0x10         /* ED A0 and up                                    */
#define OVERLONG_2 0x20        /* C0, C1                                          */
#define OVERLONG_4 0x40        /* F0 80 to F0 8F; with F5 and up it is too large  */
#define TWO_CONTINUATIONS 0x80 /* legal as third or fourth byte only              */

/* Possible whatever the low half of the byte before is. */
#define ANY_LOW (TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS)

/* By the high half of the byte before. */
static const uint8_t utf8_high_before[16] = {
    TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
    TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS,
    TOO_SHORT | OVERLONG_2,
    TOO_SHORT,
    TOO_SHORT | OVERLONG_3 | SURROGATE,
    TOO_SHORT | TOO_LARGE | OVERLONG_4,
};

/* By the low half of the byte before. */
static const uint8_t utf8_low_before[16] = {
    ANY_LOW | OVERLONG_2 | OVERLONG_3 | OVERLONG_4,
    ANY_LOW | OVERLONG_2,
    ANY_LOW, ANY_LOW,
    ANY_LOW | TOO_LARGE,
    ANY_LOW | TOO_LARGE | OVERLONG_4, ANY_LOW | TOO_LARGE | OVERLONG_4, ANY_LOW | TOO_LARGE | OVERLONG_4,
    ANY_LOW | TOO_LARGE | OVERLONG_4, ANY_LOW | TOO_LARGE | OVERLONG_4, ANY_LOW | TOO_LARGE | OVERLONG_4,
    ANY_LOW | TOO_LARGE | OVERLONG_4, ANY_LOW | TOO_LARGE | OVERLONG_4,
    ANY_LOW | TOO_LARGE | OVERLONG_4 | SURROGATE,
    ANY_LOW | TOO_LARGE | OVERLONG_4, ANY_LOW | TOO_LARGE | OVERLONG_4,
};

/* By the high half of the byte itself. */
static const uint8_t utf8_high[16] = {
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
    TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | OVERLONG_4,
    TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | TOO_LARGE,
    TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE,
    TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE,
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
};

#define UTF8_BLOCK 64

/*
 * The last four bytes of a block, in memory order FF EF DF BF, for saturating subtraction: what is left is not zero where
 * a sequence begins that goes on in the next block, which then may not be all ASCII. The last may be no lead, the one
 * before none of three or four, the one before that none of four.
 */
#define UTF8_LAST_LEADS 0xBFDFEFFFU

/* The rest of data, less than a block, with zeros behind, which end a sequence that is not finished. */
static inline const uint8_t *utf8_pad(const uint8_t *data, int64_t at, int64_t length, uint8_t *padded) {
    memset(padded, 0, UTF8_BLOCK);
    memcpy(padded, data + at, (size_t) (length - at));
    return padded;
}

/*
 * Where an error found in the block at `at` really is: everything before is good, but the sequence it ends in may be the
 * one that is not, so the search begins with the last lead before the block.
 */
static inline int64_t utf8_locate(const uint8_t *data, int64_t at, int64_t length) {
    for (int64_t back = 1; back <= 3 && back <= at; back++) {
        if (!is_continuation(data[at - back])) {
            return utf8_valid_from(data, at - back, length);
        }
    }
    return utf8_valid_from(data, at, length);
}

#endif /* KAELIX_UTF8_H */
