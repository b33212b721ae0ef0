/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 */
#include "check.h"
#include "internal.h"
#include "mappings.h"
#include "sandbox.h"
#include "tree.h"

#include <linux/mempolicy.h>
#include <sys/mman.h>

#define UNTOUCHED (-77)

static uint64_t page_bytes(void) {
    return kaelix_base_page();
}

static uint64_t map_pages(size_t count) {
    void *mapped = mmap(NULL, count * page_bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(mapped != MAP_FAILED);
    // A kernel that makes hugepages unasked would place 512 pages at a time. One that knows none refuses, and is as welcome.
    madvise(mapped, count * page_bytes(), MADV_NOHUGEPAGE);
    return kaelix_address(mapped);
}

static void touch_pages(uint64_t address, size_t count) {
    for (size_t i = 0; i < count; i++) {
        *(volatile uint8_t *) kaelix_pointer(address + i * page_bytes()) = 1;
    }
}

static void unmap_pages(uint64_t address, size_t count) {
    REQUIRE(munmap(kaelix_pointer(address), count * page_bytes()) == 0);
}

/* The policy of an address, by another call than the library uses; -1 where it is refused. */
static int policy_of(uint64_t address, unsigned long *nodes) {
    int mode = -1;
    const long refused = syscall(SYS_get_mempolicy, &mode, nodes, (unsigned long) KAELIX_MAX_NODES + 1, address,
                                 (unsigned long) MPOL_F_ADDR);
    return refused != 0 ? -1 : mode;
}

static bool placement_is_readable(void) {
    const uint64_t memory = map_pages(1);
    int32_t node;
    const bool readable = kaelix_page_nodes(memory, page_bytes(), 1, &node, NULL) == KAELIX_OK;
    unmap_pages(memory, 1);
    return readable;
}

static void should_tell_the_node_of_every_page(void) {
    enum { COUNT = 1300 }; // more than two system calls' worth
    static int32_t nodes[COUNT + 1];
    const uint64_t memory = map_pages(COUNT);
    touch_pages(memory, COUNT - 1);
    nodes[COUNT] = UNTOUCHED;
    int32_t error = -1;
    CHECK_EQUAL(KAELIX_OK, kaelix_page_nodes(memory, page_bytes(), COUNT, nodes, &error));
    CHECK_EQUAL(0, error);
    for (int i = 0; i < COUNT - 1; i++) {
        CHECK(nodes[i] >= 0 && kaelix_node_exists(nodes[i]));
    }
    CHECK(nodes[COUNT - 1] == -ENOENT || nodes[COUNT - 1] == -EFAULT); // never touched: no page there
    CHECK_EQUAL(UNTOUCHED, nodes[COUNT]);
    unmap_pages(memory, COUNT);
    CHECK_EQUAL(KAELIX_OK, kaelix_page_nodes(memory, page_bytes(), 1, nodes, &error));
    CHECK_EQUAL(-EFAULT, nodes[0]);
}

static void should_check_the_arguments_of_a_page_query(void) {
    int32_t node = UNTOUCHED;
    CHECK_EQUAL(KAELIX_OK, kaelix_page_nodes(0, 4096, 0, NULL, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_page_nodes(0, 4096, -1, &node, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_page_nodes(0, 4096, 1, NULL, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_page_nodes(0, 0, 1, &node, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_page_nodes(UINT64_MAX - 4095, 4096, 1, &node, NULL));
    CHECK_EQUAL(KAELIX_E_INVALID, kaelix_page_nodes(4096, UINT64_MAX / 2 + 1, 2, &node, NULL));
    CHECK_EQUAL(UNTOUCHED, node);
}

static void page_query_refused(void) {
    NEEDS_SANDBOX(sandbox_refuse(SYS_move_pages, 0, ANY_ARGUMENT, EPERM));
    const uint64_t memory = map_pages(1);
    touch_pages(memory, 1);
    int32_t node = UNTOUCHED;
    int32_t error = 0;
    CHECK_EQUAL(KAELIX_E_UNAVAILABLE, kaelix_page_nodes(memory, page_bytes(), 1, &node, &error));
    CHECK_EQUAL(EPERM, error);
    CHECK_EQUAL(UNTOUCHED, node);
    CHECK_EQUAL(KAELIX_E_UNAVAILABLE, kaelix_range_node(memory, page_bytes(), page_bytes(), &node));
}

/* 600 pages take two calls, of 512 and of 88. */
static void page_query_failing_halfway(void) {
    NEEDS_SANDBOX(sandbox_refuse(SYS_move_pages, 1, 88, ENOMEM));
    static int32_t nodes[600];
    const uint64_t memory = map_pages(600);
    touch_pages(memory, 600);
    CHECK_EQUAL(KAELIX_OK, kaelix_page_nodes(memory, page_bytes(), 600, nodes, NULL));
    CHECK(nodes[0] >= 0 && nodes[511] >= 0);
    CHECK_EQUAL(-ENOMEM, nodes[512]);
    CHECK_EQUAL(-ENOMEM, nodes[599]);
}

static void should_say_what_a_sandbox_does_to_a_page_query(void) {
    IN_CHILD(page_query_refused);
    IN_CHILD(page_query_failing_halfway);
}

static void should_know_which_nodes_exist(void) {
    CHECK(kaelix_node_exists(0));
    CHECK(!kaelix_node_exists(KAELIX_MAX_NODES - 1));
    CHECK(!kaelix_node_exists(KAELIX_NODE_ANY));
}

static void nodes_without_sys(void) {
    NEEDS_SANDBOX(sandbox_refuse(SYS_openat, 0, ANY_ARGUMENT, ENOENT));
    CHECK(kaelix_node_exists(0));
    CHECK(!kaelix_node_exists(1));
    CHECK_EQUAL(kaelix_memory_ceiling(KAELIX_NODE_ANY), kaelix_memory_ceiling(0));
}

static void should_assume_one_node_where_sys_is_missing(void) {
    IN_CHILD(nodes_without_sys);
}

static void should_know_how_much_memory_there_is_at_most(void) {
    const uint64_t machine = kaelix_memory_ceiling(KAELIX_NODE_ANY);
    const uint64_t total = system_number("/proc/meminfo", "MemTotal:") + system_number("/proc/meminfo", "SwapTotal:");
    CHECK_EQUAL(total, machine / 1024);
    CHECK(kaelix_memory_ceiling(0) > 0);
    CHECK(kaelix_memory_ceiling(0) <= machine);
}

/* Two zones of a node of 2 GiB, in 4 KiB pages, beside those of another node. */
static void add_zones(void) {
    add_file("/proc/zoneinfo",
             "Node 0, zone      DMA\n  pages free     3840\n        min      4\n        high     12000\n"
             "        managed  15990\n        protection: (0, 99999)\n"
             "Node 1, zone    DMA32\n  per-node stats\n      nr_inactive_file 7\n  pages free     3840\n        min      4\n"
             "        low      8\n        high     12\n        spanned  4095\n        managed  3840\n"
             "        protection: (0, 0, 88, 88)\n      nr_free_pages 3840\n"
             "Node 1, zone   Normal\n  pages free     90000\n        high     400\n        managed  500000\n"
             "        protection: (0, 0, 0, 0)\n    cpu: 0\n              high:  378\n"
             "Node 1, zone  Movable\n  pages free     0\n        high     32\n        managed  0\n"
             "        protection: (0, 0, 0, 0)\n");
}

static void should_know_whether_there_is_more_than_one_node(void) {
    new_tree();
    CHECK(kaelix_is_one_node(root)); // a kernel that knows no nodes
    add_file("/sys/devices/system/node/online", "0\n");
    CHECK(kaelix_is_one_node(root));
    add_file("/sys/devices/system/node/online", "0-1\n");
    CHECK(!kaelix_is_one_node(root));
    add_file("/sys/devices/system/node/online", "0,2\n");
    CHECK(!kaelix_is_one_node(root));
    remove_tree();
}


static void should_know_what_a_node_could_give_now(void) {
    new_tree();
    CHECK_EQUAL(UINT64_MAX, kaelix_memory_available(root, 1));
    add_file("/sys/devices/system/node/node1/meminfo",
             "\nNode 1 MemTotal:        2000000 kB\nNode 1 MemFree:         500000 kB\nNode 1 Active(anon):  9000 kB\n"
             "Node 1 Active(file):     30000 kB\nNode 1 Inactive(file):   20000 kB\n");
    CHECK_EQUAL(550000 * 1024, kaelix_memory_available(root, 1));
    CHECK_EQUAL(UINT64_MAX, kaelix_memory_available(root, 0));
    add_file("/proc/meminfo", "MemFree: 1 kB\nSwapTotal: 9000 kB\nSwapFree:     1000 kB\n");
    CHECK_EQUAL(551000 * 1024, kaelix_memory_available(root, 1));
    add_zones();
    CHECK_EQUAL(551000 * 1024 - 500 * page_bytes(), kaelix_memory_available(root, 1)); // 12 + 88, 400, and none of an empty zone
    add_file("/sys/devices/system/node/node1/meminfo", "Node 1 MemFree:         8 kB\n");
    CHECK_EQUAL(1000 * 1024, kaelix_memory_available(root, 1)); // what is kept back was touched already
    remove_tree();
}

static void should_not_expect_more_of_a_node_than_it_has(void) {
    const uint64_t available = kaelix_memory_available("", 0);
    const uint64_t swap = system_number("/proc/meminfo", "SwapTotal:") * 1024;
    CHECK(available == UINT64_MAX || (available > 0 && available < kaelix_memory_ceiling(0) + swap));
}

static int32_t bind_to(uint64_t memory, size_t count, int32_t node, int32_t *error) {
    uint64_t nodes[KAELIX_NODE_WORDS] = {0};
    kaelix_add_node(nodes, node);
    return kaelix_set_policy(memory, count * page_bytes(), KAELIX_POLICY_BIND, nodes, error);
}

static void should_bind_before_the_pages_are_there(void) {
    const uint64_t memory = map_pages(8);
    int32_t error = -1;
    const int32_t status = bind_to(memory, 8, 0, &error);
    CHECK(status == KAELIX_OK || status == KAELIX_E_UNAVAILABLE);
    CHECK((status == KAELIX_OK) == (error == 0));
    unsigned long nodes[KAELIX_MAX_NODES / (8 * sizeof(unsigned long)) + 1] = {0};
    const int policy = policy_of(memory, nodes);
    if (status == KAELIX_OK && policy >= 0) {
        CHECK_EQUAL(MPOL_BIND, policy);
        CHECK_EQUAL(1, nodes[0]);
    }
    touch_pages(memory, 8);
    int32_t node = UNTOUCHED;
    if (status == KAELIX_OK && kaelix_range_node(memory, 8 * page_bytes(), page_bytes(), &node) == KAELIX_OK) {
        CHECK_EQUAL(0, node);
    }
    unmap_pages(memory, 8);
}

/* On a machine with fewer nodes than the mask has bits; EINVAL would also be the answer to a mask of a wrong size. */
static void should_not_bind_to_a_node_without_memory(void) {
    const uint64_t memory = map_pages(1);
    int32_t error = 0;
    CHECK_EQUAL(KAELIX_E_UNAVAILABLE, bind_to(memory, 1, KAELIX_MAX_NODES - 1, &error));
    CHECK(error == EINVAL || kaelix_is_refusal(error));
    unmap_pages(memory, 1);
}

static void should_find_the_node_of_a_range(void) {
    if (!placement_is_readable()) {
        return;
    }
    static const size_t counts[] = {1, 2, 3, 511, 512, 513, 1000, 5000};
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        const uint64_t memory = map_pages(counts[i]);
        touch_pages(memory, counts[i] - 1);
        // The last page is missing: seen at any count, since probes are spread to the very end.
        int32_t node = UNTOUCHED;
        const uint64_t bytes = counts[i] * page_bytes();
        CHECK_EQUAL(KAELIX_E_SYSTEM, kaelix_range_node(memory, bytes, page_bytes(), &node));
        CHECK_EQUAL(KAELIX_NODE_ANY, node);
        touch_pages(memory, counts[i]);
        CHECK_EQUAL(KAELIX_OK, kaelix_range_node(memory, bytes, page_bytes(), &node));
        CHECK(node == KAELIX_NODE_ANY || kaelix_node_exists(node));
        unmap_pages(memory, counts[i]);
    }
}

static void should_know_which_nodes_may_be_used(void) {
    uint64_t nodes[KAELIX_NODE_WORDS];
    kaelix_usable_nodes(nodes);
    int found = 0;
    for (int32_t node = 0; node < KAELIX_MAX_NODES; node++) {
        if (kaelix_has_node(nodes, node)) {
            CHECK(kaelix_node_exists(node));
            found++;
        }
    }
    CHECK(found > 0);
}

/* Over all usable nodes: with one of them, that is all pages on it. */
static void should_interleave_page_by_page(void) {
    enum { COUNT = 1030 };
    uint64_t nodes[KAELIX_NODE_WORDS];
    kaelix_usable_nodes(nodes);
    int32_t usable = 0;
    for (int32_t node = 0; node < KAELIX_MAX_NODES; node++) {
        usable += kaelix_has_node(nodes, node) ? 1 : 0;
    }
    const uint64_t memory = map_pages(COUNT);
    int32_t error = -1;
    const int32_t status = kaelix_set_policy(memory, COUNT * page_bytes(), KAELIX_POLICY_INTERLEAVE, nodes, &error);
    kaelix_spread spread = {UNTOUCHED, UNTOUCHED, false};
    CHECK_EQUAL(KAELIX_E_SYSTEM, kaelix_range_spread(memory, COUNT * page_bytes(), page_bytes(), nodes, &spread));
    CHECK_EQUAL(UNTOUCHED, spread.count); // no page is there yet
    touch_pages(memory, COUNT);
    CHECK_EQUAL(KAELIX_OK, kaelix_range_spread(memory, COUNT * page_bytes(), page_bytes(), nodes, &spread));
    if (status == KAELIX_OK) {
        CHECK_EQUAL(usable, spread.count);
        CHECK(spread.even);
        CHECK_EQUAL(usable == 1, spread.node != KAELIX_NODE_ANY);
    }
    // A node more that holds nothing makes the same pages uneven.
    kaelix_add_node(nodes, KAELIX_MAX_NODES - 1);
    CHECK_EQUAL(KAELIX_OK, kaelix_range_spread(memory, COUNT * page_bytes(), page_bytes(), nodes, &spread));
    CHECK(!spread.even);
    // And so do pages on a node that was not named.
    memset(nodes, 0, sizeof(nodes));
    CHECK_EQUAL(KAELIX_OK, kaelix_range_spread(memory, COUNT * page_bytes(), page_bytes(), nodes, &spread));
    CHECK(!spread.even);
    unmap_pages(memory, COUNT);
}

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_check_the_arguments_of_a_page_query),
        CASE(should_say_what_a_sandbox_does_to_a_page_query),
        CASE(should_know_which_nodes_exist),
        CASE(should_assume_one_node_where_sys_is_missing),
        CASE(should_know_how_much_memory_there_is_at_most),
        CASE(should_know_whether_there_is_more_than_one_node),
        CASE(should_know_what_a_node_could_give_now),
        CASE(should_not_expect_more_of_a_node_than_it_has),
        CASE(should_bind_before_the_pages_are_there),
        CASE(should_not_bind_to_a_node_without_memory),
        CASE(should_find_the_node_of_a_range),
        CASE(should_know_which_nodes_may_be_used),
    };
    static const test_case cases_with_placement[] = {
        CASE(should_tell_the_node_of_every_page),
        CASE(should_interleave_page_by_page),
    };
    int status = RUN_CASES(cases, arguments, argument);
    if (placement_is_readable()) {
        status |= RUN_CASES(cases_with_placement, arguments, argument);
    }
    return status;
}
