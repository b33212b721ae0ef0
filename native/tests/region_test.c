/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * The ladder against the kernel of this machine, whatever it has: nothing here asserts that hugepages exist, everything
 * asserts that what is reported is so. Failures that a machine does not show by itself are in ladder_test.c.
 */
#include "check.h"
#include "kaelix.h"
#include "mappings.h"
#include "sandbox.h"

#include <sys/mman.h>
#include <sys/resource.h>

#define MIB ((uint64_t) 1 << 20)
#define POPULATE_WRITE 23 /* MADV_POPULATE_WRITE, which older headers lack */

static uint64_t base_page(void) {
    return (uint64_t) sysconf(_SC_PAGESIZE);
}

static uint64_t rung_page(int32_t rung) {
    static const uint64_t huge[] = {1024 * MIB, 2 * MIB, 2 * MIB};
    return rung == KAELIX_RUNG_NORMAL ? base_page() : huge[rung];
}

static uint8_t *bytes_of(const kaelix_region *region) {
    return (uint8_t *) (uintptr_t) region->address;
}

static kaelix_region map(uint64_t bytes, int32_t node, int32_t first_rung) {
    const kaelix_region_request request = {.bytes = bytes, .node = node, .first_rung = first_rung};
    kaelix_region region;
    int32_t error = -1;
    memset(&region, 0x55, sizeof(region));
    const int32_t status = kaelix_region_map(&request, &region, &error);
    CHECK_EQUAL(KAELIX_OK, status);
    CHECK_EQUAL(0, error);
    if (status != KAELIX_OK) {
        exit(EXIT_FAILURE);
    }
    return region;
}

static void unmap(const kaelix_region *region) {
    int32_t error = -1;
    CHECK_EQUAL(KAELIX_OK, kaelix_region_unmap(region->address, region->bytes, &error));
    CHECK_EQUAL(0, error);
}

static bool all_resident(const kaelix_region *region) {
    static unsigned char resident[65536];
    const size_t pages = region->bytes / base_page();
    REQUIRE(pages <= sizeof(resident));
    REQUIRE(mincore(bytes_of(region), region->bytes, resident) == 0);
    for (size_t i = 0; i < pages; i++) {
        if ((resident[i] & 1) == 0) {
            return false;
        }
    }
    return true;
}

/* What holds for every region, however it was obtained. */
static void check_region(const kaelix_region *region, uint64_t bytes, int32_t first_rung) {
    CHECK(region->rung >= first_rung && region->rung < KAELIX_RUNGS);
    CHECK_EQUAL(rung_page(region->rung), region->page_bytes);
    CHECK_EQUAL(0, region->address % region->page_bytes);
    CHECK_EQUAL((bytes + region->page_bytes - 1) / region->page_bytes * region->page_bytes, region->bytes);
    for (int32_t rung = 0; rung < KAELIX_RUNGS; rung++) {
        const bool left = rung >= first_rung && rung < region->rung;
        CHECK_EQUAL(left, region->steps[rung].why != KAELIX_WHY_NONE);
        CHECK(left || region->steps[rung].system_error == 0);
    }
    CHECK(all_resident(region));
    for (uint64_t at = 0; at < region->bytes; at += 8) {
        uint64_t word;
        memcpy(&word, bytes_of(region) + at, sizeof(word));
        if (word != 0) {
            CHECK_EQUAL(0, word);
            break;
        }
    }
    memset(bytes_of(region), 0xA5, region->bytes);
    if (region->rung <= KAELIX_RUNG_HUGETLB_2M) {
        CHECK_EQUAL(region->page_bytes / 1024, smaps_kilobytes(region->address, "KernelPageSize"));
    }
    CHECK(smaps_flag(region->address, "dc")); // not inherited by fork
}

static void should_obtain_normal_pages(void) {
    static const uint64_t sizes[] = {1, 4095, 4096, 4097, 100000, 3 * MIB + 1};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const kaelix_region region = map(sizes[i], KAELIX_NODE_ANY, KAELIX_RUNG_NORMAL);
        check_region(&region, sizes[i], KAELIX_RUNG_NORMAL);
        CHECK_EQUAL(KAELIX_RUNG_NORMAL, region.rung);
        CHECK_EQUAL(KAELIX_OK, region.bind_status);
        CHECK_EQUAL(0, region.bind_error);
        CHECK_EQUAL(0, smaps_kilobytes(region.address, "AnonHugePages"));
        unmap(&region);
    }
}

static void should_start_at_any_rung(void) {
    static const uint64_t sizes[] = {1, 2 * MIB, 2 * MIB + 1, 9 * MIB};
    for (int32_t first = 0; first < KAELIX_RUNGS; first++) {
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            const kaelix_region region = map(sizes[i], KAELIX_NODE_ANY, first);
            // A gigabyte of real pages would be cleared, filled and looked through: checked by its report alone.
            if (region.rung != KAELIX_RUNG_HUGETLB_1G) {
                check_region(&region, sizes[i], first);
            }
            unmap(&region);
        }
    }
}

static uint64_t free_hugepages(void) {
    static const char *const pool = "/sys/kernel/mm/hugepages/hugepages-2048kB/";
    char path[128];
    snprintf(path, sizeof(path), "%sfree_hugepages", pool);
    const uint64_t unused = system_number(path, "");
    snprintf(path, sizeof(path), "%sresv_hugepages", pool);
    return unused - system_number(path, "");
}

/* Whoever else uses the pool may change it meanwhile: a refusal is wrong only if the pool had enough all the time. */
static void should_use_reserved_hugepages_when_there_are_enough(void) {
    const uint64_t bytes = 6 * MIB;
    const uint64_t before = free_hugepages();
    const kaelix_region region = map(bytes, KAELIX_NODE_ANY, KAELIX_RUNG_HUGETLB_2M);
    const uint64_t during = free_hugepages();
    if (region.rung == KAELIX_RUNG_HUGETLB_2M) { // part of a hugepage cannot be unmapped
        CHECK_EQUAL(KAELIX_E_INVALID, kaelix_region_unmap(region.address, base_page(), NULL));
    }
    unmap(&region);
    if (region.rung == KAELIX_RUNG_HUGETLB_2M) {
        CHECK(before >= 3 || free_hugepages() >= 3);
    } else {
        CHECK(before < 3 || during != before);
        CHECK(region.steps[KAELIX_RUNG_HUGETLB_2M].why != KAELIX_WHY_NONE);
    }
}

/* More than the pool, but not more than the machine. */
static void should_step_down_when_the_pool_is_too_small(void) {
    const uint64_t bytes = (free_hugepages() + 2) * 2 * MIB;
    if (bytes > 64 * MIB) {
        return;
    }
    const kaelix_region region = map(bytes, KAELIX_NODE_ANY, KAELIX_RUNG_HUGETLB_2M);
    check_region(&region, bytes, KAELIX_RUNG_HUGETLB_2M);
    unmap(&region);
}

static void should_report_transparent_hugepages_only_where_they_are(void) {
    const uint64_t bytes = 8 * MIB;
    const kaelix_region region = map(bytes, KAELIX_NODE_ANY, KAELIX_RUNG_TRANSPARENT);
    const kaelix_region neighbour = map(bytes, KAELIX_NODE_ANY, KAELIX_RUNG_TRANSPARENT);
    if (region.rung == KAELIX_RUNG_TRANSPARENT) {
        CHECK(smaps_kilobytes(region.address, "AnonHugePages") >= bytes / 1024);
        CHECK(smaps_flag(region.address, "hg"));
    } else {
        CHECK(region.steps[KAELIX_RUNG_TRANSPARENT].why != KAELIX_WHY_NONE);
    }
    unmap(&neighbour);
    unmap(&region);
}

static void transparent_disabled(void) {
    NEEDS_SANDBOX(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) == 0);
    const uint64_t before = mapped_bytes();
    const kaelix_region region = map(2 * MIB + 1, KAELIX_NODE_ANY, KAELIX_RUNG_TRANSPARENT);
    CHECK_EQUAL(KAELIX_RUNG_NORMAL, region.rung);
    check_region(&region, 2 * MIB + 1, KAELIX_RUNG_TRANSPARENT);
    CHECK_EQUAL(before + region.bytes, mapped_bytes()); // neither fence nor rounding is left
    unmap(&region);
    CHECK_EQUAL(before, mapped_bytes());
}

static void should_keep_what_did_not_become_huge_as_normal_pages(void) {
    IN_CHILD(transparent_disabled);
}

static void should_unmap_all_that_was_mapped(void) {
    const uint64_t before = mapped_bytes();
    for (int32_t first = KAELIX_RUNG_HUGETLB_2M; first < KAELIX_RUNGS; first++) {
        const kaelix_region region = map(5 * MIB, KAELIX_NODE_ANY, first);
        CHECK_EQUAL(before + region.bytes, mapped_bytes());
        unmap(&region);
        CHECK_EQUAL(before, mapped_bytes());
    }
}

/* ---- nodes -------------------------------------------------------------------------------------------------- */

static void check_bound(const kaelix_region *region) {
    if (region->bind_status == KAELIX_OK) {
        CHECK_EQUAL(0, region->bind_error);
        CHECK(region->node == 0 || region->node == KAELIX_NODE_ANY); // not readable in some containers
    } else {
        CHECK_EQUAL(KAELIX_E_UNAVAILABLE, region->bind_status);
    }
}

static void should_bind_at_every_rung(void) {
    for (int32_t first = KAELIX_RUNG_HUGETLB_2M; first < KAELIX_RUNGS; first++) {
        const kaelix_region region = map(3 * MIB, 0, first);
        check_region(&region, 3 * MIB, first);
        check_bound(&region);
        unmap(&region);
    }
}

static void should_agree_with_the_page_query(void) {
    const kaelix_region region = map(16 * base_page(), KAELIX_NODE_ANY, KAELIX_RUNG_NORMAL);
    int32_t nodes[16];
    if (kaelix_page_nodes(region.address, region.page_bytes, 16, nodes, NULL) == KAELIX_OK) {
        for (int i = 0; i < 16; i++) {
            CHECK(region.node == KAELIX_NODE_ANY || region.node == nodes[i]);
        }
    } else {
        CHECK_EQUAL(KAELIX_NODE_ANY, region.node);
    }
    unmap(&region);
}

static kaelix_region map_policy(int32_t policy, int32_t node, int32_t first_rung) {
    const kaelix_region_request request = {.bytes = 4 * MIB, .node = node, .first_rung = first_rung, .policy = policy};
    kaelix_region region;
    memset(&region, 0x55, sizeof(region));
    REQUIRE(kaelix_region_map(&request, &region, NULL) == KAELIX_OK);
    return region;
}

static void should_place_by_every_policy_at_every_rung(void) {
    for (int32_t first = KAELIX_RUNG_HUGETLB_2M; first < KAELIX_RUNGS; first++) {
        const kaelix_region preferring = map_policy(KAELIX_POLICY_PREFER, 0, first);
        check_region(&preferring, 4 * MIB, first);
        check_bound(&preferring);
        CHECK_EQUAL(0, preferring.target_node);
        unmap(&preferring);
        const kaelix_region local = map_policy(KAELIX_POLICY_LOCAL, KAELIX_NODE_ANY, first);
        check_region(&local, 4 * MIB, first);
        CHECK(local.target_node >= 0);
        CHECK(local.bind_status != KAELIX_OK || local.node == local.target_node || local.node == KAELIX_NODE_ANY);
        unmap(&local);
        const kaelix_region interleaved = map_policy(KAELIX_POLICY_INTERLEAVE, KAELIX_NODE_ANY, first);
        check_region(&interleaved, 4 * MIB, first);
        CHECK_EQUAL(KAELIX_NODE_ANY, interleaved.target_node);
        CHECK(interleaved.node == KAELIX_NODE_ANY || interleaved.node_count == 1);
        unmap(&interleaved);
    }
}

static void policies_refused(void) {
    NEEDS_SANDBOX(sandbox_refuse(SYS_mbind, 0, ANY_ARGUMENT, EPERM));
    static const int32_t policies[] = {KAELIX_POLICY_PREFER, KAELIX_POLICY_INTERLEAVE, KAELIX_POLICY_LOCAL};
    for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
        const int32_t node = policies[i] == KAELIX_POLICY_PREFER ? 0 : KAELIX_NODE_ANY;
        const kaelix_region region = map_policy(policies[i], node, KAELIX_RUNG_NORMAL);
        CHECK_EQUAL(KAELIX_E_UNAVAILABLE, region.bind_status);
        CHECK_EQUAL(EPERM, region.bind_error);
        unmap(&region);
    }
}

static void should_not_claim_a_policy_that_was_refused(void) {
    IN_CHILD(policies_refused);
}

static void bind_refused_with(int error) {
    NEEDS_SANDBOX(sandbox_refuse(SYS_mbind, 0, ANY_ARGUMENT, error));
    for (int32_t first = KAELIX_RUNG_HUGETLB_2M; first < KAELIX_RUNGS; first++) {
        const kaelix_region region = map(3 * MIB, 0, first);
        CHECK_EQUAL(KAELIX_E_UNAVAILABLE, region.bind_status);
        CHECK_EQUAL(error, region.bind_error);
        check_region(&region, 3 * MIB, first);
        unmap(&region);
    }
}

static void bind_not_permitted(void) {
    bind_refused_with(EPERM);
}

static void bind_unknown(void) {
    bind_refused_with(ENOSYS);
}

static void should_hand_out_an_unbound_region_where_binding_is_refused(void) {
    IN_CHILD(bind_not_permitted);
    IN_CHILD(bind_unknown);
}

static void placement_unreadable(void) {
    NEEDS_SANDBOX(sandbox_refuse(SYS_move_pages, 0, ANY_ARGUMENT, EPERM));
    const kaelix_region region = map(3 * MIB, 0, KAELIX_RUNG_TRANSPARENT);
    CHECK_EQUAL(KAELIX_NODE_ANY, region.node);
    check_bound(&region);
    unmap(&region);
}

static void should_report_any_node_where_placement_is_not_readable(void) {
    IN_CHILD(placement_unreadable);
}

/* ---- refusals and failures ---------------------------------------------------------------------------------- */

static int32_t try_map(uint64_t bytes, int32_t node, int32_t first_rung) {
    const kaelix_region_request request = {.bytes = bytes, .node = node, .first_rung = first_rung};
    kaelix_region region;
    return kaelix_region_map(&request, &region, NULL);
}

static void should_refuse_what_the_contract_excludes(void) {
    const kaelix_region_request request = {.bytes = 1, .node = KAELIX_NODE_ANY, .first_rung = KAELIX_RUNG_NORMAL};
    kaelix_region region;
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_region_map(NULL, &region, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_region_map(&request, NULL, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, try_map(0, KAELIX_NODE_ANY, KAELIX_RUNG_NORMAL));
    CHECK_EQUAL(KAELIX_E_INVALID, try_map(((uint64_t) 1 << 46) + 1, KAELIX_NODE_ANY, KAELIX_RUNG_NORMAL));
    CHECK_EQUAL(KAELIX_E_INVALID, try_map(UINT64_MAX, KAELIX_NODE_ANY, KAELIX_RUNG_HUGETLB_1G));
    CHECK_EQUAL(KAELIX_E_INVALID, try_map(1, -2, KAELIX_RUNG_NORMAL));
    CHECK_EQUAL(KAELIX_E_INVALID, try_map(1, 1024, KAELIX_RUNG_NORMAL));
    CHECK_EQUAL(KAELIX_E_INVALID, try_map(1, KAELIX_NODE_ANY, -1));
    CHECK_EQUAL(KAELIX_E_INVALID, try_map(1, KAELIX_NODE_ANY, KAELIX_RUNGS));
    CHECK_EQUAL(KAELIX_E_INVALID, try_map(1, 1023, KAELIX_RUNG_NORMAL)); // no machine has that node online
}

static void should_refuse_to_unmap_what_was_never_returned(void) {
    const kaelix_region region = map(2 * base_page(), KAELIX_NODE_ANY, KAELIX_RUNG_NORMAL);
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_region_unmap(0, base_page(), NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_region_unmap(region.address, 0, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_region_unmap(region.address + 1, base_page(), NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_region_unmap(region.address, base_page() + 1, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_region_unmap(region.address, -base_page(), NULL));
#if !defined(UNDER_THREAD_SANITIZER) // which looks its shadow of any address up, and knows none of this one
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_region_unmap((uint64_t) 1 << 60, base_page(), NULL));
#endif
    memset(bytes_of(&region), 1, region.bytes); // all still there
    unmap(&region);
}

/* Expects that no rung gives memory, each for the reason given (or any), and that nothing stays mapped. */
static void check_no_memory(uint64_t bytes, int32_t why, int32_t system_error) {
    const kaelix_region_request request = {.bytes = bytes, .node = KAELIX_NODE_ANY, .first_rung = KAELIX_RUNG_HUGETLB_2M};
    kaelix_region region;
    memset(&region, 0x55, sizeof(region));
    const kaelix_region untouched = region;
    int32_t error = 0;
    const uint64_t before = mapped_bytes();
    CHECK_EQUAL(KAELIX_E_NO_MEMORY, kaelix_region_map(&request, &region, &error));
    CHECK_EQUAL(before, mapped_bytes());
    CHECK_EQUAL(system_error, error);
    CHECK_EQUAL(KAELIX_WHY_NONE, region.steps[KAELIX_RUNG_HUGETLB_1G].why);
    CHECK(region.steps[KAELIX_RUNG_HUGETLB_2M].why != KAELIX_WHY_NONE);
    CHECK(region.steps[KAELIX_RUNG_TRANSPARENT].why != KAELIX_WHY_NONE);
    CHECK_EQUAL(why, region.steps[KAELIX_RUNG_NORMAL].why);
    CHECK_EQUAL(system_error, region.steps[KAELIX_RUNG_NORMAL].system_error);
    CHECK_EQUAL(0, memcmp(&region, &untouched, offsetof(kaelix_region, steps)));
}

static void should_fail_without_a_trace_when_asked_for_more_than_the_machine_has(void) {
    check_no_memory((uint64_t) 1 << 46, KAELIX_WHY_NO_PAGES, ENOMEM);
}

#if !defined(UNDER_THREAD_SANITIZER)
static void address_space_limited(void) {
    mapped_bytes(); // lets the C library allocate what it needs for this before the limit
    const struct rlimit limit = {.rlim_cur = mapped_bytes() + 8 * MIB, .rlim_max = RLIM_INFINITY};
    NEEDS_SANDBOX(setrlimit(RLIMIT_AS, &limit) == 0);
    check_no_memory(64 * MIB, KAELIX_WHY_NO_PAGES, ENOMEM);
    const kaelix_region region = map(MIB, KAELIX_NODE_ANY, KAELIX_RUNG_TRANSPARENT);
    check_region(&region, MIB, KAELIX_RUNG_TRANSPARENT);
    unmap(&region);
}

static void data_limited(void) {
    mapped_bytes();
    const struct rlimit limit = {.rlim_cur = 8 * MIB, .rlim_max = RLIM_INFINITY};
    NEEDS_SANDBOX(setrlimit(RLIMIT_DATA, &limit) == 0);
    check_no_memory(64 * MIB, KAELIX_WHY_NO_PAGES, ENOMEM);
}
#endif

static void population_fails(void) {
    mapped_bytes();
    NEEDS_SANDBOX(sandbox_refuse(SYS_madvise, 2, POPULATE_WRITE, ENOMEM));
    check_no_memory(3 * MIB, KAELIX_WHY_POPULATE, ENOMEM);
}

static void mapping_denied(void) {
    mapped_bytes();
    NEEDS_SANDBOX(sandbox_refuse(SYS_mmap, 4, UINT32_MAX, EPERM)); // of a descriptor of -1: anonymous memory
    const kaelix_region_request request = {.bytes = 1, .node = KAELIX_NODE_ANY, .first_rung = KAELIX_RUNG_HUGETLB_1G};
    kaelix_region region;
    int32_t error = 0;
    CHECK_EQUAL(KAELIX_E_NO_MEMORY, kaelix_region_map(&request, &region, &error));
    CHECK_EQUAL(EPERM, error);
    for (int32_t rung = 0; rung < KAELIX_RUNGS; rung++) {
        CHECK_EQUAL(KAELIX_WHY_DENIED, region.steps[rung].why);
        CHECK_EQUAL(EPERM, region.steps[rung].system_error);
    }
}

static void transparent_advice_unknown(void) {
    NEEDS_SANDBOX(sandbox_refuse(SYS_madvise, 2, MADV_HUGEPAGE, EINVAL));
    const uint64_t before = mapped_bytes();
    const kaelix_region region = map(3 * MIB, KAELIX_NODE_ANY, KAELIX_RUNG_TRANSPARENT);
    check_region(&region, 3 * MIB, KAELIX_RUNG_TRANSPARENT);
    CHECK_EQUAL(KAELIX_RUNG_NORMAL, region.rung);
    CHECK_EQUAL(KAELIX_WHY_UNSUPPORTED, region.steps[KAELIX_RUNG_TRANSPARENT].why);
    CHECK_EQUAL(before + region.bytes, mapped_bytes());
    unmap(&region);
}

static void population_unknown(void) {
    NEEDS_SANDBOX(sandbox_refuse(SYS_madvise, 2, POPULATE_WRITE, EINVAL));
    const kaelix_region region = map(3 * MIB, KAELIX_NODE_ANY, KAELIX_RUNG_HUGETLB_2M);
    CHECK(region.rung != KAELIX_RUNG_HUGETLB_2M); // such pages may not be touched to populate them
    check_region(&region, 3 * MIB, KAELIX_RUNG_HUGETLB_2M);
    unmap(&region);
}

static void should_fail_without_a_trace_when_memory_is_limited(void) {
#if !defined(UNDER_THREAD_SANITIZER) // which needs memory of its own for every mapping
    IN_CHILD(address_space_limited);
    IN_CHILD(data_limited);
#endif
    IN_CHILD(population_fails);
}

static void should_name_what_a_sandbox_or_an_old_kernel_refuses(void) {
    IN_CHILD(mapping_denied);
    IN_CHILD(transparent_advice_unknown);
    IN_CHILD(population_unknown);
}

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_obtain_normal_pages),
        CASE(should_start_at_any_rung),
        CASE(should_use_reserved_hugepages_when_there_are_enough),
        CASE(should_step_down_when_the_pool_is_too_small),
        CASE(should_report_transparent_hugepages_only_where_they_are),
        CASE(should_keep_what_did_not_become_huge_as_normal_pages),
        CASE(should_unmap_all_that_was_mapped),
        CASE(should_bind_at_every_rung),
        CASE(should_place_by_every_policy_at_every_rung),
        CASE(should_not_claim_a_policy_that_was_refused),
        CASE(should_agree_with_the_page_query),
        CASE(should_hand_out_an_unbound_region_where_binding_is_refused),
        CASE(should_report_any_node_where_placement_is_not_readable),
        CASE(should_refuse_what_the_contract_excludes),
        CASE(should_refuse_to_unmap_what_was_never_returned),
        CASE(should_fail_without_a_trace_when_asked_for_more_than_the_machine_has),
        CASE(should_fail_without_a_trace_when_memory_is_limited),
        CASE(should_name_what_a_sandbox_or_an_old_kernel_refuses),
    };
    mapped_bytes(); // the buffers that stdio allocates at first use are no leaks
    if (!kernel_is_real()) {
        return EXIT_SKIPPED;
    }
    return RUN_CASES(cases, arguments, argument);
}
