// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import io.kaelix.bench.scenario.Catalogue;
import io.kaelix.bench.scenario.Load;
import io.kaelix.bench.scenario.Scenario;
import io.kaelix.bench.scenario.Scenario.Receiver;
import io.kaelix.bench.scenario.Scenario.Sender;

/**
 * As fast as they can: how many messages a second arrive.
 *
 * <pre>
 *   producer 0 ── send, again if there is no room ──►┐
 *   producer 1 ── …                               ──►┴── receive ── MessageCheck ──► Tally ◄── looked at twice
 * </pre>
 */
final class ThroughputTrial {

    /** Tries of one call of a loop's body: enough calls for it to be compiled as a method, not in the midst of a loop. */
    private static final int BURST = 1000;
    private static final double DRAIN_SECONDS = 10;
    /** What has not come after so long without anything is taken for lost. */
    private static final long SILENCE_NANOS = 1_000_000_000;

    private final Scenario scenario;
    private final Load load;
    private final TrialRequest request;
    private final boolean shared;
    private final Crew crew = new Crew();
    private final Tally received = new Tally();
    private final long[] sent;
    private MessageCheck check;

    private ThroughputTrial(final Scenario scenario, final Load load, final TrialRequest request) {
        this.scenario = scenario;
        this.load = load;
        this.request = request;
        this.shared = request.isShared(load.publishers() + 1);
        this.sent = new long[load.publishers()];
    }

    /** Starts the entry's system, measures, checks and stops it. */
    static ThroughputOutcome run(final Catalogue.Entry entry, final TrialRequest request) throws Exception {
        final Load load = new Load(request.payload(), entry.publishers(), entry.subscribers());
        final Scenario scenario = entry.scenario().get();
        scenario.start(load);
        final ThroughputOutcome outcome = new ThroughputTrial(scenario, load, request).measure();
        scenario.stop();
        return outcome;
    }

    private ThroughputOutcome measure() throws TrialException, InterruptedException {
        crew.receivers().add("consumer", request.consumerCpu(), () -> {
            final Receiver receiver = scenario.receiver();
            check = new MessageCheck(load.words());
            return () -> consume(receiver, check);
        });
        for (int i = 0; i < load.publishers(); i++) {
            final int producer = i;
            crew.senders().add("producer-" + producer, request.producerCpu(producer), () -> {
                final Sender sender = scenario.sender(producer);
                return () -> produce(producer, sender);
            });
        }
        crew.begin();
        crew.sleep(request.warmup());

        final long allocatedBefore = crew.allocatedBytes();
        final long countBefore = received.read();
        final long before = System.nanoTime();
        crew.sleep(request.seconds());
        final long count = received.read() - countBefore;
        final long nanos = System.nanoTime() - before;
        final long allocated = crew.allocatedBytes() - allocatedBefore;

        finish();
        final long lost = scenario.lost();
        check.verify(sent, load.subscribers(), lost);
        if (count == 0) {
            throw new TrialException("nothing arrived in the " + request.seconds() + " s measured");
        }
        return new ThroughputOutcome(count * 1e9 / nanos / load.subscribers(), (double) lost / (check.count() + lost),
                (double) allocated / count, scenario.settings());
    }

    /** Producers first; the consumer when it has what they sent. */
    private void finish() throws TrialException, InterruptedException {
        crew.senders().stop();
        if (!crew.senders().awaitFinish(DRAIN_SECONDS)) {
            throw new TrialException("a producer did not return from a send within " + DRAIN_SECONDS + " s");
        }
        crew.receivers().stop();
        if (!crew.receivers().awaitFinish(2 * DRAIN_SECONDS)) {
            throw new TrialException("the consumer did not return from a receive within " + DRAIN_SECONDS + " s");
        }
        crew.dismiss();
    }

    private void produce(final int producer, final Sender sender) {
        long next = 0;
        while (!crew.senders().isStopping()) {
            next = sendBurst(sender, next);
        }
        sent[producer] = next;
    }

    private long sendBurst(final Sender sender, final long first) {
        long next = first;
        int inVain = 0;
        for (int i = 0; i < BURST; i++) {
            final int count = sender.send(next);
            next += count;
            inVain = count > 0 ? 0 : Idle.idle(shared, inVain);
        }
        return next;
    }

    private void consume(final Receiver receiver, final MessageCheck sink) {
        while (!crew.receivers().isStopping()) {
            receiveBurst(receiver, sink);
        }
        drain(receiver, sink);
    }

    /** Receives what was sent and has not come yet. */
    private void drain(final Receiver receiver, final MessageCheck sink) {
        long due = 0;
        for (final long n : sent) {
            due += n * load.subscribers();
        }
        final long deadline = System.nanoTime() + (long) (DRAIN_SECONDS * 1e9);
        long count = sink.count();
        long lastCame = System.nanoTime();
        while (count < due) {
            receiveBurst(receiver, sink);
            final long now = System.nanoTime();
            if (sink.count() > count) {
                count = sink.count();
                lastCame = now;
            } else if (now - lastCame > SILENCE_NANOS) {
                return;
            }
            if (now - deadline > 0) {
                return;
            }
        }
        // What is too much shows here.
        receiveBurst(receiver, sink);
    }

    private void receiveBurst(final Receiver receiver, final MessageCheck sink) {
        int inVain = 0;
        for (int i = 0; i < BURST; i++) {
            if (receiver.receive(sink) > 0) {
                received.publish(sink.count());
                inVain = 0;
            } else {
                inVain = Idle.idle(shared, inVain);
            }
        }
    }
}
