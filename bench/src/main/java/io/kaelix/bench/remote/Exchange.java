// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.bench.scheduler.Figure;
import java.util.Arrays;
import java.util.List;

/** What is asked of a system between two processes. */
public enum Exchange {

    /** One message to and fro. */
    PING_PONG("ping-pong", 64, Figures.LATENCY),
    /** Short messages to one subscriber, as fast as they come. */
    STREAM("stream", 64, Figures.RATE),
    /** The same, each sent for itself. */
    ONE_BY_ONE("one-by-one", 64, Figures.RATE),
    /** The same, sent by 64. */
    BATCH_64("batch-64", 64, Figures.RATE),
    /** Long messages through one connection. */
    BULK("bulk", 64 << 10, Figures.RATE),
    /** Connections, one after the other and many at once. */
    CONNECT("connect", 64, Figures.CONNECTING),
    /** Which part of what was moved was copied in the process. */
    COPIES("copies", 64, Figures.COPYING),
    /** One message to and fro between two threads of one process, each of which does all of its side. */
    TO_AND_FRO("to-and-fro", 64, Figures.LATENCY_AND_HEAP),
    /** Short messages, as fast as they come. */
    SHORT("short", 64, Figures.RATE_AND_HEAP),
    /** Long ones. */
    LONG("long", 64 << 10, Figures.RATE_AND_HEAP);

    /** Between hosts. */
    public static final List<Exchange> NETWORK = List.of(PING_PONG, STREAM, BULK, CONNECT, COPIES);
    /** Between processes that share memory. */
    public static final List<Exchange> IPC = List.of(PING_PONG, ONE_BY_ONE, BATCH_64);
    /** Over a bridge. */
    public static final List<Exchange> BRIDGE = List.of(TO_AND_FRO, SHORT, LONG);

    private final String label;
    private final int payload;
    private final List<Figure> figures;

    Exchange(final String label, final int payload, final List<Figure> figures) {
        this.label = label;
        this.payload = payload;
        this.figures = figures;
    }

    /** As results have it. */
    public String label() {
        return label;
    }

    /** Bytes of a message. */
    public int payload() {
        return payload;
    }

    /** What it finds. */
    public List<Figure> figures() {
        return figures;
    }

    /** With this label. */
    static Exchange of(final String label) {
        return Arrays.stream(values()).filter(mode -> mode.label.equals(label)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("no mode '" + label + "'"));
    }

    /** Whether the server sends back each message that it gets; else it sends as fast as it can. */
    boolean isEchoed() {
        return this == PING_PONG || this == CONNECT || this == TO_AND_FRO;
    }

    /** Whether the server is a thread of the process that connects. */
    boolean isInOneProcess() {
        return this == TO_AND_FRO;
    }

    /** Whether the heap that messages take is among the figures. */
    boolean hasHeap() {
        return figures.contains(Figures.CLIENT_HEAP);
    }

    /** Messages that are sent at once. */
    int batch() {
        return this == BATCH_64 ? 64 : this == STREAM || this == COPIES || this == SHORT ? 256 : 1;
    }
}
