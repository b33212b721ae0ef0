// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.config.ConfigReloader.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Reloads by hand, listeners that misbehave, and closing. */
class ReloadListenerTest extends ReloaderFixture {

    @Test
    void shouldAnswerWhatCameOfAReloadByHand() throws IOException {
        start();

        assertThat(reloader.reload()).isEqualTo(Outcome.UNCHANGED);
        replace(latency(5));
        // One of the two finds the change.
        assertThat(reloader.reload()).isIn(Outcome.CHANGED, Outcome.UNCHANGED);
        assertThat(reloader.current().runtime().targetLatency()).isEqualTo(Duration.ofNanos(5_000));
        assertThat(told.changes).hasSize(1);
        replace("[runtime]\nno_such_key = 1\n");
        assertThat(reloader.reload()).isEqualTo(Outcome.REFUSED);
        assertThat(told.refusals).hasSize(1);

        reloader.close();
        reloader.close();
        assertThatThrownBy(reloader::reload).isInstanceOf(IllegalStateException.class)
                .hasMessage("the reloader of " + file + " is closed: start another");
        assertThat(reloader.current().runtime().targetLatency()).isEqualTo(Duration.ofNanos(5_000));
    }

    @Test
    void shouldSufferNothingFromAListenerThatThrows() throws IOException, InterruptedException {
        reloader = ConfigReloader.start(loader, loader.load(), new ConfigReloader.Listener() {
            @Override
            public void changed(final ConfigChange change) {
                told.changed(change);
                throw new AssertionError("on purpose");
            }

            @Override
            public void refused(final ConfigException reason) {
                told.refused(reason);
                throw new IllegalStateException("on purpose");
            }
        });

        replace(latency(5));
        awaitChanges(1);
        replace(latency(0));
        awaitRefusals(1);
        replace(latency(6));
        awaitChanges(2);

        awaitLatency(6);
        assertThat(reloader.reloads()).isEqualTo(2);
        assertThat(reloader.refused()).isEqualTo(1);
        Waiting.until("each is logged", () -> log.lines.stream().filter(line -> line.startsWith("SEVERE the listener of ")).count() == 3);
    }

    @Test
    void shouldBeClosedAndReloadedByItsListener() throws IOException, InterruptedException {
        final AtomicReference<Outcome> inside = new AtomicReference<>();
        final CountDownLatch isClosed = new CountDownLatch(1);
        final CountDownLatch isStarted = new CountDownLatch(1);
        final AtomicReference<ConfigReloader> started = new AtomicReference<>();
        reloader = ConfigReloader.start(loader, loader.load(), change -> {
            told.changed(change);
            await(isStarted);
            inside.set(started.get().reload());
            started.get().close();
            isClosed.countDown();
        });
        started.set(reloader);
        isStarted.countDown();

        replace(latency(5));
        isClosed.await();
        replace(latency(6));

        assertThat(inside.get()).isEqualTo(Outcome.UNCHANGED);
        Waiting.until("its thread has ended", () -> Leaks.threads() == 0);
        assertThat(told.changes).hasSize(1);
        assertThat(reloader.current().runtime().targetLatency()).isEqualTo(Duration.ofNanos(5_000));
    }

    @Test
    void shouldWaitForTheListenerWhenAnotherThreadCloses() throws IOException, InterruptedException {
        final CountDownLatch isInside = new CountDownLatch(1);
        final CountDownLatch mayEnd = new CountDownLatch(1);
        final List<String> order = new CopyOnWriteArrayList<>();
        reloader = ConfigReloader.start(loader, loader.load(), change -> {
            isInside.countDown();
            await(mayEnd);
            order.add("told");
        });
        replace(latency(5));
        isInside.await();

        final Thread closer = Thread.ofPlatform().start(() -> {
            reloader.close();
            order.add("closed");
        });
        Waiting.until("it waits", () -> closer.getState() == Thread.State.TIMED_WAITING);
        mayEnd.countDown();
        closer.join();

        assertThat(order).containsExactly("told", "closed");
    }

    @Test
    void shouldTakeNothingForAReloadThatWaitedWhileItWasClosed() throws IOException, InterruptedException {
        final CountDownLatch isInside = new CountDownLatch(1);
        final CountDownLatch mayEnd = new CountDownLatch(1);
        reloader = ConfigReloader.start(loader, loader.load(), change -> {
            told.changed(change);
            isInside.countDown();
            await(mayEnd);
        });
        replace(latency(5));
        isInside.await();
        replace(latency(6));
        final AtomicReference<Outcome> outcome = new AtomicReference<>();
        final Thread waiter = Thread.ofPlatform().start(() -> outcome.set(reloader.reload()));
        Waiting.until("it waits for the listener", () -> waiter.getState() == Thread.State.WAITING);
        final Thread closer = Thread.ofPlatform().start(reloader::close);
        Waiting.until("the closer waits", () -> closer.getState() == Thread.State.TIMED_WAITING);

        mayEnd.countDown();
        waiter.join();
        closer.join();

        assertThat(outcome.get()).isEqualTo(Outcome.UNCHANGED);
        assertThat(told.changes).hasSize(1);
    }

    private static void await(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
