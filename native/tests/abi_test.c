/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 */
#include "check.h"
#include "kaelix.h"

#include <stddef.h>

static void should_report_the_version_of_the_header(void) {
    int32_t version = 0;
    CHECK_EQUAL(KAELIX_OK, kaelix_abi_version(&version));
    CHECK_EQUAL(KAELIX_ABI_VERSION, version);
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_abi_version(NULL));
}

/* The numbers are spelled out: they are what bindings in other languages are generated with. */
static void should_report_the_layout_of_every_struct(void) {
    static const int32_t expected[] = {152, 0, 8, 12, 16, 20, 24, 16, 0, 4, 8,
                                       112, 0, 8, 16, 24, 28, 32, 36, 40, 44, 48};
    const int32_t expected_count = sizeof(expected) / sizeof(expected[0]);
    int32_t values[32];
    int32_t count = 0;
    CHECK_EQUAL(KAELIX_OK, kaelix_abi_layout(values, 32, &count));
    CHECK_EQUAL(expected_count, count);
    for (int32_t i = 0; i < expected_count && i < count; i++) {
        CHECK_EQUAL(expected[i], values[i]);
    }
    CHECK_EQUAL(KAELIX_OK, kaelix_abi_layout(values, expected_count, &count));
}

static void should_tell_the_capacity_that_the_layout_needs(void) {
    int32_t values[1] = {-7};
    int32_t count = 0;
    CHECK_EQUAL(KAELIX_E_CAPACITY, kaelix_abi_layout(values, 1, &count));
    CHECK_EQUAL(22, count);
    CHECK_EQUAL(-7, values[0]);
    count = 0;
    CHECK_EQUAL(KAELIX_E_CAPACITY, kaelix_abi_layout(NULL, 0, &count));
    CHECK_EQUAL(22, count);
}

static void should_refuse_a_layout_without_room(void) {
    int32_t values[1];
    int32_t count = 0;
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_abi_layout(values, 1, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_abi_layout(values, -1, &count));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_abi_layout(NULL, 1, &count));
}

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_report_the_version_of_the_header),
        CASE(should_report_the_layout_of_every_struct),
        CASE(should_tell_the_capacity_that_the_layout_needs),
        CASE(should_refuse_a_layout_without_room),
    };
    return RUN_CASES(cases, arguments, argument);
}
