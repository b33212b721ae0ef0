/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * gaps.c - mode gaps: how often and how long each CPU stands still (the host took it away, an interrupt, another process).
 * What a thread on it measures can't be better than that. Beside it, what one reading of the clock takes.
 */
#include "floors.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct spinner {
    int64_t count;
    int64_t nanos;   /* in gaps       */
    int64_t largest; /* of them       */
    int64_t total;   /* that was seen */
    int64_t reads;   /* of the clock  */
} spinner;

typedef struct trial {
    const probe_options *options;
    spinner spinners[2];
} trial;

static spinner spin(const probe_options *options) {
    spinner seen = {0};
    const int64_t start = now();
    const int64_t until = start + nanos(options->seconds);
    int64_t before = start;
    while (before < until) {
        const int64_t after = now();
        const int64_t passed = after - before;
        seen.reads++;
        if (passed > GAP_NANOS) {
            seen.count++;
            seen.nanos += passed;
            seen.largest = passed > seen.largest ? passed : seen.largest;
        }
        before = after;
    }
    seen.total = before - start;
    return seen;
}

static void spin_first(void *argument) {
    trial *const run = argument;
    run->spinners[0] = spin(run->options);
}

static void spin_second(void *argument) {
    trial *const run = argument;
    if (!run->options->cpus_shared) { // or each would see the other as a gap
        run->spinners[1] = spin(run->options);
    }
}

typedef struct cpu_times {
    uint64_t total;
    uint64_t steal;
} cpu_times;

#define TIME " %" SCNu64

/* Adds up the two CPUs in /proc/stat. False if it can't be read: then steal time is not known. */
static bool read_times(const int cpus[2], cpu_times *times) {
    FILE *const file = fopen("/proc/stat", "r");
    if (file == NULL) {
        return false;
    }
    *times = (cpu_times){0};
    bool found = false;
    char line[512];
    while (fgets(line, sizeof(line), file) != NULL) {
        int cpu;
        uint64_t part[8]; // user, nice, system, idle, iowait, irq, softirq, steal
        if (sscanf(line, "cpu%d" TIME TIME TIME TIME TIME TIME TIME TIME, &cpu, &part[0], &part[1], &part[2], &part[3], &part[4], &part[5],
                &part[6], &part[7]) == 9
                && (cpu == cpus[0] || cpu == cpus[1])) {
            for (int i = 0; i < 8; i++) {
                times->total += part[i];
            }
            times->steal += part[7];
            found = true;
        }
    }
    fclose(file);
    return found;
}

int gaps(const probe_options *options) {
    trial run = {.options = options};
    cpu_times before;
    cpu_times after;
    const bool known = read_times(options->cpus, &before);
    run_pair(options, spin_first, spin_second, &run);
    json_begin(options);
    printf(",\"gapNanos\":%d,\"threads\":[", GAP_NANOS);
    for (int i = 0; i < (options->cpus_shared ? 1 : 2); i++) {
        const spinner *const seen = &run.spinners[i];
        printf("%s{\"cpu\":%d,\"count\":%" PRId64 ",\"fraction\":%.6f,\"largestNanos\":%" PRId64 ",\"readNanos\":%.1f}",
                i == 0 ? "" : ",", options->cpus[i], seen->count, (double) seen->nanos / (double) seen->total, seen->largest,
                (double) (seen->total - seen->nanos) / (double) seen->reads);
    }
    printf("],\"stealFraction\":");
    if (known && read_times(options->cpus, &after) && after.total > before.total) {
        printf("%.6f", (double) (after.steal - before.steal) / (double) (after.total - before.total));
    } else {
        printf("null"); // /proc/stat is not there, or counts in steps longer than the run
    }
    return 0;
}
