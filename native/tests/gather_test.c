/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * Gathering fields into a column, by every instruction set of this CPU, from memory flush with inaccessible pages: offsets
 * that lead outside are refused, and never followed.
 */
#include "guarded.h"
#include "random.h"
#include "runnable.h"

#define LONGEST 130
#define RECORDS 4096 /* bytes of them */
#define MOST KAELIX_GATHER_MAX_VALUES

static guarded records;
static guarded places;
static guarded columns;

/* Instruction sets that this CPU can run, asked for once. */
static int32_t isas[KAELIX_ISAS];
static int32_t isa_count;

static uint32_t *last_offsets(size_t count) {
    return (uint32_t *) (void *) guarded_last(&places, count * sizeof(uint32_t));
}

static void *last_column(size_t count, size_t size) {
    return guarded_last(&columns, count * size);
}

static int32_t gather(int32_t isa, size_t size, const uint8_t *base, int64_t bytes, const uint32_t *offsets, size_t count,
                      int64_t field, void *column) {
    return size == sizeof(int32_t) ? kaelix_gather_int32_isa(isa, base, bytes, offsets, (int64_t) count, field, column)
                                   : kaelix_gather_int64_isa(isa, base, bytes, offsets, (int64_t) count, field, column);
}

/* Every offset is right. The column is compared with the bytes it comes from. */
static void check_gathered(size_t size, const uint8_t *base, int64_t bytes, const uint32_t *offsets, size_t count,
                           int64_t field) {
    for (int32_t i = 0; i < isa_count; i++) {
        for (int side = 0; side < 2; side++) {
            uint8_t *column = side == 0 ? last_column(count, size) : columns.first;
            memset(column, 0xA5, count * size);
            CHECK_EQUAL(KAELIX_OK, gather(isas[i], size, base, bytes, offsets, count, field, column));
            for (size_t k = 0; k < count; k++) {
                if (memcmp(column + k * size, base + (int64_t) offsets[k] + field, size) != 0) {
                    check_failures++;
                    fprintf(stderr, "isa %d is wrong: value %zu of %zu, %zu bytes, offset %u, field %lld\n", isas[i], k, count,
                            size, offsets[k], (long long) field);
                    break;
                }
            }
        }
    }
}

static void check_refused(size_t size, const uint8_t *base, int64_t bytes, const uint32_t *offsets, size_t count,
                          int64_t field) {
    for (int32_t i = 0; i < isa_count; i++) {
        CHECK_EQUAL(KAELIX_E_INVALID, gather(isas[i], size, base, bytes, offsets, count, field, last_column(count, size)));
    }
}

/* Offsets from which the field, of this size, lies inside. */
static void fill_offsets(uint32_t *offsets, size_t count, int64_t bytes, int64_t field, size_t size) {
    const int64_t lowest = field < 0 ? -field : 0;
    const int64_t highest = bytes - (int64_t) size - field;
    for (size_t i = 0; i < count; i++) {
        const uint64_t reach = (uint64_t) (highest - lowest);
        const uint64_t near = random_below(reach < 8 ? reach + 1 : 8);
        const uint64_t either = random_below(2) == 0 ? near : reach - near; // the first and the last bytes above all
        offsets[i] = (uint32_t) (lowest + (int64_t) (random_below(4) != 0 ? either : random_below(reach + 1)));
    }
}

static void should_gather_from_every_place_for_every_count(void) {
    static const int64_t fields[] = {0, 1, 12, 100, -1, -16};
    random_state = 1;
    for (size_t count = 0; count <= LONGEST; count++) {
        const int64_t field = fields[count % (sizeof(fields) / sizeof(fields[0]))];
        for (size_t size = 4; size <= 8; size += 4) {
            const int64_t bytes = count % 3 == 0 ? RECORDS : 128;
            const uint8_t *base = count % 2 == 0 ? records.first : guarded_last(&records, (size_t) bytes);
            uint32_t *offsets = last_offsets(count);
            fill_offsets(offsets, count, bytes, field, size);
            check_gathered(size, base, bytes, offsets, count, field);
        }
    }
}

static void should_gather_the_only_value_there_is(void) {
    uint32_t offsets[9] = {0};
    check_gathered(4, guarded_last(&records, 4), 4, offsets, 9, 0);
    check_gathered(8, guarded_last(&records, 8), 8, offsets, 9, 0);
    check_refused(4, guarded_last(&records, 3), 3, offsets, 9, 0);
    check_refused(8, guarded_last(&records, 7), 7, offsets, 9, 0);
    check_refused(8, NULL, 0, offsets, 9, 0);
}

static void should_gather_as_many_as_are_allowed(void) {
    random_state = 2;
    uint32_t *offsets = last_offsets(MOST);
    for (size_t size = 4; size <= 8; size += 4) {
        fill_offsets(offsets, MOST, RECORDS, 7, size);
        check_gathered(size, guarded_last(&records, RECORDS), RECORDS, offsets, MOST, 7);
    }
}

/* One among good ones, at each place, by as little as one byte or by as much as there is. */
static void should_refuse_an_offset_that_leads_outside_wherever_it_stands(void) {
    random_state = 3;
    for (size_t size = 4; size <= 8; size += 4) {
        for (size_t count = 1; count <= 34; count += 3) {
            for (size_t bad = 0; bad < count; bad++) {
                const int64_t field = bad % 2 == 0 ? 8 : -8;
                const uint32_t highest = (uint32_t) (RECORDS - (int64_t) size - field);
                const uint32_t outside[] = {highest + 1, UINT32_MAX, field < 0 ? 7 : UINT32_MAX - 7, 0x80000000, highest + 8};
                uint32_t *offsets = last_offsets(count);
                fill_offsets(offsets, count, RECORDS, field, size);
                offsets[bad] = outside[(bad + count) % 5];
                check_refused(size, guarded_last(&records, RECORDS), RECORDS, offsets, count, field);
            }
        }
    }
}

static void should_refuse_a_field_that_lies_outside_from_every_offset(void) {
    static const int64_t fields[] = {INT64_MIN, INT64_MIN + 1, -(int64_t) UINT32_MAX - 1, -(int64_t) UINT32_MAX, RECORDS - 7,
                                     RECORDS, INT64_MAX - 8, INT64_MAX};
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        static const uint32_t offsets[] = {0, 1, 8, 16, 100, 1000, UINT32_MAX - 1, 5, 6};
        check_refused(8, records.first, RECORDS, offsets, 9, fields[i]);
    }
    const int64_t far_back = RECORDS - 8 - (int64_t) (UINT32_MAX - 4); // the last value is at offset UINT32_MAX - 4
    const uint32_t last = UINT32_MAX - 4;
    const uint32_t behind = UINT32_MAX;
    check_gathered(8, guarded_last(&records, RECORDS), RECORDS, &last, 1, far_back);
    check_refused(8, guarded_last(&records, RECORDS), RECORDS, &behind, 1, far_back);
    const uint32_t furthest = UINT32_MAX; // all the way back to the first byte
    check_gathered(8, records.first, RECORDS, &furthest, 1, -(int64_t) UINT32_MAX);
}

/* As large as it may be, of which the first and the last page exist: offsets with the top bit of a signed index at hand. */
static void should_gather_from_both_ends_of_the_largest_memory(void) {
    const size_t page = (size_t) sysconf(_SC_PAGESIZE);
    const size_t bytes = (size_t) KAELIX_GATHER_MAX_BYTES;
    uint8_t *base = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    REQUIRE(base != MAP_FAILED);
    REQUIRE(mprotect(base, page, PROT_READ | PROT_WRITE) == 0);
    REQUIRE(mprotect(base + bytes - page, page, PROT_READ | PROT_WRITE) == 0);
    for (size_t i = 0; i < page; i++) {
        base[i] = (uint8_t) (i * 7);
        base[bytes - page + i] = (uint8_t) (i * 11);
    }
    random_state = 4;
    for (size_t size = 4; size <= 8; size += 4) {
        for (int64_t field = -16; field <= 16; field += 16) {
            uint32_t *offsets = last_offsets(40);
            for (size_t i = 0; i < 40; i++) {
                const int64_t at = (int64_t) random_below(page - size + 1) + (i % 2 == 0 ? 0 : (int64_t) (bytes - page));
                offsets[i] = (uint32_t) (at < field ? 0 : at - field);
            }
            check_gathered(size, base, (int64_t) bytes, offsets, 40, field);
            offsets[17] = (uint32_t) ((int64_t) (bytes - size) + 1 - field);
            check_refused(size, base, (int64_t) bytes, offsets, 40, field);
        }
    }
    REQUIRE(munmap(base, bytes) == 0);
}

static void should_check_its_arguments(void) {
    const uint8_t *base = records.first;
    uint32_t *offsets = (uint32_t *) (void *) places.first;
    uint32_t *odd_offsets = (uint32_t *) (void *) (places.first + 2);
    int32_t *ints = (int32_t *) (void *) columns.first;
    int64_t *longs = (int64_t *) (void *) columns.first;
    int32_t *odd_ints = (int32_t *) (void *) (columns.first + 2);
    int64_t *odd_longs = (int64_t *) (void *) (columns.first + 4);
    offsets[0] = 0;
    CHECK_EQUAL(KAELIX_OK, kaelix_gather_int32(base, RECORDS, offsets, 1, 0, ints));
    CHECK_EQUAL(KAELIX_OK, kaelix_gather_int64(base, RECORDS, offsets, 1, 0, longs));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_gather_int32(base, -1, offsets, 1, 0, ints));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_gather_int32(base, KAELIX_GATHER_MAX_BYTES + 1, offsets, 1, 0, ints));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_gather_int32(NULL, 1, offsets, 0, 0, ints));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_gather_int32(base, RECORDS, offsets, -1, 0, ints));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_gather_int32(base, RECORDS, offsets, MOST + 1, 0, ints));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_gather_int32(base, RECORDS, NULL, 1, 0, ints));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_gather_int32(base, RECORDS, odd_offsets, 1, 0, ints));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_gather_int32(base, RECORDS, offsets, 1, 0, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_gather_int32(base, RECORDS, offsets, 1, 0, odd_ints));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_gather_int64(base, RECORDS, offsets, 1, 0, odd_longs));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_gather_int64(base, RECORDS, offsets, MOST + 1, 0, longs));
    CHECK_EQUAL(KAELIX_OK, kaelix_gather_int32(NULL, 0, NULL, 0, 0, NULL));
    CHECK_EQUAL(KAELIX_OK, kaelix_gather_int64(base, RECORDS, NULL, 0, INT64_MAX, NULL));
    for (int32_t isa = -1; isa <= KAELIX_ISAS; isa++) {
        const int32_t status = kaelix_gather_int32_isa(isa, base, RECORDS, offsets, 1, 0, ints);
        CHECK_EQUAL(status, kaelix_gather_int64_isa(isa, base, RECORDS, offsets, 1, 0, longs));
        CHECK((status == KAELIX_E_INVALID) == (isa < 0 || isa >= KAELIX_ISAS));
    }
}

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_gather_from_every_place_for_every_count),
        CASE(should_gather_the_only_value_there_is),
        CASE(should_gather_as_many_as_are_allowed),
        CASE(should_refuse_an_offset_that_leads_outside_wherever_it_stands),
        CASE(should_refuse_a_field_that_lies_outside_from_every_offset),
        CASE(should_gather_from_both_ends_of_the_largest_memory),
        CASE(should_check_its_arguments),
    };
    print_runnable();
    for (int32_t isa = 0; isa < KAELIX_ISAS; isa++) {
        if (kaelix_kernel_find(isa) >= 0) {
            isas[isa_count++] = isa;
        }
    }
    records = guarded_map(RECORDS);
    places = guarded_map(MOST * sizeof(uint32_t));
    columns = guarded_map(MOST * sizeof(int64_t));
    random_state = 5;
    for (size_t i = 0; i < RECORDS; i++) {
        records.first[i] = (uint8_t) next_random();
    }
    const int status = RUN_CASES(cases, arguments, argument);
    guarded_unmap(&columns);
    guarded_unmap(&places);
    guarded_unmap(&records);
    return status;
}
