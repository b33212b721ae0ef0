/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * CRC32C of a batch by every kernel that this CPU can run, against division bit by bit.
 */
#include "bytes_test.h"

#define MOST 300

static uint32_t offsets[KAELIX_MAX_PIECES + 1];
static uint32_t lengths[KAELIX_MAX_PIECES + 1];
static uint32_t crcs[KAELIX_MAX_PIECES + 1];

static uint32_t expect_crc(const uint8_t *data, size_t length) {
    uint32_t crc = 0xFFFFFFFFU;
    for (size_t i = 0; i < length; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82F63B78U : 0);
        }
    }
    return ~crc;
}

static bool has_crc(int32_t table) {
    const uint64_t needs = kaelix_bytes_tables[table]->crc32c_needs;
    return runnable(table) && (needs & features) == needs;
}

static void check_pieces(const uint8_t *base, size_t count) {
    static uint32_t expected[MOST];
    kaelix_pieces from = {base, 0, offsets, lengths, (int64_t) count};
    for (size_t i = 0; i < count; i++) {
        expected[i] = expect_crc(base + offsets[i], lengths[i]);
        const int64_t end = (int64_t) offsets[i] + lengths[i];
        from.bytes = end > from.bytes ? end : from.bytes;
    }
    for (int32_t table = 0; table < kaelix_kernel_table_count; table++) {
        if (!has_crc(table)) {
            continue;
        }
        uint32_t *found = (uint32_t *) (void *) guarded_last(&output, count * sizeof(uint32_t));
        kaelix_bytes_tables[table]->crc32c_batch(&from, found);
        for (size_t i = 0; i < count; i++) {
            if (found[i] != expected[i]) {
                check_failures++;
                fprintf(stderr, "%s is wrong: piece %zu of %zu, offset %u, length %u: %08X, not %08X\n",
                        table_name(table), i, count, offsets[i], lengths[i], found[i], expected[i]);
            }
        }
    }
}

static void fill(uint8_t *data, size_t length) {
    for (size_t i = 0; i < length; i++) {
        data[i] = (uint8_t) next_random();
    }
}

/* ---- cases -------------------------------------------------------------------------------------------------- */

/* The check value of the catalogue of CRCs, and the vectors of RFC 3720, B.4. */
static void should_give_the_published_values(void) {
    uint8_t data[4 * 32 + 9];
    memset(data, 0, 32);
    memset(data + 32, 0xFF, 32);
    for (int i = 0; i < 32; i++) {
        data[64 + i] = (uint8_t) i;
        data[96 + i] = (uint8_t) (31 - i);
    }
    memcpy(data + 128, "123456789", 9);
    static const uint32_t starts[] = {0, 32, 64, 96, 128};
    static const uint32_t sizes[] = {32, 32, 32, 32, 9};
    static const uint32_t published[] = {0x8A9136AA, 0x62A8AB43, 0x46DD794E, 0x113FDB5C, 0xE3069283};
    for (int32_t isa = 0; isa < KAELIX_ISAS; isa++) {
        uint32_t found[5] = {0};
        CHECK_EQUAL(expected_status(isa), kaelix_crc32c_batch_isa(isa, data, sizeof(data), starts, sizes, 5, found));
        for (int i = 0; i < 5 && expected_status(isa) == KAELIX_OK; i++) {
            CHECK_EQUAL(published[i], found[i]);
        }
    }
    uint32_t found[5];
    CHECK_EQUAL(KAELIX_OK, kaelix_crc32c_batch(data, sizeof(data), starts, sizes, 5, found));
    CHECK_EQUAL(0, memcmp(published, found, sizeof(found)));
}

/* Alone, and among three more of the same length, of none, and of other lengths. */
static void should_agree_for_every_length_and_alignment(void) {
    random_state = 1;
    fill(input.first, 1024);
    for (uint32_t length = 0; length <= LONGEST; length++) {
        for (uint32_t alignment = 0; alignment < 16; alignment++) {
            for (uint32_t i = 0; i < 9; i++) {
                offsets[i] = alignment + 3 * i;
                lengths[i] = i < 5 ? length : i == 6 ? 0 : length * i / 5;
            }
            for (size_t count = 1; count <= 9; count += 4) {
                check_pieces(input.first, count);
            }
        }
    }
}

static void should_agree_flush_with_an_inaccessible_page(void) {
    random_state = 2;
    fill(guarded_last(&input, 1024), 1024);
    for (uint32_t length = 0; length <= 3 * LONGEST; length++) {
        for (uint32_t i = 0; i < 7; i++) {
            lengths[i] = length > i ? length - i : 0;
            offsets[i] = length - lengths[i];
        }
        check_pieces(guarded_last(&input, length), 7);
    }
}

static void should_agree_on_random_batches(void) {
    random_state = 3;
    fill(input.first, LARGEST);
    for (int round = 0; round < 500; round++) {
        const size_t count = random_below(MOST);
        const uint64_t longest = 1 + random_below(round % 5 == 0 ? LARGEST / MOST : 100);
        for (size_t i = 0; i < count; i++) {
            lengths[i] = (uint32_t) random_below(longest);
            offsets[i] = (uint32_t) random_below(LARGEST - lengths[i] + 1);
        }
        check_pieces(input.first, count);
    }
}

static void should_agree_on_the_largest_piece(void) {
    random_state = 4;
    fill(input.first, LARGEST);
    offsets[0] = 0;
    lengths[0] = LARGEST;
    check_pieces(input.first, 1);
}

static void should_check_its_arguments(void) {
    uint8_t *base = input.first;
    const uint32_t *odd = (const uint32_t *) (const void *) ((const uint8_t *) offsets + 2);
    memset(offsets, 0, sizeof(offsets));
    memset(lengths, 0, sizeof(lengths));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_crc32c_batch(base, -1, offsets, lengths, 1, crcs));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_crc32c_batch(NULL, 1, offsets, lengths, 1, crcs));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_crc32c_batch(base, 1, NULL, lengths, 1, crcs));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_crc32c_batch(base, 1, offsets, NULL, 1, crcs));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_crc32c_batch(base, 1, offsets, lengths, 1, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_crc32c_batch(base, 1, odd, lengths, 1, crcs));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_crc32c_batch(base, 1, offsets, odd, 1, crcs));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_crc32c_batch(base, 1, offsets, lengths, -1, crcs));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_crc32c_batch(base, 1, offsets, lengths, KAELIX_MAX_PIECES + 1, crcs));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_crc32c_batch_isa(-1, base, 1, offsets, lengths, 1, crcs));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_crc32c_batch_isa(KAELIX_ISAS, base, 1, offsets, lengths, 1, crcs));

    lengths[4] = 2; // not the first piece
    offsets[4] = 9;
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_crc32c_batch(base, 10, offsets, lengths, 5, crcs));
    offsets[4] = UINT32_MAX;
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_crc32c_batch(base, 10, offsets, lengths, 5, crcs));
    lengths[3] = LARGEST / 2; // too much in all, though every piece is inside
    lengths[4] = LARGEST / 2 + 1;
    offsets[4] = 0;
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_crc32c_batch(base, LARGEST, offsets, lengths, 5, crcs));
    lengths[4] = LARGEST / 2;
    CHECK_EQUAL(KAELIX_OK, kaelix_crc32c_batch(base, LARGEST, offsets, lengths, 5, crcs));

    CHECK_EQUAL(KAELIX_OK, kaelix_crc32c_batch(NULL, 0, NULL, NULL, 0, NULL));
    memset(lengths, 0, sizeof(lengths));
    CHECK_EQUAL(KAELIX_OK, kaelix_crc32c_batch(NULL, 0, offsets, lengths, KAELIX_MAX_PIECES, crcs));
    CHECK_EQUAL(0, crcs[0]);
    CHECK_EQUAL(0, crcs[KAELIX_MAX_PIECES - 1]);
}

/* Wherever it stands among those that are taken side by side. */
static void should_refuse_a_piece_outside_by_every_kernel(void) {
    const uint8_t *base = guarded_last(&input, 64);
    for (int outside = 0; outside < 9; outside++) {
        for (int32_t table = 0; table < kaelix_kernel_table_count; table++) {
            uint32_t found[9];
            for (int i = 0; i < 9; i++) {
                offsets[i] = 60;
                lengths[i] = 4;
            }
            const kaelix_pieces from = {base, 64, offsets, lengths, 9};
            CHECK(!has_crc(table) || kaelix_bytes_tables[table]->crc32c_batch(&from, found));
            lengths[outside] = 5;
            CHECK(!has_crc(table) || !kaelix_bytes_tables[table]->crc32c_batch(&from, found));
            lengths[outside] = UINT32_MAX;
            CHECK(!has_crc(table) || !kaelix_bytes_tables[table]->crc32c_batch(&from, found));
            offsets[outside] = UINT32_MAX;
            lengths[outside] = 0;
            CHECK(!has_crc(table) || !kaelix_bytes_tables[table]->crc32c_batch(&from, found));
        }
    }
}

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_give_the_published_values),
        CASE(should_agree_for_every_length_and_alignment),
        CASE(should_agree_flush_with_an_inaccessible_page),
        CASE(should_agree_on_random_batches),
        CASE(should_agree_on_the_largest_piece),
        CASE(should_refuse_a_piece_outside_by_every_kernel),
        CASE(should_check_its_arguments),
    };
    bytes_test_begin();
    const int status = RUN_CASES(cases, arguments, argument);
    bytes_test_end();
    return status;
}
