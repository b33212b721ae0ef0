/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * copy.c - mode memcpy: bytes a second that one thread copies (read and written once each, counted once), between buffers
 * far larger than a cache and between buffers that fit into the first one.
 */
#include "floors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IN_MEMORY ((size_t) 64 << 20)
#define IN_CACHE ((size_t) 16 << 10)

/* Between two looks at the clock. */
#define BYTES_PER_LOOK ((size_t) 64 << 20)

typedef struct trial {
    const probe_options *options;
    unsigned char *from;
    unsigned char *to;
    double in_memory; /* bytes a second */
    double in_cache;
    bool intact;
} trial;

static double copy_for(const trial *run, double seconds, size_t bytes) {
    const int64_t start = now();
    const int64_t until = start + nanos(seconds);
    double copied = 0;
    int64_t time;
    do {
        for (size_t done = 0; done < BYTES_PER_LOOK; done += bytes) {
            memcpy(run->to, run->from, bytes);
            __asm__ volatile("" ::: "memory"); // somebody may look at it: it can't be left out
        }
        copied += (double) BYTES_PER_LOOK;
        time = now();
    } while (time < until);
    return copied / ((double) (time - start) / (double) NANOS_PER_SECOND);
}

static bool copied_whole(trial *run, size_t bytes) {
    const bool intact = memcmp(run->from, run->to, bytes) == 0;
    memset(run->to, 0, bytes);
    return intact;
}

static void copy(void *argument) {
    trial *const run = argument;
    const probe_options *const options = run->options;
    for (size_t i = 0; i < IN_MEMORY; i++) {
        run->from[i] = (unsigned char) (i * UINT64_C(0x9E3779B97F4A7C15) >> 56); // no two pieces alike, nor like the zeroed target
    }
    copy_for(run, options->warmup / 2, IN_MEMORY);
    run->in_memory = copy_for(run, options->seconds / 2, IN_MEMORY);
    run->intact = copied_whole(run, IN_MEMORY);
    copy_for(run, options->warmup / 2, IN_CACHE);
    run->in_cache = copy_for(run, options->seconds / 2, IN_CACHE);
    run->intact = run->intact && copied_whole(run, IN_CACHE);
}

static void idle(void *argument) {
    (void) argument;
}

int memory_copy(const probe_options *options) {
    trial run = {.options = options, .from = map_populated(IN_MEMORY), .to = map_populated(IN_MEMORY)};
    run_pair(options, copy, idle, &run);
    json_begin(options);
    printf(",\"bytes\":%zu,\"bytesPerSecond\":%.0f,\"inCacheBytes\":%zu,\"inCacheBytesPerSecond\":%.0f,\"checksumOk\":%s", IN_MEMORY,
            run.in_memory, IN_CACHE, run.in_cache, run.intact ? "true" : "false");
    return run.intact ? 0 : 1;
}
