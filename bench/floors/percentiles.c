/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * percentiles.c - distributions of exact values, without buckets. A percentile is the smallest value that this part of all
 * values does not exceed.
 */
#include "floors.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- sorting --------------------------------------------------------------------------------------------------- */

#define DIGIT_BITS 16
#define DIGITS (1 << DIGIT_BITS)

static size_t digit(int64_t sample, int shift) {
    return (size_t) ((uint64_t) sample >> shift) & (DIGITS - 1);
}

/* Radix sort: a run makes millions of samples, nearly all of which differ in their low digit only. Samples are >= 0. */
void sort_samples(int64_t *samples, size_t count) {
    int64_t *const other = malloc(count * sizeof(*other) + 1);
    size_t *const ends = malloc(DIGITS * sizeof(*ends));
    if (other == NULL || ends == NULL) {
        die("sorting samples", ENOMEM);
    }
    int64_t *from = samples;
    int64_t *to = other;
    for (int shift = 0; shift < 64; shift += DIGIT_BITS) {
        memset(ends, 0, DIGITS * sizeof(*ends));
        for (size_t i = 0; i < count; i++) {
            ends[digit(from[i], shift)]++;
        }
        if (count == 0 || ends[digit(from[0], shift)] == count) {
            continue; // all have the same digit here
        }
        for (size_t i = 1; i < DIGITS; i++) {
            ends[i] += ends[i - 1];
        }
        for (size_t i = count; i-- > 0;) {
            to[--ends[digit(from[i], shift)]] = from[i];
        }
        int64_t *const sorted = to;
        to = from;
        from = sorted;
    }
    if (from != samples) {
        memcpy(samples, from, count * sizeof(*samples));
    }
    free(other);
    free(ends);
}

/* ---- percentiles ----------------------------------------------------------------------------------------------- */

/* What a rank may be too large by, because 99.9 is no binary fraction: 999 of 1000 values would become 999.0000000000001. */
#define RANK_ERROR 1e-6

static size_t index_at(double percentile, size_t count) {
    const double rank = ceil(percentile / 100 * (double) count - RANK_ERROR);
    const size_t index = rank < 1 ? 0 : (size_t) rank - 1;
    return index < count ? index : count - 1;
}

int64_t percentile_of(const int64_t *sorted, size_t count, double percentile) {
    return sorted[index_at(percentile, count)];
}

void json_percentiles(const int64_t *sorted, size_t count) {
    static const struct {
        const char *name;
        double percentile;
    } wanted[] = {{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p999", 99.9}, {"p9999", 99.99}, {"max", 100}};
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        printf("%s\"%s\":%lld", i == 0 ? "" : ",", wanted[i].name, (long long) percentile_of(sorted, count, wanted[i].percentile));
    }
}

/* ---- the text of HdrHistogram ---------------------------------------------------------------------------------- */

/* Lines while the distance to 100% halves. */
#define TICKS_PER_HALVING 5

#define NANOS_PER_MICRO 1e3

/* How many samples are at most as large as the one at `index`. */
static size_t count_up_to(const int64_t *sorted, size_t count, size_t index) {
    size_t low = index; // is not larger
    size_t high = count;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (sorted[middle] > sorted[index]) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return high;
}

void json_distribution(const char *name, const int64_t *sorted, size_t count) {
    if (count == 0) {
        printf(",\"%s\":null", name);
    } else {
        printf(",\"%s\":{", name);
        json_percentiles(sorted, count);
        printf("}");
    }
}

void write_hgrm(const char *path, const int64_t *sorted, size_t count) {
    FILE *const file = fopen(path, "w");
    if (file == NULL) {
        die(path, errno);
    }
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (double) sorted[i];
    }
    const double mean = sum / (double) count;
    double squares = 0;
    for (size_t i = 0; i < count; i++) {
        squares += ((double) sorted[i] - mean) * ((double) sorted[i] - mean);
    }
    fprintf(file, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
    double percentile = 0;
    size_t up_to;
    do {
        const size_t index = index_at(percentile, count);
        up_to = count_up_to(sorted, count, index);
        fprintf(file, "%12.3f %2.12f %10zu %14.2f\n", (double) sorted[index] / NANOS_PER_MICRO, percentile / 100, up_to,
                100 / (100 - percentile));
        percentile += 100 / (TICKS_PER_HALVING * exp2(floor(log2(100 / (100 - percentile))) + 1));
    } while (up_to < count);
    fprintf(file, "%12.3f %2.12f %10zu\n", (double) sorted[count - 1] / NANOS_PER_MICRO, 1.0, count);
    fprintf(file, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", mean / NANOS_PER_MICRO,
            sqrt(squares / (double) count) / NANOS_PER_MICRO);
    fprintf(file, "#[Max     = %12.3f, Total count    = %12zu]\n", (double) sorted[count - 1] / NANOS_PER_MICRO, count);
    if (fclose(file) != 0) {
        die(path, errno);
    }
}
