/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * percentiles_test.c - sorting and the two ways to print a distribution, against distributions made by hand.
 */
#include "check.h"
#include "floors.h"

#include <stdio.h>
#include <stdlib.h>

#define THOUSAND 1000

/* 1 to 1000, each once, in an order that is neither sorted nor reversed: 7 and 1000 have no common divisor. */
static void fill_thousand(int64_t *samples) {
    for (int64_t i = 0; i < THOUSAND; i++) {
        samples[i] = i * 7 % THOUSAND + 1;
    }
}

static void sorts_values_of_every_size(void) {
    int64_t samples[] = {INT64_MAX, 0, 65536, 65535, INT64_C(1) << 32, 1, (INT64_C(1) << 32) + 1, 0, INT64_C(1) << 62};
    const int64_t expected[] = {0, 0, 1, 65535, 65536, INT64_C(1) << 32, (INT64_C(1) << 32) + 1, INT64_C(1) << 62, INT64_MAX};
    const size_t count = sizeof(samples) / sizeof(samples[0]);
    sort_samples(samples, count);
    for (size_t i = 0; i < count; i++) {
        CHECK_EQUAL(expected[i], samples[i]);
    }
}

static void sorts_nothing_and_one(void) {
    int64_t sample = 5;
    sort_samples(&sample, 0);
    sort_samples(&sample, 1);
    CHECK_EQUAL(5, sample);
}

static void sorts_thousand(void) {
    int64_t samples[THOUSAND];
    fill_thousand(samples);
    sort_samples(samples, THOUSAND);
    for (int64_t i = 0; i < THOUSAND; i++) {
        CHECK_EQUAL(i + 1, samples[i]);
    }
}

static void takes_the_smallest_value_that_the_part_does_not_exceed(void) {
    int64_t samples[THOUSAND];
    fill_thousand(samples);
    sort_samples(samples, THOUSAND);
    CHECK_EQUAL(1, percentile_of(samples, THOUSAND, 0));
    CHECK_EQUAL(500, percentile_of(samples, THOUSAND, 50));
    CHECK_EQUAL(990, percentile_of(samples, THOUSAND, 99));
    CHECK_EQUAL(999, percentile_of(samples, THOUSAND, 99.9));
    CHECK_EQUAL(1000, percentile_of(samples, THOUSAND, 99.99));
    CHECK_EQUAL(1000, percentile_of(samples, THOUSAND, 100));
    CHECK_EQUAL(7, percentile_of((const int64_t[]){7}, 1, 50));
}

static void writes_rows_that_agree_with_the_values(void) {
    int64_t samples[THOUSAND];
    fill_thousand(samples);
    sort_samples(samples, THOUSAND);
    const char *const folder = getenv("TMPDIR");
    char path[4096];
    snprintf(path, sizeof(path), "%s/kaelix-floors-XXXXXX", folder != NULL ? folder : "/tmp");
    const int created = mkstemp(path);
    REQUIRE(created >= 0);
    FILE *const file = fdopen(created, "r");
    REQUIRE(file != NULL);
    write_hgrm(path, samples, THOUSAND);
    char line[128];
    double percentile = -1;
    double value = -1;
    size_t total = 0;
    int rows = 0;
    while (fgets(line, sizeof(line), file) != NULL) {
        double next_value;
        double next_percentile;
        if (sscanf(line, "%lf %lf %zu", &next_value, &next_percentile, &total) == 3) {
            CHECK(next_percentile > percentile);
            CHECK(next_value >= value);
            CHECK_EQUAL(total, (int64_t) (next_value * 1e3 + 0.5)); // of 1 to 1000, n are at most n
            CHECK((double) total >= next_percentile * THOUSAND);
            percentile = next_percentile;
            value = next_value;
            rows++;
        }
    }
    CHECK(percentile == 1.0);
    CHECK_EQUAL(THOUSAND, total);
    CHECK(rows > 40); // five for each of the ten halvings down to a thousandth
    fclose(file);
    remove(path);
}

int main(int arguments, char **argument) {
    const test_case cases[] = {
        CASE(sorts_values_of_every_size),
        CASE(sorts_nothing_and_one),
        CASE(sorts_thousand),
        CASE(takes_the_smallest_value_that_the_part_does_not_exceed),
        CASE(writes_rows_that_agree_with_the_values),
    };
    return RUN_CASES(cases, arguments, argument);
}
