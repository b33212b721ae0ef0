/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * tcp_bulk.c - mode tcp-bulk: bytes a second over loopback, as the receiver counts them, in writes of 64 KiB. Both ends
 * block in the kernel when they have to wait.
 */
#include "floors.h"
#include "loopback.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define WORDS_PER_WRITE 8192u
#define WRITE_BYTES (WORDS_PER_WRITE * sizeof(uint64_t))

typedef struct trial {
    const probe_options *options;
    int ends[2];
    uint64_t bytes;  /* received in the measured time       */
    int64_t nanos;   /* that was measured                   */
    uint64_t broken; /* words that were not the next number */
} trial;

static uint64_t *new_buffer(void) {
    uint64_t *const words = malloc(WRITE_BYTES);
    if (words == NULL) {
        die("a buffer", ENOMEM);
    }
    return words;
}

/* Each write carries its number in its first word, then the same words again and again. */
static void send_all(void *argument) {
    trial *const run = argument;
    uint64_t *const words = new_buffer();
    for (uint32_t i = 0; i < WORDS_PER_WRITE; i++) {
        words[i] = i;
    }
    for (bool open = true; open; words[0]++) {
        for (size_t sent = 0; open && sent < WRITE_BYTES;) {
            const ssize_t now_sent = send(run->ends[0], (const unsigned char *) words + sent, WRITE_BYTES - sent, MSG_NOSIGNAL);
            if (now_sent > 0) {
                sent += (size_t) now_sent;
            } else if (errno == EPIPE || errno == ECONNRESET) {
                open = false; // the receiver has seen enough
            } else if (errno != EINTR) {
                die("send over loopback", errno);
            }
        }
    }
    free(words);
    close(run->ends[0]);
}

static void receive_write(const trial *run, uint64_t *words) {
    for (size_t received = 0; received < WRITE_BYTES;) {
        const ssize_t now_received = recv(run->ends[1], (unsigned char *) words + received, WRITE_BYTES - received, 0);
        if (now_received > 0) {
            received += (size_t) now_received;
        } else if (now_received == 0 || errno != EINTR) {
            die("receive over loopback", now_received == 0 ? ECONNRESET : errno);
        }
    }
}

static void receive_all(void *argument) {
    trial *const run = argument;
    uint64_t *const words = new_buffer();
    const int64_t from = now() + nanos(run->options->warmup);
    const int64_t measured = nanos(run->options->seconds);
    int64_t started = 0;
    for (uint64_t next = 0;; next++) {
        receive_write(run, words);
        run->broken += words[0] != next;
        run->broken += words[WORDS_PER_WRITE - 1] != WORDS_PER_WRITE - 1;
        const int64_t time = now();
        if (started == 0) {
            started = time >= from ? time : 0;
            continue;
        }
        run->bytes += WRITE_BYTES;
        if (time - started >= measured) {
            run->nanos = time - started;
            break;
        }
    }
    free(words);
    close(run->ends[1]);
}

int tcp_bulk(const probe_options *options) {
    trial run = {.options = options};
    loopback_connect(run.ends);
    run_pair(options, send_all, receive_all, &run);
    json_begin(options);
    printf(",\"writeBytes\":%zu,\"bytesPerSecond\":%.0f,\"checksumOk\":%s", (size_t) WRITE_BYTES,
            (double) run.bytes * (double) NANOS_PER_SECOND / (double) run.nanos, run.broken == 0 ? "true" : "false");
    return run.broken == 0 ? 0 : 1;
}
