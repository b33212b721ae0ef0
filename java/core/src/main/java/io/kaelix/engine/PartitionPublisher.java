// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Claim;
import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.MessageBuilder;
import io.kaelix.MessagePriority;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.PublisherConfig;
import io.kaelix.Topic;
import io.kaelix.message.FrameBuilder;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * A publisher of a topic that has partitions: over a lane that carries them all, a message with a key goes to the partition that the key
 * chooses, any other to the partitions in turn. A message that was refused is offered again to the same one.
 */
final class PartitionPublisher implements Publisher {

    private final LaneStreamPublisher publisher;
    private final Topic topic;
    /** By partition. */
    private final int[] streams;
    private int next;

    private PartitionPublisher(final LaneStreamPublisher publisher, final Topic topic, final int[] streams) {
        this.publisher = publisher;
        this.topic = topic;
        this.streams = streams;
    }

    /** @param config may be null, for one that drops nothing */
    static PartitionPublisher create(final MemoryStreamer streamer, final Registry registry, final Topic topic, final int partitions,
            final PublisherConfig config) {
        final int[] streams = registry.numbers().declare(topic, partitions);
        return new PartitionPublisher(LaneStreamPublisher.create(streamer, registry, config, topic.name()), topic, streams);
    }

    /** Stream of a message without a key. */
    private int turn() {
        return streams[next];
    }

    /** The next one's turn comes when this one has its message. */
    private long took(final long result) {
        if (result >= 0) {
            next = next + 1 < streams.length ? next + 1 : 0;
        }
        return result;
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

    @Override
    public int maxOfferLength() {
        return publisher.maxOfferLength();
    }

    @Override
    public int maxMessageLength() {
        return publisher.maxMessageLength();
    }

    @Override
    public long offer(final MemorySegment payload, final long offset, final int length, final long timestamp) {
        return took(publisher.offer(turn(), payload, offset, length, timestamp));
    }

    @Override
    public long offer(final byte[] payload, final int offset, final int length) {
        return took(publisher.offer(turn(), payload, offset, length));
    }

    @Override
    public long offer(final MessageBuilder message) {
        final long key = FrameBuilder.of(message, topic).partitionKey();
        return key == Message.NO_PARTITION_KEY
                ? took(publisher.offer(turn(), message))
                : publisher.offer(streams[Message.partition(key, streams.length)], message);
    }

    @Override
    public long offer(final Payload payload, final long timestamp) {
        return took(publisher.offer(turn(), payload, timestamp));
    }

    @Override
    public long offer(final MessagePriority priority, final MemorySegment payload, final long offset, final int length,
            final long timestamp) {
        return took(publisher.offer(priority, turn(), payload, offset, length, timestamp));
    }

    @Override
    public long offer(final MessagePriority priority, final byte[] payload, final int offset, final int length) {
        return took(publisher.offer(priority, turn(), payload, offset, length));
    }

    @Override
    public Claim tryClaim(final MessagePriority priority, final int length, final long timestamp) {
        final Claim claim = publisher.tryClaim(priority, turn(), length, timestamp);
        took(claim.result());
        return claim;
    }

    @Override
    public long dropped(final MessagePriority priority) {
        return publisher.dropped(priority);
    }

    @Override
    public Claim tryClaim(final int length, final long timestamp) {
        final Claim claim = publisher.tryClaim(turn(), length, timestamp);
        took(claim.result());
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
        return took(publisher.publish(turn(), payload, offset, length, timeout));
    }

    @Override
    public void close() {
        publisher.close();
    }
}
