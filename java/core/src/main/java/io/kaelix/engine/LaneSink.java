// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Topic;
import io.kaelix.lane.LaneWriter;
import io.kaelix.lane.RunWriter;
import io.kaelix.net.FlowSink;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/** A lane of many streams that a session writes what its peer sends. By the session's thread. */
final class LaneSink implements FlowSink {

    /** A number of a stream that means something from there on. */
    private record Named(int remoteId, Topic topic, int partition, int partitions, boolean allowed) {
    }

    /** Among what is late: something is missing there. */
    private static final Object GAP = new Object();

    private final Registry registry;
    private final Channel channel;
    private final LaneWriter writer;
    private final SinkStreams streams;
    private final RunWriter runs;
    private final LongConsumer losses;
    /**
     * Runs that came when there was less room than had been granted, and streams that were named between them, and gaps, in order: a reader
     * that joins may stand further back than those that the room was reckoned with. No more than was granted.
     */
    private final ArrayDeque<Object> late = new ArrayDeque<>(0);
    private long lateBytes;
    /** How many of those are streams: no grant bounds them. */
    private int lateStreams;
    /** The run of those that is arriving. */
    private ByteBuffer arriving;
    private String error;
    private boolean closed;
    /** When it was asked last: behind the end, the lane's memory may be gone. */
    private long readTo;

    /**
     * @param name for reports
     * @param mostStreams that the peer may name
     * @param provenance of what the peer sends
     * @param losses is told how many messages were lost on the way here, or left out
     */
    LaneSink(final Registry registry, final String name, final int mostStreams, final Provenance provenance,
            final LongConsumer losses) {
        this.registry = registry;
        this.losses = losses;
        this.channel = registry.openChannel(name, provenance);
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
        final int caughtUp = catchUp();
        if (caughtUp < 0) {
            return caughtUp;
        }
        final int result = late.isEmpty() ? runs.claim(bytes) : RunWriter.BACK_PRESSURED;
        if (result == RunWriter.BACK_PRESSURED) {
            arriving = ByteBuffer.allocate(bytes);
        }
        return result == RunWriter.ERROR ? PROTOCOL_ERROR : 0;
    }

    @Override
    public int catchUp() {
        while (!late.isEmpty()) {
            if (late.peek() instanceof final ByteBuffer run) {
                if (isClosed()) {
                    return CLOSED;
                }
                final int result = runs.claim(run.remaining());
                if (result == RunWriter.BACK_PRESSURED) {
                    return 0;
                }
                if (result == RunWriter.ERROR) {
                    return PROTOCOL_ERROR;
                }
                putInto(runs.first(), run);
                putInto(runs.rest(), run);
                lateBytes -= run.limit();
                final int published = publish();
                if (published < 0) {
                    return published;
                }
            } else if (late.peek() instanceof final Named named) {
                put(named);
                lateStreams--;
            } else {
                runs.interrupt();
            }
            late.remove();
        }
        return 0;
    }

    private void put(final Named named) {
        streams.put(named.remoteId(), named.topic(), named.partition(), named.partitions(), named.allowed());
    }

    @Override
    public int missing() {
        return arriving == null ? runs.missing() : arriving.remaining();
    }

    @Override
    public ByteBuffer first() {
        return runs.first();
    }

    @Override
    public ByteBuffer rest() {
        return arriving == null ? runs.rest() : arriving;
    }

    @Override
    public int put(final ByteBuffer from) {
        final int limit = from.limit();
        final int before = from.position();
        putInto(first(), from);
        putInto(rest(), from);
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
        if (arriving == null) {
            return publish();
        }
        if (!arriving.hasRemaining()) {
            late.add(arriving.flip());
            lateBytes += arriving.limit();
            arriving = null;
        }
        return 0;
    }

    private int publish() {
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
        // It was not received yet, and comes again.
        arriving = null;
        late.clear();
        lateStreams = 0;
        lateBytes = 0;
    }

    @Override
    public void interrupt() {
        if (late.isEmpty()) {
            runs.interrupt();
        } else if (late.peekLast() != GAP) {
            late.add(GAP);
        }
    }

    @Override
    public long received() {
        return runs.received();
    }

    @Override
    public long position() {
        return writer.position();
    }

    @Override
    public long readTo() {
        if (!closed) {
            readTo = writer.readTo();
        }
        return readTo;
    }

    @Override
    public long laneNumber() {
        return channel.lane().publisherId();
    }

    @Override
    public long waiting() {
        return lateBytes;
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
    public long incomplete() {
        return runs.incomplete();
    }

    @Override
    public String error() {
        return error != null ? error : runs.error();
    }

    @Override
    public int stream(final int remoteId, final Topic topic, final int partition, final int partitions, final boolean allowed) {
        final boolean known = remoteId >= 0 && remoteId < streams.most();
        if (known && late.isEmpty()) {
            streams.put(remoteId, topic, partition, partitions, allowed);
            return 0;
        }
        // Named again and again while nothing moves on, they are not kept without end.
        if (known && lateStreams < streams.most()) {
            lateStreams++;
            late.add(new Named(remoteId, topic, partition, partitions, allowed));
            return 0;
        }
        error = "stream number " + remoteId + ": at most " + streams.most() + " streams may be published to, numbered from 0"
                + (known ? ", and so many were named anew while what came before them waits for a subscriber"
                : "; use fewer topics, or have the server allow more (network.max_streams)");
        return PROTOCOL_ERROR;
    }

    @Override
    public void judge(final Predicate<Topic> allowed, final Denied denied) {
        streams.judge(allowed, denied);
        final List<Object> waiting = List.copyOf(late);
        late.clear();
        for (final Object one : waiting) {
            late.add(one instanceof final Named named ? judged(named, allowed.test(named.topic()), denied) : one);
        }
    }

    private static Named judged(final Named named, final boolean allowed, final Denied denied) {
        if (named.allowed() && !allowed) {
            denied.stream(named.remoteId(), named.topic());
        }
        return new Named(named.remoteId(), named.topic(), named.partition(), named.partitions(), allowed);
    }

    @Override
    public void lost(final long messages) {
        losses.accept(messages);
    }

    @Override
    public void close() {
        if (!closed) {
            readTo();
            closed = true;
            abort();
            registry.closeChannel(channel);
        }
    }
}
