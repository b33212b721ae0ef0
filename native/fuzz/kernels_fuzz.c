/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * kernels_fuzz.c - every kernel of every instruction set that this CPU has, against the scalar one, on inputs that the
 * fuzzer finds by coverage. Input and outputs are allocations of exactly the size promised, so that the address sanitizer
 * sees one byte too many.
 *
 * The first eight bytes of an input are parameters, the rest is data. To add a kernel: a function like those below, which
 * runs it by one table and compares with what the oracle's table gives, and its name in `comparisons`.
 */
#include "kernels/bytes.h"
#include "kernels/columns.h"
#include "kernels/kernels.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct fuzz_input {
    const uint8_t *data; /* aligned as malloc aligns                          */
    int64_t length;      /* of data, at most KAELIX_KERNEL_MAX_BYTES          */
    uint64_t parameters; /* whatever a kernel takes besides, drawn from these */
} fuzz_input;

/* Asked for once: CPUID takes microseconds in a virtual machine. */
static uint64_t features;

typedef void comparison(int32_t table, int32_t oracle, const fuzz_input *input);

static void require_same(bool same, const char *kernel, int32_t table) {
    if (!same) {
        fprintf(stderr, "%s of %s differs from the scalar one\n", kernel, kaelix_kernel_tables[table]->name);
        abort();
    }
}

static void *allocate(int64_t bytes) {
    void *memory = malloc((size_t) bytes);
    if (memory == NULL) {
        abort();
    }
    return memory;
}

static uint32_t *allocate_words(int64_t count) {
    return allocate(count * (int64_t) sizeof(uint32_t));
}

static bool same_words(const uint32_t *one, const uint32_t *other, int64_t count) {
    return memcmp(one, other, (size_t) count * sizeof(uint32_t)) == 0;
}

/* ---- the kernels -------------------------------------------------------------------------------------------- */

static void compare_newlines(int32_t table, int32_t oracle, const fuzz_input *input) {
    const int64_t capacity = (int64_t) (input->parameters % ((uint64_t) input->length + 2));
    uint32_t *expected = allocate_words(capacity);
    uint32_t *found = allocate_words(capacity);
    int64_t expected_result[2];
    int64_t result[2];
    kaelix_kernel_tables[oracle]->newlines(input->data, input->length, expected, capacity, expected_result);
    kaelix_kernel_tables[table]->newlines(input->data, input->length, found, capacity, result);
    require_same(memcmp(expected_result, result, sizeof(result)) == 0 && same_words(expected, found, result[0]),
                 "newlines", table);
    free(found);
    free(expected);
}

/* Filters: first and span may be anything, a value that is there among them. */
static uint64_t drawn(const fuzz_input *input, int64_t bytes) {
    uint64_t value = input->parameters;
    if (input->length >= bytes && input->parameters % 2 == 0) {
        const int64_t index = (int64_t) (input->parameters / 16 % (uint64_t) (input->length / bytes));
        memcpy(&value, input->data + index * bytes, (size_t) bytes);
    }
    return value;
}

static void compare_filter_int32(int32_t table, int32_t oracle, const fuzz_input *input) {
    const int64_t length = input->length / (int64_t) sizeof(int32_t);
    const int32_t *values = (const int32_t *) (const void *) input->data;
    const uint32_t first = (uint32_t) drawn(input, sizeof(int32_t));
    const uint32_t span = (uint32_t) (input->parameters >> 24);
    uint32_t *expected = allocate_words(length);
    uint32_t *found = allocate_words(length);
    const int64_t expected_count = kaelix_column_tables[oracle]->filter_int32(values, length, first, span, expected);
    const int64_t count = kaelix_column_tables[table]->filter_int32(values, length, first, span, found);
    require_same(count == expected_count && same_words(expected, found, count), "filter_int32", table);
    free(found);
    free(expected);
}

static void compare_filter_int64(int32_t table, int32_t oracle, const fuzz_input *input) {
    const int64_t length = input->length / (int64_t) sizeof(int64_t);
    const int64_t *values = (const int64_t *) (const void *) input->data;
    const uint64_t first = drawn(input, sizeof(int64_t));
    const uint64_t span = input->parameters << (input->parameters % 64);
    uint32_t *expected = allocate_words(length);
    uint32_t *found = allocate_words(length);
    const int64_t expected_count = kaelix_column_tables[oracle]->filter_int64(values, length, first, span, expected);
    const int64_t count = kaelix_column_tables[table]->filter_int64(values, length, first, span, found);
    require_same(count == expected_count && same_words(expected, found, count), "filter_int64", table);
    free(found);
    free(expected);
}

static void compare_filter_double(int32_t table, int32_t oracle, const fuzz_input *input) {
    const int64_t length = input->length / (int64_t) sizeof(double);
    const double *values = (const double *) (const void *) input->data;
    const uint64_t first = drawn(input, sizeof(double));
    const uint64_t span = input->parameters << (input->parameters % 64);
    uint32_t *expected = allocate_words(length);
    uint32_t *found = allocate_words(length);
    const int64_t expected_count = kaelix_column_tables[oracle]->filter_double(values, length, first, span, expected);
    const int64_t count = kaelix_column_tables[table]->filter_double(values, length, first, span, found);
    require_same(count == expected_count && same_words(expected, found, count), "filter_double", table);
    free(found);
    free(expected);
}

/* The same bytes are the set and, a few bits of each, the ids. */
static void compare_filter_ids(int32_t table, int32_t oracle, const fuzz_input *input) {
    const int64_t words = input->length / (int64_t) sizeof(uint64_t);
    if (words == 0) {
        return;
    }
    const uint32_t bits = (uint32_t) (input->parameters % (uint64_t) (words * 64)) + 1;
    const int64_t length = input->length;
    int32_t *ids = allocate(length * (int64_t) sizeof(int32_t));
    for (int64_t i = 0; i < length; i++) {
        const uint8_t byte = input->data[i];
        ids[i] = byte == 0xFF ? -1 : (int32_t) ((uint32_t) byte * (1 + bits / 200));
    }
    const uint64_t *bitmap = (const uint64_t *) (const void *) input->data;
    uint32_t *expected = allocate_words(length);
    uint32_t *found = allocate_words(length);
    const int64_t expected_count = kaelix_column_tables[oracle]->filter_ids(ids, length, bitmap, bits, expected);
    const int64_t count = kaelix_column_tables[table]->filter_ids(ids, length, bitmap, bits, found);
    require_same(count == expected_count && same_words(expected, found, count), "filter_ids", table);
    free(found);
    free(expected);
    free(ids);
}

/* Offsets that lie inside, but for one now and then. */
static void compare_gather(int32_t table, int32_t oracle, const fuzz_input *input) {
    const int64_t count = input->length;
    if (count < (int64_t) sizeof(int64_t)) {
        return;
    }
    const uint32_t span = (uint32_t) count - (uint32_t) sizeof(int64_t);
    uint32_t *offsets = allocate_words(count);
    for (int64_t i = 0; i < count; i++) {
        const uint32_t hint = (uint32_t) input->data[i] * 31 + (uint32_t) i;
        offsets[i] = input->data[i] == 0xFE && input->parameters % 4 == 0 ? hint << 20 : hint % (span + 1);
    }
    int64_t *expected = allocate(count * (int64_t) sizeof(int64_t));
    int64_t *found = allocate(count * (int64_t) sizeof(int64_t));
    const bool inside = kaelix_column_tables[oracle]->gather_int64(input->data, 0, span, offsets, count, expected);
    require_same(kaelix_column_tables[table]->gather_int64(input->data, 0, span, offsets, count, found) == inside
                 && (!inside || memcmp(expected, found, (size_t) count * sizeof(int64_t)) == 0), "gather_int64", table);
    int32_t *narrow = (int32_t *) (void *) expected;
    int32_t *narrow_found = (int32_t *) (void *) found;
    const bool narrow_inside = kaelix_column_tables[oracle]->gather_int32(input->data, 0, span, offsets, count, narrow);
    require_same(kaelix_column_tables[table]->gather_int32(input->data, 0, span, offsets, count, narrow_found) == narrow_inside
                 && (!narrow_inside || memcmp(narrow, narrow_found, (size_t) count * sizeof(int32_t)) == 0), "gather_int32",
                 table);
    free(found);
    free(expected);
    free(offsets);
}

static void compare_aggregate(int32_t table, int32_t oracle, const fuzz_input *input) {
    const int64_t length = input->length / (int64_t) sizeof(int64_t);
    const int64_t *values = (const int64_t *) (const void *) input->data;
    const double *doubles = (const double *) (const void *) input->data;
    int64_t expected[4];
    int64_t found[4];
    kaelix_column_tables[oracle]->aggregate_int64(values, length, expected);
    kaelix_column_tables[table]->aggregate_int64(values, length, found);
    require_same(memcmp(expected, found, sizeof(found)) == 0, "aggregate_int64", table);
    double expected_doubles[4];
    double found_doubles[4];
    kaelix_column_tables[oracle]->aggregate_double(doubles, length, expected_doubles);
    kaelix_column_tables[table]->aggregate_double(doubles, length, found_doubles);
    require_same(memcmp(expected_doubles, found_doubles, sizeof(found_doubles)) == 0, "aggregate_double", table);
    if (length == 0) {
        return;
    }
    const int64_t selected = input->length;
    uint32_t *selection = allocate_words(selected);
    for (int64_t i = 0; i < selected; i++) {
        const uint8_t byte = input->data[i];
        selection[i] = byte == 0xFE && input->parameters % 4 == 0 ? (uint32_t) length + byte : byte % (uint32_t) length;
    }
    const bool inside = kaelix_column_tables[oracle]->aggregate_int64_selected(values, length, selection, selected, expected);
    require_same(kaelix_column_tables[table]->aggregate_int64_selected(values, length, selection, selected, found) == inside
                 && (!inside || memcmp(expected, found, sizeof(found)) == 0), "aggregate_int64_selected", table);
    const bool too = kaelix_column_tables[oracle]->aggregate_double_selected(doubles, length, selection, selected,
                                                                             expected_doubles);
    require_same(kaelix_column_tables[table]->aggregate_double_selected(doubles, length, selection, selected, found_doubles) == too
                 && (!too || memcmp(expected_doubles, found_doubles, sizeof(found_doubles)) == 0), "aggregate_double_selected",
                 table);
    free(selection);
}

static void compare_ascii_valid(int32_t table, int32_t oracle, const fuzz_input *input) {
    require_same(kaelix_bytes_tables[table]->ascii_valid(input->data, input->length)
                 == kaelix_bytes_tables[oracle]->ascii_valid(input->data, input->length), "ascii_valid", table);
}

/*
 * Text from data, since random bytes break off at once: ASCII as it is, most other bytes for a well-formed sequence, the
 * highest for a byte that is one of the parameters. Returns its length; text has room for four times the data.
 */
static int64_t write_text(const fuzz_input *input, uint8_t *text) {
    static const char *const sequences[] = {
        "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEF\xBF\xBF", "\xF0\x90\x80\x80",
        "\xF1\x80\x80\x80", "\xF4\x8F\xBF\xBF",
    };
    int64_t length = 0;
    for (int64_t i = 0; i < input->length; i++) {
        const uint8_t byte = input->data[i];
        if (byte < 0x80) {
            text[length++] = byte;
        } else if (byte < 0xFC) {
            const char *sequence = sequences[byte % 8];
            const size_t bytes = strlen(sequence);
            memcpy(text + length, sequence, bytes);
            length += (int64_t) bytes;
        } else {
            text[length++] = (uint8_t) (input->parameters >> (8 * (byte % 4)));
        }
    }
    return length;
}

static void compare_utf8_of(int32_t table, int32_t oracle, const uint8_t *data, int64_t length) {
    require_same(kaelix_bytes_tables[table]->utf8_valid(data, length)
                 == kaelix_bytes_tables[oracle]->utf8_valid(data, length), "utf8_valid", table);
}

static void compare_utf8_valid(int32_t table, int32_t oracle, const fuzz_input *input) {
    compare_utf8_of(table, oracle, input->data, input->length);
    uint8_t *room = allocate(4 * input->length);
    const int64_t length = write_text(input, room);
    uint8_t *text = allocate(length);
    memcpy(text, room, (size_t) length);
    compare_utf8_of(table, oracle, text, length);
    free(text);
    free(room);
}

#define MOST_PIECES 16

typedef struct pieces {
    uint32_t offsets[MOST_PIECES];
    uint32_t lengths[MOST_PIECES];
    uint32_t selection[MOST_PIECES];
    int64_t count;
} pieces;

/* Pieces of all of the data, as its own first bytes say: each begins near the one before, back or forth. */
static pieces cut(const fuzz_input *input) {
    pieces cut_out = {.count = 0};
    int64_t at = 0;
    for (; cut_out.count < MOST_PIECES && cut_out.count < input->length; cut_out.count++) {
        const int64_t hint = input->data[cut_out.count];
        at = (at + hint) % (input->length + 1);
        const int64_t length = hint * (int64_t) (1 + input->parameters % 4) / 2;
        cut_out.offsets[cut_out.count] = (uint32_t) at;
        cut_out.lengths[cut_out.count] = (uint32_t) (length < input->length - at ? length : input->length - at);
        cut_out.selection[cut_out.count] = (uint32_t) (hint % (cut_out.count + 1));
    }
    return cut_out;
}

static void compare_crc32c_batch(int32_t table, int32_t oracle, const fuzz_input *input) {
    if ((kaelix_bytes_tables[table]->crc32c_needs & ~features) != 0) {
        return;
    }
    const pieces from = cut(input);
    uint32_t *expected = allocate_words(from.count);
    uint32_t *found = allocate_words(from.count);
    const kaelix_pieces all = {input->data, input->length, from.offsets, from.lengths, from.count};
    kaelix_bytes_tables[oracle]->crc32c_batch(&all, expected);
    kaelix_bytes_tables[table]->crc32c_batch(&all, found);
    require_same(same_words(expected, found, from.count), "crc32c_batch", table);
    free(found);
    free(expected);
}

static void compare_pack(int32_t table, int32_t oracle, const fuzz_input *input) {
    const pieces from = cut(input);
    const uint32_t *selection = input->parameters % 2 == 0 ? NULL : from.selection;
    const int64_t capacity = (int64_t) (input->parameters >> 8 & 0xFFF);
    uint8_t *expected = allocate(capacity);
    uint8_t *found = allocate(capacity);
    uint32_t *expected_at = allocate_words(from.count);
    uint32_t *at = allocate_words(from.count);
    int64_t expected_result[2];
    int64_t result[2];
    const kaelix_pieces all = {input->data, input->length, from.offsets, from.lengths, from.count};
    kaelix_bytes_tables[oracle]->pack(&all, selection, from.count, expected, capacity, expected_at, expected_result);
    kaelix_bytes_tables[table]->pack(&all, selection, from.count, found, capacity, at, result);
    require_same(memcmp(expected_result, result, sizeof(result)) == 0 && same_words(expected_at, at, result[0])
                 && memcmp(expected, found, (size_t) result[1]) == 0, "pack", table);
    free(at);
    free(expected_at);
    free(found);
    free(expected);
}

#define WALKED_BYTES 4096

/* There is one kernel: what it may do wrong with frames made of anything is to leave the ring, or the rows. */
static void walk_anything(const fuzz_input *input) {
    uint8_t *ring = allocate(WALKED_BYTES);
    memset(ring, 0, WALKED_BYTES);
    memcpy(ring, input->data, (size_t) (input->length < WALKED_BYTES ? input->length : WALKED_BYTES));
    const int64_t rows = WALKED_BYTES / 16;
    uint32_t *offsets = allocate_words(rows);
    uint8_t *columns = allocate(rows * 4 * KAELIX_WALK_COLUMNS);
    const int64_t term[KAELIX_WALK_TERM] = {(int64_t) (input->parameters % KAELIX_WALK_TYPES),
                                            (int64_t) (input->parameters >> 8 & 0x3F), -1, 5};
    int64_t result[3];
    const int64_t position = (int64_t) (input->parameters >> 16 & 0x1FF) * 8;
    if (kaelix_walk(ring, WALKED_BYTES, position, WALKED_BYTES, rows, term, (int64_t) (input->parameters >> 2 & 1), offsets,
                    (input->parameters & 8) != 0 ? columns : NULL, rows, 0, result) != KAELIX_OK || result[2] > rows) {
        abort();
    }
    free(columns);
    free(offsets);
    free(ring);
}

static comparison *const comparisons[] = {
    compare_newlines,
    compare_filter_int32,
    compare_filter_int64,
    compare_filter_double,
    compare_filter_ids,
    compare_gather,
    compare_aggregate,
    compare_crc32c_batch,
    compare_ascii_valid,
    compare_utf8_valid,
    compare_pack,
};

/* ---- what libFuzzer calls ----------------------------------------------------------------------------------- */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    if (features == 0) {
        kaelix_cpu_features(&features);
    }
    fuzz_input input = {.length = 0};
    if (count < sizeof(input.parameters) || count - sizeof(input.parameters) > KAELIX_KERNEL_MAX_BYTES) {
        return 0;
    }
    memcpy(&input.parameters, bytes, sizeof(input.parameters));
    input.length = (int64_t) (count - sizeof(input.parameters));
    uint8_t *data = allocate(input.length);
    memcpy(data, bytes + sizeof(input.parameters), (size_t) input.length);
    input.data = data;
    const int32_t oracle = kaelix_kernel_table_count - 1;
    for (int32_t table = 0; table < oracle; table++) {
        if ((kaelix_kernel_tables[table]->needs & ~features) != 0) {
            continue;
        }
        for (size_t i = 0; i < sizeof(comparisons) / sizeof(comparisons[0]); i++) {
            comparisons[i](table, oracle, &input);
        }
    }
    walk_anything(&input);
    free(data);
    return 0;
}
