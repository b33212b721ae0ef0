// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.kaelix.KaelixException;
import io.kaelix.Topic;
import io.kaelix.net.FlowSink;
import io.kaelix.net.Flows;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * A flow of another streamer, as it is received: what its numbers mean, and up to which of its messages it has come. It outlives images: a
 * flow that was cut off and comes back goes on where it was, and what is missing in between is counted.
 *
 * <p>One thread.
 */
class RemoteFlow {

    /** Of {@link #run}: there is no room for it now, nothing has changed. */
    static final int NO_ROOM = -1;

    private static final int MOST_STREAMS = 1 << 24;
    /** Each takes a lane: no sender has more hosts behind it. */
    private static final int MOST_PASSAGES = 256;

    /** Where messages come from. */
    private record Passage(long origin, int hops) {
    }

    private record Named(int number, Topic topic, int partition, int partitions) {
    }

    /** What lanes of one passage are written into. */
    static final class Inlet {
        final FlowSink sink;
        /** Messages that were left out, as far as they were told of. */
        private long denied;
        /** Those of them of which parts had not come. */
        private long incomplete;
        private int room;

        private Inlet(final FlowSink sink) {
            this.sink = sink;
        }
    }

    private final long number;
    private final String name;
    private final long sender;
    private final Flows flows;
    private final Figures figures;
    private final Map<Passage, Inlet> inlets = new HashMap<>(2);
    /** The same. */
    private final List<Inlet> all = new ArrayList<>(2);
    /** By the sender's number of the lane. Of those whose messages were published here at first, null. */
    private final Int2ObjectHashMap<Passage> lanes = new Int2ObjectHashMap<>();
    private final Int2ObjectHashMap<Named> streams = new Int2ObjectHashMap<>();
    private final int maxFrameLength;
    private int lane = -1;
    private Inlet inlet;
    private ByteBuffer viewed;
    private ByteBuffer view;
    private ByteBuffer assembled;
    /** Whether it has begun to count. */
    private boolean synced;
    /** Whether, in this image, all numbers were told of. */
    private boolean known;
    private long expected;
    private long lost;
    private String error;

    /**
     * @param number of the flow
     * @param name of its sender, for reports
     * @param sender instance of it
     */
    RemoteFlow(final long number, final String name, final long sender, final Flows flows, final Figures figures) {
        this.number = number;
        this.name = name;
        this.sender = sender;
        this.flows = flows;
        this.figures = figures;
        this.maxFrameLength = inlet(new Passage(sender, 1)).sink.maxFrameLength();
    }

    /** @throws KaelixException if there are too many */
    private Inlet inlet(final Passage passage) {
        return inlets.computeIfAbsent(passage, key -> {
            if (all.size() == MOST_PASSAGES) {
                throw new KaelixException("messages of more than " + MOST_PASSAGES + " hosts, or ways from them, come by one link: give it"
                        + " fewer hops, or spread them over several links");
            }
            final FlowSink sink = flows.sink(name, MOST_STREAMS, key.origin(), key.hops());
            streams.values().forEach(named -> sink.stream(named.number(), named.topic(), named.partition(), named.partitions(), true));
            final Inlet one = new Inlet(sink);
            all.add(one);
            opened(one);
            return one;
        });
    }

    long number() {
        return number;
    }

    int maxFrameLength() {
        return maxFrameLength;
    }

    /** An image begins: what the numbers mean has to be heard again. What was received stays. */
    void begin() {
        known = false;
    }

    /** Something may be missing between what came and what comes: messages that have come in part are not completed. */
    void interrupt() {
        all.forEach(one -> one.sink.interrupt());
    }

    /** Whether runs can be taken in. */
    boolean isKnown() {
        return known;
    }

    /**
     * All numbers are told of behind this.
     *
     * @param messages of the flow before it
     * @param lostSoFar to the flow
     * @param begin position in Aeron's stream at which that can be heard again
     */
    void sync(final long messages, final long lostSoFar, final long begin) {
        if (!synced) {
            countFrom(messages, lostSoFar);
        } else if (messages > expected) {
            passOver(messages);
        }
        known = true;
        lost(lostSoFar);
    }

    /** It counts from there on. */
    final void countFrom(final long messages, final long lostSoFar) {
        synced = true;
        expected = messages;
        lost = lostSoFar;
    }

    /** What the flow had before so many messages, and did not come, is lost. */
    final void passOver(final long messages) {
        tellLost(messages - expected);
        expected = messages;
    }

    /** Messages of the flow that have come, or are known not to. */
    final long expected() {
        return expected;
    }

    /** Messages that the sender has said were lost to the flow. */
    final long lost() {
        return lost;
    }

    void lost(final long total) {
        if (synced && total > lost) {
            tellLost(total - lost);
            lost = total;
        }
    }

    private void tellLost(final long messages) {
        figures.lost(messages);
        inlet(new Passage(sender, 1)).sink.lost(messages);
    }

    /** @return false if the number is out of range: {@link #error} says so */
    boolean stream(final int remote, final Topic topic, final int partition, final int partitions) {
        for (final Inlet one : inlets.values()) {
            if (one.sink.stream(remote, topic, partition, partitions, true) != 0) {
                error = one.sink.error();
                return false;
            }
        }
        streams.put(remote, new Named(remote, topic, partition, partitions));
        return true;
    }

    /**
     * A lane is told of.
     *
     * @param origin of its messages, 0 if it is the sender
     * @param hops that brought them to the sender
     */
    void lane(final int number, final long origin, final int hops) {
        lanes.put(number, new Passage(origin == 0 ? sender : origin, hops + 1));
        lane = -1;
    }

    void laneEnd(final int number) {
        final Passage passage = lanes.remove(number);
        lane = -1;
        inlet = null;
        final Inlet last = passage == null || lanes.containsValue(passage) ? null : inlets.get(passage);
        // Of others than the sender; what is not read is kept, as something may follow that comes behind it.
        if (last != null && last != all.getFirst() && last.sink.waiting() == 0 && last.sink.readTo() >= last.sink.position()) {
            inlets.remove(passage);
            all.remove(last);
            last.sink.close();
        }
    }

    /** Finds what a lane is written into: null, if its messages were published here. @return false if it was not told of */
    private boolean find(final int number) {
        if (number != lane) {
            final Passage passage = lanes.get(number);
            if (passage == null) {
                return false;
            }
            inlet = passage.origin() == flows.instance() ? null : inlet(passage);
            lane = number;
        }
        return true;
    }

    /**
     * Takes in a run.
     *
     * @param at of the record, which is so long
     * @param end position in Aeron's stream behind it
     * @return 0, or {@link #NO_ROOM}, {@link FlowSink#CLOSED} or {@link FlowSink#PROTOCOL_ERROR}
     */
    int run(final DirectBuffer buffer, final int at, final int length, final long end) {
        final int messages = buffer.getInt(at + RecordDescriptor.RUN_COUNT_OFFSET, LITTLE_ENDIAN);
        final long before = buffer.getLong(at + RecordDescriptor.RUN_FLOW_MESSAGES_OFFSET, LITTLE_ENDIAN);
        final int number = buffer.getInt(at + RecordDescriptor.RUN_LANE_OFFSET, LITTLE_ENDIAN);
        if (messages < 0 || !find(number)) {
            error = messages < 0 ? "a run of " + messages + " messages" : "a run of lane " + number + ", which was not told of";
            return FlowSink.PROTOCOL_ERROR;
        }
        if (before < expected) {
            figures.duplicates(messages);
            return 0;
        }
        if (inlet == null) {
            about(null, end, before + messages);
            figures.looped(messages);
            expected = before + messages;
            return 0;
        }
        final int bytes = length - RecordDescriptor.RUN_LENGTH;
        final int result = take(inlet, buffer, at + RecordDescriptor.RUN_LENGTH, bytes, end, before + messages);
        if (result < 0) {
            return result;
        }
        if (before > expected) {
            passOver(before);
        }
        expected = before + messages;
        final long denied = inlet.sink.denied() - inlet.denied;
        if (denied > 0) {
            inlet.denied += denied;
            figures.lost(denied);
            final long incomplete = inlet.sink.incomplete() - inlet.incomplete;
            inlet.incomplete += incomplete;
            figures.error(denied > incomplete
                    ? "a topic has other partitions here than at the sender: what comes of it is left out, and counted as lost"
                    : "a message of which parts did not come, or that is longer than messages may be here, is left out, and counted as lost");
        }
        figures.passed(messages - (int) denied, bytes);
        return 0;
    }

    /** Something is written into this from now on. Called by the constructor, too. */
    void opened(final Inlet one) {
    }

    /** Whether another life of the sender may follow it. */
    boolean isSettled() {
        return !isWaiting();
    }

    /**
     * A run is published next.
     *
     * @param to where; null if it is dropped
     * @param end position in Aeron's stream behind it
     * @param messages of the flow behind it
     */
    void about(final Inlet to, final long end, final long messages) {
    }

    /** Publishes frames of a lane that was told of, beside what is counted. @return as {@link #run} */
    final int publish(final int number, final DirectBuffer buffer, final int at, final int bytes) {
        if (!find(number) || inlet == null) {
            return 0;
        }
        final int result = claim(inlet, bytes);
        return result < 0 ? result : put(inlet, buffer, at, bytes);
    }

    private int take(final Inlet to, final DirectBuffer buffer, final int at, final int bytes, final long end, final long messages) {
        final int result = claim(to, bytes);
        if (result < 0) {
            return result;
        }
        about(to, end, messages);
        return put(to, buffer, at, bytes);
    }

    private int claim(final Inlet to, final int bytes) {
        if (bytes > to.room) {
            to.room = to.sink.room();
            if (bytes > to.room) {
                final int result = to.sink.catchUp();
                return result < 0 ? failed(to, result) : NO_ROOM;
            }
        }
        final int claimed = to.sink.claim(bytes);
        if (claimed < 0) {
            return failed(to, claimed);
        }
        to.room -= bytes;
        return 0;
    }

    private int put(final Inlet to, final DirectBuffer buffer, final int at, final int bytes) {
        try {
            to.sink.put(view(buffer, at, bytes));
            final int committed = to.sink.commit();
            return committed < 0 ? failed(to, committed) : 0;
        } catch (final RuntimeException e) {
            // A stream could not be had: what has come of the run is forgotten.
            to.sink.abort();
            throw e;
        }
    }

    private int failed(final Inlet to, final int result) {
        error = to.sink.error();
        return result;
    }

    /** The same bytes as a buffer of Java's: of a packet in the log of an image, or of a message that was put together. */
    private ByteBuffer view(final DirectBuffer buffer, final int at, final int length) {
        final ByteBuffer whole = buffer.byteBuffer();
        if (whole == null) {
            final byte[] bytes = buffer.byteArray();
            if (assembled == null || bytes != assembled.array()) {
                assembled = ByteBuffer.wrap(bytes);
            }
            final int from = buffer.wrapAdjustment() + at;
            return assembled.limit(from + length).position(from);
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
        // Each turn: no iterator is made.
        for (int i = 0; i < all.size(); i++) {
            final FlowSink sink = all.get(i).sink;
            if (sink.waiting() > 0) {
                sink.catchUp();
            }
        }
    }

    /** Whether something is kept aside. */
    final boolean isWaiting() {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).sink.waiting() > 0) {
                return true;
            }
        }
        return false;
    }

    /** What it is written into. */
    final List<Inlet> inlets() {
        return all;
    }

    /** Why something was refused. */
    String error() {
        return error;
    }

    void close() {
        inlets.values().forEach(one -> one.sink.close());
    }
}
