/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * tasks.c - mode tasks: a function at each intended time for one worker that does nothing but wait for it.
 *
 *   pacer, at start + n / rate: called = now() ──► slot ──► worker: function(argument), which reads the clock
 *
 * The least that a scheduler of tasks can be: a bounded queue of slots, each on lines of its own, that holds a function and
 * its argument. The pacer fetches the next slot behind each task, so that it lies in its cache when it is needed. No
 * priorities, no thieves, no sleep, no second producer. Gaps are noted and judged as in mode paced.
 */
#include "gap_log.h"

#include <math.h>
#include <stdalign.h>
#include <stdio.h>

#define SLOTS 1024u

typedef struct slot {
    alignas(LINE_PAIR) _Atomic(uint64_t) sequence; /* n: free for task n; n + 1: task n is here */
    void (*task)(void *argument);
    void *argument;
} slot;

typedef struct trial {
    const probe_options *options;
    uint64_t warmup;   /* tasks that are not measured                         */
    uint64_t total;    /* with these                                          */
    int64_t *intended; /* by the pacer                                        */
    int64_t *called;   /* by the pacer, before it hands the task over         */
    int64_t *started;  /* by the worker, in the task                          */
    gap_log pacer_gaps;
    alignas(LINE_PAIR) int64_t *next; /* by the worker: where the next task notes its time */
    gap_log worker_gaps;
    alignas(LINE_PAIR) slot slots[SLOTS];
} trial;

static void note_start(void *argument) {
    trial *const run = argument;
    *run->next++ = now();
}

static void pace(void *argument) {
    trial *const run = argument;
    const bool cpus_shared = run->options->cpus_shared;
    const uint64_t rate = run->options->rate;
    gap_log gaps = run->pacer_gaps;
    const int64_t start = now() + NANOS_PER_SECOND / 1000;
    for (uint64_t n = 0; n < run->total; n++) {
        const int64_t intended = start + (int64_t) (n / rate * NANOS_PER_SECOND + n % rate * NANOS_PER_SECOND / rate);
        int64_t before = now();
        while (before < intended) {
            if (cpus_shared) {
                sched_yield();
            }
            const int64_t after = now();
            note(&gaps, before, after);
            before = after;
        }
        run->intended[n] = intended;
        run->called[n] = before;
        slot *const into = &run->slots[n % SLOTS];
        // SYNC: pairs with the release of the free slot in work.
        while (atomic_load_explicit(&into->sequence, memory_order_acquire) != n) {
            pause_briefly(cpus_shared);
        }
        into->task = note_start;
        into->argument = run;
        // SYNC: pairs with the acquire in work.
        atomic_store_explicit(&into->sequence, n + 1, memory_order_release);
        atomic_load_explicit(&run->slots[(n + 1) % SLOTS].sequence, memory_order_relaxed);
    }
    run->pacer_gaps = gaps;
}

static void work(void *argument) {
    trial *const run = argument;
    const bool cpus_shared = run->options->cpus_shared;
    gap_log gaps = run->worker_gaps;
    int64_t before = now();
    for (uint64_t n = 0; n < run->total; n++) {
        slot *const from = &run->slots[n % SLOTS];
        // SYNC: pairs with the release in pace.
        while (atomic_load_explicit(&from->sequence, memory_order_acquire) != n + 1) {
            if (cpus_shared) {
                sched_yield();
            }
            const int64_t after = now();
            note(&gaps, before, after);
            before = after;
        }
        from->task(from->argument);
        // SYNC: pairs with the acquire in pace.
        atomic_store_explicit(&from->sequence, n + SLOTS, memory_order_release);
        before = now();
    }
    run->worker_gaps = gaps;
}

/* ---- evaluation ------------------------------------------------------------------------------------------------ */

/* From these times to the starts; of quiet tasks only, or of all. How many they are. */
static size_t select_samples(const trial *run, const int64_t *from, bool quiet_only, int64_t *samples) {
    size_t count = 0;
    size_t next_of_pacer = 0;
    size_t next_of_worker = 0;
    for (uint64_t n = run->warmup; n < run->total; n++) {
        const bool pacer = overlaps(&run->pacer_gaps, &next_of_pacer, run->intended[n], run->started[n]);
        const bool worker = overlaps(&run->worker_gaps, &next_of_worker, run->intended[n], run->started[n]);
        if (!quiet_only || (!pacer && !worker)) {
            samples[count++] = run->started[n] - from[n];
        }
    }
    return count;
}

static size_t print_distribution(const trial *run, const char *name, const int64_t *from, bool quiet_only, int64_t *samples) {
    const size_t count = select_samples(run, from, quiet_only, samples);
    sort_samples(samples, count);
    json_distribution(name, samples, count);
    return count;
}

int tasks(const probe_options *options) {
    trial *const run = map_populated(sizeof(trial));
    run->options = options;
    run->warmup = (uint64_t) ceil(options->warmup * (double) options->rate);
    run->total = run->warmup + (uint64_t) ceil(options->seconds * (double) options->rate);
    run->intended = map_populated(run->total * sizeof(int64_t));
    run->called = map_populated(run->total * sizeof(int64_t));
    run->started = map_populated(run->total * sizeof(int64_t));
    run->next = run->started;
    run->pacer_gaps = gap_log_for(options);
    run->worker_gaps = gap_log_for(options);
    for (uint64_t n = 0; n < SLOTS; n++) {
        atomic_store_explicit(&run->slots[n].sequence, n, memory_order_relaxed);
    }
    run_pair(options, pace, work, run);
    int64_t *const samples = map_populated(run->total * sizeof(int64_t));
    bool in_order = run->next == run->started + run->total;
    for (uint64_t n = 0; n < run->total; n++) {
        in_order = in_order && run->started[n] >= run->called[n];
    }
    json_begin(options);
    printf(",\"rate\":%llu", (unsigned long long) options->rate);
    print_distribution(run, "call", run->called, false, samples);
    print_distribution(run, "intended", run->intended, false, samples);
    print_distribution(run, "intendedQuiet", run->intended, true, samples);
    const size_t quiet = print_distribution(run, "callQuiet", run->called, true, samples);
    printf(",\"quietFraction\":%.6f,\"checksumOk\":%s", (double) quiet / (double) (run->total - run->warmup), in_order ? "true" : "false");
    return in_order ? 0 : 1;
}
