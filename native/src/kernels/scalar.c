/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * scalar.c - the oracle: every other kernel is tested against these, so each is the shortest loop that says what is
 * meant. They also serve CPUs that have nothing better.
 */
#include "kernels.h"

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

const kaelix_kernels kaelix_kernels_scalar = {
    .name = "scalar",
    .isa = KAELIX_ISA_SCALAR,
    .needs = 0,
    .newlines = newlines,
};
