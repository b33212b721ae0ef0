/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * tcp_ping_pong.c - mode tcp-ping-pong: one message of the payload's length to and fro over loopback, both ends polling
 * without ever sleeping; half of the way round counts.
 */
#include "floors.h"
#include "loopback.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* So many samples end a run early. */
#define MOST_SAMPLES ((size_t) 4 << 20)

typedef struct trial {
    const probe_options *options;
    int ends[2];
    int64_t *samples;
    size_t count;
    uint64_t broken; /* messages that came back changed */
} trial;

static bool would_block(void) {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static void send_whole(const trial *run, int socket, const unsigned char *message) {
    const size_t length = run->options->payload;
    for (size_t sent = 0; sent < length;) {
        const ssize_t now_sent = send(socket, message + sent, length - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (now_sent > 0) {
            sent += (size_t) now_sent;
        } else if (would_block()) {
            pause_briefly(run->options->cpus_shared);
        } else {
            die("send over loopback", errno);
        }
    }
}

/* False: the other end has closed, between two messages. */
static bool receive_whole(const trial *run, int socket, unsigned char *message) {
    const size_t length = run->options->payload;
    for (size_t received = 0; received < length;) {
        const ssize_t now_received = recv(socket, message + received, length - received, MSG_DONTWAIT);
        if (now_received > 0) {
            received += (size_t) now_received;
        } else if (now_received == 0 && received == 0) {
            return false;
        } else if (now_received < 0 && would_block()) {
            pause_briefly(run->options->cpus_shared);
        } else {
            die("receive over loopback", now_received == 0 ? ECONNRESET : errno);
        }
    }
    return true;
}

static unsigned char *new_message(const trial *run) {
    unsigned char *const message = calloc(1, run->options->payload);
    if (message == NULL) {
        die("a message's buffer", ENOMEM);
    }
    return message;
}

static void ping(void *argument) {
    trial *const run = argument;
    unsigned char *const sent = new_message(run);
    unsigned char *const received = new_message(run);
    const int64_t from = now() + nanos(run->options->warmup);
    const int64_t until = from + nanos(run->options->seconds);
    for (uint64_t next = 1; run->count < MOST_SAMPLES; next++) {
        memcpy(sent, &next, sizeof(next));
        const int64_t before = now();
        if (before >= until && run->count > 0) {
            break;
        }
        send_whole(run, run->ends[0], sent);
        if (!receive_whole(run, run->ends[0], received)) {
            die("receive over loopback", ECONNRESET);
        }
        const int64_t after = now();
        run->broken += memcmp(sent, received, run->options->payload) != 0;
        if (before >= from) {
            run->samples[run->count++] = (after - before) / 2;
        }
    }
    free(sent);
    free(received);
    close(run->ends[0]);
}

static void pong(void *argument) {
    trial *const run = argument;
    unsigned char *const message = new_message(run);
    while (receive_whole(run, run->ends[1], message)) {
        send_whole(run, run->ends[1], message);
    }
    free(message);
    close(run->ends[1]);
}

int tcp_ping_pong(const probe_options *options) {
    trial run = {.options = options, .samples = map_populated(MOST_SAMPLES * sizeof(int64_t))};
    loopback_connect(run.ends);
    run_pair(options, ping, pong, &run);
    sort_samples(run.samples, run.count);
    if (options->hgrm != NULL) {
        write_hgrm(options->hgrm, run.samples, run.count);
    }
    json_begin(options);
    printf(",\"payload\":%u,\"samples\":%zu,", options->payload, run.count);
    json_percentiles(run.samples, run.count);
    printf(",\"checksumOk\":%s", run.broken == 0 ? "true" : "false");
    return run.broken == 0 ? 0 : 1;
}
