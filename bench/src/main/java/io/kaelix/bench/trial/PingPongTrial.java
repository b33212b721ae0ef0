// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import io.kaelix.bench.scenario.Catalogue;
import io.kaelix.bench.scenario.Load;
import io.kaelix.bench.scenario.Scenario;
import io.kaelix.bench.scenario.Scenario.Receiver;
import io.kaelix.bench.scenario.Scenario.Sender;
import org.HdrHistogram.Histogram;

/**
 * One message at a time, to and fro: half of the time that it is away.
 *
 * <pre>
 *   pinger ── send ──►  ping  ── receive ──► ponger
 *      ▲                                       │        two instances of the same system
 *      └─── receive ◄── pong  ◄── send ────────┘
 * </pre>
 *
 * <p>Both threads spin, so that what is measured is the way and not the waking up.
 */
final class PingPongTrial {

    /** Tries that the ponger makes between two looks at whether it should end. */
    private static final int BURST = 1000;
    /** For the last message to come back, and for the threads to end. */
    private static final double GRACE_SECONDS = 2;

    private final Scenario ping;
    private final Scenario pong;
    private final Load load;
    private final TrialRequest request;
    private final boolean shared;
    private final Crew crew = new Crew();
    private final Tally rounds = new Tally();
    private final Histogram histogram = EncodedHistogram.empty();
    private MessageCheck pinged;
    private MessageCheck ponged;

    private PingPongTrial(final Scenario ping, final Scenario pong, final Load load, final TrialRequest request) {
        this.ping = ping;
        this.pong = pong;
        this.load = load;
        this.request = request;
        this.shared = request.isShared(2);
    }

    /** Starts two systems of the entry's kind, measures, checks and stops them. */
    static LatencyOutcome run(final Catalogue.Entry entry, final TrialRequest request) throws Exception {
        final Load load = oneToOne(entry, request);
        final Scenario ping = entry.scenario().get();
        ping.start(load);
        final Scenario pong = entry.scenario().get();
        pong.start(load);
        final LatencyOutcome outcome = new PingPongTrial(ping, pong, load, request).measure();
        pong.stop();
        ping.stop();
        return outcome;
    }

    /** The load of an entry whose latency is asked for. */
    static Load oneToOne(final Catalogue.Entry entry, final TrialRequest request) throws TrialException {
        if (entry.publishers() != 1 || entry.subscribers() != 1) {
            throw new TrialException("latency is measured between one publisher and one subscriber, " + entry.mode() + " has more");
        }
        return Load.of(request.payload());
    }

    private LatencyOutcome measure() throws TrialException, InterruptedException {
        crew.senders().add("pinger", request.producerCpu(0), () -> {
            final Sender sender = ping.sender(0);
            final Receiver receiver = pong.receiver();
            ponged = new MessageCheck(load.words());
            return () -> ping(sender, receiver, ponged);
        });
        crew.receivers().add("ponger", request.consumerCpu(), () -> {
            final Receiver receiver = ping.receiver();
            final Sender sender = pong.sender(0);
            pinged = new MessageCheck(load.words());
            return () -> pong(receiver, sender, pinged);
        });
        crew.begin();
        crew.sleep(request.warmup());
        final long allocatedBefore = crew.allocatedBytes();
        final long roundsBefore = rounds.read();
        crew.sleep(request.seconds());
        final long allocated = crew.allocatedBytes() - allocatedBefore;
        final long count = rounds.read() - roundsBefore;
        end(crew.senders());
        end(crew.receivers());
        crew.dismiss();

        final long[] sent = {rounds.read()};
        pinged.verify(sent, 1, ping.lost());
        ponged.verify(sent, 1, pong.lost());
        if (count == 0 || histogram.getTotalCount() == 0) {
            throw new TrialException("no message came back in the " + request.seconds() + " s measured");
        }
        return new LatencyOutcome(EncodedHistogram.encode(histogram), null, 2 * sent[0], 0, 0, allocated / (2.0 * count), ping.settings());
    }

    private static void end(final Crew.Side side) throws TrialException, InterruptedException {
        side.stop();
        if (!side.awaitFinish(2 * GRACE_SECONDS)) {
            throw new TrialException("a thread did not end: it is stuck in a send or a receive");
        }
    }

    private void ping(final Sender sender, final Receiver receiver, final MessageCheck back) throws TrialException {
        final long measureFrom = System.nanoTime() + (long) (request.warmup() * 1e9);
        for (long n = 0; !crew.senders().isStopping(); n++) {
            final long start = System.nanoTime();
            sendOne(crew.senders(), sender, n);
            if (!awaitBack(receiver, back)) {
                awaitLast(receiver, back, n);
            } else if (start - measureFrom >= 0) {
                EncodedHistogram.record(histogram, (System.nanoTime() - start) / 2);
            }
            if (back.last() != n) {
                throw new TrialException("message " + n + " was sent to and fro, message " + back.last() + " came back");
            }
            rounds.publish(n + 1);
        }
    }

    private void sendOne(final Crew.Side side, final Sender sender, final long first) throws TrialException {
        int inVain = 0;
        int count = sender.send(first);
        while (count == 0 && !side.isStopping()) {
            inVain = Idle.idle(shared, inVain);
            count = sender.send(first);
        }
        if (count != 1) {
            throw new TrialException(count == 0 ? "there was no room for a single message"
                    : "a send took " + count + " messages: latency is measured in a mode that sends one");
        }
    }

    /** False if the trial ended before the message was back. */
    private boolean awaitBack(final Receiver receiver, final MessageCheck back) {
        int inVain = 0;
        while (receiver.receive(back) == 0) {
            if (crew.senders().isStopping()) {
                return false;
            }
            inVain = Idle.idle(shared, inVain);
        }
        return true;
    }

    private void awaitLast(final Receiver receiver, final MessageCheck back, final long n) throws TrialException {
        final long deadline = System.nanoTime() + (long) (GRACE_SECONDS * 1e9);
        while (receiver.receive(back) == 0) {
            Thread.yield();
            if (System.nanoTime() - deadline > 0) {
                throw new TrialException("message " + n + " did not come back within " + GRACE_SECONDS + " s");
            }
        }
    }

    private void pong(final Receiver receiver, final Sender sender, final MessageCheck sink) throws TrialException {
        while (!crew.receivers().isStopping()) {
            echoBurst(receiver, sender, sink);
        }
    }

    private void echoBurst(final Receiver receiver, final Sender sender, final MessageCheck sink) throws TrialException {
        int inVain = 0;
        for (int i = 0; i < BURST; i++) {
            if (receiver.receive(sink) > 0) {
                sendOne(crew.receivers(), sender, sink.last());
                inVain = 0;
            } else {
                inVain = Idle.idle(shared, inVain);
            }
        }
    }
}
