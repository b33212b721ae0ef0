// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

import io.kaelix.Claim;
import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.MessageHandler;
import io.kaelix.Placement;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.TopicPattern;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Kaelix through its public API, with its defaults.
 *
 * <pre>
 *   Publisher ──► lane of its own ──►┐
 *   Publisher ──► lane of its own ──►┴── Subscriber.poll (one, or several one after the other)
 * </pre>
 */
public final class KaelixScenario implements Scenario {

    private static final String TOPIC = "bench";

    /** Messages that one poll takes at most. */
    private static final int POLL_LIMIT = 256;

    private final Sending sending;
    private final int batch;
    private final boolean lossy;
    private final Supplier<Program> launch;

    private Program program;
    private MemoryStreamer streamer;
    private Load load;
    private Subscriber[] subscribers;

    private KaelixScenario(final Sending sending, final int batch, final boolean lossy) {
        this(sending, batch, lossy, StreamerConfig.defaults());
    }

    private KaelixScenario(final Sending sending, final int batch, final boolean lossy, final StreamerConfig config) {
        this(sending, batch, lossy, () -> Program.of(MemoryStreamer.launch(config)));
    }

    private KaelixScenario(final Sending sending, final int batch, final boolean lossy, final Supplier<Program> launch) {
        this.launch = launch;
        this.sending = sending;
        this.batch = batch;
        this.lossy = lossy;
    }

    /** Each message claimed, written in place and committed. */
    public static Scenario oneByOne() {
        return new KaelixScenario(Sending.CLAIM, 1, false);
    }

    /** The same to a subscriber that looks again at once where it has caught up. */
    public static Scenario eager() {
        return new KaelixScenario(Sending.CLAIM, 1, false, StreamerConfig.defaults().withLinger(Duration.ZERO));
    }

    /** The same to a subscriber that lingers for two microseconds where it has caught up. */
    public static Scenario lingering() {
        return new KaelixScenario(Sending.CLAIM, 1, false, StreamerConfig.defaults().withLinger(Duration.ofNanos(2_000)));
    }

    /** For throughput alone: the subscriber stays so far behind that lines have left the writer's own caches when it reads them. */
    public static Scenario deep() {
        return new KaelixScenario(Sending.CLAIM, 1, false,
                StreamerConfig.defaults().withLinger(Duration.ofNanos(100_000)).withLaneCapacity(4 << 20));
    }

    /** Each message written into a segment of the producer's and copied into the lane. */
    public static Scenario offer() {
        return new KaelixScenario(Sending.OFFER, 1, false);
    }

    /** Claimed and written in place, so many per release. */
    public static Scenario batch(final int messages) {
        return new KaelixScenario(Sending.BATCH, messages, false);
    }

    /** One by one to a subscriber that loses what it is too slow for. */
    public static Scenario lossy() {
        return new KaelixScenario(Sending.CLAIM, 1, true);
    }

    /** One by one, with all telemetry on. */
    public static Scenario observed() {
        return new KaelixScenario(Sending.CLAIM, 1, false, ObservedProgram::new);
    }

    /** So many per release, with all telemetry on. */
    public static Scenario observedBatch(final int messages) {
        return new KaelixScenario(Sending.BATCH, messages, false, ObservedProgram::new);
    }

    private enum Sending { CLAIM, OFFER, BATCH }

    @Override
    public void start(final Load load) {
        this.load = load;
        program = launch.get();
        streamer = program.streamer();
        subscribers = new Subscriber[load.subscribers()];
        for (int i = 0; i < subscribers.length; i++) {
            subscribers[i] = streamer.subscriber(TopicPattern.of(TOPIC), lossy ? SlowSubscriberPolicy.LOSSY : SlowSubscriberPolicy.BLOCK);
        }
    }

    @Override
    public Sender sender(final int producer) {
        final Publisher publisher = streamer.publisher(TOPIC);
        return switch (sending) {
            case CLAIM -> first -> claim(publisher, load.payload(), first);
            case OFFER -> {
                final MemorySegment payload = Arena.ofAuto().allocate(load.payload(), Long.BYTES);
                yield first -> offer(publisher, payload, first);
            }
            case BATCH -> first -> batch(publisher, load.payload(), batch, first);
        };
    }

    private static int claim(final Publisher publisher, final int length, final long first) {
        final Claim claim = publisher.tryClaim(length);
        if (!claim.isOpen()) {
            return 0;
        }
        long word = first;
        for (int offset = 0; offset < length; offset += Long.BYTES) {
            claim.putLong(offset, word++);
        }
        claim.commit();
        return 1;
    }

    private static int offer(final Publisher publisher, final MemorySegment payload, final long first) {
        long word = first;
        for (long offset = 0; offset < payload.byteSize(); offset += Long.BYTES) {
            payload.set(ValueLayout.JAVA_LONG, offset, word++);
        }
        return publisher.offer(payload) > 0 ? 1 : 0;
    }

    private static int batch(final Publisher publisher, final int length, final int messages, final long first) {
        publisher.beginBatch();
        int sent = 0;
        while (sent < messages && claim(publisher, length, first + sent) > 0) {
            sent++;
        }
        publisher.endBatch();
        return sent;
    }

    @Override
    public Receiver receiver() {
        return new Polling(subscribers);
    }

    /** Reads every word in place. */
    private static final class Polling implements Receiver, MessageHandler {

        private final Subscriber[] subscribers;
        private Sink sink;

        Polling(final Subscriber[] subscribers) {
            this.subscribers = subscribers;
        }

        @Override
        public int receive(final Sink sink) {
            if (this.sink != sink) {
                // Once: each store of a reference marks a card, and lines of the card table are shared with the producer.
                this.sink = sink;
            }
            int count = 0;
            for (final Subscriber subscriber : subscribers) {
                count += subscriber.poll(this, POLL_LIMIT);
            }
            return count;
        }

        @Override
        public void onMessage(final Message message) {
            final int length = message.length();
            final long first = message.getLong(0);
            long sum = first;
            for (int offset = Long.BYTES; offset < length; offset += Long.BYTES) {
                sum += message.getLong(offset);
            }
            sink.onMessage(first, sum);
        }
    }

    @Override
    public long lost() {
        long lost = 0;
        for (final Subscriber subscriber : subscribers) {
            lost += subscriber.lost();
        }
        return lost;
    }

    @Override
    public void stop() {
        program.close();
    }

    @Override
    public String settings() {
        final Placement placement = streamer.placement();
        final StreamerConfig config = streamer.config();
        final String beside = program.settings();
        final String linger = "linger " + config.linger().toNanos() + " ns"
                + (config.linger().equals(StreamerConfig.defaults().linger()) ? " (default)" : "");
        return "lanes of " + (config.laneCapacity() >> 20) + " MiB in pages of " + placement.pageBytes() + " bytes on node "
                + placement.node() + ", " + linger + ", polls of at most " + POLL_LIMIT + (beside.isEmpty() ? "" : "; " + beside);
    }
}
