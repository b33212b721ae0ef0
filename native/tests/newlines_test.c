/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * Every newline kernel that this CPU can run against the scalar one, and the scalar one against its contract. Input and
 * output lie flush with inaccessible pages, on the one side or the other.
 */
#include "check.h"
#include "guarded.h"
#include "kernels/kernels.h"
#include "random.h"

#define LONGEST 130
#define LARGEST KAELIX_KERNEL_MAX_BYTES

typedef struct outcome {
    int64_t result[2];
    uint32_t positions[LARGEST];
} outcome;

static guarded input;
static guarded output;
static outcome expected;

/* ---- input ------------------------------------------------------------------------------------------------- */

/* Each byte is a newline with a probability of per_mille, else any other byte: close neighbours of it above all. */
static void fill(uint8_t *data, size_t length, uint64_t per_mille) {
    static const uint8_t others[] = {'x', 0x00, 0x09, 0x0B, 0x8A, 0x0A ^ 0x80, 0xFF, 0x1A};
    for (size_t i = 0; i < length; i++) {
        data[i] = random_below(1000) < per_mille ? '\n' : others[random_below(sizeof(others))];
    }
}

/* ---- comparing ---------------------------------------------------------------------------------------------- */

/* Asked for once: CPUID takes microseconds in a virtual machine. */
static uint64_t features;

static bool runnable(const kaelix_kernels *kernels) {
    return (kernels->needs & features) == kernels->needs;
}

static void check_kernel(const kaelix_kernels *kernels, const uint8_t *data, int64_t length, uint32_t *positions,
                         int64_t capacity) {
    int64_t result[2] = {-1, -1};
    kernels->newlines(data, length, positions, capacity, result);
    if (result[0] != expected.result[0] || result[1] != expected.result[1]
        || memcmp(positions, expected.positions, (size_t) result[0] * sizeof(uint32_t)) != 0) {
        check_failures++;
        fprintf(stderr, "%s differs from scalar: length %lld, capacity %lld, address %% 64 = %d: "
                "written %lld, not %lld; scanned %lld, not %lld\n",
                kernels->name, (long long) length, (long long) capacity, (int) ((uintptr_t) data % 64),
                (long long) result[0], (long long) expected.result[0],
                (long long) result[1], (long long) expected.result[1]);
    }
}

/* All kernels over the same bytes, their output once behind the first guard, once flush with the second. */
static void check_all(const uint8_t *data, size_t length, int64_t capacity) {
    kaelix_kernels_scalar.newlines(data, (int64_t) length, expected.positions, capacity, expected.result);
    for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
        if (runnable(kaelix_kernel_tables[i])) {
            const size_t bytes = (size_t) capacity * sizeof(uint32_t);
            uint32_t *last = (uint32_t *) (void *) guarded_last(&output, bytes);
            check_kernel(kaelix_kernel_tables[i], data, (int64_t) length, last, capacity);
            check_kernel(kaelix_kernel_tables[i], data, (int64_t) length, (uint32_t *) (void *) output.first, capacity);
        }
    }
}

static const uint64_t densities[] = {0, 5, 10, 25, 50, 150, 500, 1000};
#define DENSITIES (sizeof(densities) / sizeof(densities[0]))

/* ---- cases -------------------------------------------------------------------------------------------------- */

/* The oracle itself, against a restatement of its contract. */
static void should_find_every_newline_in_order_by_the_scalar_kernel(void) {
    random_state = 1;
    for (size_t length = 0; length <= LONGEST; length++) {
        fill(input.first, length, 100);
        int64_t result[2];
        uint32_t positions[LONGEST];
        kaelix_kernels_scalar.newlines(input.first, (int64_t) length, positions, LONGEST, result);
        CHECK_EQUAL(length, result[1]);
        int64_t found = 0;
        for (size_t i = 0; i < length; i++) {
            if (input.first[i] == 0x0A) {
                CHECK(found < result[0] && positions[found] == i);
                found++;
            }
        }
        CHECK_EQUAL(found, result[0]);
    }
}

static void should_stop_behind_the_last_newline_that_fits(void) {
    static const uint8_t data[] = "a\nbb\nccc\n";
    static const int64_t scanned[] = {0, 2, 5, 9, 9};
    for (int64_t capacity = 0; capacity <= 4; capacity++) {
        uint32_t positions[4];
        int64_t result[2];
        kaelix_kernels_scalar.newlines(data, 9, positions, capacity, result);
        CHECK_EQUAL(capacity < 3 ? capacity : 3, result[0]);
        CHECK_EQUAL(scanned[capacity], result[1]);
    }
}

static void should_agree_for_every_length_and_alignment(void) {
    random_state = 2;
    for (size_t density = 0; density < DENSITIES; density++) {
        for (size_t length = 0; length <= LONGEST; length++) {
            for (size_t alignment = 0; alignment < 64; alignment++) {
                uint8_t *data = input.first + alignment;
                fill(data, length, densities[density]);
                data[length] = '\n'; // behind the end: not to be found
                check_all(data, length, LONGEST + 1);
            }
        }
    }
}

static void should_agree_flush_with_an_inaccessible_page(void) {
    random_state = 3;
    for (size_t density = 0; density < DENSITIES; density++) {
        for (size_t length = 0; length <= 5 * LONGEST; length++) {
            uint8_t *data = guarded_last(&input, length);
            fill(data, length, densities[density]);
            check_all(data, length, (int64_t) length + 64);
            check_all(data, length, (int64_t) length);
        }
    }
}

static void should_agree_for_every_capacity(void) {
    random_state = 4;
    for (size_t density = 1; density < DENSITIES; density++) {
        for (size_t length = 0; length <= 3 * LONGEST; length += 1 + length / 64) {
            uint8_t *data = guarded_last(&input, length);
            fill(data, length, densities[density]);
            check_all(data, length, (int64_t) length + 1);
            const int64_t count = expected.result[0];
            for (int64_t capacity = 0; capacity <= count + 1; capacity++) {
                check_all(data, length, capacity);
            }
        }
    }
}

/* One to 64 newlines in a single block, at its two ends: every path by which a mask becomes positions. */
static void should_agree_for_every_count_in_a_block(void) {
    for (size_t count = 0; count <= 64; count++) {
        for (int at_the_end = 0; at_the_end < 2; at_the_end++) {
            uint8_t *data = guarded_last(&input, 3 * 64);
            memset(data, 'x', 3 * 64);
            memset(data + 64 + (at_the_end ? 64 - count : 0), '\n', count);
            for (int64_t capacity = 0; capacity <= 130; capacity++) {
                check_all(data, 3 * 64, capacity);
            }
        }
    }
}

static void should_agree_on_the_largest_input(void) {
    random_state = 5;
    for (size_t density = 0; density < DENSITIES; density++) {
        uint8_t *data = guarded_last(&input, LARGEST);
        fill(data, LARGEST, densities[density]);
        check_all(data, LARGEST, LARGEST);
        const int64_t count = expected.result[0];
        check_all(data, LARGEST, count);
        check_all(data, LARGEST, count / 2);
    }
}

static void should_agree_on_random_input(void) {
    random_state = 6;
    for (int round = 0; round < 50000; round++) {
        const size_t length = random_below(round % 100 == 0 ? 16384 : 512);
        uint8_t *data = round % 2 == 0 ? guarded_last(&input, length) : input.first + random_below(64);
        fill(data, length, random_below(10) == 0 ? random_below(1001) : random_below(100));
        check_all(data, length, (int64_t) random_below(random_below(4) == 0 ? 16 : length + 100));
    }
}

/* A caller with little room goes through the input in several calls, each from where the last one stopped. */
static void should_miss_nothing_when_resumed_where_it_stopped(void) {
    random_state = 7;
    for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
        if (!runnable(kaelix_kernel_tables[i])) {
            continue;
        }
        const int64_t length = 4000;
        fill(input.first, (size_t) length, 60);
        kaelix_kernels_scalar.newlines(input.first, length, expected.positions, length, expected.result);
        int64_t found = 0;
        for (int64_t at = 0; at < length;) {
            uint32_t positions[7];
            int64_t result[2];
            kaelix_kernel_tables[i]->newlines(input.first + at, length - at, positions, 7, result);
            for (int64_t k = 0; k < result[0]; k++) {
                CHECK_EQUAL(expected.positions[found++], at + positions[k]);
            }
            REQUIRE(result[1] > 0);
            at += result[1];
        }
        CHECK_EQUAL(expected.result[0], found);
    }
}

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_find_every_newline_in_order_by_the_scalar_kernel),
        CASE(should_stop_behind_the_last_newline_that_fits),
        CASE(should_agree_for_every_length_and_alignment),
        CASE(should_agree_flush_with_an_inaccessible_page),
        CASE(should_agree_for_every_capacity),
        CASE(should_agree_for_every_count_in_a_block),
        CASE(should_agree_on_the_largest_input),
        CASE(should_agree_on_random_input),
        CASE(should_miss_nothing_when_resumed_where_it_stopped),
    };
    REQUIRE(kaelix_cpu_features(&features) == KAELIX_OK);
    for (int32_t i = 0; i < kaelix_kernel_table_count; i++) {
        printf("       %s: %s\n", kaelix_kernel_tables[i]->name,
               runnable(kaelix_kernel_tables[i]) ? "tested" : "this CPU lacks it");
    }
    input = guarded_map(LARGEST);
    output = guarded_map((LARGEST + 128) * sizeof(uint32_t));
    const int status = RUN_CASES(cases, arguments, argument);
    guarded_unmap(&output);
    guarded_unmap(&input);
    return status;
}
