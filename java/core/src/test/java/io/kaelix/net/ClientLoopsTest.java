// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.net.NetworkTest.await;
import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.ClientConfig;
import io.kaelix.ClientStatus;
import io.kaelix.Duty;
import io.kaelix.KaelixClient;
import io.kaelix.KaelixException;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.Workers;
import io.kaelix.engine.CountedClients;
import io.kaelix.runtime.SchedulerConfig;
import io.kaelix.runtime.TaskScheduler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients that were given the same workers, and so share loops: what one does, or what is done to it, is nothing to the others.
 *
 * <pre>
 *   clients, each a session ──► as many loops as there are workers ──► listener, streamer: sends each message back to its topic
 * </pre>
 */
@Timeout(60)
class ClientLoopsTest {

    private static final Executor THREADS = task -> Thread.ofPlatform().daemon().start(task);
    private static final SubscriberConfig ALL = SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.BLOCK);
    private static final Path FILES = Path.of("/proc/self/fd");

    private final MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(1 << 16));
    private final Listener listener = streamer.listen("127.0.0.1:0");
    private final CountedClients clients = new CountedClients();
    private final List<TaskScheduler> schedulers = new ArrayList<>();

    @AfterEach
    void close() {
        schedulers.forEach(TaskScheduler::close);
        listener.close();
        streamer.close();
    }

    private TaskScheduler workers(final int count) {
        final TaskScheduler workers = TaskScheduler.launch(SchedulerConfig.defaults().withWorkers(count).withPinned(false)
                .withBlockingLimit(Duration.ZERO).withName("clients-of-test"));
        schedulers.add(workers);
        return workers;
    }

    private static ClientConfig config(final int port) {
        return ClientConfig.to("127.0.0.1", port).withReconnectFirst(Duration.ofMillis(1)).withReconnectLongest(Duration.ofMillis(4))
                .withLaneCapacity(1 << 16).withConnectTimeout(Duration.ofSeconds(20));
    }

    private KaelixClient connect(final Workers workers) {
        return clients.connect(config(listener.address().getPort()), workers);
    }

    /** What they are, by their numbers. A selector counts with its eventfd: what polls for virtual threads has none. */
    private static Map<String, String> filesOpen() throws IOException {
        final Map<String, String> files = new TreeMap<>();
        if (Files.isDirectory(FILES)) {
            try (Stream<Path> open = Files.list(FILES)) {
                for (final Path file : open.toList()) {
                    try {
                        final String what = Files.readSymbolicLink(file).toString();
                        if (!what.contains("[eventpoll]")) {
                            files.put(file.getFileName().toString(), what);
                        }
                    } catch (final NoSuchFileException e) {
                        // That of the listing itself, or one that was closed meanwhile.
                    }
                }
            }
        }
        return files;
    }

    /** Nothing is left of clients: no loop, no file, no region, no thread. */
    private void assertNothingIsLeft(final Workers workers, final Map<String, String> filesBefore) throws IOException {
        await(() -> ClientLoops.count(workers) == 0);
        assertThat(clients.ever()).as("regions that there were").isPositive();
        await(() -> clients.mapped() == 0);
        final long until = System.nanoTime() + 10_000_000_000L;
        while (filesOpen().size() > filesBefore.size()) {
            assertThat(System.nanoTime()).as("files that are open: %s; that were: %s", filesOpen(), filesBefore).isLessThan(until);
            Thread.onSpinWait();
        }
    }

    /** Once, so that files which the JVM opens by itself are open. */
    private Map<String, String> filesOfARest(final Workers workers) throws IOException {
        try (KaelixClient client = connect(workers); Traffic traffic = new Traffic(client, "first")) {
            traffic.exchange(1);
        }
        await(() -> ClientLoops.count(workers) == 0 && listener.sessions().isEmpty());
        return filesOpen();
    }

    @Test
    void shouldShareAsManyLoopsAsThereAreWorkersAndEndThemWithTheLastClient() throws Exception {
        final TaskScheduler workers = workers(2);
        final Map<String, String> files = filesOfARest(workers);
        final List<KaelixClient> open = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            open.add(connect(workers));
            assertThat(ClientLoops.count(workers)).as("loops of %d clients", i + 1).isEqualTo(Math.min(i + 1, 2));
        }
        for (int i = 0; i < open.size(); i++) {
            try (Traffic traffic = new Traffic(open.get(i), "share." + i)) {
                traffic.exchange(100);
            }
        }
        open.forEach(KaelixClient::close);
        assertNothingIsLeft(workers, files);
        assertThat(workers.isShutdown()).isFalse();
    }

    @Test
    void shouldJoinNoLoopThatEndsAtThisMoment() throws Exception {
        final TaskScheduler workers = workers(1);
        final Map<String, String> files = filesOfARest(workers);
        final List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            threads.add(CompletableFuture.runAsync(() -> {
                for (int k = 0; k < 300; k++) {
                    // The last one of a loop closes while the next one connects.
                    try (KaelixClient client = connect(workers)) {
                        assertThat(client.subscribers("nobody.here")).isZero();
                        assertThat(client.status().state()).isEqualTo(ClientStatus.State.CONNECTED);
                    }
                }
            }, THREADS));
        }
        for (final CompletableFuture<Void> thread : threads) {
            thread.get();
        }
        assertNothingIsLeft(workers, files);
    }

    /**
     * What several threads do at random to clients that they share.
     *
     * <pre>
     *   4 threads, each: open │ use │ close one that any of them opened │ be refused │ be hung up on │ open one that is cut again and again
     *   meanwhile       : two more clients of the same workers exchange messages
     * </pre>
     */
    private final class Churn {

        private final Workers workers;
        private final CuttingProxy proxy;
        private final ServerSocket hangingUp;
        private final int nobody;
        private final ConcurrentLinkedQueue<KaelixClient> open = new ConcurrentLinkedQueue<>();
        private final AtomicInteger topics = new AtomicInteger();
        private final AtomicInteger failed = new AtomicInteger();

        Churn(final Workers workers) throws IOException {
            this.workers = workers;
            this.proxy = new CuttingProxy(listener.address(), 11, 20_000);
            this.hangingUp = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
            try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                this.nobody = gone.getLocalPort();
            }
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    while (true) {
                        hangingUp.accept().close();
                    }
                } catch (final IOException e) {
                    // The test is over.
                }
            });
        }

        void run(final long seed, final int steps) {
            final Random random = new Random(seed);
            for (int i = 0; i < steps; i++) {
                switch (random.nextInt(10)) {
                    case 0, 1, 2 -> open.add(connect(workers));
                    case 3 -> refused(nobody);
                    case 4 -> refused(hangingUp.getLocalPort());
                    case 5 -> cut();
                    case 6, 7, 8 -> use();
                    default -> close(open.poll());
                }
                if (open.size() > 8) {
                    close(open.poll());
                }
            }
        }

        private void refused(final int port) {
            assertThatThrownBy(() -> clients.connect(config(port), workers)).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("server 127.0.0.1:" + port + ":");
            failed.incrementAndGet();
        }

        /** One that is cut while it connects is told; one that is cut later connects again. */
        private void cut() {
            try {
                open.add(clients.connect(config(proxy.port()), workers));
            } catch (final KaelixException e) {
                failed.incrementAndGet();
            }
        }

        private void use() {
            final KaelixClient client = open.poll();
            if (client != null) {
                try (Traffic traffic = new Traffic(client, "churn." + topics.incrementAndGet())) {
                    traffic.exchange(50);
                }
                open.add(client);
            }
        }

        private void close(final KaelixClient client) {
            if (client != null) {
                client.close();
            }
        }

        void end() throws IOException {
            proxy.heal();
            open.forEach(KaelixClient::close);
            proxy.close();
            hangingUp.close();
        }
    }

    @Test
    void shouldServeOthersWhileClientsComeAndGoAndFail() throws Exception {
        final TaskScheduler workers = workers(2);
        final Map<String, String> files = filesOfARest(workers);
        final Churn churn = new Churn(workers);
        final List<CompletableFuture<Void>> threads = new ArrayList<>();
        try (KaelixClient one = connect(workers); KaelixClient other = connect(workers); Traffic first = new Traffic(one, "steady.1");
                Traffic second = new Traffic(other, "steady.2")) {
            for (int i = 0; i < 4; i++) {
                final int seed = i;
                threads.add(CompletableFuture.runAsync(() -> churn.run(seed, Boolean.getBoolean("kaelix.long") ? 2_000 : 150), THREADS));
            }
            while (!threads.stream().allMatch(CompletableFuture::isDone)) {
                first.exchange(20);
                second.exchange(20);
            }
            for (final CompletableFuture<Void> thread : threads) {
                thread.get();
            }
            for (final KaelixClient steady : List.of(one, other)) {
                assertThat(steady.status().reconnects()).isZero();
                assertThat(steady.status().lostMessages()).isZero();
            }
        }
        churn.end();
        assertThat(churn.failed.get()).as("that failed").isPositive();
        assertThat(churn.proxy.cuts()).as("cuts").isPositive();
        assertNothingIsLeft(workers, files);
    }

    @Test
    void shouldReconnectWhileOthersOfItsLoopComeAndGo() throws Exception {
        final TaskScheduler workers = workers(1);
        final Map<String, String> files = filesOfARest(workers);
        try (CuttingProxy proxy = new CuttingProxy(listener.address(), 3, 0);
                KaelixClient cut = clients.connect(config(proxy.port()), workers); Traffic traffic = new Traffic(cut, "cut")) {
            KaelixClient other = null;
            for (int i = 0; i < 40; i++) {
                // By turns, it is alone in its loop, has somebody beside it, and is joined while it is away.
                final boolean comes = i % 3 == 1;
                if (comes) {
                    other = connect(workers);
                } else if (i % 3 == 2) {
                    other.close();
                }
                traffic.exchange(30);
                proxy.cut();
                if (comes) {
                    try (Traffic beside = new Traffic(other, "beside." + i)) {
                        beside.exchange(30);
                    }
                }
                traffic.exchange(30);
            }
            assertThat(ClientLoops.count(workers)).isEqualTo(1);
            assertThat(cut.status().reconnects()).isPositive();
            assertThat(cut.status().lostMessages()).isZero();
            if (other != null) {
                other.close();
            }
        }
        assertNothingIsLeft(workers, files);
    }

    @Test
    void shouldDelayNobodyWhileAServerDoesNotAnswer() throws Exception {
        final TaskScheduler workers = workers(1);
        final Map<String, String> files = filesOfARest(workers);
        try (ServerSocket mute = new ServerSocket(0, 8, InetAddress.getLoopbackAddress()); ScriptedServer leaving = new ScriptedServer()) {
            // One whose server goes away and is mute when it is back, and one whose server was mute ever since.
            final CompletableFuture<KaelixClient> connecting = supplyAsync(() -> clients.connect(config(leaving.port())
                    .withCloseTimeout(Duration.ZERO), workers), THREADS);
            leaving.accept();
            leaving.welcome(1, false);
            final KaelixClient left = connecting.get();
            leaving.cut();
            await(() -> left.status().state() == ClientStatus.State.CONNECTING);
            final CompletableFuture<KaelixClient> waiting = supplyAsync(() -> clients.connect(config(mute.getLocalPort()), workers), THREADS);
            final Socket accepted = mute.accept();
            for (int i = 0; i < 3; i++) {
                try (KaelixClient other = connect(workers); Traffic traffic = new Traffic(other, "others." + i)) {
                    traffic.exchange(100);
                }
            }
            assertThat(waiting).as("still waits").isNotDone();
            assertThat(left.status().state()).as("still waits").isEqualTo(ClientStatus.State.CONNECTING);
            left.close();
            accepted.close();
            assertThatThrownBy(waiting::get).hasMessageContaining("the other side closed the connection");
        }
        assertNothingIsLeft(workers, files);
    }

    @Test
    void shouldEndClientsWhoseWorkersWereShutDown() throws Exception {
        final TaskScheduler workers = workers(2);
        final Map<String, String> files = filesOfARest(workers);
        final List<KaelixClient> open = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            open.add(connect(workers));
        }
        final Publisher publisher = open.get(0).publisher("late");
        final Subscriber subscriber = open.get(1).subscriber("late", ALL);

        workers.close();

        for (final KaelixClient client : open) {
            await(() -> client.status().state() == ClientStatus.State.CLOSED);
            assertThat(client.status().lastError()).contains("the workers were shut down");
            assertThatThrownBy(() -> client.subscriber("late")).isInstanceOf(RuntimeException.class);
        }
        assertThat(publisher.offer("lost".getBytes())).isEqualTo(Publisher.CLOSED);
        assertThat(ClientLoops.count(workers)).isZero();
        assertThatThrownBy(() -> connect(workers)).isInstanceOf(IllegalStateException.class);
        publisher.close();
        subscriber.close();
        open.forEach(KaelixClient::close);
        assertNothingIsLeft(workers, files);
    }

    /** As workers that are shut down at the very moment when a client has connected, and is to be theirs. */
    private record Unwilling(Workers real) implements Workers {

        @Override
        public int workers() {
            return real.workers();
        }

        @Override
        public Work recur(final Duty duty) {
            throw new IllegalStateException("nothing is taken any more");
        }

        @Override
        public Work repeat(final Runnable task, final Duration delay) {
            return real.repeat(task, delay);
        }

        @Override
        public boolean isShutdown() {
            return false;
        }
    }

    @Test
    void shouldLeaveNothingBehindWhenWorkersTakeNothingMore() throws Exception {
        final TaskScheduler workers = workers(1);
        final Map<String, String> files = filesOfARest(workers);
        final Workers unwilling = new Unwilling(workers);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> connect(unwilling)).isInstanceOf(IllegalStateException.class).hasMessage("nothing is taken any more");
        }
        assertNothingIsLeft(unwilling, files);
    }

    @Test
    void shouldCloseAClientFromAHandlerOfAnother() throws Exception {
        for (int count = 1; count <= 2; count++) {
            final TaskScheduler workers = workers(count);
            final Map<String, String> files = filesOfARest(workers);
            final AtomicReference<Throwable> failure = new AtomicReference<>();
            final AtomicInteger handled = new AtomicInteger();
            final KaelixClient one = connect(workers);
            final List<KaelixClient> others = List.of(connect(workers), connect(workers), connect(workers));
            final Publisher publisher = streamer.publisher("close." + count);
            one.subscribe("close." + count, message -> {
                final int which = handled.get();
                try {
                    // The last one is its own.
                    (which < others.size() ? others.get(which) : one).close();
                } catch (final RuntimeException | Error e) {
                    failure.set(e);
                }
                handled.incrementAndGet();
            });
            for (int i = 0; i <= others.size(); i++) {
                final int so = i;
                assertThat(publisher.offer(Integer.toString(i).getBytes())).isPositive();
                await(() -> handled.get() > so || failure.get() != null);
                final KaelixClient closed = i < others.size() ? others.get(i) : one;
                await(() -> closed.status().state() == ClientStatus.State.CLOSED);
            }
            assertThat(failure.get()).isNull();
            publisher.close();
            assertNothingIsLeft(workers, files);
        }
    }

    @ParameterizedTest
    @MethodSource
    void shouldTakeWhatComesRightBehindTheWelcome(final WireMessage behind, final ClientStatus.State state, final String error) throws Exception {
        final TaskScheduler workers = workers(1);
        try (KaelixClient other = connect(workers); Traffic traffic = new Traffic(other, "behind"); ScriptedServer hasty = new ScriptedServer()) {
            final CompletableFuture<KaelixClient> connecting = supplyAsync(() -> clients.connect(config(hasty.port())
                    .withCloseTimeout(Duration.ZERO), workers), THREADS);
            hasty.accept();
            hasty.send(new WireWelcome(false, 1, 5, 1, WirePeer.LIMITS, 0, 30_000, 8, "anyone"), behind);
            try (KaelixClient client = connecting.get()) {
                await(() -> client.status().state() == state && client.status().lastError().endsWith(error));
                traffic.exchange(10);
            }
        }
    }

    static Stream<Arguments> shouldTakeWhatComesRightBehindTheWelcome() {
        return Stream.of(
                Arguments.of(new WireDeclare(Topic.of("unasked"), 1, 1), ClientStatus.State.REFUSED, "a DECLARE that nobody asked for"),
                Arguments.of(new WireSubscribed(3, SlowSubscriberPolicy.DISCONNECT, 1 << 16), ClientStatus.State.CONNECTED, ""),
                Arguments.of(WireFailure.of(0, WireError.DENIED, "not this"), ClientStatus.State.CONNECTED, "not this"),
                Arguments.of(WireFailure.of(0, WireError.VERSION, "no more"), ClientStatus.State.REFUSED, "no more"),
                Arguments.of(WireFailure.of(0, WireError.INTERNAL, "no more"), ClientStatus.State.CONNECTING, "no more"));
    }
}
