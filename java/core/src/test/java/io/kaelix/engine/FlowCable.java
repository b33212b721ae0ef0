// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.net.FlowSink;
import io.kaelix.net.FlowSource;
import io.kaelix.net.OutRun;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** What lies between a source and a sink: runs travel as bytes, arrive in any pieces, acknowledgements late; it can be cut. */
final class FlowCable {

    /** A run under way. */
    private record Carried(byte[] bytes, int lane, long position, long messagesBefore, int messages) {
    }

    /** Where the receiver stands in each lane, by its number in the flow. */
    final Map<Integer, long[]> positions = new HashMap<>();

    private final FlowSource source;
    private final FlowSink sink;
    private final Random random;
    private final OutRun[] runs = new OutRun[4];
    private final ArrayDeque<Carried> wire = new ArrayDeque<>();
    private ByteBuffer arriving;
    private Carried carried;
    private long begun;
    private long granted;
    int result;

    FlowCable(final FlowSource source, final FlowSink sink, final Random random) {
        this.source = source;
        this.sink = sink;
        this.random = random;
        for (int i = 0; i < runs.length; i++) {
            runs[i] = new OutRun(i);
        }
    }

    /** Sends some runs, as far as the receiver allows; how many. */
    int send() {
        int sent = 0;
        for (final OutRun run : runs) {
            final long credit = granted - source.sent();
            result = credit < 16 ? 0 : source.next(run, (int) Math.min(credit, sink.maxFrameLength()));
            if (result <= 0) {
                break;
            }
            assertThat(run.length()).isEqualTo(result).isEqualTo(run.buffer().remaining());
            for (int i = 0; i < run.newStreams(); i++) {
                final int stream = run.newStream(i);
                assertThat(sink.stream(stream, source.topic(stream), source.partition(stream), source.partitions(stream), true)).isZero();
            }
            final byte[] bytes = new byte[result];
            run.buffer().get(bytes);
            wire.add(new Carried(bytes, run.lane(), run.position(), run.messagesBefore(), run.messages()));
            sent++;
        }
        return sent;
    }

    /** Lets some bytes arrive; whether there were any. */
    boolean receive() {
        if (arriving == null || !arriving.hasRemaining()) {
            carried = wire.poll();
            if (carried == null) {
                return false;
            }
            arriving = ByteBuffer.wrap(carried.bytes());
            assertThat(sink.claim(arriving.remaining())).as("claim of what was granted").isZero();
            begun = sink.received();
        }
        final ByteBuffer piece = arriving.slice();
        piece.limit(random.nextInt(4) == 0 ? piece.remaining() : Math.min(piece.remaining(), 1 + random.nextInt(200)));
        final int put = sink.put(piece);
        arriving.position(arriving.position() + put);
        assertThat(sink.commit()).as(sink.error()).isNotNegative();
        final long committed = sink.received() - begun;
        if (committed > 0) {
            positions.put(carried.lane(), new long[] {carried.position() + committed, carried.messagesBefore() + sink.messagesOfRun()});
        }
        if (!arriving.hasRemaining()) {
            assertThat(sink.missing()).isZero();
            assertThat(sink.messagesOfRun()).isEqualTo(carried.messages());
        }
        return true;
    }

    /** The receiver says what it takes, and has. */
    void credit() {
        final long underWay = source.sent() - sink.received();
        granted = Math.max(granted, sink.received() + Math.max(0, sink.room()));
        assertThat(underWay).isNotNegative();
        assertThat(source.acknowledge(sink.received())).isTrue();
    }

    /** All that is under way is gone, and what is behind it is sent again. */
    void cut() {
        wire.clear();
        arriving = null;
        sink.abort();
        assertThat(source.rewind(sink.received())).isTrue();
        granted = sink.received() + sink.room();
    }

    boolean isEmpty() {
        return wire.isEmpty() && (arriving == null || !arriving.hasRemaining()) && source.acknowledged() == source.sent();
    }
}
