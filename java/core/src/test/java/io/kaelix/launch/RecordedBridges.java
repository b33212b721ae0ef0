// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.config.BridgeConfig;
import java.util.ArrayList;
import java.util.List;

/** A provider that links nothing, and notes what it is asked for. */
public final class RecordedBridges implements BridgeProvider {

    /** What happened, in order. */
    static final List<String> EVENTS = new ArrayList<>();
    static MemoryStreamer streamer;
    /** Message of its refusal; null to open. */
    static volatile String lastError = "it rains";
    static String refusal;

    /** For the service loader. */
    public RecordedBridges() {
    }

    @Override
    public Bridges open(final MemoryStreamer of, final List<BridgeConfig> bridges) {
        if (refusal != null) {
            throw new KaelixException(refusal);
        }
        streamer = of;
        EVENTS.add("open " + bridges.stream().map(BridgeConfig::name).toList());
        // What a streamer that is closed refuses.
        return new Bridges() {

            @Override
            public List<LinkStatus> links() {
                return bridges.stream().map(bridge -> new LinkStatus(bridge.name(), bridge.direction(), true, 1, 10, 640, 2, 3, 4, 5, 128,
                        4096, 6, bridge.direction() == BridgeConfig.Direction.IN ? 7 : 0, lastError, 1_000)).toList();
            }

            @Override
            public void close() {
                EVENTS.add("close, the streamer takes publishers: " + takesPublishers(of));
            }
        };
    }

    private static boolean takesPublishers(final MemoryStreamer of) {
        try {
            of.publisher("still.there").close();
            return true;
        } catch (final IllegalStateException closed) {
            return false;
        }
    }
}
