/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * mappings.h - what the kernel says about the mappings of this process, independently of the library's own reading.
 */
#ifndef KAELIX_MAPPINGS_H
#define KAELIX_MAPPINGS_H

#include "check.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* Bytes of address space that are mapped, inaccessible ones included: what a failure must leave unchanged. */
static inline uint64_t mapped_bytes(void) {
    FILE *maps = fopen("/proc/self/maps", "re");
    REQUIRE(maps != NULL);
    static char line[8192];
    uint64_t sum = 0;
    while (fgets(line, sizeof(line), maps) != NULL) {
        unsigned long start;
        unsigned long end;
        REQUIRE(sscanf(line, "%lx-%lx", &start, &end) == 2);
        sum += end - start;
    }
    fclose(maps);
    return sum;
}

/* The kB figure of a key in the smaps entry that holds an address; UINT64_MAX if there is none. */
static inline uint64_t smaps_kilobytes(uint64_t address, const char *key) {
    FILE *smaps = fopen("/proc/self/smaps", "re");
    REQUIRE(smaps != NULL);
    static char line[8192];
    bool inside = false;
    uint64_t found = UINT64_MAX;
    while (found == UINT64_MAX && fgets(line, sizeof(line), smaps) != NULL) {
        unsigned long start;
        unsigned long end;
        unsigned long value;
        if (sscanf(line, "%lx-%lx ", &start, &end) == 2) {
            inside = address >= start && address < end;
        } else if (inside && strncmp(line, key, strlen(key)) == 0 && line[strlen(key)] == ':'
                   && sscanf(line + strlen(key) + 1, "%lu", &value) == 1) {
            found = value;
        }
    }
    fclose(smaps);
    return found;
}

/* Whether the smaps entry that holds an address has one of the two-letter VmFlags. */
static inline bool smaps_flag(uint64_t address, const char *flag) {
    FILE *smaps = fopen("/proc/self/smaps", "re");
    REQUIRE(smaps != NULL);
    static char line[8192];
    bool inside = false;
    bool found = false;
    while (fgets(line, sizeof(line), smaps) != NULL) {
        unsigned long start;
        unsigned long end;
        if (sscanf(line, "%lx-%lx ", &start, &end) == 2) {
            inside = address >= start && address < end;
        } else if (inside && strncmp(line, "VmFlags:", 8) == 0) {
            for (const char *at = line + 8; *at != '\0' && *at != '\n'; at += 3) {
                found = found || strncmp(at + 1, flag, 2) == 0;
            }
        }
    }
    fclose(smaps);
    return found;
}

/* A number that a file of /proc or /sys consists of, or that follows a key in it; 0 if it is not there. */
static inline uint64_t system_number(const char *path, const char *key) {
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return 0;
    }
    char line[256];
    uint64_t value = 0;
    while (fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, key, strlen(key)) == 0) {
            value = strtoull(line + strlen(key), NULL, 10);
            break;
        }
    }
    fclose(file);
    return value;
}

/* An emulator of user programs may accept every advice and do nothing; nothing about memory can be tested there. */
static inline bool kernel_is_real(void) {
    const int no_such_advice = 12345;
    void *page = mmap(NULL, (size_t) sysconf(_SC_PAGESIZE), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(page != MAP_FAILED);
    const bool real = madvise(page, (size_t) sysconf(_SC_PAGESIZE), no_such_advice) != 0;
    REQUIRE(munmap(page, (size_t) sysconf(_SC_PAGESIZE)) == 0);
    return real;
}

#endif /* KAELIX_MAPPINGS_H */
