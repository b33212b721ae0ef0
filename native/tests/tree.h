/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * tree.h - made-up trees of /proc and /sys, for what takes the root of the file system as an argument.
 */
#ifndef KAELIX_TREE_H
#define KAELIX_TREE_H

#include "check.h"

#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>

/* Of the tree of this case. */
static char root[256];

static inline int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void) status;
    (void) kind;
    (void) walk;
    return remove(path);
}

static inline void new_tree(void) {
    const char *folder = getenv("TMPDIR");
    const int length = snprintf(root, sizeof(root), "%s/kaelix_test.XXXXXX", folder == NULL || *folder == '\0' ? "/tmp" : folder);
    REQUIRE(length > 0 && (size_t) length < sizeof(root));
    REQUIRE(mkdtemp(root) != NULL);
}

static inline void remove_tree(void) {
    REQUIRE(nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
}

static inline void add_file(const char *file, const char *content) {
    char path[512];
    snprintf(path, sizeof(path), "%s%s", root, file);
    for (char *at = path + strlen(root) + 1; (at = strchr(at, '/')) != NULL; at++) {
        *at = '\0';
        REQUIRE(mkdir(path, 0700) == 0 || errno == EEXIST);
        *at = '/';
    }
    FILE *out = fopen(path, "we");
    REQUIRE(out != NULL);
    REQUIRE(fputs(content, out) >= 0 && fclose(out) == 0);
}

#endif /* KAELIX_TREE_H */
