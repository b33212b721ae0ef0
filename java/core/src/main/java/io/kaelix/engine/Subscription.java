// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.lane.Patience;
import io.kaelix.lane.StreamSet;
import io.kaelix.memory.Padded;
import io.kaelix.telemetry.LatencyHistogram;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A subscriber as the registry knows it: what it wants, which lanes it reads, and which thread polls it.
 *
 * <p><b>Threads</b>: the feeds are changed under the registry's lock, by replacing the array, and read by the polling thread with one
 * volatile load a poll.
 */
final class Subscription extends Padded {

    private static final LaneFeed[] NONE = {};
    private static final LatencyHistogram NO_TIMES = new LatencyHistogram();

    final SlowSubscriberPolicy policy;
    final SubscriberConfig config;
    /** What it wants: one pattern, or those of all handlers that it reads for. Under the registry's lock. */
    final Set<Interest> interests = new LinkedHashSet<>();

    /** Streams that it is handed of lanes that carry many; null for all. Set before it has a lane. */
    StreamSet wanted;

    volatile LaneFeed[] feeds = NONE;
    /** The polling thread: claimed by the first poll, under the registry's lock. */
    volatile Thread owner;
    /** Set under the registry's lock, never unset. */
    volatile boolean closed;
    /** Raised with each change of {@link #interests}, under the registry's lock. */
    volatile int version;
    /** How far it was in each lane when it was cut off, or null; set under the registry's lock, when it leaves them all. */
    volatile List<Subscriber.LaneStatus> lastStatus;
    /** Lost in lanes that are no longer read, and received from them. Under the registry's lock. */
    long lostBefore;
    long receivedBefore;
    /** That no other has, once the registry knows it; under its lock. */
    long number;
    /** Number by which other processes know it; 0 if none do. Set before it has a lane. */
    long shared;
    /** From when messages were sent to when they came here, and how long handlers took: of those that are timed, by the polling thread. */
    final LatencyHistogram delivery = new LatencyHistogram();
    final LatencyHistogram handlerTime;

    /** Whether the owner is inside a poll. Written by the owner without a fence; see {@link LaneSubscriber#close}. */
    boolean polling;

    /** Whether a worker polls it for handlers, between its tasks. */
    private final boolean forHandlers;

    /** Whether what it reads leaves the process. */
    private boolean flow;
    /** Whether a lane that it joins is not held to its limits at once, since it will go further on first. Under the registry's lock. */
    private boolean patient;

    /** For handlers. */
    Subscription(final SlowSubscriberPolicy policy) {
        this(SubscriberConfig.defaults().withPolicy(policy), true);
    }

    Subscription(final SubscriberConfig config) {
        this(config, false);
    }

    private Subscription(final SubscriberConfig config, final boolean forHandlers) {
        this.config = config;
        this.policy = config.policy();
        this.forHandlers = forHandlers;
        this.handlerTime = forHandlers ? new LatencyHistogram() : NO_TIMES;
    }

    /** What it reads leaves the process. Before it has a lane. */
    void setFlow() {
        flow = true;
    }

    boolean isFlow() {
        return flow;
    }

    void setPatient(final boolean untilItMoved) {
        patient = untilItMoved;
    }

    boolean isPatient() {
        return patient;
    }

    /** Whether it is not polled for as long as this thread waits: it is inside the poll, or in a task of the worker that polls. */
    boolean standsStillWith(final Thread thread) {
        return owner == thread && (polling || forHandlers);
    }

    /** How long publishers wait for it. */
    Patience patience() {
        return policy == SlowSubscriberPolicy.DISCONNECT ? new Patience(config.maxLag(), config.maxStall().toNanos()) : Patience.UNLIMITED;
    }

    /** Whether it was cut off, and has no lanes any more. */
    boolean isDisconnected() {
        return lastStatus != null;
    }

    void add(final LaneFeed feed) {
        final LaneFeed[] longer = Arrays.copyOf(feeds, feeds.length + 1);
        longer[feeds.length] = feed;
        feeds = longer;
    }

    /** Its lanes are left alone for so long at most, when it has caught up. */
    void linger(final long nanos) {
        for (final LaneFeed feed : feeds) {
            feed.linger.linger(nanos);
        }
    }

    void remove(final LaneFeed feed) {
        lostBefore += feed.reader.lost();
        receivedBefore += feed.received();
        feeds = Arrays.stream(feeds).filter(other -> other != feed).toArray(LaneFeed[]::new);
    }
}
