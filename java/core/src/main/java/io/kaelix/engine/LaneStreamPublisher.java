// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Claim;
import io.kaelix.MemoryStreamer;
import io.kaelix.MessageBuilder;
import io.kaelix.MessagePriority;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.PublisherConfig;
import io.kaelix.StreamPublisher;
import io.kaelix.Topic;
import io.kaelix.message.FrameBuilder;
import io.kaelix.message.PartitionKey;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;

/**
 * A publisher of many streams.
 *
 * <p>For each stream it keeps one number: 0 until the lane has carried the stream, then the sequence of the next message plus 1. So one
 * load and one comparison tell, with each message, both the number that it gets and whether the stream has to be introduced to the
 * subscribers first. The numbers lie in chunks, which take memory where there are streams in use.
 *
 * <p>The number has 32 bits, as the sequence has: when it comes round to 0, the stream is introduced again, without effect.
 */
final class LaneStreamPublisher extends LaneSender implements StreamPublisher {

    private static final int CHUNK_SHIFT = 12;
    private static final int CHUNK_LENGTH = 1 << CHUNK_SHIFT;
    private static final int CHUNK_MASK = CHUNK_LENGTH - 1;
    /** Stands where no stream was used; never written. */
    private static final int[] UNUSED = new int[CHUNK_LENGTH];

    private final StreamNumbers numbers;
    private final Shedding shedding;
    private final String description;

    /** By stream, in chunks; a test makes a number come round. */
    int[][] chunks = {};
    /** Stream of the claim, while it is open. */
    private int claimed;

    private LaneStreamPublisher(final MemoryStreamer streamer, final Registry registry, final Channel channel, final PublisherConfig config,
            final String description) {
        super(streamer, registry, channel);
        this.shedding = new Shedding(config, channel.lane().capacity());
        this.description = description;
        this.numbers = registry.numbers();
    }

    /** One that drops what its settings say, or nothing if they are null. */
    static LaneStreamPublisher create(final MemoryStreamer streamer, final Registry registry, final PublisherConfig config) {
        return create(streamer, registry, config, "streams");
    }

    /** One that errors and reports name for what it publishes. */
    static LaneStreamPublisher create(final MemoryStreamer streamer, final Registry registry, final PublisherConfig config,
            final String published) {
        return new LaneStreamPublisher(streamer, registry, registry.openChannel(published), config, "this publisher of " + published);
    }

    @Override
    String description() {
        return description;
    }

    @Override
    public int stream(final Topic topic) {
        checkOpen();
        return numbers.stream(channel, topic);
    }

    @Override
    public int streamOfKey(final Topic topic, final byte[] key) {
        return streamOfHash(topic, PartitionKey.hash(key));
    }

    @Override
    public int streamOfKey(final Topic topic, final long key) {
        return streamOfHash(topic, PartitionKey.hash(key));
    }

    @Override
    public int streamOfKey(final Topic topic, final String key) {
        return streamOfHash(topic, PartitionKey.hash(key));
    }

    private int streamOfHash(final Topic topic, final int hash) {
        checkOpen();
        return numbers.streamOfKey(channel, topic, hash);
    }

    @Override
    public int streamOfPartition(final Topic topic, final int partition) {
        checkOpen();
        return numbers.streamOfPartition(channel, topic, partition);
    }

    /** Number of the next message, low 32 bits. */
    private int sequence(final int stream) {
        // Another thread may look here too, before its call fails for that.
        final int[][] chunks = this.chunks;
        final int chunk = stream >>> CHUNK_SHIFT;
        if (chunk < chunks.length) {
            final int number = chunks[chunk][stream & CHUNK_MASK];
            if (number != 0) {
                return number - 1;
            }
        }
        return introduce(stream);
    }

    @Override
    public void forget(final int stream) {
        checkOwner();
        checkNoClaim();
        checkOpen();
        checkStream(stream);
        if (registry.forget(channel, writer.position(), stream)) {
            clear(stream);
        }
    }

    /** It has no number any more: the next message is introduced again, or refused. */
    private void clear(final int stream) {
        final int chunk = stream >>> CHUNK_SHIFT;
        if (chunk < chunks.length && chunks[chunk] != UNUSED) {
            chunks[chunk][stream & CHUNK_MASK] = 0;
        }
    }

    @Override
    boolean attend(final int stream) {
        return registry.attend(channel, writer.position(), this::clear, stream);
    }

    private void checkStream(final int stream) {
        final int limit = registry.streamLimit();
        if (stream < 0 || stream >= limit) {
            throw new IllegalArgumentException("there is no stream " + stream + ", all are below " + limit
                    + ": ask stream(topic) for the number of a topic");
        }
    }

    /** The slow path, once for each stream. One that has expired stays unknown: on its way from here it meets {@link #attend}. */
    private int introduce(final int stream) {
        checkOwner();
        checkNoClaim();
        checkStream(stream);
        makeRoom(stream);
        final int[] chunk = chunks[stream >>> CHUNK_SHIFT];
        if (registry.use(channel, stream)) {
            chunk[stream & CHUNK_MASK] = 1;
        }
        return chunk[stream & CHUNK_MASK] - 1;
    }

    private void makeRoom(final int stream) {
        final int chunk = stream >>> CHUNK_SHIFT;
        if (chunk >= chunks.length) {
            final int before = chunks.length;
            // By doubling: a million streams that appear one after the other must not copy it with each chunk.
            final int[][] longer = Arrays.copyOf(chunks, Math.max(chunk + 1, before << 1));
            Arrays.fill(longer, before, longer.length, UNUSED);
            chunks = longer;
        }
        if (chunks[chunk] == UNUSED) {
            chunks[chunk] = new int[CHUNK_LENGTH];
        }
        channel.counts(chunks);
    }

    /** One more was sent, unless it was not. */
    private long count(final int stream, final long result) {
        if (result >= 0) {
            chunks[stream >>> CHUNK_SHIFT][stream & CHUNK_MASK]++;
        }
        return result;
    }

    @Override
    public long offer(final int stream, final MemorySegment payload, final long offset, final int length, final long timestamp) {
        return count(stream, send(stream, sequence(stream), payload, offset, length, timestamp));
    }

    @Override
    public long offer(final int stream, final byte[] payload, final int offset, final int length) {
        return count(stream, send(stream, sequence(stream), payload, offset, length));
    }

    @Override
    public long offer(final int stream, final MessageBuilder message) {
        final int sequence = sequence(stream); // checks the stream
        final FrameBuilder frame = FrameBuilder.of(message);
        if (frame.topic() != null) {
            frame.checkTopic(registry.topic(stream));
        }
        return count(stream, send(stream, sequence, frame));
    }

    @Override
    public long offer(final int stream, final Payload payload, final long timestamp) {
        return count(stream, send(stream, sequence(stream), payload, timestamp));
    }

    @Override
    long attempt(final int stream, final MemorySegment payload, final long offset, final int length) {
        return offer(stream, payload, offset, length);
    }

    @Override
    int nextSequence(final int stream) {
        return sequence(stream);
    }

    @Override
    void sentInParts(final int stream) {
        count(stream, 0);
    }

    @Override
    public Claim tryClaim(final int stream, final int length, final long timestamp) {
        sequence(stream);
        final Claim claim = claim(stream, length, timestamp);
        if (claimed != stream && claim.isOpen()) {
            claimed = stream;
        }
        return claim;
    }

    @Override
    public long offer(final MessagePriority priority, final int stream, final MemorySegment payload, final long offset, final int length,
            final long timestamp) {
        Objects.checkFromIndexSize(offset, length, payload.byteSize());
        return drops(priority, stream, length, maxOfferLength()) ? Publisher.DROPPED
                : shedding.answer(priority, offer(stream, payload, offset, length, timestamp));
    }

    @Override
    public long offer(final MessagePriority priority, final int stream, final byte[] payload, final int offset, final int length) {
        Objects.checkFromIndexSize(offset, length, payload.length);
        return drops(priority, stream, length, maxOfferLength()) ? Publisher.DROPPED
                : shedding.answer(priority, offer(stream, payload, offset, length));
    }

    @Override
    public Claim tryClaim(final MessagePriority priority, final int stream, final int length, final long timestamp) {
        if (length >= 0 && drops(priority, stream, length, maxLength())) {
            return refused(Publisher.DROPPED);
        }
        final Claim claim = tryClaim(stream, length, timestamp);
        return shedding.answer(priority, claim.result()) == Publisher.DROPPED ? refused(Publisher.DROPPED) : claim;
    }

    /** The stream is looked at before the lane: a number that is none is no message to be dropped. */
    private boolean drops(final MessagePriority priority, final int stream, final int length, final int longest) {
        sequence(stream);
        return shedding.drops(this, priority, length, longest);
    }

    @Override
    public long dropped(final MessagePriority priority) {
        return shedding.dropped(priority);
    }

    @Override
    protected long commit(final int headerLength, final int length, final boolean shorter) {
        final int sequence = chunks[claimed >>> CHUNK_SHIFT][claimed & CHUNK_MASK] - 1;
        return count(claimed, commit(claimed, sequence, headerLength, length, shorter));
    }
}
