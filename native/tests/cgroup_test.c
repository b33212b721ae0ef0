/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * Limits of cgroups: read from made-up trees of /proc and /sys, and, where this process may make a cgroup with a limit
 * (root, on a system with the memory controller), against the kernel itself.
 */
#include "check.h"
#include "internal.h"
#include "mappings.h"
#include "sandbox.h"
#include "tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#define MIB ((uint64_t) 1 << 20)

/* ---- made-up trees ------------------------------------------------------------------------------------------ */

static uint64_t left(kaelix_limit limit) {
    return kaelix_limit_left(root, limit);
}

static void should_know_no_limit_where_nothing_tells(void) {
    new_tree();
    CHECK_EQUAL(UINT64_MAX, left(KAELIX_LIMIT_MEMORY));
    add_file("/proc/self/cgroup", "0::/a\n");
    CHECK_EQUAL(UINT64_MAX, left(KAELIX_LIMIT_MEMORY));
    add_file("/proc/self/mountinfo", "34 30 0:31 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw\n");
    CHECK_EQUAL(UINT64_MAX, left(KAELIX_LIMIT_MEMORY));
    add_file("/sys/fs/cgroup/a/memory.max", "max\n");
    add_file("/sys/fs/cgroup/a/memory.current", "4096\n");
    CHECK_EQUAL(UINT64_MAX, left(KAELIX_LIMIT_MEMORY));
    remove_tree();
}

static void should_take_the_tightest_limit_up_the_tree_of_version_2(void) {
    new_tree();
    add_file("/proc/self/cgroup", "1:name=systemd:/elsewhere\n0::/a/b/c\n");
    add_file("/proc/self/mountinfo",
             "22 1 0:5 / /proc rw shared:7 - proc proc rw\n"
             "34 30 0:31 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");
    add_file("/sys/fs/cgroup/a/b/c/memory.max", "1000000\n");
    add_file("/sys/fs/cgroup/a/b/c/memory.current", "100000\n");
    CHECK_EQUAL(900000, left(KAELIX_LIMIT_MEMORY));
    add_file("/sys/fs/cgroup/a/memory.max", "2000000\n"); // the larger limit leaves less
    add_file("/sys/fs/cgroup/a/memory.current", "1500000\n");
    CHECK_EQUAL(500000, left(KAELIX_LIMIT_MEMORY));
    add_file("/sys/fs/cgroup/a/b/memory.high", "1\n"); // slows down, and kills nobody
    CHECK_EQUAL(500000, left(KAELIX_LIMIT_MEMORY));
    add_file("/sys/fs/cgroup/memory.max", "3000000\n");
    add_file("/sys/fs/cgroup/memory.current", "3000001\n");
    CHECK_EQUAL(0, left(KAELIX_LIMIT_MEMORY));
    CHECK_EQUAL(UINT64_MAX, left(KAELIX_LIMIT_HUGETLB_2M));
    remove_tree();
}

static void should_not_count_page_cache_as_used(void) {
    new_tree();
    add_file("/proc/self/cgroup", "0::/a\n");
    add_file("/proc/self/mountinfo", "34 30 0:31 / /sys/fs/cgroup rw - cgroup2 none rw\n");
    add_file("/sys/fs/cgroup/a/memory.max", "1000000\n");
    add_file("/sys/fs/cgroup/a/memory.current", "900000\n");
    add_file("/sys/fs/cgroup/a/memory.stat", "anon 300000\nfile 700000\nshmem 100000\ninactive_anon 1\n"
                                             "active_file 200000\ninactive_file 400000\n");
    CHECK_EQUAL(700000, left(KAELIX_LIMIT_MEMORY));
    add_file("/sys/fs/cgroup/a/memory.stat", "inactive_file 4000000\n"); // read a moment later than the usage
    CHECK_EQUAL(1000000, left(KAELIX_LIMIT_MEMORY));
    remove_tree();
}

static void should_read_version_1(void) {
    new_tree();
    add_file("/proc/self/cgroup", "9:hugetlb:/h\n5:cpu,cpuacct:/wrong\n4:pids,memory:/docker/abc/x\n0::/\n");
    add_file("/proc/self/mountinfo",
             "31 30 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
             "34 30 0:31 /docker/abc /sys/fs/cgroup/memory ro,nosuid master:9 - cgroup cgroup rw,pids,memory\n"
             "35 30 0:33 / /sys/fs/cgroup/hugetlb rw - cgroup cgroup rw,hugetlb\n"
             "36 30 0:34 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
    add_file("/sys/fs/cgroup/memory/x/memory.limit_in_bytes", "9223372036854771712\n"); // none, as version 1 says it
    add_file("/sys/fs/cgroup/memory/x/memory.usage_in_bytes", "4096\n");
    CHECK(left(KAELIX_LIMIT_MEMORY) > (uint64_t) 1 << 62);
    add_file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "1000000\n");
    add_file("/sys/fs/cgroup/memory/memory.usage_in_bytes", "800000\n");
    add_file("/sys/fs/cgroup/memory/memory.stat", "inactive_file 999\nactive_file 999\ntotal_inactive_file 100000\n"
                                                  "total_active_file 50000\n");
    CHECK_EQUAL(350000, left(KAELIX_LIMIT_MEMORY));
    add_file("/sys/fs/cgroup/hugetlb/h/hugetlb.2MB.limit_in_bytes", "8388608\n");
    add_file("/sys/fs/cgroup/hugetlb/h/hugetlb.2MB.usage_in_bytes", "2097152\n");
    CHECK_EQUAL(6291456, left(KAELIX_LIMIT_HUGETLB_2M));
    CHECK_EQUAL(UINT64_MAX, left(KAELIX_LIMIT_HUGETLB_1G));
    remove_tree();
}

static void should_read_limits_of_hugetlb_pools_of_version_2(void) {
    new_tree();
    add_file("/proc/self/cgroup", "0::/a\n");
    add_file("/proc/self/mountinfo", "34 30 0:31 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    add_file("/sys/fs/cgroup/a/hugetlb.2MB.max", "4194304\n");
    add_file("/sys/fs/cgroup/a/hugetlb.2MB.current", "2097152\n");
    add_file("/sys/fs/cgroup/a/hugetlb.1GB.max", "0\n");
    add_file("/sys/fs/cgroup/a/hugetlb.1GB.current", "0\n");
    CHECK_EQUAL(2097152, left(KAELIX_LIMIT_HUGETLB_2M));
    CHECK_EQUAL(0, left(KAELIX_LIMIT_HUGETLB_1G));
    remove_tree();
}

/* What a container sees of its own group, and names that systemd makes. */
static void should_find_the_group_where_it_is_mounted(void) {
    static const struct {
        const char *group;
        const char *mounted_root;
        const char *directory; /* that has the limit */
    } places[] = {
        {"/", "/", ""},
        {"/docker/abc", "/docker/abc", ""},
        {"/docker/abc/x", "/docker/abc", "/x"},
        {"/docker/abcd/x", "/docker/abc", ""},                    // another group whose name begins alike
        {"/../../system.slice/x", "/", ""},                       // outside of the namespace
        {"/gnome\\x2dterm.scope", "/", "/gnome\\x2dterm.scope"},  // the group's own backslash
        {"/a b/c", "/a\\040b", "/c"},                             // mountinfo's escape of a blank
    };
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        new_tree();
        char text[256];
        snprintf(text, sizeof(text), "0::%s\n", places[i].group);
        add_file("/proc/self/cgroup", text);
        snprintf(text, sizeof(text), "34 30 0:31 %s /sys/fs/c\\040g rw - cgroup2 cgroup2 rw\n", places[i].mounted_root);
        add_file("/proc/self/mountinfo", text);
        snprintf(text, sizeof(text), "/sys/fs/c g%s/memory.max", places[i].directory);
        add_file(text, "5000\n");
        snprintf(text, sizeof(text), "/sys/fs/c g%s/memory.current", places[i].directory);
        add_file(text, "2000\n");
        CHECK_EQUAL(3000, left(KAELIX_LIMIT_MEMORY));
        remove_tree();
    }
}

/* ---- the kernel itself -------------------------------------------------------------------------------------- */

/* A group of its own, where this process may make one. */
static char own_group[128];

static bool write_to(const char *file, const char *text) {
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", own_group, file);
    const int out = open(path, O_WRONLY | O_CLOEXEC);
    const bool written = out >= 0 && write(out, text, strlen(text)) == (ssize_t) strlen(text);
    if (out >= 0) {
        close(out);
    }
    return written;
}

/* With a limit in a file of version 1 or of version 2. Says so, and is false, where that cannot be. */
static bool make_group(const char *controller, const char *file_v1, const char *file_v2, const char *limit) {
    for (int version = 1; version <= 2; version++) {
        snprintf(own_group, sizeof(own_group), "/sys/fs/cgroup/%s/kaelix_test_%d", version == 1 ? controller : "",
                 (int) getpid());
        if (mkdir(own_group, 0700) != 0) {
            continue;
        }
        if (write_to(version == 1 ? file_v1 : file_v2, limit)) {
            return true;
        }
        rmdir(own_group);
    }
    printf("       this process may not make a cgroup with a limit of %s\n", controller);
    return false;
}

static kaelix_region region;

static int32_t map_from(int32_t rung, uint64_t bytes) {
    const kaelix_region_request request = {.bytes = bytes, .node = KAELIX_NODE_ANY, .first_rung = rung};
    return kaelix_region_map(&request, &region, NULL);
}

static int32_t map(uint64_t bytes) {
    return map_from(KAELIX_RUNG_TRANSPARENT, bytes);
}

/* Without the check this process would be killed here, which its parent reports as a failure. */
static void limited(void) {
    NEEDS_SANDBOX(write_to("cgroup.procs", "0"));
    CHECK(kaelix_limit_left("", KAELIX_LIMIT_MEMORY) <= 64 * MIB);
    CHECK_EQUAL(KAELIX_E_NO_MEMORY, map(80 * MIB));
    CHECK_EQUAL(KAELIX_WHY_LIMIT, region.steps[KAELIX_RUNG_TRANSPARENT].why);
    CHECK_EQUAL(KAELIX_WHY_LIMIT, region.steps[KAELIX_RUNG_NORMAL].why);
    CHECK(region.steps[KAELIX_RUNG_NORMAL].limit_left <= 64 * MIB);
    CHECK_EQUAL(KAELIX_OK, map(40 * MIB));
    CHECK_EQUAL(KAELIX_E_NO_MEMORY, map(40 * MIB)); // together too many
    // Up to the limit, as the library sees it: still no signal.
    while (map(2 * MIB) == KAELIX_OK) {
        memset(kaelix_pointer(region.address), 1, region.bytes);
    }
    CHECK_EQUAL(KAELIX_WHY_LIMIT, region.steps[KAELIX_RUNG_NORMAL].why);
}

static void should_stop_short_of_the_limit_of_a_real_group(void) {
    if (!make_group("memory", "memory.limit_in_bytes", "memory.max", "67108864")) {
        return;
    }
    IN_CHILD(limited);
    CHECK_EQUAL(0, rmdir(own_group));
}

/* The pool has enough, so that mmap agrees; without the check the first touch would be a SIGBUS, or refused in the middle. */
static void limited_in_hugepages(void) {
    NEEDS_SANDBOX(write_to("cgroup.procs", "0"));
    CHECK_EQUAL(4 * MIB, kaelix_limit_left("", KAELIX_LIMIT_HUGETLB_2M));
    CHECK_EQUAL(KAELIX_OK, map_from(KAELIX_RUNG_HUGETLB_2M, 8 * MIB));
    CHECK(region.rung > KAELIX_RUNG_HUGETLB_2M);
    CHECK_EQUAL(KAELIX_WHY_LIMIT, region.steps[KAELIX_RUNG_HUGETLB_2M].why);
    CHECK_EQUAL(4 * MIB, region.steps[KAELIX_RUNG_HUGETLB_2M].limit_left);
    memset(kaelix_pointer(region.address), 1, region.bytes);
    CHECK_EQUAL(KAELIX_OK, map_from(KAELIX_RUNG_HUGETLB_2M, 4 * MIB));
    CHECK_EQUAL(KAELIX_RUNG_HUGETLB_2M, region.rung);
    memset(kaelix_pointer(region.address), 1, region.bytes);
    CHECK_EQUAL(0, kaelix_limit_left("", KAELIX_LIMIT_HUGETLB_2M));
}

static void should_stop_short_of_the_limit_of_hugepages_of_a_real_group(void) {
    if (system_number("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "") < 6) {
        printf("       too few hugepages are reserved\n");
        return;
    }
    if (!make_group("hugetlb", "hugetlb.2MB.limit_in_bytes", "hugetlb.2MB.max", "4194304")) {
        return;
    }
    IN_CHILD(limited_in_hugepages);
    CHECK_EQUAL(0, rmdir(own_group));
}

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_know_no_limit_where_nothing_tells),
        CASE(should_take_the_tightest_limit_up_the_tree_of_version_2),
        CASE(should_not_count_page_cache_as_used),
        CASE(should_read_version_1),
        CASE(should_read_limits_of_hugetlb_pools_of_version_2),
        CASE(should_find_the_group_where_it_is_mounted),
        CASE(should_stop_short_of_the_limit_of_a_real_group),
        CASE(should_stop_short_of_the_limit_of_hugepages_of_a_real_group),
    };
    return RUN_CASES(cases, arguments, argument);
}
