// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.bench.scheduler.Figure;
import java.util.List;
import java.util.stream.Stream;

/** Everything that trials between processes find. */
public final class Figures {

    /** Half of a round trip. */
    public static final Figure P50 = nanos("oneWayP50Nanos", "p50 us");
    /** The same. */
    public static final Figure P99 = nanos("oneWayP99Nanos", "p99");
    /** The same. */
    public static final Figure P999 = nanos("oneWayP999Nanos", "p99.9");
    /** The same. */
    public static final Figure MAX = nanos("oneWayMaxNanos", "max");
    /** Messages received. */
    public static final Figure MESSAGE_RATE = new Figure("messagesPerSecond", "M msg/s", 1e6, 3);
    /** Bytes of payload received. */
    public static final Figure BYTES_PER_SECOND = new Figure("bytesPerSecond", "MB/s", 1e6, 0);
    /** Until connect has returned: of a system with its handshake, of a bare socket without. */
    public static final Figure CONNECT_P50 = nanos("connectP50Nanos", "p50 us");
    /** The same. */
    public static final Figure CONNECT_P99 = nanos("connectP99Nanos", "p99");
    /** Until a bare socket has had the answer to a first message, which is what a handshake is at the least. */
    public static final Figure ANSWER_P50 = nanos("firstAnswerP50Nanos", "first answer");
    /** Connections asked for at once that did not come, or whose first message was not answered. */
    public static final Figure LOST = new Figure("lostConnections", "lost", 1, 0);
    /** Until all of them were there and answered. */
    public static final Figure TOGETHER = new Figure("allConnectedNanos", "all, ms", 1e6, 1);
    /** Of the bytes that both sides moved, those that neither copied in the process. */
    public static final Figure UNCOPIED = new Figure("uncopiedFraction", "not copied %", 0.01, 3);

    /** Bytes of heap that the side which measures took for a message, or for one to and fro. */
    public static final Figure CLIENT_HEAP = new Figure("clientHeapBytesPerMessage", "heap B/msg", 1, 3);
    /** The same of the other side. */
    public static final Figure SERVER_HEAP = new Figure("serverHeapBytesPerMessage", "server's", 1, 3);

    static final List<Figure> LATENCY = List.of(P50, P99, P999, MAX);
    static final List<Figure> RATE = List.of(MESSAGE_RATE, BYTES_PER_SECOND);
    static final List<Figure> CONNECTING = List.of(CONNECT_P50, CONNECT_P99, ANSWER_P50, LOST, TOGETHER);
    static final List<Figure> COPYING = List.of(UNCOPIED, MESSAGE_RATE);
    static final List<Figure> LATENCY_AND_HEAP = List.of(P50, P99, P999, MAX, CLIENT_HEAP, SERVER_HEAP);
    static final List<Figure> RATE_AND_HEAP = List.of(MESSAGE_RATE, BYTES_PER_SECOND, CLIENT_HEAP, SERVER_HEAP);

    private Figures() {
    }

    /** Each once. */
    public static List<Figure> all() {
        return Stream.of(LATENCY, RATE, CONNECTING, COPYING, RATE_AND_HEAP).flatMap(List::stream).distinct().toList();
    }

    private static Figure nanos(final String name, final String title) {
        return new Figure(name, title, 1e3, 2);
    }
}
