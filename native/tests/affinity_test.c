/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 */
#include "check.h"
#include "kaelix.h"
#include "sandbox.h"

#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

typedef struct cpu_mask {
    uint64_t words[KAELIX_CPU_WORDS];
} cpu_mask;

static cpu_mask current(void) {
    cpu_mask mask;
    CHECK_EQUAL(KAELIX_OK, kaelix_thread_get_affinity(mask.words, NULL));
    return mask;
}

static bool same(const cpu_mask *left, const cpu_mask *right) {
    return memcmp(left, right, sizeof(*left)) == 0;
}

static bool contains(const cpu_mask *mask, int32_t cpu) {
    return (mask->words[cpu / 64] >> (cpu % 64) & 1) != 0;
}

static cpu_mask only(int32_t cpu) {
    cpu_mask mask = {{0}};
    mask.words[cpu / 64] = UINT64_C(1) << (cpu % 64);
    return mask;
}

/* A CPU that no machine of this ABI's size has online together with all others is the last: used as the absent one. */
static int32_t absent_cpu(void) {
    const cpu_mask allowed = current();
    int32_t cpu = 64 * KAELIX_CPU_WORDS - 1;
    while (contains(&allowed, cpu)) {
        cpu--;
    }
    return cpu;
}

static void should_agree_with_the_c_library(void) {
    cpu_set_t expected;
    REQUIRE(sched_getaffinity(0, sizeof(expected), &expected) == 0);
    const cpu_mask found = current();
    CHECK_EQUAL(0, memcmp(&expected, &found, sizeof(found)));
}

static void should_run_on_each_cpu_that_it_is_restricted_to(void) {
    const cpu_mask before = current();
    for (int32_t cpu = 0; cpu < 64 * KAELIX_CPU_WORDS; cpu++) {
        if (!contains(&before, cpu)) {
            continue;
        }
        const cpu_mask wanted = only(cpu);
        cpu_mask effective = {{0}};
        int32_t error = -1;
        CHECK_EQUAL(KAELIX_OK, kaelix_thread_set_affinity(wanted.words, effective.words, &error));
        CHECK_EQUAL(0, error);
        CHECK(same(&wanted, &effective));
        int32_t located = -1;
        int32_t node = -1;
        CHECK_EQUAL(KAELIX_OK, kaelix_thread_location(&located, &node, &error));
        CHECK_EQUAL(cpu, located);
        CHECK(node >= 0);
    }
    CHECK_EQUAL(KAELIX_OK, kaelix_thread_set_affinity(before.words, NULL, NULL));
    const cpu_mask after = current();
    CHECK(same(&before, &after));
}

static void should_report_the_cpus_that_a_request_came_down_to(void) {
    const cpu_mask before = current();
    cpu_mask wanted;
    memset(&wanted, 0xFF, sizeof(wanted));
    cpu_mask effective = {{0}};
    CHECK_EQUAL(KAELIX_OK, kaelix_thread_set_affinity(wanted.words, effective.words, NULL));
    const cpu_mask after = current();
    CHECK(same(&after, &effective));
    CHECK(!contains(&effective, absent_cpu()));
    CHECK_EQUAL(KAELIX_OK, kaelix_thread_set_affinity(before.words, NULL, NULL));
}

static void should_refuse_a_mask_without_usable_cpus(void) {
    const cpu_mask before = current();
    const cpu_mask empty = {{0}};
    const cpu_mask absent = only(absent_cpu());
    cpu_mask effective = {{7}};
    int32_t error = 0;
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_thread_set_affinity(empty.words, effective.words, &error));
    CHECK_EQUAL(EINVAL, error);
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_thread_set_affinity(absent.words, effective.words, &error));
    CHECK_EQUAL(EINVAL, error);
    CHECK_EQUAL(7, effective.words[0]);
    const cpu_mask after = current();
    CHECK(same(&before, &after));
}

static void should_refuse_missing_pointers(void) {
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_thread_set_affinity(NULL, NULL, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_thread_get_affinity(NULL, NULL));
    CHECK_EQUAL(KAELIX_OK, kaelix_thread_location(NULL, NULL, NULL));
}

static void refused_set(void) {
    const cpu_mask before = current();
    NEEDS_SANDBOX(sandbox_refuse(SYS_sched_setaffinity, 0, ANY_ARGUMENT, EPERM));
    int32_t error = 0;
    CHECK_EQUAL(KAELIX_E_UNAVAILABLE, kaelix_thread_set_affinity(before.words, NULL, &error));
    CHECK_EQUAL(EPERM, error);
}

static void refused_get(void) {
    const cpu_mask before = current();
    NEEDS_SANDBOX(sandbox_refuse(SYS_sched_getaffinity, 0, ANY_ARGUMENT, ENOSYS));
    cpu_mask effective = {{7}};
    int32_t error = 0;
    CHECK_EQUAL(KAELIX_E_UNAVAILABLE, kaelix_thread_get_affinity(effective.words, &error));
    CHECK_EQUAL(ENOSYS, error);
    CHECK_EQUAL(KAELIX_E_UNAVAILABLE, kaelix_thread_set_affinity(before.words, effective.words, &error));
    CHECK_EQUAL(7, effective.words[0]);
    CHECK_EQUAL(KAELIX_OK, kaelix_thread_set_affinity(before.words, NULL, &error));
}

static void should_say_unavailable_when_a_sandbox_refuses(void) {
    IN_CHILD(refused_set);
    IN_CHILD(refused_get);
}

typedef struct scheduling {
    int32_t policy;
    int32_t priority;
} scheduling;

static scheduling now(void) {
    scheduling found = {-1, -1};
    CHECK_EQUAL(KAELIX_OK, kaelix_thread_get_scheduling(&found.policy, &found.priority, NULL));
    return found;
}

static void check_scheduling(int32_t policy, int32_t priority) {
    const scheduling found = now();
    CHECK_EQUAL(policy, found.policy);
    CHECK_EQUAL(priority, found.priority);
}

/* What needs no permission, either way: an unprivileged thread may leave SCHED_IDLE again. */
static void should_schedule_and_go_back(void) {
    int32_t error = -1;
    CHECK_EQUAL(KAELIX_OK, kaelix_thread_set_scheduling(KAELIX_SCHEDULING_BATCH, 0, &error));
    CHECK_EQUAL(0, error);
    check_scheduling(KAELIX_SCHEDULING_BATCH, 0);
    CHECK_EQUAL(SCHED_BATCH, sched_getscheduler(0));
    CHECK_EQUAL(KAELIX_OK, kaelix_thread_set_scheduling(KAELIX_SCHEDULING_IDLE, 0, NULL));
    check_scheduling(KAELIX_SCHEDULING_IDLE, 0);
    CHECK_EQUAL(KAELIX_OK, kaelix_thread_set_scheduling(KAELIX_SCHEDULING_NORMAL, 0, NULL));
    check_scheduling(KAELIX_SCHEDULING_NORMAL, 0);
    CHECK_EQUAL(SCHED_OTHER, sched_getscheduler(0));
    CHECK_EQUAL(KAELIX_OK, kaelix_thread_get_scheduling(NULL, NULL, NULL));
}

static void should_refuse_policies_and_priorities_that_cannot_be(void) {
    static const scheduling wrong[] = {{-1, 0}, {KAELIX_SCHEDULING_OTHER, 0}, {INT32_MAX, 0},
        {KAELIX_SCHEDULING_NORMAL, 1}, {KAELIX_SCHEDULING_IDLE, -1}, {KAELIX_SCHEDULING_FIFO, 0},
        {KAELIX_SCHEDULING_FIFO, KAELIX_PRIORITY_MAX + 1}, {KAELIX_SCHEDULING_ROUND_ROBIN, -1}};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK_EQUAL(KAELIX_E_INVALID, kaelix_thread_set_scheduling(wrong[i].policy, wrong[i].priority, NULL));
    }
    check_scheduling(KAELIX_SCHEDULING_NORMAL, 0);
}

static void *scheduling_of_a_new_thread(void *found) {
    *(scheduling *) found = now();
    return NULL;
}

/* With the permission to use priority 1 and nothing else, as a user to whom an administrator gave that limit. */
static void with_a_limit_of_one(void) {
    const struct rlimit one = {1, 1};
    NEEDS_SANDBOX(setrlimit(RLIMIT_RTPRIO, &one) == 0 && setgroups(0, NULL) == 0 && setresgid(65534, 65534, 65534) == 0
                  && setresuid(65534, 65534, 65534) == 0);
    int32_t error = 0;
    CHECK_EQUAL(KAELIX_E_UNAVAILABLE, kaelix_thread_set_scheduling(KAELIX_SCHEDULING_FIFO, 2, &error));
    CHECK_EQUAL(EPERM, error);
    check_scheduling(KAELIX_SCHEDULING_NORMAL, 0);
    const int32_t granted = kaelix_thread_set_scheduling(KAELIX_SCHEDULING_FIFO, 1, &error);
    NEEDS_SANDBOX(granted == KAELIX_OK); // a cgroup without real-time budget refuses even that
    check_scheduling(KAELIX_SCHEDULING_FIFO, 1);
    pthread_t thread;
    scheduling started = {-1, -1};
    REQUIRE(pthread_create(&thread, NULL, scheduling_of_a_new_thread, &started) == 0);
    REQUIRE(pthread_join(thread, NULL) == 0);
    CHECK_EQUAL(KAELIX_SCHEDULING_NORMAL, started.policy);
    CHECK_EQUAL(KAELIX_OK, kaelix_thread_set_scheduling(KAELIX_SCHEDULING_ROUND_ROBIN, 1, NULL));
    check_scheduling(KAELIX_SCHEDULING_ROUND_ROBIN, 1);
    CHECK_EQUAL(KAELIX_OK, kaelix_thread_set_scheduling(KAELIX_SCHEDULING_NORMAL, 0, &error));
    check_scheduling(KAELIX_SCHEDULING_NORMAL, 0);
}

static void should_keep_to_the_limit_of_real_time_priority(void) {
    IN_CHILD(with_a_limit_of_one);
}

static void refused_scheduling(void) {
    NEEDS_SANDBOX(sandbox_refuse(SYS_sched_setscheduler, 0, ANY_ARGUMENT, EPERM));
    int32_t error = 0;
    CHECK_EQUAL(KAELIX_E_UNAVAILABLE, kaelix_thread_set_scheduling(KAELIX_SCHEDULING_FIFO, 1, &error));
    CHECK_EQUAL(EPERM, error);
    check_scheduling(KAELIX_SCHEDULING_NORMAL, 0);
}

static void refused_get_scheduling(void) {
    NEEDS_SANDBOX(sandbox_refuse(SYS_sched_getscheduler, 0, ANY_ARGUMENT, ENOSYS));
    scheduling untouched = {7, 7};
    int32_t error = 0;
    CHECK_EQUAL(KAELIX_E_UNAVAILABLE, kaelix_thread_get_scheduling(&untouched.policy, &untouched.priority, &error));
    CHECK_EQUAL(ENOSYS, error);
    CHECK_EQUAL(7, untouched.policy);
    CHECK_EQUAL(KAELIX_E_UNAVAILABLE, kaelix_thread_set_scheduling(KAELIX_SCHEDULING_IDLE, 0, &error));
}

static void should_say_that_scheduling_is_unavailable_when_a_sandbox_refuses(void) {
    IN_CHILD(refused_scheduling);
    IN_CHILD(refused_get_scheduling);
}

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_agree_with_the_c_library),
        CASE(should_run_on_each_cpu_that_it_is_restricted_to),
        CASE(should_report_the_cpus_that_a_request_came_down_to),
        CASE(should_refuse_a_mask_without_usable_cpus),
        CASE(should_refuse_missing_pointers),
        CASE(should_say_unavailable_when_a_sandbox_refuses),
        CASE(should_schedule_and_go_back),
        CASE(should_refuse_policies_and_priorities_that_cannot_be),
        CASE(should_keep_to_the_limit_of_real_time_priority),
        CASE(should_say_that_scheduling_is_unavailable_when_a_sandbox_refuses),
    };
    return RUN_CASES(cases, arguments, argument);
}
