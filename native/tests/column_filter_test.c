/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * The filters of int32 and double, of ranges and of sets of ids, by every kernel that this CPU can run, the scalar one too,
 * against the operators of C. Input and output lie flush with inaccessible pages, on the one side or the other.
 */
#include "guarded.h"
#include "kernels/columns.h"
#include "kernels/filter.h"
#include "random.h"
#include "runnable.h"

#include <math.h>

#define LONGEST 130
#define RANGE KAELIX_COMPARISONS /* one more way to compare: first <= value <= second */
#define WAYS (KAELIX_COMPARISONS + 1)

static guarded input;
static guarded output;
static guarded set;
static uint32_t expected[KAELIX_FILTER_MAX_INT32];

static const char *const signs[WAYS] = {"<", "<=", ">", ">=", "==", "!=", "from"};

static uint32_t *last_indices(size_t length) {
    return (uint32_t *) (void *) guarded_last(&output, length * sizeof(uint32_t));
}

static uint32_t *first_indices(void) {
    return (uint32_t *) (void *) output.first;
}

/* What a kernel found is what was expected. */
static void verify(int32_t index, const char *what, size_t length, int64_t expected_count, int64_t count,
                   const uint32_t *indices) {
    if (count != expected_count || memcmp(indices, expected, (size_t) count * sizeof(uint32_t)) != 0) {
        check_failures++;
        fprintf(stderr, "%s is wrong: %s, length %zu, indices %% 64 = %d: count %lld, not %lld\n", kernels_name(index), what,
                length, (int) ((uintptr_t) indices % 64), (long long) count, (long long) expected_count);
    }
}

/* ---- int32 -------------------------------------------------------------------------------------------------- */

static const int32_t edges[] = {INT32_MIN, INT32_MIN + 1, -2, -1, 0, 1, 2, INT32_MAX - 1, INT32_MAX};
#define EDGES (sizeof(edges) / sizeof(edges[0]))

static bool holds_int32(int32_t value, int32_t way, int32_t first, int32_t second) {
    switch (way) {
        case KAELIX_COMPARE_LT:
            return value < first;
        case KAELIX_COMPARE_LE:
            return value <= first;
        case KAELIX_COMPARE_GT:
            return value > first;
        case KAELIX_COMPARE_GE:
            return value >= first;
        case KAELIX_COMPARE_EQ:
            return value == first;
        case KAELIX_COMPARE_NE:
            return value != first;
        default:
            return first <= value && value <= second;
    }
}

static int64_t run_int32(int32_t index, const int32_t *values, size_t length, filter_range range, uint32_t *indices) {
    return range.is_empty ? 0 : kaelix_column_tables[index]->filter_int32(values, (int64_t) length, (uint32_t) range.first,
                                                                          (uint32_t) range.span, indices);
}

static void check_int32(const int32_t *values, size_t length, int32_t way, int32_t first, int32_t second) {
    char what[80];
    snprintf(what, sizeof(what), "int32 %s %d (%d), values %% 64 = %d", signs[way], first, second,
             (int) ((uintptr_t) values % 64));
    int64_t count = 0;
    for (size_t i = 0; i < length; i++) {
        if (holds_int32(values[i], way, first, second)) {
            expected[count++] = (uint32_t) i;
        }
    }
    const filter_range range = way == RANGE ? filter_ordered(first, second) : filter_int32_compared(way, first);
    for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
        if (runnable(i)) {
            verify(i, what, length, count, run_int32(i, values, length, range, last_indices(length)), last_indices(length));
            verify(i, what, length, count, run_int32(i, values, length, range, first_indices()), first_indices());
        }
    }
}

static int32_t *last_int32(size_t length) {
    return (int32_t *) (void *) guarded_last(&input, length * sizeof(int32_t));
}

static void fill_int32(int32_t *values, size_t length) {
    for (size_t i = 0; i < length; i++) {
        values[i] = (int32_t) random_below(11) - 5;
    }
}

static void should_compare_int32_as_the_operators_do_at_the_edges(void) {
    for (size_t length = 1; length <= 40; length += 3) {
        int32_t *values = last_int32(length);
        for (size_t i = 0; i < length; i++) {
            values[i] = edges[i * 5 % EDGES];
        }
        for (size_t k = 0; k < EDGES * EDGES; k++) {
            for (int32_t way = 0; way < WAYS; way++) {
                check_int32(values, length, way, edges[k / EDGES], edges[k % EDGES]);
            }
        }
    }
}

static void should_agree_on_int32_for_every_length_and_alignment(void) {
    random_state = 1;
    for (size_t length = 0; length <= LONGEST; length++) {
        const int32_t operand = (int32_t) random_below(9) - 4;
        for (size_t alignment = 0; alignment < 64 / sizeof(int32_t); alignment++) {
            int32_t *values = (int32_t *) (void *) input.first + alignment;
            fill_int32(values, length + 16); // matches behind the end: not to be found
            check_int32(values, length, (int32_t) random_below(WAYS), operand, operand + 2);
        }
        fill_int32(last_int32(length), length);
        for (int32_t way = 0; way < WAYS; way++) {
            check_int32(last_int32(length), length, way, operand, operand + 2);
        }
    }
    for (size_t length = KAELIX_FILTER_MAX_INT32 - 17; length <= KAELIX_FILTER_MAX_INT32; length++) {
        fill_int32(last_int32(length), length);
        check_int32(last_int32(length), length, RANGE, -2, 2);
    }
}

static void should_agree_on_int32_for_every_set_of_matches_in_a_block(void) {
    for (uint32_t matches = 0; matches < 1U << 16; matches++) {
        int32_t *values = last_int32(16);
        for (uint32_t i = 0; i < 16; i++) {
            values[i] = (int32_t) (matches >> i & 1);
        }
        check_int32(values, 16, KAELIX_COMPARE_EQ, 1, 0);
        check_int32(values + matches % 16, 16 - matches % 16, KAELIX_COMPARE_EQ, 1, 0);
    }
}

/* ---- double ------------------------------------------------------------------------------------------------- */

static double double_of(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* By bits: infinities, numbers next to zero and to the largest, both zeros, and NaN of both signs, quiet and signaling. */
static const uint64_t double_edges[] = {
    0xFFF8000000000000, 0xFFF0000000000001, 0xFFF0000000000000, 0xFFEFFFFFFFFFFFFF, 0xBFF0000000000000, 0x8010000000000000,
    0x8000000000000002, 0x8000000000000001, 0x8000000000000000, 0x0000000000000000, 0x0000000000000001, 0x0000000000000002,
    0x0010000000000000, 0x3FF0000000000000, 0x7FEFFFFFFFFFFFFF, 0x7FF0000000000000, 0x7FF0000000000001, 0x7FFFFFFFFFFFFFFF};
#define DOUBLE_EDGES (sizeof(double_edges) / sizeof(double_edges[0]))

static bool holds_double(double value, int32_t way, double first, double second) {
    switch (way) {
        case KAELIX_COMPARE_LT:
            return value < first;
        case KAELIX_COMPARE_LE:
            return value <= first;
        case KAELIX_COMPARE_GT:
            return value > first;
        case KAELIX_COMPARE_GE:
            return value >= first;
        case KAELIX_COMPARE_EQ:
            return value == first;
        case KAELIX_COMPARE_NE:
            return value != first;
        default:
            return first <= value && value <= second;
    }
}

static int64_t run_double(int32_t index, const double *values, size_t length, filter_range range, uint32_t *indices) {
    return range.is_empty ? 0
        : kaelix_column_tables[index]->filter_double(values, (int64_t) length, range.first, range.span, indices);
}

static void check_double(const double *values, size_t length, int32_t way, double first, double second) {
    char what[120];
    snprintf(what, sizeof(what), "double %s %a (%a), values %% 64 = %d", signs[way], first, second,
             (int) ((uintptr_t) values % 64));
    int64_t count = 0;
    for (size_t i = 0; i < length; i++) {
        if (holds_double(values[i], way, first, second)) {
            expected[count++] = (uint32_t) i;
        }
    }
    const filter_range range = way == RANGE ? filter_double_ordered(first, second) : filter_double_compared(way, first);
    for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
        if (runnable(i)) {
            verify(i, what, length, count, run_double(i, values, length, range, last_indices(length)), last_indices(length));
            verify(i, what, length, count, run_double(i, values, length, range, first_indices()), first_indices());
        }
    }
}

static double *last_double(size_t length) {
    return (double *) (void *) guarded_last(&input, length * sizeof(double));
}

static void fill_double(double *values, size_t length) {
    for (size_t i = 0; i < length; i++) {
        const bool hostile = random_below(8) == 0;
        values[i] = hostile ? double_of(double_edges[random_below(DOUBLE_EDGES)]) : ((double) random_below(11) - 5) / 2;
    }
}

static void should_compare_double_as_the_operators_do_at_the_edges(void) {
    for (size_t length = DOUBLE_EDGES; length <= 40; length += 7) {
        double *values = last_double(length);
        for (size_t i = 0; i < length; i++) {
            values[i] = double_of(double_edges[i * 5 % DOUBLE_EDGES]);
        }
        for (size_t k = 0; k < DOUBLE_EDGES * DOUBLE_EDGES; k++) {
            const double first = double_of(double_edges[k / DOUBLE_EDGES]);
            const double second = double_of(double_edges[k % DOUBLE_EDGES]);
            for (int32_t way = 0; way < WAYS; way++) {
                check_double(values, length, way, first, second);
            }
        }
    }
}

static void should_agree_on_double_for_every_length_and_alignment(void) {
    random_state = 2;
    for (size_t length = 0; length <= LONGEST; length++) {
        const double operand = ((double) random_below(9) - 4) / 2;
        for (size_t alignment = 0; alignment < 64 / sizeof(double); alignment++) {
            double *values = (double *) (void *) input.first + alignment;
            fill_double(values, length + 16);
            check_double(values, length, (int32_t) random_below(WAYS), operand, operand + 1);
        }
        fill_double(last_double(length), length);
        for (int32_t way = 0; way < WAYS; way++) {
            check_double(last_double(length), length, way, operand, operand + 1);
        }
    }
    for (size_t length = KAELIX_FILTER_MAX_VALUES - 17; length <= KAELIX_FILTER_MAX_VALUES; length++) {
        fill_double(last_double(length), length);
        check_double(last_double(length), length, RANGE, -1, 1);
    }
}

/* Any bits at all, compared with others, and with themselves. */
static void should_agree_on_doubles_of_random_bits(void) {
    random_state = 3;
    for (int round = 0; round < 5000; round++) {
        const size_t length = 1 + random_below(100);
        double *values = last_double(length);
        for (size_t i = 0; i < length; i++) {
            values[i] = double_of(next_random());
        }
        const double operand = random_below(2) == 0 ? values[0] : double_of(next_random());
        check_double(values, length, (int32_t) random_below(WAYS), operand, double_of(next_random()));
    }
}

/* ---- int64 in a range: the comparisons are in filter_test.c ------------------------------------------------- */

static void should_filter_int64_by_a_range(void) {
    static const int64_t ends[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
    enum { ENDS = sizeof(ends) / sizeof(ends[0]) };
    for (size_t k = 0; k < ENDS * ENDS; k++) {
        const int64_t low = ends[k / ENDS];
        const int64_t high = ends[k % ENDS];
        int64_t wanted = 0;
        for (size_t i = 0; i < ENDS; i++) {
            if (low <= ends[i] && ends[i] <= high) {
                expected[wanted++] = (uint32_t) i;
            }
        }
        int64_t count = -1;
        uint32_t *indices = last_indices(ENDS);
        CHECK_EQUAL(KAELIX_OK, kaelix_filter_int64_range(ends, ENDS, low, high, indices, &count));
        CHECK_EQUAL(wanted, count);
        CHECK(memcmp(indices, expected, (size_t) wanted * sizeof(uint32_t)) == 0);
    }
}

/* ---- ids ---------------------------------------------------------------------------------------------------- */

static void check_ids(const int32_t *ids, size_t length, const uint64_t *bitmap, uint32_t bits) {
    char what[80];
    snprintf(what, sizeof(what), "ids of %u bits, ids %% 64 = %d", bits, (int) ((uintptr_t) ids % 64));
    int64_t count = 0;
    for (size_t i = 0; i < length; i++) {
        if (ids[i] >= 0 && ids[i] < (int64_t) bits && (bitmap[ids[i] / 64] >> (ids[i] % 64) & 1) != 0) {
            expected[count++] = (uint32_t) i;
        }
    }
    for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
        if (runnable(i)) {
            kaelix_filter_ids_kernel *filter = kaelix_column_tables[i]->filter_ids;
            verify(i, what, length, count, filter(ids, (int64_t) length, bitmap, bits, last_indices(length)),
                   last_indices(length));
            verify(i, what, length, count, filter(ids, (int64_t) length, bitmap, bits, first_indices()), first_indices());
        }
    }
}

/* Around the end of the set, below zero, far outside, and inside. */
static int32_t random_id(uint32_t bits) {
    switch (random_below(8)) {
        case 0:
            return (int32_t) bits - 2 + (int32_t) random_below(4);
        case 1:
            return edges[random_below(EDGES)];
        case 2:
            return (int32_t) (uint32_t) next_random();
        default:
            return (int32_t) random_below(bits);
    }
}

static void should_find_ids_in_sets_of_every_size(void) {
    random_state = 4;
    static const uint32_t sizes[] = {1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1000, 4096, KAELIX_BITMAP_MAX_BITS};
    for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
        const size_t words = (sizes[k] + 63) / 64;
        for (int side = 0; side < 2; side++) {
            uint64_t *bitmap = (uint64_t *) (void *) (side == 0 ? set.first : guarded_last(&set, words * sizeof(uint64_t)));
            for (size_t i = 0; i < words; i++) {
                bitmap[i] = next_random(); // bits behind the last one as well
            }
            for (size_t length = 0; length <= LONGEST; length++) {
                int32_t *ids = length % 2 == 0 ? last_int32(length) : (int32_t *) (void *) input.first + random_below(16);
                for (size_t i = 0; i < length; i++) {
                    ids[i] = random_id(sizes[k]);
                }
                check_ids(ids, length, bitmap, sizes[k]);
            }
        }
    }
}

/* ---- the exported functions --------------------------------------------------------------------------------- */

static void should_filter_by_the_kernel_of_a_named_instruction_set_only_where_it_can(void) {
    static const int32_t ints[] = {3, -1, 4, -1, 5};
    static const int64_t longs[] = {3, -1, 4, -1, 5};
    static const double doubles[] = {3, -1, 4, -1, 5};
    static const uint64_t bitmap[] = {1 << 4 | 1 << 5};
    uint32_t indices[5];
    for (int32_t isa = -1; isa <= KAELIX_ISAS; isa++) {
        bool available = false;
        for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
            available = available || (kaelix_kernel_tables[i]->isa == isa && runnable(i));
        }
        const int32_t refusal = isa < 0 || isa >= KAELIX_ISAS ? KAELIX_E_INVALID : KAELIX_E_UNAVAILABLE;
        const int32_t status = available ? KAELIX_OK : refusal;
        int64_t counts[6] = {-1, -1, -1, -1, -1, -1};
        CHECK_EQUAL(status, kaelix_filter_int32_isa(isa, ints, 5, KAELIX_COMPARE_GT, 3, indices, &counts[0]));
        CHECK_EQUAL(status, kaelix_filter_double_isa(isa, doubles, 5, KAELIX_COMPARE_GT, 3, indices, &counts[1]));
        CHECK_EQUAL(status, kaelix_filter_int32_range_isa(isa, ints, 5, 4, 5, indices, &counts[2]));
        CHECK_EQUAL(status, kaelix_filter_int64_range_isa(isa, longs, 5, 4, 5, indices, &counts[3]));
        CHECK_EQUAL(status, kaelix_filter_double_range_isa(isa, doubles, 5, 4, 5, indices, &counts[4]));
        CHECK_EQUAL(status, kaelix_filter_ids_isa(isa, ints, 5, bitmap, 6, indices, &counts[5]));
        for (int i = 0; i < 6; i++) {
            CHECK_EQUAL(available ? 2 : -1, counts[i]);
        }
    }
}

static void should_check_their_arguments(void) {
    static const uint64_t bitmap[1] = {1};
    const int32_t *ints = (const int32_t *) (const void *) input.first;
    const double *doubles = (const double *) (const void *) input.first;
    const int32_t *odd_ints = (const int32_t *) (const void *) (input.first + 2);
    const double *odd_doubles = (const double *) (const void *) (input.first + 4);
    const uint64_t *odd_bitmap = (const uint64_t *) (const void *) (input.first + 4);
    uint32_t *indices = first_indices();
    uint32_t *odd_indices = (uint32_t *) (void *) (output.first + 2);
    int64_t count = -1;
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int32(ints, -1, 0, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int32(ints, KAELIX_FILTER_MAX_INT32 + 1, 0, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int32(ints, 1, -1, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int32(ints, 1, KAELIX_COMPARISONS, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int32(NULL, 1, 0, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int32(odd_ints, 1, 0, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int32(ints, 1, 0, 0, NULL, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int32(ints, 1, 0, 0, odd_indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int32(ints, 1, 0, 0, indices, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_double(doubles, KAELIX_FILTER_MAX_VALUES + 1, 0, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_double(doubles, 1, KAELIX_COMPARISONS, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_double(odd_doubles, 1, 0, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_double_range(odd_doubles, 1, 0, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int32_range(odd_ints, 1, 0, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int64_range(NULL, 1, 0, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_ids(odd_ints, 1, bitmap, 1, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_ids(ints, 1, NULL, 1, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_ids(ints, 1, odd_bitmap, 1, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_ids(ints, 1, bitmap, -1, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_ids(ints, 1, bitmap, KAELIX_BITMAP_MAX_BITS + 1, indices, &count));
    CHECK_EQUAL(-1, count);

    CHECK_EQUAL(KAELIX_OK, kaelix_filter_int32(NULL, 0, KAELIX_COMPARE_NE, 0, NULL, &count));
    CHECK_EQUAL(0, count);
    count = -1;
    CHECK_EQUAL(KAELIX_OK, kaelix_filter_ids(ints, 1, NULL, 0, indices, &count));
    CHECK_EQUAL(0, count);
    CHECK_EQUAL(KAELIX_OK, kaelix_filter_int32(ints, KAELIX_FILTER_MAX_INT32, KAELIX_COMPARE_GE, INT32_MIN, indices, &count));
    CHECK_EQUAL(KAELIX_FILTER_MAX_INT32, count);
}

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_compare_int32_as_the_operators_do_at_the_edges),
        CASE(should_agree_on_int32_for_every_length_and_alignment),
        CASE(should_agree_on_int32_for_every_set_of_matches_in_a_block),
        CASE(should_compare_double_as_the_operators_do_at_the_edges),
        CASE(should_agree_on_double_for_every_length_and_alignment),
        CASE(should_agree_on_doubles_of_random_bits),
        CASE(should_filter_int64_by_a_range),
        CASE(should_find_ids_in_sets_of_every_size),
        CASE(should_filter_by_the_kernel_of_a_named_instruction_set_only_where_it_can),
        CASE(should_check_their_arguments),
    };
    print_runnable();
    input = guarded_map(KAELIX_KERNEL_MAX_BYTES);
    output = guarded_map(KAELIX_FILTER_MAX_INT32 * sizeof(uint32_t));
    set = guarded_map(KAELIX_KERNEL_MAX_BYTES);
    const int status = RUN_CASES(cases, arguments, argument);
    guarded_unmap(&set);
    guarded_unmap(&output);
    guarded_unmap(&input);
    return status;
}
