// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.await;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Duty;
import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.Subscription;
import io.kaelix.TopicPattern;
import io.kaelix.Workers;
import io.kaelix.runtime.RunningDuty;
import io.kaelix.runtime.SchedulerConfig;
import io.kaelix.runtime.TaskPriority;
import io.kaelix.runtime.TaskScheduler;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whose threads call the handlers, and what becomes of them when either ends before the other. */
@Timeout(120)
@SuppressWarnings("try")
class PushWorkersTest {

    private final Observed workers = new Observed(TaskScheduler.launch(
            SchedulerConfig.defaults().withName("given").withWorkers(2).withPinned(false).withCloseTimeout(Duration.ofSeconds(30))));
    private final MemoryStreamer streamer = MemoryStreamer.launch(EngineFixture.config(), workers);
    private final List<Long> received = new CopyOnWriteArrayList<>();

    /** A scheduler, and what it was given. */
    private record Observed(TaskScheduler scheduler, List<RunningDuty> duties, Set<Thread> repeating) implements Workers {

        private Observed(final TaskScheduler scheduler) {
            this(scheduler, new CopyOnWriteArrayList<>(), ConcurrentHashMap.newKeySet());
        }

        @Override
        public int workers() {
            return scheduler.workers();
        }

        @Override
        public Work recur(final Duty duty) {
            final RunningDuty running = scheduler.recur(duty);
            duties.add(running);
            return running;
        }

        @Override
        public Work repeat(final Runnable task, final Duration delay) {
            return scheduler.repeat(() -> {
                repeating.add(Thread.currentThread());
                task.run();
            }, delay);
        }

        @Override
        public boolean isShutdown() {
            return scheduler.isShutdown();
        }

        private void assertDutiesEnd() throws InterruptedException {
            for (final RunningDuty duty : duties) {
                assertThat(duty.awaitEnd(EngineFixture.DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @AfterEach
    void close() {
        streamer.close();
        workers.scheduler.close();
    }

    private static List<String> threads(final String prefix) {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(name -> name.startsWith(prefix)).sorted().toList();
    }

    private void receive(final Message message) {
        received.add(message.getLong(0));
    }

    /** Sends to the topic until each of the handlers was called; the thread that each was called by. */
    private static List<Thread> callers(final MemoryStreamer streamer, final int handlers) throws InterruptedException {
        final List<Set<Thread>> seen = new ArrayList<>();
        for (int i = 0; i < handlers; i++) {
            final Set<Thread> threads = ConcurrentHashMap.newKeySet();
            seen.add(threads);
            streamer.subscribe("a", message -> threads.add(Thread.currentThread()));
        }
        final Publisher publisher = streamer.publisher("a");
        for (int i = 0; i < 100; i++) {
            send(publisher, i);
        }
        await("all were called", () -> seen.stream().noneMatch(Set::isEmpty));
        publisher.close();
        assertThat(seen).allSatisfy(threads -> assertThat(threads).as("always the same").hasSize(1));
        return seen.stream().map(threads -> threads.iterator().next()).toList();
    }

    @Test
    void shouldShareHandlersOutAmongTheWorkersThatItWasGiven() throws Exception {
        final List<Thread> callers = callers(streamer, 4);
        assertThat(callers).extracting(Thread::getName).containsOnly("given-0", "given-1");
        assertThat(callers.stream().distinct().map(thread -> callers.stream().filter(thread::equals).count())).containsExactly(2L, 2L);
        assertThat(workers.duties).as("one for each").hasSize(2);
        assertThat(threads("kaelix-push")).isEmpty();
    }

    @Test
    void shouldGiveANewHandlerToTheWorkerThatHasFewest() throws Exception {
        final AtomicReference<Thread> caller = new AtomicReference<>();
        final MessageHandler ask = message -> caller.set(Thread.currentThread());
        final Publisher publisher = streamer.publisher("a");
        final Subscription first = streamer.subscribe("a", ask);
        send(publisher, 1);
        await("the first was called", () -> caller.get() != null);
        final Thread of = caller.get();
        for (int i = 0; i < 3; i++) {
            streamer.subscribe("b", this::receive);
        }
        first.close();
        for (int i = 0; i < 2; i++) {
            // Three are there, two of them on the other worker: each that comes and goes comes here.
            caller.set(null);
            final Subscription next = streamer.subscribe("a", ask);
            send(publisher, 2);
            await("it was called", () -> caller.get() != null);
            assertThat(caller.get()).isSameAs(of);
            next.close();
        }
    }

    /** Each worker has a reader of its own, and whoever is held up by one handler is so for that worker's alone. */
    @Test
    void shouldNotHoldUpHandlersOfAnotherWorker() throws Exception {
        final PeerThread.Gate gate = new PeerThread.Gate();
        streamer.subscribe("a", message -> gate.pass());
        streamer.subscribe("a", this::receive);
        final Publisher publisher = streamer.publisher("a");
        send(publisher, 1, 2, 3);
        await("the other goes on", () -> received.size() == 3);
        assertThat(received).containsExactly(1L, 2L, 3L);
        gate.open();
    }

    @Test
    void shouldRunTasksOfTheUserBesides() throws Exception {
        streamer.subscribe("a", this::receive);
        send(streamer.publisher("a"), 1);
        await("it was called", () -> received.size() == 1);
        assertThat(workers.scheduler.submit(() -> 42, TaskPriority.NORMAL).get(EngineFixture.DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo(42);
    }

    /** The worker cannot call handlers while its task waits: waiting would be for ever. */
    @Test
    void shouldNotWaitInATaskForHandlersOfItsOwnWorker() throws Exception {
        try (TaskScheduler one = TaskScheduler.launch(workers.scheduler.config().withName("one").withWorkers(1));
                MemoryStreamer alone = MemoryStreamer.launch(EngineFixture.config(), one)) {
            alone.subscribe("a", this::receive);
            send(alone.publisher("a"), -1);
            await("it was called", () -> received.size() == 1);
            final int sent = one.submit(() -> {
                final Publisher publisher = alone.publisher("a");
                final int count = EngineFixture.fill(publisher);
                assertThat(publisher.publish(MemorySegment.ofArray(number(count)), 0, Long.BYTES, Duration.ofDays(1)))
                        .isEqualTo(Publisher.BACK_PRESSURED);
                return count;
            }, TaskPriority.NORMAL).get(EngineFixture.DEADLINE_SECONDS, TimeUnit.SECONDS);
            await("all were read behind it", () -> received.size() == 1 + sent);
        }
    }

    @Test
    void shouldEndItsDutiesAndNoMoreWhenTheStreamerIsClosed() throws Exception {
        streamer.subscribe("a", this::receive);
        streamer.subscribe(TopicPattern.of("a"), SlowSubscriberPolicy.LOSSY, this::receive, (message, error) -> { });
        final Publisher publisher = streamer.publisher("a");
        send(publisher, 1, 2);
        streamer.close();
        workers.assertDutiesEnd();
        assertThat(received).as("what was sent before").containsExactlyInAnyOrder(1L, 1L, 2L, 2L);
        publisher.close();
        assertThat(streamer.placement().bytes()).isZero();
        assertThat(workers.isShutdown()).isFalse();
    }

    @Test
    void shouldEndADutyWithItsLastHandlerAndBeginAnother() throws Exception {
        final Publisher publisher = streamer.publisher("a");
        for (int round = 1; round <= 3; round++) {
            final Subscription subscription = streamer.subscribe("a", this::receive);
            send(publisher, round);
            final int count = round;
            await("it was called", () -> received.size() == count);
            subscription.close();
            workers.assertDutiesEnd();
            assertThat(workers.duties).hasSize(round);
        }
        for (int i = 0; i < 10_000; i++) {
            assertThat(publisher.offer(number(i))).as("nobody holds it up").isPositive();
        }
        assertThat(streamer.subscribers()).isEmpty();
    }

    @Test
    void shouldGoOnWithoutHandlersWhenTheWorkersAreShutDownFirst() throws Exception {
        final Logger logger = Logger.getLogger(PushWorkers.class.getName());
        final List<String> lines = new CopyOnWriteArrayList<>();
        final Handler recorder = recorder(lines);
        logger.addHandler(recorder);
        logger.setUseParentHandlers(false);
        try {
            streamer.subscribe("a", this::receive);
            final Subscription subscription = streamer.subscribe("a", this::receive);
            final Publisher publisher = streamer.publisher("a");
            send(publisher, 1);
            await("both were called", () -> received.size() == 2);
            workers.scheduler.close();
            workers.assertDutiesEnd();
            assertThat(lines).hasSize(2).allSatisfy(line -> assertThat(line).contains("shut down", "no more messages", "(1)", "close the streamer first"));

            for (int i = 0; i < 10_000; i++) {
                assertThat(publisher.offer(number(i))).as("they hold up nobody").isPositive();
            }
            assertThatThrownBy(() -> streamer.subscribe("b", this::receive)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("shut down").hasMessageContaining("poll a subscriber");
            final Subscriber subscriber = streamer.subscriber("a");
            send(publisher, 5);
            assertThat(EngineFixture.drain(subscriber)).containsExactly(5L);
            subscription.close();
            subscription.close();
            assertThat(subscription.errors()).isZero();
            assertThat(subscription.lost()).isZero();
            subscriber.close();
            streamer.close();
            publisher.close();
            assertThat(streamer.placement().bytes()).isZero();
            assertThat(received).hasSize(2);
        } finally {
            logger.setUseParentHandlers(true);
            logger.removeHandler(recorder);
        }
    }

    private static Handler recorder(final List<String> lines) {
        return new Handler() {
            @Override
            public void publish(final LogRecord entry) {
                lines.add(entry.getMessage());
            }

            @Override
            public void flush() {
            }

            @Override
            public void close() {
            }
        };
    }

    @Test
    void shouldLetAHandlerCloseTheScheduler() throws Exception {
        final Publisher publisher = streamer.publisher("a");
        streamer.subscribe("a", message -> {
            workers.scheduler.close();
            received.add(message.getLong(0));
        });
        send(publisher, 1);
        workers.assertDutiesEnd();
        assertThat(received).containsExactly(1L);
        assertThat(publisher.offer(number(2))).isPositive();
        assertThatThrownBy(() -> streamer.subscribe("a", this::receive)).isInstanceOf(IllegalStateException.class);
        await("its threads have ended", () -> threads("given-").isEmpty());
    }

    @Test
    void shouldLetAHandlerCloseItsSubscriptionTheStreamerAndTheScheduler() throws Exception {
        final AtomicReference<Subscription> own = new AtomicReference<>();
        final PeerThread.Gate gate = new PeerThread.Gate();
        own.set(streamer.subscribe("a", message -> {
            gate.pass();
            own.get().close();
            streamer.close();
            workers.scheduler.close();
            received.add(message.getLong(0));
        }));
        final Publisher publisher = streamer.publisher("a");
        send(publisher, 1, 2);
        gate.open();
        workers.assertDutiesEnd();
        assertThat(received).as("it had closed itself").containsExactly(1L);
        publisher.close();
        assertThat(streamer.placement().bytes()).isZero();
    }

    /** As a block does that closes both. */
    @Test
    void shouldHandOverWhatWasSentBeforeTheStreamerWasClosedThoughTheSchedulerIsClosedNext() throws Exception {
        final PeerThread.Gate gate = new PeerThread.Gate();
        final int messages = 1_000;
        streamer.subscribe("a", message -> {
            gate.pass();
            receive(message);
        });
        final Publisher publisher = streamer.publisher("a");
        for (int i = 0; i < messages; i++) {
            send(publisher, i);
        }
        publisher.close();
        streamer.close();
        final Thread closing = Thread.ofPlatform().start(workers.scheduler::close);
        await("it is being closed", workers::isShutdown);
        gate.open();
        closing.join();
        workers.assertDutiesEnd();
        assertThat(received).hasSize(messages);
        assertThat(streamer.placement().bytes()).isZero();
    }

    @Test
    void shouldRefuseWorkersThatAreMissingOrWereShutDown() {
        workers.scheduler.close();
        assertThatThrownBy(() -> MemoryStreamer.launch(EngineFixture.config(), workers)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("shut down");
        assertThatThrownBy(() -> MemoryStreamer.launch(EngineFixture.config(), null)).isInstanceOf(NullPointerException.class)
                .hasMessageContaining("workers");
        assertThatThrownBy(() -> workers.repeat(() -> { }, Duration.ofSeconds(1))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> workers.recur(() -> 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldLeaveNothingBehindWhenThereIsNoRoomForTheLooksAtIdleStreams() {
        try (TaskScheduler full = TaskScheduler.launch(workers.scheduler.config().withName("full").withDelayedCapacity(1))) {
            full.scheduleAfter(() -> { }, TaskPriority.NORMAL, Duration.ofDays(1));
            assertThatThrownBy(() -> MemoryStreamer.launch(EngineFixture.config().withStreamExpiry(Duration.ofSeconds(1)), full))
                    .isInstanceOf(RejectedExecutionException.class).hasMessageContaining("delayedCapacity");
        }
    }

    @Test
    void shouldHaveStreamsExpireOnTheWorkersThatItWasGiven() throws Exception {
        try (MemoryStreamer expiring = MemoryStreamer.launch(EngineFixture.config().withStreamExpiry(Duration.ofMillis(4)), workers)) {
            final StreamPublisher publisher = expiring.streamPublisher();
            final int stream = publisher.stream("a");
            await("it has expired", () -> publisher.offer(stream, number(1)) == StreamPublisher.EXPIRED || sleep());
            assertThat(workers.repeating).extracting(Thread::getName).isSubsetOf("given-0", "given-1").isNotEmpty();
        }
        assertThat(threads("kaelix-")).noneMatch(name -> name.contains("expiry") || name.contains("push"));
        workers.scheduler.submit(() -> null, TaskPriority.BACKGROUND).get(EngineFixture.DEADLINE_SECONDS, TimeUnit.SECONDS);
        assertThat(workers.scheduler.shutdown(Duration.ofSeconds(EngineFixture.DEADLINE_SECONDS))).isTrue();
    }

    /** Idle for as long as an expiry takes; that it did not hold yet. */
    private static boolean sleep() {
        try {
            Thread.sleep(50);
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
        return false;
    }

    @Test
    void shouldHaveAsManyWorkersOfItsOwnAsItIsTold() throws Exception {
        try (MemoryStreamer own = MemoryStreamer.launch(EngineFixture.config().withWorkers(3))) {
            assertThat(threads("kaelix-push")).as("there is nothing to do").isEmpty();
            final List<Thread> callers = callers(own, 7);
            assertThat(callers).extracting(Thread::getName).containsOnly("kaelix-push-0", "kaelix-push-1", "kaelix-push-2");
            assertThat(callers).allMatch(Thread::isDaemon);
        }
        await("they have ended", () -> threads("kaelix-push").isEmpty());
    }

    @Test
    void shouldKeepItsOwnWorkersWhileStreamsMayExpireAndEndThemWhenItIsClosed() throws Exception {
        try (MemoryStreamer own = MemoryStreamer.launch(EngineFixture.config().withStreamExpiry(Duration.ofMillis(4)))) {
            assertThat(threads("kaelix-push")).containsExactly("kaelix-push-0");
            own.subscribe("a", this::receive).close();
            own.subscribe("a", this::receive).close();
            await("no handler is left", () -> own.subscribers().isEmpty());
            assertThat(threads("kaelix-push")).containsExactly("kaelix-push-0");
        }
        await("they have ended", () -> threads("kaelix-push").isEmpty());
    }

    @Test
    void shouldEndItsOwnWorkersWhenItIsForgotten() throws Exception {
        forget();
        await("they have ended", () -> {
            System.gc();
            return threads("kaelix-push").isEmpty();
        });
    }

    private void forget() {
        final MemoryStreamer own = MemoryStreamer.launch(EngineFixture.config().withStreamExpiry(Duration.ofMillis(4)));
        own.subscribe("a", Message::length).close();
        assertThat(threads("kaelix-push")).hasSize(1);
    }
}
