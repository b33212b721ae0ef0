/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * Packing by every kernel that this CPU can run, byte by byte against what the contract says. base and target lie flush
 * with inaccessible pages, on the one side or the other.
 */
#include "bytes_test.h"

#define MOST 300
#define UNTOUCHED 0xA5

static uint32_t offsets[KAELIX_MAX_PIECES + 1];
static uint32_t lengths[KAELIX_MAX_PIECES + 1];
static uint32_t selection[KAELIX_MAX_PIECES + 1];
static uint32_t target_offsets[KAELIX_MAX_PIECES + 1];

static void wrong(int32_t table, const char *what, int64_t piece, int64_t capacity, int64_t found, int64_t expected) {
    check_failures++;
    fprintf(stderr, "%s is wrong: %s, piece %lld, capacity %lld: %lld, not %lld\n", table_name(table), what,
            (long long) piece, (long long) capacity, (long long) found, (long long) expected);
}

/* One kernel's output, as written at target, against a walk over the pieces. */
static void check_packed(int32_t table, const uint8_t *base, const uint32_t *chosen, int64_t selected,
                         const uint8_t *target, int64_t capacity, const int64_t *result) {
    int64_t used = 0;
    int64_t i = 0;
    for (; i < selected; i++) {
        const uint32_t piece = chosen == NULL ? (uint32_t) i : chosen[i];
        const int64_t end = used + lengths[piece];
        const int64_t next = (end + 7) / 8 * 8;
        if (next > capacity) {
            break;
        }
        if (target_offsets[i] != used) {
            wrong(table, "offset", i, capacity, target_offsets[i], used);
        }
        if (lengths[piece] != 0 && memcmp(target + used, base + offsets[piece], lengths[piece]) != 0) {
            wrong(table, "copy", i, capacity, 0, 0);
        }
        for (int64_t at = end; at < next; at++) {
            if (target[at] != 0) {
                wrong(table, "gap", i, capacity, target[at], 0);
            }
        }
        used = next;
    }
    if (result[0] != i || result[1] != used) {
        wrong(table, "pieces", i, capacity, result[0], i);
        wrong(table, "bytes", i, capacity, result[1], used);
    }
}

/* Every kernel, the target flush with either guard; before and behind it, where there is memory, nothing changes. */
static void check_all(const uint8_t *base, int64_t bytes, const uint32_t *chosen, int64_t selected, int64_t capacity) {
    for (int32_t table = 0; table < kaelix_kernel_table_count; table++) {
        for (int side = 0; runnable(table) && side < 2; side++) {
            uint8_t *target = side == 0 ? output.first : guarded_last(&output, (size_t) capacity);
            uint8_t *beside = side == 0 ? target + capacity : target - 64;
            memset(target, UNTOUCHED, (size_t) capacity);
            memset(beside, UNTOUCHED, 64);
            int64_t result[2] = {-1, -1};
            const kaelix_pieces from = {base, bytes, offsets, lengths, KAELIX_MAX_PIECES};
            kaelix_bytes_tables[table]->pack(&from, chosen, selected, target, capacity, target_offsets, result);
            check_packed(table, base, chosen, selected, target, capacity, result);
            for (int i = 0; i < 64; i++) {
                if (beside[i] != UNTOUCHED) {
                    wrong(table, "written outside", selected, capacity, beside[i], UNTOUCHED);
                }
            }
        }
    }
}

static void fill(uint8_t *data, size_t length) {
    for (size_t i = 0; i < length; i++) {
        data[i] = (uint8_t) (1 + random_below(255)); // no zero: a gap is told from a piece
    }
}

/* ---- cases -------------------------------------------------------------------------------------------------- */

/* The piece is all of base, so that a stride reaches out of it, and target has just room, or more. */
static void should_agree_for_every_length_flush_with_inaccessible_pages(void) {
    random_state = 1;
    for (uint32_t length = 0; length <= 3 * LONGEST; length++) {
        uint8_t *base = guarded_last(&input, length);
        fill(base, length);
        offsets[0] = 0;
        lengths[0] = length;
        for (int64_t room = -9; room <= 130; room++) {
            if (length + room >= 0) {
                check_all(base, length, NULL, 1, length + room);
            }
        }
    }
}

static void should_agree_for_every_alignment_and_capacity(void) {
    random_state = 2;
    fill(input.first, 2048);
    for (uint32_t alignment = 0; alignment < 64; alignment++) {
        for (uint32_t i = 0; i < 8; i++) {
            lengths[i] = (uint32_t) random_below(LONGEST);
            offsets[i] = alignment + 67 * i;
        }
        for (int64_t capacity = 0; capacity <= 8 * (LONGEST + 8); capacity++) {
            check_all(input.first, 2048, NULL, 8, capacity);
        }
    }
}

static void should_agree_on_random_selections(void) {
    random_state = 3;
    for (int round = 0; round < 2000; round++) {
        const size_t bytes = 1 + random_below(5000);
        uint8_t *base = guarded_last(&input, bytes);
        fill(base, bytes);
        const uint64_t longest = 1 + random_below(round % 2 == 0 ? 40 : 300);
        for (size_t i = 0; i < MOST; i++) {
            lengths[i] = (uint32_t) random_below(longest < bytes ? longest : bytes);
            offsets[i] = (uint32_t) random_below(bytes - lengths[i] + 1);
        }
        const int64_t selected = (int64_t) random_below(MOST);
        for (int64_t i = 0; i < selected; i++) {
            selection[i] = (uint32_t) random_below(MOST); // repeated ones too
        }
        check_all(base, (int64_t) bytes, selection, selected, (int64_t) random_below((uint64_t) selected * longest + 64));
    }
}

static void should_agree_on_the_largest_input(void) {
    random_state = 4;
    fill(input.first, LARGEST);
    const uint32_t each = LARGEST / KAELIX_MAX_PIECES;
    for (uint32_t i = 0; i < KAELIX_MAX_PIECES; i++) {
        lengths[i] = i % 2 == 0 ? 2 * each - 1 : 1;
        offsets[i] = (uint32_t) random_below(LARGEST - lengths[i]);
        selection[i] = KAELIX_MAX_PIECES - 1 - i;
    }
    const int64_t all = (int64_t) KAELIX_MAX_PIECES / 2 * (2 * each + 8);
    check_all(input.first, LARGEST, NULL, KAELIX_MAX_PIECES, LARGEST);
    check_all(input.first, LARGEST, selection, KAELIX_MAX_PIECES, LARGEST);
    CHECK(all > LARGEST); // stopped by the capacity, as meant
    lengths[0] = LARGEST;
    offsets[0] = 0;
    check_all(input.first, LARGEST, NULL, 1, LARGEST);
}

/* ---- the exported functions --------------------------------------------------------------------------------- */

static void should_pack_by_the_kernel_of_a_named_instruction_set_only_where_it_can(void) {
    static const uint8_t base[] = "pack my box";
    static const uint32_t starts[] = {0, 5, 8};
    static const uint32_t sizes[] = {4, 2, 3};
    static const uint32_t order[] = {2, 0};
    uint8_t target[16];
    uint32_t at[2];
    int64_t result[2];
    CHECK_EQUAL(KAELIX_OK, kaelix_pack(base, 11, starts, sizes, 3, order, 2, target, 16, at, result));
    CHECK_EQUAL(0, memcmp(target, "box\0\0\0\0\0pack\0\0\0\0", 16));
    CHECK_EQUAL(8, at[1]);
    for (int32_t isa = 0; isa < KAELIX_ISAS; isa++) {
        const int32_t status = expected_status(isa);
        result[0] = result[1] = -1;
        CHECK_EQUAL(status, kaelix_pack_isa(isa, base, 11, starts, sizes, 3, NULL, 2, target, 15, at, result));
        CHECK_EQUAL(status == KAELIX_OK ? 1 : -1, result[0]);
        CHECK_EQUAL(status == KAELIX_OK ? 8 : -1, result[1]);
    }
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_pack_isa(-1, base, 11, starts, sizes, 3, NULL, 2, target, 16, at, result));
    CHECK_EQUAL(KAELIX_E_INVALID,
                kaelix_pack_isa(KAELIX_ISAS, base, 11, starts, sizes, 3, NULL, 2, target, 16, at, result));
}

/* What a call of five pieces of two bytes each would be, were it not for the argument that a case changes. */
typedef struct call {
    const uint8_t *base;
    int64_t bytes;
    const uint32_t *offsets;
    const uint32_t *lengths;
    int64_t count;
    const uint32_t *selection;
    int64_t selected;
    uint8_t *target;
    int64_t capacity;
    uint32_t *target_offsets;
    int64_t *result;
} call;

static int64_t call_result[2];

static call good_call(void) {
    for (uint32_t i = 0; i <= KAELIX_MAX_PIECES; i++) {
        offsets[i] = 0;
        lengths[i] = 2;
        selection[i] = 0;
    }
    call_result[0] = -1;
    return (call){input.first, 10, offsets, lengths, 5, selection, 5, output.first, 100, target_offsets, call_result};
}

static int32_t made(const call *c) {
    return kaelix_pack(c->base, c->bytes, c->offsets, c->lengths, c->count, c->selection, c->selected, c->target,
                       c->capacity, c->target_offsets, c->result);
}

#define CHECK_REFUSED(member, value)               \
    do {                                           \
        call changed = good_call();                \
        changed.member = (value);                  \
        CHECK_EQUAL(KAELIX_E_INVALID, made(&changed)); \
        CHECK_EQUAL(-1, call_result[0]);           \
    } while (0)

static void should_check_its_arguments(void) {
    uint32_t *odd = (uint32_t *) (void *) ((uint8_t *) offsets + 2);
    call good = good_call();
    CHECK_EQUAL(KAELIX_OK, made(&good));
    CHECK_EQUAL(5, call_result[0]);
    CHECK_REFUSED(base, NULL);
    CHECK_REFUSED(bytes, -1);
    CHECK_REFUSED(bytes, 1);
    CHECK_REFUSED(offsets, NULL);
    CHECK_REFUSED(offsets, odd);
    CHECK_REFUSED(lengths, NULL);
    CHECK_REFUSED(lengths, odd);
    CHECK_REFUSED(count, -1);
    CHECK_REFUSED(count, 0);
    CHECK_REFUSED(count, KAELIX_MAX_PIECES + 1);
    CHECK_REFUSED(selection, odd);
    CHECK_REFUSED(selected, -1);
    CHECK_REFUSED(selected, KAELIX_MAX_PIECES + 1);
    CHECK_REFUSED(target, NULL);
    CHECK_REFUSED(capacity, -1);
    CHECK_REFUSED(target_offsets, NULL);
    CHECK_REFUSED(target_offsets, odd);
    CHECK_REFUSED(result, NULL);

    good = good_call();
    selection[4] = 5; // the last
    CHECK_EQUAL(KAELIX_E_INVALID, made(&good));
    selection[4] = 4;
    offsets[4] = 9;
    CHECK_EQUAL(KAELIX_E_INVALID, made(&good));
    offsets[4] = UINT32_MAX;
    CHECK_EQUAL(KAELIX_E_INVALID, made(&good));
    good.selection = NULL;
    CHECK_EQUAL(KAELIX_E_INVALID, made(&good));
    good.selected = 4; // which leaves it out
    CHECK_EQUAL(KAELIX_OK, made(&good));
    good.selected = 6; // more than there are
    CHECK_EQUAL(KAELIX_E_INVALID, made(&good));

    good = good_call();
    good.bytes = LARGEST;
    lengths[0] = LARGEST / 4; // five times
    CHECK_EQUAL(KAELIX_OK, made(&good));
    CHECK_EQUAL(0, call_result[0]);
    good.capacity = LARGEST;
    CHECK_EQUAL(KAELIX_E_INVALID, made(&good));
    good.selected = 4;
    CHECK_EQUAL(KAELIX_OK, made(&good));
    CHECK_EQUAL(4, call_result[0]);

    CHECK_EQUAL(KAELIX_OK, kaelix_pack(NULL, 0, NULL, NULL, 0, NULL, 0, NULL, 0, NULL, call_result));
    CHECK_EQUAL(0, call_result[1]);
    lengths[0] = 0;
    CHECK_EQUAL(KAELIX_OK, kaelix_pack(NULL, 0, offsets, lengths, 1, NULL, 1, NULL, 0, target_offsets, call_result));
    CHECK_EQUAL(1, call_result[0]); // a piece of nothing has room in nothing
}

/* What does not fit is not looked at, and so neither is what comes behind it. */
static void should_refuse_a_piece_outside_by_every_kernel(void) {
    for (int32_t table = 0; table < kaelix_kernel_table_count; table++) {
        if (!runnable(table)) {
            continue;
        }
        const uint8_t *base = guarded_last(&input, 64);
        uint8_t *target = guarded_last(&output, 64);
        static const struct {
            uint32_t offset;
            uint32_t length;
        } outside[] = {{60, 5}, {60, UINT32_MAX}, {UINT32_MAX, UINT32_MAX}, {UINT32_MAX, 0}};
        for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
            offsets[0] = 0;
            lengths[0] = 8;
            offsets[1] = outside[i].offset;
            lengths[1] = outside[i].length;
            const kaelix_pieces from = {base, 64, offsets, lengths, 2};
            int64_t result[2];
            CHECK(!kaelix_bytes_tables[table]->pack(&from, NULL, 2, target, 64, target_offsets, result));
            selection[0] = 0;
            selection[1] = 0;
            CHECK(kaelix_bytes_tables[table]->pack(&from, selection, 2, target, 64, target_offsets, result));
            selection[1] = 2;
            CHECK(!kaelix_bytes_tables[table]->pack(&from, selection, 2, target, 64, target_offsets, result));
            selection[1] = UINT32_MAX;
            CHECK(!kaelix_bytes_tables[table]->pack(&from, selection, 2, target, 64, target_offsets, result));
            selection[1] = 0;
            selection[2] = 1;
            CHECK(kaelix_bytes_tables[table]->pack(&from, selection, 3, target, 8, target_offsets, result));
            CHECK_EQUAL(1, result[0]);
        }
    }
}

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_agree_for_every_length_flush_with_inaccessible_pages),
        CASE(should_agree_for_every_alignment_and_capacity),
        CASE(should_agree_on_random_selections),
        CASE(should_agree_on_the_largest_input),
        CASE(should_pack_by_the_kernel_of_a_named_instruction_set_only_where_it_can),
        CASE(should_refuse_a_piece_outside_by_every_kernel),
        CASE(should_check_its_arguments),
    };
    bytes_test_begin();
    const int status = RUN_CASES(cases, arguments, argument);
    bytes_test_end();
    return status;
}
