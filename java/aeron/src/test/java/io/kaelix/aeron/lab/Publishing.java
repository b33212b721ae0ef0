// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron.lab;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.StreamPublisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Topic;
import io.kaelix.aeron.AeronBridge;
import io.kaelix.config.BridgeConfig;
import io.kaelix.launch.LinkStatus;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * What publishes on a host of the bridge lab: so many messages to each of its streams {@code lab.HOST.n}, in turns; each is its number in
 * its stream. In archive mode it goes on behind what is recorded: a start after a kill is like any other. It stays until it is killed.
 *
 * <pre>
 *   Publishing --host a --streams N --each N --rate N --peer-timeout-ms N --link NAME=CHANNEL [--link …] [--folder DIRECTORY]
 * </pre>
 *
 * <p>Rate is in messages a second, 0 for no limit; a folder makes it archive mode. Lines on standard output: {@code begins MESSAGES}, behind
 * which it goes on; {@code published MESSAGES}, all of its lives together; {@code recorded MESSAGES}; and in mode transport, again and again,
 * {@code link NAME sent MESSAGES lost MESSAGES}.
 */
public final class Publishing {

    private static final ValueLayout.OfLong NUMBER = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long WAIT_NANOS = 50_000;
    private static final long REPORT_NANOS = 100_000_000;
    private static final int LANE_BYTES = 4 << 20;

    private final int each;
    private final Topic[] topics;
    private final int[] streams;
    private final int[] next;
    private final long rate;

    private Publishing(final LabOptions options, final StreamPublisher publisher) {
        each = options.number("each");
        rate = options.number("rate");
        topics = new Topic[options.number("streams")];
        streams = new int[topics.length];
        next = new int[topics.length];
        for (int i = 0; i < topics.length; i++) {
            topics[i] = Topic.of("lab." + options.text("host") + "." + i);
            streams[i] = publisher.stream(topics[i]);
        }
    }

    /** Runs until it is killed. */
    public static void main(final String... arguments) {
        final LabOptions options = LabOptions.parse(arguments);
        final BridgeConfig[] links = options.all("link").stream().map(link -> link(link, options)).toArray(BridgeConfig[]::new);
        final boolean records = !options.all("folder").isEmpty();
        try (MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(LANE_BYTES));
                AeronBridge bridge = AeronBridge.open(streamer, links);
                StreamPublisher publisher = streamer.streamPublisher()) {
            final Publishing publishing = new Publishing(options, publisher);
            if (records) {
                publishing.beginBehindRecorded(bridge, links[0].name());
            } else {
                // A receiver that is not there yet gets nothing of what is sent before.
                while (!bridge.links().stream().allMatch(LinkStatus::connected)) {
                    LockSupport.parkNanos(REPORT_NANOS);
                }
                say("begins 0");
            }
            publishing.publish(publisher);
            say("published " + (long) publishing.each * publishing.topics.length);
            if (records) {
                publishing.awaitRecorded(bridge, links[0].name());
                say("recorded " + (long) publishing.each * publishing.topics.length);
            }
            while (true) {
                LockSupport.parkNanos(REPORT_NANOS);
                if (!records) {
                    report(bridge.links());
                }
            }
        }
    }

    private static BridgeConfig link(final String link, final LabOptions options) {
        final String[] parts = link.split("=", 2);
        final BridgeConfig out = BridgeConfig.out(parts[0], parts[1]).withPeerTimeout(Duration.ofMillis(options.number("peer-timeout-ms")));
        return options.all("folder").isEmpty() ? out : out.recordedIn(Path.of(options.text("folder")));
    }

    private void beginBehindRecorded(final AeronBridge bridge, final String link) {
        long sum = 0;
        for (int i = 0; i < topics.length; i++) {
            final long recorded = bridge.recorded(link, topics[i]);
            if (recorded > each) {
                throw new IllegalStateException(topics[i] + ": " + recorded + " messages are recorded, and " + each + " were published at most");
            }
            next[i] = (int) recorded;
            sum += recorded;
        }
        say("begins " + sum);
    }

    private void publish(final StreamPublisher publisher) {
        final long begun = System.nanoTime();
        long sent = 0;
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment payload = arena.allocate(NUMBER);
            for (int number = 0; number < each; number++) {
                for (int i = 0; i < streams.length; i++) {
                    if (next[i] == number) {
                        next[i]++;
                        payload.set(NUMBER, 0, number);
                        offer(publisher, streams[i], payload);
                        sent++;
                        while (rate > 0 && sent * 1_000_000_000L / rate > System.nanoTime() - begun) {
                            LockSupport.parkNanos(WAIT_NANOS);
                        }
                    }
                }
            }
        }
    }

    private static void offer(final StreamPublisher publisher, final int stream, final MemorySegment payload) {
        long result = publisher.offer(stream, payload);
        while (result == Publisher.BACK_PRESSURED) {
            LockSupport.parkNanos(WAIT_NANOS);
            result = publisher.offer(stream, payload);
        }
        if (result < 0) {
            throw new IllegalStateException("the offer answers " + result);
        }
    }

    private void awaitRecorded(final AeronBridge bridge, final String link) {
        for (final Topic topic : topics) {
            while (bridge.recorded(link, topic) < each) {
                LockSupport.parkNanos(REPORT_NANOS);
            }
        }
    }

    private static void report(final List<LinkStatus> links) {
        links.forEach(link -> say("link " + link.name() + " sent " + link.messages() + " lost " + link.lostMessages()));
    }

    private static void say(final String line) {
        System.out.println(line);
        System.out.flush();
    }
}
