/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * numa.c - memory policy and page placement by raw system calls, so that the library loads where libnuma is missing.
 */
#include "internal.h"

#include <linux/mempolicy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

/* Pages asked about in one system call: the addresses take 4 KiB of stack. */
#define PAGES_PER_CALL 512

#define BITS_PER_WORD (8 * sizeof(unsigned long))

_Static_assert(sizeof(unsigned long) == sizeof(uint64_t), "a set of nodes is what the kernel takes");
_Static_assert(KAELIX_NODE_WORDS * 64 == KAELIX_MAX_NODES, "a set of nodes holds all of them");

bool kaelix_node_exists(int32_t node) {
    kaelix_lines lines;
    if (!kaelix_lines_open(&lines, "/sys/devices/system/node/online")) {
        return node == 0;
    }
    const char *online = kaelix_lines_next(&lines);
    const bool exists = online == NULL ? node == 0 : kaelix_list_contains(online, node);
    kaelix_lines_close(&lines);
    return exists;
}

static uint64_t machine_memory(void) {
    struct sysinfo info;
    if (sysinfo(&info) != 0) {
        return UINT64_MAX;
    }
    return ((uint64_t) info.totalram + (uint64_t) info.totalswap) * info.mem_unit;
}

uint64_t kaelix_memory_ceiling(int32_t node) {
    const uint64_t machine = machine_memory();
    if (node == KAELIX_NODE_ANY) {
        return machine;
    }
    char path[64];
    char key[32];
    snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/meminfo", node);
    snprintf(key, sizeof(key), "Node %d MemTotal", node);
    kaelix_lines lines;
    if (!kaelix_lines_open(&lines, path)) {
        return machine;
    }
    uint64_t total = 0;
    const char *line;
    while (total == 0 && (line = kaelix_lines_next(&lines)) != NULL) {
        total = kaelix_kilobytes(line, key);
    }
    kaelix_lines_close(&lines);
    return total == 0 ? machine : total;
}

/* What follows blanks and a key at the beginning of a line, NULL if something else does. */
static const char *after_key(const char *line, const char *key) {
    while (*line == ' ') {
        line++;
    }
    const size_t length = strlen(key);
    return strncmp(line, key, length) == 0 ? line + length : NULL;
}

/* The largest number of a list such as "(0, 2979, 31890)". */
static uint64_t largest(const char *list) {
    uint64_t most = 0;
    while (*list != '\0') {
        if (*list < '0' || *list > '9') {
            list++;
            continue;
        }
        char *end;
        const uint64_t value = strtoull(list, &end, 10);
        most = value > most ? value : most;
        list = end;
    }
    return most;
}

/*
 * Pages that allocations of user memory have to leave in the zones of a node: the high watermark, up to which reclaim
 * works, and what is kept for those that can only use lower zones. All of a zone where that is more than it manages.
 */
static uint64_t reserved_pages(const char *root, int32_t node) {
    char path[256];
    snprintf(path, sizeof(path), "%s/proc/zoneinfo", root);
    kaelix_lines lines;
    if (!kaelix_lines_open(&lines, path)) {
        return 0;
    }
    char heading[32];
    snprintf(heading, sizeof(heading), "Node %d,", node);
    uint64_t sum = 0;
    uint64_t high = 0;
    uint64_t managed = 0;
    bool inside = false;
    const char *line;
    while ((line = kaelix_lines_next(&lines)) != NULL) {
        const char *value;
        if (strncmp(line, "Node ", 5) == 0) {
            inside = strncmp(line, heading, strlen(heading)) == 0;
        } else if (inside && (value = after_key(line, "high ")) != NULL) {
            high = strtoull(value, NULL, 10);
        } else if (inside && (value = after_key(line, "managed ")) != NULL) {
            managed = strtoull(value, NULL, 10);
        } else if (inside && (value = after_key(line, "protection:")) != NULL) {
            const uint64_t kept = high + largest(value);
            sum += kept < managed ? kept : managed;
        }
    }
    kaelix_lines_close(&lines);
    return sum;
}

/* The kB figures of several keys of a file, in bytes and in sum; false if the first of them is not there. */
static bool sum_of(const char *path, const char *const *keys, size_t count, uint64_t *sum) {
    kaelix_lines lines;
    if (!kaelix_lines_open(&lines, path)) {
        return false;
    }
    bool found = false;
    *sum = 0;
    const char *line;
    while ((line = kaelix_lines_next(&lines)) != NULL) {
        for (size_t i = 0; i < count; i++) {
            const uint64_t bytes = kaelix_kilobytes(line, keys[i]);
            found = found || (i == 0 && strncmp(line, keys[0], strlen(keys[0])) == 0);
            *sum += bytes;
        }
    }
    kaelix_lines_close(&lines);
    return found;
}

uint64_t kaelix_memory_available(const char *root, int32_t node) {
    char path[256];
    char keys[3][48];
    snprintf(path, sizeof(path), "%s/sys/devices/system/node/node%d/meminfo", root, node);
    snprintf(keys[0], sizeof(keys[0]), "Node %d MemFree", node);
    snprintf(keys[1], sizeof(keys[1]), "Node %d Active(file)", node);
    snprintf(keys[2], sizeof(keys[2]), "Node %d Inactive(file)", node);
    const char *const of_node[] = {keys[0], keys[1], keys[2]};
    uint64_t available;
    if (!sum_of(path, of_node, 3, &available)) {
        return UINT64_MAX;
    }
    const uint64_t reserved = reserved_pages(root, node) * kaelix_base_page();
    available -= reserved < available ? reserved : available;
    static const char *const of_machine[] = {"SwapFree"};
    uint64_t swap;
    snprintf(path, sizeof(path), "%s/proc/meminfo", root);
    return sum_of(path, of_machine, 1, &swap) ? available + swap : available;
}

bool kaelix_is_one_node(const char *root) {
    char path[256];
    snprintf(path, sizeof(path), "%s/sys/devices/system/node/online", root);
    kaelix_lines lines;
    if (!kaelix_lines_open(&lines, path)) {
        return true;
    }
    const char *line = kaelix_lines_next(&lines);
    const bool one = line == NULL || strpbrk(line, "-,") == NULL;
    kaelix_lines_close(&lines);
    return one;
}

void kaelix_usable_nodes(uint64_t *nodes) {
    memset(nodes, 0, KAELIX_NODE_WORDS * sizeof(*nodes));
    kaelix_lines lines;
    if (kaelix_lines_open(&lines, "/sys/devices/system/node/has_memory")) {
        const char *line = kaelix_lines_next(&lines);
        if (line != NULL) {
            kaelix_list_bits(line, nodes, KAELIX_NODE_WORDS);
        }
        kaelix_lines_close(&lines);
    }
    // The kernel leaves nodes outside of the cpuset out of a policy without a word.
    unsigned long allowed[KAELIX_MAX_NODES / BITS_PER_WORD];
    memset(allowed, 0, sizeof(allowed));
    const bool known = syscall(SYS_get_mempolicy, NULL, allowed, (unsigned long) KAELIX_MAX_NODES, NULL,
                               (unsigned long) MPOL_F_MEMS_ALLOWED) == 0;
    uint64_t any = 0;
    for (size_t i = 0; i < KAELIX_NODE_WORDS; i++) {
        nodes[i] &= known ? allowed[i] : UINT64_MAX;
        any |= nodes[i];
    }
    if (any == 0) {
        kaelix_add_node(nodes, 0);
    }
}

int32_t kaelix_set_policy(uint64_t address, uint64_t bytes, int32_t policy, const uint64_t *nodes,
                          int32_t *system_error) {
    static const int modes[] = {
        [KAELIX_POLICY_BIND] = MPOL_BIND,
        [KAELIX_POLICY_PREFER] = MPOL_PREFERRED,
        [KAELIX_POLICY_INTERLEAVE] = MPOL_INTERLEAVE,
    };
    // The kernel reads one bit less than it is told: maxnode is the number of bits plus one.
    if (syscall(SYS_mbind, address, bytes, modes[policy], nodes, (unsigned long) KAELIX_MAX_NODES + 1, 0U) == 0) {
        *system_error = 0;
        return KAELIX_OK;
    }
    *system_error = errno;
    // EINVAL for a node that exists: it has no memory, or the cpuset of this process leaves it out.
    return kaelix_is_refusal(*system_error) || *system_error == EINVAL ? KAELIX_E_UNAVAILABLE : KAELIX_E_SYSTEM;
}

/* Asks for at most PAGES_PER_CALL pages. 0 or an errno. */
static int query_nodes(void **pages, int32_t count, int32_t *nodes) {
    // Without target nodes nothing is moved, and the present node of each page is written.
    return syscall(SYS_move_pages, 0, (unsigned long) count, pages, NULL, nodes, 0) < 0 ? errno : 0;
}

int32_t kaelix_page_nodes(uint64_t address, uint64_t page_bytes, int32_t count, int32_t *nodes, int32_t *system_error) {
    kaelix_report(system_error, 0);
    uint64_t span;
    if (count < 0 || (nodes == NULL && count > 0) || page_bytes == 0
        || __builtin_mul_overflow((uint64_t) count, page_bytes, &span)
        || __builtin_add_overflow(address, span, &span)) {
        return KAELIX_E_INVALID;
    }
    void *pages[PAGES_PER_CALL];
    int32_t asked;
    for (int32_t done = 0; done < count; done += asked) {
        asked = count - done < PAGES_PER_CALL ? count - done : PAGES_PER_CALL;
        for (int32_t i = 0; i < asked; i++) {
            pages[i] = kaelix_pointer(address + (uint64_t) (done + i) * page_bytes);
        }
        const int error = query_nodes(pages, asked, nodes + done);
        if (error != 0 && done == 0) {
            kaelix_report(system_error, error);
            return kaelix_is_refusal(error) ? KAELIX_E_UNAVAILABLE : KAELIX_E_SYSTEM;
        }
        // What was read stays valid when a later call fails: its pages carry the reason, as single pages do.
        for (int32_t i = 0; error != 0 && i < asked; i++) {
            nodes[done + i] = -error;
        }
    }
    return KAELIX_OK;
}

int32_t kaelix_range_node(uint64_t address, uint64_t bytes, uint64_t page_bytes, int32_t *node) {
    const uint64_t page_count = bytes / page_bytes;
    const uint64_t probes = page_count < PAGES_PER_CALL ? page_count : PAGES_PER_CALL;
    void *pages[PAGES_PER_CALL];
    int32_t nodes[PAGES_PER_CALL];
    for (uint64_t i = 0; i < probes; i++) {
        // Spread from the first to the last page, since a policy falls back in order of allocation.
        const uint64_t page = probes == 1 ? 0 : i * (page_count - 1) / (probes - 1);
        pages[i] = kaelix_pointer(address + page * page_bytes);
    }
    const int error = query_nodes(pages, (int32_t) probes, nodes);
    if (error != 0) {
        return kaelix_is_refusal(error) ? KAELIX_E_UNAVAILABLE : KAELIX_E_SYSTEM;
    }
    *node = nodes[0];
    for (uint64_t i = 0; i < probes; i++) {
        if (nodes[i] < 0) {
            *node = KAELIX_NODE_ANY;
            return KAELIX_E_SYSTEM;
        }
        if (nodes[i] != nodes[0]) {
            *node = KAELIX_NODE_ANY;
        }
    }
    return KAELIX_OK;
}

/* Nodes and pages: what a range is made of, counted. */
typedef struct census {
    uint64_t pages[KAELIX_MAX_NODES];
    uint64_t total;
} census;

static int count_pages(uint64_t address, uint64_t bytes, uint64_t page_bytes, census *counted) {
    void *pages[PAGES_PER_CALL];
    int32_t nodes[PAGES_PER_CALL];
    memset(counted, 0, sizeof(*counted));
    counted->total = bytes / page_bytes;
    uint64_t asked;
    for (uint64_t done = 0; done < counted->total; done += asked) {
        asked = counted->total - done < PAGES_PER_CALL ? counted->total - done : PAGES_PER_CALL;
        for (uint64_t i = 0; i < asked; i++) {
            pages[i] = kaelix_pointer(address + (done + i) * page_bytes);
        }
        const int error = query_nodes(pages, (int32_t) asked, nodes);
        if (error != 0) {
            return error;
        }
        for (uint64_t i = 0; i < asked; i++) {
            if (nodes[i] < 0 || nodes[i] >= KAELIX_MAX_NODES) {
                return nodes[i] < 0 ? -nodes[i] : ERANGE;
            }
            counted->pages[nodes[i]]++;
        }
    }
    return 0;
}

int32_t kaelix_range_spread(uint64_t address, uint64_t bytes, uint64_t page_bytes, const uint64_t *nodes,
                            kaelix_spread *spread) {
    census counted;
    const int error = count_pages(address, bytes, page_bytes, &counted);
    if (error != 0) {
        return kaelix_is_refusal(error) ? KAELIX_E_UNAVAILABLE : KAELIX_E_SYSTEM;
    }
    uint64_t wanted = 0;
    for (int32_t node = 0; node < KAELIX_MAX_NODES; node++) {
        wanted += kaelix_has_node(nodes, node) ? 1 : 0;
    }
    const uint64_t least = wanted == 0 ? 0 : counted.total / wanted * 7 / 8;
    *spread = (kaelix_spread){KAELIX_NODE_ANY, 0, true};
    for (int32_t node = 0; node < KAELIX_MAX_NODES; node++) {
        const uint64_t held = counted.pages[node];
        const bool is_wanted = kaelix_has_node(nodes, node);
        spread->even = spread->even && (is_wanted ? held >= least : held == 0);
        if (held > 0) {
            spread->node = spread->count == 0 ? node : KAELIX_NODE_ANY;
            spread->count++;
        }
    }
    return KAELIX_OK;
}
