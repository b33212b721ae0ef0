// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.Claim;
import io.kaelix.ClientConfig;
import io.kaelix.ClientStatus;
import io.kaelix.Duty;
import io.kaelix.KaelixClient;
import io.kaelix.ListenConfig;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.SessionStatus;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import io.kaelix.runtime.IdleMode;
import io.kaelix.runtime.SchedulerConfig;
import io.kaelix.runtime.TaskScheduler;
import java.time.Duration;
import java.util.Map;

/**
 * The library over TCP.
 *
 * <pre>
 *   client: worker = session's duty, duty that publishes and polls ── TCP ── server: worker = sessions' duty, duty that polls and publishes
 * </pre>
 *
 * <p>One worker on each side does all, so that a side is one thread, as it is in C. It spins, as C does; where connections are timed,
 * the client's idles as by default, for there the thread that connects is busy.
 */
final class KaelixLink implements Link {

    /** Bytes that sessions have sent and received, among the figures. */
    static final String MOVED = "movedBytes";
    /** Bytes that they have copied, among the figures. */
    static final String COPIED = "copiedBytes";

    static final String TO_SERVER = "ping";
    static final String TO_CLIENT = "pong";

    static final int POLL_LIMIT = 256;
    private static final int LONG_LANE_BYTES = 4 << 20;
    private static final int LONG_PAYLOAD = 16 << 10;
    private static final long AGAIN_NANOS = 20_000_000;

    /** Lanes of the default size hold too few long messages. */
    static StreamerConfig config(final Request request) {
        return request.payload() < LONG_PAYLOAD ? StreamerConfig.defaults() : StreamerConfig.defaults().withLaneCapacity(LONG_LANE_BYTES);
    }

    /** The same for a client. */
    static ClientConfig clientConfig(final Request request, final String address) {
        final ClientConfig config = ClientConfig.to(address);
        return request.payload() < LONG_PAYLOAD ? config : config.withLaneCapacity(LONG_LANE_BYTES);
    }

    /** Where the process may run now, and no more narrowly. */
    static TaskScheduler worker(final IdleMode idle) {
        return TaskScheduler.launch(SchedulerConfig.defaults().withWorkers(1).withPinned(false).withBlockingLimit(Duration.ZERO)
                .withIdle(idle));
    }

    static boolean send(final Publisher publisher, final int length, final long first) {
        final Claim claim = publisher.tryClaim(length);
        if (!claim.isOpen()) {
            return false;
        }
        long word = first;
        for (int offset = 0; offset < length; offset += Long.BYTES) {
            claim.putLong(offset, word++);
        }
        claim.commit();
        return true;
    }

    static long sum(final Message message) {
        final int length = message.length();
        long sum = 0;
        for (int offset = 0; offset < length; offset += Long.BYTES) {
            sum += message.getLong(offset);
        }
        return sum;
    }

    @Override
    public Server serve(final Request request) {
        final TaskScheduler worker = worker(IdleMode.BUSY_SPIN);
        final MemoryStreamer streamer = MemoryStreamer.launch(config(request), worker);
        final Listener listener = streamer.listen(ListenConfig.on("127.0.0.1", 0)
                .withMaxConnections(Math.max(ListenConfig.defaults().maxConnections(), 2 * request.connections())));
        worker.recur(request.mode().isEchoed() ? new Echo(streamer) : new Source(streamer, request));
        return new Serving(worker, streamer, listener);
    }

    private record Serving(TaskScheduler worker, MemoryStreamer streamer, Listener listener) implements Server {

        @Override
        public String address() {
            return "127.0.0.1:" + listener.address().getPort();
        }

        @Override
        public Map<String, Double> figures() {
            double moved = 0;
            double copied = 0;
            for (final SessionStatus session : listener.sessions()) {
                moved += session.sentBytes() + session.receivedBytes();
                copied += session.copiedBytes();
            }
            return Map.of(MOVED, moved, COPIED, copied);
        }

        @Override
        public void close() {
            listener.close();
            streamer.close();
            worker.shutdownNow();
        }
    }

    /** Sends back what comes, word for word. */
    static final class Echo implements Duty, MessageHandler {

        private final Subscriber subscriber;
        private final Publisher publisher;

        Echo(final MemoryStreamer streamer) {
            subscriber = streamer.subscriber(TO_SERVER);
            publisher = streamer.publisher(TO_CLIENT);
        }

        @Override
        public int turn() {
            return subscriber.poll(this, POLL_LIMIT);
        }

        @Override
        public void onMessage(final Message message) {
            final int length = message.length();
            final Claim claim = publisher.tryClaim(length);
            if (!claim.isOpen()) {
                throw new IllegalStateException("there was no room for a single message");
            }
            for (int offset = 0; offset < length; offset += Long.BYTES) {
                claim.putLong(offset, message.getLong(offset));
            }
            claim.commit();
        }
    }

    /** Sends as fast as there is room. */
    static final class Source implements Duty {

        private final Publisher publisher;
        private final int payload;
        private final int batch;
        private long next;

        Source(final MemoryStreamer streamer, final Request request) {
            publisher = streamer.publisher(TO_CLIENT);
            payload = request.payload();
            batch = request.mode().batch();
        }

        @Override
        public int turn() {
            publisher.beginBatch();
            int sent = 0;
            while (sent < batch && send(publisher, payload, next)) {
                next++;
                sent++;
            }
            publisher.endBatch();
            return sent;
        }
    }

    @Override
    public Client connect(final Request request, final String address) {
        if (request.mode() == Exchange.CONNECT) {
            return () -> { };
        }
        final TaskScheduler worker = worker(IdleMode.BUSY_SPIN);
        return new Connected(request, worker, KaelixClient.connect(clientConfig(request, address), worker));
    }

    private static final class Connected implements Client {

        private final Request request;
        private final TaskScheduler worker;
        private final KaelixClient client;
        private final Subscriber subscriber;

        private Connected(final Request request, final TaskScheduler worker, final KaelixClient client) {
            this.request = request;
            this.worker = worker;
            this.client = client;
            subscriber = client.subscriber(TopicPattern.of(TO_CLIENT), SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.BLOCK));
        }

        @Override
        public void pingPong(final Pings pings) throws InterruptedException {
            worker.recur(new Pinger(client.publisher(TO_SERVER), subscriber, request.payload(), pings));
            pings.await();
        }

        @Override
        public void receive(final Arrivals arrivals) throws InterruptedException {
            final MessageHandler handler = message -> arrivals.take(message.getLong(0), sum(message));
            worker.recur(() -> {
                final int count = subscriber.poll(handler, POLL_LIMIT);
                if (count < 0) {
                    arrivals.fail("the subscriber was told " + count + ", its client is " + client.status());
                }
                return arrivals.isDone() ? Duty.DONE : count;
            });
            arrivals.await();
        }

        @Override
        public Map<String, Double> figures() {
            final ClientStatus status = client.status();
            return Map.of(MOVED, (double) status.sentBytes() + status.receivedBytes(), COPIED, (double) status.copiedBytes());
        }

        @Override
        public void close() {
            client.close();
            worker.shutdownNow();
        }
    }

    /** One message at a time. The first ones find out whether the server's answers come through yet, and are not counted. */
    static final class Pinger implements Duty, MessageHandler {

        private static final long PROBE = -1;

        private final Publisher publisher;
        private final Subscriber subscriber;
        private final int payload;
        private final Pings pings;
        private boolean isThrough;
        private boolean isDone;
        private long probedAt = System.nanoTime() - AGAIN_NANOS;

        Pinger(final Publisher publisher, final Subscriber subscriber, final int payload, final Pings pings) {
            this.publisher = publisher;
            this.subscriber = subscriber;
            this.payload = payload;
            this.pings = pings;
        }

        @Override
        public int turn() {
            if (!isThrough) {
                probe();
            }
            final int count = subscriber.poll(this, 1);
            if (count < 0) {
                pings.fail("the subscriber was told " + count);
            }
            return isDone || count < 0 ? DONE : count;
        }

        private void probe() {
            final long now = System.nanoTime();
            if (now - probedAt >= AGAIN_NANOS) {
                probedAt = now;
                send(publisher, payload, PROBE);
            }
        }

        @Override
        public void onMessage(final Message message) {
            final long first = message.getLong(0);
            if (first == PROBE) {
                if (isThrough) {
                    return; // of an earlier probe
                }
                isThrough = true;
            } else if (!pings.end(first, sum(message))) {
                isDone = true;
                return;
            }
            if (!send(publisher, payload, pings.begin())) {
                pings.fail("there was no room for a single message");
                isDone = true;
            }
        }
    }

    @Override
    public String settings() {
        return "one worker on each side does all, spinning; frames from lane to lane; subscriber BLOCK, polls of at most " + POLL_LIMIT
                + "; lanes of 1 MiB, of 4 MiB for messages from 16 KiB";
    }
}
