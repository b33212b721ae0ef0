// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import io.kaelix.message.FrameDescriptor;

/**
 * Layout of a lane: a control block, then the ring. Offsets only, no addresses, so that it means the same in every process that maps
 * it. What different threads write lies two cache lines apart, because CPUs fetch lines in pairs.
 *
 * <pre>
 *      0  magic, version        written once
 *      8  capacity              written once
 *     12  publisher id          written once
 *    128  tail                  by the writer: position behind the last frame published
 *    256  intent                by the writer: position that it writes below
 *    384  state                 OPEN, then CLOSED
 *    512  used slots            bit i: slot i has a reader; by whoever holds the registry lock, between processes that of the directory
 *    640  mark count            by the writer: marks recorded so far
 *    768  32 marks of 32 bytes  by the writer
 *         ┌ sequence: odd while it is written │ position │ frames before it │ milliseconds since 1970 ┐
 *   1792  64 reader slots of 128 bytes
 *         ┌ position, by the reader │ state │ limits of its patience, by who joins it │ who it holds up, and its eviction, by the writer ┐
 *         └ between processes: owner │ messages before its start │ tail when it joined, by who joins it or takes the slot for it ┘
 *   9984  refusals              by the writer: claims that found no space
 *  10112  resumed               by who resumes it when all are dead, see {@link LaneResumption}
 *         ┌ state │ position of the oldest that is wanted │ messages that end before it ┐
 *  12288  the ring, a whole number of base pages from the start
 * </pre>
 */
public final class LaneDescriptor {

    /** "KAELIXL" and the version of this layout. */
    static final long MAGIC = 0x4B41454C49584C02L;

    static final int MAGIC_OFFSET = 0;
    static final int CAPACITY_OFFSET = 8;
    static final int PUBLISHER_ID_OFFSET = 12;

    private static final int LINE_PAIR = 128;

    static final int TAIL_OFFSET = LINE_PAIR;
    static final int INTENT_OFFSET = TAIL_OFFSET + LINE_PAIR;
    static final int STATE_OFFSET = INTENT_OFFSET + LINE_PAIR;
    static final int USED_SLOTS_OFFSET = STATE_OFFSET + LINE_PAIR;
    static final int MARK_COUNT_OFFSET = USED_SLOTS_OFFSET + LINE_PAIR;

    static final int MARKS = 32;
    static final int MARKS_OFFSET = MARK_COUNT_OFFSET + LINE_PAIR;
    static final int MARK_LENGTH = 32;
    static final int MARK_SEQUENCE_OFFSET = 0;
    static final int MARK_POSITION_OFFSET = 8;
    static final int MARK_FRAMES_OFFSET = 16;
    static final int MARK_TIME_OFFSET = 24;

    /** Readers that a lane has room for. */
    public static final int SLOTS = Long.SIZE;

    static final int SLOTS_OFFSET = MARKS_OFFSET + MARKS * MARK_LENGTH;
    static final int SLOT_LENGTH = LINE_PAIR;
    static final int SLOT_POSITION_OFFSET = 0;
    static final int SLOT_STATE_OFFSET = 8;
    /** A reader that is further behind may be evicted. */
    static final int SLOT_MAX_LAG_OFFSET = 16;
    /** So may one that held the writer up for longer than so many nanoseconds. */
    static final int SLOT_MAX_STALL_OFFSET = 24;
    /** Since when it holds the writer up, by the clock of {@link System#nanoTime}. */
    static final int SLOT_STALL_SINCE_OFFSET = 32;
    /** Space up to here was refused then: as long as the reader leaves less, it holds the writer up. 0 if it never did. */
    static final int SLOT_STALL_NEED_OFFSET = 40;
    /** Of an eviction: milliseconds since 1970, how far behind the reader was, and for how many nanoseconds it had held the writer up. */
    static final int SLOT_EVICTED_TIME_OFFSET = 48;
    static final int SLOT_EVICTED_LAG_OFFSET = 56;
    static final int SLOT_EVICTED_STALL_OFFSET = 64;

    /** Between processes, whose reader it is: see {@link SharedSlots}. 0 within a process. */
    static final int SLOT_OWNER_OFFSET = 72;
    /** Of a reader that somebody else joined for it: messages before its start, and the tail when it joined. */
    static final int SLOT_FRAMES_OFFSET = 80;
    static final int SLOT_JOINED_OFFSET = 88;

    static final int REFUSALS_OFFSET = SLOTS_OFFSET + SLOTS * SLOT_LENGTH;

    static final int RESUMED_STATE_OFFSET = REFUSALS_OFFSET + LINE_PAIR;
    static final int RESUMED_POSITION_OFFSET = RESUMED_STATE_OFFSET + 8;
    static final int RESUMED_FRAMES_OFFSET = RESUMED_STATE_OFFSET + 16;

    private static final int PAGE = 4096;

    /** Where the ring starts, behind the control block. */
    public static final int RING_OFFSET = (RESUMED_STATE_OFFSET + LINE_PAIR + PAGE - 1) & -PAGE;

    static final int STATE_OPEN = 0;
    static final int STATE_CLOSED = 1;

    /**
     * The state stands in these bits. Above them stands a number that each joiner raises, so that who decides about one reader cannot evict
     * the next one in its slot.
     */
    static final int SLOT_STATE_MASK = 7;

    static final int SLOT_FREE = 0;

    /** Gates the writer. */
    static final int SLOT_ACTIVE = 1;

    /** Gates the writer, and its reader stops before the next frame. */
    static final int SLOT_LEAVING = 2;

    /** Gates nobody: its reader was too slow or is dead, and must not follow another frame. */
    static final int SLOT_EVICTED = 3;

    /** Size of the commit word that lies zeroed behind the last frame. */
    static final int WORD = Long.BYTES;

    /** Smallest ring: the longest frame, a quarter of it, holds a header with a timestamp and some payload. */
    static final int MIN_CAPACITY = 256;

    /** Intent is raised by this part of the ring. */
    private static final int RAISES_PER_TURN = 16;

    /**
     * A part of a message takes this part of the ring. What is copied costs the same whether there are 16 or 128; more of them make the
     * longest offer longer, and give space back sooner.
     */
    private static final int PARTS_PER_TURN = 32;

    /** Longest part: a fraction of what a core keeps near, however large the lane is. */
    private static final int MAX_PART_LENGTH = 256 << 10;

    /** Shortest part: a header, and as much payload. */
    private static final int MIN_PART_LENGTH = 2 * FrameDescriptor.HEADER_LENGTH;

    /** Bytes that the writer prefetches at a time, this far ahead. */
    static final int PREFETCH_STEP = 1024;

    private LaneDescriptor() {
    }

    /** Bytes of a lane with a ring of this capacity. */
    public static long laneBytes(final int capacity) {
        return (long) RING_OFFSET + capacity;
    }

    /** Longest frame: with its padding it fits what the slowest reader may leave. */
    public static int maxFrameLength(final int capacity) {
        return capacity / 4;
    }

    /** Bytes by which intent is raised, and after which a reader publishes its position within a poll. */
    static int raiseStep(final int capacity) {
        return capacity / RAISES_PER_TURN;
    }

    /** Length of the frames that a message which is longer than a frame is split into. */
    static int partLength(final int capacity) {
        return Math.clamp(capacity / PARTS_PER_TURN, MIN_PART_LENGTH, MAX_PART_LENGTH);
    }

    static long slot(final long control, final int slot) {
        return control + SLOTS_OFFSET + (long) slot * SLOT_LENGTH;
    }
}
