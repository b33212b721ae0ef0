// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.engine.StreamChurnTest.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** The threads of a {@link SoakTest}: each makes parts at random, uses them, and closes its own and those that others gave away. */
final class Soak {

    private static final int MOST_PARTS = 12;
    private static final int MOST_SHARED = 30;
    private static final int MOST_RETAINED = 20;

    final MemoryStreamer streamer;
    final String steadyTopic;
    private final Publisher steadyPublisher;
    private final Subscriber steadySubscriber;
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Map<String, AtomicLong> used = new ConcurrentHashMap<>();
    private final List<Runnable> shared = new ArrayList<>();
    private volatile boolean over;

    Soak(final MemoryStreamer streamer, final String steadyTopic) {
        this.streamer = streamer;
        this.steadyTopic = steadyTopic;
        steadySubscriber = streamer.subscriber(steadyTopic);
        steadyPublisher = streamer.publisher(steadyTopic);
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    void fail(final String what) {
        failures.add(what);
    }

    /** How often what was done, if it was. */
    Map<String, AtomicLong> used() {
        return new TreeMap<>(used);
    }

    void count(final String what) {
        used.computeIfAbsent(what, ignored -> new AtomicLong()).incrementAndGet();
    }

    Publisher steadyPublisher() {
        return steadyPublisher;
    }

    /** Until {@link #end}; then how many messages of its own it received, all there were. */
    long streamSteadily() {
        final Order order = new Order(true, false);
        final AtomicLong received = new AtomicLong();
        long sent = 0;
        while (!over || received.get() < sent) {
            if (!over && steadyPublisher.offer(EngineFixture.number(sent)) > 0) {
                sent++;
            }
            steadySubscriber.poll(message -> {
                if (message.publisherId() == steadyPublisher.id()) {
                    order.take(message);
                    received.incrementAndGet();
                }
            }, 10);
        }
        steadySubscriber.close();
        return received.get();
    }

    /** The other threads have ended: what they left to one another is closed, and the steady one ends. */
    void end() {
        over = true;
        closeShared();
    }

    /** Closes what was given away. Handlers that are under way may give away more until the handlers' thread has ended. */
    void closeShared() {
        for (Runnable close = takeShared(); close != null; close = takeShared()) {
            close.run();
        }
    }

    private Runnable takeShared() {
        synchronized (shared) {
            return shared.isEmpty() ? null : shared.removeLast();
        }
    }

    /** One thread's life. */
    Void live(final long seed, final int rounds) {
        final Random random = new Random(seed);
        final SoakParts parts = new SoakParts(this, random);
        final List<SoakParts.Part> mine = new ArrayList<>();
        try {
            for (int round = 0; round < rounds && failures.isEmpty(); round++) {
                final int choice = random.nextInt(8);
                if (choice < 2) {
                    mine.add(parts.make());
                }
                if (mine.size() > MOST_PARTS || choice == 2 && !mine.isEmpty()) {
                    final SoakParts.Part part = mine.remove(random.nextInt(mine.size()));
                    if (random.nextBoolean()) {
                        part.close();
                    } else {
                        giveAway(part::close, random);
                    }
                    use(part);
                } else {
                    mine.forEach(Soak::use);
                }
                parts.release(MOST_RETAINED);
            }
            mine.forEach(SoakParts.Part::close);
            parts.release(0);
        } catch (final Throwable e) {
            fail("seed " + seed + ": " + e + " at " + e.getStackTrace()[0]);
        }
        return null;
    }

    /** For another thread to close or release, at whatever moment: then what was given away before is, by this one. */
    void giveAway(final Runnable close, final Random random) {
        Runnable other = null;
        synchronized (shared) {
            shared.add(close);
            if (shared.size() > MOST_SHARED) {
                other = shared.remove(random.nextInt(shared.size()));
            }
        }
        if (other != null) {
            count("given away and closed");
            other.run();
        }
    }

    /** What was closed meanwhile says so. */
    private static void use(final SoakParts.Part part) {
        try {
            part.use();
        } catch (final IllegalStateException e) {
            if (!e.getMessage().contains("closed")) {
                throw e;
            }
        }
    }
}
