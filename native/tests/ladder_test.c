/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * The ladder over a kernel that does what the case says: region.c is linked with the functions below in place of
 * pages.c, numa.c, cgroup.c and affinity.c. Only mmap and its kin are real, so the machines of these cases have no hugetlb pages.
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
    uint64_t available;   /* on the node, now */
    int32_t bind_status;
    int32_t bind_error;
    kaelix_ladder_step populate_huge; /* what populating gives where MADV_HUGEPAGE was given */
    kaelix_ladder_step populate_base; /* and where it was not                                */
    bool all_huge;
    int32_t huge_error;
    int32_t node_status;
    int32_t node_of_huge; /* read back for regions of hugepages */
    int32_t node_of_base; /* and of base pages                  */
    uint64_t memory_left;  /* by the cgroups */
    int32_t thread_status; /* where the calling thread runs */
    kaelix_spread spread;  /* read back for interleaved regions */
    int32_t spread_status;
    int32_t policy;        /* that has to be set, and its nodes */
    uint64_t nodes;
    uint64_t bound;        /* address placed last: populating has to come after it */
    bool populated;
} machine;

static void machine_as_wished(void) {
    memset(&machine, 0, sizeof(machine));
    machine.ceiling_any = UINT64_MAX;
    machine.ceiling_node = UINT64_MAX;
    machine.available = UINT64_MAX;
    machine.memory_left = UINT64_MAX;
    machine.policy = KAELIX_POLICY_BIND;
    machine.nodes = 2;
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

bool kaelix_is_one_node(const char *root) {
    (void) root;
    return false;
}

uint64_t kaelix_memory_available(const char *root, int32_t node) {
    CHECK_EQUAL(0, strlen(root));
    CHECK_EQUAL(1, node);
    return machine.available;
}

uint64_t kaelix_limit_left(const char *root, kaelix_limit limit) {
    CHECK_EQUAL(0, strlen(root));
    CHECK_EQUAL(KAELIX_LIMIT_MEMORY, limit);
    return machine.memory_left;
}

int32_t kaelix_thread_location(int32_t *cpu, int32_t *node, int32_t *system_error) {
    CHECK(cpu == NULL && system_error == NULL);
    *node = 1;
    return machine.thread_status;
}

void kaelix_usable_nodes(uint64_t *nodes) {
    memset(nodes, 0, KAELIX_NODE_WORDS * sizeof(*nodes));
    nodes[0] = 3;
}

int32_t kaelix_set_policy(uint64_t address, uint64_t bytes, int32_t policy, const uint64_t *nodes,
                          int32_t *system_error) {
    CHECK(address != 0 && bytes > 0);
    CHECK_EQUAL(machine.policy, policy);
    CHECK_EQUAL(machine.nodes, nodes[0]);
    for (int i = 1; i < KAELIX_NODE_WORDS; i++) {
        CHECK_EQUAL(0, nodes[i]);
    }
    machine.bound = address;
    *system_error = machine.bind_error;
    return machine.bind_status;
}

int32_t kaelix_range_spread(uint64_t address, uint64_t bytes, uint64_t page_bytes, const uint64_t *nodes,
                            kaelix_spread *spread) {
    CHECK(address % page_bytes == 0 && bytes % page_bytes == 0);
    CHECK_EQUAL(machine.nodes, nodes[0]);
    *spread = machine.spread;
    return machine.spread_status;
}

kaelix_ladder_step kaelix_populate(uint64_t address, uint64_t bytes, bool hugetlb) {
    CHECK(bytes > 0 && !hugetlb);
    CHECK(address == machine.bound);
    machine.populated = true;
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

/* From transparent hugepages on; checks that exactly the region stays mapped. */
static int32_t map_placed(int32_t policy, int32_t node, uint64_t nodes) {
    const kaelix_region_request request = {.bytes = 3 * MIB, .node = node, .first_rung = KAELIX_RUNG_TRANSPARENT,
                                           .policy = policy, .nodes = {nodes}};
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

/* Bound to node 1. */
static int32_t map(void) {
    return map_placed(KAELIX_POLICY_BIND, 1, 0);
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
    machine.populate_huge = (kaelix_ladder_step){KAELIX_WHY_POPULATE, EFAULT, 0};
    CHECK_EQUAL(KAELIX_OK, map());
    CHECK_EQUAL(KAELIX_RUNG_NORMAL, region.rung);
    check_step(KAELIX_RUNG_TRANSPARENT, KAELIX_WHY_POPULATE, EFAULT);
}

static void should_fail_with_the_reason_of_the_last_rung(void) {
    machine_as_wished();
    machine.populate_huge = (kaelix_ladder_step){KAELIX_WHY_POPULATE, EFAULT, 0};
    machine.populate_base = (kaelix_ladder_step){KAELIX_WHY_POPULATE, ENOMEM, 0};
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

static void should_not_populate_more_than_others_leave_of_the_node(void) {
    machine_as_wished();
    // Enough for 3 MiB of base pages with their page tables, not for two hugepages.
    machine.available = 3 * MIB + 3 * MIB / 512 + MIB;
    CHECK_EQUAL(KAELIX_OK, map());
    CHECK_EQUAL(KAELIX_RUNG_NORMAL, region.rung);
    check_step(KAELIX_RUNG_TRANSPARENT, KAELIX_WHY_NO_PAGES, ENOMEM);
    machine.available--;
    machine.populated = false;
    CHECK_EQUAL(KAELIX_E_NO_MEMORY, map());
    CHECK_EQUAL(ENOMEM, system_error);
    check_step(KAELIX_RUNG_NORMAL, KAELIX_WHY_NO_PAGES, ENOMEM);
    CHECK(!machine.populated);
    machine.policy = KAELIX_POLICY_PREFER; // goes elsewhere
    CHECK_EQUAL(KAELIX_OK, map_placed(KAELIX_POLICY_PREFER, 1, 0));
}

/* ---- limits of cgroups -------------------------------------------------------------------------------------- */

static void should_not_populate_more_than_the_cgroup_leaves(void) {
    machine_as_wished();
    // Enough for 3 MiB of base pages with their page tables, not for two hugepages.
    machine.memory_left = 3 * MIB + 3 * MIB / 512 + MIB;
    CHECK_EQUAL(KAELIX_OK, map());
    CHECK_EQUAL(KAELIX_RUNG_NORMAL, region.rung);
    check_step(KAELIX_RUNG_TRANSPARENT, KAELIX_WHY_LIMIT, ENOMEM);
    CHECK_EQUAL(machine.memory_left, region.steps[KAELIX_RUNG_TRANSPARENT].limit_left);
    machine.memory_left--;
    machine.populated = false;
    CHECK_EQUAL(KAELIX_E_NO_MEMORY, map());
    CHECK_EQUAL(ENOMEM, system_error);
    check_step(KAELIX_RUNG_NORMAL, KAELIX_WHY_LIMIT, ENOMEM);
    CHECK_EQUAL(machine.memory_left, region.steps[KAELIX_RUNG_NORMAL].limit_left);
    CHECK(!machine.populated);
}

/* ---- policies ----------------------------------------------------------------------------------------------- */

static void should_prefer_a_node_and_say_where_it_was_full(void) {
    machine_as_wished();
    machine.policy = KAELIX_POLICY_PREFER;
    machine.ceiling_node = 1 * MIB; // preferring is no limit
    CHECK_EQUAL(KAELIX_OK, map_placed(KAELIX_POLICY_PREFER, 1, 0));
    CHECK_EQUAL(KAELIX_OK, region.bind_status);
    CHECK_EQUAL(1, region.target_node);
    machine.node_of_huge = 0;
    CHECK_EQUAL(KAELIX_OK, map_placed(KAELIX_POLICY_PREFER, 1, 0));
    CHECK_EQUAL(KAELIX_RUNG_TRANSPARENT, region.rung);
    CHECK_EQUAL(0, region.node);
    CHECK_EQUAL(1, region.target_node);
    CHECK_EQUAL(KAELIX_E_UNAVAILABLE, region.bind_status);
    CHECK_EQUAL(0, region.bind_error);
}

static void should_prefer_the_node_that_the_thread_runs_on(void) {
    machine_as_wished();
    machine.policy = KAELIX_POLICY_PREFER;
    CHECK_EQUAL(KAELIX_OK, map_placed(KAELIX_POLICY_LOCAL, KAELIX_NODE_ANY, 0));
    CHECK_EQUAL(1, region.target_node);
    CHECK_EQUAL(1, region.node);
    CHECK_EQUAL(KAELIX_OK, region.bind_status);
    machine.thread_status = KAELIX_E_UNAVAILABLE;
    machine.nodes = 1;
    CHECK_EQUAL(KAELIX_OK, map_placed(KAELIX_POLICY_LOCAL, KAELIX_NODE_ANY, 0));
    CHECK_EQUAL(0, region.target_node);
}

static void should_interleave_and_read_the_shares_back(void) {
    machine_as_wished();
    machine.policy = KAELIX_POLICY_INTERLEAVE;
    machine.nodes = 3;
    machine.spread = (kaelix_spread){KAELIX_NODE_ANY, 2, true};
    for (uint64_t named = 0; named <= 3; named += 3) { // none named: all usable
        CHECK_EQUAL(KAELIX_OK, map_placed(KAELIX_POLICY_INTERLEAVE, KAELIX_NODE_ANY, named));
        CHECK_EQUAL(KAELIX_RUNG_TRANSPARENT, region.rung);
        CHECK_EQUAL(KAELIX_NODE_ANY, region.node);
        CHECK_EQUAL(KAELIX_NODE_ANY, region.target_node);
        CHECK_EQUAL(2, region.node_count);
        CHECK_EQUAL(KAELIX_OK, region.bind_status);
    }
}

static void should_not_claim_to_interleave_what_is_on_one_node(void) {
    machine_as_wished();
    machine.policy = KAELIX_POLICY_INTERLEAVE;
    machine.nodes = 3;
    machine.spread = (kaelix_spread){1, 1, false};
    CHECK_EQUAL(KAELIX_OK, map_placed(KAELIX_POLICY_INTERLEAVE, KAELIX_NODE_ANY, 3));
    CHECK_EQUAL(KAELIX_RUNG_NORMAL, region.rung);
    check_step(KAELIX_RUNG_TRANSPARENT, KAELIX_WHY_NODE, 0);
    CHECK_EQUAL(1, region.node);
    CHECK_EQUAL(1, region.node_count);
    CHECK_EQUAL(KAELIX_E_UNAVAILABLE, region.bind_status);
    machine.bind_status = KAELIX_E_UNAVAILABLE;
    machine.bind_error = EPERM;
    CHECK_EQUAL(KAELIX_OK, map_placed(KAELIX_POLICY_INTERLEAVE, KAELIX_NODE_ANY, 3));
    CHECK_EQUAL(KAELIX_RUNG_TRANSPARENT, region.rung);
    CHECK_EQUAL(EPERM, region.bind_error);
    machine.bind_status = KAELIX_OK;
    machine.spread_status = KAELIX_E_UNAVAILABLE;
    CHECK_EQUAL(KAELIX_OK, map_placed(KAELIX_POLICY_INTERLEAVE, KAELIX_NODE_ANY, 3));
    CHECK_EQUAL(KAELIX_OK, region.bind_status);
    CHECK_EQUAL(0, region.node_count);
}

static void should_refuse_policies_that_contradict_themselves(void) {
    machine_as_wished();
    static const struct {
        int32_t policy;
        int32_t node;
        uint64_t nodes;
    } refused[] = {
        {KAELIX_POLICY_BIND, 1, 2},                           // two ways to name one
        {KAELIX_POLICY_BIND, 2, 0},                           // there are 0 and 1
        {KAELIX_POLICY_PREFER, KAELIX_NODE_ANY, 0},           // none named
        {KAELIX_POLICY_PREFER, 2, 0},
        {KAELIX_POLICY_PREFER, 1, 2},
        {KAELIX_POLICY_INTERLEAVE, 1, 3},
        {KAELIX_POLICY_INTERLEAVE, KAELIX_NODE_ANY, 1 | 4},
        {KAELIX_POLICY_LOCAL, 1, 0},
        {KAELIX_POLICY_LOCAL, KAELIX_NODE_ANY, 1},
        {KAELIX_POLICIES, KAELIX_NODE_ANY, 0},
        {-1, KAELIX_NODE_ANY, 0},
    };
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        CHECK_EQUAL(KAELIX_E_INVALID, map_placed(refused[i].policy, refused[i].node, refused[i].nodes));
    }
    const kaelix_region_request later = {.bytes = 1, .node = KAELIX_NODE_ANY, .unused = 1};
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_region_map(&later, &region, NULL));
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
        CASE(should_not_populate_more_than_others_leave_of_the_node),
        CASE(should_not_apply_the_limit_of_a_node_that_it_is_not_bound_to),
        CASE(should_not_populate_more_than_the_cgroup_leaves),
        CASE(should_prefer_a_node_and_say_where_it_was_full),
        CASE(should_prefer_the_node_that_the_thread_runs_on),
        CASE(should_interleave_and_read_the_shares_back),
        CASE(should_not_claim_to_interleave_what_is_on_one_node),
        CASE(should_refuse_policies_that_contradict_themselves),
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
