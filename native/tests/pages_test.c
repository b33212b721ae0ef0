/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 */
#include "check.h"
#include "internal.h"
#include "mappings.h"
#include "sandbox.h"

#include <sys/mman.h>

#define HUGE_BYTES ((size_t) 2 << 20)
#define POPULATE_WRITE 23 /* MADV_POPULATE_WRITE, which older headers lack */

static uint8_t *map(size_t bytes) {
    void *mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(mapped != MAP_FAILED);
    return mapped;
}

static bool all_resident(void *memory, size_t bytes) {
    static unsigned char resident[65536];
    const size_t pages = bytes / kaelix_base_page();
    REQUIRE(pages <= sizeof(resident));
    REQUIRE(mincore(memory, bytes, resident) == 0);
    for (size_t i = 0; i < pages; i++) {
        if ((resident[i] & 1) == 0) {
            return false;
        }
    }
    return true;
}

static void should_populate_every_page(void) {
    const size_t bytes = (size_t) 65 << 20; // more than one piece, and not a multiple of it
    uint8_t *memory = map(bytes);
    const kaelix_ladder_step step = kaelix_populate(kaelix_address(memory), bytes, false);
    CHECK_EQUAL(KAELIX_WHY_NONE, step.why);
    CHECK(all_resident(memory, bytes));
    munmap(memory, bytes);
}

static void should_report_what_cannot_be_populated(void) {
    const size_t page = kaelix_base_page();
    uint8_t *memory = map(4 * page);
    REQUIRE(munmap(memory + 3 * page, page) == 0);
    const kaelix_ladder_step step = kaelix_populate(kaelix_address(memory), 4 * page, false);
    CHECK_EQUAL(KAELIX_WHY_POPULATE, step.why);
    CHECK_EQUAL(ENOMEM, step.system_error);
    munmap(memory, 3 * page);
}

static void populate_where_the_advice_gives(int error, int32_t why_hugetlb) {
    const size_t bytes = 64 * kaelix_base_page();
    uint8_t *memory = map(bytes);
    NEEDS_SANDBOX(sandbox_refuse(SYS_madvise, 2, POPULATE_WRITE, error));
    kaelix_ladder_step step = kaelix_populate(kaelix_address(memory), bytes, true);
    CHECK_EQUAL(why_hugetlb, step.why);
    CHECK_EQUAL(error, step.system_error);
    CHECK(!all_resident(memory, bytes)); // never touched: a hugetlb page could have raised SIGBUS
    step = kaelix_populate(kaelix_address(memory), bytes, false);
    CHECK_EQUAL(KAELIX_WHY_NONE, step.why);
    CHECK(all_resident(memory, bytes));
}

static void populate_on_an_old_kernel(void) {
    populate_where_the_advice_gives(EINVAL, KAELIX_WHY_UNSUPPORTED);
}

static void populate_in_a_container(void) {
    populate_where_the_advice_gives(EPERM, KAELIX_WHY_DENIED);
}

static void should_touch_anonymous_pages_where_the_advice_is_refused(void) {
    IN_CHILD(populate_on_an_old_kernel);
    IN_CHILD(populate_in_a_container);
}

/* ---- are they huge? ----------------------------------------------------------------------------------------- */

/* Two pages' worth of aligned memory between inaccessible neighbours, populated. */
static uint8_t *map_aligned(int advice) {
    uint8_t *reserved = mmap(NULL, 4 * HUGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    REQUIRE(reserved != MAP_FAILED);
    const uint64_t aligned = (kaelix_address(reserved) + HUGE_BYTES) & ~(HUGE_BYTES - 1);
    uint8_t *memory = kaelix_pointer(aligned);
    REQUIRE(mprotect(memory, 2 * HUGE_BYTES, PROT_READ | PROT_WRITE) == 0);
    if (madvise(memory, 2 * HUGE_BYTES, advice) != 0) {
        CHECK_EQUAL(EINVAL, errno); // a kernel without transparent hugepages
    }
    memset(memory, 1, 2 * HUGE_BYTES);
    return memory;
}

static void check_all_huge(void) {
    const uint64_t small = kaelix_address(map_aligned(MADV_NOHUGEPAGE));
    const uint64_t huge = kaelix_address(map_aligned(MADV_HUGEPAGE));
    const bool obtained = smaps_kilobytes(huge, "AnonHugePages") == 2 * HUGE_BYTES / 1024;
    int32_t error = -1;
    CHECK(!kaelix_all_huge(small, 2 * HUGE_BYTES, &error));
    CHECK_EQUAL(0, error);
    CHECK_EQUAL(obtained, kaelix_all_huge(huge, 2 * HUGE_BYTES, &error));
    CHECK_EQUAL(0, error);

    // One small page is enough to say no: giving it back splits the hugepage that holds it.
    REQUIRE(madvise(kaelix_pointer(huge + HUGE_BYTES), kaelix_base_page(), MADV_DONTNEED) == 0);
    CHECK(!kaelix_all_huge(huge, 2 * HUGE_BYTES, &error));
    CHECK_EQUAL(0, error);
}

static void all_huge_without_pagemap_scan(void) {
    NEEDS_SANDBOX(sandbox_refuse(SYS_ioctl, 1, ANY_ARGUMENT, ENOTTY));
    check_all_huge();
}

static void all_huge_without_proc(void) {
    const uint64_t huge = kaelix_address(map_aligned(MADV_HUGEPAGE));
    NEEDS_SANDBOX(sandbox_refuse(SYS_openat, 0, ANY_ARGUMENT, EACCES));
    int32_t error = 0;
    CHECK(!kaelix_all_huge(huge, 2 * HUGE_BYTES, &error));
    CHECK_EQUAL(EACCES, error);
}

static void should_see_whether_all_of_a_range_is_huge(void) {
    check_all_huge();
    IN_CHILD(all_huge_without_pagemap_scan);
    IN_CHILD(all_huge_without_proc);
}

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_populate_every_page),
        CASE(should_report_what_cannot_be_populated),
        CASE(should_touch_anonymous_pages_where_the_advice_is_refused),
        CASE(should_see_whether_all_of_a_range_is_huge),
    };
    if (!kernel_is_real()) {
        return EXIT_SKIPPED;
    }
    return RUN_CASES(cases, arguments, argument);
}
