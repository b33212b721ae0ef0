// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.PagePreference;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.TopicPattern;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** A streamer with small lanes, and numbers as messages. */
final class EngineFixture implements AutoCloseable {

    static final int LANE_CAPACITY = StreamerConfig.MIN_LANE_CAPACITY;

    /** Longer than anything here takes; what waits for it has failed. */
    static final long DEADLINE_SECONDS = 60;

    final MemoryStreamer streamer = launch();

    static MemoryStreamer launch() {
        return MemoryStreamer.launch(config());
    }

    static StreamerConfig config() {
        return StreamerConfig.defaults().withLaneCapacity(LANE_CAPACITY).withPages(PagePreference.NORMAL);
    }

    Publisher publisher(final String topic) {
        return streamer.publisher(topic);
    }

    Subscriber subscriber(final String pattern) {
        return streamer.subscriber(pattern);
    }

    Subscriber lossy(final String pattern) {
        return streamer.subscriber(TopicPattern.of(pattern), SlowSubscriberPolicy.LOSSY);
    }

    /** A message that holds a number. */
    static byte[] number(final long value) {
        final byte[] bytes = new byte[Long.BYTES];
        MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, value);
        return bytes;
    }

    /** Sends numbers, which must all fit. */
    static void send(final Publisher publisher, final long... values) {
        for (final long value : values) {
            assertThat(publisher.offer(number(value))).isPositive();
        }
    }

    /** Sends numbers from 0 on until the lane is full; how many. */
    static int fill(final Publisher publisher) {
        int count = 0;
        while (publisher.offer(number(count)) > 0) {
            count++;
        }
        return count;
    }

    /** Numbers that are there, all of them. */
    static List<Long> drain(final Subscriber subscriber) {
        final List<Long> values = new ArrayList<>();
        // A lane more than 64 may be visited only each 16th time.
        for (int idle = 0; idle < 32;) {
            idle = subscriber.poll(message -> values.add(message.getLong(0)), 1000) > 0 ? 0 : idle + 1;
        }
        return values;
    }

    /** Numbers of one poll. */
    static List<Long> pollOnce(final Subscriber subscriber, final int limit) {
        final List<Long> values = new ArrayList<>();
        assertThat(subscriber.poll(message -> values.add(message.getLong(0)), limit)).isEqualTo(values.size());
        return values;
    }

    /** Runs it on a thread of its own, which then ends. */
    static <T> T onThread(final Callable<T> work) throws Exception {
        final FutureTask<T> task = new FutureTask<>(work);
        final Thread thread = Thread.ofPlatform().daemon().name("another thread").start(task);
        try {
            final T result = task.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            thread.join();
            return result;
        } catch (final ExecutionException e) {
            thread.join();
            if (e.getCause() instanceof final Error error) {
                throw error;
            }
            throw (Exception) e.getCause();
        } catch (final TimeoutException e) {
            throw new AssertionError("the other thread does not come back", e);
        }
    }

    /** Waits until it holds. */
    static void await(final String what, final BooleanSupplier condition) throws InterruptedException {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited in vain for: " + what);
            }
            Thread.sleep(1);
        }
    }

    long mappedBytes() {
        return streamer.placement().bytes();
    }

    @Override
    public void close() {
        streamer.close();
    }
}
