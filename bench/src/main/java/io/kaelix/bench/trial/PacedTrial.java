// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import io.kaelix.bench.scenario.Catalogue;
import io.kaelix.bench.scenario.Load;
import io.kaelix.bench.scenario.Scenario;
import io.kaelix.bench.scenario.Scenario.Receiver;
import io.kaelix.bench.scenario.Scenario.Sender;
import org.HdrHistogram.Histogram;

/**
 * A message at each intended time, from that time to its receipt: a stall counts for every message that it delayed.
 *
 * <pre>
 *   producer ── spin to the intended time, send ──► system ──► receive ── ArrivalLog
 *        └── GapLog                                                └── GapLog         judged after the run
 * </pre>
 *
 * <p>The producer never skips a message: when it is late it sends at once. Where a message's time overlaps a gap that either thread saw, or
 * the gap's shadow, something else had the CPU, and the time says little of the system: percentiles are given of all messages and of the
 * quiet rest. A system that works off a backlog slower than it came gets no longer shadow for it.
 */
final class PacedTrial {

    private static final long SECOND_NANOS = 1_000_000_000;
    /** Receipt times of all messages have to fit the heap. */
    private static final long MAX_MESSAGES = 50_000_000;
    /** What has not come after so long without anything is taken for lost. */
    private static final long SILENCE_NANOS = SECOND_NANOS;
    /** How far a system may fall behind the rate, and how long the last messages may take. */
    private static final double GRACE_SECONDS = 10;
    /** From the time that the threads are off to the first message. */
    private static final long LEAD_NANOS = 1_000_000;
    private static final int BURST = 1000;

    private final Scenario scenario;
    private final Load load;
    private final TrialRequest request;
    private final boolean shared;
    private final int messages;
    private final int warmups;
    private final GapLog producerGaps;
    private final GapLog consumerGaps;
    private final Crew crew = new Crew();
    private final Tally received = new Tally();
    private ArrivalLog arrivals;
    /** Intended time of message 0. */
    private long start;
    private int sent;

    private PacedTrial(final Scenario scenario, final Load load, final TrialRequest request, final int messages) {
        this.scenario = scenario;
        this.load = load;
        this.request = request;
        this.shared = request.isShared(2);
        this.messages = messages;
        this.warmups = (int) (request.rate() * request.warmup());
        final double seconds = request.warmup() + request.seconds() + GRACE_SECONDS;
        this.producerGaps = new GapLog(seconds);
        this.consumerGaps = new GapLog(seconds);
    }

    /** Starts the entry's system, measures, checks and stops it. */
    static LatencyOutcome run(final Catalogue.Entry entry, final TrialRequest request) throws Exception {
        final Load load = PingPongTrial.oneToOne(entry, request);
        final double messages = request.rate() * (request.warmup() + request.seconds());
        if (messages > MAX_MESSAGES || messages < 1) {
            throw new TrialException("a paced trial has 1 to " + MAX_MESSAGES + " messages, not " + (long) messages
                    + ": choose another rate or time");
        }
        final Scenario scenario = entry.scenario().get();
        scenario.start(load);
        final LatencyOutcome outcome = new PacedTrial(scenario, load, request, (int) messages).measure();
        scenario.stop();
        return outcome;
    }

    private LatencyOutcome measure() throws TrialException, InterruptedException {
        crew.receivers().add("consumer", request.consumerCpu(), () -> {
            final Receiver receiver = scenario.receiver();
            arrivals = new ArrivalLog(load.words(), messages);
            return () -> consume(receiver, arrivals);
        });
        crew.senders().add("producer", request.producerCpu(0), () -> {
            final Sender sender = scenario.sender(0);
            return () -> produce(sender);
        });
        crew.begin();
        crew.sleep(request.warmup());
        final long allocatedBefore = crew.allocatedBytes();
        final long countBefore = received.read();
        if (!crew.senders().awaitFinish(request.seconds() + GRACE_SECONDS)) {
            crew.senders().stop();
            crew.senders().awaitFinish(GRACE_SECONDS);
            throw new TrialException("the system does not carry " + request.rate() + " messages a second: " + sent + " of " + messages
                    + " were sent " + GRACE_SECONDS + " s after the last should have been");
        }
        crew.receivers().stop();
        if (!crew.receivers().awaitFinish(2 * GRACE_SECONDS)) {
            throw new TrialException("the consumer did not return from a receive");
        }
        final long allocated = crew.allocatedBytes() - allocatedBefore;
        final long count = received.read() - countBefore;
        crew.dismiss();
        arrivals.verify(sent, scenario.lost());
        return judge(Math.max(0, allocated) / (double) Math.max(1, count));
    }

    private LatencyOutcome judge(final double allocatedPerMessage) {
        final Histogram all = EncodedHistogram.empty();
        final Histogram quiet = EncodedHistogram.empty();
        final Schedule schedule = new Schedule(start, request.rate());
        for (int n = 0; n < messages; n++) {
            final long intended = schedule.next();
            if (n < warmups || !arrivals.has(n)) {
                continue;
            }
            final long arrived = arrivals.at(n);
            EncodedHistogram.record(all, arrived - intended);
            if (!producerGaps.overlaps(intended, arrived) && !consumerGaps.overlaps(intended, arrived)) {
                EncodedHistogram.record(quiet, arrived - intended);
            }
        }
        return new LatencyOutcome(EncodedHistogram.encode(all), EncodedHistogram.encode(quiet), sent, producerGaps.size(),
                consumerGaps.size(), allocatedPerMessage, scenario.settings());
    }

    private void produce(final Sender sender) throws TrialException {
        start = System.nanoTime() + LEAD_NANOS;
        final Schedule schedule = new Schedule(start, request.rate());
        while (sent < messages && !crew.senders().isStopping()) {
            sendBurst(sender, schedule);
        }
    }

    private void sendBurst(final Sender sender, final Schedule schedule) throws TrialException {
        int next = sent;
        for (final int end = Math.min(messages, next + BURST); next < end; next++) {
            awaitTime(schedule.next());
            int inVain = 0;
            int count = sender.send(next);
            while (count == 0 && !crew.senders().isStopping()) {
                inVain = Idle.idle(shared, inVain);
                count = sender.send(next);
            }
            if (count == 0) {
                break;
            }
            if (count != 1) {
                throw new TrialException("a send took " + count + " messages: latency is measured in a mode that sends one");
            }
        }
        sent = next;
    }

    private void awaitTime(final long intended) {
        long before = System.nanoTime();
        while (before - intended < 0) {
            final long now = System.nanoTime();
            producerGaps.look(before, now);
            before = now;
        }
    }

    private void consume(final Receiver receiver, final ArrivalLog log) {
        long before = System.nanoTime();
        while (!crew.receivers().isStopping()) {
            before = receiveBurst(receiver, log, before);
        }
        // The producer has finished: the rest is on its way, unless nothing comes any more.
        int count = -1;
        long lastCame = before;
        while (count < messages && before - lastCame < SILENCE_NANOS) {
            before = receiveBurst(receiver, log, before);
            if (log.count() > count) {
                count = log.count();
                lastCame = before;
            }
        }
    }

    private long receiveBurst(final Receiver receiver, final ArrivalLog log, final long lookedAt) {
        long before = lookedAt;
        int inVain = 0;
        for (int i = 0; i < BURST; i++) {
            final boolean empty = receiver.receive(log) == 0;
            final long now = System.nanoTime();
            if (empty) {
                consumerGaps.look(before, now);
                inVain = Idle.idle(shared, inVain);
            } else {
                received.publish(log.count());
                inVain = 0;
            }
            before = now;
        }
        return before;
    }

    /** Intended times, one after the other, exactly: no error adds up. */
    static final class Schedule {

        private final long rate;
        private final long step;
        private final long rest;
        private long time;
        /** Nanoseconds that {@code time} is short, times the rate. */
        private long fraction;

        Schedule(final long start, final long rate) {
            this.rate = rate;
            this.step = SECOND_NANOS / rate;
            this.rest = SECOND_NANOS % rate;
            this.time = start;
        }

        /** Of the next message, beginning with number 0. */
        long next() {
            final long due = time;
            time += step;
            fraction += rest;
            if (fraction >= rate) {
                fraction -= rate;
                time++;
            }
            return due;
        }
    }
}
