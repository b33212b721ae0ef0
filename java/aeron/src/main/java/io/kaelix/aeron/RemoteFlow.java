// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.kaelix.Topic;
import io.kaelix.net.FlowSink;
import io.kaelix.net.Flows;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.agrona.DirectBuffer;

/**
 * A flow of another streamer, as it is received: what its numbers mean, and up to which of its messages it has come. It outlives images: a
 * flow that was cut off and comes back goes on where it was, and what is missing in between is counted.
 *
 * <p>One thread.
 */
final class RemoteFlow {

    /** Of {@link #run}: there is no room for it now, nothing has changed. */
    static final int NO_ROOM = -1;

    private static final int MOST_STREAMS = 1 << 24;

    private final long number;
    private final String name;
    private final FlowSink sink;
    private final Figures figures;
    /** Lanes whose messages were published here at first: they are dropped. */
    private final Set<Integer> own = new HashSet<>();
    private final long instance;
    private ByteBuffer viewed;
    private ByteBuffer view;
    private int room;
    /** Whether it has begun to count. */
    private boolean synced;
    /** Whether, in this image, all numbers were told of. */
    private boolean known;
    private long expected;
    private long lost;

    /**
     * @param number of the flow
     * @param name of its sender, for reports
     */
    RemoteFlow(final long number, final String name, final Flows flows, final Figures figures) {
        this.number = number;
        this.name = name;
        this.figures = figures;
        this.instance = flows.epoch();
        this.sink = flows.sink(name, MOST_STREAMS);
    }

    long number() {
        return number;
    }

    String name() {
        return name;
    }

    int maxFrameLength() {
        return sink.maxFrameLength();
    }

    /** An image begins: what the numbers mean has to be heard again. What was received stays. */
    void begin() {
        known = false;
    }

    /** Whether runs can be taken in. */
    boolean isKnown() {
        return known;
    }

    void sync(final long messages, final long lostSoFar) {
        if (!synced) {
            synced = true;
            expected = messages;
            lost = lostSoFar;
        }
        known = true;
        lost(lostSoFar);
    }

    void lost(final long total) {
        if (synced && total > lost) {
            figures.lost(total - lost);
            sink.lost(total - lost);
            lost = total;
        }
    }

    /** @return false if the number is out of range: {@link #error} says so */
    boolean stream(final int remote, final Topic topic, final int partition, final int partitions) {
        return sink.stream(remote, topic, partition, partitions, true) == 0;
    }

    void lane(final int lane, final long origin) {
        if (origin == instance) {
            own.add(lane);
        } else {
            own.remove(lane);
        }
    }

    /**
     * Takes in a run.
     *
     * @param at of the record, which is so long
     * @return 0, or {@link #NO_ROOM}, {@link FlowSink#CLOSED} or {@link FlowSink#PROTOCOL_ERROR}
     */
    int run(final DirectBuffer buffer, final int at, final int length) {
        final int messages = buffer.getInt(at + RecordDescriptor.RUN_COUNT_OFFSET, LITTLE_ENDIAN);
        final long before = buffer.getLong(at + RecordDescriptor.RUN_FLOW_MESSAGES_OFFSET, LITTLE_ENDIAN);
        if (before < expected) {
            figures.duplicates(messages);
            return 0;
        }
        if (own.contains(buffer.getInt(at + RecordDescriptor.RUN_LANE_OFFSET, LITTLE_ENDIAN))) {
            figures.looped(messages);
            expected = before + messages;
            return 0;
        }
        final int bytes = length - RecordDescriptor.RUN_LENGTH;
        if (bytes > room) {
            room = sink.room();
            if (bytes > room) {
                final int result = sink.catchUp();
                return result < 0 ? result : NO_ROOM;
            }
        }
        final int claimed = sink.claim(bytes);
        if (claimed < 0) {
            return claimed;
        }
        room -= bytes;
        sink.put(view(buffer, at + RecordDescriptor.RUN_LENGTH, bytes));
        final int committed = sink.commit();
        if (committed < 0) {
            return committed;
        }
        if (before > expected) {
            figures.lost(before - expected);
            sink.lost(before - expected);
        }
        expected = before + messages;
        figures.passed(messages, bytes);
        return 0;
    }

    /** The same bytes as a buffer of Java's: of a packet in the log of an image, or of a message that was put together. */
    private ByteBuffer view(final DirectBuffer buffer, final int at, final int length) {
        final ByteBuffer whole = buffer.byteBuffer();
        if (whole == null) {
            return ByteBuffer.wrap(buffer.byteArray(), buffer.wrapAdjustment() + at, length);
        }
        if (whole != viewed) {
            viewed = whole;
            view = whole.duplicate();
        }
        final int from = buffer.wrapAdjustment() + at;
        return view.limit(from + length).position(from);
    }

    /** What is kept aside is published, as far as there is room by now. */
    void catchUp() {
        if (sink.waiting() > 0) {
            sink.catchUp();
        }
    }

    String error() {
        return sink.error();
    }

    void close() {
        sink.close();
    }
}
