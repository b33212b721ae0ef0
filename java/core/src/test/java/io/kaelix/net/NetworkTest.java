// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.ClientConfig;
import io.kaelix.ClientStatus;
import io.kaelix.KaelixClient;
import io.kaelix.KaelixException;
import io.kaelix.ListenConfig;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.SessionStatus;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Subscription;
import io.kaelix.Topic;
import io.kaelix.TopicRule;
import io.kaelix.runtime.SchedulerConfig;
import io.kaelix.runtime.TaskScheduler;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A streamer and its clients, over sockets of this machine: what users see. */
@Timeout(60)
class NetworkTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final SubscriberConfig ALL = SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.BLOCK);

    private final MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(1 << 18));
    private final Listener listener = streamer.listen("127.0.0.1:0");

    @AfterEach
    void close() {
        listener.close();
        streamer.close();
    }

    private KaelixClient client() {
        return KaelixClient.connect(config());
    }

    private ClientConfig config() {
        return ClientConfig.to("127.0.0.1", listener.address().getPort());
    }

    static void await(final BooleanSupplier condition) {
        final long until = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited for too long").isLessThan(until);
            Thread.onSpinWait();
        }
    }

    static List<String> receive(final Subscriber subscriber, final int count) {
        final List<String> received = new ArrayList<>();
        await(() -> {
            subscriber.poll(message -> received.add(message.asString()), 1_000);
            return received.size() >= count;
        });
        return received;
    }

    @Test
    void shouldReceiveWhatTheServerPublishes() {
        try (KaelixClient client = client(); Subscriber subscriber = client.subscriber("orders.*");
                Publisher publisher = streamer.publisher("orders.eu")) {
            for (int i = 0; i < 100; i++) {
                assertThat(publisher.offer(("number " + i).getBytes())).isPositive();
            }
            assertThat(receive(subscriber, 100)).startsWith("number 0", "number 1").endsWith("number 99").hasSize(100);
        }
    }

    @Test
    void shouldPublishToTheServer() {
        try (KaelixClient client = client(); Subscriber subscriber = streamer.subscriber("orders.*");
                Publisher publisher = client.publisher("orders.eu")) {
            for (int i = 0; i < 100; i++) {
                assertThat(publisher.offer(("number " + i).getBytes())).isPositive();
            }
            assertThat(receive(subscriber, 100)).startsWith("number 0", "number 1").endsWith("number 99").hasSize(100);
        }
    }

    @Test
    void shouldCarryMuchMoreThanARingInBothDirections() throws Exception {
        final int count = 200_000;
        try (KaelixClient client = client(); Subscriber here = streamer.subscriber("up");
                Subscriber there = client.subscriber("down",
                        SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.BLOCK));
                Publisher up = client.publisher("up"); Publisher down = streamer.publisher("down")) {
            final Thread first = Thread.ofPlatform().start(() -> publishNumbers(up, count));
            final Thread second = Thread.ofPlatform().start(() -> publishNumbers(down, count));
            final long[] next = new long[2];
            await(() -> {
                here.poll(message -> check(message, next, 0), 1_000);
                there.poll(message -> check(message, next, 1), 1_000);
                return next[0] == count && next[1] == count;
            });
            first.join();
            second.join();
            assertThat(there.lost()).isZero();
        }
    }

    private static void publishNumbers(final Publisher publisher, final int count) {
        final MemorySegment bytes = MemorySegment.ofArray(new byte[40]);
        for (int i = 0; i < count; i++) {
            bytes.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, i);
            while (publisher.offer(bytes) < 0) {
                Thread.onSpinWait();
            }
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new IllegalStateException("interrupted");
        }
    }

    private static void check(final Message message, final long[] next, final int which) {
        assertThat(message.payload().get(ValueLayout.JAVA_LONG_UNALIGNED, 0)).isEqualTo(next[which]);
        next[which]++;
    }

    @Test
    void shouldCarryManyTopicsAndPartitions() {
        try (KaelixClient client = client(); Subscriber all = client.subscriber("prices.>", ALL);
                Subscriber some = client.subscriber("prices.7.*", ALL); Subscriber here = streamer.subscriber("back.>");
                StreamPublisher publisher = streamer.streamPublisher(); StreamPublisher back = client.streamPublisher()) {
            for (int i = 0; i < 500; i++) {
                final String name = (i % 10) + ".t" + i;
                assertThat(publisher.offer(publisher.stream("prices." + name), ("p" + i).getBytes())).isPositive();
                assertThat(back.offer(back.stream("back." + name), ("b" + i).getBytes())).isPositive();
            }
            assertThat(receive(all, 500)).endsWith("p499");
            assertThat(receive(some, 50)).startsWith("p7", "p17").hasSize(50);
            assertThat(receive(here, 500)).startsWith("b0").endsWith("b499");
        }
    }

    @Test
    void shouldSendMessagesOfAKeyToItsPartitionOnBothSides() {
        try (KaelixClient client = client()) {
            client.declare("orders", 4);
            assertThat(streamer.partitions(Topic.of("orders"))).isEqualTo(4);
            assertThatThrownBy(() -> client.declare("orders", 5)).isInstanceOf(IllegalArgumentException.class);
            try (Publisher publisher = client.publisher("orders"); Subscriber here = streamer.subscriber("orders");
                    Subscriber there = client.subscriber("orders", ALL.withPartitions(0, 1, 2, 3))) {
                for (int i = 0; i < 100; i++) {
                    assertThat(publisher.offer(Message.builder().partitionKey("key" + i % 5).payload("m" + i))).isPositive();
                }
                final List<Integer> partitions = new ArrayList<>();
                await(() -> {
                    here.poll(message -> partitions.add(streamer.partition(message.streamId())), 100);
                    return partitions.size() == 100;
                });
                for (int i = 5; i < 100; i++) {
                    assertThat(partitions.get(i)).isEqualTo(partitions.get(i - 5));
                }
                final List<Integer> far = new ArrayList<>();
                await(() -> {
                    there.poll(message -> far.add(far.size()), 100);
                    return far.size() == 100;
                });
            }
        }
    }

    @Test
    void shouldCarryMessagesLongerThanALane() throws Exception {
        final byte[] bytes = new byte[3_000_000];
        new Random(5).nextBytes(bytes);
        try (KaelixClient client = client(); Subscriber here = streamer.subscriber("long"); Subscriber there = client.subscriber("long",
                ALL);
                Publisher publisher = client.publisher("long")) {
            final Thread sender = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 3; i++) {
                    assertThat(publisher.publish(MemorySegment.ofArray(bytes), 0, bytes.length, PATIENCE)).isPositive();
                }
            });
            final List<byte[]> first = new ArrayList<>();
            final List<byte[]> second = new ArrayList<>();
            await(() -> {
                here.poll(message -> first.add(message.payload().toArray(ValueLayout.JAVA_BYTE)), 10);
                there.poll(message -> second.add(message.payload().toArray(ValueLayout.JAVA_BYTE)), 10);
                return first.size() == 3 && second.size() == 3;
            });
            sender.join();
            assertThat(first).allMatch(message -> Arrays.equals(message, bytes));
            assertThat(second).allMatch(message -> Arrays.equals(message, bytes));
        }
    }

    @Test
    void shouldDisconnectASlowSubscriberWithoutHarmToOthersOfItsConnection() {
        try (KaelixClient client = client(); Subscriber slow = client.subscriber("flood"); Subscriber quick = client.subscriber("flood",
                ALL);
                Publisher publisher = streamer.publisher("flood")) {
            final int count = 20_000;
            final byte[] bytes = new byte[200];
            final long[] received = {0};
            for (int i = 0; i < count; i++) {
                bytes[0] = (byte) i;
                // The slow one holds up the publisher until it is cut off, and the quick one goes on.
                await(() -> {
                    received[0] += Math.max(0, quick.poll(message -> { }, 1_000));
                    return publisher.offer(bytes) > 0;
                });
                received[0] += Math.max(0, quick.poll(message -> { }, 100));
            }
            await(() -> {
                received[0] += Math.max(0, quick.poll(message -> { }, 1_000));
                return received[0] == count;
            });
            final int[] last = {0};
            await(() -> {
                last[0] = slow.poll(message -> { }, 1_000);
                return last[0] < 0;
            });
            assertThat(last[0]).isEqualTo(Subscriber.DISCONNECTED);
            assertThat(quick.lost()).isZero();
        }
    }

    @Test
    void shouldLetASubscriberThatMayLoseGoOnAndCountWhatItLost() {
        try (KaelixClient client = client();
                Subscriber lossy = client.subscriber("flood", SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.LOSSY));
                Publisher publisher = streamer.publisher("flood")) {
            final int count = 20_000;
            for (int i = 0; i < count; i++) {
                await(() -> publisher.offer(new byte[200]) > 0);
            }
            final long[] received = {0};
            await(() -> {
                received[0] += Math.max(0, lossy.poll(message -> { }, 1_000));
                return received[0] + lossy.lost() == count;
            });
            assertThat(lossy.lost()).isPositive();
        }
    }

    @Test
    void shouldSendAllThatWasPublishedBeforeItCloses() {
        try (Subscriber here = streamer.subscriber("last")) {
            try (KaelixClient client = client()) {
                final Publisher publisher = client.publisher("last");
                for (int i = 0; i < 500; i++) {
                    assertThat(publisher.offer(("m" + i).getBytes())).isPositive();
                }
            }
            assertThat(receive(here, 500)).endsWith("m499").hasSize(500);
            await(() -> listener.sessions().isEmpty());
        }
    }

    @Test
    void shouldAnswerThatItIsClosedAfterwards() {
        final KaelixClient client = client();
        final Publisher publisher = client.publisher("t");
        final Subscriber subscriber = client.subscriber("t");
        final Subscription subscription = client.subscribe("t", message -> { });
        client.close();
        client.close();
        assertThat(client.status().state()).isEqualTo(ClientStatus.State.CLOSED);
        assertThat(publisher.offer(new byte[8])).isEqualTo(Publisher.CLOSED);
        await(() -> subscriber.poll(message -> { }, 10) < 0);
        assertThatThrownBy(() -> client.publisher("t")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> client.subscriber("t")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> client.declare("t", 2)).isInstanceOf(IllegalStateException.class);
        subscription.close();
        subscriber.close();
        publisher.close();
        listener.close();
        listener.close();
        assertThat(listener.address().getPort()).isPositive();
        await(() -> listener.sessions().isEmpty());
    }

    @Test
    void shouldCallHandlers() {
        final ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();
        try (KaelixClient client = client(); Subscription subscription = client.subscribe("orders.*",
                message -> received.add(message.asString()));
                Publisher publisher = streamer.publisher("orders.eu")) {
            publisher.offer("hello".getBytes());
            await(() -> !received.isEmpty());
            assertThat(received).containsExactly("hello");
            assertThat(subscription.errors()).isZero();
        }
    }

    @Test
    void shouldEndASubscriptionWhileMuchIsOnItsWay() {
        try (KaelixClient client = client(); Subscriber stays = client.subscriber("flood", ALL);
                Publisher publisher = streamer.publisher("flood")) {
            for (int round = 0; round < 50; round++) {
                final Subscriber goes = client.subscriber("flood", ALL);
                for (int i = 0; i < 300; i++) {
                    // It may be held up until the round before is acknowledged.
                    await(() -> publisher.offer(new byte[500]) > 0);
                }
                goes.poll(message -> { }, 1);
                goes.close();
                assertThat(receive(stays, 300)).hasSize(300);
            }
            await(() -> listener.sessions().getFirst().subscriptions() == 1);
        }
    }

    @Test
    void shouldRefuseAWrongTokenAndWhatTheRulesDeny() {
        try (Listener guarded = streamer.listen(ListenConfig.defaults().withTokens(Map.of("s3cret", "alice"))
                .withRules(TopicRule.allow("alice", TopicRule.Action.BOTH, "orders.>"), TopicRule.allow("alice",
                        TopicRule.Action.SUBSCRIBE, "prices.>")))) {
            final ClientConfig to = ClientConfig.to("127.0.0.1", guarded.address().getPort());
            assertThatThrownBy(() -> KaelixClient.connect(to)).isInstanceOf(KaelixException.class).hasMessageContaining("token");
            assertThatThrownBy(() -> KaelixClient.connect(to.withToken("guess"))).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("token").hasMessageNotContaining("guess");
            try (KaelixClient alice = KaelixClient.connect(to.withToken("s3cret").withName("a"));
                    Subscriber here = streamer.subscriber(">");
                    StreamPublisher publisher = alice.streamPublisher()) {
                assertThatThrownBy(() -> alice.subscriber("news")).isInstanceOf(KaelixException.class).hasMessageContaining("news");
                publisher.offer(publisher.stream("prices.eu"), "denied".getBytes());
                publisher.offer(publisher.stream("orders.eu"), "allowed".getBytes());
                assertThat(receive(here, 1)).containsExactly("allowed");
                final SessionStatus session = guarded.sessions().getFirst();
                assertThat(session.identity()).isEqualTo("alice");
                assertThat(session.peer()).startsWith("a@127.0.0.1:");
                await(() -> alice.status().lastError().contains("prices.eu"));
            }
        }
    }

    @Test
    void shouldSayWhyNobodyCanBeReached() throws Exception {
        final int port;
        try (ServerSocket nobody = new ServerSocket(0)) {
            port = nobody.getLocalPort();
        }
        assertThatThrownBy(() -> KaelixClient.connect("127.0.0.1:" + port)).isInstanceOf(KaelixException.class).hasMessageContaining(""
                + port)
                .hasMessageContaining("listen");
        assertThatThrownBy(() -> streamer.listen(listener.address().getAddress().getHostAddress() + ":" + listener.address().getPort()))
                .isInstanceOf(KaelixException.class).hasMessageContaining("port");
        assertThatThrownBy(() -> streamer.listen("0.0.0.0:0")).isInstanceOf(KaelixException.class).hasMessageContaining("token");
    }

    @Test
    void shouldServeManyClientsOfOneWorker() {
        final int count = 50;
        final List<KaelixClient> clients = new ArrayList<>();
        try (TaskScheduler workers = TaskScheduler.launch(SchedulerConfig.defaults().withWorkers(1).withPinned(false));
                Subscriber here = streamer.subscriber("hello")) {
            try {
                for (int i = 0; i < count; i++) {
                    clients.add(KaelixClient.connect(config().withLaneCapacity(1 << 16), workers));
                }
                assertThat(listener.sessions()).hasSize(count).allMatch(SessionStatus::connected);
                for (final KaelixClient client : clients) {
                    client.publisher("hello").offer("x".getBytes());
                }
                assertThat(receive(here, count)).hasSize(count);
            } finally {
                clients.forEach(KaelixClient::close);
            }
            await(() -> listener.sessions().isEmpty());
        }
    }

    @Test
    void shouldServeAThousandConnectionsAtOnceWithoutLoss() throws Exception {
        final int count = 1_000;
        final List<Socket> sockets = new ArrayList<>();
        final Set<Long> received = new HashSet<>();
        try (MemoryStreamer small = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(1 << 16));
                Subscriber here = small.subscriber("all"); Listener many = small.listen("127.0.0.1:0")) {
            for (int i = 0; i < count; i++) {
                final Socket socket = new Socket("127.0.0.1", many.address().getPort());
                sockets.add(socket);
                socket.getOutputStream().write(HostilePeerTest.publication("all", i));
            }
            await(() -> {
                here.poll(message -> assertThat(received.add(message.payload().get(ValueLayout.JAVA_LONG_UNALIGNED, 0))).isTrue(), 1_000);
                return received.size() == count;
            });
            assertThat(many.sessions()).hasSize(count).allMatch(SessionStatus::connected);
        } finally {
            for (final Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
