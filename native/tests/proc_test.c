/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 */
#include "check.h"
#include "internal.h"

#include <sys/mman.h>
#include <unistd.h>

/* A file of the given content, at a path that can be opened; it is gone when its descriptor is closed. */
static int memory_file(const char *content, size_t length, char *path, size_t capacity) {
    const int file = memfd_create("proc_test", MFD_CLOEXEC);
    REQUIRE(file >= 0);
    REQUIRE(write(file, content, length) == (ssize_t) length);
    snprintf(path, capacity, "/proc/self/fd/%d", file);
    return file;
}

static void check_lines(const char *content, size_t length, const char *const *expected, size_t count) {
    char path[64];
    const int file = memory_file(content, length, path, sizeof(path));
    kaelix_lines lines;
    CHECK(kaelix_lines_open(&lines, path));
    for (size_t i = 0; i < count; i++) {
        const char *line = kaelix_lines_next(&lines);
        CHECK(line != NULL && strcmp(line, expected[i]) == 0);
    }
    CHECK(kaelix_lines_next(&lines) == NULL);
    kaelix_lines_close(&lines);
    close(file);
}

static void should_deliver_every_line(void) {
    static const char *const expected[] = {"first", "", "third"};
    check_lines("first\n\nthird\n", 13, expected, 3);
    check_lines("first\n\nthird", 12, expected, 3);
    check_lines("", 0, expected, 0);
}

static void should_deliver_lines_that_cross_the_buffer(void) {
    enum { COUNT = 300 };
    static char content[COUNT * 101];
    static char texts[COUNT][101];
    static const char *expected[COUNT];
    for (int i = 0; i < COUNT; i++) {
        memset(texts[i], 'a' + i % 26, 100);
        memcpy(content + i * 101, texts[i], 100);
        content[i * 101 + 100] = '\n';
        expected[i] = texts[i];
    }
    check_lines(content, sizeof(content), expected, COUNT);
}

/* Around the size of the buffer, where an off-by-one would be. */
static void should_cut_lines_longer_than_the_buffer(void) {
    static char content[3 * 4096 + 8];
    static char cut[4096];
    for (size_t length = 4090; length <= 8200; length++) {
        memset(content, 'x', length);
        memcpy(content + length, "\nnext\n", 6);
        const size_t kept = length < sizeof(cut) - 1 ? length : sizeof(cut) - 1;
        memset(cut, 'x', kept);
        cut[kept] = '\0';
        const char *const expected[] = {cut, "next"};
        check_lines(content, length + 6, expected, 2);
    }
}

static void should_not_open_what_is_not_there(void) {
    kaelix_lines lines;
    CHECK(!kaelix_lines_open(&lines, "/proc/self/no-such-file"));
    CHECK_EQUAL(ENOENT, errno);
}

static void should_understand_the_kernels_lists(void) {
    CHECK(kaelix_list_contains("0", 0));
    CHECK(!kaelix_list_contains("0", 1));
    CHECK(kaelix_list_contains("0-3,8,10-11", 2));
    CHECK(kaelix_list_contains("0-3,8,10-11", 8));
    CHECK(kaelix_list_contains("0-3,8,10-11", 11));
    CHECK(!kaelix_list_contains("0-3,8,10-11", 4));
    CHECK(!kaelix_list_contains("0-3,8,10-11", 12));
    CHECK(!kaelix_list_contains("0-3", -1));
    CHECK(!kaelix_list_contains("", 0));
}

static void should_read_figures_in_kilobytes(void) {
    CHECK_EQUAL(24105 * 1024, kaelix_kilobytes("AnonHugePages:     24105 kB", "AnonHugePages"));
    CHECK_EQUAL(512 * 1024, kaelix_kilobytes("Node 0 MemTotal:  512 kB", "Node 0 MemTotal"));
    CHECK_EQUAL(0, kaelix_kilobytes("AnonHugePages:     24105 kB", "Anon"));
    CHECK_EQUAL(0, kaelix_kilobytes("Rss:                   4 kB", "AnonHugePages"));
}

int main(int arguments, char **argument) {
    static const test_case cases[] = {
        CASE(should_deliver_every_line),
        CASE(should_deliver_lines_that_cross_the_buffer),
        CASE(should_cut_lines_longer_than_the_buffer),
        CASE(should_not_open_what_is_not_there),
        CASE(should_understand_the_kernels_lists),
        CASE(should_read_figures_in_kilobytes),
    };
    return RUN_CASES(cases, arguments, argument);
}
