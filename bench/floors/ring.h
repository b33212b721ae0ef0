/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * ring.h - a lane in C: the frames and the protocol of io.kaelix.lane.LaneWriter and LaneReader, for one writer and one
 * reader.
 *
 *     0  tail       by the writer: position behind the last frame published
 *   128  intent     by the writer: position that it writes below
 *   256  position   by the reader: what lies before, it has read
 *  4096  the frames
 *
 * A frame: │ length, the commit word │ flags │ stream id │ sequence │ payload. Four words of 4 bytes, then words of 8. The
 * writer writes all but the length, zeroes the word behind the frame and stores the length last, by release. A negative
 * word is padding to skip: no frame crosses the end of the ring. A batch is stored word by word, except for its first
 * one, whose release publishes it all.
 *
 * What Java does beyond this, and what therefore counts as its price here:
 *   - it checks: each length before it is followed, the reader's slot for eviction and for leaving before each frame, the
 *     frame's headers, the range of each payload access, whose thread it is, whether a claim is open;
 *   - it serves many: it walks the used slots for the slowest reader, a subscriber goes from lane to lane, a publisher keeps
 *     a sequence per stream and looks up its topic;
 *   - it records marks (position, frame count, wall clock), sixteen times a turn of the ring;
 *   - it clears the bytes behind a payload that is no multiple of 8, while payloads here always are one;
 *   - it calls: a handler per message, a poll per batch of messages, which publishes the reader's position at its end even
 *     when more has arrived; here, position is published each sixteenth of the ring and when nothing is there.
 * What C has beyond Java: one length of payload per compiled loop, so that the copy is unrolled into 16-byte stores.
 */
#ifndef KAELIX_FLOORS_RING_H
#define KAELIX_FLOORS_RING_H

#include "floors.h"

#include <stdalign.h>

#define HEADER_BYTES 16u
#define FLAGS_OFFSET 4
#define STREAM_ID_OFFSET 8
#define SEQUENCE_OFFSET 12

#define FLAGS_OF_VERSION_1 0x100u
#define STREAM_ID 1u

/* The commit word that lies zeroed behind the last frame, with what aligns the frame after it. */
#define WORD_BYTES 8u

/* Parts of the ring by which intent is raised and the position published. */
#define RAISES_PER_TURN 16u

typedef struct ring {
    alignas(LINE_PAIR) _Atomic(uint64_t) tail;
    alignas(LINE_PAIR) _Atomic(uint64_t) intent;
    alignas(LINE_PAIR) _Atomic(uint64_t) position;
    alignas(4096) unsigned char frames[];
} ring;

/* The writer's end. In a local variable of the writing function, so that it lives in registers. */
typedef struct ring_writer {
    ring *shared;
    uint64_t capacity;
    uint64_t tail;          /* behind the last frame committed, published or held back               */
    uint64_t clear;         /* a frame that ends below this needs no look at anything else           */
    uint64_t limit;         /* it may write below this: the lower of intent and position + capacity  */
    uint64_t intent;
    uint64_t padding;       /* bytes that the claim in hand needs before it                          */
    uint64_t held_position; /* where the batch begins                                                */
    int32_t held_word;      /* the batch's first word, stored last; 0 while the batch is empty       */
    uint32_t prefetch;      /* bytes fetched for writing at a time, this far ahead; 0: none          */
} ring_writer;

/* The reader's end; likewise. */
typedef struct ring_reader {
    ring *shared;
    uint64_t capacity;
    uint64_t position;  /* of the next frame   */
    uint64_t published; /* as the writer sees it */
} ring_reader;

/* A new ring, for one writer and one reader. It lives until the process ends. */
ring *ring_create(uint32_t capacity);

ALWAYS_INLINE ring_writer ring_writer_of(ring *shared, uint32_t capacity, uint32_t prefetch) {
    return (ring_writer){.shared = shared, .capacity = capacity, .prefetch = prefetch};
}

ALWAYS_INLINE ring_reader ring_reader_of(ring *shared, uint32_t capacity) {
    return (ring_reader){.shared = shared, .capacity = capacity};
}

ALWAYS_INLINE _Atomic(int32_t) *ring_word(ring *shared, uint64_t capacity, uint64_t position) {
    return (_Atomic(int32_t) *) (void *) (shared->frames + (position & (capacity - 1)));
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

/*
 * The slow path, sixteen times a turn and whenever the reader is behind: raises `intent` if it has to, and gives the new
 * limit, which may be below `need` still.
 */
uint64_t ring_raise(ring *shared, uint64_t capacity, uint64_t tail, uint64_t need, uint64_t *intent);

/*
 * At the end of what is clear: where readers have to be looked at, or, with prefetching, each so many bytes. Then lines that the
 * reader's core holds are asked for a while before they are stored to, as LaneWriter.claimBeyond does.
 */
ALWAYS_INLINE bool ring_look(ring_writer *writer, uint64_t need) {
    if (need > writer->limit) {
        uint64_t intent = writer->intent;
        writer->limit = ring_raise(writer->shared, writer->capacity, writer->tail, need, &intent);
        writer->intent = intent;
    }
    writer->clear = writer->limit;
    if (writer->prefetch != 0 && need <= writer->limit) {
        const uint64_t next = (writer->tail + writer->prefetch) & (writer->capacity - 1);
        for (uint64_t line = 0; line < writer->prefetch && next + line < writer->capacity; line += 64) {
            __builtin_prefetch(writer->shared->frames + next + line, 1, 3);
        }
        if (writer->tail + writer->prefetch < writer->limit && need <= writer->tail + writer->prefetch) {
            writer->clear = writer->tail + writer->prefetch;
        }
    }
    return need <= writer->limit;
}

/* Space for a frame of `length` bytes, a multiple of 8; NULL if the reader leaves none. */
ALWAYS_INLINE unsigned char *ring_claim(ring_writer *writer, uint32_t length) {
    const uint64_t rest = writer->capacity - (writer->tail & (writer->capacity - 1));
    const uint64_t padding = rest < length ? rest : 0;
    const uint64_t need = writer->tail + padding + length + WORD_BYTES;
    if (__builtin_expect(need > writer->clear, false) && !ring_look(writer, need)) {
        return NULL;
    }
    writer->padding = padding;
    return writer->shared->frames + ((writer->tail + padding) & (writer->capacity - 1));
}

/* Two words, stored at once: half as many stores wait for their line. The compiler alone makes single words of 8 of them. */
typedef uint64_t word_pair __attribute__((vector_size(16), aligned(8), may_alias));

/* Writes all of a claimed frame but its commit word; word i of the payload is first + i. */
ALWAYS_INLINE void ring_fill(unsigned char *frame, uint32_t words, uint64_t first, uint32_t sequence) {
    *(uint32_t *) (void *) (frame + FLAGS_OFFSET) = FLAGS_OF_VERSION_1;
    *(uint32_t *) (void *) (frame + STREAM_ID_OFFSET) = STREAM_ID;
    *(uint32_t *) (void *) (frame + SEQUENCE_OFFSET) = sequence;
    uint64_t *const payload = (uint64_t *) (void *) (frame + HEADER_BYTES);
    word_pair pair = {first, first + 1};
    uint32_t i = 0;
    for (; i + 2 <= words; i += 2) {
        *(word_pair *) (payload + i) = pair;
        pair += (word_pair){2, 2};
    }
    if (i < words) {
        payload[i] = first + i;
    }
}

/* Publishes the frame last claimed. */
ALWAYS_INLINE void ring_commit(ring_writer *writer, uint32_t length) {
    ring *const shared = writer->shared;
    const uint64_t start = writer->tail + writer->padding;
    const uint64_t end = start + length;
    atomic_store_explicit(ring_word(shared, writer->capacity, end), 0, memory_order_relaxed);
    _Atomic(int32_t) *const word = ring_word(shared, writer->capacity, start);
    // SYNC: both releases pair with the acquire in ring_next.
    if (__builtin_expect(writer->padding == 0, true)) {
        atomic_store_explicit(word, (int32_t) length, memory_order_release);
    } else {
        atomic_store_explicit(word, (int32_t) length, memory_order_relaxed);
        atomic_store_explicit(ring_word(shared, writer->capacity, writer->tail), -(int32_t) writer->padding, memory_order_release);
    }
    atomic_store_explicit(&shared->tail, end, memory_order_release);
    writer->tail = end;
}

/* Publishes what is held back, with one release. */
ALWAYS_INLINE void ring_publish_held(ring_writer *writer) {
    ring *const shared = writer->shared;
    if (writer->held_word != 0) {
        atomic_store_explicit(ring_word(shared, writer->capacity, writer->tail), 0, memory_order_relaxed);
        // SYNC: pairs with the acquire in ring_next, which then finds all words up to the zero above.
        atomic_store_explicit(ring_word(shared, writer->capacity, writer->held_position), writer->held_word, memory_order_release);
        atomic_store_explicit(&shared->tail, writer->tail, memory_order_release);
        writer->held_word = 0;
    }
}

/* Adds the frame last claimed to the batch. A batch of half a ring is published at once, as in Java. */
ALWAYS_INLINE void ring_hold(ring_writer *writer, uint32_t length) {
    ring *const shared = writer->shared;
    const uint64_t start = writer->tail + writer->padding;
    if (writer->padding != 0 && writer->held_word != 0) {
        atomic_store_explicit(ring_word(shared, writer->capacity, writer->tail), -(int32_t) writer->padding, memory_order_relaxed);
    }
    if (writer->padding != 0 || writer->held_word != 0) {
        atomic_store_explicit(ring_word(shared, writer->capacity, start), (int32_t) length, memory_order_relaxed);
    }
    if (writer->held_word == 0) {
        writer->held_position = writer->tail;
        writer->held_word = writer->padding == 0 ? (int32_t) length : -(int32_t) writer->padding;
    }
    writer->tail = start + length;
    if (writer->tail - writer->held_position >= writer->capacity / 2) {
        ring_publish_held(writer);
    }
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

ALWAYS_INLINE void ring_publish(ring_reader *reader) {
    reader->published = reader->position;
    // SYNC: pairs with ring_raise: what this reader read, it read before.
    atomic_store_explicit(&reader->shared->position, reader->position, memory_order_release);
}

/* The next frame and its length; NULL if there is none, and then the writer is told how far this reader is. */
ALWAYS_INLINE const unsigned char *ring_next(ring_reader *reader, int32_t *length) {
    for (;;) {
        _Atomic(int32_t) *const word = ring_word(reader->shared, reader->capacity, reader->position);
        // SYNC: pairs with the releases in ring_commit and ring_publish_held.
        *length = atomic_load_explicit(word, memory_order_acquire);
        if (__builtin_expect(*length > 0, true)) {
            return (const unsigned char *) word;
        }
        if (*length == 0) {
            if (reader->position != reader->published) {
                ring_publish(reader);
            }
            return NULL;
        }
        reader->position += (uint64_t) -(int64_t) *length;
    }
}

/* Goes on behind the frame that ring_next gave. */
ALWAYS_INLINE void ring_advance(ring_reader *reader, uint32_t length) {
    reader->position += length;
    if (reader->position - reader->published >= reader->capacity / RAISES_PER_TURN) {
        ring_publish(reader);
    }
}

ALWAYS_INLINE const uint64_t *ring_payload(const unsigned char *frame) {
    return (const uint64_t *) (const void *) (frame + HEADER_BYTES);
}

/* The first word of a frame's payload. */
ALWAYS_INLINE uint64_t ring_first(const unsigned char *frame) {
    return *ring_payload(frame);
}

ALWAYS_INLINE uint32_t ring_sequence(const unsigned char *frame) {
    return *(const uint32_t *) (const void *) (frame + SEQUENCE_OFFSET);
}

/* Whether a frame is whole: its length, and the sum of its words, all of which are read. */
ALWAYS_INLINE bool ring_intact(const unsigned char *frame, int32_t length, uint32_t words) {
    const uint64_t *const payload = ring_payload(frame);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < words; i++) {
        sum += payload[i];
    }
    return length == (int32_t) (HEADER_BYTES + words * 8) && sum == payload[0] * words + (uint64_t) words * (words - 1) / 2;
}

/* ---- loops ----------------------------------------------------------------------------------------------------- */

/* Expands `loop(n)` with n a constant for the usual numbers of words, so that the compiler unrolls the loop for it. */
#define WITH_USUAL_WORDS(words, loop) \
    switch (words) { \
    case 1: loop(1); break; \
    case 8: loop(8); break; \
    case 32: loop(32); break; \
    case 128: loop(128); break; \
    case 512: loop(512); break; \
    default: loop(words); \
    }

#endif
