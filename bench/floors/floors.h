/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * floors.h - what the probes share. A probe measures what the machine itself can do, in C and without a JVM, so that what
 * Java reaches can be given as a part of it.
 *
 * Two threads, each pinned to a CPU of its own, work against each other; the main thread sleeps until they end. A failure
 * of the system ends the process with one line on stderr and status 1.
 */
#ifndef KAELIX_FLOORS_H
#define KAELIX_FLOORS_H

#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define NANOS_PER_SECOND INT64_C(1000000000)

/* CPUs fetch cache lines in pairs: what different threads write lies so far apart. */
#define LINE_PAIR 128

/* A pause of the machine: a thread that does nothing but read the clock sees it stand still for longer than this. */
#define GAP_NANOS 10000

typedef struct probe_options {
    const char *mode;
    uint32_t payload;  /* bytes of a message, a multiple of 8       */
    uint32_t batch;    /* messages that one release publishes       */
    uint32_t prefetch; /* bytes fetched ahead for writing; 0: none  */
    uint32_t pauses;   /* between two polls of ping-pong            */
    uint32_t capacity; /* bytes of a ring, a power of two           */
    uint64_t rate;     /* messages a second of a paced load         */
    uint32_t connections; /* that are made at once                  */
    double seconds;    /* that are measured                         */
    double warmup;     /* seconds before                            */
    int cpus[2];       /* of the first and of the second thread     */
    bool cpus_shared;  /* both are the same: who waits has to yield */
    const char *hgrm;  /* file for the distribution, or NULL        */
} probe_options;

/* ---- options.c ------------------------------------------------------------------------------------------------- */

/* Reads the command line. A bad one ends the process with one line on stderr and status 2. */
probe_options options_parse(int count, char **arguments);

/* ---- support.c ------------------------------------------------------------------------------------------------- */

/* Ends the process with "kaelix-floors: <what>: <system error>" and status 1; without the second part if error is 0. */
_Noreturn void die(const char *what, int error);

/* Zeroed memory in transparent hugepages where the machine has them, populated, never unmapped. */
void *map_populated(size_t bytes);

/* Runs both at once, each pinned to its CPU, and returns when both have. They start together. */
void run_pair(const probe_options *options, void (*first)(void *), void (*second)(void *), void *argument);

/* Opens the line of JSON with what every mode has in it; the mode appends `,"name":value` and main closes it. */
void json_begin(const probe_options *options);

/* ---- percentiles.c --------------------------------------------------------------------------------------------- */

/* Sorts in place, ascending. Samples are not negative. */
void sort_samples(int64_t *samples, size_t count);

/* The smallest value that is not exceeded by this percentage of sorted samples. At least one sample. */
int64_t percentile_of(const int64_t *sorted, size_t count, double percentile);

/* Writes `"p50":…,"p90":…,"p99":…,"p999":…,"p9999":…,"max":…` of sorted samples to stdout. At least one sample. */
void json_percentiles(const int64_t *sorted, size_t count);

/* Writes `,"name":{…}` with what json_percentiles writes, or `,"name":null` without samples. */
void json_distribution(const char *name, const int64_t *sorted, size_t count);

/* Writes sorted samples of nanoseconds as the percentile text of HdrHistogram, in microseconds. At least one sample. */
void write_hgrm(const char *path, const int64_t *sorted, size_t count);

/* ---- the modes: each measures, prints, and returns the exit status, 1 if what arrived was not what was sent --------- */

int handoff(const probe_options *options);
int throughput(const probe_options *options);
int ping_pong(const probe_options *options);
int paced(const probe_options *options);
int tasks(const probe_options *options);
int gaps(const probe_options *options);
int memory_copy(const probe_options *options);
int tcp_ping_pong(const probe_options *options);
int tcp_bulk(const probe_options *options);
int tcp_stream(const probe_options *options);
int tcp_connect(const probe_options *options);

/* ---- on every hot path ----------------------------------------------------------------------------------------- */

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Nanoseconds of the clock that System.nanoTime reads. */
ALWAYS_INLINE int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * NANOS_PER_SECOND + time.tv_nsec;
}

ALWAYS_INLINE int64_t nanos(double seconds) {
    return (int64_t) (seconds * (double) NANOS_PER_SECOND);
}

/* What Thread.onSpinWait is: between two looks at what another thread is to change. */
ALWAYS_INLINE void pause_briefly(bool cpus_shared) {
    if (cpus_shared) {
        sched_yield();
        return;
    }
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

#endif
