/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * tcp_stream.c - mode tcp-stream: messages a second over loopback in writes of 64 KiB, or of one message where that is longer. The sender
 * writes every word of every message, the receiver reads them all: what carrying messages costs beyond carrying bytes (tcp-bulk).
 */
#include "floors.h"
#include "loopback.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define LEAST_WRITE_BYTES 65536u

typedef struct trial {
    const probe_options *options;
    size_t messages; /* in each write                            */
    int ends[2];
    uint64_t count;  /* messages received in the measured time   */
    int64_t nanos;   /* that was measured                        */
    uint64_t broken; /* messages that were not what was due      */
} trial;

static size_t words_of(const trial *run) {
    return run->options->payload / sizeof(uint64_t);
}

static uint64_t *new_buffer(const trial *run) {
    uint64_t *const words = malloc(run->messages * run->options->payload);
    if (words == NULL) {
        die("a buffer", ENOMEM);
    }
    return words;
}

static void send_all(void *argument) {
    trial *const run = argument;
    const size_t length = run->messages * run->options->payload;
    const size_t words = words_of(run);
    uint64_t *const buffer = new_buffer(run);
    uint64_t next = 0;
    for (bool open = true; open;) {
        for (size_t message = 0; message < run->messages; message++, next++) {
            for (size_t i = 0; i < words; i++) {
                buffer[message * words + i] = next + i;
            }
        }
        for (size_t sent = 0; open && sent < length;) {
            const ssize_t now_sent = send(run->ends[0], (const unsigned char *) buffer + sent, length - sent, MSG_NOSIGNAL);
            if (now_sent > 0) {
                sent += (size_t) now_sent;
            } else if (errno == EPIPE || errno == ECONNRESET) {
                open = false; // the receiver has seen enough
            } else if (errno != EINTR) {
                die("send over loopback", errno);
            }
        }
    }
    free(buffer);
    close(run->ends[0]);
}

static void receive_write(const trial *run, uint64_t *buffer) {
    const size_t length = run->messages * run->options->payload;
    for (size_t received = 0; received < length;) {
        const ssize_t now_received = recv(run->ends[1], (unsigned char *) buffer + received, length - received, 0);
        if (now_received > 0) {
            received += (size_t) now_received;
        } else if (now_received == 0 || errno != EINTR) {
            die("receive over loopback", now_received == 0 ? ECONNRESET : errno);
        }
    }
}

static void receive_all(void *argument) {
    trial *const run = argument;
    const size_t words = words_of(run);
    uint64_t *const buffer = new_buffer(run);
    const int64_t from = now() + nanos(run->options->warmup);
    const int64_t measured = nanos(run->options->seconds);
    int64_t started = 0;
    for (uint64_t next = 0;;) {
        receive_write(run, buffer);
        for (size_t message = 0; message < run->messages; message++, next++) {
            uint64_t sum = 0;
            for (size_t i = 0; i < words; i++) {
                sum += buffer[message * words + i];
            }
            run->broken += buffer[message * words] != next || sum != next * words + (uint64_t) words * (words - 1) / 2;
        }
        const int64_t time = now();
        if (started == 0) {
            started = time >= from ? time : 0;
            continue;
        }
        run->count += run->messages;
        if (time - started >= measured) {
            run->nanos = time - started;
            break;
        }
    }
    free(buffer);
    close(run->ends[1]);
}

int tcp_stream(const probe_options *options) {
    trial run = {.options = options, .messages = options->payload < LEAST_WRITE_BYTES ? LEAST_WRITE_BYTES / options->payload : 1};
    loopback_connect(run.ends);
    run_pair(options, send_all, receive_all, &run);
    json_begin(options);
    const double per_second = (double) run.count * (double) NANOS_PER_SECOND / (double) run.nanos;
    printf(",\"payload\":%u,\"writeBytes\":%zu,\"perSecond\":%.0f,\"bytesPerSecond\":%.0f,\"checksumOk\":%s", options->payload,
            run.messages * options->payload, per_second, per_second * options->payload, run.broken == 0 ? "true" : "false");
    return run.broken == 0 ? 0 : 1;
}
