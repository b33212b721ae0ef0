/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * Aggregates of columns and selections, by every kernel that this CPU can run, the scalar one too, against loops that
 * follow the contract word by word. Results are compared bit by bit; values and selection lie flush with inaccessible pages.
 */
#include "guarded.h"
#include "kernels/columns.h"
#include "random.h"
#include "runnable.h"

#include <math.h>

#define LONGEST 130
#define LARGEST KAELIX_FILTER_MAX_VALUES

static guarded input;
static guarded choice;

static double double_of(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static uint32_t *last_selection(size_t selected) {
    return (uint32_t *) (void *) guarded_last(&choice, selected * sizeof(uint32_t));
}

static void fail(int32_t index, const char *what, size_t length, size_t selected, const void *result) {
    int64_t found[4];
    memcpy(found, result, sizeof(found));
    check_failures++;
    fprintf(stderr, "%s is wrong: %s, %zu of %zu: %016llx %016llx %016llx %016llx\n", kernels_name(index), what, selected,
            length, (unsigned long long) found[0], (unsigned long long) found[1], (unsigned long long) found[2],
            (unsigned long long) found[3]);
}

/* ---- int64 -------------------------------------------------------------------------------------------------- */

static int64_t *last_int64(size_t length) {
    return (int64_t *) (void *) guarded_last(&input, length * sizeof(int64_t));
}

/* selection may be NULL, for all. */
static void check_int64(const int64_t *values, size_t length, const uint32_t *selection, size_t selected) {
    uint64_t sum = 0;
    int64_t expected[4] = {(int64_t) selected, 0, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < selected; i++) {
        const int64_t value = values[selection == NULL ? i : selection[i]];
        sum += (uint64_t) value;
        expected[2] = value < expected[2] ? value : expected[2];
        expected[3] = value > expected[3] ? value : expected[3];
    }
    expected[1] = (int64_t) sum;
    for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
        if (runnable(i)) {
            const kaelix_column_kernels *kernels = kaelix_column_tables[i];
            int64_t result[4] = {-1, -1, -1, -1};
            if (selection == NULL) {
                kernels->aggregate_int64(values, (int64_t) length, result);
            } else {
                CHECK(kernels->aggregate_int64_selected(values, (int64_t) length, selection, (int64_t) selected, result));
            }
            if (memcmp(result, expected, sizeof(result)) != 0) {
                fail(i, "int64", length, selected, result);
            }
        }
    }
}

static void fill_int64(int64_t *values, size_t length) {
    for (size_t i = 0; i < length; i++) {
        values[i] = (int64_t) next_random() >> random_below(64);
    }
}

static void fill_selection(uint32_t *selection, size_t selected, size_t length) {
    for (size_t i = 0; i < selected; i++) {
        selection[i] = (uint32_t) random_below(length);
    }
}

static void should_aggregate_int64_of_every_length_and_alignment(void) {
    random_state = 1;
    for (size_t length = 0; length <= LONGEST; length++) {
        fill_int64(last_int64(length), length);
        check_int64(last_int64(length), length, NULL, length);
        for (size_t alignment = 0; alignment < 64 / sizeof(int64_t); alignment++) {
            int64_t *values = (int64_t *) (void *) input.first + alignment;
            fill_int64(values, length + 8);
            values[length] = INT64_MIN; // behind the end: not to be seen
            values[length + 1] = INT64_MAX;
            check_int64(values, length, NULL, length);
        }
    }
    for (size_t length = LARGEST - 9; length <= LARGEST; length++) {
        fill_int64(last_int64(length), length);
        check_int64(last_int64(length), length, NULL, length);
    }
}

static void should_wrap_and_know_the_extremes(void) {
    static const int64_t extremes[] = {INT64_MIN, INT64_MAX, -1, 0, 1};
    for (size_t length = 1; length <= 40; length++) {
        int64_t *values = last_int64(length);
        for (size_t lead = 0; lead < 5; lead++) {
            for (size_t i = 0; i < length; i++) {
                values[i] = extremes[(i * 3 + lead) % 5];
            }
            check_int64(values, length, NULL, length);
            for (size_t i = 0; i < length; i++) {
                values[i] = extremes[lead];
            }
            check_int64(values, length, NULL, length);
        }
    }
}

static void should_aggregate_selections_of_int64(void) {
    random_state = 2;
    for (size_t selected = 0; selected <= LONGEST; selected++) {
        for (size_t length = 1; length <= 512; length = length * 3 + 1) {
            fill_int64(last_int64(length), length);
            fill_selection(last_selection(selected), selected, length);
            check_int64(last_int64(length), length, last_selection(selected), selected);
        }
    }
    fill_int64(last_int64(LARGEST), LARGEST);
    fill_selection(last_selection(LARGEST), LARGEST, LARGEST);
    check_int64(last_int64(LARGEST), LARGEST, last_selection(LARGEST), LARGEST);
}

/* ---- double ------------------------------------------------------------------------------------------------- */

static double *last_double(size_t length) {
    return (double *) (void *) guarded_last(&input, length * sizeof(double));
}

/* Numbers in the order that the contract means: -0.0 below 0.0. */
static bool is_below(double left, double right) {
    return left < right || (left == right && signbit(left) && !signbit(right));
}

static void check_double(const double *values, size_t length, const uint32_t *selection, size_t selected) {
    double s[8] = {0};
    double min = INFINITY;
    double max = -INFINITY;
    for (size_t i = 0; i < selected; i++) {
        const double value = values[selection == NULL ? i : selection[i]];
        s[i % 8] += value;
        min = !isnan(value) && is_below(value, min) ? value : min;
        max = !isnan(value) && is_below(max, value) ? value : max;
    }
    const double sum = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
    const double expected[4] = {(double) selected, isnan(sum) ? double_of(0x7FF8000000000000) : sum, min, max};
    for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
        if (runnable(i)) {
            const kaelix_column_kernels *kernels = kaelix_column_tables[i];
            double result[4] = {-1, -1, -1, -1};
            if (selection == NULL) {
                kernels->aggregate_double(values, (int64_t) length, result);
            } else {
                CHECK(kernels->aggregate_double_selected(values, (int64_t) length, selection, (int64_t) selected, result));
            }
            if (memcmp(result, expected, sizeof(result)) != 0) {
                fail(i, "double", length, selected, result);
            }
        }
    }
}

/* Of every magnitude, so that each other order of additions rounds differently. */
static void fill_double(double *values, size_t length) {
    for (size_t i = 0; i < length; i++) {
        values[i] = ldexp((double) random_below(2000001) - 1000000, (int) random_below(80) - 40);
    }
}

static void should_aggregate_double_of_every_length_and_alignment(void) {
    random_state = 3;
    for (size_t length = 0; length <= LONGEST; length++) {
        fill_double(last_double(length), length);
        check_double(last_double(length), length, NULL, length);
        for (size_t alignment = 0; alignment < 64 / sizeof(double); alignment++) {
            double *values = (double *) (void *) input.first + alignment;
            fill_double(values, length + 8);
            values[length] = INFINITY; // behind the end: not to be seen
            values[length + 1] = NAN;
            check_double(values, length, NULL, length);
        }
    }
    for (size_t length = LARGEST - 9; length <= LARGEST; length++) {
        fill_double(last_double(length), length);
        check_double(last_double(length), length, NULL, length);
    }
}

static void should_add_in_the_order_of_the_contract(void) {
    double values[17] = {0};
    values[0] = 1e300;
    values[1] = 1;
    values[8] = -1e300; // meets values[0] in the first partial sum, before anything is lost
    values[16] = 0.5;
    double result[4];
    CHECK_EQUAL(KAELIX_OK, kaelix_aggregate_double(values, 17, NULL, 17, result));
    CHECK(result[1] == 1.5);
    values[8] = 0;
    values[4] = -1e300; // s0 + s4 is the first addition of the tree, 0.5 is gone by then
    CHECK_EQUAL(KAELIX_OK, kaelix_aggregate_double(values, 17, NULL, 17, result));
    CHECK(result[1] == 1);
}

/* NaN of both signs, quiet and signaling, infinities, both zeros, denormals: few of each, many, or nothing else. */
static void should_treat_special_doubles_alike(void) {
    static const uint64_t special[] = {0x8000000000000000, 0, 0x7FF8000000000001, 0xFFF8000000000000, 0x7FF0000000000001,
                                       0x7FF0000000000000, 0xFFF0000000000000, 1, 0x8000000000000001, 0x3FF0000000000000};
    enum { SPECIAL = sizeof(special) / sizeof(special[0]) };
    random_state = 4;
    for (int round = 0; round < 20000; round++) {
        const size_t length = 1 + random_below(40);
        double *values = last_double(length);
        const uint64_t kinds = 1 + random_below(SPECIAL);
        const uint64_t start = random_below(SPECIAL);
        for (size_t i = 0; i < length; i++) {
            values[i] = double_of(special[(start + random_below(kinds)) % SPECIAL]);
        }
        check_double(values, length, NULL, length);
        fill_selection(last_selection(length), length, length);
        check_double(values, length, last_selection(length), length);
    }
}

static void should_aggregate_selections_of_double(void) {
    random_state = 5;
    for (size_t selected = 0; selected <= LONGEST; selected++) {
        for (size_t length = 1; length <= 512; length = length * 3 + 1) {
            fill_double(last_double(length), length);
            fill_selection(last_selection(selected), selected, length);
            check_double(last_double(length), length, last_selection(selected), selected);
        }
    }
    fill_double(last_double(LARGEST), LARGEST);
    fill_selection(last_selection(LARGEST), LARGEST, LARGEST);
    check_double(last_double(LARGEST), LARGEST, last_selection(LARGEST), LARGEST);
}

/* ---- what is refused ---------------------------------------------------------------------------------------- */

/* Wherever the bad index stands; values end at an inaccessible page, so that following it would show. */
static void should_refuse_an_index_outside_and_write_nothing(void) {
    static const uint32_t beyond[] = {0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
    random_state = 6;
    for (size_t selected = 1; selected <= 40; selected++) {
        const size_t length = 1 + random_below(50);
        memset(last_int64(length), 0, length * sizeof(int64_t));
        for (size_t bad = 0; bad < selected; bad++) {
            uint32_t *selection = last_selection(selected);
            fill_selection(selection, selected, length);
            const uint32_t by = beyond[random_below(5)];
            selection[bad] = by < 2 ? (uint32_t) length + by : by;
            for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
                if (runnable(i)) {
                    const kaelix_column_kernels *kernels = kaelix_column_tables[i];
                    int64_t ints[4] = {-1, -1, -1, -1};
                    double doubles[4] = {-1, -1, -1, -1};
                    CHECK(!kernels->aggregate_int64_selected(last_int64(length), (int64_t) length, selection,
                                                             (int64_t) selected, ints));
                    CHECK(!kernels->aggregate_double_selected(last_double(length), (int64_t) length, selection,
                                                              (int64_t) selected, doubles));
                    for (int k = 0; k < 4; k++) {
                        CHECK_EQUAL(-1, ints[k]);
                        CHECK(doubles[k] == -1);
                    }
                }
            }
        }
    }
}

static void should_check_its_arguments(void) {
    const int64_t *values = (const int64_t *) (const void *) input.first;
    const double *doubles = (const double *) (const void *) input.first;
    const int64_t *odd_values = (const int64_t *) (const void *) (input.first + 4);
    const double *odd_doubles = (const double *) (const void *) (input.first + 4);
    uint32_t *selection = (uint32_t *) (void *) choice.first;
    const uint32_t *odd_selection = (const uint32_t *) (const void *) (choice.first + 2);
    int64_t result[4] = {-1, -1, -1, -1};
    double double_result[4];
    memset(selection, 0, 4 * sizeof(uint32_t));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_aggregate_int64(values, -1, NULL, -1, result));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_aggregate_int64(values, LARGEST + 1, NULL, LARGEST + 1, result));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_aggregate_int64(NULL, 1, NULL, 1, result));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_aggregate_int64(odd_values, 1, NULL, 1, result));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_aggregate_int64(values, 4, NULL, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_aggregate_int64(values, 4, selection, -1, result));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_aggregate_int64(values, 4, selection, LARGEST + 1, result));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_aggregate_int64(values, 4, odd_selection, 1, result));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_aggregate_int64(values, 4, selection, 1, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_aggregate_int64(values, 0, selection, 4, result));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_aggregate_double(doubles, 0, selection, 4, double_result));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_aggregate_double(odd_doubles, 1, NULL, 1, double_result));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_aggregate_double(doubles, 4, NULL, 3, double_result));
    CHECK_EQUAL(-1, result[0]);

    CHECK_EQUAL(KAELIX_OK, kaelix_aggregate_int64(NULL, 0, NULL, 0, result));
    CHECK_EQUAL(0, result[0]);
    CHECK_EQUAL(INT64_MAX, result[2]);
    CHECK_EQUAL(KAELIX_OK, kaelix_aggregate_int64(values, 1, selection, 4, result)); // the same one again and again
    CHECK_EQUAL(4, result[0]);
    CHECK_EQUAL(KAELIX_OK, kaelix_aggregate_double(doubles, 4, selection, 0, double_result));
    CHECK(double_result[0] == 0 && double_result[2] == INFINITY && double_result[3] == -INFINITY);
}

static void should_aggregate_by_the_kernel_of_a_named_instruction_set_only_where_it_can(void) {
    static const int64_t values[] = {3, -1, 4, -1, 5};
    static const double doubles[] = {3, -1, 4, -1, 5};
    static const uint32_t firsts[8] = {0}; // of no values not even the first can be selected
    for (int32_t isa = -1; isa <= KAELIX_ISAS; isa++) {
        const bool known = isa >= 0 && isa < KAELIX_ISAS;
        const bool available = known && kaelix_kernel_find(isa) >= 0;
        const int32_t refusal = known ? KAELIX_E_UNAVAILABLE : KAELIX_E_INVALID;
        int64_t result[4] = {-1, -1, -1, -1};
        double double_result[4] = {-1, -1, -1, -1};
        CHECK_EQUAL(available ? KAELIX_OK : refusal, kaelix_aggregate_int64_isa(isa, values, 5, NULL, 5, result));
        CHECK_EQUAL(available ? 10 : -1, result[1]);
        CHECK_EQUAL(available ? KAELIX_OK : refusal, kaelix_aggregate_double_isa(isa, doubles, 5, NULL, 5, double_result));
        CHECK(double_result[1] == (available ? 10 : -1));
        CHECK_EQUAL(known && !available ? refusal : KAELIX_E_INVALID,
                    kaelix_aggregate_int64_isa(isa, values, 0, firsts, 8, result));
    }
}

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_aggregate_int64_of_every_length_and_alignment),
        CASE(should_wrap_and_know_the_extremes),
        CASE(should_aggregate_selections_of_int64),
        CASE(should_aggregate_double_of_every_length_and_alignment),
        CASE(should_add_in_the_order_of_the_contract),
        CASE(should_treat_special_doubles_alike),
        CASE(should_aggregate_selections_of_double),
        CASE(should_refuse_an_index_outside_and_write_nothing),
        CASE(should_check_its_arguments),
        CASE(should_aggregate_by_the_kernel_of_a_named_instruction_set_only_where_it_can),
    };
    print_runnable();
    input = guarded_map(LARGEST * sizeof(int64_t));
    choice = guarded_map(LARGEST * sizeof(uint32_t));
    const int status = RUN_CASES(cases, arguments, argument);
    guarded_unmap(&choice);
    guarded_unmap(&input);
    return status;
}
