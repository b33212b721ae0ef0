// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.bench.trial.BackpressureOutcome.Nanos;
import io.kaelix.memory.Padded;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * How soon a publisher learns that its lane is full, and that it no longer is; main class of a child JVM. One thread on each of two cores,
 * pinned; three events in turn, and with each the least that it can take:
 *
 * <pre>
 *   publisher's core                                        subscriber's core
 *
 *   offer, offer, offer ─► a position ◄══ slot's line ══    poll(1): handler reads t0, then the position is stored        freed
 *                     reads t1
 *   load, load, load ─► a new word    ◄═══ one line ════    reads t0, stores a word                                       handOff
 *                     reads t1
 *
 *   offer ─► a position: the lane is full now, t0
 *   offer ─► scans the slots ─► BACK_PRESSURED, t1          stands still                                                  refused
 *   t0, t1                                                                                                                clock
 *
 *   t0, offer of a longer message                           has polled one short message, and stands still
 *     └─► scans the slots ◄══ slot's line ═► BACK_PRESSURED, t1                                                           refusedMoved
 *   t0, load ◄══ one line ══ ─► t1                          has stored a word, and stands still                           fetched
 * </pre>
 *
 * <p>Every time is read by the thread that the drawing has it at, and kept by it until the end: what orders the threads about and what they
 * write down is on no line that is measured. The handler's reading of the clock comes before the store that frees the space, so that
 * {@code freed} is too long rather than too short, by what the poll does in between.
 */
public final class BackpressureTrial {

    /** What the line of a failure begins with. */
    public static final String FAILED = "backpressure: ";

    private static final String TOPIC = "backpressure";
    /** With its header a divisor of the lane, so that a lane is full of whole messages and each poll of one makes room for one. */
    private static final int SHORT = 16;
    /** Needs more than one short message leaves. */
    private static final int LONG = 112;
    /** Cycles until all is compiled that is measured. */
    private static final int WARMUP = 20_000;
    /** Long enough for the publisher to be at its loop. */
    private static final int SPINS_BEFORE = 200;
    private static final int TRIES_BETWEEN_LOOKS = 1 << 16;
    private static final double LONGEST_SECONDS = 600;

    private static final int FREE = 1;
    private static final int STORE = 2;
    private static final int MOVE = 3;
    private static final int TOUCH = 4;

    private final int times;
    private final boolean shared;
    private final Crew crew = new Crew();
    private final Lines lines = new Lines();
    private final long[] freedAt;
    private final long[] storedAt;
    private final long[] freed;
    private final long[] handOff;
    private final long[] refused;
    private final long[] clock;
    private final long[] refusedMoved;
    private final long[] fetched;

    /** Words that the threads share, each on a line of its own and far from all else. */
    private static final class Lines {

        private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
        private static final int APART = 32;
        private static final int LENGTH = 5 * APART;

        /** What the subscriber is asked to do: counted up, the kind in the low bits. */
        private static final int ORDER = APART;
        private static final int DONE = 2 * APART;
        private static final int STORED = 3 * APART;

        private final long[] words = new long[LENGTH];

        private long load(final int word) {
            return (long) WORD.getAcquire(words, word);
        }

        private void store(final int word, final long value) {
            WORD.setRelease(words, word, value);
        }
    }

    /** The subscriber's clock: an object that the publisher's thread never looks at. */
    private static final class ReadClock extends Padded implements MessageHandler {

        private long at;

        @Override
        public void onMessage(final Message message) {
            at = System.nanoTime();
        }
    }

    private BackpressureTrial(final int times, final boolean shared) {
        this.times = times;
        this.shared = shared;
        final int cycles = WARMUP + times;
        freedAt = new long[cycles];
        storedAt = new long[cycles];
        freed = new long[cycles];
        handOff = new long[cycles];
        refused = new long[cycles];
        clock = new long[cycles];
        refusedMoved = new long[cycles];
        fetched = new long[cycles];
    }

    /** @param args how often each is taken, the publisher's CPU, the subscriber's */
    public static void main(final String[] args) {
        int status = 0;
        try {
            System.out.println(JsonMapper.shared().writeValueAsString(
                    run(Integer.parseInt(args[0]), List.of(Integer.valueOf(args[1]), Integer.valueOf(args[2])))));
        } catch (final TrialException | InterruptedException | RuntimeException e) {
            System.err.println(FAILED + e.getMessage());
            status = 1;
        }
        System.exit(status);
    }

    /**
     * Takes each so often, after a warm-up.
     *
     * @param cpus the publisher's and the subscriber's; twice the same works, and measures the scheduler
     */
    static BackpressureOutcome run(final int times, final List<Integer> cpus) throws TrialException, InterruptedException {
        return new BackpressureTrial(times, cpus.get(0).equals(cpus.get(1))).measure(cpus);
    }

    private BackpressureOutcome measure(final List<Integer> cpus) throws TrialException, InterruptedException {
        try (Arena arena = Arena.ofShared();
                MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults());
                Subscriber subscriber = streamer.subscriber(TOPIC);
                Publisher publisher = streamer.publisher(TOPIC)) {
            crew.senders().add("publisher", cpus.get(0), () -> {
                final MemorySegment brief = arena.allocate(SHORT);
                final MemorySegment longer = arena.allocate(LONG);
                fill(publisher, brief);
                return () -> publish(publisher, brief, longer);
            });
            crew.receivers().add("subscriber", cpus.get(1), () -> () -> receive(subscriber));
            crew.begin();
            if (!crew.senders().awaitFinish(LONGEST_SECONDS)) {
                throw new TrialException("not done after " + LONGEST_SECONDS + " s");
            }
            crew.receivers().stop();
            crew.receivers().awaitFinish(LONGEST_SECONDS);
            crew.dismiss();
        }
        return new BackpressureOutcome(counted(clock), counted(refused), counted(fetched), counted(refusedMoved),
                counted(between(storedAt, handOff)), counted(between(freedAt, freed)));
    }

    private Nanos counted(final long[] samples) {
        return Nanos.of(Arrays.copyOfRange(samples, WARMUP, WARMUP + times));
    }

    private static long[] between(final long[] from, final long[] until) {
        final long[] nanos = new long[from.length];
        // Clocks of two cores may be some nanoseconds apart.
        Arrays.setAll(nanos, i -> Math.max(0, until[i] - from[i]));
        return nanos;
    }

    private static void fill(final Publisher publisher, final MemorySegment payload) {
        while (publisher.offer(payload) >= 0) {
            Thread.onSpinWait();
        }
    }

    private void publish(final Publisher publisher, final MemorySegment brief, final MemorySegment longer) throws TrialException {
        long order = 0;
        for (int i = 0; i < WARMUP + times; i++) {
            order = ask(order, FREE);
            freed[i] = awaitSuccess(publisher, brief);
            refused[i] = refuse(publisher, brief, System.nanoTime());
            awaitDone(order);
            final long now = System.nanoTime();
            clock[i] = System.nanoTime() - now;

            order = ask(order, STORE);
            handOff[i] = awaitStored(order);
            awaitDone(order);

            order = ask(order, MOVE);
            awaitDone(order);
            refusedMoved[i] = refuse(publisher, longer, System.nanoTime());
            fill(publisher, brief);

            order = ask(order, TOUCH);
            awaitDone(order);
            fetched[i] = fetch(order);
        }
    }

    private long ask(final long before, final int kind) {
        final long order = (before | 7) + 1 + kind;
        // SYNC: pairs with the load in receive.
        lines.store(Lines.ORDER, order);
        return order;
    }

    /** The time then. */
    private long awaitSuccess(final Publisher publisher, final MemorySegment payload) throws TrialException {
        int tries = 0;
        while (publisher.offer(payload) < 0) {
            tries = idle(tries);
        }
        return System.nanoTime();
    }

    private long awaitStored(final long order) throws TrialException {
        int tries = 0;
        while (lines.load(Lines.STORED) != order) {
            tries = idle(tries);
        }
        return System.nanoTime();
    }

    private static long refuse(final Publisher publisher, final MemorySegment payload, final long begun) throws TrialException {
        final long answer = publisher.offer(payload);
        final long nanos = System.nanoTime() - begun;
        if (answer != Publisher.BACK_PRESSURED) {
            throw new TrialException("a full lane answered " + answer);
        }
        return nanos;
    }

    private long fetch(final long order) throws TrialException {
        final long begun = System.nanoTime();
        final long found = lines.load(Lines.STORED);
        final long nanos = System.nanoTime() - begun;
        if (found != order) {
            throw new TrialException("a word that was stored is not there");
        }
        return nanos;
    }

    private void awaitDone(final long order) throws TrialException {
        int tries = 0;
        // SYNC: pairs with the store in receive.
        while (lines.load(Lines.DONE) != order) {
            tries = idle(tries);
        }
    }

    private int idle(final int tries) throws TrialException {
        if (tries % TRIES_BETWEEN_LOOKS == TRIES_BETWEEN_LOOKS - 1 && crew.senders().isStopping()) {
            throw new TrialException("the subscriber's thread has ended");
        }
        return Idle.idle(shared, tries);
    }

    private void receive(final Subscriber subscriber) throws TrialException {
        final ReadClock readClock = new ReadClock();
        long last = 0;
        int cycle = 0;
        int tries = 0;
        while (!crew.receivers().isStopping()) {
            // SYNC: pairs with the store in ask.
            final long order = lines.load(Lines.ORDER);
            if (order == last) {
                tries = Idle.idle(shared, tries);
                continue;
            }
            for (int i = 0; i < SPINS_BEFORE; i++) {
                Thread.onSpinWait();
            }
            switch ((int) order & 7) {
                case FREE -> {
                    pollOne(subscriber, readClock);
                    freedAt[cycle] = readClock.at;
                }
                case STORE -> {
                    final long now = System.nanoTime();
                    lines.store(Lines.STORED, order);
                    storedAt[cycle] = now;
                }
                case MOVE -> pollOne(subscriber, readClock);
                default -> {
                    lines.store(Lines.STORED, order);
                    cycle++;
                }
            }
            // SYNC: pairs with the load in awaitDone.
            lines.store(Lines.DONE, order);
            last = order;
            tries = 0;
        }
    }

    private static void pollOne(final Subscriber subscriber, final MessageHandler handler) throws TrialException {
        final int polled = subscriber.poll(handler, 1);
        if (polled != 1) {
            throw new TrialException("a poll of a full lane answered " + polled);
        }
    }
}
