// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.Claim;
import io.kaelix.ClientConfig;
import io.kaelix.KaelixClient;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.StreamerConfig;
import io.kaelix.bench.trial.EncodedHistogram;
import io.kaelix.bench.trial.TrialException;
import io.kaelix.runtime.IdleMode;
import io.kaelix.runtime.TaskScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/**
 * Connections of the library: one after the other, each until connect has returned; then many at once, which stay until all are there and a
 * message of each has come back from the server to one of them.
 */
final class Connections {

    private static final int MOST_SAMPLES = 4_000;
    private static final int LEAST_SAMPLES = 10;
    /** Threads that connect at the same time. */
    private static final int THREADS = 32;
    private static final double PATIENCE_SECONDS = 15;
    private static final int POLL_LIMIT = 256;

    private final Request request;
    private final ClientConfig config;
    private long togetherNanos;

    Connections(final Request request, final String address) {
        this.request = request;
        this.config = ClientConfig.to(address).withLaneCapacity(StreamerConfig.MIN_LANE_CAPACITY)
                .withCloseTimeout(Duration.ZERO);
    }

    Map<String, Double> measure() throws InterruptedException, TrialException {
        final TaskScheduler worker = KaelixLink.worker(IdleMode.ADAPTIVE);
        try {
            final Histogram times = singly(worker);
            final int answered = together(worker);
            return Map.of(Figures.CONNECT_P50.name(), (double) times.getValueAtPercentile(50),
                    Figures.CONNECT_P99.name(), (double) times.getValueAtPercentile(99),
                    Figures.LOST.name(), (double) request.connections() - answered,
                    Figures.TOGETHER.name(), (double) togetherNanos);
        } finally {
            worker.shutdownNow();
        }
    }

    private Histogram singly(final TaskScheduler worker) {
        final Histogram times = EncodedHistogram.empty();
        final long from = System.nanoTime() + (long) (request.warmup() * 1e9);
        final long until = from + (long) (request.seconds() * 1e9);
        for (int i = 0; i < 2 * MOST_SAMPLES && times.getTotalCount() < MOST_SAMPLES; i++) {
            final long before = System.nanoTime();
            if (before - until >= 0 && times.getTotalCount() >= LEAST_SAMPLES) {
                break;
            }
            final KaelixClient client = KaelixClient.connect(config, worker);
            final long after = System.nanoTime();
            client.close();
            if (before - from >= 0) {
                EncodedHistogram.record(times, after - before);
            }
        }
        return times;
    }

    /** Connects, and says how many of them had an answer. */
    private int together(final TaskScheduler worker) throws InterruptedException, TrialException {
        final List<KaelixClient> clients = new ArrayList<>();
        final ExecutorService connecting = Executors.newFixedThreadPool(Math.min(THREADS, request.connections()));
        try (KaelixClient witness = KaelixClient.connect(config.withLaneCapacity(1 << 20), worker);
                Subscriber answers = witness.subscriber(KaelixLink.TO_CLIENT)) {
            final List<Future<KaelixClient>> coming = new ArrayList<>();
            final long start = System.nanoTime();
            for (int i = 0; i < request.connections(); i++) {
                coming.add(connecting.submit(() -> KaelixClient.connect(config, worker)));
            }
            for (final Future<KaelixClient> one : coming) {
                add(clients, one);
            }
            for (int i = 0; i < clients.size(); i++) {
                greet(clients.get(i), i);
            }
            final int answered = count(answers, clients.size());
            togetherNanos = System.nanoTime() - start;
            return answered;
        } finally {
            connecting.shutdownNow();
            clients.forEach(KaelixClient::close);
        }
    }

    /** One that was refused is missing among those that are answered. */
    private static void add(final List<KaelixClient> clients, final Future<KaelixClient> coming) throws InterruptedException {
        try {
            clients.add(coming.get());
        } catch (final ExecutionException e) {
            System.err.println("a connection was refused: " + e.getCause().getMessage());
        }
    }

    private void greet(final KaelixClient client, final int number) throws TrialException {
        final Publisher publisher = client.publisher(KaelixLink.TO_SERVER);
        final Claim claim = publisher.tryClaim(request.payload());
        if (!claim.isOpen()) {
            throw new TrialException("a client that has sent nothing has no room for a message");
        }
        for (int offset = 0; offset < request.payload(); offset += Long.BYTES) {
            claim.putLong(offset, number + offset / Long.BYTES);
        }
        claim.commit();
    }

    private int count(final Subscriber answers, final int expected) {
        final BitSet answered = new BitSet();
        final long until = System.nanoTime() + (long) (PATIENCE_SECONDS * 1e9);
        while (answered.cardinality() < expected && System.nanoTime() - until < 0) {
            final int count = answers.poll(message -> answered.set((int) message.getLong(0)), POLL_LIMIT);
            if (count == 0) {
                Thread.yield();
            }
        }
        return answered.cardinality();
    }
}
