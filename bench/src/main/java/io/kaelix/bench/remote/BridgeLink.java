// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.Duty;
import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import io.kaelix.aeron.AeronBridge;
import io.kaelix.bench.trial.TrialException;
import io.kaelix.config.BridgeConfig;
import io.kaelix.launch.LinkStatus;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.List;

/**
 * The library over its bridge.
 *
 * <pre>
 *   one thread: publishes ─► lane ─► bridge ─► driver ── UDP ── one thread: driver ─► bridge ─► lane ─► polls
 * </pre>
 *
 * <p>A streamer's workers are no threads here: the one that publishes and polls calls the bridge's duty, and that the driver.
 */
final class BridgeLink implements Link {

    /** A frame of the lane is so much longer than its payload; a run of them is preceded by so much. */
    static final int FRAME_HEADER = 16;
    static final int RUN_HEADER = 40;

    /** Long messages travel in one piece. */
    private static final int LONGEST_FRAME = 128 << 10;
    private static final double CONNECT_SECONDS = 15;

    /** What one thread has of it. */
    private static final class End implements Closeable {

        private final OwnTurns turns = new OwnTurns();
        private final MemoryStreamer streamer;
        private final AeronBridge bridge;

        /** @param in port, or null; and so is the other one */
        private End(final Request request, final String in, final String out, final String topic) {
            streamer = MemoryStreamer.launch(KaelixLink.config(request), turns);
            final List<BridgeConfig> links = new ArrayList<>();
            if (out != null) {
                links.add(BridgeConfig.out("out", AeronLink.channel(out)).withPattern(TopicPattern.of(topic)).withSlow(SlowSubscriberPolicy.BLOCK)
                        .withMaxFrameLength(LONGEST_FRAME));
            }
            if (in != null) {
                links.add(BridgeConfig.in("in", AeronLink.channel(in)));
            }
            bridge = AeronBridge.open(streamer, links.stream().map(link -> link.withThreading(BridgeConfig.Threading.INVOKER))
                    .toArray(BridgeConfig[]::new));
        }

        private Subscriber subscriber(final String topic) {
            return streamer.subscriber(TopicPattern.of(topic), SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.BLOCK));
        }

        private void awaitConnection() throws TrialException {
            final long start = System.nanoTime();
            while (!bridge.links().stream().allMatch(LinkStatus::connected)) {
                turns.turn();
                if (System.nanoTime() - start > CONNECT_SECONDS * 1e9) {
                    throw new TrialException("not connected within " + CONNECT_SECONDS + " s: " + bridge.links());
                }
            }
        }

        @Override
        public void close() {
            bridge.close();
            streamer.close();
        }
    }

    @Override
    public Server serve(final Request request) throws Exception {
        final boolean isEchoed = request.mode().isEchoed();
        final String in = isEchoed ? AeronLink.freePort() : null;
        final String out = AeronLink.freePort();
        final End end = new End(request, in, out, KaelixLink.TO_CLIENT);
        final Duty work = isEchoed ? new KaelixLink.Echo(end.streamer) : new KaelixLink.Source(end.streamer, request);
        final Heap heap = new Heap(request.warmup());
        final long[] messages = {0};
        return new PollingServer(in + "," + out, () -> {
            messages[0] += work.turn();
            end.turns.turn();
            heap.look(messages[0]);
        }, end, heap::figures);
    }

    @Override
    public Client connect(final Request request, final String address) throws Exception {
        final String[] ports = address.split(",");
        final End end = new End(request, ports[1], request.mode().isEchoed() ? ports[0] : null, KaelixLink.TO_SERVER);
        final Subscriber subscriber = end.subscriber(KaelixLink.TO_CLIENT);
        end.awaitConnection();
        return new Connected(request, end, subscriber);
    }

    private record Connected(Request request, End end, Subscriber subscriber) implements Client {

        @Override
        public void pingPong(final Pings pings) {
            final Duty pinger = new KaelixLink.Pinger(end.streamer.publisher(KaelixLink.TO_SERVER), subscriber, request.payload(), pings);
            final long started = System.nanoTime();
            while (pinger.turn() != Duty.DONE && !pings.isOver(started)) {
                end.turns.turn();
            }
        }

        @Override
        public void receive(final Arrivals arrivals) {
            final MessageHandler handler = message -> arrivals.take(message.getLong(0), KaelixLink.sum(message));
            final long started = System.nanoTime();
            while (!arrivals.isOver(started)) {
                end.turns.turn();
                if (subscriber.poll(handler, KaelixLink.POLL_LIMIT) < 0) {
                    arrivals.fail("the subscriber was cut off");
                }
            }
        }

        @Override
        public void close() throws TrialException {
            final LinkStatus in = end.bridge.links().getLast();
            end.close();
            if (in.lostMessages() > 0) {
                throw new TrialException("the bridge lost messages: " + in);
            }
        }
    }

    @Override
    public String settings() {
        return "embedded driver INVOKER, called in the bridge's turns by the thread that publishes and polls; links BLOCK, transport; terms of"
                + " 4 MiB, Aeron's default MTU and sockets' buffers; lanes of 1 MiB, of 4 MiB for messages from 16 KiB; polls of at most "
                + KaelixLink.POLL_LIMIT;
    }
}
