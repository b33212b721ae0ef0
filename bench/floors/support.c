/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * support.c - memory, threads, and the first part of every result.
 */
#include "floors.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t) 2 << 20)

_Noreturn void die(const char *what, int error) {
    if (error == 0) {
        fprintf(stderr, "kaelix-floors: %s\n", what);
    } else {
        fprintf(stderr, "kaelix-floors: %s: %s\n", what, strerror(error));
    }
    _Exit(EXIT_FAILURE); // the other thread may be running: no cleaning up under it
}

void *map_populated(size_t bytes) {
    const size_t whole = (bytes + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
    unsigned char *const mapped = mmap(NULL, whole + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) {
        die("mmap", errno);
    }
    unsigned char *const aligned = mapped + (-(uintptr_t) mapped & (HUGE_PAGE - 1));
    madvise(aligned, whole, MADV_HUGEPAGE); // where refused, normal pages do
    memset(aligned, 0, whole);              // a write populates; private memory is never answered by SIGBUS
    return aligned;
}

/* ---- two threads ----------------------------------------------------------------------------------------------- */

typedef struct pinned {
    void (*run)(void *);
    void *argument;
    size_t cpu;
    pthread_barrier_t *start;
} pinned;

static void *run_pinned(void *argument) {
    const pinned *const thread = argument;
    cpu_set_t mask;
    CPU_ZERO(&mask);
    CPU_SET(thread->cpu, &mask);
    if (sched_setaffinity(0, sizeof(mask), &mask) != 0) {
        die("sched_setaffinity", errno);
    }
    pthread_barrier_wait(thread->start);
    thread->run(thread->argument);
    return NULL;
}

void run_pair(const probe_options *options, void (*first)(void *), void (*second)(void *), void *argument) {
    pthread_barrier_t start;
    int error = pthread_barrier_init(&start, NULL, 2);
    if (error != 0) {
        die("pthread_barrier_init", error);
    }
    pinned pair[2] = {
        {first, argument, (size_t) options->cpus[0], &start},
        {second, argument, (size_t) options->cpus[1], &start},
    };
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        if ((error = pthread_create(&threads[i], NULL, run_pinned, &pair[i])) != 0) {
            die("pthread_create", error);
        }
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&start);
}

/* ---- result ---------------------------------------------------------------------------------------------------- */

void json_begin(const probe_options *options) {
    printf("{\"mode\":\"%s\",\"cpus\":[%d,%d],\"cpusShared\":%s", options->mode, options->cpus[0], options->cpus[1],
            options->cpus_shared ? "true" : "false");
}
