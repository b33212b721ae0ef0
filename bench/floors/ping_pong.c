/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * ping_pong.c - mode ping-pong: one frame at a time, written, read, written and read again; half of the way round counts.
 *
 *   ping ──► ring ──► pong
 *        ◄── ring ◄──
 */
#include "ring.h"

#include <stdio.h>

/* A run has so many samples, however slow the machine. */
#define FEWEST_SAMPLES 16

/* So many samples end a run early: 128 MiB, more than a minute's worth between CPUs that are a microsecond apart. */
#define MOST_SAMPLES ((size_t) 16 << 20)

typedef struct trial {
    const probe_options *options;
    ring *there;
    ring *back;
    int64_t *samples;
    size_t count;     /* of samples                                    */
    uint64_t broken;  /* frames that were not the expected one, at ping */
    uint64_t mangled; /* at pong                                       */
    alignas(LINE_PAIR) atomic_bool stop;
} trial;

ALWAYS_INLINE void send_frame(ring_writer *writer, uint32_t words, uint64_t first, bool cpus_shared) {
    unsigned char *frame;
    while ((frame = ring_claim(writer, HEADER_BYTES + words * 8)) == NULL) {
        pause_briefly(cpus_shared);
    }
    ring_fill(frame, words, first, (uint32_t) first);
    ring_commit(writer, HEADER_BYTES + words * 8);
}

/* Waits for a frame; whether it is the expected one. The time between two looks decides how they fall on the line's way (--pauses). */
ALWAYS_INLINE bool receive_frame(ring_reader *reader, uint32_t words, uint64_t first, const probe_options *options) {
    const unsigned char *frame;
    int32_t length;
    while ((frame = ring_next(reader, &length)) == NULL) {
        for (uint32_t i = 0; i < options->pauses; i++) {
            pause_briefly(options->cpus_shared);
        }
    }
    const bool intact = ring_intact(frame, length, words) && ring_first(frame) == first;
    ring_advance(reader, HEADER_BYTES + words * 8);
    return intact;
}

ALWAYS_INLINE void ping(trial *run, const uint32_t words) {
    const bool cpus_shared = run->options->cpus_shared;
    ring_writer writer = ring_writer_of(run->there, run->options->capacity, 0);
    ring_reader reader = ring_reader_of(run->back, run->options->capacity);
    int64_t *const samples = run->samples;
    const int64_t from = now() + nanos(run->options->warmup);
    const int64_t until = from + nanos(run->options->seconds);
    size_t count = 0;
    uint64_t broken = 0;
    for (uint64_t next = 0;; next++) {
        const int64_t sent = now();
        if ((sent >= until && count >= FEWEST_SAMPLES) || count == MOST_SAMPLES) {
            // SYNC: pairs with the load in pong, which looks after each frame: this one is the last.
            atomic_store_explicit(&run->stop, true, memory_order_relaxed);
            send_frame(&writer, words, next, cpus_shared);
            break;
        }
        send_frame(&writer, words, next, cpus_shared);
        broken += !receive_frame(&reader, words, next, run->options);
        const int64_t received = now();
        if (sent >= from) {
            samples[count++] = (received - sent) / 2;
        }
    }
    run->count = count;
    run->broken = broken;
}

ALWAYS_INLINE void pong(trial *run, const uint32_t words) {
    const bool cpus_shared = run->options->cpus_shared;
    ring_reader reader = ring_reader_of(run->there, run->options->capacity);
    ring_writer writer = ring_writer_of(run->back, run->options->capacity, 0);
    uint64_t mangled = 0;
    for (uint64_t next = 0;; next++) {
        mangled += !receive_frame(&reader, words, next, run->options);
        // SYNC: stored before the last frame was released, so this sees it when it has that frame.
        if (atomic_load_explicit(&run->stop, memory_order_relaxed)) {
            break;
        }
        send_frame(&writer, words, next, cpus_shared);
    }
    run->mangled = mangled;
}

static void ping_all(void *argument) {
    trial *const run = argument;
#define PING(n) ping(run, n)
    WITH_USUAL_WORDS(run->options->payload / 8, PING)
}

static void pong_all(void *argument) {
    trial *const run = argument;
#define PONG(n) pong(run, n)
    WITH_USUAL_WORDS(run->options->payload / 8, PONG)
}

int ping_pong(const probe_options *options) {
    trial run = {
        .options = options,
        .there = ring_create(options->capacity),
        .back = ring_create(options->capacity),
        .samples = map_populated(MOST_SAMPLES * sizeof(int64_t)),
    };
    run_pair(options, ping_all, pong_all, &run);
    const bool intact = run.broken == 0 && run.mangled == 0;
    sort_samples(run.samples, run.count);
    if (options->hgrm != NULL) {
        write_hgrm(options->hgrm, run.samples, run.count);
    }
    json_begin(options);
    printf(",\"payload\":%u,\"samples\":%zu,", options->payload, run.count);
    json_percentiles(run.samples, run.count);
    printf(",\"checksumOk\":%s", intact ? "true" : "false");
    return intact ? 0 : 1;
}
