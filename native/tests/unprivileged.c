/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * unprivileged - runs a program as a user without any capability, with a limit of real-time priority.
 *
 *     unprivileged LIMIT PROGRAM [ARGUMENT...]
 *
 * Exits with 77 where that is not possible (this process is not root), with 2 when used otherwise.
 */
#include "check.h"

#include <grp.h>
#include <sys/resource.h>
#include <unistd.h>

#define NOBODY 65534

int main(int arguments, char **argument) {
    char *end = NULL;
    const unsigned long priority = arguments < 3 ? 0 : strtoul(argument[1], &end, 10);
    if (end == NULL || end == argument[1] || *end != '\0') {
        fprintf(stderr, "usage: unprivileged LIMIT PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    const struct rlimit limit = {priority, priority};
    if (setrlimit(RLIMIT_RTPRIO, &limit) != 0 || setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0
        || setresuid(NOBODY, NOBODY, NOBODY) != 0) {
        perror("unprivileged");
        return EXIT_SKIPPED;
    }
    execvp(argument[2], argument + 2);
    perror(argument[2]);
    return 2;
}
