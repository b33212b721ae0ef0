// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Topic;
import io.kaelix.lane.LaneWriter;
import io.kaelix.lane.RunWriter;
import io.kaelix.net.FlowSink;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/** A lane of many streams that a session writes what its peer sends. By the session's thread. */
final class LaneSink implements FlowSink {

    private final Registry registry;
    private final Channel channel;
    private final LaneWriter writer;
    private final SinkStreams streams;
    private final RunWriter runs;
    private final LongConsumer losses;
    private String error;
    private boolean closed;

    /**
     * @param name for reports
     * @param mostStreams that the peer may name
     * @param losses is told how many messages were lost on the way here, or left out
     */
    LaneSink(final Registry registry, final String name, final int mostStreams, final LongConsumer losses) {
        this.registry = registry;
        this.losses = losses;
        this.channel = registry.openChannel(name);
        this.writer = channel.writer(channel.lane().createWriter());
        this.streams = new SinkStreams(registry, channel, writer, mostStreams);
        this.runs = new RunWriter(writer, streams, registry.maxMessageLength());
    }

    @Override
    public int maxFrameLength() {
        return runs.maxLength();
    }

    @Override
    public int room() {
        return isClosed() ? 0 : runs.room();
    }

    private boolean isClosed() {
        return closed || channel.lane().isClosed();
    }

    @Override
    public int claim(final int bytes) {
        if (isClosed()) {
            return CLOSED;
        }
        return switch (runs.claim(bytes)) {
            case RunWriter.BACK_PRESSURED -> BACK_PRESSURED;
            case RunWriter.ERROR -> PROTOCOL_ERROR;
            default -> 0;
        };
    }

    @Override
    public int missing() {
        return runs.missing();
    }

    @Override
    public ByteBuffer first() {
        return runs.first();
    }

    @Override
    public ByteBuffer rest() {
        return runs.rest();
    }

    @Override
    public int put(final ByteBuffer from) {
        final int limit = from.limit();
        final int before = from.position();
        putInto(runs.first(), from);
        putInto(runs.rest(), from);
        from.limit(limit);
        return from.position() - before;
    }

    private static void putInto(final ByteBuffer target, final ByteBuffer from) {
        final int limit = from.limit();
        from.limit(Math.min(limit, from.position() + target.remaining()));
        target.put(from);
        from.limit(limit);
    }

    @Override
    public int commit() {
        if (!channel.lane().isOpen()) {
            if (isClosed()) {
                runs.abort();
                return CLOSED;
            }
            streams.attend();
        }
        if (closed) {
            return CLOSED;
        }
        final long denied = runs.denied();
        final int bytes = runs.commit();
        if (runs.denied() != denied) {
            losses.accept(runs.denied() - denied);
        }
        return bytes == RunWriter.ERROR ? PROTOCOL_ERROR : bytes;
    }

    @Override
    public void abort() {
        runs.abort();
    }

    @Override
    public long received() {
        return runs.received();
    }

    @Override
    public long messages() {
        return runs.messages();
    }

    @Override
    public int messagesOfRun() {
        return runs.messagesOfRun();
    }

    @Override
    public long denied() {
        return runs.denied();
    }

    @Override
    public String error() {
        return error != null ? error : runs.error();
    }

    @Override
    public int stream(final int remoteId, final Topic topic, final int partition, final int partitions, final boolean allowed) {
        if (!streams.put(remoteId, topic, partition, partitions, allowed)) {
            error = "stream number " + remoteId + ": at most " + streams.most() + " streams may be published to, numbered from 0;"
                    + " use fewer topics, or have the server allow more (network.max_streams)";
            return PROTOCOL_ERROR;
        }
        return 0;
    }

    @Override
    public void judge(final Predicate<Topic> allowed, final Denied denied) {
        streams.judge(allowed, denied);
    }

    @Override
    public void lost(final long messages) {
        losses.accept(messages);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            runs.abort();
            registry.closeChannel(channel);
        }
    }
}
