// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends numbered messages through a scenario with its threads and says what is wrong with what arrives: each must be whole, arrive once for
 * each subscriber, and after the same publisher's message before it.
 */
final class Delivery {

    /** First words of publisher {@code p} are {@code p * PUBLISHER_RANGE} and up. */
    private static final long PUBLISHER_RANGE = 1L << 32;

    /** Empty calls before the core is left to others, and before the thread sleeps a millisecond after each. */
    private static final int SPINS = 100;
    private static final int YIELDS = 200;

    /** Sleeps in a row after which nothing more is expected: when all is sent, and before. Counted, so that a process may be stopped. */
    private static final int PATIENCE_AT_THE_END = 300;
    private static final int PATIENCE = 20_000;

    private final Scenario scenario;
    private final Load load;
    private final int messages;

    /** Of each publisher and number, how many subscribers have it. */
    private final int[][] arrivals;

    /** Of each publisher, the last number that arrived, if there is one subscriber. */
    private final long[] last;

    private final AtomicInteger producing;
    private volatile boolean stopped;

    // Of the consumer's thread.
    private String problem;
    private long received;

    private Delivery(final Scenario scenario, final Load load, final int messages) {
        this.scenario = scenario;
        this.load = load;
        this.messages = messages;
        arrivals = new int[load.publishers()][messages];
        last = new long[load.publishers()];
        Arrays.fill(last, -1);
        producing = new AtomicInteger(load.publishers());
    }

    /**
     * Sends and receives.
     *
     * @param messages of each publisher that are looked at; a last batch may send more
     * @return the first thing that was wrong, if any
     */
    static Optional<String> check(final Scenario scenario, final Load load, final int messages) throws Exception {
        scenario.start(load);
        try {
            return new Delivery(scenario, load, messages).run();
        } finally {
            scenario.stop();
        }
    }

    private Optional<String> run() throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            final Future<?> consumer = threads.submit(() -> untilStopped(this::consume));
            final Future<?>[] producers = new Future<?>[load.publishers()];
            for (int i = 0; i < producers.length; i++) {
                final int number = i;
                producers[i] = threads.submit(() -> untilStopped(() -> produce(number)));
            }
            for (final Future<?> producer : producers) {
                producer.get();
            }
            consumer.get();
        }
        return Optional.ofNullable(problem);
    }

    /** A thread that fails ends the others, so that its failure is what is reported. */
    private void untilStopped(final Runnable work) {
        boolean done = false;
        try {
            work.run();
            done = true;
        } finally {
            if (!done) {
                stopped = true;
            }
        }
    }

    private void produce(final int number) {
        final Scenario.Sender sender = scenario.sender(number);
        int sent = 0;
        int misses = 0;
        while (sent < messages && !stopped) {
            final int count = sender.send(number * PUBLISHER_RANGE + sent);
            sent += count;
            misses = count > 0 ? 0 : misses + 1;
            idle(misses);
        }
        producing.decrementAndGet();
    }

    private void consume() {
        final Scenario.Receiver receiver = scenario.receiver();
        final long expected = (long) messages * load.publishers() * load.subscribers();
        int misses = 0;
        while (!stopped && problem == null) {
            final boolean allSent = producing.get() == 0;
            final int count = receiver.receive(this::onMessage);
            misses = count > 0 ? 0 : misses + 1;
            if (count == 0 && allSent && received + scenario.lost() >= expected) {
                checkComplete();
                break;
            }
            if (misses > YIELDS + (allSent ? PATIENCE_AT_THE_END : PATIENCE)) {
                problem = "only " + received + " messages of " + expected + " arrived, " + scenario.lost() + " were lost";
            }
            idle(misses);
        }
        stopped = true;
    }

    private static void idle(final int misses) {
        if (misses > YIELDS) {
            try {
                Thread.sleep(1);
            } catch (final InterruptedException e) {
                throw new IllegalStateException("nobody interrupts these threads", e);
            }
        } else if (misses > SPINS) {
            Thread.yield();
        }
    }

    private void onMessage(final long first, final long sum) {
        if (problem != null) {
            return;
        }
        final int publisher = (int) (first / PUBLISHER_RANGE);
        final long number = first % PUBLISHER_RANGE;
        if (first < 0 || publisher >= load.publishers()) {
            problem = "a message begins with " + first + ", which no publisher wrote";
        } else if (sum != Words.sum(first, load.words())) {
            problem = "message " + number + " of publisher " + publisher + " is not whole: its words add up to " + sum;
        } else if (number < messages) {
            received++;
            count(publisher, (int) number);
        }
    }

    private void count(final int publisher, final int number) {
        final int[] counts = arrivals[publisher];
        counts[number]++;
        if (counts[number] > load.subscribers()) {
            problem = "message " + number + " of publisher " + publisher + " arrived too often";
        } else if (load.subscribers() == 1 && number <= last[publisher]
                || load.subscribers() > 1 && number > 0 && counts[number] > counts[number - 1]) {
            problem = "message " + number + " of publisher " + publisher + " arrived out of order";
        }
        last[publisher] = number;
    }

    private void checkComplete() {
        final long missing = Arrays.stream(arrivals).flatMapToInt(Arrays::stream).filter(count -> count < load.subscribers()).count();
        if (problem == null && missing != scenario.lost()) {
            problem = missing + " messages did not arrive, and " + scenario.lost() + " were lost as it says";
        }
    }
}
