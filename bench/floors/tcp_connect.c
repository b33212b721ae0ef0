/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * tcp_connect.c - mode tcp-connect: how long it takes to connect over loopback, one connection after the other, until connect has
 * returned, and until the other end, which polls for it, has answered a message of 64 bytes; then --connections at once, each of which is
 * answered, too.
 */
#include "floors.h"
#include "loopback.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE_BYTES 64
#define WORDS (MESSAGE_BYTES / sizeof(uint64_t))
/* A closed connection keeps its port for a minute, and there are some 28,000. */
#define MOST_SAMPLES 4000

typedef struct trial {
    const probe_options *options;
    loopback_listener listener;
    int64_t *connected; /* times of one connection after the other, until connect returned */
    int64_t *answered;  /* until the answer was there                                      */
    size_t count;
    int64_t together;   /* nanoseconds until all that came at once were answered           */
    uint64_t broken;    /* answers that were another message                               */
    atomic_bool done;
} trial;

static bool would_block(void) {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* Messages of this length go in one piece over loopback. */
static void send_message(const trial *run, int socket, const uint64_t *message) {
    while (send(socket, message, MESSAGE_BYTES, MSG_DONTWAIT | MSG_NOSIGNAL) != MESSAGE_BYTES) {
        if (!would_block()) {
            die("send over loopback", errno);
        }
        pause_briefly(run->options->cpus_shared);
    }
}

/* False: nothing is there yet. */
static bool receive_message(int socket, uint64_t *message) {
    const ssize_t received = recv(socket, message, MESSAGE_BYTES, MSG_DONTWAIT);
    if (received != MESSAGE_BYTES && !(received < 0 && would_block())) {
        die("receive over loopback", received < 0 ? errno : ECONNRESET);
    }
    return received > 0;
}

static void await_answer(trial *run, int socket, uint64_t number) {
    uint64_t answer[WORDS];
    while (!receive_message(socket, answer)) {
        pause_briefly(run->options->cpus_shared);
    }
    for (size_t i = 0; i < WORDS; i++) {
        run->broken += answer[i] != number + i;
    }
}

static void greet(const trial *run, int socket, uint64_t number) {
    uint64_t message[WORDS];
    for (size_t i = 0; i < WORDS; i++) {
        message[i] = number + i;
    }
    send_message(run, socket, message);
}

static void connect_singly(trial *run) {
    const int64_t from = now() + nanos(run->options->warmup);
    const int64_t until = from + nanos(run->options->seconds);
    for (uint64_t number = 0; number < 2 * MOST_SAMPLES && run->count < MOST_SAMPLES; number++) {
        const int64_t before = now();
        if (before >= until && run->count > 0) {
            break;
        }
        const int socket = loopback_join(&run->listener);
        const int64_t connected = now();
        greet(run, socket, number);
        await_answer(run, socket, number);
        const int64_t answered = now();
        close(socket);
        if (before >= from || number >= MOST_SAMPLES) {
            run->connected[run->count] = connected - before;
            run->answered[run->count++] = answered - before;
        }
    }
}

static void connect_together(trial *run) {
    const uint32_t count = run->options->connections;
    int *const sockets = calloc(count, sizeof(int));
    if (sockets == NULL) {
        die("sockets", ENOMEM);
    }
    const int64_t before = now();
    for (uint32_t i = 0; i < count; i++) {
        sockets[i] = loopback_join(&run->listener);
        greet(run, sockets[i], i);
    }
    for (uint32_t i = 0; i < count; i++) {
        await_answer(run, sockets[i], i);
    }
    run->together = now() - before;
    for (uint32_t i = 0; i < count; i++) {
        close(sockets[i]);
    }
    free(sockets);
}

static void connect_all(void *argument) {
    trial *const run = argument;
    connect_singly(run);
    connect_together(run);
    atomic_store(&run->done, true);
}

/* Answers the first message of each connection and closes it: what was sent is delivered all the same. */
static void answer_all(void *argument) {
    trial *const run = argument;
    while (!atomic_load(&run->done)) {
        const int socket = loopback_accept(&run->listener);
        if (socket < 0) {
            pause_briefly(run->options->cpus_shared);
            continue;
        }
        uint64_t message[WORDS];
        while (!receive_message(socket, message)) {
            pause_briefly(run->options->cpus_shared);
        }
        send_message(run, socket, message);
        close(socket);
    }
}

/* Both ends of every connection are of this process. */
static void raise_limit(uint32_t connections) {
    struct rlimit limit;
    const rlim_t wanted = 2 * (rlim_t) connections + 64;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        die("getrlimit", errno);
    }
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
            die("setrlimit of open files", errno);
        }
    }
}

int tcp_connect(const probe_options *options) {
    raise_limit(options->connections);
    trial run = {
        .options = options,
        .connected = map_populated(MOST_SAMPLES * sizeof(int64_t)),
        .answered = map_populated(MOST_SAMPLES * sizeof(int64_t)),
    };
    loopback_listen(&run.listener, (int) options->connections);
    run_pair(options, connect_all, answer_all, &run);
    sort_samples(run.connected, run.count);
    sort_samples(run.answered, run.count);
    json_begin(options);
    printf(",\"samples\":%zu", run.count);
    json_distribution("connected", run.connected, run.count);
    json_distribution("answered", run.answered, run.count);
    printf(",\"connections\":%u,\"togetherNanos\":%lld,\"checksumOk\":%s", options->connections, (long long) run.together,
            run.broken == 0 ? "true" : "false");
    return run.broken == 0 ? 0 : 1;
}
