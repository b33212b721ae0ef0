// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.StreamerConfig;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server says of where messages come from. */
@Timeout(60)
class ProvenanceOnTheWireTest {

    private static final StreamerConfig SMALL = StreamerConfig.defaults().withLaneCapacity(1 << 16);

    /** A message that was published at another streamer comes by a sink. */
    private static void bring(final FlowSink sink) {
        final OutRun run = new OutRun(0);
        try (MemoryStreamer elsewhere = MemoryStreamer.launch(SMALL); Publisher publisher = elsewhere.publisher("a");
                FlowSource source = Flows.of(elsewhere).source(new FlowRequest(TopicPattern.of("a"), SubscriberConfig.defaults(), 1 << 12,
                        1 << 12, List.of()))) {
            assertThat(publisher.offer(new byte[8])).isPositive();
            final int bytes = source.next(run, 1 << 12);
            assertThat(sink.stream(run.newStream(0), source.topic(run.newStream(0)), 0, 1, true)).isZero();
            assertThat(sink.claim(bytes)).isZero();
            sink.put(run.buffer());
            assertThat(sink.commit()).isEqualTo(bytes);
        }
    }

    @Test
    void shouldSayOriginAndHopsWithLanesAndRuns() throws Exception {
        try (MemoryStreamer streamer = MemoryStreamer.launch(SMALL); Listener listener = streamer.listen("127.0.0.1:0");
                FlowSink sink = Flows.of(streamer).sink("host", 10, 0x1234_5678_9ABCL, 3);
                WirePeer client = WirePeer.client(listener.address().getPort(), HostilePeerTest.hello(1))) {
            client.send(HostilePeerTest.subscribe("a"));
            client.await(WireSubscribed.class);
            client.credit(1, 1 << 14, 0);
            bring(sink);
            assertThat(client.await(WireLane.class).origin()).isEqualTo(0x1234_5678_9ABCL);
            final WireInput run = client.awaitRun();
            assertThat(run.origin()).isEqualTo(0x1234_5678_9ABCL);
            assertThat(run.hops()).isEqualTo(3);
        }
    }
}
