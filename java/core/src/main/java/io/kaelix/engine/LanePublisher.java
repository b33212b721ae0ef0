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
import java.util.Objects;

/** A publisher of one topic. Its lane carries nothing else, so that frames of the lane are those of the stream. */
final class LanePublisher extends LaneSender implements Publisher {

    private final int streamId;
    private final Shedding shedding;

    private LanePublisher(final MemoryStreamer streamer, final Registry registry, final Channel channel, final PublisherConfig config) {
        super(streamer, registry, channel);
        this.shedding = new Shedding(config, channel.lane().capacity());
        this.streamId = channel.streamId();
    }

    static LanePublisher create(final MemoryStreamer streamer, final Registry registry, final Topic topic) {
        return create(streamer, registry, topic, null);
    }

    /** One that drops what its settings say, or nothing if they are null. */
    static LanePublisher create(final MemoryStreamer streamer, final Registry registry, final Topic topic, final PublisherConfig config) {
        return new LanePublisher(streamer, registry, registry.openChannel(topic), config);
    }

    @Override
    public Topic topic() {
        return channel.topic();
    }

    @Override
    String description() {
        return "this publisher of " + topic();
    }

    private int sequence() {
        return (int) writer.frames();
    }

    @Override
    public long offer(final MemorySegment payload, final long offset, final int length, final long timestamp) {
        return send(streamId, sequence(), payload, offset, length, timestamp);
    }

    @Override
    public long offer(final byte[] payload, final int offset, final int length) {
        return send(streamId, sequence(), payload, offset, length);
    }

    @Override
    long attempt(final int stream, final MemorySegment payload, final long offset, final int length) {
        return send(stream, sequence(), payload, offset, length, Message.NO_TIMESTAMP);
    }

    @Override
    int nextSequence(final int stream) {
        return sequence();
    }

    /** The lane counts it. */
    @Override
    void sentInParts(final int stream) {
    }

    @Override
    public long offer(final MessageBuilder builder) {
        return send(streamId, sequence(), FrameBuilder.of(builder, topic()));
    }

    @Override
    public long offer(final Payload payload, final long timestamp) {
        return send(streamId, sequence(), payload, timestamp);
    }

    @Override
    public Claim tryClaim(final int length, final long timestamp) {
        return claim(streamId, length, timestamp);
    }

    @Override
    public long offer(final MessagePriority priority, final MemorySegment payload, final long offset, final int length,
            final long timestamp) {
        Objects.checkFromIndexSize(offset, length, payload.byteSize());
        return shedding.drops(this, priority, length, maxOfferLength()) ? DROPPED
                : shedding.answer(priority, offer(payload, offset, length, timestamp));
    }

    @Override
    public long offer(final MessagePriority priority, final byte[] payload, final int offset, final int length) {
        Objects.checkFromIndexSize(offset, length, payload.length);
        return shedding.drops(this, priority, length, maxOfferLength()) ? DROPPED
                : shedding.answer(priority, offer(payload, offset, length));
    }

    @Override
    public Claim tryClaim(final MessagePriority priority, final int length, final long timestamp) {
        if (length >= 0 && shedding.drops(this, priority, length, maxLength())) {
            return refused(DROPPED);
        }
        final Claim claim = claim(streamId, length, timestamp);
        return shedding.answer(priority, claim.result()) == DROPPED ? refused(DROPPED) : claim;
    }

    @Override
    public long dropped(final MessagePriority priority) {
        return shedding.dropped(priority);
    }

    @Override
    protected long commit(final int headerLength, final int length, final boolean shorter) {
        return commit(streamId, sequence(), headerLength, length, shorter);
    }

    @Override
    public long publish(final MemorySegment payload, final long offset, final int length, final Duration timeout) {
        return publish(streamId, payload, offset, length, timeout);
    }
}
