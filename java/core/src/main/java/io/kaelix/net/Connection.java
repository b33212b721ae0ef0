// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;

/**
 * Bytes of one socket as messages, in both directions.
 *
 * <pre>
 *   socket ──► {first word of a frame, ring behind it, what stands in front of the next run, spill} ──► Receiver
 *   socket ◄── {messages and headers of runs, frames in a ring, headers, frames …}                  ◄── send, run
 * </pre>
 *
 * <p>What is long is read into the ring straight from the socket. The spill takes what comes behind, and is copied from: so short
 * messages cost one call
 * of the socket and not two. It is left out when runs are long, where it would save nothing; what was copied is counted.
 *
 * <p>One thread. Nothing blocks; nothing is allocated for runs, credits and heartbeats.
 */
final class Connection {

    /** Bytes written at once, roughly: what waits beyond is taken from the lanes by later calls. */
    static final int WRITE_AT_ONCE = 256 << 10;

    /** Runs that wait at once. */
    private static final int RUNS = 32;
    private static final int PIECES = 2 * RUNS + 8;
    private static final int SPILL = 8 << 10;
    /** Runs from which on a spill would be copied for nothing. */
    private static final int LONG_RUN = 4 << 10;
    /** Bytes read in one call of {@link #read}: others have their turn then. */
    private static final int READ_AT_ONCE = 1 << 20;
    /** Rare messages that wait for room: of who does not read what it asked for, nothing more is read. */
    private static final int MOST_WAITING = 256;

    /** Who is told what came. */
    interface Receiver {

        /**
         * A message other than a run; it is still in the input.
         *
         * @throws ProtocolException if the peer must not say that now
         */
        void message(WireType type, WireInput input);

        /**
         * A run begins.
         *
         * @return where its frames go, which has claimed space for them; null if nobody wants them
         * @throws ProtocolException if the peer must not send that now
         */
        FlowSink run(WireInput input, int bytes);

        /** Frames of the run were published, or were not complete yet. */
        void committed(int bytes);
    }

    /** A message without a body that there was no room for. */
    private record LateWord(WireType type, int flow) {
    }

    /** A run that there was no room for. */
    private record LateRun(OutRun run, int flow, FlowLane lane) {
    }

    private final SocketChannel channel;
    private final Transport transport;
    private final WireInput input;
    private final WireOutput output = new WireOutput(PIECES);
    private final OutRun[] runs = new OutRun[RUNS];
    /** Messages and at most one run, in order, that there was no room for. */
    private final ArrayDeque<Object> waiting = new ArrayDeque<>();
    private final ByteBuffer spill = ByteBuffer.allocateDirect(SPILL);
    private final ByteBuffer[] targets = new ByteBuffer[4];
    private final String peer;
    private Receiver receiver;
    /** Of the run that is being received; null if there is none, or it is dropped. */
    private FlowSink sink;
    private boolean spilling = true;
    private long runsQueued;
    private long bytesIn;
    private long copiedIn;
    private boolean closed;

    /**
     * @param server whether this is the side that clients connect to
     * @param maxRun longest run that the peer was told it may send
     */
    Connection(final SocketChannel channel, final Transport transport, final String peer, final boolean server, final int maxRun,
            final Receiver receiver) {
        this.channel = channel;
        this.transport = transport;
        this.peer = peer;
        this.input = new WireInput(server, maxRun);
        this.receiver = receiver;
        for (int i = 0; i < RUNS; i++) {
            runs[i] = new OutRun(i);
        }
    }

    /** Has somebody else told from now on. */
    void receiver(final Receiver next) {
        receiver = next;
    }

    SocketChannel channel() {
        return channel;
    }

    /** Address and port of the other side. */
    String peer() {
        return peer;
    }

    Transport transport() {
        return transport;
    }

    /** Bytes of frames that were copied, into rings and by encryption. */
    long copied() {
        return copiedIn + transport.copiedBytes();
    }

    /** Bytes that came. */
    long bytesIn() {
        return bytesIn;
    }

    /**
     * Reads what there is and tells the receiver.
     *
     * @return bytes read; -1 if the peer has ended the connection
     * @throws IOException if it is broken
     * @throws ProtocolException if the peer broke a rule
     */
    int read() throws IOException {
        int total = 0;
        while (total < READ_AT_ONCE && waiting.size() < MOST_WAITING && !closed) {
            final int missing = sink == null ? 0 : sink.missing();
            int count = 0;
            if (missing > 0) {
                if (sink.first().hasRemaining()) {
                    targets[count++] = sink.first();
                }
                if (sink.rest().hasRemaining()) {
                    targets[count++] = sink.rest();
                }
            }
            // Where no frames are awaited the spill takes all: one buffer makes a cheaper call than two.
            if (!spilling || missing > 0) {
                targets[count++] = input.wanted();
            }
            if (spilling) {
                targets[count++] = spill.clear();
            }
            final int wanted = wanted(count);
            final int read = (int) transport.read(targets, 0, count);
            if (read <= 0) {
                return total > 0 ? total : read;
            }
            total += read;
            bytesIn += read;
            arrived(missing);
            // A read that did not fill what was offered has taken all that there is; the next one would be for nothing.
            if (read < wanted && !transport.hasReadable()) {
                break;
            }
        }
        return total;
    }

    private int wanted(final int count) {
        int wanted = 0;
        for (int i = 0; i < count; i++) {
            wanted += targets[i].remaining();
        }
        return wanted;
    }

    private void arrived(final int missingBefore) {
        if (missingBefore > 0) {
            final int frames = missingBefore - sink.missing();
            input.arrived(frames);
            commit();
        }
        if (spilling) {
            spill.flip();
        } else {
            spill.limit(0);
        }
        while (!closed) {
            if (sink == null) {
                messages();
            }
            if (!spill.hasRemaining() || closed) {
                return;
            }
            if (sink == null) {
                input.putWanted(spill);
            } else {
                final int frames = sink.put(spill);
                copiedIn += frames;
                input.arrived(frames);
                commit();
            }
        }
    }

    private void messages() {
        for (WireType type = input.next(); type != null && !closed; type = input.next()) {
            if (type == WireType.RUN) {
                final int bytes = input.inRun();
                spilling = bytes < LONG_RUN;
                sink = receiver.run(input, bytes);
                if (sink == null) {
                    input.discard();
                } else {
                    return;
                }
            } else {
                spilling = true;
                receiver.message(type, input);
            }
        }
    }

    private void commit() {
        final int published = sink.commit();
        if (published == FlowSink.PROTOCOL_ERROR) {
            throw new ProtocolException(sink.error());
        }
        final int missing = sink.missing();
        receiver.committed(Math.max(0, published));
        if (published < 0) {
            // Nobody is there any more to read it.
            input.discard();
            sink = null;
        } else if (missing == 0) {
            sink = null;
        }
    }

    /** Whether a sink is in the midst of a run. */
    boolean isReceiving(final FlowSink other) {
        return sink == other;
    }

    /** Drops the rest of the run that is being received. */
    void dropRun() {
        if (sink != null) {
            sink = null;
            input.discard();
        }
    }

    /** Sends a message, behind all others. */
    void send(final WireMessage message) {
        if (!waiting.isEmpty() || !output.message(message)) {
            waiting.add(message);
        }
    }

    /** Sends a message without a body, behind all others. */
    void send(final WireType type, final int flow) {
        if (!waiting.isEmpty() || !output.bare(type, flow)) {
            waiting.add(new LateWord(type, flow));
        }
    }

    /** Sends a credit, if there is room for it now. */
    boolean credit(final int flow, final long limit, final long acknowledged) {
        return waiting.isEmpty() && output.credit(flow, limit, acknowledged);
    }

    /** A run to be filled and then given to {@link #send(OutRun, int, FlowLane)}; null while enough waits. */
    OutRun freeRun() {
        final boolean full = runsQueued - output.runsWritten() >= RUNS - 1 || output.pending() >= WRITE_AT_ONCE || !waiting.isEmpty();
        return full ? null : runs[(int) (runsQueued % RUNS)];
    }

    /** A run that holds nothing which is still to be written, for a question to a source. */
    OutRun spareRun() {
        return runs[(int) (runsQueued % RUNS)];
    }

    /** Sends a run that came from {@link #freeRun}. Messages that were sent before may have taken its room: then it waits with them. */
    void send(final OutRun run, final int flow, final FlowLane lane) {
        runsQueued++;
        if (!waiting.isEmpty() || !output(run, flow, lane)) {
            waiting.add(new LateRun(run, flow, lane));
        }
    }

    private boolean output(final OutRun run, final int flow, final FlowLane lane) {
        return output.run(flow, run.lane(), lane.epoch(), run.position(), run.messagesBefore(), lane.origin(), lane.hops(),
                run.buffer());
    }

    private void takeWaiting() {
        while (!waiting.isEmpty() && switch (waiting.peek()) {
            case LateRun(final OutRun run, final int flow, final FlowLane lane) -> output(run, flow, lane);
            case LateWord(final WireType type, final int flow) -> output.bare(type, flow);
            case final Object message -> output.message((WireMessage) message);
        }) {
            waiting.remove();
        }
    }

    /** Number of runs that were given here. */
    long runsQueued() {
        return runsQueued;
    }

    /** How many of them are no longer needed, the first ones. */
    long runsWritten() {
        return output.runsWritten();
    }

    /** Whether the socket has taken everything. */
    boolean isFlushed() {
        return output.pending() == 0 && waiting.isEmpty() && !transport.wantsWrite();
    }

    /**
     * Writes as much as the socket takes.
     *
     * @return bytes written
     * @throws IOException if the connection is broken
     */
    long flush() throws IOException {
        long total = 0;
        if (transport.wantsWrite() && !transport.flush()) {
            return 0;
        }
        while (output.pending() > 0) {
            final long written = transport.write(output.buffers(), output.first(), output.count());
            output.written(written);
            total += written;
            takeWaiting();
            if (written == 0) {
                break;
            }
        }
        return total;
    }

    /** Says that nothing more comes, and goes on reading what the other side had sent, so that it hears the last of what was sent. */
    void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    /** Closes the socket; what was not written is dropped. Again is without effect. */
    void close() {
        if (!closed) {
            closed = true;
            output.clear();
            waiting.clear();
            transport.close();
        }
    }

    boolean isClosed() {
        return closed;
    }
}
