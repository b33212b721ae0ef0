/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * main.c - kaelix-floors MODE [options]: measures what its mode names and prints one line of JSON. Status 0; 1 if the
 * system failed or what arrived was not what was sent; 2 for a bad command line. Times are nanoseconds.
 *
 *   handoff        a cache line to and fro between two CPUs
 *   ring           frames through a ring, as many as go, as the reader received them
 *   ping-pong      one frame to and fro through two rings
 *   paced          frames through a ring at a fixed rate, timed from when they should have been sent
 *   tasks          tasks at a fixed rate for a worker that spins, timed from the call and from when they were due
 *   gaps           how often and how long each CPU stands still
 *   memcpy         bytes a second that one thread copies, in memory and in cache
 *   tcp-ping-pong  one message to and fro over loopback, both ends polling
 *   tcp-bulk       bytes a second over loopback
 */
#include "floors.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(const probe_options *options);
    bool has_distribution; /* that --hgrm can write */
} modes[] = {
    {"handoff", handoff, false},
    {"ring", throughput, false},
    {"ping-pong", ping_pong, true},
    {"paced", paced, true},
    {"tasks", tasks, false},
    {"gaps", gaps, false},
    {"memcpy", memory_copy, false},
    {"tcp-ping-pong", tcp_ping_pong, true},
    {"tcp-bulk", tcp_bulk, false},
    {"tcp-stream", tcp_stream, false},
    {"tcp-connect", tcp_connect, false},
};

int main(int count, char **arguments) {
    const probe_options options = options_parse(count, arguments);
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (strcmp(modes[i].name, options.mode) == 0) {
            if (options.hgrm != NULL && !modes[i].has_distribution) {
                fprintf(stderr, "kaelix-floors: --hgrm: mode %s has no distribution to write\n", options.mode);
                return 2;
            }
            const int status = modes[i].run(&options);
            puts("}");
            return fflush(stdout) == 0 ? status : 1;
        }
    }
    fprintf(stderr, "kaelix-floors: unknown mode %s: there are", options.mode);
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        fprintf(stderr, " %s", modes[i].name);
    }
    fputc('\n', stderr);
    return 2;
}
