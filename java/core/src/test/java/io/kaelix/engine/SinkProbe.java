// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.MemoryStreamer;
import io.kaelix.StreamerConfig;
import io.kaelix.net.FlowSink;
import io.kaelix.net.Flows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process with the receiving end of a bridge, for tests: {@code DIRECTORY}, to which it attaches, or where it launches. It says that it is
 * ready, and the number of its lane, behind the first message, and brings messages to topic a without end. Where the word "closed" follows,
 * it closes the streamer instead, and the sink when its input ends.
 */
final class SinkProbe {

    private SinkProbe() {
    }

    public static void main(final String[] args) throws IOException {
        final StreamerConfig config = SharedProbe.config(Path.of(args[0]));
        try (MemoryStreamer streamer = Files.exists(Path.of(args[0])) ? MemoryStreamer.attach(config) : MemoryStreamer.launch(config);
                FlowCarrier carrier = new FlowCarrier(); FlowSink sink = Flows.of(streamer).sink("host", 10, 77, 1)) {
            System.out.println("ready");
            carrier.bring(sink, "a", 1);
            if (args.length > 1) {
                Flows.of(streamer).close();
            }
            System.out.println(sink.laneNumber());
            System.out.flush();
            if (args.length > 1) {
                System.in.read();
                return;
            }
            while (true) {
                carrier.bring(sink, "a", Integer.MAX_VALUE);
            }
        }
    }
}
