/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * pages.c - populating pages by calls that can fail, and reading back what the kernel made of them.
 */
#include "internal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Kernel interfaces newer than the oldest headers this compiles with. */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

/*
 * Populating holds the address space's lock for reading, and so delays whoever maps or unmaps in this process (a JVM
 * does so all the time). Pieces of this size, some 10 ms of work, let others in between.
 */
#define POPULATE_PIECE ((uint64_t) 64 << 20)

uint64_t kaelix_base_page(void) {
    return (uint64_t) sysconf(_SC_PAGESIZE);
}

/*
 * The way of kernels before 5.14, and of sandboxes that refuse the advice. A write to private anonymous memory is never
 * answered by SIGBUS: no file can be truncated under it, and no reservation can be missing; when the memory of the
 * machine is used up, the OOM killer decides, as it does for every other page that any program touches. hugetlb pages
 * lack exactly this property, which is why they never come here.
 */
static void touch(uint64_t address, uint64_t bytes) {
    const uint64_t step = kaelix_base_page();
    for (uint64_t at = address; at < address + bytes; at += step) {
        *(volatile uint8_t *) kaelix_pointer(at) = 0;
    }
}

kaelix_ladder_step kaelix_populate(uint64_t address, uint64_t bytes, bool hugetlb) {
    const kaelix_ladder_step done = {KAELIX_WHY_NONE, 0, 0};
    uint64_t piece;
    for (uint64_t offset = 0; offset < bytes; offset += piece) {
        piece = bytes - offset < POPULATE_PIECE ? bytes - offset : POPULATE_PIECE;
        if (madvise(kaelix_pointer(address + offset), piece, MADV_POPULATE_WRITE) == 0) {
            continue;
        }
        const int error = errno;
        const bool unknown = error == EINVAL || error == ENOSYS;
        if (!unknown && !kaelix_is_refusal(error)) {
            // ENOMEM; EFAULT, where a touch would have raised SIGBUS (an empty hugetlb pool, a cgroup's hugetlb limit);
            // EHWPOISON.
            return (kaelix_ladder_step){KAELIX_WHY_POPULATE, error, 0};
        }
        if (hugetlb) {
            return (kaelix_ladder_step){unknown ? KAELIX_WHY_UNSUPPORTED : KAELIX_WHY_DENIED, error, 0};
        }
        touch(address + offset, bytes - offset);
        return done;
    }
    return done;
}

/* ---- are they huge? ----------------------------------------------------------------------------------------- */

/*
 * Two sources. PAGEMAP_SCAN (Linux 6.7) walks the page tables of the range alone, and stops at the first page that is
 * not huge. smaps, where that is missing, walks those of the whole process up to the range: a JVM with a large heap of
 * small pages spends many milliseconds there, and it accounts by mapping, not by range.
 */

#define SCAN_PAGE_IS_HUGE ((uint64_t) 1 << 6)

typedef struct scan_found {
    uint64_t start;      /* first byte of a run of pages that matched  */
    uint64_t end;        /* first byte after it                        */
    uint64_t categories; /* what they are, of those in return_mask     */
} scan_found;

/* struct pm_scan_arg of the kernel, which older headers do not declare. */
typedef struct scan_request {
    uint64_t size;                /* of this struct                                      */
    uint64_t flags;               /* 0: look, do not write-protect                       */
    uint64_t start;               /* range to walk                                       */
    uint64_t end;
    uint64_t walk_end;            /* out: where the walk ended                           */
    uint64_t found;               /* address of an array of scan_found                   */
    uint64_t found_capacity;
    uint64_t max_pages;           /* stop after that many matches                        */
    uint64_t category_inverted;   /* categories whose absence is wanted                  */
    uint64_t category_mask;       /* categories that all have to match, after inversion  */
    uint64_t category_anyof_mask; /* categories of which one has to match                */
    uint64_t return_mask;         /* categories to report                                */
} scan_request;

#define SCAN_IOCTL _IOWR('f', 16, scan_request)

/* 1: all huge, 0: some page is not, -1: this kernel or sandbox does not tell. */
static int scan_pagemap(uint64_t address, uint64_t bytes) {
    int file;
    do {
        file = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    } while (file < 0 && errno == EINTR);
    if (file < 0) {
        return -1;
    }
    scan_found not_huge;
    scan_request request = {
        .size = sizeof(request),
        .start = address,
        .end = address + bytes,
        .found = kaelix_address(&not_huge),
        .found_capacity = 1,
        .max_pages = 1,
        .category_inverted = SCAN_PAGE_IS_HUGE,
        .category_mask = SCAN_PAGE_IS_HUGE,
        .return_mask = SCAN_PAGE_IS_HUGE,
    };
    const int found = ioctl(file, SCAN_IOCTL, &request);
    close(file);
    return found < 0 ? -1 : found == 0;
}

/* Parses the "start-end" that opens a mapping in smaps; its other lines begin with a capital letter. */
static bool parse_mapping(const char *line, uint64_t *start, uint64_t *end) {
    if (!((*line >= '0' && *line <= '9') || (*line >= 'a' && *line <= 'f'))) {
        return false;
    }
    char *next;
    *start = strtoull(line, &next, 16);
    if (*next != '-') {
        return false;
    }
    *end = strtoull(next + 1, &next, 16);
    return *next == ' ';
}

static bool scan_smaps(uint64_t address, uint64_t bytes, int32_t *system_error) {
    kaelix_lines lines;
    if (!kaelix_lines_open(&lines, "/proc/self/smaps")) {
        *system_error = errno;
        return false;
    }
    uint64_t huge = 0;
    bool inside = false;
    const char *line;
    while ((line = kaelix_lines_next(&lines)) != NULL) {
        uint64_t start;
        uint64_t end;
        if (parse_mapping(line, &start, &end)) {
            if (start >= address + bytes) {
                break;
            }
            inside = start >= address && end <= address + bytes;
        } else if (inside) {
            huge += kaelix_kilobytes(line, "AnonHugePages");
        }
    }
    kaelix_lines_close(&lines);
    return huge == bytes;
}

bool kaelix_all_huge(uint64_t address, uint64_t bytes, int32_t *system_error) {
    *system_error = 0;
    const int scanned = scan_pagemap(address, bytes);
    return scanned >= 0 ? scanned == 1 : scan_smaps(address, bytes, system_error);
}
