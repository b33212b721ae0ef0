/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * check.h - what every test program uses: checks that say what was expected, found and where, and named cases.
 * A program runs all of its cases, or those named on its command line. It exits with 0, 1 if a check failed, and 77 if
 * the machine lacks what every case of it needs (ctest then shows it as skipped).
 */
#ifndef KAELIX_CHECK_H
#define KAELIX_CHECK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_SKIPPED 77

#if defined(__SANITIZE_THREAD__)
#define UNDER_THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define UNDER_THREAD_SANITIZER
#endif
#endif

typedef struct test_case {
    const char *name;
    void (*run)(void);
} test_case;

static int check_failures;

static inline void check_that(bool holds, const char *text, const char *file, int line) {
    if (!holds) {
        check_failures++;
        fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, text);
    }
}

static inline void check_equal(int64_t expected, int64_t found, const char *text, const char *file, int line) {
    if (expected != found) {
        check_failures++;
        fprintf(stderr, "%s:%d: %s: expected %lld, found %lld\n", file, line, text, (long long) expected,
                (long long) found);
    }
}

#define CHECK(condition) check_that((condition), #condition, __FILE__, __LINE__)
#define CHECK_EQUAL(expected, found) \
    check_equal((int64_t) (expected), (int64_t) (found), #found, __FILE__, __LINE__)

/* For what a test needs from the system before it can test anything. */
#define REQUIRE(condition)                                                                  \
    do {                                                                                    \
        if (!(condition)) {                                                                 \
            fprintf(stderr, "%s:%d: cannot test without: %s\n", __FILE__, __LINE__, #condition); \
            exit(EXIT_FAILURE);                                                             \
        }                                                                                   \
    } while (0)

static inline int run_cases(const test_case *cases, size_t count, int arguments, char **argument) {
    for (size_t i = 0; i < count; i++) {
        bool wanted = arguments < 2;
        for (int a = 1; a < arguments; a++) {
            wanted = wanted || strcmp(argument[a], cases[i].name) == 0;
        }
        if (!wanted) {
            continue;
        }
        const int before = check_failures;
        cases[i].run();
        printf("%s %s\n", check_failures == before ? "ok    " : "FAILED", cases[i].name);
        fflush(stdout);
    }
    return check_failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define CASE(function) {#function, function}
#define RUN_CASES(cases, arguments, argument) \
    run_cases((cases), sizeof(cases) / sizeof((cases)[0]), (arguments), (argument))

#endif /* KAELIX_CHECK_H */
