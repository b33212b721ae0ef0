/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * prefetch_test.c - a hint: harmless wherever it points, and refused only where it is far too long.
 */
#include "kaelix.h"
#include "check.h"

#include <stdint.h>
#include <string.h>

int main(void) {
    unsigned char memory[KAELIX_PREFETCH_MAX_BYTES];
    memset(memory, 7, sizeof memory);
    CHECK(kaelix_prefetch_write(memory, 0) == KAELIX_OK);
    CHECK(kaelix_prefetch_write(memory, 1) == KAELIX_OK);
    CHECK(kaelix_prefetch_write(memory, (int64_t) sizeof memory) == KAELIX_OK);
    for (size_t i = 0; i < sizeof memory; i++) {
        CHECK(memory[i] == 7);
    }
    CHECK(kaelix_prefetch_write(NULL, 64) == KAELIX_OK);
    CHECK(kaelix_prefetch_write((const void *) 64, KAELIX_PREFETCH_MAX_BYTES) == KAELIX_OK);
    CHECK(kaelix_prefetch_write(memory, -1) == KAELIX_E_INVALID);
    CHECK(kaelix_prefetch_write(memory, KAELIX_PREFETCH_MAX_BYTES + 1) == KAELIX_E_INVALID);
    CHECK(kaelix_prefetch_write(memory, INT64_MAX) == KAELIX_E_INVALID);
    return check_failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
