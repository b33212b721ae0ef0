/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * proc.c - reading /proc and /sys: by system calls alone, since stdio would allocate, and the caller may be anywhere.
 */
#include "internal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool kaelix_lines_open(kaelix_lines *lines, const char *path) {
    lines->begin = 0;
    lines->end = 0;
    do {
        lines->file = open(path, O_RDONLY | O_CLOEXEC);
    } while (lines->file < 0 && errno == EINTR);
    return lines->file >= 0;
}

/* Appends what one read gives; one byte is kept free to terminate a line that fills the buffer. */
static bool fill(kaelix_lines *lines) {
    const size_t space = sizeof(lines->buffer) - 1 - lines->end;
    ssize_t got;
    do {
        got = read(lines->file, lines->buffer + lines->end, space);
    } while (got < 0 && errno == EINTR);
    if (got <= 0) {
        return false;
    }
    lines->end += (size_t) got;
    return true;
}

static char *find_newline(kaelix_lines *lines, size_t from) {
    return memchr(lines->buffer + from, '\n', lines->end - from);
}

/* Drops the rest of a line whose beginning was delivered. */
static void skip_rest_of_line(kaelix_lines *lines) {
    char *newline;
    do {
        lines->begin = 0;
        lines->end = 0;
        if (!fill(lines)) {
            return;
        }
        newline = find_newline(lines, 0);
    } while (newline == NULL);
    lines->begin = (size_t) (newline - lines->buffer) + 1;
}

const char *kaelix_lines_next(kaelix_lines *lines) {
    if (lines->begin == sizeof(lines->buffer)) { // a cut line was delivered last
        skip_rest_of_line(lines);
    }
    char *newline;
    size_t searched = lines->begin;
    while ((newline = find_newline(lines, searched)) == NULL) {
        if (lines->begin > 0) {
            lines->end -= lines->begin;
            memmove(lines->buffer, lines->buffer + lines->begin, lines->end);
            lines->begin = 0;
        }
        searched = lines->end;
        if (lines->end == sizeof(lines->buffer) - 1) {
            lines->buffer[lines->end] = '\0';
            lines->begin = sizeof(lines->buffer);
            return lines->buffer;
        }
        if (!fill(lines)) {
            if (lines->end == 0) {
                return NULL;
            }
            lines->buffer[lines->end] = '\0'; // a last line without a newline
            lines->begin = 0;
            lines->end = 0;
            return lines->buffer;
        }
    }
    char *line = lines->buffer + lines->begin;
    *newline = '\0';
    lines->begin = (size_t) (newline - lines->buffer) + 1;
    return line;
}

void kaelix_lines_close(kaelix_lines *lines) {
    // Linux frees the descriptor whatever close returns, so there is nothing to repeat.
    close(lines->file);
    lines->file = -1;
}

bool kaelix_list_contains(const char *list, int32_t number) {
    const char *at = list;
    while (*at >= '0' && *at <= '9') {
        char *next;
        const unsigned long first = strtoul(at, &next, 10);
        unsigned long last = first;
        if (*next == '-') {
            last = strtoul(next + 1, &next, 10);
        }
        if (number >= 0 && (unsigned long) number >= first && (unsigned long) number <= last) {
            return true;
        }
        at = *next == ',' ? next + 1 : next;
    }
    return false;
}

void kaelix_list_bits(const char *list, uint64_t *bits, int32_t words) {
    for (int32_t number = 0; number < 64 * words; number++) {
        if (number % 64 == 0) {
            bits[number / 64] = 0;
        }
        if (kaelix_list_contains(list, number)) {
            bits[number / 64] |= (uint64_t) 1 << (number % 64);
        }
    }
}

uint64_t kaelix_kilobytes(const char *line, const char *key) {
    const size_t length = strlen(key);
    if (strncmp(line, key, length) != 0 || line[length] != ':') {
        return 0;
    }
    return strtoull(line + length + 1, NULL, 10) * 1024;
}
