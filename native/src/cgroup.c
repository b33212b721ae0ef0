/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * cgroup.c - what the control groups of this process still allow, from version 1 and version 2 hierarchies.
 *
 * A limit on memory is enforced by killing, and by no error before: it has to be read. Each ancestor limits as well, so
 * all are asked, from the group of the process up to what is mounted (in a container, its own root):
 *
 *     /proc/self/cgroup       "4:memory:/a/b" or "0::/a/b"     the group, as the hierarchy names it
 *     /proc/self/mountinfo    root "/a", at "/sys/fs/cgroup"   what part of the hierarchy is seen, and where
 *                                                              hence /sys/fs/cgroup/b, then /sys/fs/cgroup
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_BYTES 4096

/* What is limited, and how the files of each version call it. */
typedef struct resource {
    const char *controller;  /* of version 1                                              */
    const char *limit_v1;    /* bytes                                                     */
    const char *usage_v1;
    const char *limit_v2;    /* bytes, or "max"                                           */
    const char *usage_v2;
    bool reclaims;           /* whether its usage counts page cache, which makes room     */
} resource;

static const resource resources[] = {
    [KAELIX_LIMIT_MEMORY] = {"memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
                             "memory.max", "memory.current", true},
    [KAELIX_LIMIT_HUGETLB_2M] = {"hugetlb", "hugetlb.2MB.limit_in_bytes", "hugetlb.2MB.usage_in_bytes",
                                 "hugetlb.2MB.max", "hugetlb.2MB.current", false},
    [KAELIX_LIMIT_HUGETLB_1G] = {"hugetlb", "hugetlb.1GB.limit_in_bytes", "hugetlb.1GB.usage_in_bytes",
                                 "hugetlb.1GB.max", "hugetlb.1GB.current", false},
};

/* A group while it is climbed, and what is known of it. */
typedef struct group {
    char path[PATH_BYTES]; /* directory; files are named behind its end       */
    size_t end;            /* length of the directory                         */
    size_t top;            /* length of the mount point, where climbing ends  */
} group;

/* A number that is all of a file, or follows a key in it. False if it is not there, or no number. */
static bool read_figure(group *at, const char *file, const char *key, uint64_t *figure) {
    kaelix_lines lines;
    const int length = snprintf(at->path + at->end, sizeof(at->path) - at->end, "/%s", file);
    const bool opened = length > 0 && (size_t) length < sizeof(at->path) - at->end
        && kaelix_lines_open(&lines, at->path);
    at->path[at->end] = '\0';
    if (!opened) {
        return false;
    }
    bool found = false;
    const size_t key_length = strlen(key);
    const char *line;
    while (!found && (line = kaelix_lines_next(&lines)) != NULL) {
        const char *number = line + key_length;
        if (strncmp(line, key, key_length) == 0 && *number >= '0' && *number <= '9') {
            *figure = strtoull(number, NULL, 10);
            found = true;
        }
    }
    kaelix_lines_close(&lines);
    return found;
}

/*
 * Bytes that one group leaves. Usage counts the page cache of files, which the kernel drops before it kills: on the two
 * lists of file pages, where shared memory never is. Swap is not counted as room: what is mapped here has to stay.
 */
static uint64_t left_in(group *at, const resource *what, bool version_2) {
    uint64_t limit;
    uint64_t usage;
    if (!read_figure(at, version_2 ? what->limit_v2 : what->limit_v1, "", &limit)
        || !read_figure(at, version_2 ? what->usage_v2 : what->usage_v1, "", &usage)) {
        return UINT64_MAX;
    }
    if (what->reclaims) {
        static const char *const lists[2][2] = {{"total_inactive_file ", "total_active_file "},
                                                {"inactive_file ", "active_file "}};
        for (int i = 0; i < 2; i++) {
            uint64_t cached;
            if (read_figure(at, "memory.stat", lists[version_2][i], &cached)) {
                usage -= cached < usage ? cached : usage;
            }
        }
    }
    return usage < limit ? limit - usage : 0;
}

/* From the group up to the mount point: the tightest. */
static uint64_t left_upwards(group *at, const resource *what, bool version_2) {
    uint64_t left = UINT64_MAX;
    while (true) {
        const uint64_t here = left_in(at, what, version_2);
        left = here < left ? here : left;
        if (at->end <= at->top) {
            return left;
        }
        while (at->end > at->top && at->path[at->end - 1] != '/') {
            at->end--;
        }
        at->end = at->end > at->top ? at->end - 1 : at->top;
        at->path[at->end] = '\0';
    }
}

/* ---- which group, and where it is seen ---------------------------------------------------------------------- */

/* Whether a list of words parted by commas holds one. */
static bool holds_word(const char *list, size_t length, const char *word) {
    const size_t word_length = strlen(word);
    const char *const end = list + length;
    for (const char *at = list; at < end;) {
        const char *comma = memchr(at, ',', (size_t) (end - at));
        const char *const next = comma == NULL ? end : comma;
        if ((size_t) (next - at) == word_length && memcmp(at, word, word_length) == 0) {
            return true;
        }
        at = next + 1;
    }
    return false;
}

/* The path of this process in a hierarchy: of version 2, or of version 1 with a controller. */
static bool own_group(const char *root, const char *controller, bool version_2, char *path) {
    char file[PATH_BYTES];
    snprintf(file, sizeof(file), "%s/proc/self/cgroup", root);
    kaelix_lines lines;
    if (!kaelix_lines_open(&lines, file)) {
        return false;
    }
    bool found = false;
    const char *line;
    while (!found && (line = kaelix_lines_next(&lines)) != NULL) { // number:controllers:path
        const char *const controllers = strchr(line, ':');
        const char *const end = controllers == NULL ? NULL : strchr(controllers + 1, ':');
        if (end != NULL && (version_2 ? strncmp(line, "0::", 3) == 0
                                      : holds_word(controllers + 1, (size_t) (end - controllers) - 1, controller))) {
            found = snprintf(path, PATH_BYTES, "%s", end + 1) < PATH_BYTES;
        }
    }
    kaelix_lines_close(&lines);
    return found;
}

/* Paths in mountinfo have blanks and backslashes as octal numbers of three digits; in place. */
static void decode(char *text) {
    char *to = text;
    for (const char *from = text; *from != '\0';) {
        if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] >= '0' && from[2] <= '7' && from[3] >= '0'
            && from[3] <= '7') {
            *to++ = (char) ((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
            from += 4;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
}

typedef struct mount {
    char root[PATH_BYTES];  /* what part of the hierarchy is seen  */
    char point[PATH_BYTES]; /* and where                           */
} mount;

/* Parses one line: number parent device root point options [more] - type source superoptions. */
static bool parse_mount(const char *line, const char *controller, bool version_2, mount *found) {
    const char *const tail = strstr(line, " - ");
    if (tail == NULL) {
        return false;
    }
    const char *const type = tail + 3;
    const char *const options = strrchr(type, ' ');
    const bool fits = version_2 ? strncmp(type, "cgroup2 ", 8) == 0
                                : strncmp(type, "cgroup ", 7) == 0 && options != NULL
                                      && holds_word(options + 1, strlen(options + 1), controller);
    // A line is at most 4095 bytes long (kaelix_lines cuts it there), and so are its parts.
    if (!fits || sscanf(line, "%*s %*s %*s %4095s %4095s", found->root, found->point) != 2) {
        return false;
    }
    decode(found->root);
    decode(found->point);
    return true;
}

static bool find_mount(const char *root, const char *controller, bool version_2, mount *found) {
    char file[PATH_BYTES];
    snprintf(file, sizeof(file), "%s/proc/self/mountinfo", root);
    kaelix_lines lines;
    if (!kaelix_lines_open(&lines, file)) {
        return false;
    }
    bool is_found = false;
    const char *line;
    while (!is_found && (line = kaelix_lines_next(&lines)) != NULL) {
        is_found = parse_mount(line, controller, version_2, found);
    }
    kaelix_lines_close(&lines);
    return is_found;
}

/* The part of path below root, "" if it is root itself or not below it (then only what is mounted can be asked). */
static const char *below(const char *path, const char *root) {
    const size_t length = strcmp(root, "/") == 0 ? 0 : strlen(root);
    const bool inside = strncmp(path, root, length) == 0 && path[length] == '/' && strstr(path, "/..") == NULL;
    return inside && path[length + 1] != '\0' ? path + length : "";
}

static uint64_t left_in_hierarchy(const char *root, const resource *what, bool version_2) {
    char path[PATH_BYTES];
    mount seen;
    if (!own_group(root, what->controller, version_2, path) || !find_mount(root, what->controller, version_2, &seen)) {
        return UINT64_MAX;
    }
    group at;
    const int top = snprintf(at.path, sizeof(at.path), "%s%s", root, seen.point);
    if (top < 0 || (size_t) top >= sizeof(at.path)) {
        return UINT64_MAX;
    }
    at.top = (size_t) top;
    const int below_top = snprintf(at.path + at.top, sizeof(at.path) - at.top, "%s", below(path, seen.root));
    if (below_top < 0 || (size_t) below_top >= sizeof(at.path) - at.top) {
        return UINT64_MAX;
    }
    at.end = at.top + (size_t) below_top;
    return left_upwards(&at, what, version_2);
}

uint64_t kaelix_limit_left(const char *root, kaelix_limit limit) {
    const uint64_t old = left_in_hierarchy(root, &resources[limit], false);
    const uint64_t unified = left_in_hierarchy(root, &resources[limit], true);
    return old < unified ? old : unified;
}
