/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * numa.c - memory policy and page placement by raw system calls, so that the library loads where libnuma is missing.
 */
#include "internal.h"

#include <linux/mempolicy.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

/* Pages asked about in one system call: the addresses take 4 KiB of stack. */
#define PAGES_PER_CALL 512

#define BITS_PER_WORD (8 * sizeof(unsigned long))

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

int32_t kaelix_bind(uint64_t address, uint64_t bytes, int32_t node, int32_t *system_error) {
    unsigned long mask[KAELIX_MAX_NODES / BITS_PER_WORD];
    memset(mask, 0, sizeof(mask));
    mask[(size_t) node / BITS_PER_WORD] = 1UL << ((size_t) node % BITS_PER_WORD);
    // The kernel reads one bit less than it is told: maxnode is the number of bits plus one.
    if (syscall(SYS_mbind, address, bytes, MPOL_BIND, mask, (unsigned long) KAELIX_MAX_NODES + 1, 0U) == 0) {
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
