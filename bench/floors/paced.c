/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * paced.c - mode paced: frames at a fixed rate, each timed from when it should have been sent to when it was read.
 *
 *   writer, at start + n / rate ──► ring ──► reader, on the clock
 *
 * Nothing is skipped: a writer that is late sends at once, so a stall counts for every frame that it delayed.
 *
 * Both threads note when the machine stood still under them: two reads of the clock with nothing between them (at the
 * reader: nothing but a poll that found nothing) lie more than GAP_NANOS apart. Each such gap has a shadow, as long again, in
 * which what came due meanwhile is worked off. A frame is quiet if no gap and no shadow of either thread overlaps its way. What
 * stalls while a frame is written or read is not noted, and so counts against the quiet ones. As GapLog and PacedTrial in Java.
 */
#include "gap_log.h"
#include "ring.h"

#include <math.h>
#include <stdio.h>

/* ---- the two threads ------------------------------------------------------------------------------------------- */

typedef struct trial {
    const probe_options *options;
    ring *ring;
    uint64_t warmup;    /* frames that are not measured                */
    uint64_t measured;  /* frames after them                           */
    int64_t *latencies; /* of these                                    */
    alignas(LINE_PAIR) int64_t start; /* by the writer: when the first frame is due */
    gap_log writer_gaps;
    alignas(LINE_PAIR) uint64_t broken; /* by the reader: frames that were not the expected one */
    gap_log reader_gaps;
} trial;

/* When a frame is due, in nanoseconds from the start. */
ALWAYS_INLINE int64_t due(uint64_t frame, uint64_t rate) {
    return (int64_t) (frame / rate * NANOS_PER_SECOND + frame % rate * NANOS_PER_SECOND / rate);
}

static void write_frames(void *argument) {
    trial *const run = argument;
    const uint32_t words = run->options->payload / 8;
    const bool cpus_shared = run->options->cpus_shared;
    const uint64_t rate = run->options->rate;
    const uint64_t total = run->warmup + run->measured;
    ring_writer writer = ring_writer_of(run->ring, run->options->capacity, 0);
    gap_log gaps = run->writer_gaps;
    const int64_t start = now() + NANOS_PER_SECOND / 1000;
    for (uint64_t n = 0; n < total; n++) {
        const int64_t intended = start + due(n, rate);
        int64_t before = now();
        while (before < intended) {
            if (cpus_shared) {
                sched_yield();
            }
            const int64_t after = now();
            note(&gaps, before, after);
            before = after;
        }
        unsigned char *frame;
        while ((frame = ring_claim(&writer, HEADER_BYTES + words * 8)) == NULL) {
            pause_briefly(cpus_shared);
        }
        ring_fill(frame, words, (uint64_t) intended, (uint32_t) n);
        ring_commit(&writer, HEADER_BYTES + words * 8);
    }
    run->start = start;
    run->writer_gaps = gaps;
}

static void read_frames(void *argument) {
    trial *const run = argument;
    const uint32_t words = run->options->payload / 8;
    const bool cpus_shared = run->options->cpus_shared;
    const uint64_t warmup = run->warmup;
    const uint64_t total = warmup + run->measured;
    ring_reader reader = ring_reader_of(run->ring, run->options->capacity);
    gap_log gaps = run->reader_gaps;
    uint64_t broken = 0;
    int64_t before = now();
    for (uint64_t n = 0; n < total; n++) {
        const unsigned char *frame;
        int32_t length;
        while ((frame = ring_next(&reader, &length)) == NULL) {
            if (cpus_shared) {
                sched_yield();
            }
            const int64_t after = now();
            note(&gaps, before, after);
            before = after;
        }
        broken += !ring_intact(frame, length, words) || ring_sequence(frame) != (uint32_t) n;
        const int64_t latency = (before = now()) - (int64_t) ring_first(frame);
        ring_advance(&reader, HEADER_BYTES + words * 8);
        if (n >= warmup) {
            run->latencies[n - warmup] = latency;
        }
    }
    run->broken = broken;
    run->reader_gaps = gaps;
}

/* ---- evaluation ------------------------------------------------------------------------------------------------ */

/* Copies the latencies of quiet frames; how many these are. */
static size_t select_quiet(const trial *run, int64_t *quiet) {
    size_t count = 0;
    size_t next_of_writer = 0;
    size_t next_of_reader = 0;
    for (uint64_t n = 0; n < run->measured; n++) {
        const int64_t intended = run->start + due(run->warmup + n, run->options->rate);
        const int64_t received = intended + run->latencies[n];
        const bool stalled_writer = overlaps(&run->writer_gaps, &next_of_writer, intended, received);
        const bool stalled_reader = overlaps(&run->reader_gaps, &next_of_reader, intended, received);
        if (!stalled_writer && !stalled_reader) {
            quiet[count++] = run->latencies[n];
        }
    }
    return count;
}

int paced(const probe_options *options) {
    trial run = {
        .options = options,
        .ring = ring_create(options->capacity),
        .warmup = (uint64_t) ceil(options->warmup * (double) options->rate),
        .measured = (uint64_t) ceil(options->seconds * (double) options->rate),
        .writer_gaps = gap_log_for(options),
        .reader_gaps = gap_log_for(options),
    };
    run.latencies = map_populated(run.measured * sizeof(int64_t));
    int64_t *const quiet = map_populated(run.measured * sizeof(int64_t));
    run_pair(options, write_frames, read_frames, &run);
    const int64_t measured_from = run.start + due(run.warmup, options->rate);
    const size_t quiet_count = select_quiet(&run, quiet);
    sort_samples(run.latencies, run.measured);
    sort_samples(quiet, quiet_count);
    if (options->hgrm != NULL) {
        write_hgrm(options->hgrm, run.latencies, run.measured);
    }
    json_begin(options);
    printf(",\"payload\":%u,\"rate\":%llu,\"sent\":%llu", options->payload, (unsigned long long) options->rate,
            (unsigned long long) run.measured);
    json_distribution("all", run.latencies, run.measured);
    json_distribution("quiet", quiet, quiet_count);
    printf(",\"quietFraction\":%.6f,\"gapsWriter\":%zu,\"gapsReader\":%zu,\"checksumOk\":%s",
            (double) quiet_count / (double) run.measured, gaps_since(&run.writer_gaps, measured_from),
            gaps_since(&run.reader_gaps, measured_from), run.broken == 0 ? "true" : "false");
    return run.broken == 0 ? 0 : 1;
}
