// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.remote.Figures;
import io.kaelix.bench.remote.Exchange;
import io.kaelix.bench.rig.RemoteResult.Row;
import io.kaelix.bench.rig.SchedulerResult.Goal;
import io.kaelix.bench.rig.SchedulerResult.Spread;
import io.kaelix.bench.scheduler.Figure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What is meant to be reached between processes and hosts, judged by medians of ratios within a round where two systems are compared. */
final class RemoteGoals {

    /** The library within one process. */
    static final String IN_PROCESS = "kaelix-in-process";

    private static final String KAELIX = "kaelix";
    private static final String SHARED = "kaelix-shared";
    private static final String BRIDGE = "kaelix-bridge";
    private static final String BARE = "aeron";
    private static final String PACKED = "aeron-packed";
    private static final String TIMES = "x";
    private static final double ENOUGH_PER_SECOND = 10e6;
    private static final double PART_OF_BULK = 0.85;
    private static final double NANOS_PER_MICRO = 1e3;
    /** Less than an object for sixteen messages: what is told again each second is none of theirs. */
    private static final double LEAST_HEAP = 1;

    private final List<Row> rows;
    private final String own;
    private final List<Goal> goals = new ArrayList<>();

    private RemoteGoals(final List<Row> rows, final String own) {
        this.rows = rows;
        this.own = own;
    }

    /** Between hosts; those whose rows are missing are left out. */
    static List<Goal> ofNetwork(final List<Row> rows) {
        final RemoteGoals all = new RemoteGoals(rows, KAELIX);
        all.addOfFloor("pingPongP50OfFloor", "to and fro, p50, of C in the same mode", Exchange.PING_PONG, Figures.P50, true, 1.15);
        all.addOfFloor("pingPongP99OfFloor", "to and fro, p99, of C in the same mode", Exchange.PING_PONG, Figures.P99, true, 1.3);
        all.addOfPeer("pingPongOfPeer", "to and fro, p50: the best peer beside it", Exchange.PING_PONG, Figures.P50, true, 1.0);
        all.addStream();
        all.addOfPeer("streamOfPeer", "64-byte messages a second, of the best peer", Exchange.STREAM, Figures.MESSAGE_RATE, false, 3.0);
        all.addOfFloor("bulkOfFloor", "messages of 64 KiB, bytes a second, of raw bulk", Exchange.BULK, Figures.BYTES_PER_SECOND, false, 0.9);
        all.addOfPeer("bulkOfPeer", "the same, of the best peer", Exchange.BULK, Figures.BYTES_PER_SECOND, false, null);
        all.addOfFloor("connectOfFloor", "connection with its handshake, p50, of a raw connect", Exchange.CONNECT, Figures.CONNECT_P50, true, 2.0);
        all.addOfAnswer();
        all.addOwn("lostConnections", "connections at once that were lost", Exchange.CONNECT, Figures.LOST, true, 0.0, "");
        all.addOwn("uncopied", "part of the bytes that no process copied", Exchange.COPIES, Figures.UNCOPIED, false, 0.99, "fraction");
        return List.copyOf(all.goals);
    }

    /** Between processes that share memory. */
    static List<Goal> ofIpc(final List<Row> rows) {
        final RemoteGoals all = new RemoteGoals(rows, SHARED);
        all.addOf("pingPongOfInProcess", "to and fro, p50, of the same within one process", Exchange.PING_PONG, Figures.P50, IN_PROCESS, true, 1.2);
        all.addOfPeer("pingPongOfPeer", "to and fro, p50: the best peer beside it", Exchange.PING_PONG, Figures.P50, true, null);
        for (final Exchange mode : List.of(Exchange.ONE_BY_ONE, Exchange.BATCH_64)) {
            all.addOf(mode.label() + "OfInProcess", mode.label() + ", messages a second, of the same within one process", mode,
                    Figures.MESSAGE_RATE, IN_PROCESS, false, null);
            all.addOfPeer(mode.label() + "OfPeer", mode.label() + ", of the best peer", mode, Figures.MESSAGE_RATE, false, null);
        }
        return List.copyOf(all.goals);
    }

    /** Over a bridge. */
    static List<Goal> ofBridge(final List<Row> rows) {
        final RemoteGoals all = new RemoteGoals(rows, BRIDGE);
        all.addMore("addedP50", "to and fro, one way, p50: more than bare Aeron", Exchange.TO_AND_FRO, Figures.P50, 2.0);
        all.addMore("addedP99", "the same, p99", Exchange.TO_AND_FRO, Figures.P99, null);
        all.addOf("shortOfPacked", "64-byte messages a second, of bare Aeron, packed the same way", Exchange.SHORT, Figures.MESSAGE_RATE, PACKED,
                false, 0.9);
        all.addOf("shortOfBare", "the same, of bare Aeron, each for itself", Exchange.SHORT, Figures.MESSAGE_RATE, BARE, false, 1.0);
        all.addOf("longOfBare", "messages of 64 KiB, bytes a second, of bare Aeron", Exchange.LONG, Figures.BYTES_PER_SECOND, BARE, false, null);
        for (final Exchange mode : Exchange.BRIDGE) {
            all.addOwn(mode.label() + "Heap", mode.label() + ", heap for a message", mode, Figures.CLIENT_HEAP, true, LEAST_HEAP, "bytes");
            all.addOwn(mode.label() + "ServerHeap", mode.label() + ", heap for a message, server", mode, Figures.SERVER_HEAP, true, LEAST_HEAP,
                    "bytes");
        }
        return List.copyOf(all.goals);
    }

    /** Microseconds more than bare Aeron takes, the median of what it is within a round. */
    private void addMore(final String key, final String name, final Exchange mode, final Figure figure, final Double limit) {
        final Spread ours = spread(own, mode, figure);
        final Spread beside = spread(BARE, mode, figure);
        if (ours != null && beside != null) {
            final int rounds = Math.min(ours.rounds().size(), beside.rounds().size());
            add(key, name, Medians.of(IntStream.range(0, rounds)
                    .mapToObj(round -> (ours.rounds().get(round) - beside.rounds().get(round)) / NANOS_PER_MICRO).toList()), true, limit, "us",
                    BARE);
        }
    }

    /** Ten million, or as many as fill most of the raw bandwidth with their payload. */
    private void addStream() {
        final Spread ours = spread(own, Exchange.STREAM, Figures.MESSAGE_RATE);
        final Spread bulk = spread(RemoteRun.FLOOR, Exchange.STREAM, Figures.BYTES_PER_SECOND);
        if (ours != null) {
            final double filled = bulk == null ? Double.MAX_VALUE : PART_OF_BULK * bulk.median() / Exchange.STREAM.payload();
            add("streamRate", "64-byte messages a second", ours.median(), false, Math.min(ENOUGH_PER_SECOND, filled), "", null);
        }
        addOfFloor("streamOfBulk", "the bytes of their payload, of raw bulk", Exchange.STREAM, Figures.BYTES_PER_SECOND, false, null);
    }

    /** A handshake is a message to and fro: beside a raw connect with one, too. */
    private void addOfAnswer() {
        final Spread ours = spread(own, Exchange.CONNECT, Figures.CONNECT_P50);
        final Spread answer = spread(RemoteRun.FLOOR, Exchange.CONNECT, Figures.ANSWER_P50);
        if (ours != null && answer != null) {
            add("connectOfAnswer", "the same, of a raw connect and a first message to and fro", ratio(ours, answer), true, null, TIMES,
                    RemoteRun.FLOOR);
        }
    }

    private void addOwn(final String key, final String name, final Exchange mode, final Figure figure, final boolean isBelow,
            final Double limit, final String unit) {
        final Spread ours = spread(own, mode, figure);
        if (ours != null) {
            // One lost connection in one round is one too many.
            add(key, name, isBelow ? ours.highest() : ours.median(), isBelow, limit, unit, null);
        }
    }

    private void addOfFloor(final String key, final String name, final Exchange mode, final Figure figure, final boolean isBelow,
            final Double limit) {
        addOf(key, name, mode, figure, RemoteRun.FLOOR, isBelow, limit);
    }

    private void addOf(final String key, final String name, final Exchange mode, final Figure figure, final String other,
            final boolean isBelow, final Double limit) {
        final Spread ours = spread(own, mode, figure);
        final Spread beside = spread(other, mode, figure);
        if (ours != null && beside != null) {
            add(key, name, ratio(ours, beside), isBelow, limit, TIMES, other);
        }
    }

    /** Of a figure that is the better the less it is, how many times the best peer takes; else how many times the library does. */
    private void addOfPeer(final String key, final String name, final Exchange mode, final Figure figure, final boolean isLess,
            final Double limit) {
        final Spread ours = spread(own, mode, figure);
        final Row best = rows.stream()
                .filter(row -> row.mode().equals(mode.label()) && row.figures().containsKey(figure.name()))
                .filter(row -> !row.system().startsWith(KAELIX) && !row.system().startsWith(RemoteRun.FLOOR))
                .min(Comparator.comparing(row -> row.figures().get(figure.name()).median(),
                        isLess ? Comparator.<Double>naturalOrder() : Comparator.<Double>reverseOrder()))
                .orElse(null);
        if (ours != null && best != null) {
            final Spread peer = best.figures().get(figure.name());
            add(key, name, isLess ? ratio(peer, ours) : ratio(ours, peer), false, limit, TIMES, best.system());
        }
    }

    private void add(final String key, final String name, final double measured, final boolean isBelow, final Double limit,
            final String unit, final String peer) {
        goals.add(new Goal(key, name, measured, isBelow, limit, unit, peer,
                limit == null ? null : isBelow ? measured <= limit : measured >= limit));
    }

    private Spread spread(final String system, final Exchange mode, final Figure figure) {
        return rows.stream().filter(row -> row.system().equals(system) && row.mode().equals(mode.label()))
                .map(row -> row.figures().get(figure.name())).filter(spread -> spread != null).findFirst().orElse(null);
    }

    /** Median of the ratios within each round that both have. */
    private static double ratio(final Spread one, final Spread other) {
        final int rounds = Math.min(one.rounds().size(), other.rounds().size());
        return Medians.of(IntStream.range(0, rounds).mapToObj(round -> one.rounds().get(round) / other.rounds().get(round)).toList());
    }
}
