// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import io.kaelix.Claim;
import io.kaelix.MessageBuilder;
import io.kaelix.MessagePriority;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.StreamPublisher;
import io.kaelix.Topic;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** Sends each message to the next of many streams, round and round. */
final class SpreadPublisher implements Publisher {

    private final StreamPublisher publisher;
    private final Topic topic;
    private final int[] streams;
    private int next;

    /**
     * @param topic of the first stream
     * @param streams numbers of all
     */
    SpreadPublisher(final StreamPublisher publisher, final Topic topic, final int[] streams) {
        this.publisher = publisher;
        this.topic = topic;
        this.streams = streams;
    }

    @Override
    public Topic topic() {
        return topic;
    }

    @Override
    public int id() {
        return publisher.id();
    }

    @Override
    public int maxLength() {
        return publisher.maxLength();
    }

    /** The next stream's turn comes when this one has its message. */
    private long turn(final long result) {
        if (result >= 0) {
            next = next + 1 < streams.length ? next + 1 : 0;
        }
        return result;
    }

    @Override
    public long offer(final MemorySegment payload, final long offset, final int length, final long timestamp) {
        return turn(publisher.offer(streams[next], payload, offset, length, timestamp));
    }

    @Override
    public long offer(final byte[] payload, final int offset, final int length) {
        return turn(publisher.offer(streams[next], payload, offset, length));
    }

    @Override
    public long offer(final Payload payload, final long timestamp) {
        return turn(publisher.offer(streams[next], payload, timestamp));
    }

    /** A load has no priorities: nothing is dropped. */
    @Override
    public long offer(final MessagePriority priority, final MemorySegment payload, final long offset, final int length,
            final long timestamp) {
        return offer(payload, offset, length, timestamp);
    }

    @Override
    public long offer(final MessagePriority priority, final byte[] payload, final int offset, final int length) {
        return offer(payload, offset, length);
    }

    @Override
    public Claim tryClaim(final MessagePriority priority, final int length, final long timestamp) {
        return tryClaim(length, timestamp);
    }

    @Override
    public long dropped(final MessagePriority priority) {
        return 0;
    }

    @Override
    public long offer(final MessageBuilder message) {
        return turn(publisher.offer(streams[next], message));
    }

    @Override
    public Claim tryClaim(final int length, final long timestamp) {
        final Claim claim = publisher.tryClaim(streams[next], length, timestamp);
        turn(claim.result());
        return claim;
    }

    @Override
    public void beginBatch() {
        publisher.beginBatch();
    }

    @Override
    public long endBatch() {
        return publisher.endBatch();
    }

    @Override
    public long publish(final MemorySegment payload, final long offset, final int length, final Duration timeout) {
        return turn(publisher.publish(streams[next], payload, offset, length, timeout));
    }

    @Override
    public void close() {
        publisher.close();
    }
}
