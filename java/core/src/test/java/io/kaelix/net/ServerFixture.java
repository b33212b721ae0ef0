// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.ClientConfig;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.StreamerConfig;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** What tests of connections that break start with: a server, and clients that are back at once. */
abstract class ServerFixture {

    static final int LANE = 1 << 16;

    final MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(LANE));
    final Listener listener = streamer.listen("127.0.0.1:0");

    @AfterEach
    void close() {
        listener.close();
        streamer.close();
    }

    static ClientConfig hasty(final int port) {
        return ClientConfig.to("127.0.0.1", port).withReconnectFirst(Duration.ofMillis(1)).withReconnectLongest(Duration.ofMillis(4))
                .withLaneCapacity(LANE);
    }
}
