/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * The ladder over a kernel that does what the case says: region.c is linked with the functions below in place of
 * pages.c and numa.c. Only mmap and its kin are real, so the machines of these cases have no hugetlb pages.
 */
#include "check.h"
#include "internal.h"
#include "mappings.h"

#include <unistd.h>

#define MIB ((uint64_t) 1 << 20)

/* The machine of a case. */
static struct {
    uint64_t ceiling_any;
    uint64_t ceiling_node;
    int32_t bind_status;
    int32_t bind_error;
    kaelix_ladder_step populate_huge; /* what populating gives where MADV_HUGEPAGE was given */
    kaelix_ladder_step populate_base; /* and where it was not                                */
    bool all_huge;
    int32_t huge_error;
    int32_t node_status;
    int32_t node_of_huge; /* read back for regions of hugepages */
    int32_t node_of_base; /* and of base pages                  */
    uint64_t bound;       /* address bound last: populating has to come after it */
} machine;

static void machine_as_wished(void) {
    memset(&machine, 0, sizeof(machine));
    machine.ceiling_any = UINT64_MAX;
    machine.ceiling_node = UINT64_MAX;
    machine.all_huge = true;
    machine.node_of_huge = 1;
    machine.node_of_base = 1;
}

uint64_t kaelix_base_page(void) {
    return (uint64_t) sysconf(_SC_PAGESIZE);
}

bool kaelix_node_exists(int32_t node) {
    return node <= 1;
}

uint64_t kaelix_memory_ceiling(int32_t node) {
    return node == KAELIX_NODE_ANY ? machine.ceiling_any : machine.ceiling_node;
}

int32_t kaelix_bind(uint64_t address, uint64_t bytes, int32_t node, int32_t *system_error) {
    CHECK(address != 0 && bytes > 0);
    CHECK_EQUAL(1, node);
    machine.bound = address;
    *system_error = machine.bind_error;
    return machine.bind_status;
}

kaelix_ladder_step kaelix_populate(uint64_t address, uint64_t bytes, bool hugetlb) {
    CHECK(bytes > 0 && !hugetlb);
    CHECK(address == machine.bound);
    return smaps_flag(address, "hg") ? machine.populate_huge : machine.populate_base;
}

bool kaelix_all_huge(uint64_t address, uint64_t bytes, int32_t *system_error) {
    CHECK(address % (2 * MIB) == 0 && bytes % (2 * MIB) == 0);
    *system_error = machine.huge_error;
    return machine.all_huge;
}

int32_t kaelix_range_node(uint64_t address, uint64_t bytes, uint64_t page_bytes, int32_t *node) {
    CHECK(address % page_bytes == 0 && bytes % page_bytes == 0);
    *node = page_bytes == 2 * MIB ? machine.node_of_huge : machine.node_of_base;
    return machine.node_status;
}

/* ---- one request over such a machine ------------------------------------------------------------------------ */

static kaelix_region region;
static int32_t system_error;

/* Bound to node 1, from transparent hugepages on; checks that exactly the region stays mapped. */
static int32_t map(void) {
    const kaelix_region_request request = {.bytes = 3 * MIB, .node = 1, .first_rung = KAELIX_RUNG_TRANSPARENT};
    memset(&region, 0, sizeof(region));
    const uint64_t before = mapped_bytes();
    const int32_t status = kaelix_region_map(&request, &region, &system_error);
    CHECK_EQUAL(before + (status == KAELIX_OK ? region.bytes : 0), mapped_bytes());
    if (status == KAELIX_OK) {
        CHECK_EQUAL(KAELIX_OK, kaelix_region_unmap(region.address, region.bytes, NULL));
        CHECK_EQUAL(before, mapped_bytes());
    }
    return status;
}

static void check_step(int32_t rung, int32_t why, int32_t error) {
    CHECK_EQUAL(why, region.steps[rung].why);
    CHECK_EQUAL(error, region.steps[rung].system_error);
}

static void should_stop_at_the_first_rung_that_gives_what_was_asked(void) {
    machine_as_wished();
    CHECK_EQUAL(KAELIX_OK, map());
    CHECK_EQUAL(KAELIX_RUNG_TRANSPARENT, region.rung);
    CHECK_EQUAL(4 * MIB, region.bytes);
    CHECK_EQUAL(2 * MIB, region.page_bytes);
    CHECK_EQUAL(1, region.node);
    CHECK_EQUAL(KAELIX_OK, region.bind_status);
    check_step(KAELIX_RUNG_TRANSPARENT, KAELIX_WHY_NONE, 0);
}

static void should_reuse_the_mapping_that_did_not_become_huge(void) {
    machine_as_wished();
    machine.all_huge = false;
    CHECK_EQUAL(KAELIX_OK, map());
    CHECK_EQUAL(KAELIX_RUNG_NORMAL, region.rung);
    CHECK_EQUAL(3 * MIB, region.bytes);
    CHECK_EQUAL(0, region.address % (2 * MIB));
    CHECK_EQUAL(kaelix_base_page(), region.page_bytes);
    CHECK_EQUAL(KAELIX_OK, region.bind_status);
    check_step(KAELIX_RUNG_TRANSPARENT, KAELIX_WHY_NOT_HUGE, 0);
    check_step(KAELIX_RUNG_NORMAL, KAELIX_WHY_NONE, 0);
}

static void should_not_claim_hugepages_that_cannot_be_read_back(void) {
    machine_as_wished();
    machine.all_huge = false;
    machine.huge_error = EACCES;
    CHECK_EQUAL(KAELIX_OK, map());
    CHECK_EQUAL(KAELIX_RUNG_NORMAL, region.rung);
    check_step(KAELIX_RUNG_TRANSPARENT, KAELIX_WHY_NOT_HUGE, EACCES);
}

static void should_leave_a_rung_whose_pages_are_on_another_node(void) {
    machine_as_wished();
    machine.node_of_huge = 0;
    CHECK_EQUAL(KAELIX_OK, map());
    CHECK_EQUAL(KAELIX_RUNG_NORMAL, region.rung);
    CHECK_EQUAL(1, region.node);
    CHECK_EQUAL(KAELIX_OK, region.bind_status);
    check_step(KAELIX_RUNG_TRANSPARENT, KAELIX_WHY_NODE, 0);
}

static void should_say_so_when_even_the_last_rung_is_on_another_node(void) {
    machine_as_wished();
    machine.node_of_huge = KAELIX_NODE_ANY;
    machine.node_of_base = 0;
    CHECK_EQUAL(KAELIX_OK, map());
    CHECK_EQUAL(KAELIX_RUNG_NORMAL, region.rung);
    CHECK_EQUAL(0, region.node);
    CHECK_EQUAL(KAELIX_E_UNAVAILABLE, region.bind_status);
    check_step(KAELIX_RUNG_TRANSPARENT, KAELIX_WHY_NODE, 0);
    check_step(KAELIX_RUNG_NORMAL, KAELIX_WHY_NONE, 0);
}

static void should_say_so_when_a_kept_mapping_is_on_another_node(void) {
    machine_as_wished();
    machine.all_huge = false;
    machine.node_of_base = KAELIX_NODE_ANY;
    CHECK_EQUAL(KAELIX_OK, map());
    CHECK_EQUAL(KAELIX_RUNG_NORMAL, region.rung);
    CHECK_EQUAL(KAELIX_NODE_ANY, region.node);
    CHECK_EQUAL(KAELIX_E_UNAVAILABLE, region.bind_status);
    check_step(KAELIX_RUNG_TRANSPARENT, KAELIX_WHY_NOT_HUGE, 0);
}

static void should_not_mind_the_node_where_binding_was_refused(void) {
    machine_as_wished();
    machine.bind_status = KAELIX_E_UNAVAILABLE;
    machine.bind_error = EPERM;
    machine.node_of_huge = 0;
    CHECK_EQUAL(KAELIX_OK, map());
    CHECK_EQUAL(KAELIX_RUNG_TRANSPARENT, region.rung);
    CHECK_EQUAL(0, region.node);
    CHECK_EQUAL(KAELIX_E_UNAVAILABLE, region.bind_status);
    CHECK_EQUAL(EPERM, region.bind_error);
}

static void should_trust_a_binding_that_cannot_be_read_back(void) {
    machine_as_wished();
    machine.node_status = KAELIX_E_UNAVAILABLE;
    machine.node_of_huge = KAELIX_NODE_ANY;
    CHECK_EQUAL(KAELIX_OK, map());
    CHECK_EQUAL(KAELIX_RUNG_TRANSPARENT, region.rung);
    CHECK_EQUAL(KAELIX_NODE_ANY, region.node);
    CHECK_EQUAL(KAELIX_OK, region.bind_status);
}

static void should_step_down_when_hugepages_cannot_be_populated(void) {
    machine_as_wished();
    machine.populate_huge = (kaelix_ladder_step){KAELIX_WHY_POPULATE, EFAULT};
    CHECK_EQUAL(KAELIX_OK, map());
    CHECK_EQUAL(KAELIX_RUNG_NORMAL, region.rung);
    check_step(KAELIX_RUNG_TRANSPARENT, KAELIX_WHY_POPULATE, EFAULT);
}

static void should_fail_with_the_reason_of_the_last_rung(void) {
    machine_as_wished();
    machine.populate_huge = (kaelix_ladder_step){KAELIX_WHY_POPULATE, EFAULT};
    machine.populate_base = (kaelix_ladder_step){KAELIX_WHY_POPULATE, ENOMEM};
    CHECK_EQUAL(KAELIX_E_NO_MEMORY, map());
    CHECK_EQUAL(ENOMEM, system_error);
    check_step(KAELIX_RUNG_TRANSPARENT, KAELIX_WHY_POPULATE, EFAULT);
    check_step(KAELIX_RUNG_NORMAL, KAELIX_WHY_POPULATE, ENOMEM);
}

static void should_not_populate_more_than_the_node_has(void) {
    machine_as_wished();
    machine.ceiling_node = 3 * MIB; // enough for base pages, not for two hugepages
    CHECK_EQUAL(KAELIX_OK, map());
    CHECK_EQUAL(KAELIX_RUNG_NORMAL, region.rung);
    check_step(KAELIX_RUNG_TRANSPARENT, KAELIX_WHY_NO_PAGES, ENOMEM);
    machine.ceiling_node = 3 * MIB - 1;
    CHECK_EQUAL(KAELIX_E_NO_MEMORY, map());
    CHECK_EQUAL(ENOMEM, system_error);
}

static void should_not_apply_the_limit_of_a_node_that_it_is_not_bound_to(void) {
    machine_as_wished();
    machine.ceiling_node = 1 * MIB;
    machine.bind_status = KAELIX_E_UNAVAILABLE;
    machine.bind_error = ENOSYS;
    CHECK_EQUAL(KAELIX_OK, map());
    CHECK_EQUAL(KAELIX_RUNG_TRANSPARENT, region.rung);
}

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_stop_at_the_first_rung_that_gives_what_was_asked),
        CASE(should_reuse_the_mapping_that_did_not_become_huge),
        CASE(should_not_claim_hugepages_that_cannot_be_read_back),
        CASE(should_leave_a_rung_whose_pages_are_on_another_node),
        CASE(should_say_so_when_even_the_last_rung_is_on_another_node),
        CASE(should_say_so_when_a_kept_mapping_is_on_another_node),
        CASE(should_not_mind_the_node_where_binding_was_refused),
        CASE(should_trust_a_binding_that_cannot_be_read_back),
        CASE(should_step_down_when_hugepages_cannot_be_populated),
        CASE(should_fail_with_the_reason_of_the_last_rung),
        CASE(should_not_populate_more_than_the_node_has),
        CASE(should_not_apply_the_limit_of_a_node_that_it_is_not_bound_to),
    };
    mapped_bytes(); // the buffers that stdio allocates at first use are no leaks
    if (kaelix_base_page() != 4096) {
        printf("       there is no rung of transparent hugepages with pages of this size\n");
        return EXIT_SKIPPED;
    }
    if (!kernel_is_real()) {
        return EXIT_SKIPPED;
    }
    return RUN_CASES(cases, arguments, argument);
}
