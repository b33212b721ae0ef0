/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * Walking the frames of a ring, against what the test wrote into it, flush with inaccessible pages: lengths that cannot be one are
 * never followed, whatever stands in the ring.
 */
#include "kernels/filter.h"
#include "guarded.h"
#include "random.h"

#define CAPACITY 4096
#define MOST_FRAMES (CAPACITY / 16)
#define ROWS MOST_FRAMES
#define GUARD 0xA5A5A5A5U

/* Where a walk ends. */
enum ending { NOTHING, PADDING, TOO_LONG, TOO_SHORT, BEYOND_THE_END, UNKNOWN_FLAGS, LONG_HEADERS, ENDINGS };

typedef struct frame {
    uint32_t offset;
    uint32_t payload;
    uint32_t length; /* of the payload */
    uint32_t stream;
    uint32_t sequence;
    int64_t timestamp;
} frame;

typedef struct row_memory {
    uint32_t offsets[ROWS];
    int64_t columns[ROWS * KAELIX_WALK_COLUMNS / 2];
} row_memory;

static guarded memory;
static uint8_t *ring;
static frame frames[MOST_FRAMES];
static int64_t frame_count;
static row_memory *rows;
static int64_t result[3];

static void store32(uint32_t at, uint32_t value) {
    memcpy(ring + at, &value, sizeof(value));
}

static void write_first_word(uint32_t at, int32_t length, uint32_t flags) {
    store32(at, (uint32_t) length);
    store32(at + 4, flags);
}

static bool write_ending(enum ending ending, uint32_t at) {
    const int32_t rest = (int32_t) (CAPACITY - at);
    switch (ending) {
        case NOTHING:
            write_first_word(at, 0, 0x100);
            return true;
        case PADDING:
            write_first_word(at, -8, 0x100);
            return true;
        case TOO_LONG:
            write_first_word(at, random_below(2) == 0 ? CAPACITY / 4 + 1 : INT32_MAX, 0x100);
            return true;
        case TOO_SHORT:
            write_first_word(at, (int32_t) (1 + random_below(15)), 0x100);
            return true;
        case BEYOND_THE_END:
            write_first_word(at, rest + 1, 0x100);
            return rest + 1 <= CAPACITY / 4 && rest + 1 >= 16;
        case UNKNOWN_FLAGS:
            write_first_word(at, 16, 0x100 | 4U << random_below(6));
            return true;
        default:
            write_first_word(at, 31, 0x00100100);
            return rest >= 31;
    }
}

/* Fills the ring with frames from a place on; how they end is one of the endings. Returns where it is. */
static uint32_t fill(uint32_t start, int64_t most, enum ending ending) {
    for (uint32_t i = 0; i < CAPACITY; i++) {
        ring[i] = (uint8_t) next_random();
    }
    uint32_t at = start;
    uint32_t used = 0;
    uint32_t length = 24;
    frame_count = 0;
    while (frame_count < most) {
        if (random_below(4) == 0) {
            length = 16 + (uint32_t) random_below(random_below(8) == 0 ? 300 : 40);
        }
        const uint32_t step = (length + 7) & ~7U;
        // Eight bytes more: something has to stop the walk before it comes round.
        if (length > CAPACITY - at || used + step + 8 > CAPACITY) {
            break;
        }
        const bool stamped = length >= 24 && random_below(3) == 0;
        const uint32_t fixed = 16 + (stamped ? 8U : 0);
        const uint32_t headers = random_below(5) == 0 ? (uint32_t) random_below(length - fixed + 1) : 0;
        write_first_word(at, (int32_t) length, 0x100 | (stamped ? 1U : 0) | (headers != 0 ? 2U : 0) | headers << 16);
        frame *const next = &frames[frame_count++];
        *next = (frame){at, at + fixed + headers, length - fixed - headers, (uint32_t) next_random(), (uint32_t) next_random(), INT64_MIN};
        store32(at + 8, next->stream);
        store32(at + 12, next->sequence);
        if (stamped) {
            next->timestamp = (int64_t) next_random();
            memcpy(ring + at + 16, &next->timestamp, 8);
        }
        for (uint32_t i = next->payload; i + 4 <= at + length; i += 4) {
            store32(i, (uint32_t) random_below(3) - 1); // small numbers, so that terms hold for some
        }
        at = (at + step) % CAPACITY;
        used += step;
    }
    while (!write_ending(ending, at)) {
        ending = NOTHING;
    }
    return at;
}

/* The terms of a test, and the same as the operators of C have it: low <= value <= high. */
typedef struct range {
    int64_t type;
    int64_t field;
    double low;
    double high;
} range;

static bool in_range(const range *wanted, const frame *at) {
    const int64_t size = wanted->type == KAELIX_WALK_INT32 ? 4 : 8;
    if (wanted->type == KAELIX_WALK_NEVER || wanted->field + size > (int64_t) at->length) {
        return false;
    }
    const uint8_t *const value = ring + at->payload + wanted->field;
    if (wanted->type == KAELIX_WALK_DOUBLE) {
        double number;
        memcpy(&number, value, sizeof(number));
        return number >= wanted->low && number <= wanted->high;
    }
    int64_t number = 0;
    if (wanted->type == KAELIX_WALK_INT64) {
        memcpy(&number, value, sizeof(number));
    } else {
        int32_t narrow;
        memcpy(&narrow, value, sizeof(narrow));
        number = narrow;
    }
    return number >= (int64_t) wanted->low && number <= (int64_t) wanted->high;
}

static void put_term(const range *wanted, int64_t *term) {
    const filter_range accepted = wanted->type == KAELIX_WALK_DOUBLE ? filter_double_ordered(wanted->low, wanted->high)
                                                                      : filter_ordered((int64_t) wanted->low, (int64_t) wanted->high);
    term[0] = accepted.is_empty ? KAELIX_WALK_NEVER : wanted->type;
    term[1] = wanted->field;
    term[2] = (int64_t) accepted.first;
    term[3] = (int64_t) accepted.span;
}

static bool all_in_range(const range *ranges, int64_t count, const frame *at) {
    for (int64_t i = 0; i < count; i++) {
        if (!in_range(&ranges[i], at)) {
            return false;
        }
    }
    return true;
}

static const uint32_t *column(int64_t number) {
    return (const uint32_t *) (const void *) (rows->columns + ROWS) + number * ROWS;
}

static void check_row(int64_t row, const frame *expected, bool with_columns) {
    CHECK_EQUAL(expected->offset, rows->offsets[row]);
    if (with_columns) {
        CHECK_EQUAL(expected->timestamp, rows->columns[row]);
        CHECK_EQUAL(expected->payload, column(0)[row]);
        CHECK_EQUAL(expected->length, column(1)[row]);
        CHECK_EQUAL(expected->stream, column(2)[row]);
        CHECK_EQUAL(expected->sequence, column(3)[row]);
    }
}

static int64_t step_of(const frame *at) {
    return (int64_t) (at->payload - at->offset + at->length + 7) & ~7;
}

/* One walk with its limits, compared with the frames that were written. */
static void check_walk(int64_t turns, int64_t bytes, int64_t most, const range *ranges, int64_t terms, bool with_columns, int64_t row,
                       int64_t row_count) {
    int64_t words[KAELIX_WALK_MAX_TERMS * KAELIX_WALK_TERM] = {0};
    for (int64_t i = 0; i < terms; i++) {
        put_term(&ranges[i], words + i * KAELIX_WALK_TERM);
    }
    memset(rows, 0xA5, sizeof(*rows));
    const int64_t start = frame_count == 0 ? 0 : (int64_t) frames[0].offset;
    const int64_t position = turns * CAPACITY + start;
    CHECK_EQUAL(KAELIX_OK, kaelix_walk(ring, CAPACITY, position, bytes, most, words, terms, rows->offsets,
                                       with_columns ? rows->columns : NULL, ROWS, row, result));
    int64_t walked = 0;
    int64_t taken = 0;
    int64_t next = row;
    while (taken < frame_count && taken < most && next < row_count && walked + step_of(&frames[taken]) <= bytes) {
        const frame *const at = &frames[taken++];
        walked += step_of(at);
        if (all_in_range(ranges, terms, at)) {
            check_row(next++, at, with_columns);
        }
    }
    CHECK_EQUAL(position + walked, result[0]);
    CHECK_EQUAL(taken, result[1]);
    CHECK_EQUAL(next, result[2]);
    for (int64_t i = 0; i < row; i++) {
        CHECK_EQUAL(GUARD, rows->offsets[i]);
    }
}

static range random_range(void) {
    const double low = (double) (int64_t) random_below(3) - 1;
    const range made = {(int64_t) random_below(KAELIX_WALK_TYPES), 4 * (int64_t) random_below(random_below(4) == 0 ? 20 : 3), low,
                        low + (double) random_below(3)};
    if (made.type == KAELIX_WALK_INT64) { // two of the small numbers side by side
        return (range){made.type, made.field, made.low * 4294967296.0, made.high * 4294967296.0 + 1.0};
    }
    return made;
}

static void should_find_every_frame_whatever_ends_the_walk(void) {
    random_state = 1;
    for (int round = 0; round < 6000; round++) {
        const uint32_t start = (uint32_t) random_below(CAPACITY / 8) * 8;
        fill(start, (int64_t) random_below(round % 3 == 0 ? MOST_FRAMES : 20), (enum ending) random_below(ENDINGS));
        if (frame_count > 0) {
            check_walk((int64_t) random_below(1000), CAPACITY, MOST_FRAMES + 1, NULL, 0, round % 2 == 0, 0, ROWS);
        }
    }
}

static void should_select_by_terms(void) {
    random_state = 2;
    for (int round = 0; round < 6000; round++) {
        fill((uint32_t) random_below(CAPACITY / 8) * 8, MOST_FRAMES, (enum ending) random_below(ENDINGS));
        range ranges[KAELIX_WALK_MAX_TERMS];
        const int64_t terms = 1 + (int64_t) random_below(round % 4 == 0 ? KAELIX_WALK_MAX_TERMS : 2);
        for (int64_t i = 0; i < terms; i++) {
            ranges[i] = random_range();
        }
        if (frame_count > 0) {
            check_walk(0, CAPACITY, MOST_FRAMES, ranges, terms, round % 2 == 0, 0, ROWS);
        }
    }
}

static void should_stop_at_each_limit(void) {
    random_state = 3;
    for (int round = 0; round < 6000; round++) {
        fill((uint32_t) random_below(CAPACITY / 8) * 8, MOST_FRAMES, NOTHING);
        range wanted = random_range();
        if (frame_count > 0) {
            check_walk(1, (int64_t) random_below(CAPACITY), (int64_t) random_below(MOST_FRAMES), &wanted, round % 2, round % 3 == 0,
                       (int64_t) random_below(ROWS + 1), ROWS);
        }
    }
}

/* Any bytes at all: what it reports lies inside the ring, what lies outside is behind guards. */
static void should_stay_inside_of_a_ring_full_of_anything(void) {
    random_state = 4;
    for (int round = 0; round < 20000; round++) {
        for (uint32_t i = 0; i < CAPACITY; i += 8) {
            const uint64_t word = random_below(3) == 0 ? next_random() : (16 + random_below(60)) | random_below(4) << 32
                | random_below(random_below(4) == 0 ? 40 : 1) << 48;
            memcpy(ring + i, &word, sizeof(word));
        }
        const int64_t position = (int64_t) random_below(CAPACITY / 8) * 8;
        range wanted = random_range();
        int64_t term[KAELIX_WALK_TERM];
        put_term(&wanted, term);
        CHECK_EQUAL(KAELIX_OK, kaelix_walk(ring, CAPACITY, position, CAPACITY, MOST_FRAMES, term, round % 2, rows->offsets, rows->columns,
                                           ROWS, 0, result));
        CHECK(result[0] >= position && result[0] % 8 == 0 && result[1] >= result[2]);
        for (int64_t i = 0; i < result[2]; i++) {
            CHECK(column(0)[i] >= rows->offsets[i] + 16 && column(0)[i] + (uint64_t) column(1)[i] <= CAPACITY);
        }
    }
}

static void should_check_its_arguments(void) {
    int64_t term[KAELIX_WALK_TERM] = {KAELIX_WALK_INT64, 0, 0, 0};
    write_first_word(0, 0, 0);
#define WALK(ring_, capacity, position, bytes, most, terms, count, offsets, columns, row_count, row, out) \
    kaelix_walk(ring_, capacity, position, bytes, most, terms, count, offsets, columns, row_count, row, out)
    uint32_t *const offsets = rows->offsets;
    CHECK_EQUAL(KAELIX_OK, WALK(ring, CAPACITY, 0, 64, 1, term, 1, offsets, NULL, 2, 0, result));
    CHECK_EQUAL(KAELIX_OK, WALK(ring, CAPACITY, 0, 0, 0, NULL, 0, NULL, NULL, 0, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(NULL, CAPACITY, 0, 64, 1, term, 1, offsets, NULL, 2, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring + 4, CAPACITY, 0, 64, 1, term, 1, offsets, NULL, 2, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY - 8, 0, 64, 1, term, 1, offsets, NULL, 2, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, 128, 0, 64, 1, term, 1, offsets, NULL, 2, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, 1LL << 31, 0, 64, 1, term, 1, offsets, NULL, 2, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY, 4, 64, 1, term, 1, offsets, NULL, 2, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY, -8, 64, 1, term, 1, offsets, NULL, 2, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY, 0, -1, 1, term, 1, offsets, NULL, 2, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY, 0, CAPACITY + 1, 1, term, 1, offsets, NULL, 2, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY, 0, 64, -1, term, 1, offsets, NULL, 2, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY, 0, 64, KAELIX_WALK_MAX_FRAMES + 1, term, 1, offsets, NULL, 2, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY, 0, 64, 1, NULL, 1, offsets, NULL, 2, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY, 0, 64, 1, term, -1, offsets, NULL, 2, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY, 0, 64, 1, term, KAELIX_WALK_MAX_TERMS + 1, offsets, NULL, 2, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY, 0, 64, 1, term, 1, NULL, NULL, 2, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY, 0, 64, 1, term, 1, offsets, (uint8_t *) rows->columns + 4, 2, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY, 0, 64, 1, term, 1, offsets, NULL, KAELIX_WALK_MAX_ROWS + 1, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY, 0, 64, 1, term, 1, offsets, NULL, 2, -1, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY, 0, 64, 1, term, 1, offsets, NULL, 2, 3, result));
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY, 0, 64, 1, term, 1, offsets, NULL, 2, 0, NULL));
    term[0] = KAELIX_WALK_TYPES;
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY, 0, 64, 1, term, 1, offsets, NULL, 2, 0, result));
    term[0] = KAELIX_WALK_INT32;
    term[1] = -1;
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY, 0, 64, 1, term, 1, offsets, NULL, 2, 0, result));
    term[1] = (int64_t) INT32_MAX + 1;
    CHECK_EQUAL(KAELIX_E_INVALID, WALK(ring, CAPACITY, 0, 64, 1, term, 1, offsets, NULL, 2, 0, result));
}

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_find_every_frame_whatever_ends_the_walk),
        CASE(should_select_by_terms),
        CASE(should_stop_at_each_limit),
        CASE(should_stay_inside_of_a_ring_full_of_anything),
        CASE(should_check_its_arguments),
    };
    memory = guarded_map(CAPACITY);
    ring = guarded_last(&memory, CAPACITY);
    rows = calloc(1, sizeof(*rows));
    REQUIRE(rows != NULL);
    const int status = RUN_CASES(cases, arguments, argument);
    free(rows);
    guarded_unmap(&memory);
    return status;
}
