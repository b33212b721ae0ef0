/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * options.c - the command line.
 */
#include "floors.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE_STATUS 2

/* A ring's longest frame is a quarter of it, and has a header of 16 bytes. */
#define LARGEST_RING (UINT64_C(1) << 30)
#define SMALLEST_RING 256
#define HEADER 16

/* Each message of a paced load takes 16 bytes of memory, each task 40. */
#define MOST_PACED 200e6

static _Noreturn __attribute__((format(printf, 1, 2))) void refuse(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("kaelix-floors: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(USAGE_STATUS);
}

static uint64_t parse_count(const char *name, const char *text, uint64_t least, uint64_t most) {
    char *end;
    errno = 0;
    const unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || *text == '-' || value < least || value > most) {
        refuse("%s %s: give a whole number from %llu to %llu", name, text, (unsigned long long) least, (unsigned long long) most);
    }
    return value;
}

static double parse_seconds(const char *name, const char *text, double least) {
    char *end;
    const double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= least && value <= 3600)) {
        refuse("%s %s: give seconds from %g to 3600", name, text, least);
    }
    return value;
}

static cpu_set_t allowed_cpus(void) {
    cpu_set_t mask;
    if (sched_getaffinity(0, sizeof(mask), &mask) != 0) {
        die("sched_getaffinity", errno);
    }
    return mask;
}

/* The first two CPUs that this process may run on, or its only one twice. */
static void choose_cpus(int cpus[2]) {
    const cpu_set_t mask = allowed_cpus();
    int found = 0;
    for (size_t cpu = 0; cpu < CPU_SETSIZE && found < 2; cpu++) {
        if (CPU_ISSET(cpu, &mask)) {
            cpus[found++] = (int) cpu;
        }
    }
    if (found == 1) {
        cpus[1] = cpus[0];
    }
}

static void parse_cpus(const char *text, int cpus[2]) {
    const cpu_set_t mask = allowed_cpus();
    int end = 0;
    if (sscanf(text, "%d,%d%n", &cpus[0], &cpus[1], &end) != 2 || text[end] != '\0') {
        refuse("--cpus %s: give two numbers, as in 0,1", text);
    }
    for (int i = 0; i < 2; i++) {
        if (cpus[i] < 0 || cpus[i] >= CPU_SETSIZE || !CPU_ISSET((size_t) cpus[i], &mask)) {
            refuse("--cpus %s: this process may not run on CPU %d; see: taskset -cp $$", text, cpus[i]);
        }
    }
}

static void check(const probe_options *options) {
    if (options->payload % 8 != 0) {
        refuse("--payload %u: give a multiple of 8", options->payload);
    }
    if ((options->capacity & (options->capacity - 1)) != 0) {
        refuse("--capacity %u: give a power of two", options->capacity);
    }
    if (options->payload + HEADER > options->capacity / 4) {
        refuse("--payload %u: a frame with its header of %d bytes is at most a quarter of --capacity %u", options->payload, HEADER,
                options->capacity);
    }
    const bool is_paced = strcmp(options->mode, "paced") == 0 || strcmp(options->mode, "tasks") == 0;
    if (is_paced && (options->warmup + options->seconds) * (double) options->rate > MOST_PACED) {
        refuse("--rate %llu: that is more than %.0f messages in the time given; lower --rate or --seconds",
                (unsigned long long) options->rate, MOST_PACED);
    }
}

probe_options options_parse(int count, char **arguments) {
    if (count < 2) {
        refuse("give a mode: handoff, ring, ping-pong, paced, tasks, gaps, memcpy, tcp-ping-pong, tcp-bulk, tcp-stream or tcp-connect");
    }
    probe_options options = {
        .mode = arguments[1],
        .payload = 64,
        .batch = 1,
        .pauses = 1,
        .capacity = 1 << 20,
        .rate = 1000000,
        .connections = 1000,
        .seconds = 1.0,
        .warmup = 0.3,
    };
    choose_cpus(options.cpus);
    for (int i = 2; i < count; i += 2) {
        const char *const name = arguments[i];
        const char *const value = arguments[i + 1]; // at worst the NULL behind the last one
        if (value == NULL) {
            refuse("%s: its value is missing", name);
        } else if (strcmp(name, "--payload") == 0) {
            options.payload = (uint32_t) parse_count(name, value, 8, LARGEST_RING / 4 - HEADER);
        } else if (strcmp(name, "--batch") == 0) {
            options.batch = (uint32_t) parse_count(name, value, 1, 1000000);
        } else if (strcmp(name, "--prefetch") == 0) {
            options.prefetch = (uint32_t) parse_count(name, value, 0, 65536);
        } else if (strcmp(name, "--pauses") == 0) {
            options.pauses = (uint32_t) parse_count(name, value, 0, 1000);
        } else if (strcmp(name, "--capacity") == 0) {
            options.capacity = (uint32_t) parse_count(name, value, SMALLEST_RING, LARGEST_RING);
        } else if (strcmp(name, "--rate") == 0) {
            options.rate = parse_count(name, value, 1, 100000000);
        } else if (strcmp(name, "--connections") == 0) {
            options.connections = (uint32_t) parse_count(name, value, 1, 5000);
        } else if (strcmp(name, "--seconds") == 0) {
            options.seconds = parse_seconds(name, value, 0.001);
        } else if (strcmp(name, "--warmup") == 0) {
            options.warmup = parse_seconds(name, value, 0);
        } else if (strcmp(name, "--cpus") == 0) {
            parse_cpus(value, options.cpus);
        } else if (strcmp(name, "--hgrm") == 0) {
            options.hgrm = value;
        } else {
            refuse("unknown option %s: there are --payload --batch --prefetch --pauses --capacity --rate --connections --seconds --warmup "
                   "--cpus --hgrm", name);
        }
    }
    check(&options);
    options.cpus_shared = options.cpus[0] == options.cpus[1];
    return options;
}
