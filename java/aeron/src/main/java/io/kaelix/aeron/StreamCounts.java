// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.kaelix.Topic;
import io.kaelix.message.FrameDescriptor;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.agrona.DirectBuffer;

/**
 * How many messages of each stream are recorded, over all lives of a link. A message is counted at the frame that ends it, once the recording
 * covers its run.
 *
 * <pre>
 *   sent(run, end) ──► noted: (end, stream, messages), … ──► recorded(position): those that end up to there are counted
 *                                                       └──► forget(): those that are not will be sent again
 * </pre>
 *
 * <p>One thread, but for {@link #recorded(Topic)}, which any thread may call. Nothing is allocated once it has grown.
 */
final class StreamCounts {

    private static final VarHandle COUNT;
    private static final int FEW = 64;

    static {
        try {
            COUNT = MethodHandles.lookup().findVarHandle(Stream.class, "count", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** A topic, or a partition of one. */
    static final class Stream {
        final Topic topic;
        final int partition;
        private long count;

        private Stream(final Topic topic, final int partition) {
            this.topic = topic;
            this.partition = partition;
        }

        /** Messages that are recorded. */
        long count() {
            return (long) COUNT.getOpaque(this);
        }

        private void add(final long more) {
            COUNT.setOpaque(this, count + more);
        }
    }

    private record Key(String topic, int partition) {
    }

    private final Map<Key, Stream> streams = new ConcurrentHashMap<>();
    private Stream[] byNumber = {};

    private long[] ends = new long[FEW];
    private Stream[] noted = new Stream[FEW];
    private long[] messages = new long[FEW];
    private int first;
    private int size;

    /** What a number in frames means from here on. */
    void stream(final int number, final Topic topic, final int partition) {
        if (number >= byNumber.length) {
            byNumber = Arrays.copyOf(byNumber, Math.max(number + 1, 2 * byNumber.length));
        }
        byNumber[number] = of(topic, partition);
    }

    private Stream of(final Topic topic, final int partition) {
        return streams.computeIfAbsent(new Key(topic.name(), partition), key -> new Stream(topic, partition));
    }

    /** Counts what was recorded before, by another life. */
    void add(final Topic topic, final int partition, final long count) {
        of(topic, partition).add(count);
    }

    /**
     * Notes the messages that end in a run.
     *
     * @param end position of the recording behind it
     */
    void sent(final DirectBuffer frames, final int offset, final int length, final long end) {
        Stream of = null;
        long counted = 0;
        for (int at = offset; at < offset + length; ) {
            final int bytes = frames.getInt(at + FrameDescriptor.LENGTH_OFFSET, LITTLE_ENDIAN);
            if (bytes == 0) {
                break;
            }
            if (bytes < 0) {
                at -= bytes;
                continue;
            }
            if (FrameDescriptor.endsMessage(frames.getInt(at + FrameDescriptor.FLAGS_OFFSET, LITTLE_ENDIAN))) {
                final int number = frames.getInt(at + FrameDescriptor.STREAM_ID_OFFSET, LITTLE_ENDIAN);
                final Stream stream = number >= 0 && number < byNumber.length ? byNumber[number] : null;
                if (stream != of) {
                    note(of, counted, end);
                    of = stream;
                    counted = 0;
                }
                counted++;
            }
            at += FrameDescriptor.step(bytes);
        }
        note(of, counted, end);
    }

    private void note(final Stream stream, final long counted, final long end) {
        if (stream == null || counted == 0) {
            return;
        }
        if (size == ends.length) {
            grow();
        }
        final int at = first + size++ & ends.length - 1;
        ends[at] = end;
        noted[at] = stream;
        messages[at] = counted;
    }

    private void grow() {
        final int length = ends.length;
        final long[] moreEnds = new long[2 * length];
        final Stream[] moreNoted = new Stream[2 * length];
        final long[] moreMessages = new long[2 * length];
        for (int i = 0; i < length; i++) {
            final int at = first + i & length - 1;
            moreEnds[i] = ends[at];
            moreNoted[i] = noted[at];
            moreMessages[i] = messages[at];
        }
        first = 0;
        ends = moreEnds;
        noted = moreNoted;
        messages = moreMessages;
    }

    /** The recording has come so far. */
    void recorded(final long position) {
        while (size > 0 && ends[first] <= position) {
            noted[first].add(messages[first]);
            noted[first] = null;
            first = first + 1 & ends.length - 1;
            size--;
        }
    }

    /** What was noted and not recorded comes again. */
    void forget() {
        Arrays.fill(noted, null);
        first = 0;
        size = 0;
    }

    /** Messages of a topic that are recorded, of all its partitions. Any thread. */
    long recorded(final Topic topic) {
        long sum = 0;
        for (final Stream stream : streams.values()) {
            sum += stream.topic.equals(topic) ? stream.count() : 0;
        }
        return sum;
    }

    /** All that there are. */
    Collection<Stream> streams() {
        return streams.values();
    }
}
