// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.ClientConfig;
import io.kaelix.ClientStatus;
import io.kaelix.KaelixClient;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Subscription;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.Workers;
import io.kaelix.net.Connecting;
import io.kaelix.net.FlowSink;
import io.kaelix.platform.Platform;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A client: lanes of its own, from which its session sends what is published, and for each subscriber a lane, into which it receives.
 *
 * <pre>
 *   Publisher ──► lane of 'out' ──► session ──► server
 *   Subscriber ◄── lane of its own ◄── session ◄── server
 * </pre>
 *
 * <p><b>Threads</b>: any.
 */
final class RemoteClient implements KaelixClient {

    private final ClientConfig config;
    private final Platform platform;
    private final Crew crew;
    /** What is published: its publishers are those of a streamer. */
    private final LocalStreamer out;
    private final Connecting session;
    private final Set<LocalStreamer> received = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private RemoteClient(final ClientConfig config, final Platform platform, final Crew crew, final LocalStreamer out,
            final Connecting session) {
        this.config = config;
        this.platform = platform;
        this.crew = crew;
        this.out = out;
        this.session = session;
    }

    /** @param workers null for its own */
    static RemoteClient connect(final ClientConfig config, final Platform platform, final Workers workers) {
        final Crew crew = workers == null ? Crew.ofItsOwn(config.workers()) : Crew.of(workers);
        final LocalStreamer out = LocalStreamer.launchSmall(lanes(config), platform, crew);
        try {
            return new RemoteClient(config, platform, crew, out, Connecting.connect(config, out.flows()));
        } catch (final RuntimeException | Error e) {
            out.close();
            throw e;
        }
    }

    private static StreamerConfig lanes(final ClientConfig config) {
        final StreamerConfig defaults = StreamerConfig.defaults();
        return defaults.withMemoryLimit(Math.max(defaults.memoryLimit(),
                4L * config.laneCapacity())).withLaneCapacity(config.laneCapacity());
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this client is closed");
        }
    }

    @Override
    public void declare(final Topic topic, final int partitions) {
        checkOpen();
        session.declare(Objects.requireNonNull(topic, "topic"), partitions);
    }

    @Override
    public int subscribers(final Topic topic) {
        checkOpen();
        return session.subscribers(Objects.requireNonNull(topic, "topic"));
    }

    @Override
    public Publisher publisher(final Topic topic) {
        checkOpen();
        final int partitions = session.partitions(Objects.requireNonNull(topic, "topic"));
        if (partitions > 1) {
            out.declare(topic, partitions);
        }
        return out.publisher(topic);
    }

    @Override
    public StreamPublisher streamPublisher() {
        checkOpen();
        return out.streamPublisher();
    }

    @Override
    public Subscriber subscriber(final TopicPattern pattern, final SubscriberConfig wanted) {
        checkOpen();
        final LocalStreamer lane = launch();
        try {
            final AtomicLong lost = new AtomicLong();
            // Its session gives the server credit as it receives: so it holds up nobody but its own session.
            final Subscriber local = lane.subscriber(Objects.requireNonNull(pattern, "pattern"), SlowSubscriberPolicy.BLOCK);
            final RemoteSubscriber subscriber = new RemoteSubscriber(lane, local, wanted.policy(), lost);
            final FlowSink sink = lane.flows().sink(config.host() + ":" + config.port(), lost::addAndGet);
            subscriber.begin(session.subscribe(pattern, wanted, sink, why -> subscriber.ended()));
            return subscriber;
        } catch (final RuntimeException | Error e) {
            lane.close();
            received.remove(lane);
            throw e;
        }
    }

    private LocalStreamer launch() {
        final LocalStreamer lane = LocalStreamer.launchSmall(lanes(config), platform, crew);
        received.removeIf(LocalStreamer::isClosed);
        received.add(lane);
        return lane;
    }

    @Override
    public Subscription subscribe(final String text, final MessageHandler handler) {
        checkOpen();
        final TopicPattern pattern = TopicPattern.of(text);
        final LocalStreamer lane = launch();
        try {
            final Subscription local = lane.subscribe(text, Objects.requireNonNull(handler, "handler"));
            final AtomicLong lost = new AtomicLong();
            final SlowSubscriberPolicy policy = SlowSubscriberPolicy.DISCONNECT;
            final FlowSink sink = lane.flows().sink(config.host() + ":" + config.port(), lost::addAndGet);
            final Connecting.Subscribed remote = session.subscribe(pattern, SubscriberConfig.defaults().withPolicy(policy), sink,
                    why -> lane.close());
            return new RemoteSubscription(lane, local, remote, policy, lost);
        } catch (final RuntimeException | Error e) {
            lane.close();
            received.remove(lane);
            throw e;
        }
    }

    @Override
    public ClientStatus status() {
        return session.status();
    }

    @Override
    public void close() {
        closed = true;
        out.close();
        try {
            session.close();
        } finally {
            received.forEach(LocalStreamer::close);
        }
    }
}
