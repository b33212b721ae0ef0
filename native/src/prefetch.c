/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * prefetch.c - cache lines ahead of a writer.
 */
#include "internal.h"

#include <stddef.h>

#define LINE_BYTES 64

int32_t kaelix_prefetch_write(const void *address, int64_t bytes) {
    if (bytes < 0 || bytes > KAELIX_PREFETCH_MAX_BYTES) {
        return KAELIX_E_INVALID;
    }
    const char *const first = address;
    for (ptrdiff_t offset = 0; offset < bytes; offset += LINE_BYTES) {
        __builtin_prefetch(first + offset, 1, 3);
    }
    return KAELIX_OK;
}
