/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * The choice is made once per process, so ctest starts this program once per value of KAELIX_FORCE_ISA; what to expect
 * follows from that value and from the features of the CPU.
 */
#include "check.h"
#include "kaelix.h"

#include <pthread.h>

static const char *const names[KAELIX_ISAS] = {"scalar", "avx2", "avx512", "neon"};

static bool available(int32_t isa) {
    uint64_t features = 0;
    CHECK_EQUAL(KAELIX_OK, kaelix_cpu_features(&features));
    const bool bmi2 = (features & KAELIX_CPU_BMI2) != 0;
    switch (isa) {
        case KAELIX_ISA_SCALAR:
            return true;
        case KAELIX_ISA_AVX2:
            return bmi2 && (features & KAELIX_CPU_AVX2) != 0;
        case KAELIX_ISA_AVX512:
            return bmi2 && (features & KAELIX_CPU_AVX512) != 0;
        default:
            return (features & KAELIX_CPU_NEON) != 0;
    }
}

static int32_t best(void) {
    static const int32_t ranking[] = {KAELIX_ISA_NEON, KAELIX_ISA_AVX512, KAELIX_ISA_AVX2, KAELIX_ISA_SCALAR};
    int i = 0;
    while (!available(ranking[i])) {
        i++;
    }
    return ranking[i];
}

/* What the environment this program was started in asks for. */
static void expectation(int32_t *status, int32_t *isa) {
    const char *forced = getenv("KAELIX_FORCE_ISA");
    *status = KAELIX_OK;
    *isa = best();
    if (forced == NULL || strcmp(forced, "") == 0) {
        return;
    }
    *status = KAELIX_E_INVALID;
    for (int32_t i = 0; i < KAELIX_ISAS; i++) {
        if (strcmp(forced, names[i]) == 0) {
            *status = available(i) ? KAELIX_OK : KAELIX_E_UNAVAILABLE;
            *isa = available(i) ? i : best();
        }
    }
}

typedef struct answer {
    int32_t status;
    int32_t isa;
} answer;

static pthread_barrier_t all_ready;

static void *ask(void *argument) {
    answer *mine = argument;
    pthread_barrier_wait(&all_ready);
    mine->status = kaelix_isa(&mine->isa);
    return NULL;
}

/* Has to be the first case: only the first calls of a process race for the choice. */
static void should_give_every_thread_the_same_answer(void) {
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    answer answers[THREADS];
    answer expected;
    expectation(&expected.status, &expected.isa);
    REQUIRE(pthread_barrier_init(&all_ready, NULL, THREADS) == 0);
    for (int i = 0; i < THREADS; i++) {
        REQUIRE(pthread_create(&threads[i], NULL, ask, &answers[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        REQUIRE(pthread_join(threads[i], NULL) == 0);
        CHECK_EQUAL(expected.status, answers[i].status);
        CHECK_EQUAL(expected.isa, answers[i].isa);
    }
    pthread_barrier_destroy(&all_ready);
}

static void should_not_change_the_choice_with_the_environment(void) {
    int32_t before = -1;
    const int32_t status = kaelix_isa(&before);
    REQUIRE(setenv("KAELIX_FORCE_ISA", before == KAELIX_ISA_SCALAR ? "nonsense" : "scalar", 1) == 0);
    int32_t after = -1;
    CHECK_EQUAL(status, kaelix_isa(&after));
    CHECK_EQUAL(before, after);
}

static void should_refuse_a_missing_result(void) {
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_isa(NULL));
}

static void should_run_the_kernel_of_a_named_instruction_set_only_where_it_can(void) {
    const uint8_t data[] = "one\ntwo\n";
    for (int32_t isa = 0; isa < KAELIX_ISAS; isa++) {
        uint32_t positions[8];
        int64_t result[2] = {-1, -1};
        const int32_t status = kaelix_newlines_isa(isa, data, 8, positions, 8, result);
        CHECK_EQUAL(available(isa) ? KAELIX_OK : KAELIX_E_UNAVAILABLE, status);
        CHECK_EQUAL(available(isa) ? 2 : -1, result[0]);
        CHECK_EQUAL(available(isa) ? 8 : -1, result[1]);
    }
    int64_t result[2];
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_newlines_isa(-1, data, 8, NULL, 0, result));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_newlines_isa(KAELIX_ISAS, data, 8, NULL, 0, result));
}

static void should_check_the_arguments_of_a_kernel(void) {
    static uint8_t data[KAELIX_KERNEL_MAX_BYTES + 1];
    uint32_t positions[1];
    int64_t result[2] = {-1, -1};
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_newlines(data, -1, positions, 1, result));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_newlines(data, KAELIX_KERNEL_MAX_BYTES + 1, positions, 1, result));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_newlines(data, 1, positions, -1, result));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_newlines(NULL, 1, positions, 1, result));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_newlines(data, 1, NULL, 1, result));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_newlines(data, 1, positions, 1, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_newlines_isa(KAELIX_ISA_SCALAR, data, -1, positions, 1, result));
    CHECK_EQUAL(-1, result[0]);
    CHECK_EQUAL(-1, result[1]);

    CHECK_EQUAL(KAELIX_OK, kaelix_newlines(NULL, 0, NULL, 0, result));
    CHECK_EQUAL(0, result[0]);
    CHECK_EQUAL(0, result[1]);
    CHECK_EQUAL(KAELIX_OK, kaelix_newlines(data, KAELIX_KERNEL_MAX_BYTES, positions, 1, result));
    CHECK_EQUAL(0, result[0]);
    CHECK_EQUAL(KAELIX_KERNEL_MAX_BYTES, result[1]);
}

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_give_every_thread_the_same_answer),
        CASE(should_run_the_kernel_of_a_named_instruction_set_only_where_it_can),
        CASE(should_check_the_arguments_of_a_kernel),
        CASE(should_refuse_a_missing_result),
        CASE(should_not_change_the_choice_with_the_environment),
    };
    return RUN_CASES(cases, arguments, argument);
}
