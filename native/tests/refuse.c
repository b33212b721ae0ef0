/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * refuse - runs a program whose calls that place memory are refused with EPERM, as a container's seccomp profile does.
 *
 *     refuse CALL[,CALL...] PROGRAM [ARGUMENT...]
 *
 * Exits with 77 where the system does not let a process filter its own calls, with 2 when used otherwise.
 */
#include "sandbox.h"

static const struct {
    const char *name;
    long number;
} calls[] = {
    {"mbind", SYS_mbind},
    {"set_mempolicy", SYS_set_mempolicy},
    {"get_mempolicy", SYS_get_mempolicy},
    {"move_pages", SYS_move_pages},
};

static long number_of(const char *name) {
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        if (strcmp(name, calls[i].name) == 0) {
            return calls[i].number;
        }
    }
    return -1;
}

int main(int arguments, char **argument) {
    if (arguments < 3) {
        fprintf(stderr, "usage: refuse CALL[,CALL...] PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    char *rest = NULL;
    for (char *name = strtok_r(argument[1], ",", &rest); name != NULL; name = strtok_r(NULL, ",", &rest)) {
        const long number = number_of(name);
        if (number < 0) {
            fprintf(stderr, "refuse: there is no call %s; use mbind, set_mempolicy, get_mempolicy or move_pages\n", name);
            return 2;
        }
        if (!sandbox_refuse(number, 0, ANY_ARGUMENT, EPERM)) {
            return EXIT_SKIPPED;
        }
    }
    execvp(argument[2], argument + 2);
    perror(argument[2]);
    return 2;
}
