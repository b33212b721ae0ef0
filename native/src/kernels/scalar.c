/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * scalar.c - the oracle: every other kernel is tested against these, so each is the shortest loop that says what is
 * meant. They also serve CPUs that have nothing better.
 */
#include "kernels.h"
#include "filter.h"

static void newlines(const uint8_t *data, int64_t length, uint32_t *positions, int64_t capacity, int64_t *result) {
    int64_t written = 0;
    int64_t at = 0;
    while (at < length && written < capacity) {
        if (data[at] == '\n') {
            positions[written++] = (uint32_t) at;
        }
        at++;
    }
    result[0] = written;
    result[1] = at;
}

/* Without a branch on the data: at half of the values matching, a CPU mispredicts every second one. */
static int64_t filter_int64(const int64_t *values, int64_t length, uint64_t first, uint64_t span, uint32_t *indices) {
    return filter_each(values, 0, length, first, span, indices, 0);
}

const kaelix_kernels kaelix_kernels_scalar = {
    .name = "scalar",
    .isa = KAELIX_ISA_SCALAR,
    .needs = 0,
    .newlines = newlines,
    .filter_int64 = filter_int64,
};
