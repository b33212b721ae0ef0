/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * Every filter kernel that this CPU can run, the scalar one too, against the operators of C. Input and output lie flush
 * with inaccessible pages, on the one side or the other.
 */
#include "check.h"
#include "guarded.h"
#include "kernels/columns.h"
#include "kernels/filter.h"
#include "kernels/kernels.h"
#include "random.h"

#define LONGEST 130
#define LARGEST KAELIX_FILTER_MAX_VALUES
#define UNTOUCHED 0xA5A5A5A5U

static guarded input;
static guarded output;
static uint32_t expected[LARGEST];

/* Asked for once: CPUID takes microseconds in a virtual machine. */
static uint64_t features;

static const char *const signs[KAELIX_COMPARISONS] = {"<", "<=", ">", ">=", "==", "!="};

/* Where wrapping arithmetic would show itself. */
static const int64_t edges[] = {INT64_MIN, INT64_MIN + 1, -2, -1, 0, 1, 2, INT64_MAX - 1, INT64_MAX};
#define EDGES (sizeof(edges) / sizeof(edges[0]))

static bool runnable(const kaelix_kernels *kernels) {
    return (kernels->needs & features) == kernels->needs;
}

static int64_t *first_values(void) {
    return (int64_t *) (void *) input.first;
}

static int64_t *last_values(size_t length) {
    return (int64_t *) (void *) guarded_last(&input, length * sizeof(int64_t));
}

static uint32_t *last_indices(size_t length) {
    return (uint32_t *) (void *) guarded_last(&output, length * sizeof(uint32_t));
}

/* ---- the oracle --------------------------------------------------------------------------------------------- */

static bool holds(int64_t value, int32_t comparison, int64_t operand) {
    switch (comparison) {
        case KAELIX_COMPARE_LT:
            return value < operand;
        case KAELIX_COMPARE_LE:
            return value <= operand;
        case KAELIX_COMPARE_GT:
            return value > operand;
        case KAELIX_COMPARE_GE:
            return value >= operand;
        case KAELIX_COMPARE_EQ:
            return value == operand;
        default:
            return value != operand;
    }
}

static int64_t expect(const int64_t *values, size_t length, int32_t comparison, int64_t operand) {
    int64_t count = 0;
    for (size_t i = 0; i < length; i++) {
        if (holds(values[i], comparison, operand)) {
            expected[count++] = (uint32_t) i;
        }
    }
    return count;
}

/* ---- comparing ---------------------------------------------------------------------------------------------- */

static void check_kernel(int32_t index, const int64_t *values, size_t length, int32_t comparison,
                         int64_t operand, int64_t expected_count, uint32_t *indices) {
    const filter_range range = filter_int64_compared(comparison, operand);
    const int64_t count = range.is_empty ? 0
        : kaelix_column_tables[index]->filter_int64(values, (int64_t) length, range.first, range.span, indices);
    if (count != expected_count || memcmp(indices, expected, (size_t) count * sizeof(uint32_t)) != 0) {
        check_failures++;
        fprintf(stderr, "%s is wrong: %s %lld, length %zu, values %% 64 = %d, indices %% 64 = %d: "
                "count %lld, not %lld\n", kaelix_kernel_tables[index]->name, signs[comparison], (long long) operand, length,
                (int) ((uintptr_t) values % 64), (int) ((uintptr_t) indices % 64), (long long) count,
                (long long) expected_count);
    }
}

/* All kernels over the same values, their output once behind the first guard, once flush with the second. */
static void check_all(const int64_t *values, size_t length, int32_t comparison, int64_t operand) {
    const int64_t count = expect(values, length, comparison, operand);
    for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
        if (runnable(kaelix_kernel_tables[i])) {
            check_kernel(i, values, length, comparison, operand, count, last_indices(length));
            check_kernel(i, values, length, comparison, operand, count, (uint32_t *) (void *) output.first);
        }
    }
}

static void check_all_comparisons(const int64_t *values, size_t length, int64_t operand) {
    for (int32_t comparison = 0; comparison < KAELIX_COMPARISONS; comparison++) {
        check_all(values, length, comparison, operand);
    }
}

/* Values between -5 and 5: each of the six comparisons with a small operand then has matches and misses. */
static void fill(int64_t *values, size_t length) {
    for (size_t i = 0; i < length; i++) {
        values[i] = (int64_t) random_below(11) - 5;
    }
}

/* ---- cases -------------------------------------------------------------------------------------------------- */

static void should_compare_as_the_operators_do_at_the_edges(void) {
    for (size_t length = 1; length <= 40; length += 3) {
        int64_t *values = last_values(length);
        for (size_t i = 0; i < length; i++) {
            values[i] = edges[i * 5 % EDGES];
        }
        for (size_t operand = 0; operand < EDGES; operand++) {
            check_all_comparisons(values, length, edges[operand]);
        }
    }
}

static void should_agree_for_every_length_and_alignment(void) {
    random_state = 1;
    for (size_t length = 0; length <= LONGEST; length++) {
        for (size_t alignment = 0; alignment < 64 / sizeof(int64_t); alignment++) {
            int64_t *values = first_values() + alignment;
            fill(values, length + 16); // matches behind the end: not to be found
            check_all_comparisons(values, length, (int64_t) random_below(9) - 4);
        }
    }
}

/* Wherever the indices start in a line, and nothing behind them is written. */
static void should_write_inside_the_indices_alone(void) {
    random_state = 2;
    for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
        for (size_t length = 0; runnable(kaelix_kernel_tables[i]) && length <= LONGEST; length++) {
            int64_t *values = last_values(length);
            fill(values, length);
            const int64_t count = expect(values, length, KAELIX_COMPARE_GT, 0);
            for (size_t alignment = 0; alignment < 64 / sizeof(uint32_t); alignment++) {
                uint32_t *indices = (uint32_t *) (void *) output.first + 1 + alignment;
                indices[-1] = UNTOUCHED;
                for (size_t k = length; k < length + 16; k++) {
                    indices[k] = UNTOUCHED;
                }
                check_kernel(i, values, length, KAELIX_COMPARE_GT, 0, count, indices);
                CHECK_EQUAL(UNTOUCHED, indices[-1]);
                for (size_t k = length; k < length + 16; k++) {
                    CHECK_EQUAL(UNTOUCHED, indices[k]);
                }
            }
        }
    }
}

static void should_agree_flush_with_an_inaccessible_page(void) {
    random_state = 3;
    for (size_t length = 0; length <= 5 * LONGEST; length++) {
        int64_t *values = last_values(length);
        fill(values, length);
        check_all_comparisons(values, length, (int64_t) random_below(13) - 6);
    }
}

/* Every path by which a mask becomes indices: all sets of matches among sixteen values, and then among the last few. */
static void should_agree_for_every_set_of_matches_in_a_block(void) {
    for (uint32_t set = 0; set < 1U << 16; set++) {
        int64_t *values = last_values(16);
        for (uint32_t i = 0; i < 16; i++) {
            values[i] = set >> i & 1;
        }
        check_all(values, 16, KAELIX_COMPARE_EQ, 1);
        check_all(values + set % 16, 16 - set % 16, KAELIX_COMPARE_EQ, 1);
    }
}

static void should_agree_on_the_largest_input(void) {
    random_state = 4;
    int64_t *values = last_values(LARGEST);
    fill(values, LARGEST);
    for (int64_t operand = -6; operand <= 6; operand += 3) {
        check_all_comparisons(values, LARGEST, operand);
    }
}

static void should_agree_on_random_values(void) {
    random_state = 5;
    for (int round = 0; round < 20000; round++) {
        const size_t length = random_below(round % 100 == 0 ? 4096 : 300);
        int64_t *values = round % 2 == 0 ? last_values(length) : first_values() + random_below(8);
        const uint64_t shift = random_below(64);
        for (size_t i = 0; i < length; i++) {
            values[i] = (int64_t) (next_random() << shift >> random_below(2));
        }
        const int64_t operand = length > 0 && random_below(2) == 0 ? values[random_below(length)]
            : (int64_t) (next_random() << shift);
        check_all_comparisons(values, length, operand);
    }
}

/* ---- the exported functions --------------------------------------------------------------------------------- */

static void should_filter_by_the_kernel_of_a_named_instruction_set_only_where_it_can(void) {
    static const int64_t values[] = {3, -1, 4, -1, 5};
    uint32_t indices[5];
    int64_t count = -1;
    CHECK_EQUAL(KAELIX_OK, kaelix_filter_int64(values, 5, KAELIX_COMPARE_GT, 3, indices, &count));
    CHECK_EQUAL(2, count);
    CHECK_EQUAL(2, indices[0]);
    CHECK_EQUAL(4, indices[1]);
    for (int32_t isa = 0; isa < KAELIX_ISAS; isa++) {
        bool available = false;
        for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
            available = available || (kaelix_kernel_tables[i]->isa == isa && runnable(kaelix_kernel_tables[i]));
        }
        count = -1;
        CHECK_EQUAL(available ? KAELIX_OK : KAELIX_E_UNAVAILABLE,
                    kaelix_filter_int64_isa(isa, values, 5, KAELIX_COMPARE_EQ, -1, indices, &count));
        CHECK_EQUAL(available ? 2 : -1, count);
    }
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int64_isa(-1, values, 5, 0, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int64_isa(KAELIX_ISAS, values, 5, 0, 0, indices, &count));
}

static void should_check_its_arguments(void) {
    const int64_t *values = first_values();
    uint32_t *indices = (uint32_t *) (void *) output.first;
    const int64_t *odd_values = (const int64_t *) (const void *) (input.first + 4);
    uint32_t *odd_indices = (uint32_t *) (void *) (output.first + 2);
    int64_t count = -1;
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int64(values, -1, 0, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int64(values, LARGEST + 1, 0, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int64(values, 1, -1, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int64(values, 1, KAELIX_COMPARISONS, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int64(NULL, 1, 0, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int64(values, 1, 0, 0, NULL, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int64(values, 1, 0, 0, indices, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int64(odd_values, 1, 0, 0, indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int64(values, 1, 0, 0, odd_indices, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_filter_int64_isa(KAELIX_ISA_SCALAR, values, -1, 0, 0, indices, &count));
    CHECK_EQUAL(-1, count);

    CHECK_EQUAL(KAELIX_OK, kaelix_filter_int64(NULL, 0, KAELIX_COMPARE_NE, 0, NULL, &count));
    CHECK_EQUAL(0, count);
    CHECK_EQUAL(KAELIX_OK, kaelix_filter_int64(values, LARGEST, KAELIX_COMPARE_LT, INT64_MIN, indices, &count));
    CHECK_EQUAL(0, count);
    CHECK_EQUAL(KAELIX_OK, kaelix_filter_int64(values, LARGEST, KAELIX_COMPARE_LE, INT64_MAX, indices, &count));
    CHECK_EQUAL(LARGEST, count);
}

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_compare_as_the_operators_do_at_the_edges),
        CASE(should_agree_for_every_length_and_alignment),
        CASE(should_write_inside_the_indices_alone),
        CASE(should_agree_flush_with_an_inaccessible_page),
        CASE(should_agree_for_every_set_of_matches_in_a_block),
        CASE(should_agree_on_the_largest_input),
        CASE(should_agree_on_random_values),
        CASE(should_filter_by_the_kernel_of_a_named_instruction_set_only_where_it_can),
        CASE(should_check_its_arguments),
    };
    REQUIRE(kaelix_cpu_features(&features) == KAELIX_OK);
    for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
        printf("       %s: %s\n", kaelix_kernel_tables[i]->name,
               runnable(kaelix_kernel_tables[i]) ? "tested" : "this CPU lacks it");
    }
    input = guarded_map(LARGEST * sizeof(int64_t));
    output = guarded_map(LARGEST * sizeof(uint32_t));
    const int status = RUN_CASES(cases, arguments, argument);
    guarded_unmap(&output);
    guarded_unmap(&input);
    return status;
}
