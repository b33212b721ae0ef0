/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * guarded.h - memory between two inaccessible pages: one byte read or written outside is a SIGSEGV, in which a debugger
 * shows the culprit.
 *
 *     PROT_NONE │ pages of `capacity` bytes, rounded up │ PROT_NONE
 *               ▲ guarded_first                         ▲ guarded_last(n) + n
 */
#ifndef KAELIX_GUARDED_H
#define KAELIX_GUARDED_H

#include "check.h"

#include <sys/mman.h>
#include <unistd.h>

typedef struct guarded {
    uint8_t *first;
    size_t bytes; /* between the guards */
} guarded;

static inline guarded guarded_map(size_t capacity) {
    const size_t page = (size_t) sysconf(_SC_PAGESIZE);
    const size_t bytes = (capacity + page - 1) / page * page;
    uint8_t *mapped = mmap(NULL, bytes + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(mapped != MAP_FAILED);
    REQUIRE(mprotect(mapped + page, bytes, PROT_READ | PROT_WRITE) == 0);
    return (guarded){mapped + page, bytes};
}

/* Where `bytes` end flush with the second guard. */
static inline uint8_t *guarded_last(const guarded *memory, size_t bytes) {
    return memory->first + memory->bytes - bytes;
}

static inline void guarded_unmap(const guarded *memory) {
    const size_t page = (size_t) sysconf(_SC_PAGESIZE);
    REQUIRE(munmap(memory->first - page, memory->bytes + 2 * page) == 0);
}

#endif /* KAELIX_GUARDED_H */
