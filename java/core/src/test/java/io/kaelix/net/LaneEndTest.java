// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.ClientConfig;
import io.kaelix.KaelixClient;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Publishers close while others of the same flow go on: the connection stays the same. */
class LaneEndTest {

    @Test
    void shouldGoOnWithOthersWhenAPublisherCloses() {
        try (MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(1 << 16));
                Listener listener = streamer.listen("127.0.0.1:0");
                KaelixClient client = KaelixClient.connect(ClientConfig.to("127.0.0.1", listener.address().getPort()));
                Subscriber subscriber = client.subscriber("t.*",
                        SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.BLOCK))) {
            final List<Publisher> publishers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                publishers.add(streamer.publisher("t.p" + i));
            }
            while (!publishers.isEmpty()) {
                final List<String> sent = new ArrayList<>();
                for (int i = 0; i < publishers.size(); i++) {
                    final String text = "publisher " + i + " of " + publishers.size();
                    sent.add(text);
                    assertThat(publishers.get(i).offer(text.getBytes(StandardCharsets.UTF_8))).isPositive();
                }
                assertThat(NetworkTest.receive(subscriber, sent.size())).containsExactlyInAnyOrderElementsOf(sent);
                publishers.removeFirst().close();
                if (!publishers.isEmpty()) {
                    // The end of a lane is told when all of it was acknowledged: what comes from the next one is behind that.
                    NetworkTest.await(() -> listener.sessions().getFirst().lagBytes() == 0);
                }
            }
            assertThat(client.status().reconnects()).isZero();
            assertThat(client.status().lastError()).isEmpty();
        }
    }
}
