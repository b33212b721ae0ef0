// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a peer sends, message by message. Bytes arrive in any pieces. Messages other than runs are collected here, up to
 * {@link WireDescriptor#MAX_CONTROL_LENGTH}; of a run only what stands in front of its frames, so that a socket can be read straight into a
 * ring:
 *
 * <pre>
 *   read into                             then
 *   {wanted()}                            next() until it answers null or RUN
 *   {claim of the ring, wanted()}         arrived(bytes of the claim that were filled), next() ...    while inRun() &gt; 0
 *   {wanted(), claim of the ring}         next(); if it is the run that the claim was made for: arrived(...), else put(the claim's bytes)
 * </pre>
 *
 * The third way guesses that what comes next is a run as the last one, and saves a read for each run.
 *
 * <p>One thread. Nothing is allocated but for messages that are objects. Whatever a peer sends, the answer is a message that keeps the
 * rules of {@link WireDescriptor}, or a {@link ProtocolException}; behind one, this is of no use any more.
 */
final class WireInput {

    private static final int FIRST_CAPACITY = 8 * 1024;
    private static final int MOST_COLLECTED = WireDescriptor.MAX_CONTROL_LENGTH + FIRST_CAPACITY;

    private final boolean server;
    private final int maxRun;
    private ByteBuffer buffer = allocate(FIRST_CAPACITY);
    private boolean met;
    /** Where the message begins that was answered last. */
    private int current;
    private WireType currentType;
    private int currentLength;
    /** Where the next message begins, or the frames that are here; they end at the buffer's position. */
    private int head;
    /** Bytes that the message at the head needs, as far as that is known. */
    private int needed = WireDescriptor.RUN_LENGTH;
    private int inRun;
    private int buffered;
    private boolean discarding;
    private int flow;
    private int lane;
    private int hops;
    private long epoch;
    private long position;
    private long messagesBefore;
    private long origin;

    /**
     * @param server whether this is the side that clients connect to
     * @param maxRun bytes of frames of the longest run that is taken, as the peer was told
     */
    WireInput(final boolean server, final int maxRun) {
        this.server = server;
        this.maxRun = maxRun;
    }

    private static ByteBuffer allocate(final int capacity) {
        return ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Room for what is needed next and no more, from its position to its limit: the rest of a message, or as much as what stands in front
     * of a run's frames. Whoever reads into it moves its position. While a run's frames are to come, it is for what follows them. Valid
     * until the next call of another method.
     */
    ByteBuffer wanted() {
        final int missing = discarding ? Math.min(inRun, FIRST_CAPACITY) : Math.max(needed - (available() - buffered), 1);
        makeRoom(missing);
        return buffer.limit(buffer.position() + missing);
    }

    /**
     * Takes bytes that were read elsewhere, in their place behind all others, as many as there is room for, which is more than none. Frames
     * among them are {@link #buffered}.
     */
    void put(final ByteBuffer source) {
        put(source, Math.max(MOST_COLLECTED - available(), Math.max(needed - available(), 1)));
    }

    /** As {@link #put}, but no more than {@link #wanted} has room for: so frames can be taken from where they are. */
    void putWanted(final ByteBuffer source) {
        put(source, wanted().remaining());
    }

    private void put(final ByteBuffer source, final int most) {
        final int count = Math.min(source.remaining(), most);
        makeRoom(count);
        final int at = buffer.position();
        buffer.limit(at + count);
        buffer.put(at, source, source.position(), count);
        buffer.position(at + count);
        source.position(source.position() + count);
        if (!discarding) {
            buffered += Math.min(count, inRun - buffered);
        }
    }

    /**
     * The next message that is here whole, or a {@link WireType#RUN} whose frames follow: see {@link #inRun}.
     *
     * <p>What can be asked of it, {@link #message} above all, stays until {@link #wanted} or {@code put} is called.
     *
     * @return its type, or null if more bytes are needed, or frames come first
     * @throws ProtocolException if the peer broke a rule
     */
    WireType next() {
        if (discarding) {
            drop();
        }
        if (inRun > 0) {
            return null;
        }
        needed = WireDescriptor.RUN_LENGTH;
        final int available = available();
        if (available < WireDescriptor.HEADER_LENGTH) {
            return null;
        }
        final int length = buffer.getInt(head + WireDescriptor.LENGTH_OFFSET);
        final WireType type = WireType.of(buffer.get(head + WireDescriptor.TYPE_OFFSET) & 0xFF);
        checkHeader(type, length);
        needed = type == WireType.RUN ? WireDescriptor.RUN_LENGTH : length;
        if (available < needed) {
            return null;
        }
        current = head;
        currentType = type;
        currentLength = length;
        flow = flowAt(head);
        head += needed;
        needed = WireDescriptor.RUN_LENGTH;
        if (type == WireType.RUN) {
            run(length - WireDescriptor.RUN_LENGTH);
        } else if (type == WireType.CREDIT) {
            checkCredit();
        }
        met = true;
        return type;
    }

    private void checkHeader(final WireType type, final int length) {
        if (!met && (type != first() && (server || type != WireType.ERROR))) {
            throw new ProtocolException("the first message is no " + first() + ", but begins with "
                    + String.format("%016x", Long.reverseBytes(buffer.getLong(head)))
                    + ": something else speaks there, or one side uses TLS and the other does not");
        }
        if (type == null) {
            throw new ProtocolException("type " + (buffer.get(head + WireDescriptor.TYPE_OFFSET) & 0xFF) + " is none of version "
                    + WireDescriptor.VERSION);
        }
        if (met && type == first()) {
            throw new ProtocolException("a second " + type);
        }
        if (!type.takesFlow(flowAt(head), server)) {
            throw new ProtocolException(type + (type.isSent(server) ? " does not go with flow " + flowAt(head)
                    : " is not for a " + (server ? "server" : "client")));
        }
        final int flags = buffer.get(head + WireDescriptor.FLAGS_OFFSET) & 0xFF;
        if ((flags & ~type.flags()) != 0) {
            throw new ProtocolException(type + " has flags " + Integer.toHexString(flags) + " that mean nothing");
        }
        checkLength(type, length);
    }

    private void checkLength(final WireType type, final int length) {
        final int longest = type == WireType.RUN ? WireDescriptor.RUN_LENGTH + maxRun
                : type.isFixed() ? type.fixedLength() : WireDescriptor.MAX_CONTROL_LENGTH;
        final int shortest = type == WireType.RUN ? WireDescriptor.RUN_LENGTH + WireDescriptor.SHORTEST_FRAME : type.fixedLength();
        if (length < shortest || length > longest || length % WireDescriptor.ALIGNMENT != 0) {
            throw new ProtocolException(type + " of " + length + " bytes: it must be a multiple of " + WireDescriptor.ALIGNMENT + " from "
                    + shortest + " to " + longest);
        }
    }

    private WireType first() {
        return server ? WireType.HELLO : WireType.WELCOME;
    }

    private void run(final int bytes) {
        lane = buffer.getInt(current + WireDescriptor.RUN_LANE_OFFSET);
        final int hopsAndReserved = buffer.getInt(current + WireDescriptor.RUN_HOPS_OFFSET);
        hops = hopsAndReserved & WireDescriptor.MAX_HOPS;
        epoch = buffer.getLong(current + WireDescriptor.RUN_EPOCH_OFFSET);
        position = buffer.getLong(current + WireDescriptor.RUN_POSITION_OFFSET);
        messagesBefore = buffer.getLong(current + WireDescriptor.RUN_MESSAGES_OFFSET);
        origin = buffer.getLong(current + WireDescriptor.RUN_ORIGIN_OFFSET);
        if (hopsAndReserved != hops) {
            throw new ProtocolException("RUN of lane " + lane + " has reserved bytes that are not 0");
        }
        if (position < 0 || position % WireDescriptor.ALIGNMENT != 0 || position > Long.MAX_VALUE - bytes) {
            throw new ProtocolException("RUN of lane " + lane + " at position " + position + ": it must be a multiple of "
                    + WireDescriptor.ALIGNMENT + ", without a sign");
        }
        if (messagesBefore < 0) {
            throw new ProtocolException("RUN of lane " + lane + " with " + messagesBefore + " messages before it");
        }
        inRun = bytes;
        buffered = Math.min(available(), bytes);
    }

    private void checkCredit() {
        final long limit = creditLimit();
        final long acknowledged = creditAcknowledged();
        if (acknowledged < 0 || limit < acknowledged || (acknowledged | limit) % WireDescriptor.ALIGNMENT != 0) {
            throw new ProtocolException("CREDIT up to " + limit + ", acknowledged " + acknowledged
                    + ": they must be multiples of " + WireDescriptor.ALIGNMENT + ", the first not below the second");
        }
    }

    /** The flow of the message that was answered last. */
    int flow() {
        return flow;
    }

    /** The message that was answered last, which is not a run, a credit, or one without a body. */
    WireMessage message() {
        return WireMessage.decode(currentType, new WireBody(currentType, buffer, current, currentLength));
    }

    /** The lane of the last run; this and what follows stays until the next. */
    int lane() {
        return lane;
    }

    /** How often a run's messages were passed on between hosts before. */
    int hops() {
        return hops;
    }

    /** The epoch of a run's lane. */
    long epoch() {
        return epoch;
    }

    /** Where a run lies in its sender's lane. */
    long position() {
        return position;
    }

    /** Messages in the lane before a run. */
    long messagesBefore() {
        return messagesBefore;
    }

    /** Where a run's messages were first published; 0: with the sender. */
    long origin() {
        return origin;
    }

    /** Of a {@link WireType#CREDIT}: bytes of frames since the flow began that may be sent. */
    long creditLimit() {
        return buffer.getLong(current + WireDescriptor.CREDIT_LIMIT_OFFSET);
    }

    /** Of a {@link WireType#CREDIT}: bytes of frames since the flow began that its sender has for good. */
    long creditAcknowledged() {
        return buffer.getLong(current + WireDescriptor.CREDIT_ACKNOWLEDGED_OFFSET);
    }

    /** Bytes of frames of this run that were not taken, did not arrive elsewhere, and are not discarded. No other message comes before. */
    int inRun() {
        return discarding ? 0 : inRun;
    }

    /** How many of these are here, because they came with what stood in front: {@link #take} them before any are read elsewhere. */
    int buffered() {
        return buffered;
    }

    /** Copies frames that are {@link #buffered}, as many as there is room for. Answers how many bytes. */
    int take(final ByteBuffer target) {
        final int count = Math.min(buffered, target.remaining());
        target.put(target.position(), buffer, head, count);
        target.position(target.position() + count);
        head += count;
        inRun -= count;
        buffered -= count;
        return count;
    }

    /**
     * So many bytes of frames were read elsewhere.
     *
     * @throws IllegalArgumentException if there cannot be so many, or some that came before are {@link #buffered}
     */
    void arrived(final int bytes) {
        if (bytes < 0 || bytes > inRun() || buffered > 0) {
            throw new IllegalArgumentException(bytes + " bytes of frames cannot have arrived: " + inRun() + " are missing, " + buffered
                    + " of these are here");
        }
        inRun -= bytes;
    }

    /** Nobody wants the rest of this run: its frames are dropped, those that are here and those that come. */
    void discard() {
        discarding = inRun > 0;
        buffered = 0;
    }

    private void drop() {
        final int count = Math.min(available(), inRun);
        head += count;
        inRun -= count;
        discarding = inRun > 0;
    }

    private int flowAt(final int message) {
        return Short.toUnsignedInt(buffer.getShort(message + WireDescriptor.FLOW_OFFSET));
    }

    private int available() {
        return buffer.position() - head;
    }

    private void makeRoom(final int bytes) {
        if (available() == 0) {
            head = 0;
            buffer.clear();
        }
        if (bytes <= buffer.capacity() - buffer.position()) {
            return;
        }
        final int available = available();
        final ByteBuffer target = available + bytes <= buffer.capacity() ? buffer
                : allocate(Math.max(Math.min(2 * buffer.capacity(), MOST_COLLECTED), available + bytes));
        target.clear();
        target.put(0, buffer, head, available);
        target.position(available);
        buffer = target;
        head = 0;
    }
}
