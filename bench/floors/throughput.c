/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * throughput.c - mode ring: as many frames as go, counted by the reader.
 *
 *   writer ──► ring ──► reader
 *
 * This is the floor that throughput in Java is judged by. The loops are compiled once per usual length of payload, so that
 * each is unrolled for it. Nothing in them can be left out by the compiler: the payload becomes visible to another thread
 * by a release, and the sum of its words decides what is printed.
 */
#include "ring.h"

#include <stdio.h>

/* Between two looks of the reader at the clock, and of a writer without batches at `stop`. */
#define FRAMES_PER_LOOK 1024u
#define FRAMES_PER_TURN 64u

typedef struct trial {
    const probe_options *options;
    ring *ring;
    uint64_t frames;   /* that the reader received in the measured time */
    int64_t nanos;     /* that was measured                             */
    uint64_t broken;   /* frames that were not the expected one         */
    alignas(LINE_PAIR) atomic_bool stop;
} trial;

ALWAYS_INLINE void write_frames(trial *run, const uint32_t words, const bool batching) {
    const uint32_t length = HEADER_BYTES + words * 8;
    const uint32_t turn = batching ? run->options->batch : FRAMES_PER_TURN;
    const bool cpus_shared = run->options->cpus_shared;
    ring_writer writer = ring_writer_of(run->ring, run->options->capacity, run->options->prefetch);
    uint64_t next = 0;
    while (!atomic_load_explicit(&run->stop, memory_order_relaxed)) {
        uint32_t sent = 0;
        while (sent < turn) {
            unsigned char *const frame = ring_claim(&writer, length);
            if (frame == NULL) {
                break;
            }
            ring_fill(frame, words, next, (uint32_t) next);
            next++;
            if (batching) {
                ring_hold(&writer, length);
            } else {
                ring_commit(&writer, length);
            }
            sent++;
        }
        if (batching) {
            ring_publish_held(&writer);
        }
        if (sent < turn) {
            pause_briefly(cpus_shared);
        }
    }
}

ALWAYS_INLINE void read_frames(trial *run, const uint32_t words) {
    const uint32_t frame_length = HEADER_BYTES + words * 8;
    const bool cpus_shared = run->options->cpus_shared;
    ring_reader reader = ring_reader_of(run->ring, run->options->capacity);
    const int64_t from = now() + nanos(run->options->warmup);
    const int64_t measured = nanos(run->options->seconds);
    int64_t started = 0;
    uint64_t first_measured = 0;
    uint64_t next = 0;
    uint64_t broken = 0;
    for (;;) {
        int32_t length;
        const unsigned char *const frame = ring_next(&reader, &length);
        if (frame == NULL) {
            pause_briefly(cpus_shared);
            continue;
        }
        broken += !ring_intact(frame, length, words) || ring_first(frame) != next;
        ring_advance(&reader, frame_length);
        next++;
        if (next % FRAMES_PER_LOOK == 0) {
            const int64_t time = now();
            if (started == 0 && time >= from) {
                started = time;
                first_measured = next;
            } else if (started != 0 && time - started >= measured) {
                run->nanos = time - started;
                break;
            }
        }
    }
    run->frames = next - first_measured;
    run->broken = broken;
    atomic_store_explicit(&run->stop, true, memory_order_relaxed);
}

static void write_all(void *argument) {
    trial *const run = argument;
    const uint32_t words = run->options->payload / 8;
#define WRITE_ONE_BY_ONE(n) write_frames(run, n, false)
#define WRITE_BATCHES(n) write_frames(run, n, true)
    if (run->options->batch > 1) {
        WITH_USUAL_WORDS(words, WRITE_BATCHES)
    } else {
        WITH_USUAL_WORDS(words, WRITE_ONE_BY_ONE)
    }
}

static void read_all(void *argument) {
    trial *const run = argument;
#define READ(n) read_frames(run, n)
    WITH_USUAL_WORDS(run->options->payload / 8, READ)
}

int throughput(const probe_options *options) {
    trial run = {.options = options, .ring = ring_create(options->capacity)};
    run_pair(options, write_all, read_all, &run);
    const double per_second = (double) run.frames * (double) NANOS_PER_SECOND / (double) run.nanos;
    json_begin(options);
    printf(",\"batch\":%u,\"prefetch\":%u,\"payload\":%u,\"capacity\":%u,\"seconds\":%.6f,\"perSecond\":%.0f,\"bytesPerSecond\":%.0f,\"checksumOk\":%s",
            options->batch, options->prefetch, options->payload, options->capacity, (double) run.nanos / (double) NANOS_PER_SECOND, per_second,
            per_second * (HEADER_BYTES + options->payload), run.broken == 0 ? "true" : "false");
    return run.broken == 0 ? 0 : 1;
}
