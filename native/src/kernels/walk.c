/*
 * Licensed under the Apache License, Version 2.0; see LICENSE at the root.
 *
 * walk.c - walks the frames of a ring, and selects some by what their payloads hold.
 *
 * Where a frame begins is known once the length of the one before it has arrived, so that a walk is a chain of loads, each of
 * which waits for the last. In a run of frames with one length and flags the step is a constant: the address of the next frame depends
 * on nothing that is loaded, and the CPU has many frames in flight; the words are compared behind it. So the walk has two loops.
 * It enters the second after RUN equal words, as a wrong guess costs more than a link of the chain.
 */
#include "internal.h"

#include <string.h>

#define FRAME_HEADER 16
#define FRAME_ALIGNMENT 8
#define FRAME_STREAM 8
#define FRAME_SEQUENCE 12
#define FRAME_TIMESTAMP 16
#define TIMESTAMP_BYTES 8

/* In the first eight bytes: the length, then flags and the length of the headers. */
#define FLAGS_SHIFT 32
#define FLAG_TIMESTAMP 1
#define FLAGS_UNKNOWN 0xFC
#define HEADERS_SHIFT 48

#define MIN_CAPACITY 256
#define MAX_CAPACITY (INT64_C(1) << 30)
#define FRAMES_PER_RING 4 /* the longest */

/* Equal first words after which the next is taken to be the same. */
#define RUN 6

/* Bytes from a frame to what is fetched meanwhile, of frames whose lengths differ: the next is not known before this one has arrived. */
#define AHEAD 768
#define LINE_BYTES 64

typedef struct walk_term {
    int64_t type;  /* KAELIX_WALK_*         */
    int64_t field; /* offset in the payload */
    uint64_t first;
    uint64_t span;
} walk_term;

typedef struct walk_request {
    const uint8_t *ring;
    uint64_t capacity;
    uint64_t bytes;  /* walked at most                        */
    uint64_t frames; /* walked at most                        */
    const int64_t *terms;
    int64_t term_count;
    uint32_t *offsets;
    uint8_t *columns; /* or NULL                              */
    uint64_t rows;
    uint64_t row;
} walk_request;

typedef struct walk_state {
    uint64_t index;  /* of the next frame in the ring */
    uint64_t walked; /* bytes                         */
    uint64_t frames; /* walked                        */
    uint64_t row;    /* next one to write             */
} walk_state;

/* What is known when the walk is compiled: types of KAELIX_WALK_*, or one of these. */
#define SELECT_ALL (-1)
#define SELECT_MANY (-2)

static inline uint32_t load32(const uint8_t *from) {
    uint32_t value;
    memcpy(&value, from, sizeof(value));
    return value;
}

static inline uint64_t load64(const uint8_t *from) {
    uint64_t value;
    memcpy(&value, from, sizeof(value));
    return value;
}

static inline uint32_t payload_offset(uint64_t word) {
    return FRAME_HEADER + (uint32_t) (word >> FLAGS_SHIFT & FLAG_TIMESTAMP) * TIMESTAMP_BYTES + (uint32_t) (word >> HEADERS_SHIFT);
}

/* Whether a first word is that of a frame that can be taken, with `rest` bytes of the ring from its first byte on. */
static inline bool is_frame(uint64_t word, uint64_t longest, uint64_t rest) {
    const uint32_t length = (uint32_t) word;
    return length - (uint64_t) FRAME_HEADER <= longest - FRAME_HEADER && length <= rest
        && (word >> FLAGS_SHIFT & FLAGS_UNKNOWN) == 0 && payload_offset(word) <= length;
}

/* The field of a payload as a number on the circle. */
static inline uint64_t load_field(int64_t type, const uint8_t *field) {
    if (type == KAELIX_WALK_INT32) {
        return (uint64_t) (int64_t) (int32_t) load32(field);
    }
    const uint64_t bits = load64(field);
    return type == KAELIX_WALK_DOUBLE ? bits ^ (0 - (bits >> 63)) >> 1 : bits;
}

/* Whether a payload of this length has the field of a term, which may hold then. */
static inline bool has_field(int64_t type, const walk_term *term, uint32_t length) {
    return type != KAELIX_WALK_NEVER && (int64_t) length >= term->field + (type == KAELIX_WALK_INT32 ? 4 : 8);
}

static inline bool holds(int64_t type, const walk_term *term, const uint8_t *payload, uint32_t length) {
    return has_field(type, term, length) && load_field(type, payload + term->field) - term->first <= term->span;
}

static inline walk_term term_at(const int64_t *terms, int64_t index) {
    const int64_t *const term = terms + index * KAELIX_WALK_TERM;
    return (walk_term){term[0], term[1], (uint64_t) term[2], (uint64_t) term[3]};
}

static inline bool all_hold(const walk_request *request, const uint8_t *payload, uint32_t length) {
    for (int64_t i = 0; i < request->term_count; i++) {
        const walk_term term = term_at(request->terms, i);
        if (!holds(term.type, &term, payload, length)) {
            return false;
        }
    }
    return true;
}

/* Writes the row of a frame, which stays if it is selected. */
static inline __attribute__((always_inline)) void take(const walk_request *request, int select, const walk_term *term,
                                                       bool with_columns, uint64_t index, uint64_t word, uint64_t *next) {
    const uint8_t *const frame = request->ring + index;
    const uint32_t start = payload_offset(word);
    const uint32_t length = (uint32_t) word - start;
    const uint64_t row = *next;
    request->offsets[row] = (uint32_t) index;
    if (with_columns) {
        const uint64_t rows = request->rows;
        const bool stamped = (word >> FLAGS_SHIFT & FLAG_TIMESTAMP) != 0;
        uint32_t *const columns = (uint32_t *) (void *) (request->columns + rows * sizeof(int64_t));
        ((int64_t *) (void *) request->columns)[row] = stamped ? (int64_t) load64(frame + FRAME_TIMESTAMP) : INT64_MIN;
        columns[row] = (uint32_t) index + start;
        columns[rows + row] = length;
        columns[2 * rows + row] = load32(frame + FRAME_STREAM);
        columns[3 * rows + row] = load32(frame + FRAME_SEQUENCE);
    }
    if (select == SELECT_ALL) {
        *next = row + 1;
    } else if (select == SELECT_MANY) {
        *next = row + all_hold(request, frame + start, length);
    } else {
        *next = row + holds(select, term, frame + start, length);
    }
}

static inline uint64_t first_word(const uint8_t *frame) {
    // SYNC: pairs with the releases in LaneWriter.commit and publishHeld.
    return __atomic_load_n((const uint64_t *) (const void *) frame, __ATOMIC_ACQUIRE);
}

static inline uint64_t lower(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* A run of frames with one first word, all of which lie before the end of the ring. */
typedef struct walk_run {
    uint64_t word;
    uint64_t step;
    uint64_t count; /* most frames */
} walk_run;

/* Frames at first one after the other in a run; row is the next one to write. Rows are those of a walk without columns. */
static inline __attribute__((always_inline)) uint64_t run_of_offsets(int64_t type, const walk_request *request, const walk_run *run,
                                                                     const walk_term *term, uint64_t first, uint64_t *row) {
    const uint64_t word = run->word;
    const uint64_t step = run->step;
    const uint64_t low = term->first;
    const uint64_t span = term->span;
    const uint8_t *const begin = request->ring + first;
    const uint8_t *const end = begin + run->count * step;
    const uint64_t field = payload_offset(word) + (uint64_t) term->field;
    uint32_t *out = request->offsets + *row;
    const uint8_t *at = begin;
    uint32_t index = (uint32_t) first;
    for (; at < end && first_word(at) == word; at += step) {
        *out = index;
        out += load_field(type, at + field) - low <= span;
        index += (uint32_t) step;
    }
    *row = (uint64_t) (out - request->offsets);
    return (uint64_t) (at - begin) / step;
}

/* Functions of their own: what they need stays in registers. */
static __attribute__((noinline)) uint64_t run_of_int32(const walk_request *request, const walk_run *run, const walk_term *term,
                                                       uint64_t first, uint64_t *row) {
    return run_of_offsets(KAELIX_WALK_INT32, request, run, term, first, row);
}

static __attribute__((noinline)) uint64_t run_of_int64(const walk_request *request, const walk_run *run, const walk_term *term,
                                                       uint64_t first, uint64_t *row) {
    return run_of_offsets(KAELIX_WALK_INT64, request, run, term, first, row);
}

static __attribute__((noinline)) uint64_t run_of_double(const walk_request *request, const walk_run *run, const walk_term *term,
                                                        uint64_t first, uint64_t *row) {
    return run_of_offsets(KAELIX_WALK_DOUBLE, request, run, term, first, row);
}

static inline __attribute__((always_inline)) uint64_t run_of_any(int select, const walk_request *request, const walk_run *run,
                                                                 const walk_term *term, bool with_columns, uint64_t first, uint64_t *row) {
    uint64_t done = 0;
    for (uint64_t index = first; done < run->count && first_word(request->ring + index) == run->word; done++) {
        // The word is known, and with it all that was checked of it.
        take(request, select, term, with_columns, index, run->word, row);
        index += run->step;
    }
    return done;
}

/* All frames of a run, with columns. */
static __attribute__((noinline)) uint64_t run_of_all(const walk_request *request, const walk_run *run, uint64_t first, uint64_t *next) {
    const uint64_t word = run->word;
    const uint64_t step = run->step;
    const uint64_t rows = request->rows;
    const uint64_t row = *next;
    const uint32_t start = payload_offset(word);
    const uint32_t length = (uint32_t) word - start;
    const bool stamped = (word >> FLAGS_SHIFT & FLAG_TIMESTAMP) != 0;
    uint32_t *const offsets = request->offsets + row;
    int64_t *const timestamps = (int64_t *) (void *) request->columns + row;
    uint32_t *const payloads = (uint32_t *) (void *) (request->columns + rows * sizeof(int64_t)) + row;
    uint32_t *const lengths = payloads + rows;
    uint32_t *const streams = lengths + rows;
    uint32_t *const sequences = streams + rows;
    const uint8_t *at = request->ring + first;
    uint32_t index = (uint32_t) first;
    uint64_t done = 0;
    for (; done < run->count && first_word(at) == word; done++) {
        offsets[done] = index;
        timestamps[done] = stamped ? (int64_t) load64(at + FRAME_TIMESTAMP) : INT64_MIN;
        payloads[done] = index + start;
        lengths[done] = length;
        streams[done] = load32(at + FRAME_STREAM);
        sequences[done] = load32(at + FRAME_SEQUENCE);
        at += step;
        index += (uint32_t) step;
    }
    *next = row + done;
    return done;
}

static inline __attribute__((always_inline)) uint64_t walk_of_run(int select, const walk_request *request, const walk_run *run,
                                                                  const walk_term *term, bool with_columns, uint64_t first, uint64_t *row) {
    if (!with_columns && select >= 0 && has_field(select, term, (uint32_t) run->word - payload_offset(run->word))) {
        switch (select) {
            case KAELIX_WALK_INT32:
                return run_of_int32(request, run, term, first, row);
            case KAELIX_WALK_INT64:
                return run_of_int64(request, run, term, first, row);
            default:
                return run_of_double(request, run, term, first, row);
        }
    }
    if (with_columns && select == SELECT_ALL) {
        return run_of_all(request, run, first, row);
    }
    return run_of_any(select, request, run, term, with_columns, first, row);
}

static inline __attribute__((always_inline)) walk_state walk(const walk_request *request, walk_state state, int select,
                                                             bool with_columns) {
    const walk_term term = select >= 0 ? term_at(request->terms, 0) : (walk_term){0, 0, 0, 0};
    const uint8_t *const ring = request->ring;
    const uint64_t capacity = request->capacity;
    const uint64_t longest = capacity / FRAMES_PER_RING;
    uint64_t last = 0;
    uint32_t equal = 0;
    while (state.frames < request->frames && state.row < request->rows) {
        const uint64_t word = first_word(ring + state.index);
        const uint64_t rest = capacity - state.index;
        const uint64_t step = ((uint32_t) word + (uint64_t) (FRAME_ALIGNMENT - 1)) & ~(uint64_t) (FRAME_ALIGNMENT - 1);
        if (!is_frame(word, longest, rest) || step > request->bytes - state.walked) {
            break;
        }
        // Both lines that frames of up to a hundred bytes or so may begin in, some frames from here.
        __builtin_prefetch(ring + ((state.index + AHEAD) & (capacity - 1)));
        __builtin_prefetch(ring + ((state.index + AHEAD + LINE_BYTES) & (capacity - 1)));
        take(request, select, &term, with_columns, state.index, word, &state.row);
        state.index = (state.index + step) & (capacity - 1);
        state.walked += step;
        state.frames++;
        equal = word == last ? equal + 1 : 0;
        last = word;
        if (equal < RUN) {
            continue;
        }
        // As many as are allowed and lie before the end of the ring, whatever they hold; then the limits are looked at again.
        const walk_run run = {word, step, lower(lower(request->frames - state.frames, request->rows - state.row),
                                                lower(request->bytes - state.walked, capacity - state.index) / step)};
        const uint64_t done = walk_of_run(select, request, &run, &term, with_columns, state.index, &state.row);
        equal = done < run.count ? 0 : equal;
        state.index = (state.index + done * step) & (capacity - 1);
        state.frames += done;
        state.walked += done * step;
    }
    return state;
}

/* One function for each kind of selection, with columns and without. */
#define WALK(name, select)                                                                                  \
    static __attribute__((noinline)) walk_state walk_##name(const walk_request *request, walk_state state) { \
        return request->columns == NULL ? walk(request, state, select, false) : walk(request, state, select, true); \
    }

WALK(all, SELECT_ALL)
WALK(many, SELECT_MANY)
WALK(int32, KAELIX_WALK_INT32)
WALK(int64, KAELIX_WALK_INT64)
WALK(double, KAELIX_WALK_DOUBLE)
WALK(never, KAELIX_WALK_NEVER)

static walk_state walk_selected(const walk_request *request, walk_state state) {
    if (request->term_count == 0) {
        return walk_all(request, state);
    }
    if (request->term_count > 1) {
        return walk_many(request, state);
    }
    switch (request->terms[0]) {
        case KAELIX_WALK_INT32:
            return walk_int32(request, state);
        case KAELIX_WALK_INT64:
            return walk_int64(request, state);
        case KAELIX_WALK_DOUBLE:
            return walk_double(request, state);
        default:
            return walk_never(request, state);
    }
}

static bool terms_acceptable(const int64_t *terms, int64_t count) {
    if (count < 0 || count > KAELIX_WALK_MAX_TERMS || (terms == NULL && count > 0)) {
        return false;
    }
    for (int64_t i = 0; i < count; i++) {
        const walk_term term = term_at(terms, i);
        if (term.type < 0 || term.type >= KAELIX_WALK_TYPES || term.field < 0 || term.field > INT32_MAX) {
            return false;
        }
    }
    return true;
}

static bool ring_acceptable(const uint8_t *ring, int64_t capacity, int64_t position) {
    return ring != NULL && kaelix_address(ring) % FRAME_ALIGNMENT == 0 && capacity >= MIN_CAPACITY && capacity <= MAX_CAPACITY
        && (capacity & (capacity - 1)) == 0 && position >= 0 && position % FRAME_ALIGNMENT == 0;
}

static bool rows_acceptable(const uint32_t *offsets, const void *columns, int64_t rows, int64_t row) {
    return rows >= 0 && rows <= KAELIX_WALK_MAX_ROWS && row >= 0 && row <= rows
        && (offsets != NULL || rows == 0) && kaelix_address(offsets) % sizeof(uint32_t) == 0
        && kaelix_address(columns) % sizeof(int64_t) == 0;
}

int32_t kaelix_walk(const uint8_t *ring, int64_t capacity, int64_t position, int64_t bytes, int64_t frames,
                    const int64_t *terms, int64_t term_count, uint32_t *offsets, void *columns, int64_t rows, int64_t row,
                    int64_t *result) {
    if (!ring_acceptable(ring, capacity, position) || bytes < 0 || bytes > capacity || frames < 0
        || frames > KAELIX_WALK_MAX_FRAMES || !terms_acceptable(terms, term_count)
        || !rows_acceptable(offsets, columns, rows, row) || result == NULL) {
        return KAELIX_E_INVALID;
    }
    const walk_request request = {ring, (uint64_t) capacity, (uint64_t) bytes, (uint64_t) frames, terms, term_count, offsets,
                                  columns, (uint64_t) rows, (uint64_t) row};
    const walk_state start = {(uint64_t) (position & (capacity - 1)), 0, 0, (uint64_t) row};
    const walk_state end = walk_selected(&request, start);
    result[0] = position + (int64_t) end.walked;
    result[1] = (int64_t) end.frames;
    result[2] = (int64_t) end.row;
    return KAELIX_OK;
}
