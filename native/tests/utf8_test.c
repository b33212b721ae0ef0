/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * ASCII and UTF-8 validation by every kernel that this CPU can run. The scalar one is compared with a decoder that knows
 * code points and nothing of table 3-7, all others with it.
 */
#include "bytes_test.h"

/* ---- an oracle for the oracle ------------------------------------------------------------------------------- */

/* Encodes a code point the only way that is well-formed; 0 if there is none. */
static size_t encode(uint32_t point, uint8_t *out) {
    if (point < 0x80) {
        out[0] = (uint8_t) point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (uint8_t) (0xC0 | point >> 6);
        out[1] = (uint8_t) (0x80 | (point & 0x3F));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (uint8_t) (0xE0 | point >> 12);
        out[1] = (uint8_t) (0x80 | (point >> 6 & 0x3F));
        out[2] = (uint8_t) (0x80 | (point & 0x3F));
        return point >= 0xD800 && point < 0xE000 ? 0 : 3;
    }
    out[0] = (uint8_t) (0xF0 | point >> 18);
    out[1] = (uint8_t) (0x80 | (point >> 12 & 0x3F));
    out[2] = (uint8_t) (0x80 | (point >> 6 & 0x3F));
    out[3] = (uint8_t) (0x80 | (point & 0x3F));
    return point < 0x110000 ? 4 : 0;
}

/* Takes the bits that the lead promises, and asks whether their code point is encoded like that. */
static size_t decoded(const uint8_t *bytes, size_t left) {
    const uint8_t lead = bytes[0];
    const size_t length = lead < 0x80 ? 1 : lead < 0xC0 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF8 ? 4 : 0;
    if (length == 0 || length > left) {
        return 0;
    }
    uint32_t point = length == 1 ? lead : lead & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        point = point << 6 | (bytes[i] & 0x3F);
    }
    uint8_t canonical[4];
    return encode(point, canonical) == length && memcmp(canonical, bytes, length) == 0 ? length : 0;
}

static int64_t expect_utf8(const uint8_t *data, size_t length) {
    size_t at = 0;
    size_t sequence = 1;
    while (at < length && sequence != 0) {
        sequence = decoded(data + at, length - at);
        at += sequence;
    }
    return (int64_t) at;
}

/* ---- comparing ---------------------------------------------------------------------------------------------- */

static void check_valid(const char *what, int32_t table, const uint8_t *data, size_t length, int64_t expected,
                        int64_t found) {
    if (found != expected) {
        check_failures++;
        fprintf(stderr, "%s of %s is wrong: length %zu, data %% 64 = %d: valid %lld, not %lld\n", what,
                table_name(table), length, (int) ((uintptr_t) data % 64), (long long) found, (long long) expected);
    }
}

static void check_all(const uint8_t *data, size_t length) {
    const int64_t utf8 = expect_utf8(data, length);
    int64_t ascii = 0;
    while (ascii < (int64_t) length && data[ascii] < 0x80) {
        ascii++;
    }
    for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
        if (runnable(i)) {
            const kaelix_bytes *kernels = kaelix_bytes_tables[i];
            check_valid("utf8_valid", i, data, length, utf8, kernels->utf8_valid(data, (int64_t) length));
            check_valid("ascii_valid", i, data, length, ascii, kernels->ascii_valid(data, (int64_t) length));
        }
    }
}

static void fill_ascii(uint8_t *data, size_t length) {
    for (size_t i = 0; i < length; i++) {
        data[i] = (uint8_t) random_below(0x80);
    }
}

/* Well-formed text of exactly `length` bytes: one in `rarity` sequences is not ASCII. */
static void fill_text(uint8_t *data, size_t length, uint64_t rarity) {
    static const uint32_t below[] = {0x80, 0x800, 0x10000, 0x110000};
    for (size_t at = 0; at < length;) {
        uint8_t sequence[4];
        const uint32_t point = (uint32_t) random_below(below[random_below(rarity) == 0 ? random_below(4) : 0]);
        const size_t bytes = encode(point, sequence);
        if (bytes != 0 && bytes <= length - at) {
            memcpy(data + at, sequence, bytes);
            at += bytes;
        }
    }
}

/* ---- cases -------------------------------------------------------------------------------------------------- */

static void should_agree_on_all_sequences_of_two_bytes(void) {
    uint8_t *data = guarded_last(&input, 2);
    for (uint32_t i = 0; i < 1U << 16; i++) {
        data[0] = (uint8_t) (i >> 8);
        data[1] = (uint8_t) i;
        check_all(data, 2);
    }
}

/*
 * In the middle of a block, so that the vector versions cannot leave them to their ends. Without leads of ASCII, behind
 * which the sequences of two bytes would only come again.
 */
static void should_agree_on_all_sequences_of_three_bytes(void) {
    uint8_t *data = guarded_last(&input, 64);
    memset(data, 'x', 64);
    for (uint32_t i = 0x800000; i < 1U << 24; i++) {
        data[40] = (uint8_t) (i >> 16);
        data[41] = (uint8_t) (i >> 8);
        data[42] = (uint8_t) i;
        const int64_t expected = utf8_valid_from(data, 40, 64);
        for (int32_t table = 0; table < kaelix_kernel_table_count; table++) {
            if (runnable(table)) {
                check_valid("utf8_valid", table, data, 64, expected, kaelix_bytes_tables[table]->utf8_valid(data, 64));
            }
        }
    }
}

/* Every lead of three and more, and behind it the bytes at which something changes. */
static void should_agree_on_sequences_of_four_bytes(void) {
    static const uint8_t edges[] = {0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xED, 0xF0, 0xFF};
    const size_t count = sizeof(edges);
    uint8_t *data = guarded_last(&input, 64);
    memset(data, 'x', 64);
    for (uint32_t lead = 0xE0; lead <= 0xFF; lead++) {
        for (size_t i = 0; i < count * count * count; i++) {
            for (size_t at = 29; at <= 60; at += 31) { // the second time they are the last
                data[at] = (uint8_t) lead;
                data[at + 1] = edges[i % count];
                data[at + 2] = edges[i / count % count];
                data[at + 3] = edges[i / count / count];
                check_all(data, 64);
                memset(data, 'x', 64);
            }
        }
    }
}

/* Each kind of error, and each well-formed length, at every place of text that spans several blocks. */
static void should_agree_on_every_error_at_every_place(void) {
    static const char *const kinds[] = {
        "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF8\x88\x80\x80\x80", "\xFE",
        "\xFF", "\xC3", "\xE2\x82", "\xE2", "\xF0\x9F\x98", "\xF0\x9F", "\xF0", "\xC3\xA9\xA9", "\xE2\x82\xAC\xAC",
        "\xF0\x9F\x98\x80\x80", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF",
        "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xE0\xA0\x80", "\xC2\x80",
    };
    random_state = 1;
    for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
        const size_t bytes = strlen(kinds[kind]);
        for (size_t length = 64; length <= 194; length += 65) {
            uint8_t *data = guarded_last(&input, length);
            for (size_t at = 0; at < length; at++) {
                fill_ascii(data, length);
                memcpy(data + at, kinds[kind], bytes < length - at ? bytes : length - at);
                check_all(data, length);
                fill_text(data, length, 2); // cuts what stands there, on both sides
                memcpy(data + at, kinds[kind], bytes < length - at ? bytes : length - at);
                check_all(data, length);
            }
        }
    }
}

static void should_agree_for_every_length_and_alignment(void) {
    random_state = 2;
    for (size_t length = 0; length <= LONGEST; length++) {
        for (size_t alignment = 0; alignment < 64; alignment++) {
            uint8_t *data = input.first + alignment;
            memset(data + length, 0xFF, 64); // behind the end: not to be seen
            fill_text(data, length, 1 + alignment % 4);
            check_all(data, length);
            fill_ascii(data, length);
            check_all(data, length);
        }
    }
}

static void should_agree_flush_with_an_inaccessible_page(void) {
    random_state = 3;
    for (size_t length = 0; length <= 5 * LONGEST; length++) {
        uint8_t *data = guarded_last(&input, length);
        fill_text(data, length, 3);
        check_all(data, length);
        if (length > 0) {
            data[random_below(length)] = (uint8_t) next_random();
            check_all(data, length);
            fill_ascii(data, length);
            data[random_below(length)] |= 0x80;
            check_all(data, length);
        }
    }
}

static void should_agree_on_the_largest_input(void) {
    random_state = 4;
    uint8_t *data = guarded_last(&input, LARGEST);
    fill_text(data, LARGEST, 2);
    check_all(data, LARGEST);
    data[LARGEST - 1] = 0xC3;
    check_all(data, LARGEST);
}

static void should_agree_on_damaged_text(void) {
    random_state = 5;
    for (int round = 0; round < 20000; round++) {
        const size_t length = 1 + random_below(300);
        uint8_t *data = guarded_last(&input, length);
        fill_text(data, length, 1 + random_below(8));
        for (uint64_t damage = random_below(3); damage > 0; damage--) {
            data[random_below(length)] = (uint8_t) next_random();
        }
        check_all(data, length);
    }
}

/* ---- the exported functions --------------------------------------------------------------------------------- */

static void should_validate_by_the_kernel_of_a_named_instruction_set_only_where_it_can(void) {
    static const uint8_t data[] = "caf\xC3\xA9 \xED\xA0\x80";
    int64_t valid = -1;
    CHECK_EQUAL(KAELIX_OK, kaelix_utf8_valid(data, 9, &valid));
    CHECK_EQUAL(6, valid);
    CHECK_EQUAL(KAELIX_OK, kaelix_ascii_valid(data, 9, &valid));
    CHECK_EQUAL(3, valid);
    for (int32_t isa = 0; isa < KAELIX_ISAS; isa++) {
        const int32_t status = expected_status(isa);
        valid = -1;
        CHECK_EQUAL(status, kaelix_utf8_valid_isa(isa, data, 9, &valid));
        CHECK_EQUAL(status == KAELIX_OK ? 6 : -1, valid);
        valid = -1;
        CHECK_EQUAL(status, kaelix_ascii_valid_isa(isa, data, 9, &valid));
        CHECK_EQUAL(status == KAELIX_OK ? 3 : -1, valid);
    }
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_utf8_valid_isa(-1, data, 9, &valid));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_ascii_valid_isa(KAELIX_ISAS, data, 9, &valid));
}

static void should_check_its_arguments(void) {
    int64_t valid = -1;
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_utf8_valid(input.first, -1, &valid));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_utf8_valid(input.first, LARGEST + 1, &valid));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_utf8_valid(NULL, 1, &valid));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_utf8_valid(input.first, 1, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_utf8_valid_isa(KAELIX_ISA_SCALAR, NULL, 1, &valid));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_ascii_valid(input.first, -1, &valid));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_ascii_valid(input.first, LARGEST + 1, &valid));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_ascii_valid(NULL, 1, &valid));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_ascii_valid(input.first, 1, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_ascii_valid_isa(KAELIX_ISA_SCALAR, NULL, 1, &valid));
    CHECK_EQUAL(-1, valid);
    CHECK_EQUAL(KAELIX_OK, kaelix_utf8_valid(NULL, 0, &valid));
    CHECK_EQUAL(0, valid);
    valid = -1;
    CHECK_EQUAL(KAELIX_OK, kaelix_ascii_valid(NULL, 0, &valid));
    CHECK_EQUAL(0, valid);
}

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_agree_on_all_sequences_of_two_bytes),
        CASE(should_agree_on_all_sequences_of_three_bytes),
        CASE(should_agree_on_sequences_of_four_bytes),
        CASE(should_agree_on_every_error_at_every_place),
        CASE(should_agree_for_every_length_and_alignment),
        CASE(should_agree_flush_with_an_inaccessible_page),
        CASE(should_agree_on_the_largest_input),
        CASE(should_agree_on_damaged_text),
        CASE(should_validate_by_the_kernel_of_a_named_instruction_set_only_where_it_can),
        CASE(should_check_its_arguments),
    };
    bytes_test_begin();
    const int status = RUN_CASES(cases, arguments, argument);
    bytes_test_end();
    return status;
}
