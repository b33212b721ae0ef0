/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * gap_log.h - when the machine stood still under a thread: two reads of the clock with nothing between them lie more than
 * GAP_NANOS apart. Each gap has a shadow, as long again, in which what came due meanwhile is worked off. As GapLog in Java.
 *
 * One thread notes; another asks after it ended.
 */
#ifndef KAELIX_FLOORS_GAP_LOG_H
#define KAELIX_FLOORS_GAP_LOG_H

#include "floors.h"

typedef struct gap {
    int64_t from;
    int64_t until; /* end of the shadow; none ends before an earlier one */
} gap;

typedef struct gap_log {
    gap *gaps;
    size_t count;
    size_t capacity;
} gap_log;

/* Twice as many as fit into the time that the run should take. */
ALWAYS_INLINE gap_log gap_log_for(const probe_options *options) {
    const size_t capacity = (size_t) (nanos(options->warmup + options->seconds) / GAP_NANOS) * 2 + 1024;
    return (gap_log){.gaps = map_populated(capacity * sizeof(gap)), .capacity = capacity};
}

ALWAYS_INLINE void note(gap_log *log, int64_t before, int64_t after) {
    if (__builtin_expect(after - before > GAP_NANOS, false)) {
        int64_t until = after + (after - before);
        if (log->count > 0 && until < log->gaps[log->count - 1].until) {
            until = log->gaps[log->count - 1].until;
        }
        if (log->count == log->capacity) {
            log->gaps[log->count - 1].until = until; // as one with the last: fewer frames are quiet, none wrongly so
        } else {
            log->gaps[log->count++] = (gap){before, until};
        }
    }
}

/* Whether a gap or its shadow overlaps this time. Times asked for have to grow; `next` is where the search goes on. */
ALWAYS_INLINE bool overlaps(const gap_log *log, size_t *next, int64_t from, int64_t to) {
    while (*next < log->count && log->gaps[*next].until < from) {
        (*next)++;
    }
    return *next < log->count && log->gaps[*next].from <= to;
}

ALWAYS_INLINE size_t gaps_since(const gap_log *log, int64_t from) {
    size_t next = 0;
    overlaps(log, &next, from, from);
    return log->count - next;
}

#endif
