/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * handoff.c - mode handoff: one cache line to and fro. No message between two threads can take less.
 *
 *   first:  stores 2k + 1, waits for 2k + 2        second:  waits for 2k + 1, stores 2k + 2
 *
 * The clock is read once per block of ways round, so that reading it is no part of what is measured.
 */
#include "floors.h"

#include <stdalign.h>
#include <stdio.h>

#define ROUNDS_PER_BLOCK 64

/* A block takes some microseconds at the least; more than this many end the run early. */
#define MOST_BLOCKS ((size_t) 2 << 20)

/* Stored by the first thread instead of the next odd number: the second one ends. */
#define END UINT64_MAX

typedef struct trial {
    const probe_options *options;
    int64_t *blocks; /* nanoseconds of each block */
    size_t count;
    alignas(LINE_PAIR) _Atomic(uint64_t) line;
} trial;

static void first(void *argument) {
    trial *const run = argument;
    const bool cpus_shared = run->options->cpus_shared;
    const int64_t from = now() + nanos(run->options->warmup);
    const int64_t until = from + nanos(run->options->seconds);
    uint64_t value = 0;
    size_t count = 0;
    int64_t before = now();
    while (count == 0 || (before < until && count < MOST_BLOCKS)) {
        for (int i = 0; i < ROUNDS_PER_BLOCK; i++) {
            // SYNC: pairs with the acquire in second, and the acquire with its release.
            atomic_store_explicit(&run->line, value + 1, memory_order_release);
            value += 2;
            while (atomic_load_explicit(&run->line, memory_order_acquire) != value) {
                pause_briefly(cpus_shared);
            }
        }
        const int64_t after = now();
        if (before >= from) {
            run->blocks[count++] = after - before;
        }
        before = after;
    }
    run->count = count;
    atomic_store_explicit(&run->line, END, memory_order_release);
}

static void second(void *argument) {
    trial *const run = argument;
    const bool cpus_shared = run->options->cpus_shared;
    for (uint64_t value = 1;; value += 2) {
        uint64_t found;
        while ((found = atomic_load_explicit(&run->line, memory_order_acquire)) != value) {
            if (found == END) {
                return;
            }
            pause_briefly(cpus_shared);
        }
        atomic_store_explicit(&run->line, value + 1, memory_order_release);
    }
}

int handoff(const probe_options *options) {
    trial run = {.options = options, .blocks = map_populated(MOST_BLOCKS * sizeof(int64_t))};
    run_pair(options, first, second, &run);
    int64_t total = 0;
    for (size_t i = 0; i < run.count; i++) {
        total += run.blocks[i];
    }
    sort_samples(run.blocks, run.count);
    const double ways = 2.0 * ROUNDS_PER_BLOCK;
    json_begin(options);
    printf(",\"samples\":%zu,\"oneWayNanos\":%.1f,\"p50Nanos\":%.1f", run.count, (double) total / (double) run.count / ways,
            (double) run.blocks[(run.count - 1) / 2] / ways);
    return 0;
}
